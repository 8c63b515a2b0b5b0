"""What the journal says of late fees: claimed in letters, waived, paid, laid ready to be found by invoice.

Pure: it must not know files, nor how fees are computed.
"""

from __future__ import annotations

from collections.abc import Sequence

from relance.domain.late_fees.fee_account import FeeAccount, FeesSettled
from relance.domain.noted import FeesPaidNoted, FeesWaivedNoted
from relance.workbook.events import Known
from relance.workbook.messages import claims_made, known_facts


def fee_account(events: Sequence[Known]) -> FeeAccount:
    """Every claim of a message not released, and every waiver and payment of fees not taken back."""
    settled = (
        FeesSettled(
            number=fact.number,
            client=fact.client,
            on=fact.on,
            amount=fact.amount,
            waived=isinstance(fact, FeesWaivedNoted),
            reason=fact.reason if isinstance(fact, FeesWaivedNoted) else "",
        )
        for fact in known_facts(events)
        if isinstance(fact, FeesWaivedNoted | FeesPaidNoted)
    )
    return FeeAccount(claims_made(events), settled)

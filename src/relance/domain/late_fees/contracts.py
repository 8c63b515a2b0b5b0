"""What was agreed with a debtor and what happened to the debt besides payments, as values.

It must not know the law, which says what counts when nothing was agreed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from relance.domain.late_fees.law import RateSpec
from relance.money import ZERO


class Order(StrEnum):
    """What a part payment settles first: the interest already run (Code civil 1343-1, when the contract is silent), or
    the principal (what many firms do)."""

    INTEREST_FIRST = "interest-first"
    PRINCIPAL_FIRST = "principal-first"


class Cost(Struct, frozen=True):
    """A recovery cost beyond the flat indemnity, with what proves it (D441-5: on evidence)."""

    amount: Decimal
    evidence: str


class Contract(Struct, frozen=True, kw_only=True, eq=False):
    """What was agreed (empty = the law's defaults) and what happened to one debt. Cached by identity.

    `rate` is the contract's own, `sentence` its wording, quoted in letters; `single_rate` keeps the rate of the
    half-year in which interest started; `indemnity` replaces the law's (0 = given up). `formal_notice` is the receipt
    of the formal notice; `insolvency` the opening of the debtor's proceedings; `claimed_until` the last day whose
    interest was claimed already, with or without the indemnity; `fees_paid` and `waived` come off what is still owed.
    An open amount of at most `tolerance` counts as settled.
    """

    rate: RateSpec | None = None
    sentence: str = ""
    single_rate: bool = False
    order: Order = Order.INTEREST_FIRST
    indemnity: Decimal | None = None
    tolerance: Decimal = ZERO
    formal_notice: date | None = None
    insolvency: date | None = None
    claimed_until: date | None = None
    indemnity_claimed: bool = False
    fees_paid: Decimal = ZERO
    waived: Decimal = ZERO
    costs: tuple[Cost, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing happened to the debt that changes its fees, and no cost was added."""
        return not (
            self.insolvency
            or self.claimed_until
            or self.indemnity_claimed
            or self.fees_paid
            or self.waived
            or self.costs
        )


NO_CONTRACT = Contract()

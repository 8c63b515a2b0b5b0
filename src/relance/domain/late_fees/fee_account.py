"""What became of late fees: those a letter claimed, those waived, those paid, laid over the contract of each invoice.

A claim counts once the sheet shows that its letter went out; a draft claims nothing yet. It must not know where these
facts are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.late_fees.contracts import Contract
from relance.domain.model import Invoice
from relance.domain.names import is_one_of
from relance.money import ZERO


class FeesClaimed(Struct, frozen=True, kw_only=True):
    """Late fees that a message of the day `on` claims on an invoice: the interest up to `until` included, the flat
    indemnity (0 = not claimed). `step` is the step the message takes, `level` the level the invoice had before it."""

    number: str
    client: str
    on: date
    step: int
    level: int
    until: date
    interest: Decimal
    indemnity: Decimal


class FeesSettled(Struct, frozen=True, kw_only=True):
    """Late fees of an invoice given up (`waived`) or received, on a day, in the invoice's currency."""

    number: str
    client: str
    on: date
    amount: Decimal
    waived: bool
    reason: str = ""


Fact = FeesClaimed | FeesSettled


class FeeAccount:
    """The claims and settlements of a journal, found by invoice: known by its number, and by its client."""

    def __init__(self, claims: Iterable[FeesClaimed] = (), settled: Iterable[FeesSettled] = ()) -> None:
        self._facts: dict[str, list[Fact]] = defaultdict(list)
        for claim in claims:
            self._facts[claim.number].append(claim)
        for payment in settled:
            self._facts[payment.number].append(payment)

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of the invoices of which anything was noted."""
        return frozenset(self._facts)

    def facts_of(self, invoice: Invoice, as_of: date) -> tuple[Fact, ...]:
        """What counts for an invoice at the end of a day: letters confirmed by then, and what was settled by then."""
        if invoice.number not in self._facts:
            return ()
        names = (invoice.client.key, invoice.client.name, invoice.client.code)
        return tuple(
            fact
            for fact in self._facts[invoice.number]
            if fact.on <= as_of
            and is_one_of(fact.client, names)
            and (isinstance(fact, FeesSettled) or is_confirmed(fact, invoice))
        )

    def contract_with(self, contract: Contract, invoice: Invoice, as_of: date) -> Contract:
        """The contract of an invoice with what happened to its fees; the same object where nothing did."""
        facts = self.facts_of(invoice, as_of)
        if not facts:
            return contract
        claims = [fact for fact in facts if isinstance(fact, FeesClaimed)]
        settled = [fact for fact in facts if isinstance(fact, FeesSettled)]
        return replace(
            contract,
            claimed_until=max((claim.until for claim in claims), default=None),
            indemnity_claimed=any(claim.indemnity for claim in claims),
            waived=sum((fact.amount for fact in settled if fact.waived), ZERO),
            fees_paid=sum((fact.amount for fact in settled if not fact.waived), ZERO),
        )


def is_confirmed(claim: FeesClaimed, invoice: Invoice) -> bool:
    """Whether the sheet shows that the letter went out: by its level or, where the step was taken before (a last step
    that repeats), by a reminder dated on the letter's day or later."""
    if claim.step > invoice.level:
        return False
    if claim.step > claim.level:
        return True
    return bool(invoice.reminders) and invoice.reminders[-1] >= claim.on

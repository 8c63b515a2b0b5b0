"""The table of late fees as a value, which letters and reports both show.

It must not know how it was computed, nor how it is shown.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.dates import HalfYear
from relance.domain.late_fees.accrual import Piece, Trail, from_cents, interest_of
from relance.domain.late_fees.contracts import NO_CONTRACT, Contract, Cost, Order
from relance.domain.late_fees.law import FeeRule
from relance.domain.model import Kind
from relance.errors import Message, Problem
from relance.money import ZERO, Money


class FeeLine(Struct, frozen=True):
    """Interest of a stretch of days with one base and one rate.

    `start` and `end` are both included, `days` calendar days, `base` tax included, `rate` in percent per year;
    `half_year` is None for a constant rate; `provisional` when the rate stands in for one not published yet.
    """

    start: date
    end: date
    days: int
    base: Decimal
    rate: Decimal
    half_year: HalfYear | None
    amount: Decimal
    source: Message
    provisional: bool


class Fees(Struct, frozen=True, kw_only=True, gc=False):
    """What lateness costs on one invoice on one day, in the invoice's currency, no VAT.

    `total` = interest + indemnity + costs: what is claimed now, apart from what was claimed before (`claimed`: its
    interest, whose lines are `earlier`, and the indemnity if it was, `claimed_indemnity`). `disputed` is the part of
    the interest that the disputed amount bears, of the interest claimed before `disputed_before`; `owed` what is left
    of all fees, claimed before or now, less those paid, waived or `covered` by an over-payment. `late`: whether the
    invoice ever was; `contract`: what was agreed and what happened to its fees; `trail`: the debt, for the other order.
    `apart`: the flat indemnity where the invoice is in another currency than the law's: due besides, in no sum.
    """

    rule: FeeRule
    order: Order
    contract: Contract = NO_CONTRACT
    late: bool = False
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO
    costs: tuple[Cost, ...] = ()
    total: Decimal = ZERO
    claimed: Decimal = ZERO
    claimed_indemnity: Decimal = ZERO
    covered: Decimal = ZERO
    disputed: Decimal = ZERO
    disputed_before: Decimal = ZERO
    owed: Decimal = ZERO
    provisional: bool = False
    notices: tuple[Problem, ...] = ()
    pieces: tuple[Piece, ...] = ()
    earlier: tuple[Piece, ...] = ()
    trail: Trail | None = None
    apart: Money | None = None

    @property
    def kind(self) -> Kind:
        """The kind of debtor whose rule was applied."""
        return self.rule.kind

    @property
    def other_total(self) -> Decimal:
        """The total in the other order of imputation; the same where no payment came after interest began."""
        if self.trail is None or not self.trail.debt.cuts:
            return self.total
        pieces = self.trail.pieces(interest_first=self.order is not Order.INTEREST_FIRST)
        if until := self.contract.claimed_until:
            pieces = tuple([piece for piece in pieces if piece.run.first > until])
        return self.total - self.interest + interest_of(pieces)

    @property
    def lines(self) -> tuple[FeeLine, ...]:
        """One line per stretch, oldest first; their amounts add up to `interest`."""
        return _lines(self.pieces)

    @property
    def earlier_lines(self) -> tuple[FeeLine, ...]:
        """The lines claimed before; their amounts and `claimed_indemnity` add up to `claimed`."""
        return _lines(self.earlier)


def _lines(pieces: tuple[Piece, ...]) -> tuple[FeeLine, ...]:
    return tuple(
        FeeLine(
            stretch.first, stretch.last, stretch.days, from_cents(piece.base), stretch.applied.percent,
            stretch.applied.half_year, from_cents(amount), stretch.applied.source, stretch.applied.provisional,
        )
        for piece in pieces
        for stretch, amount in zip(piece.run.stretches, piece.amounts, strict=True)
    )  # fmt: skip

"""Simple interest in whole cents: a debt that payments cut, and the rates of a stretch of days, give lines.

Integers throughout, so that nothing is lost before the one rounding of each line. It must not know invoices, laws or
contracts: `fees` says which days, which rates, which payments.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from relance.dates import DAY, HalfYear
from relance.domain.law import FeeRule, RateSpec, describe_rate
from relance.domain.rates import Rates
from relance.errors import Message, msg
from relance.money import CENT

_UNIT = 8  # decimals kept of a percentage; published and agreed rates have two to four
_UNITS = 10**_UNIT
_HALF = Decimal("0.5")


class Applied(Struct, frozen=True):
    """The annual rate of a stretch: percent, the half-year it is set for (None = constant), where it comes from, and
    whether it stands in for one not known yet."""

    percent: Decimal
    half_year: HalfYear | None
    source: Message
    provisional: bool = False


class Stretch(NamedTuple):
    """Days `first` to `last`, both included, at one rate. `weight` is days x rate, in units of 10^-8 percent."""

    first: date
    last: date
    days: int
    weight: int
    applied: Applied


class Run(Struct, frozen=True, eq=False):
    """The stretches of a period, oldest first, and whether one of them is at a provisional rate."""

    stretches: tuple[Stretch, ...]
    weights: tuple[int, ...]
    provisional: bool

    @property
    def first(self) -> date:
        return self.stretches[0].first

    @property
    def last(self) -> date:
        return self.stretches[-1].last


class Piece(Struct, frozen=True, gc=False):
    """A base in cents that no payment changed, the stretches it went through, and the interest of each in cents."""

    base: int
    run: Run
    amounts: tuple[int, ...]


def priced(base: int, run: Run, year_days: int) -> Piece:
    """A base over its stretches, the interest of each rounded half-up to the cent.

    interest = base x annual rate x days / 365, always 365 (law and practice, leap years too).
    """
    divisor = year_days * 200 * _UNITS
    half, double = divisor // 2, 2 * base
    return Piece(base, run, tuple([(double * weight + half) // divisor for weight in run.weights]))


class Cut(NamedTuple):
    """From the day `first` on the debt is smaller: by what was paid the day before, by credit notes of that day."""

    first: date
    paid: int
    credited: int


class Scale(Struct, frozen=True, eq=False):
    """The annual rates of one rule and contract: `spec` over the published rates, split by half-year or kept at that of
    the half-year in which interest started. Compared and cached by identity."""

    spec: RateSpec
    rates: Rates
    split: bool
    year_days: int

    def applied(self, half_year: HalfYear) -> Applied:
        """The rate of a half-year."""
        return _applied(self, half_year)


@lru_cache(maxsize=256)
def scale_of(rule: FeeRule, agreed: RateSpec | None, rates: Rates, single: bool) -> Scale | None:  # noqa: FBT001 - a cache key
    """The scale of a rule, or of the contract where it may set the rate; None when there is no rate at all."""
    spec = agreed if agreed and rule.contract else rule.rate
    if spec is None:
        return None
    if rule.since:
        rates = rates.since(HalfYear.parse(rule.since))
    return Scale(spec, rates, rule.split and spec.varies and not single, rule.year_days)


@lru_cache(maxsize=4096)
def _applied(scale: Scale, half_year: HalfYear) -> Applied:
    if not scale.spec.varies:
        return Applied(scale.spec.annual(Decimal(0)), None, describe_rate(scale.spec))
    quote = scale.rates[scale.spec.table].at(half_year)
    own = half_year if scale.split else None
    source = msg(
        "{formula}; published {percent} % ({source})",
        formula=describe_rate(scale.spec), percent=quote.rate.percent, source=quote.rate.source,
    )  # fmt: skip
    return Applied(scale.spec.annual(quote.rate.percent), own, source, quote.provisional)


@lru_cache(maxsize=65536)
def run_of(scale: Scale, first: date, last: date, began: date) -> Run:
    """The stretches of a period (`first` to `last`, both included) of an interest that began on `began`."""
    stretches = tuple(_split(scale, first, last) if scale.split else _whole(scale, first, last, began))
    weights = tuple(stretch.weight for stretch in stretches)
    return Run(stretches, weights, any(stretch.applied.provisional for stretch in stretches))


def _whole(scale: Scale, first: date, last: date, began: date) -> Iterator[Stretch]:
    yield _stretch(first, last, scale.applied(HalfYear.of(began)))


def _split(scale: Scale, first: date, last: date) -> Iterator[Stretch]:
    half_year = HalfYear.of(first)
    while half_year.last < last:
        yield _stretch(first, half_year.last, scale.applied(half_year))
        half_year = half_year.next
        first = half_year.first
    yield _stretch(first, last, scale.applied(half_year))


def _stretch(first: date, last: date, applied: Applied) -> Stretch:
    days = (last - first).days + 1
    units = int((applied.percent * _UNITS).to_integral_value(ROUND_HALF_UP))
    return Stretch(first, last, days, days * units, applied)


class Debt(Struct, frozen=True):
    """A debt of `amount` cents on the day `first`, bearing interest to `last` included.

    `cuts` are in order of days, one a day, all after `first` and not after `last`. A line ends on the day `mark` in any
    case (what was claimed up to then). A debt of at most `tolerance` cents bears nothing.
    """

    amount: int
    first: date
    last: date
    cuts: tuple[Cut, ...] = ()
    mark: date | None = None
    tolerance: int = 0


def trace(debt: Debt, scale: Scale, *, interest_first: bool) -> tuple[Piece, ...]:
    """The pieces of a debt: what each payment leaves, over the days it stays so.

    A payment settles the interest run so far first, then the principal; or the principal alone. In both orders interest
    stops once the nominal debt (what is open on the invoice) is settled: what is left then is fees, which bear none.
    """
    pieces: list[Piece] = []
    first, nominal, principal, unpaid = debt.first, debt.amount, debt.amount, 0
    for cut in debt.cuts:
        if nominal > debt.tolerance:
            added = _between(debt, scale, principal, (first, cut.first - DAY))
            pieces += added
            unpaid += sum(sum(piece.amounts) for piece in added)
        on_interest = min(max(cut.paid, 0), unpaid) if interest_first else 0
        unpaid -= on_interest
        principal -= cut.paid - on_interest + cut.credited
        nominal -= cut.paid + cut.credited
        first = cut.first
    if nominal > debt.tolerance:
        pieces += _between(debt, scale, principal, (first, debt.last))
    return tuple(pieces)


def _between(debt: Debt, scale: Scale, base: int, days: tuple[date, date]) -> list[Piece]:
    first, last = days
    parts = [(first, last)]
    if debt.mark and first <= debt.mark < last:
        parts = [(first, debt.mark), (debt.mark + DAY, last)]
    return [priced(base, run_of(scale, start, end, debt.first), scale.year_days) for start, end in parts]


def cents(amount: Decimal) -> int:
    """An amount in whole cents, half-up.

    >>> cents(Decimal("1234.5")), cents(Decimal("-0.005"))
    (123450, -1)
    """
    return int(amount * 100 + _HALF) if amount >= 0 else -int(_HALF - amount * 100)


def from_cents(amount: int) -> Decimal:
    """Whole cents as an amount with two decimals.

    >>> from_cents(123450)
    Decimal('1234.50')
    """
    return Decimal(amount) * CENT

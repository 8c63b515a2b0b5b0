"""Simple interest in whole cents: a debt that payments cut, and the rates of a stretch of days, give lines.

Integers throughout, so that nothing is lost before the one rounding of each line. It must not know invoices, laws or
contracts: `fees` says which days, which rates, which payments.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from msgspec import Struct

from relance.dates import DAY, HalfYear
from relance.domain.late_fees.law import FeeRule, RateSpec, describe_rate
from relance.domain.late_fees.rates import Rates
from relance.errors import Message, msg
from relance.money import CENT, ZERO

_UNIT = 8  # decimals kept of a percentage; published and agreed rates have two to four
_UNITS = 10**_UNIT
_HALF, _HUNDRED = Decimal("0.5"), Decimal(100)


class Applied(Struct, frozen=True):
    """The annual rate of a stretch: percent (and as whole `units` of 10^-8 percent), the half-year it is set for
    (None = constant), where it comes from, and whether it stands in for one not known yet."""

    percent: Decimal
    units: int
    half_year: HalfYear | None
    source: Message
    provisional: bool = False


class Stretch(NamedTuple):
    """Days `first` to `last`, both included, at one rate."""

    first: date
    last: date
    days: int
    applied: Applied


class Run(Struct, frozen=True, eq=False):
    """The days `first` to `last`, both included, of an interest that began on `began`, at the rates of a scale.

    `weights` is days x rate of each stretch, oldest first, and `divisor` what a base times a weight is divided by, both
    reduced alike; `provisional` whether one of the rates is.
    """

    scale: Scale
    first: date
    last: date
    began: date
    weights: tuple[int, ...]
    divisor: int
    provisional: bool

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches of one rate, oldest first."""
        if self.scale.split:
            return tuple(_split(self.scale, self.first, self.last))
        return (_stretch(self.first, self.last, self.scale.applied(HalfYear.of(self.began))),)


class Piece(Struct, frozen=True, gc=False):
    """A base in cents that no payment changed, and the days through which it bore interest.

    interest = base x annual rate x days / 365, always 365 (law and practice, leap years too), each stretch rounded
    half-up to the cent.
    """

    base: int
    run: Run

    @property
    def amounts(self) -> tuple[int, ...]:
        """The interest of each stretch in cents."""
        divisor = self.run.divisor
        return tuple([(2 * self.base * weight + divisor) // (2 * divisor) for weight in self.run.weights])

    @property
    def interest(self) -> int:
        """The sum of the rounded amounts, in cents."""
        divisor, double, total = self.run.divisor, 2 * self.base, 0
        twice = 2 * divisor
        for weight in self.run.weights:
            total += (double * weight + divisor) // twice
        return total


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
        constant = scale.spec.annual(Decimal(0))
        return Applied(constant, _units(constant), None, describe_rate(scale.spec))
    quote = scale.rates[scale.spec.table].at(half_year)
    own = half_year if scale.split else None
    source = msg(
        "{formula}; published {percent}% ({source})",
        formula=describe_rate(scale.spec), percent=quote.rate.percent, source=quote.rate.source,
    )  # fmt: skip
    percent = scale.spec.annual(quote.rate.percent)
    return Applied(percent, _units(percent), own, source, quote.provisional)


def _units(percent: Decimal) -> int:
    return int((percent * _UNITS).to_integral_value(ROUND_HALF_UP))


class _Rate(NamedTuple):
    """The rate of a half-year, reduced as the divisor of its scale is, and the day after it (as an ordinal)."""

    end: int
    units: int
    provisional: bool


def run_of(scale: Scale, first: date, last: date, began: date) -> Run:
    """The run of a period (`first` to `last`, both included) of an interest that began on `began`."""
    return _run(scale, first, last, first if scale.split else began)  # of no account where rates are split


@lru_cache(maxsize=65536)
def _run(scale: Scale, first: date, last: date, began: date) -> Run:
    start, end = first.toordinal(), last.toordinal() + 1
    if not scale.split:
        rate = _rate_in(scale, _number(began))
        return Run(scale, first, last, began, ((end - start) * rate.units,), _divisor(scale), rate.provisional)
    weights, provisional = [], False
    for number in range(_number(first), _number(last) + 1):
        until, units, doubtful = _rate_in(scale, number)
        until = min(end, until)
        weights.append((until - start) * units)
        provisional = provisional or doubtful
        start = until
    return Run(scale, first, last, began, tuple(weights), _divisor(scale), provisional)


def _number(day: date) -> int:
    """The half-years counted from year 0."""
    return 2 * day.year + (day.month > 6)


@lru_cache(maxsize=4096)
def _rate_in(scale: Scale, number: int) -> _Rate:
    half_year = HalfYear(number // 2, number % 2 + 1)
    applied = scale.applied(half_year)
    return _Rate(half_year.last.toordinal() + 1, applied.units // _common(scale), applied.provisional)


@lru_cache(maxsize=256)
def _common(scale: Scale) -> int:
    """The greatest common divisor of all rates of a scale and of what interest is divided by: small figures divide
    three times faster."""
    rows = scale.rates[scale.spec.table].rows if scale.spec.varies else ()
    rates = [scale.spec.annual(row.percent) for row in rows] or [scale.spec.annual(Decimal(0))]
    return gcd(scale.year_days * 100 * _UNITS, *map(_units, rates))


@lru_cache(maxsize=256)
def _divisor(scale: Scale) -> int:
    whole: int = scale.year_days * 100 * _UNITS
    return whole // _common(scale)


def _split(scale: Scale, first: date, last: date) -> Iterator[Stretch]:
    half_year = HalfYear.of(first)
    while half_year.last < last:
        yield _stretch(first, half_year.last, scale.applied(half_year))
        half_year = half_year.next
        first = half_year.first
    yield _stretch(first, last, scale.applied(half_year))


def _stretch(first: date, last: date, applied: Applied) -> Stretch:
    return Stretch(first, last, (last - first).days + 1, applied)


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
            bearing = _between(debt, scale, principal, (first, cut.first - DAY))
            pieces += bearing
            if interest_first:
                unpaid += sum([piece.interest for piece in bearing])
        on_interest = min(max(cut.paid, 0), unpaid) if interest_first else 0
        unpaid -= on_interest
        principal -= cut.paid - on_interest + cut.credited
        nominal -= cut.paid + cut.credited
        first = cut.first
    if nominal > debt.tolerance:
        pieces += _between(debt, scale, principal, (first, debt.last))
    return tuple(pieces)


class Trail(Struct, frozen=True, gc=False):
    """A debt and the rates it bears: its pieces in either order of imputation, traced when asked for."""

    debt: Debt
    scale: Scale

    def pieces(self, *, interest_first: bool) -> tuple[Piece, ...]:
        """See `trace`."""
        return trace(self.debt, self.scale, interest_first=interest_first)


def interest_of(pieces: tuple[Piece, ...]) -> Decimal:
    """The sum of the rounded lines."""
    return from_cents(sum([piece.interest for piece in pieces]))


def _between(debt: Debt, scale: Scale, base: int, days: tuple[date, date]) -> list[Piece]:
    first, last = days
    if debt.mark is None or not first <= debt.mark < last:
        return [Piece(base, run_of(scale, first, last, debt.first))]
    parts = [(first, debt.mark), (debt.mark + DAY, last)]
    return [Piece(base, run_of(scale, start, end, debt.first)) for start, end in parts]


def cents(amount: Decimal) -> int:
    """An amount in whole cents, half-up.

    >>> cents(Decimal("1234.5")), cents(Decimal("-0.005"))
    (123450, -1)
    """
    return int(amount * _HUNDRED + _HALF) if amount >= ZERO else -int(_HALF - amount * _HUNDRED)


def from_cents(amount: int) -> Decimal:
    """Whole cents as an amount with two decimals.

    >>> from_cents(123450)
    Decimal('1234.50')
    """
    return Decimal(amount) * CENT

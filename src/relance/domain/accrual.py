"""Simple interest in whole cents: a debt that payments cut, and the rates of a stretch of days, give lines.

Integers throughout, so that nothing is lost before the one rounding of each line. It must not know invoices, laws or
contracts: `fees` says which days, which rates, which payments.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import gcd
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
    """The annual rate of a stretch: percent (and as whole `units` of 10^-8 percent), the half-year it is set for
    (None = constant), where it comes from, and whether it stands in for one not known yet."""

    percent: Decimal
    units: int
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
    """The stretches of a period, oldest first, and whether one of them is at a provisional rate. `weights` are theirs
    over their greatest common divisor, and `half` half of what the interest is divided by, reduced alike."""

    stretches: tuple[Stretch, ...]
    weights: tuple[int, ...]
    half: int
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


def priced(base: int, run: Run) -> Piece:
    """A base over its stretches, the interest of each rounded half-up to the cent.

    interest = base x annual rate x days / 365, always 365 (law and practice, leap years too).
    """
    half, double = run.half, 2 * base
    divisor = 2 * half
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
        constant = scale.spec.annual(Decimal(0))
        return Applied(constant, _units(constant), None, describe_rate(scale.spec))
    quote = scale.rates[scale.spec.table].at(half_year)
    own = half_year if scale.split else None
    source = msg(
        "{formula}; published {percent} % ({source})",
        formula=describe_rate(scale.spec), percent=quote.rate.percent, source=quote.rate.source,
    )  # fmt: skip
    percent = scale.spec.annual(quote.rate.percent)
    return Applied(percent, _units(percent), own, source, quote.provisional)


def _units(percent: Decimal) -> int:
    return int((percent * _UNITS).to_integral_value(ROUND_HALF_UP))


@lru_cache(maxsize=65536)
def run_of(scale: Scale, first: date, last: date, began: date) -> Run:
    """The stretches of a period (`first` to `last`, both included) of an interest that began on `began`."""
    if scale.split:
        stretches = _split(scale, first, last)
    else:
        stretches = [_stretch(first, last, scale.applied(HalfYear.of(began)))]
    weights = [stretch.weight for stretch in stretches]
    half = scale.year_days * 100 * _UNITS
    common = gcd(half, *weights)
    provisional = any(stretch.applied.provisional for stretch in stretches)
    return Run(tuple(stretches), tuple([weight // common for weight in weights]), half // common, provisional)


def _split(scale: Scale, first: date, last: date) -> list[Stretch]:
    found: list[Stretch] = []
    year, half = first.year, 1 if first.month <= 6 else 2
    while True:
        end, applied = _half_of(scale, year, half)
        if end >= last:
            return [*found, _stretch(first, last, applied)]
        found.append(_stretch(first, end, applied))
        year, half = (year, 2) if half == 1 else (year + 1, 1)
        first = end + DAY


@lru_cache(maxsize=4096)
def _half_of(scale: Scale, year: int, half: int) -> tuple[date, Applied]:
    """The last day of a half-year and its rate."""
    half_year = HalfYear(year, half)
    return half_year.last, scale.applied(half_year)


def _stretch(first: date, last: date, applied: Applied) -> Stretch:
    days = last.toordinal() - first.toordinal() + 1
    return Stretch(first, last, days, days * applied.units, applied)


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
            for piece in _between(debt, scale, principal, (first, cut.first - DAY)):
                pieces.append(piece)
                unpaid += sum(piece.amounts)
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
    total = 0
    for piece in pieces:
        total += sum(piece.amounts)
    return from_cents(total)


def _between(debt: Debt, scale: Scale, base: int, days: tuple[date, date]) -> list[Piece]:
    first, last = days
    if debt.mark is None or not first <= debt.mark < last:
        return [priced(base, run_of(scale, first, last, debt.first))]
    parts = [(first, debt.mark), (debt.mark + DAY, last)]
    return [priced(base, run_of(scale, start, end, debt.first)) for start, end in parts]


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

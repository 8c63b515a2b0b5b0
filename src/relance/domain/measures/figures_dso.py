"""What was invoiced and what is owed -> days sales outstanding (DSO), with every step of the sum.

Counted back ("méthode par épuisement"): the sales of the latest months are taken off the receivables until nothing is
left, and their days are the DSO. Unlike receivables / sales x days it does not rise because sales fell, nor hide an
old debt behind a good month; that simple figure stands beside it, since banks ask for it. It must not know clients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from relance.money import ZERO

PERIOD = 365
_TENTH = Decimal("0.1")


class MonthTaken(Struct, frozen=True):
    """A step of the count: the days of a month (up to the day), what was invoiced in it, how much of the receivables
    that takes up, and the days this makes."""

    first: date
    span: int
    sales: Decimal
    taken: Decimal
    days: Decimal


class Dso(Struct, frozen=True, kw_only=True):
    """The DSO of one currency, in days with one decimal. `days` is None where the invoices do not reach back far
    enough (`undated` open ones have no invoice date) or nothing is owed; `simple` = receivables / `sales` x `period`,
    `sales` being what was invoiced in the last `period` days (365, or since the first invoice)."""

    currency: str
    receivables: Decimal
    days: Decimal | None
    months: tuple[MonthTaken, ...]
    simple: Decimal | None
    sales: Decimal
    period: int
    undated: int = 0


def compute_dso(
    currency: str, receivables: Decimal, sales: Mapping[date, Decimal], today: date, undated: int = 0
) -> Dso:
    """The DSO of a day: what is owed of dated invoices, credits deducted, and what was invoiced by day, all tax
    included; `undated` open invoices are in neither."""
    months = tuple(_months(receivables, sales, today))
    covered = sum((month.taken for month in months), ZERO) == receivables
    oldest = min(sales, default=today)
    period = min(PERIOD, (today - oldest).days + 1)
    recent = sum((amount for day, amount in sales.items() if (today - day).days < period), ZERO)
    return Dso(
        currency=currency,
        receivables=receivables,
        days=count_back(receivables, [(m.span, m.sales) for m in months]) if covered and receivables > ZERO else None,
        months=months,
        simple=simple_dso(receivables, recent, period),
        sales=recent,
        period=period,
        undated=undated,
    )


def count_back(receivables: Decimal, months: Sequence[tuple[int, Decimal]]) -> Decimal | None:
    """DSO = the days of the months whose sales the receivables take up, latest month first, (days, sales) each; of
    the last month days x rest / sales. None where the sales do not suffice.

    >>> count_back(Decimal(1500), [(20, Decimal(1000)), (31, Decimal(1000))])
    Decimal('35.5')
    >>> count_back(Decimal(1500), [(20, Decimal(1000))]) is None
    True
    """
    left, days = receivables, ZERO
    for span, sales in months:
        if sales >= left:
            return (days + span * left / sales).quantize(_TENTH) if left else days
        left -= max(sales, ZERO)
        days += span
    return None


def simple_dso(receivables: Decimal, sales: Decimal, period: int) -> Decimal | None:
    """DSO = receivables / sales of the period x days of the period.

    >>> simple_dso(Decimal(50000), Decimal(400000), 365)
    Decimal('45.6')
    """
    return (receivables / sales * period).quantize(_TENTH) if sales > ZERO else None


def _months(receivables: Decimal, sales: Mapping[date, Decimal], today: date) -> list[MonthTaken]:
    by_month: dict[date, Decimal] = {}
    for day, amount in sales.items():
        by_month[day.replace(day=1)] = by_month.get(day.replace(day=1), ZERO) + amount
    found: list[MonthTaken] = []
    left, last, oldest = receivables, today, min(by_month, default=today)
    while left > ZERO and last >= oldest:
        first = last.replace(day=1)
        span, month = (last - first).days + 1, by_month.get(first, ZERO)
        taken = min(left, max(month, ZERO))
        days = (span * taken / month).quantize(_TENTH) if taken == left else Decimal(span)
        found.append(MonthTaken(first, span, month, taken, days))
        left, last = left - taken, first - timedelta(1)
    return found

"""Invoices -> what was open and overdue at the end of given days, from their own dates.

An invoice paid since is open on the days before. A payment without a date counts as received from the start, as it
does everywhere else, and is counted, so that a reader can be told. It must not know how a curve is drawn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import accumulate

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from relance.dates import month_end
from relance.domain.model import Credit, Invoice, Ledger, Payment, State
from relance.domain.owed import VOID
from relance.domain.settled import Invoices
from relance.money import ZERO

_Span = tuple[str, int, int, int]  # a currency, and the places where it begins, ends and is overdue


class Point(Struct, frozen=True):
    """What was open, and overdue of it, at the end of a day."""

    on: date
    open: Decimal
    overdue: Decimal


class Outstanding(Struct, frozen=True):
    """The course of one currency, oldest day first. `undated` is the number of paid invoices, of all currencies, whose
    payments have no date: they are open on no day, though they were; `unissued` the number of those, of `count`, that
    have no invoice date: they are open on every day before, though they were not."""

    currency: str
    points: tuple[Point, ...]
    undated: int = 0
    paid: int = 0
    unissued: int = 0
    count: int = 0

    @property
    def is_known(self) -> bool:
        """Whether at most one paid invoice in twenty lacks its payment date, and one in twenty its invoice date; beyond
        that the course says nothing."""
        return 20 * self.undated <= self.paid and 20 * self.unissued <= self.count


def last_months(today: date, months: int = 12) -> tuple[date, ...]:
    """The ends of the months before today, oldest first, then today.

    >>> [str(day) for day in last_months(date(2026, 3, 31), 2)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    return (*(month_end(today - relativedelta(months=back)) for back in range(months, 0, -1)), today)


def compute_outstanding(ledger: Ledger, days: Sequence[date]) -> tuple[Outstanding, ...]:
    """Per currency, the currency of the largest amount first, what `compute_ageing` would say at the end of each of
    these days (in rising order): open and overdue, credits apart. The ledger may be held on any day."""
    curves: dict[str, _Curve] = {}
    invoices = Invoices.of(ledger.invoices)
    places = _Places(days)
    spans, made = _spans(invoices, places)
    for (currency, begin, end, overdue), amount in spans.items():
        _curve(curves, currency, places).span(begin, end, overdue, amount)
    for invoice in (*(invoice for _, invoice in invoices.unsettled), *made):
        status = invoice.status
        if not invoice.is_credit_note and (status is None or not (status.state in VOID or _is_paid_by_word(invoice))):
            _curve(curves, invoice.currency, places).add(invoice)
    undated, paid = _count_paid(invoices)
    unissued = _count_unissued(invoices)
    found = [
        Outstanding(
            currency,
            tuple(map(Point, days, accumulate(curve.rises[:-1]), accumulate(curve.late[:-1]))),
            undated,
            paid,
            unissued,
            len(invoices),
        )
        for currency, curve in curves.items()
        if any(curve.rises)
    ]
    return tuple(sorted(found, key=lambda course: (-max(point.open for point in course.points), course.currency)))


class _Places:
    """Where dates fall among the days of a course; they repeat, and are looked up once: the first of the days on which
    something of a date is `shown`, and the first on which something due on a date is `overdue`."""

    def __init__(self, days: Sequence[date]) -> None:
        self.days = days
        self.shown = cache(lambda day: bisect_left(days, day) if day else 0)
        self.overdue = cache(lambda due: bisect_right(days, due) if due else len(days))


def _spans(invoices: Invoices, places: _Places) -> tuple[dict[_Span, Decimal], list[Invoice]]:
    """The settled invoices that were open on some of the days, without making them: what they sum up to by currency
    and by the places where they begin, end and are overdue. Those whose row bears no due date, which may follow from
    the terms, are made instead."""
    columns, first = invoices.columns, places.days[0]
    later = [at for at, paid_on in enumerate(columns.paid_on) if paid_on is not None and paid_on > first]
    dates, amounts = (columns.issued, columns.due, columns.paid_on), (columns.amounts, columns.currencies)
    chosen = (map(column.__getitem__, later) for column in (columns.settled, *dates, *amounts))
    spans: dict[_Span, Decimal] = {}
    undue: list[int] = []
    for position, issued, due, paid_on, amount, currency in zip(*chosen, strict=True):
        begin, end = places.shown(issued), places.shown(paid_on)
        if due is None and issued is not None:
            undue.append(position)
        elif begin < end and amount > ZERO:
            span = currency, begin, end, places.overdue(due)
            spans[span] = spans.get(span, ZERO) + amount
    return spans, invoices.pick(undue)


def _curve(curves: dict[str, _Curve], currency: str, places: _Places) -> _Curve:
    if (curve := curves.get(currency)) is None:
        curve = curves[currency] = _Curve(places)
    return curve


class _Curve:
    """By how much the open amounts of one currency, and the overdue ones, change on each day; a last place holds what
    comes after them."""

    def __init__(self, places: _Places) -> None:
        self.places = places
        self.rises = [ZERO] * (len(places.days) + 1)
        self.late = [ZERO] * (len(places.days) + 1)

    def span(self, begin: int, end: int, overdue: int, amount: Decimal) -> None:
        """Count what was open from one place to another."""
        self._move(begin, overdue, amount)
        self._move(end, overdue, -amount)

    def add(self, invoice: Invoice) -> None:
        """Count an invoice; it is overdue from the first of the days after its due date."""
        overdue = self.places.overdue(invoice.due)
        for at, amount in self._changes(invoice):
            self._move(at, overdue, amount)

    def _move(self, at: int, overdue: int, amount: Decimal) -> None:
        self.rises[at] += amount
        self.late[at if at > overdue else overdue] += amount

    def _changes(self, invoice: Invoice) -> Iterable[tuple[int, Decimal]]:
        """By how much the open amount changes and where that shows; an overpaid invoice is open for nothing."""
        begin, amount = self.places.shown(invoice.issued), invoice.total - invoice.deposit
        if not invoice.payments and not invoice.credits:
            return ((begin, amount),) if amount > ZERO else ()
        if len(invoice.payments) == 1 and not invoice.credits and invoice.payments[0].amount == amount > ZERO:
            end = max(begin, self.places.shown(invoice.payments[0].on))
            return ((begin, amount), (end, -amount)) if end > begin else ()
        cuts: tuple[Payment | Credit, ...] = (*invoice.payments, *invoice.credits)
        moves = sorted((max(begin, self.places.shown(cut.on)), -cut.amount) for cut in cuts)
        return _shown([(begin, amount), *moves])


def _shown(moves: Iterable[tuple[int, Decimal]]) -> Iterator[tuple[int, Decimal]]:
    """The moves of a balance as they change what is open: never less than nothing."""
    balance = shown = ZERO
    for at, amount in moves:
        balance += amount
        if max(balance, ZERO) != shown:
            yield at, max(balance, ZERO) - shown
            shown = max(balance, ZERO)


def _count_paid(invoices: Invoices) -> tuple[int, int]:
    """How many invoices are paid without a date, and how many are paid at all, wholly or in part."""
    columns = invoices.columns
    undated = sum([day is None for day in columns.paid_on])
    paid = len(columns.settled)
    for _, invoice in invoices.unsettled:
        if invoice.payments or _is_paid_by_word(invoice):
            paid += 1
            undated += not invoice.payments or any(payment.on is None for payment in invoice.payments)
    return undated, paid


def _count_unissued(invoices: Invoices) -> int:
    """How many invoices have no invoice date."""
    open_ones = sum(invoice.issued is None for _, invoice in invoices.unsettled)
    return open_ones + sum(day is None for day in invoices.columns.issued)


def _is_paid_by_word(invoice: Invoice) -> bool:
    """Whether nothing but its status says that an invoice is paid."""
    return invoice.status is not None and invoice.status.state is State.PAID and not invoice.payments

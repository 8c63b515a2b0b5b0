"""Invoices -> what was open and overdue at the end of given days, from their own dates.

An invoice paid since is open on the days before. A payment without a date counts as received from the start, as it
does everywhere else, and is counted, so that a reader can be told. It must not know how a curve is drawn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from relance.dates import month_end
from relance.domain.model import Credit, Invoice, Ledger, Payment, State
from relance.domain.owed import VOID
from relance.domain.settled import Invoices
from relance.money import ZERO


class Point(Struct, frozen=True):
    """What was open, and overdue of it, at the end of a day."""

    on: date
    open: Decimal
    overdue: Decimal


class Outstanding(Struct, frozen=True):
    """The course of one currency, oldest day first. `undated` is the number of paid invoices, of all currencies, whose
    payments have no date: they are open on no day, though they were."""

    currency: str
    points: tuple[Point, ...]
    undated: int = 0
    paid: int = 0

    @property
    def is_known(self) -> bool:
        """Whether at most one paid invoice in twenty lacks its payment date; beyond that the course says nothing."""
        return 20 * self.undated <= self.paid


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
    touched = (invoice for _, invoice in (*invoices.unsettled, *invoices.dated_after(days[0])))
    for invoice in touched:
        status = invoice.status
        if invoice.is_credit_note or (status is not None and (status.state in VOID or _is_paid_by_word(invoice))):
            continue
        if (curve := curves.get(invoice.currency)) is None:
            curve = curves[invoice.currency] = _Curve(days)
        curve.add(invoice)
    undated, paid = _count_paid(invoices)
    found = [
        Outstanding(
            currency,
            tuple(map(Point, days, accumulate(curve.rises[:-1]), accumulate(curve.late[:-1]))),
            undated,
            paid,
        )
        for currency, curve in curves.items()
        if any(curve.rises)
    ]
    return tuple(sorted(found, key=lambda course: (-max(point.open for point in course.points), course.currency)))


class _Curve:
    """By how much the open amounts of one currency, and the overdue ones, change on each day; a last place holds what
    comes after them."""

    def __init__(self, days: Sequence[date]) -> None:
        self.days = days
        self.rises = [ZERO] * (len(days) + 1)
        self.late = [ZERO] * (len(days) + 1)
        self._places: dict[date | None, int] = {None: 0}

    def add(self, invoice: Invoice) -> None:
        """Count an invoice; it is overdue from the first of the days after its due date."""
        overdue = bisect_right(self.days, invoice.due) if invoice.due else len(self.days)
        for at, amount in self._changes(invoice):
            self.rises[at] += amount
            self.late[at if at > overdue else overdue] += amount

    def _place(self, day: date | None) -> int:
        """The first of the days on which something of a day shows; dates repeat, and are looked up once."""
        found = self._places.get(day)
        if found is None:
            found = self._places[day] = bisect_left(self.days, day or date.min)
        return found

    def _changes(self, invoice: Invoice) -> Iterable[tuple[int, Decimal]]:
        """By how much the open amount changes and where that shows; an overpaid invoice is open for nothing."""
        begin, amount = self._place(invoice.issued), invoice.total - invoice.deposit
        if not invoice.payments and not invoice.credits:
            return ((begin, amount),) if amount > ZERO else ()
        if len(invoice.payments) == 1 and not invoice.credits and invoice.payments[0].amount == amount > ZERO:
            end = max(begin, self._place(invoice.payments[0].on))
            return ((begin, amount), (end, -amount)) if end > begin else ()
        cuts: tuple[Payment | Credit, ...] = (*invoice.payments, *invoice.credits)
        moves = sorted((max(begin, self._place(cut.on)), -cut.amount) for cut in cuts)
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
    undated = sum(day is None for day in columns.paid_on)
    paid = len(columns.settled)
    for _, invoice in invoices.unsettled:
        if invoice.payments or _is_paid_by_word(invoice):
            paid += 1
            undated += not invoice.payments or any(payment.on is None for payment in invoice.payments)
    return undated, paid


def _is_paid_by_word(invoice: Invoice) -> bool:
    """Whether nothing but its status says that an invoice is paid."""
    return invoice.status is not None and invoice.status.state is State.PAID and not invoice.payments

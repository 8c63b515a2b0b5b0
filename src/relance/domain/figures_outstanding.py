"""Invoices -> what was open and overdue at the end of given days, from their own dates.

An invoice paid since is open on the days before. A payment without a date counts as received from the start, as it
does everywhere else, and is counted, so that a reader can be told. It must not know how a curve is drawn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
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
    curves: dict[str, tuple[list[Decimal], list[Decimal]]] = {}
    invoices = Invoices.of(ledger.invoices)
    touched = (invoice for _, invoice in (*invoices.unsettled, *invoices.dated_after(days[0])))
    for invoice in touched:
        if invoice.is_credit_note or (invoice.status is not None and invoice.status.state in VOID):
            continue
        if invoice.currency not in curves:
            curves[invoice.currency] = ([ZERO] * (len(days) + 1), [ZERO] * (len(days) + 1))
        _add(curves[invoice.currency], invoice, days)
    undated, paid = _count_paid(invoices)
    found = [
        Outstanding(
            currency,
            tuple(Point(*point) for point in zip(days, accumulate(rises[:-1]), accumulate(late[:-1]), strict=True)),
            undated,
            paid,
        )
        for currency, (rises, late) in curves.items()
        if any(rises)
    ]
    return tuple(sorted(found, key=lambda course: (-max(point.open for point in course.points), course.currency)))


def _add(curve: tuple[list[Decimal], list[Decimal]], invoice: Invoice, days: Sequence[date]) -> None:
    """Add what one invoice changes on each day; it counts as overdue from the first of the days after its due date."""
    rises, late = curve
    overdue = bisect_right(days, invoice.due) if invoice.due else len(days)
    for at, amount in _changes(invoice, days):
        rises[at] += amount
        late[max(at, overdue)] += amount


def _changes(invoice: Invoice, days: Sequence[date]) -> Iterator[tuple[int, Decimal]]:
    """By how much the open amount of an invoice changes, and the first of the days on which it shows; an overpaid one
    is open for nothing."""
    begin = bisect_left(days, invoice.issued) if invoice.issued else 0
    cuts: tuple[Payment | Credit, ...] = (*invoice.payments, *invoice.credits)
    changes = [(begin, invoice.total - invoice.deposit)]
    changes += [(max(begin, bisect_left(days, cut.on)) if cut.on else begin, -cut.amount) for cut in cuts]
    if _is_paid_by_word(invoice):
        return
    if len(changes) > 2:
        changes.sort(key=lambda change: change[0])
    balance = shown = ZERO
    for at, amount in changes:
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

"""Invoices -> what was open and overdue at the end of given days, from their own dates.

An invoice paid since is open on the days before. A payment without a date counts as received from the start, as it
does everywhere else, and is counted, so that a reader can be told. It must not know how a curve is drawn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate, compress

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from relance.dates import month_end
from relance.domain.model import Credit, Invoice, Ledger, Payment, State
from relance.domain.owed import VOID
from relance.domain.settled import Invoices
from relance.money import ZERO

_PAID = State.PAID  # by its name a member costs more than what is done with it here
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
    spans, undue = _settled_spans(invoices, places)
    shown, overdue, never = places.shown, places.overdue, places.never
    for invoice in [*[invoice for _, invoice in invoices.unsettled], *invoices.pick(undue)]:
        if not _is_claim(invoice):
            continue
        if invoice.payments or invoice.credits:
            _curve(curves, invoice.currency, places).add(invoice)
        elif (amount := invoice.total - invoice.deposit) > ZERO:
            spans[invoice.currency, shown[invoice.issued], never, overdue[invoice.due]] += amount
    for (currency, begin, end, late), amount in spans.items():
        _curve(curves, currency, places).span(begin, end, late, amount)
    undated, paid, unissued = _count_doubtful(invoices)
    found = [
        Outstanding(
            currency,
            tuple(map(Point, days, accumulate(curve.rises), accumulate(curve.late))),
            undated,
            paid,
            unissued,
            len(invoices),
        )
        for currency, curve in curves.items()
        if any(curve.rises)
    ]
    return tuple(sorted(found, key=lambda course: (-max(point.open for point in course.points), course.currency)))


class _Place(dict[date | None, int]):
    """Where dates fall among the days of a course: they repeat, and are looked up once."""

    def __init__(self, find: Callable[[date], int], undated: int) -> None:
        super().__init__({None: undated})
        self._find = find

    def __missing__(self, day: date) -> int:
        self[day] = found = self._find(day)
        return found


class _Places:
    """The first of the days of a course on which something of a date is `shown`, and the first on which something due
    on a date is `overdue`; what comes after them all falls on the place after the last, what `never` comes beyond."""

    def __init__(self, days: Sequence[date]) -> None:
        self.shown = _Place(lambda day: bisect_left(days, day), 0)
        self.overdue = _Place(lambda due: bisect_right(days, due), len(days))
        self.never = len(days) + 1


def _settled_spans(invoices: Invoices, places: _Places) -> tuple[dict[_Span, Decimal], list[int]]:
    """The settled invoices that were open on some of the days, without making them: what they sum up to by currency
    and by the places where they begin, end and are overdue; and the positions of those whose row bears no due date,
    which may follow from the terms."""
    shown, overdue, columns = places.shown, places.overdue, invoices.columns
    spans: defaultdict[_Span, Decimal] = defaultdict(Decimal)
    undue: list[int] = []
    ends = list(map(shown.__getitem__, columns.paid_on))
    rows = zip(columns.settled, columns.issued, columns.due, ends, columns.amounts, columns.currencies, strict=True)
    for position, issued, due, end, amount, currency in compress(rows, ends):  # what ends on place 0 is open on no day
        if due is None and issued is not None:
            undue.append(position)
        elif amount > ZERO:
            spans[currency, shown[issued], end, overdue[due]] += amount
    return spans, undue


def _curve(curves: dict[str, _Curve], currency: str, places: _Places) -> _Curve:
    if (curve := curves.get(currency)) is None:
        curve = curves[currency] = _Curve(places)
    return curve


class _Curve:
    """By how much the open amounts of one currency, and the overdue ones, change on each place."""

    def __init__(self, places: _Places) -> None:
        self.places = places
        self.rises = [ZERO] * (places.never + 1)
        self.late = [ZERO] * (places.never + 1)

    def span(self, begin: int, end: int, overdue: int, amount: Decimal) -> None:
        """Count what was open from one place to another."""
        self._move(begin, overdue, amount)
        self._move(end, overdue, -amount)

    def add(self, invoice: Invoice) -> None:
        """Count an invoice that payments or credit notes reduced; it is overdue from the first of the days after its
        due date."""
        overdue = self.places.overdue[invoice.due]
        for at, amount in self._changes(invoice):
            self._move(at, overdue, amount)

    def _move(self, at: int, overdue: int, amount: Decimal) -> None:
        self.rises[at] += amount
        self.late[at if at > overdue else overdue] += amount

    def _changes(self, invoice: Invoice) -> Iterable[tuple[int, Decimal]]:
        """By how much the open amount changes and where that shows; an overpaid invoice is open for nothing."""
        shown, amount = self.places.shown, invoice.total - invoice.deposit
        begin = shown[invoice.issued]
        if len(invoice.payments) == 1 and not invoice.credits and invoice.payments[0].amount == amount > ZERO:
            end = max(begin, shown[invoice.payments[0].on])
            return ((begin, amount), (end, -amount)) if end > begin else ()
        cuts: tuple[Payment | Credit, ...] = (*invoice.payments, *invoice.credits)
        moves = sorted((max(begin, shown[cut.on]), -cut.amount) for cut in cuts)
        return _shown([(begin, amount), *moves])


def _shown(moves: Iterable[tuple[int, Decimal]]) -> Iterator[tuple[int, Decimal]]:
    """The moves of a balance as they change what is open: never less than nothing."""
    balance = shown = ZERO
    for at, amount in moves:
        balance += amount
        if max(balance, ZERO) != shown:
            yield at, max(balance, ZERO) - shown
            shown = max(balance, ZERO)


def _count_doubtful(invoices: Invoices) -> tuple[int, int, int]:
    """How many invoices are paid without a date, how many are paid at all, wholly or in part, and how many have no
    invoice date."""
    columns = invoices.columns
    undated, paid, unissued = columns.paid_on.count(None), len(columns.settled), columns.issued.count(None)
    for _, invoice in invoices.unsettled:
        if invoice.issued is None:
            unissued += 1
        if invoice.payments or _is_paid_by_word(invoice):
            paid += 1
            undated += not invoice.payments or any(payment.on is None for payment in invoice.payments)
    return undated, paid, unissued


def _is_claim(invoice: Invoice) -> bool:
    """Whether money is asked for, and it is not a word alone that calls it paid."""
    status = invoice.status
    return not invoice.is_credit_note and (status is None or not (status.state in VOID or _is_paid_by_word(invoice)))


def _is_paid_by_word(invoice: Invoice) -> bool:
    """Whether nothing but its status says that an invoice is paid."""
    return invoice.status is not None and invoice.status.state is _PAID and not invoice.payments

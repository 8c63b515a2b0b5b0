"""Open invoices and the habits of clients -> what may be received week by week: an estimate, and labelled as one.

Each open invoice is expected on its due date shifted by its client's own habit, or on the day promised. Nothing else
is supposed: what is later than its client ever was, disputed, or without due date has no week, and stands apart. It
must not know how the estimate is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from relance.domain.measures.habits import Habit, Habits
from relance.domain.model import Invoice
from relance.domain.owed import disputed, owed
from relance.money import ZERO


class Expected(Struct, frozen=True):
    """When an open invoice is expected to be paid: the day, and the days between which half of such payments fall;
    `promised` where the client named it, `own` where the habit is the client's own and not that of all."""

    on: date
    early: date
    late: date
    promised: bool = False
    own: bool = True


class Week(Struct, frozen=True, kw_only=True):
    """A week from `first` to Sunday `last`: what falls `due` in it, what is `expected` in it; and what is received from
    today to its end if all pay `at_least` as late, `at_most` as early as half of them do."""

    first: date
    last: date
    due: Decimal
    expected: Decimal
    at_least: Decimal
    at_most: Decimal


class Receipts(Struct, frozen=True, kw_only=True):
    """What one currency may bring in. The expected amounts of the weeks + `later` (after them) + `unplaced` (later than
    the client ever was, or no habit is known: no date can be given) + `disputed` + `undated` (no due date) = `open`.
    `promised` is the part of the expected amounts that clients promised, `borrowed` the part estimated by the habit of
    all clients."""

    currency: str
    open: Decimal
    weeks: tuple[Week, ...]
    later: Decimal
    unplaced: Decimal
    disputed: Decimal
    undated: Decimal
    promised: Decimal
    borrowed: Decimal


def expect(invoice: Invoice, habit: Habit | None, today: date, *, own: bool = True) -> Expected | None:
    """When an open invoice is expected; None where no date can be given.

    The day promised, if it is not over; else the due date + the median habit or, where that day is over, + the third
    quartile, then + the latest ever seen of that client.
    """
    if invoice.promise and invoice.promise >= today:
        return Expected(invoice.promise, invoice.promise, invoice.promise, promised=True)
    if invoice.due is None or habit is None:
        return None
    days = [invoice.due + timedelta(shift) for shift in (habit.median, habit.late, habit.last)]
    on = next((day for day in days if day >= today), None)
    if on is None:
        return None
    return Expected(on, max(today, invoice.due + timedelta(habit.early)), max(on, days[1]), own=own)


def compute_receipts(invoices: Iterable[Invoice], habits: Habits, today: date, weeks: int = 8) -> tuple[Receipts, ...]:
    """The estimate per currency, from today on; the first week ends next Sunday."""
    plans: dict[str, _Plan] = {}
    for invoice in invoices:
        if owed(invoice) > ZERO:
            habit, own = habits.of(invoice.client.key)
            if (plan := plans.get(invoice.currency)) is None:
                plan = plans[invoice.currency] = _Plan(today, weeks)
            plan.add(invoice, expect(invoice, habit, today, own=own))
    return tuple(plan.close(currency) for currency, plan in sorted(plans.items()))


def _sundays(today: date, weeks: int) -> Iterator[date]:
    for week in range(weeks):
        yield today + timedelta(6 - today.weekday() + 7 * week)


class _Plan:
    """The running sums of one currency; the last place of each list is what comes after the weeks."""

    def __init__(self, today: date, weeks: int) -> None:
        self.today = today
        self.ends = list(_sundays(today, weeks))
        self.due, self.expected, self.early, self.late = ([ZERO] * (weeks + 1) for _ in range(4))
        self.unplaced = self.disputed = self.undated = self.promised = self.borrowed = ZERO

    def _place(self, day: date) -> int:
        weeks = -(-(day - self.ends[0]).days // 7)
        return min(max(0, weeks), len(self.ends))

    def add(self, invoice: Invoice, when: Expected | None) -> None:
        contested = disputed(invoice)
        amount = owed(invoice) - contested
        self.disputed += contested
        if invoice.due and invoice.due >= self.today:
            self.due[self._place(invoice.due)] += amount
        if when is None:
            if invoice.due is None:
                self.undated += amount
            else:
                self.unplaced += amount
            return
        self.expected[self._place(when.on)] += amount
        self.early[self._place(when.early)] += amount
        self.late[self._place(when.late)] += amount
        self.promised += amount if when.promised else ZERO
        self.borrowed += amount if not when.own else ZERO

    def close(self, currency: str) -> Receipts:
        rows, at_least, at_most, first = [], ZERO, ZERO, self.today
        for place, last in enumerate(self.ends):
            at_least += self.late[place]
            at_most += self.early[place]
            due, expected = self.due[place], self.expected[place]
            rows.append(Week(first=first, last=last, due=due, expected=expected, at_least=at_least, at_most=at_most))
            first = last + timedelta(1)
        parts = (self.unplaced, self.disputed, self.undated)
        return Receipts(
            currency=currency,
            open=sum((*self.expected, *parts), ZERO),
            weeks=tuple(rows),
            later=self.expected[-1],
            unplaced=self.unplaced,
            disputed=self.disputed,
            undated=self.undated,
            promised=self.promised,
            borrowed=self.borrowed,
        )

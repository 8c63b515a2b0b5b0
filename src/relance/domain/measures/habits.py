"""Payments with their dates -> how many days from the due date a client usually pays, and how sure that is.

Only what is dated tells a habit; a payment without a date tells nothing and is guessed from nothing. It must not know
amounts, nor what is done with a habit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Invoice

ENOUGH = 3
"""A habit needs so many invoices paid in full; with fewer, that of all clients together stands in."""

YEAR = timedelta(days=365)
"""How far back payments are looked at."""

_NOTHING = Decimal("0.10")


class Habit(Struct, frozen=True):
    """How a client pays, in days from the due date (below zero: before it), over `count` invoices: `median`; `early`
    and `late`, between which half of the invoices were paid (first and third quartile); `first` and `last`, all."""

    count: int
    median: int
    early: int
    late: int
    first: int
    last: int


class Habits(Struct, frozen=True):
    """The habit of each client that has one, by client key, and that of all clients together (None: no history)."""

    by_client: Mapping[str, Habit]
    everybody: Habit | None

    def of(self, key: str) -> tuple[Habit | None, bool]:
        """The habit to count with for a client, and whether it is its own."""
        own = self.by_client.get(key)
        return (own, True) if own else (self.everybody, False)


def habit_of(days: Sequence[int]) -> Habit | None:
    """The habit that days from the due date show; None of fewer than three. Quartiles are days that occurred (nearest
    rank); a median between two days is the later one.

    >>> habit_of([12, 0, 3, 30, 5])
    Habit(count=5, median=5, early=3, late=12, first=0, last=30)
    >>> habit_of([-2, 4, 6, 40]).median, habit_of([1, 2])
    (6, None)
    """
    if len(days) < ENOUGH:
        return None
    ranked = sorted(days)
    last = len(ranked) - 1
    return Habit(
        count=len(ranked),
        median=ranked[(last + 1) // 2],
        early=ranked[last // 4],
        late=ranked[-(-3 * last // 4)],
        first=ranked[0],
        last=ranked[last],
    )


def compute_habits(days: Mapping[str, Sequence[int]]) -> Habits:
    """The habits of the clients, from the days of each, by client key."""
    own = {key: habit for key, several in days.items() if (habit := habit_of(several))}
    return Habits(own, habit_of([day for several in days.values() for day in several]))


def paid_in_full(open_amount: Decimal) -> bool:
    """Whether nothing that matters is open any more."""
    return open_amount <= _NOTHING


def paid_on(invoice: Invoice, today: date) -> date | None:
    """The day of the last payment received by a day of an invoice paid in full; None where one of its payments has no
    date, or none is typed."""
    last: date | None = None
    for payment in invoice.payments:
        if payment.on is None:
            return None
        if payment.on <= today and (last is None or payment.on > last):
            last = payment.on
    return last

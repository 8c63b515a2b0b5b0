"""Which rows are plainly settled, told from the columns, where a row costs least.

Of such a row nothing is computed any more: it becomes an invoice only when somebody asks for it. It must not know
clients.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from relance.domain.model import State
from relance.workbook.reading.gather import Read
from relance.workbook.reading.settle import Sheet

_PAID = State.PAID  # an enum's member looked up once, not once a row


def plainly_settled(read: Read, states: Sequence[State | None], sheet: Sheet, *, but: Iterable[int]) -> list[bool]:
    """Which rows are settled as `Invoices` says it; none of those left out, nor any of `but`."""
    has_paid = sheet.has_paid
    paid, deposits = (read.paid, read.deposit) if has_paid else (read.total, repeat(None))
    dates = zip(read.issued, read.due, read.paid_on, strict=True)
    rows = zip(states, read.total, paid, deposits, read.balance, read.reminders, dates, strict=False)
    found = [
        paid is not None
        and (state is _PAID or (state is None and has_paid))
        and (paid is total or paid == total if deposit is None else total is not None and paid == total - deposit)
        and not balance
        and reminders is None
        and (issued is None or ((due is None or issued <= due) and (paid_on is None or issued <= paid_on)))
        for state, total, paid, deposit, balance, reminders, (issued, due, paid_on) in rows
    ]
    for place in (*read.left_out, *but):
        found[place] = False
    return found


def paid_in_full(read: Read, sheet: Sheet) -> Iterable[Any]:
    """What a payment in full is, row by row, as far as rows are settled."""
    if sheet.has_paid:
        return read.paid
    pairs = zip(read.total, read.deposit, strict=True)
    return (total - deposit if total is not None and deposit is not None else total for total, deposit in pairs)

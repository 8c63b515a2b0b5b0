"""The days that a status tells: "Relancée le 15/10/2026", "Payée le 12/03/2026", where no column of the row does.

It must not know what a reminder or a payment does to an invoice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from relance.domain.model import State, Status
from relance.workbook.reading.cells import decide_order
from relance.workbook.reading.reminders import Reminders
from relance.workbook.reading.values import DATE_TOKENS, date_parser


def days_told(status: Sequence[Status | None], configured: str | None) -> dict[State, dict[int, date]]:
    """The one day that each status tells, by its state and its position; none where it cannot be read with certainty.
    The order of day and month is that of all days of the column.

    >>> column = [Status(State.REMINDED, 1, "Reminded 10/15/2026"), Status(State.PAID, 0, "Paid 10/12/2026"), None]
    >>> days_told(column, None)[State.PAID]
    {1: datetime.date(2026, 10, 12)}
    """
    words = {key: said.word for key, said in {id(said): said for said in status}.items() if said is not None}
    tokens = {key: found[0] for key, word in words.items() if len(found := DATE_TOKENS.findall(word)) == 1}
    if not tokens:
        return {}
    parse = date_parser(decide_order(list(tokens.values()), configured))
    days = {key: day for key, token in tokens.items() if isinstance(day := parse(token), date)}
    told: dict[State, dict[int, date]] = {}
    for place, said in enumerate(status):
        if said is not None and id(said) in days:
            told.setdefault(said.state, {})[place] = days[id(said)]
    return told


def with_reminder_days(
    reminders: list[Reminders | None] | None, days: dict[int, date], size: int
) -> list[Reminders | None] | None:
    """The reminders, completed by the day of the last one where only the status tells it.

    >>> with_reminder_days(None, {0: date(2026, 10, 15)}, 2)
    [Reminders(dates=(datetime.date(2026, 10, 15),), undated=0), None]
    """
    if not days:
        return reminders
    found = reminders or [None] * size
    for place, day in days.items():
        held = found[place]
        if held is None or not held.dates:
            found[place] = Reminders((day,), max(0, held.undated - 1) if held else 0)
    return found


def with_paid_days(paid_on: list[date | None] | None, days: dict[int, date], size: int) -> list[date | None] | None:
    """The payment dates, completed by the day of the status of what is paid, where the row has none."""
    if not days:
        return paid_on
    found = paid_on or [None] * size
    for place, day in days.items():
        found[place] = found[place] or day
    return found

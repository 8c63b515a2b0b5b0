"""Reminder cells: dates one after the other, ticks, levels and counts. What leaves a doubt is Unread, and stops.

It must not know how many reminder columns there are, nor policies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from msgspec import Struct

from relance.domain.names import fold
from relance.workbook.reading.values import DATE_TOKENS, Order, Parse, Unread, parse_day, parse_typed_day
from relance.workbook.reading.words import load_words, parse_answer, parse_level


class Reminders(Struct, frozen=True, gc=False):
    """What a reminder cell says: dates, and how many reminders it mentions without a date."""

    dates: tuple[date, ...] = ()
    undated: int = 0


def reminder_parser(order: Order) -> Parse:
    """The parser of a column that lists reminders."""
    return partial(parse_reminders, order)


def parse_reminders(order: Order, value: Any) -> Reminders | Unread | None:
    """The reminders a cell lists: dates separated by anything but other words, or a tick, or a level without date.

    >>> parse_reminders(Order(), "15/06/2026, 30/06/2026").dates
    (datetime.date(2026, 6, 15), datetime.date(2026, 6, 30))
    >>> parse_reminders(Order(), "x").undated, parse_reminders(Order(), "15/06/2026 ou 16/06 ?").code
    (1, 'date-unreadable')
    """
    if not isinstance(value, str):
        day = parse_day(order, value)
        return Reminders((day,)) if isinstance(day, date) else day
    text = value.strip()
    if not text:
        return None
    if "?" in text:
        return Unread("date-unreadable")
    whole = parse_typed_day(order, text)
    if isinstance(whole, date):
        return Reminders((whole,))
    tokens = DATE_TOKENS.findall(text)
    if not tokens:
        return _undated(text)
    days = [parse_typed_day(order, token) for token in tokens]
    wrong = next((day for day in days if isinstance(day, Unread)), None)
    rest = {word for word in fold(DATE_TOKENS.sub(" ", text)).split() if not (word.isdigit() and len(word) == 1)}
    if wrong or not rest <= load_words().beside_dates:
        return wrong or Unread("date-unreadable")
    return Reminders(tuple(sorted({day for day in days if isinstance(day, date)})))


def _undated(text: str) -> Reminders | Unread | None:
    answer = parse_answer(text)
    if answer is not None:
        return Reminders((), 1) if answer else None
    level = parse_level(text)
    if level is None and set(fold(text).split()) <= load_words().beside_dates:
        level = 1
    return Unread("date-unreadable") if level is None else Reminders((), level)


def parse_count(value: Any) -> int | Unread | None:
    """A number of reminders; None for a blank.

    >>> parse_count(2.0), parse_count("2 fois"), parse_count("R1"), parse_count("-"), parse_count("??").code
    (2, 2, 1, 0, 'count-unreadable')
    """
    if isinstance(value, float):
        return int(value) if value.is_integer() and 0 <= value <= 99 else Unread("count-unreadable")
    if not isinstance(value, str):
        return Unread("count-unreadable")
    text = value.strip()
    if not text:
        return None
    if "?" in text:
        return Unread("count-unreadable")
    first = text.split()[0]
    if first.isdigit() and len(first) <= 2 and set(fold(text).split()[1:]) <= {"fois", "relance", "relances", "x"}:
        return int(first)
    level = parse_level(text)
    if level is not None:
        return level
    answer = parse_answer(text)
    return Unread("count-unreadable") if answer is None else int(answer)


def merge_reminders(cells: Sequence[Reminders | None]) -> Reminders | None:
    """What several reminder columns of one row say together; None when all are blank."""
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        return filled[0] if filled else None
    days = tuple(sorted({day for cell in filled for day in cell.dates}))
    return Reminders(days, sum(cell.undated for cell in filled))

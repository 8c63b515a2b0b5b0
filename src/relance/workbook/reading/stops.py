"""Cells that stop or bend a reminder: dispute, promise, hold. A stop that cannot be read is Unread, and stops.

A yes, an amount, a date or a reason are all readable; a blank, a dash or a no say there is none.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from relance.dates import DAY
from relance.domain.model import Dispute, Hold
from relance.domain.names import fold
from relance.money import parse_amount, thousands_or_decimals
from relance.workbook.reading.values import Order, Unread, parse_day, parse_sum
from relance.workbook.reading.words import date_in, load_words, parse_answer


def parse_dispute(value: Any) -> Dispute | Unread | None:
    """A dispute: of the whole invoice for a yes, a tick, a date or a reason; of a part for an amount.

    >>> parse_dispute("oui"), parse_dispute("250,00 €").amount, parse_dispute("marchandise abîmée").reason
    (Dispute(amount=None, reason=''), Decimal('250.00'), 'marchandise abîmée')
    >>> parse_dispute("non"), parse_dispute(-5.0).code
    (None, 'dispute-unreadable')
    """
    if isinstance(value, date):
        return Dispute()
    if not isinstance(value, str):
        return _amount(value)
    text = value.strip()
    answer = parse_answer(text)
    if answer is not None:
        return Dispute() if answer else None
    amount = parse_amount(text)
    if amount is not None and thousands_or_decimals(text):
        return Unread("dispute-unreadable")
    return Dispute(None, text) if amount is None else _checked(amount)


def _amount(value: Any) -> Dispute | Unread | None:
    if value == 1:  # a tick
        return Dispute()
    amount = parse_sum(value)
    return _checked(amount) if isinstance(amount, Decimal) else Unread("dispute-unreadable")


def _checked(amount: Decimal) -> Dispute | Unread | None:
    if amount < 0:
        return Unread("dispute-unreadable")
    return Dispute(amount) if amount else None


def parse_promise(order: Order, value: Any) -> date | Unread | None:
    """The day by which the client promised to pay: a date, alone or in a sentence that holds only one.

    >>> parse_promise(Order(), "promis le 15/12/2026"), parse_promise(Order(), "oui").code
    (datetime.date(2026, 12, 15), 'promise-unreadable')
    """
    day = parse_day(order, value)
    if not isinstance(day, Unread):
        return day
    if day.code in {"date-unreadable", "dates-several"} and isinstance(value, str) and order.month_first is not None:
        found = date_in(value, month_first=order.month_first)
        if found:
            return found
    return Unread("promise-unreadable")


def parse_hold(order: Order, value: Any, *, before: bool = False) -> Hold | Unread | None:
    """A hold: until a date, or until released for a yes or a reason. `before` says that its column, like a cell that
    says so itself, gives the first day on which the client may be chased again.

    >>> parse_hold(Order(), "oui"), parse_hold(Order(), "31/12/2026").until, parse_hold(Order(), "en congés").reason
    (Hold(until=None, reason=''), datetime.date(2026, 12, 31), 'en congés')
    >>> parse_hold(Order(), "non"), parse_hold(Order(), 7.0).code, parse_hold(Order(), "pas avant le 15/12/2026").until
    (None, 'hold-unreadable', datetime.date(2026, 12, 14))
    """
    if isinstance(value, datetime | date) or (isinstance(value, str) and order.month_first is None):
        day = parse_day(order, value)
        if not isinstance(day, Unread):
            return Hold(day - DAY if before else day) if day else None
    if isinstance(value, float) and value in {0.0, 1.0}:
        return Hold() if value else None
    return _typed_hold(order, value.strip(), before=before) if isinstance(value, str) else Unread("hold-unreadable")


def parse_wanted(value: Any) -> Hold | Unread | None:
    """A hold where a cell "to be chased" says no; a yes, a tick or a day when somebody meant to do it holds nothing.

    >>> parse_wanted("non"), parse_wanted("oui"), parse_wanted("peut-être").code
    (Hold(until=None, reason=''), None, 'hold-unreadable')
    """
    if isinstance(value, date) or value in {0.0, 1.0}:
        return Hold() if value == 0 else None
    answer = parse_answer(value.strip()) if isinstance(value, str) else None
    if isinstance(value, str) and (not value.strip() or not value.strip().strip("-–—")):
        return None
    return Unread("hold-unreadable") if answer is None else (None if answer else Hold())


def _typed_hold(order: Order, text: str, *, before: bool) -> Hold | Unread | None:
    answer = parse_answer(text)
    if answer is not None:
        return Hold() if answer else None
    until = None if "?" in text else date_in(text, month_first=bool(order.month_first))
    if until is None:
        figures = any(figure.isdigit() for figure in text)
        return Unread("hold-unreadable") if figures and "?" not in text else Hold(None, text)
    reason = "" if parse_day(order, text) == until else text
    return Hold(until - DAY if before or ends_before(text) else until, reason)


def ends_before(words: str) -> bool:
    """Whether a header or a cell names the day of a hold as the first one after it.

    >>> ends_before("Ne pas relancer avant le"), ends_before("En attente jusqu'au")
    (True, False)
    """
    return not load_words().before.isdisjoint(fold(words).split())


def asks_for_a_day(header: str) -> bool:
    """Whether the header of a hold asks for its end."""
    return ends_before(header) or not load_words().until.isdisjoint(fold(header).split())

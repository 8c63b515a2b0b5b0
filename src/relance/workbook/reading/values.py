"""One cell becomes a value, or says why it cannot be read with certainty.

It must not know its column, but for the order of day and month there, nor what follows from a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from msgspec import Struct

from relance.dates import parse_date
from relance.money import from_float, parse_amount, to_cents
from relance.workbook.reading.words import names_nothing, parse_answer

DAY_FIGURES = re.compile(r"\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](?:\d{4}|\d{2})\b")
DATE_TOKENS = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d+"
    r"|\d{1,2}(?:er)?[ -]+[^\W\d_]{3,9}\.?[ -]+\d{4}\b|\d{1,2}-[^\W\d_]{3,9}\.?-\d{2}\b"
)
_FIRST_YEAR, _LAST_YEAR = 1990, 2099  # outside: a typing error, or an empty cell counted as 1900

Parse = Callable[[Any], Any]


class Unread(Struct, frozen=True, gc=False):
    """A cell that could not be read, and the code of the reason."""

    code: str


class Order(Struct, frozen=True):
    """How the figures of one date column are read: `month_first`, or None when the column holds both orders; `assumed`
    counts the dates that could be read both ways where nothing in the column decided, `example` is one of them."""

    month_first: bool | None = False
    assumed: int = 0
    example: str = ""


def parse_text(value: Any) -> str:
    """The text of a cell, outer blanks off; a whole number without decimals (`151`, not 151.0).

    >>> parse_text(151.0), parse_text("  F 20100201 "), parse_text(12.5)
    ('151', 'F 20100201', '12.5')
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def parse_name(value: Any) -> str:
    """A name on one line, its blanks single; a mark or a word that repeats the one above is none.

    >>> parse_name(" Dupont  SARL "), parse_name('"'), parse_name("idem")
    ('Dupont SARL', '', '')
    """
    name = " ".join(parse_text(value).split())
    return "" if names_nothing(name) else name


def parse_number(value: Any) -> str | Unread:
    """An invoice number; a date is what a spreadsheet made of a number such as 03-2026, which is lost.

    >>> parse_number(151.0), parse_number(date(2026, 3, 1)).code
    ('151', 'number-unreadable')
    """
    if isinstance(value, str | float | int):
        return parse_text(value)
    return Unread("number-unreadable")


def parse_phone(value: Any) -> str:
    """A telephone number; typed as a number it lost the zero or the plus before it.

    >>> parse_phone(612345678.0), parse_phone(33612345678.0), parse_phone("06 12 34 56 78")
    ('0612345678', '+33612345678', '06 12 34 56 78')
    """
    text = parse_text(value)
    if isinstance(value, str) or not text.isdigit():
        return text
    if len(text) == 9:
        return "0" + text
    return "+" + text if len(text) == 11 and text.startswith("33") else text


def parse_sum(value: Any) -> Decimal | Unread | None:
    """An amount to the cent; None for a blank, a dash or a word for nothing; what is not certain is Unread.

    >>> parse_sum(1499.5), parse_sum("1 650,00 €"), parse_sum("-"), parse_sum("300000 (Advance)").code
    (Decimal('1499.50'), Decimal('1650.00'), None, 'amount-unreadable')
    """
    if type(value) is float:
        try:
            return to_cents(from_float(value))
        except InvalidOperation:  # more figures than any amount has
            return Unread("amount-unreadable")
    if isinstance(value, str):
        text = value.strip()
        if not text or not text.strip("-–—€ \u00a0\u202f"):
            return None
        if not any(figure.isdigit() for figure in text) and parse_answer(text) is False and text != "false":
            return None
        amount = parse_amount(text)
        return Unread("amount-unreadable") if amount is None else amount
    return Unread("amount-unreadable")


def date_parser(order: Order) -> Parse:
    """The parser of a date column."""
    return partial(parse_day, order)


def parse_day(order: Order, value: Any) -> date | Unread | None:
    """One date; None for a blank or a dash.

    >>> parse_day(Order(), "15/02/2026"), parse_day(Order(), 20260215.0), parse_day(Order(), "14/01/20201").code
    (datetime.date(2026, 2, 15), datetime.date(2026, 2, 15), 'date-unreadable')
    >>> parse_day(Order(), "15/02/2026 et 16/03/2026").code, parse_day(Order(None), "03/04/2026").code
    ('dates-several', 'date-ambiguous')
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if _FIRST_YEAR <= value.year <= _LAST_YEAR else Unread("date-out-of-range")
    if isinstance(value, float):
        return _packed(value)
    if not isinstance(value, str):
        return Unread("date-unreadable")
    text = value.strip()
    if not text or parse_answer(text) is False:
        return None
    return parse_typed_day(order, text)


def parse_typed_day(order: Order, text: str) -> date | Unread:
    """One date typed as text, nothing else beside it."""
    month_first = order.month_first
    if month_first is None:
        found = DAY_FIGURES.match(text)
        first, second = (int(found[1]), int(found[2])) if found else (0, 0)
        if first != second and 0 < first <= 12 and second <= 12:
            return Unread("date-ambiguous")
        month_first = second > 12
    day = parse_date(text, month_first=month_first)
    if day is None:
        return Unread("dates-several" if len(DATE_TOKENS.findall(text)) > 1 else "date-unreadable")
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else Unread("date-out-of-range")


def _packed(value: float) -> date | Unread:
    """A date exported as the number yyyymmdd; any other number is a date that lost its format."""
    text = str(int(value)) if value.is_integer() else ""
    day = parse_date(f"{text[:4]}-{text[4:6]}-{text[6:]}") if len(text) == 8 else None
    return day if day and _FIRST_YEAR <= day.year <= _LAST_YEAR else Unread("date-unreadable")

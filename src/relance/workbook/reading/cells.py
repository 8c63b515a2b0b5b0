"""The cells of one column become values, or say why they cannot be read with certainty.

A column is parsed once per distinct value, then mapped back, so that a hundred thousand rows cost what their
different values cost. It must not know rows, roles' consequences, or where problems are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial
from itertools import compress
from operator import ne
from typing import Any

from msgspec import Struct, json

from relance.dates import parse_date
from relance.money import from_float, parse_amount, parse_currency, to_cents
from relance.workbook.reading.words import names_nothing, parse_answer

_FIGURES = re.compile(r"\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](?:\d{4}|\d{2})\b")
DATE_TOKENS = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d+"
    r"|\d{1,2}(?:er)?[ -]+[^\W\d_]{3,9}\.?[ -]+\d{4}\b|\d{1,2}-[^\W\d_]{3,9}\.?-\d{2}\b"
)
_NOT_CENTS = re.compile(rb"\.\d{3}")
_FIRST_YEAR, _LAST_YEAR = 1990, 2099  # outside: a typing error, or an empty cell counted as 1900


class Unread(Struct, frozen=True, gc=False):
    """A cell that could not be read, and the code of the reason."""

    code: str


class Order(Struct, frozen=True):
    """How the figures of one date column are read: `month_first`, or None when the column holds both orders; `assumed`
    counts the dates that could be read both ways where nothing in the column decided, `example` is one of them."""

    month_first: bool | None = False
    assumed: int = 0
    example: str = ""


Parse = Callable[[Any], Any]
_NOT_PLAIN = frozenset({bool, int})


class Cells(list[Any]):
    """The cells of one column, which stay as they are; what several readers ask of them all is found out once."""

    @cached_property
    def different(self) -> frozenset[Any]:
        """The different ones; a true and a 1 count as the same."""
        return frozenset(self)

    @cached_property
    def kinds(self) -> frozenset[type]:
        """The types of the cells."""
        return frozenset(map(type, self))

    @cached_property
    def texts(self) -> frozenset[str]:
        """The different texts among them."""
        return frozenset(_texts(self)) if str in self.kinds else frozenset()


def texts_of(values: Sequence[Any]) -> Set[str]:
    """The different texts among some cells."""
    return values.texts if isinstance(values, Cells) else _texts(values)


def _texts(values: Iterable[Any]) -> set[str]:
    return {value for value in values if type(value) is str}


class _Known(dict[Any, Any]):
    """What each different cell of a column reads as, found out when it is first met."""

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, value: Any) -> Any:
        found = self[value] = self._parse(value)
        return found


def parse_cells(values: Sequence[Any], parse: Parse) -> tuple[list[Any], dict[int, Unread]]:
    """The column parsed, and what could not be read by position (its value is None).

    >>> parse_cells([12.5, "?", ""], parse_sum)
    ([Decimal('12.5'), None, None], {1: Unread(code='amount-unreadable')})
    >>> parse_cells([True, 1.0], parse_text)
    (['true', '1'], {})
    """
    cells = values if isinstance(values, Cells) else Cells(values)
    if parse is parse_number:
        with suppress(TypeError):  # not all are texts
            return list(map(str.strip, cells)), {}
    if parse is parse_sum or isinstance(parse, SumsLike):
        cells = _plain(cells, cells.kinds)
        found = _sums_like(cells, parse) if isinstance(parse, SumsLike) else _sums(cells)
        if _are_numbers(cells):
            return found, {}
    else:
        known = _Known(parse)
        found = list(map(known.__getitem__, cells))
        kinds = {*map(type, known), *(cells.kinds if 1 in known or 0 in known else ())}  # a true may be known as a 1
        if not kinds.isdisjoint(_NOT_PLAIN):
            return parse_cells(_plain(cells, kinds), parse)
        if Unread not in set(map(type, known.values())):
            return found, {}
    bad = {place: value for place, value in enumerate(found) if type(value) is Unread}
    for place in bad:
        found[place] = None
    return found, bad


def _plain(cells: Cells, kinds: Set[type]) -> Cells:
    """The same without what equals something else: a true, which equals 1, as text; whole numbers as the others are."""
    if kinds.isdisjoint(_NOT_PLAIN):
        return cells
    return Cells(
        [
            str(value).lower() if type(value) is bool else float(value) if type(value) is int else value
            for value in cells
        ]
    )


def _sums(cells: Cells) -> list[Any]:
    """A column of amounts, mostly numbers and mostly different."""
    if _are_numbers(cells):
        return _sums_of_numbers(cells)
    found = _sums_of_numbers([value if type(value) is float else "" for value in cells])
    known = _Known(parse_sum)
    for place, value in enumerate(cells):
        if type(value) is not float:
            found[place] = known[value]
    return found


def _are_numbers(cells: Cells) -> bool:
    """Whether there is nothing but numbers and blanks."""
    return cells.kinds <= {float, str} and cells.texts <= {""}


def _sums_of_numbers(values: list[Any]) -> list[Any]:
    """Numbers and blanks: msgspec writes the shortest text of a double and reads it as a Decimal twice as fast as
    `repr` and `Decimal`, with the same result."""
    texts = json.encode(values)
    if b"e" in texts or b"n" in texts or _NOT_CENTS.search(texts):
        return list(map(parse_sum, values))
    return json.decode(texts.replace(b'""', b"null"), type=list[Decimal | None])


def _sums_like(cells: Cells, like: SumsLike) -> list[Any]:
    """Where both cells are the same, so are both amounts; the others are read."""
    found: list[Any] = list(like.amounts)
    places = list(compress(range(len(cells)), map(ne, cells, like.cells)))
    if like.cells.kinds != {float}:
        places = sorted({*places, *(place for place, amount in enumerate(found) if amount is None)})
    others = Cells([cells[place] for place in places])
    for place, amount in zip(places, _sums(others), strict=True):
        found[place] = amount
    return found


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
        return to_cents(from_float(value))
    if isinstance(value, str):
        text = value.strip()
        if not text or not text.strip("-–—€ \u00a0\u202f"):
            return None
        if not any(figure.isdigit() for figure in text) and parse_answer(text) is False and text != "false":
            return None
        amount = parse_amount(text)
        return Unread("amount-unreadable") if amount is None else amount
    return Unread("amount-unreadable")


class SumsLike(Struct, frozen=True):
    """`parse_sum` for a column that mostly repeats another one, cell by cell: what was paid, what was asked for. The
    `amounts` read from those `cells` are taken over."""

    cells: Cells
    amounts: Sequence[Decimal | None]

    def __call__(self, value: Any) -> Decimal | Unread | None:
        """One amount."""
        return parse_sum(value)


def currencies_in(values: Sequence[Any]) -> dict[int, str]:
    """The currency that amounts typed as text name, by position."""
    found = {text: parse_currency(text) for text in texts_of(values) if text}
    if not any(found.values()):
        return {}
    return {place: code for place, value in enumerate(values) if type(value) is str and (code := found.get(value))}


def decide_order(values: Sequence[Any], configured: str | None) -> Order:
    """Which of day and month comes first in a column: the dates that leave no doubt decide, else the configuration,
    else the day, and `assumed` says how many were read so.

    >>> decide_order(["02/14/2026", "03/04/2026"], None).month_first, decide_order(["03/04/2026"], None).assumed
    (True, 1)
    >>> decide_order(["02/14/2026", "31/02/2026"], None).month_first
    True
    """
    texts = _texts(values.different if isinstance(values, Cells) else values)
    pairs = [(int(found[1]), int(found[2]), text) for text in texts if (found := _FIGURES.match(text))]
    day_first = any(first > 12 >= second and _exists(first, second) for first, second, _ in pairs)
    month_first = any(second > 12 >= first and _exists(second, first) for first, second, _ in pairs)
    if day_first and month_first:
        return Order(None)
    if day_first or month_first:
        return Order(month_first)
    doubtful = sorted(text for first, second, text in pairs if first != second and max(first, second) <= 12)
    example = _FIGURES.match(doubtful[0]) if doubtful else None
    if not doubtful or configured:
        return Order(configured == "mdy")
    wanted = set(doubtful)
    count = sum(1 for value in values if isinstance(value, str) and value in wanted)
    return Order(month_first=False, assumed=count, example=example[0].strip() if example else "")


def _exists(day: int, month: int) -> bool:
    """Whether a month ever has that day: a slip such as 31/02 says nothing of the order of its column."""
    return day <= (29 if month == 2 else 31 - (month in {4, 6, 9, 11}))


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
        found = _FIGURES.match(text)
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

"""The cells of one column become values, or say why they cannot be read with certainty.

Each distinct value is parsed once, so that a hundred thousand rows cost what their different values cost. It must not
know rows, roles' consequences, or where problems are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from itertools import compress
from operator import itemgetter, ne
from types import NoneType
from typing import Any

from msgspec import Struct, json

from relance.money import parse_currency
from relance.workbook.reading.values import DAY_FIGURES, Order, Parse, Unread, parse_number, parse_sum, parse_text

_NOT_CENTS = re.compile(rb"\.\d{3}")
_NOT_PLAIN = frozenset({bool, int})
_STRIPPING = (parse_text, parse_number)


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

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first two signs of the texts, where there is nothing else."""
        return frozenset(map(itemgetter(slice(2)), filter(None, self)))


def texts_of(values: Sequence[Any]) -> Set[str]:
    """The different texts among some cells."""
    return values.texts if isinstance(values, Cells) else _texts(values)


def _texts(values: Iterable[Any]) -> set[str]:
    return {value for value in values if type(value) is str}


def beginning(starts: tuple[str, ...], texts: Cells) -> list[tuple[int, str]]:
    """Those of many texts that begin with one of these (one or two signs, small letters), in capitals or not, with
    their positions; quickly where none does.

    >>> beginning(("av", "t"), Cells(["F-041", "", None, "AV-7", "Total", "A-7"]))
    [(3, 'AV-7'), (4, 'Total')]
    """
    found = {two for two in texts.beginnings if two.lower().startswith(starts)}
    return [(place, text) for place, text in enumerate(texts) if text and text[:2] in found] if found else []


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
    >>> parse_cells([True, 1.0], str)
    (['true', '1.0'], {})
    """
    cells = values if isinstance(values, Cells) else Cells(values)
    if parse in _STRIPPING:
        with suppress(TypeError):  # not all are texts
            return list(map(str.strip, cells)), {}
    if parse is parse_sum or isinstance(parse, SumsLike):
        cells = _plain(cells, cells.kinds)
        found = _sums_like(cells, parse) if isinstance(parse, SumsLike) else _sums(cells)
        return _readable(found, set(map(type, found)))
    known = _Known(parse)
    found = list(map(known.__getitem__, cells))
    kinds = {*map(type, known), *(cells.kinds if 1 in known or 0 in known else ())}  # a true may be known as a 1
    if kinds.isdisjoint(_NOT_PLAIN):
        return _readable(found, set(map(type, known.values())))
    return parse_cells(_plain(cells, kinds), parse)


def _readable(found: list[Any], kinds: Set[type]) -> tuple[list[Any], dict[int, Unread]]:
    """What was read, and what was not by position; `kinds` are the types of both."""
    if Unread not in kinds:
        return found, {}
    bad = {place: value for place, value in enumerate(found) if type(value) is Unread}
    return [None if type(value) is Unread else value for value in found], bad


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
    if cells.kinds <= {float, str} and cells.texts <= {""}:
        return _sums_of_numbers(cells)
    found = _sums_of_numbers([value if type(value) is float else "" for value in cells])
    known = _Known(parse_sum)
    for place, value in enumerate(cells):
        if type(value) is not float:
            found[place] = known[value]
    return found


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
    if NoneType in set(map(type, found)):
        places = sorted({*places, *(place for place, amount in enumerate(found) if amount is None)})
    others = Cells([cells[place] for place in places])
    for place, amount in zip(places, _sums(others), strict=True):
        found[place] = amount
    return found


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
    pairs = [(int(found[1]), int(found[2]), text) for text in texts if (found := DAY_FIGURES.match(text))]
    day_first = any(first > 12 >= second and _exists(first, second) for first, second, _ in pairs)
    month_first = any(second > 12 >= first and _exists(second, first) for first, second, _ in pairs)
    if day_first and month_first:
        return Order(None)
    if day_first or month_first:
        return Order(month_first)
    doubtful = sorted(text for first, second, text in pairs if first != second and max(first, second) <= 12)
    example = DAY_FIGURES.match(doubtful[0]) if doubtful else None
    if not doubtful or configured:
        return Order(configured == "mdy")
    wanted = set(doubtful)
    count = sum(1 for value in values if isinstance(value, str) and value in wanted)
    return Order(month_first=False, assumed=count, example=example[0].strip() if example else "")


def _exists(day: int, month: int) -> bool:
    """Whether a month ever has that day: a slip such as 31/02 says nothing of the order of its column."""
    return day <= (29 if month == 2 else 31 - (month in {4, 6, 9, 11}))

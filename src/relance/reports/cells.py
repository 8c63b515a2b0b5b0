"""Cell values as harmless text, and how much room a text takes on a screen.

Text from a workbook is hostile: escape sequences would drive the terminal, a line break would break a table, a
right-to-left mark would reorder an amount. All of them end here. Knows no table and no format.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from relance.errors import Message
from relance.language import Language
from relance.money import Money
from relance.reports.view import Figure, Lateness, Measure, Supposed, Ticks

_PLAIN = re.compile("[\x20-\x7e\xa0-\xac\xae-\u02ff€‘’“”–—…•●·√─░▒▓█▄]*").fullmatch
_BLANKS = "[\t\n\x0b\x0c\r\x85\u2028\u2029]+"  # compiled when first met, which is rare
_MARKS = "[\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
_CONTROLS = "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb]"


def show(value: Any, language: Language) -> str:
    """A cell as one line of text for this reader, without control characters; None is the empty text.

    >>> show(("F-1", "F-2"), Language("en")), show("a\\nb\\x1b[31m", Language("en")), show(Lateness(45), Language("en"))
    ('F-1, F-2', 'a b?[31m', '45')
    """
    return language.signs(_show(value, language)) if language.signs else _show(value, language)


def show_all(values: Sequence[Any], language: Language) -> Sequence[str]:
    """As `show`, of many cells; texts of the workbook, which are mostly plain, are looked at together."""
    if language.signs:
        return [language.signs(_show(value, language)) for value in values]
    if set(map(type, values)) <= {str} and _PLAIN("".join(values)):
        return values
    return [_show(value, language) for value in values]


def _show(value: Any, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Money):
        return language.money(value.amount, value.currency)
    if isinstance(value, Message):  # with those above nearly all cells of a long list
        return clean(language.say(value))
    if isinstance(value, Lateness):
        return language.show(value.days)
    if isinstance(value, Supposed):
        return f"{language.day(value.day)}\u00a0*"
    if isinstance(value, Measure):
        return language.say(value.text)
    if isinstance(value, tuple):
        return ", ".join(show_all(value, language))
    if isinstance(value, Figure):
        notes = ", ".join(show(note, language) for note, _ in value.notes)
        return f"{show(value.value, language)} ({notes})" if notes else show(value.value, language)
    if isinstance(value, Ticks):
        return " ".join(f"[\u00a0]\u00a0{show(option, language)}".replace(" ", "\u00a0") for option in value.options)
    return clean(language.show(value))


def clean(text: str) -> str:
    """The text without what acts on a screen instead of being seen: line breaks and tabs become a blank, other
    control characters `?`, invisible direction marks nothing."""
    if _PLAIN(text):
        return text
    return re.sub(_CONTROLS, "?", re.sub(_MARKS, "", re.sub(_BLANKS, " ", text)))


def width(text: str) -> int:
    """The columns a clean text takes in a terminal: accents in two characters count once, Chinese and emoji twice.

    Not rich's measure, so that a pipe is aligned without importing rich; a test compares the two.

    >>> width("Société"), width("Socie\u0301te\u0301"), width("株式会社"), width("🍕")
    (7, 7, 8, 2)
    """
    return len(text) if _PLAIN(text) else _measure(text)


def widths_of(texts: Sequence[str]) -> list[int]:
    """The width of each of many clean texts; those that are plain, as they mostly are, are looked at together."""
    return list(map(len if _PLAIN("".join(texts)) else width, texts))


@lru_cache(maxsize=4096)
def _measure(text: str) -> int:
    total, joined, last = 0, False, 0
    for character in text:
        if character == "\u200d":
            joined = last == 2
        elif character == "\ufe0f":
            total, last = total + (last == 1), 2
        elif joined:
            joined = False
        else:
            last = _character_width(character) or last
            total += _character_width(character)
    return total


def _character_width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"} or "\U0001f3fb" <= character <= "\U0001f3ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, room: int, *, right: bool = False) -> str:
    """The text with blanks up to `room` columns, before it when `right`."""
    blanks = " " * (room - width(text))
    return blanks + text if right else text + blanks


def words(value: Any, language: Language, *, whole: bool = False) -> list[str]:
    """The pieces of a cell between which a line may break: the items of a tuple, the words of a text; figures,
    dates and `whole` texts are one piece."""
    if isinstance(value, tuple):
        items = [show(item, language) for item in value]
        return [f"{item}," for item in items[:-1]] + items[-1:]
    text = show(value, language)
    return text.split(" ") if isinstance(value, str | Message | Ticks) and not whole else [text]


def wrap(pieces: list[str], room: int, *, hard: bool = False) -> list[str]:
    """Lines of at most `room` columns filled with the pieces; one longer than that stands alone and sticks out,
    unless `hard`, which breaks it.

    >>> wrap(["F-2026-001,", "F-2026-002,", "F-2026-003"], 24)
    ['F-2026-001, F-2026-002,', 'F-2026-003']
    """
    lines, line = [], ""
    for piece in _broken(pieces, room) if hard else pieces:
        if line and width(line) + 1 + width(piece) > room:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, line]


def _broken(pieces: list[str], room: int) -> list[str]:
    found = []
    for piece in pieces:
        rest = piece
        while width(rest) > room > 1:
            cut = next(size for size in range(min(len(rest), room), 0, -1) if size == 1 or width(rest[:size]) <= room)
            found.append(rest[:cut])
            rest = rest[cut:]
        found.append(rest)
    return found

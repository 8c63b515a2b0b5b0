"""Cell formats: which show a date, which show a number, and the format a new value needs.

A format is never changed; where a value would land in a format of another kind, a copy of that format with the
number format of the column is used, or added at the end of the list.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from msgspec import Struct

from relance.errors import msg
from relance.workbook.xlsx.markup import Element, attribute, child, children, opened, root, splice, with_attribute
from relance.workbook.xlsx.package import damaged
from relance.workbook.xlsx.values import CellError, Value


class Look(StrEnum):
    """What a number format shows."""

    GENERAL = "general"
    NUMBER = "number"
    DATE = "date"
    PERCENT = "percent"
    TEXT = "text"


SHORT_DATE, TWO_DECIMALS, GENERAL_FORMAT = 14, 4, 0
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_PERCENTS = frozenset((9, 10))
_TEXT_FORMAT = 49
_NOT_A_LETTER = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]", re.IGNORECASE)


def is_date_format(number: int, code: str | None = None) -> bool:
    """Whether a number format shows a day or a time; `code` is the workbook's own definition of that number.

    >>> is_date_format(14), is_date_format(0, "dd.mm.yyyy"), is_date_format(164, '#,##0.00 "dus"')
    (True, True, False)
    """
    if code is None:
        return number in _DATES
    bare = _NOT_A_LETTER.sub("", code.partition(";")[0])
    return bool(re.search(r"[dmyhs]", bare.replace("General", "").replace("Standard", ""), re.IGNORECASE))


def look_of(number: int, code: str | None = None) -> Look:
    """What a number format shows.

    >>> look_of(10), look_of(164, '#,##0.00 [$€-40C]')
    (<Look.PERCENT: 'percent'>, <Look.NUMBER: 'number'>)
    """
    if is_date_format(number, code):
        return Look.DATE
    if (code is None and number in _PERCENTS) or (code and "%" in _NOT_A_LETTER.sub("", code)):
        return Look.PERCENT
    if (code is None and number == _TEXT_FORMAT) or code == "@":
        return Look.TEXT
    return Look.GENERAL if (code is None and number == 0) or (code or "").lower() == "general" else Look.NUMBER


def suits(value: Value | CellError, look: Look) -> bool:
    """Whether a value shows as what it is in a format: days in dates, numbers in numbers, text anywhere."""
    if value is None or isinstance(value, bool | str | CellError):
        return True
    return (look is Look.DATE) if isinstance(value, date) else look in (Look.GENERAL, Look.NUMBER)


class Xf(Struct, frozen=True):
    """One cell format as written: its tag and content, its number format, whether a protected sheet locks its cells."""

    tag: bytes
    body: bytes
    number_format: int
    locked: bool


class Styles:
    """The styles part as read, and the formats added since."""

    def __init__(self, xml: bytes) -> None:
        self.xml = xml
        self.root = root(xml)
        self.codes = self._codes()
        self.list = child(xml, self.root, "cellXfs")
        found = list(children(xml, self.list)) if self.list else []
        self.exact = all(element.name == self.root.prefix + b"xf" for element in found)
        self.formats = [self._xf(element) for element in found]
        self.added = 0

    def look(self, style: int) -> Look:
        """What a cell format shows; a number that does not exist is general."""
        if not self.exact or not 0 <= style < len(self.formats):
            return Look.GENERAL
        number = self.formats[style].number_format
        return look_of(number, self.codes.get(number))

    def locked(self, style: int) -> bool:
        """Whether a protected sheet locks cells of that format."""
        return not 0 <= style < len(self.formats) or self.formats[style].locked

    def number_format(self, style: int) -> int:
        """The number format of a cell format."""
        return self.formats[style].number_format if 0 <= style < len(self.formats) else GENERAL_FORMAT

    def with_number_format(self, style: int, number: int) -> int:
        """The cell format like `style` but for its number format: an existing one, else one added at the end."""
        if not self.exact or not self.formats:
            raise damaged(msg("its cell formats are written in a way relance does not know"))
        base = self.formats[style if 0 <= style < len(self.formats) else 0]
        tag = with_attribute(with_attribute(base.tag, "numFmtId", str(number)), "applyNumberFormat", "1")
        for index, other in enumerate(self.formats):
            if other.number_format == number and _bare(other.tag) == _bare(tag) and other.body == base.body:
                return index
        self.formats.append(Xf(tag, base.body, number, base.locked))
        self.added += 1
        return len(self.formats) - 1

    def written(self) -> bytes:
        """The part with the formats added."""
        if not self.added or self.list is None:
            return self.xml
        tag = opened(self.xml, self.list)
        if attribute(tag, "count") is not None:
            tag = with_attribute(tag, "count", str(len(self.formats)))
        new = b"".join(self._element(xf) for xf in self.formats[-self.added :])
        return splice(self.xml, [(self.list.start, self.list.inner, tag), (self.list.close, self.list.close, new)])

    def _element(self, xf: Xf) -> bytes:
        if not xf.body:
            return xf.tag
        return xf.tag + xf.body + b"</" + self.root.prefix + b"xf>"

    def _codes(self) -> dict[int, str]:
        listed = child(self.xml, self.root, "numFmts")
        codes = {}
        for element in children(self.xml, listed) if listed else ():
            tag = element.tag(self.xml)
            number, code = attribute(tag, "numFmtId"), attribute(tag, "formatCode")
            if number and number.isdigit() and code is not None:
                codes[int(number)] = code
        return codes

    def _xf(self, element: Element) -> Xf:
        tag, body = element.tag(self.xml), b"" if element.empty else element.content(self.xml)
        if not body and not element.empty:
            tag = tag[:-1] + b"/>"
        protection = re.search(rb"<(?:[\w.-]+:)?protection\b[^>]*>", body)
        unlocked = protection and attribute(protection[0], "locked") in ("0", "false")
        number = attribute(tag, "numFmtId") or "0"
        return Xf(tag, body, int(number) if number.isdigit() else 0, not unlocked)


def _bare(tag: bytes) -> frozenset[bytes]:
    """A format's attributes without order, nor what `applyNumberFormat` says."""
    return frozenset(piece for piece in tag.rstrip(b"/>").split()[1:] if not piece.startswith(b"applyNumberFormat"))


def wanted_format(value: Value, neighbour: int | None) -> int:
    """The number format for a value that does not suit its cell: its neighbours', else the plainest.

    >>> wanted_format(date(2026, 1, 1), None), wanted_format(3, 44)
    (14, 44)
    """
    if neighbour is not None:
        return neighbour
    return SHORT_DATE if isinstance(value, date) else GENERAL_FORMAT

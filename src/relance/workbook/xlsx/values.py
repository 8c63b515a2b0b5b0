"""What a cell holds, as machine values, and how a workbook spells them: numbers, day counts, escaped text.

It must not know XML elements, rows, sheets or files.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from relance.errors import UsageError, msg
from relance.money import from_float


class CellError(Struct, frozen=True):
    """A cell that shows an error (`#N/A`, `#REF!` ...); it equals no value."""

    text: str

    def __str__(self) -> str:
        return self.text


Value = Decimal | date | str | bool | int | None
"""What an edit writes or expects: an amount, a day (or moment), text, yes/no, a whole number, nothing."""

LONGEST_TEXT = 32_767
_EPOCH = date(1899, 12, 30)
_LEAP_THAT_WAS_NOT = date(1900, 3, 1)
_SHIFT_1904 = 1462
_LAST_SERIAL = 2_958_465
_SECONDS = 86_400
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FIFTEEN_DIGITS = 15


def same_value(held: Value | CellError, expected: Value) -> bool:
    """Whether a cell holds what a plan expects: empty text is blank, blanks around text do not count, a moment is
    its day, and 151 is 151.00; but yes is not 1.

    >>> same_value(Decimal("151"), 151), same_value("", None), same_value(True, 1)
    (True, True, False)
    """
    if isinstance(held, bool) or isinstance(expected, bool):
        return held is expected
    if held in (None, "") or expected in (None, ""):
        return held in (None, "") and expected in (None, "")
    if isinstance(held, date) and isinstance(expected, date):
        return held == expected if type(held) is type(expected) else _day(held) == _day(expected)
    if isinstance(held, Decimal | int) and isinstance(expected, Decimal | int):
        return from_float(float(held)) == from_float(float(expected))
    if isinstance(held, str) and isinstance(expected, str):
        return held.strip() == expected.strip()
    return False


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def number_text(number: Decimal | int) -> str:
    """A number as a workbook stores it: a point, no exponent, no trailing zero, at most 17 digits.

    >>> number_text(Decimal("1240.00")), number_text(Decimal("0.10")), number_text(-3)
    ('1240', '0.1', '-3')
    """
    exact = Decimal(number)
    if not exact.is_finite():
        raise ValueError(number)
    if len(exact.as_tuple().digits) > _FIFTEEN_DIGITS:
        exact = Decimal(repr(float(exact)))
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if text not in ("-0", "") else "0"


def number_of(text: str) -> Decimal | None:
    """The decimal of a stored number, as money reads doubles; None when it is none.

    >>> number_of("1499.5"), number_of("0.30000000000000004"), number_of("n")
    (Decimal('1499.5'), Decimal('0.30'), None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return from_float(value) if abs(value) < float("inf") else None


def serial_of(day: date, *, date1904: bool) -> Decimal:
    """The day count of a date; the 1900 system counts a 29 February 1900 that never was.

    >>> serial_of(date(2026, 9, 30), date1904=False), serial_of(date(1900, 1, 1), date1904=False)
    (Decimal('46295'), Decimal('1'))
    """
    plain = _day(day)
    days = (plain - _EPOCH).days - (_SHIFT_1904 if date1904 else 0)
    if not date1904 and plain < _LEAP_THAT_WAS_NOT:
        days -= 1
    if days < 0:
        raise UsageError(
            "date-too-early",
            msg("A workbook cannot hold the date {day}: its calendar begins later.", day=plain),
            msg("Nothing was written. Check the year of that date."),
        )
    if not isinstance(day, datetime):
        return Decimal(days)
    seconds = day.hour * 3600 + day.minute * 60 + day.second
    return Decimal(repr(days + seconds / _SECONDS))


def date_of(serial: Decimal, *, date1904: bool) -> date | None:
    """The day (or moment, when the count has a fraction) of a day count; None outside the calendar.

    >>> date_of(Decimal(46295), date1904=False), date_of(Decimal("46295.5"), date1904=False)
    (datetime.date(2026, 9, 30), datetime.datetime(2026, 9, 30, 12, 0))
    """
    days, fraction = int(serial // 1), serial % 1
    if serial < 0 or not 0 <= days + (_SHIFT_1904 if date1904 else 0) <= _LAST_SERIAL:
        return None
    shifted = days + (_SHIFT_1904 if date1904 else 0) + (0 if date1904 or days >= 61 else 1)
    day = _EPOCH + timedelta(days=shifted)
    if not fraction:
        return day
    return datetime(day.year, day.month, day.day) + timedelta(seconds=round(float(fraction) * _SECONDS))  # noqa: DTZ001  # a cell has no zone


def escaped_text(text: str) -> str:
    """Text with what XML cannot carry written `_xHHHH_`, and a literal `_xHHHH_` kept literal (ECMA-376 22.9.2.19).

    >>> escaped_text("a\\rb _x0041_")
    'a_x000D_b _x005F_x0041_'
    """
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_TEXT:
        raise UsageError(
            "text-too-long",
            msg("This text is too long: a cell holds at most {n} characters.", n=LONGEST_TEXT),
            msg("Nothing was written. Write a shorter text."),
        )
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped_text(text: str) -> str:
    """The text that `escaped_text` wrote.

    >>> unescaped_text("a_x000D_b _x005F_x0041_")
    'a\\rb _x0041_'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text

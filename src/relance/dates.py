"""Calendar arithmetic on local dates: half-years, ends of month, sending days, and dates as people type them.

No clock: today is always an argument.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter
from msgspec import Struct

DAY = timedelta(days=1)


class HalfYear(Struct, frozen=True, order=True):
    """A calendar half-year, the period of a legal rate; `half` is 1 (January to June) or 2.

    >>> str(HalfYear.of(date(2026, 7, 1))), HalfYear(2026, 2).first, HalfYear(2026, 2).last
    ('2026-S2', datetime.date(2026, 7, 1), datetime.date(2026, 12, 31))
    """

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> HalfYear:
        """The half-year a day falls in."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @classmethod
    def parse(cls, text: str) -> HalfYear:
        """`2026-S2` -> HalfYear; ValueError on anything else."""
        found = re.fullmatch(r"(\d{4})-S([12])", text)
        if not found:
            raise ValueError(text)
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        """1 January or 1 July."""
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last(self) -> date:
        """30 June or 31 December."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def next(self) -> HalfYear:
        """The half-year that begins the day after."""
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    @property
    def previous(self) -> HalfYear:
        """The half-year that ends the day before."""
        return HalfYear(self.year - 1, 2) if self.half == 1 else HalfYear(self.year, 1)

    def __str__(self) -> str:
        return f"{self.year}-S{self.half}"


def month_end(day: date) -> date:
    """The last day of a day's month.

    >>> month_end(date(2024, 2, 15))
    datetime.date(2024, 2, 29)
    """
    return day.replace(day=monthrange(day.year, day.month)[1])


class SendingCalendar(Struct, frozen=True):
    """On which days messages leave: not at the week-end, not on a public holiday.

    `fixed` are (month, day) pairs, `easter` are offsets in days from Easter Sunday, `weekend` are
    weekday numbers (Monday is 0). The legal calendar of interest stays in plain calendar days.
    """

    fixed: tuple[tuple[int, int], ...] = ()
    easter: tuple[int, ...] = ()
    weekend: tuple[int, ...] = (5, 6)

    def is_sending_day(self, day: date) -> bool:
        """Whether a message may leave on that day."""
        return (
            day.weekday() not in self.weekend
            and (day.month, day.day) not in self.fixed
            and (not self.easter or (day - easter_sunday(day.year)).days not in self.easter)
        )

    def next_sending_day(self, day: date) -> date:
        """The day itself when it is a sending day, else the first one after it.

        >>> SendingCalendar(fixed=((5, 1),)).next_sending_day(date(2026, 5, 1))
        datetime.date(2026, 5, 4)
        """
        while not self.is_sending_day(day):
            day += DAY
        return day


@lru_cache(maxsize=64)
def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, from dateutil."""
    found = easter(year)
    return date(found.year, found.month, found.day)


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january", "fevrier fevr fev february feb", "mars mar march", "avril avr april apr",
            "mai may", "juin june jun", "juillet juil july jul", "aout aou august aug",
            "septembre sept sep september", "octobre oct october", "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ACCENTS = str.maketrans("éèêûàâîôç", "eeeuaaioc")
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ](?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|0?0:00(?::00(?:\.0+)?)?z))?"
)
_FIGURES = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?")
_WORDS = r"(\d{1,2})(?:er|st|nd|rd|th)?[-. ]+([a-z]+)\.?[-. ,]+(\d{4}|\d{2})"  # compiled when first met
_WORDS_US = r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})"


def parse_date(text: str, *, month_first: bool = False) -> date | None:
    """The date a person typed, or None when it is none or not certain; two-figure years are 2000 to 2099.

    `month_first` settles `03/04/2026` for a column whose other values are American. A date that exists in
    only one order (`13/04/2026`) is NOT read in the other: the caller decides the order per column. A time is left
    out; in another time zone than ours it may be of another day, so only midnight is read there.

    >>> parse_date("15/02/2026"), parse_date("15-févr.-2026"), parse_date("2026-02-15 00:00:00")
    (datetime.date(2026, 2, 15), datetime.date(2026, 2, 15), datetime.date(2026, 2, 15))
    >>> parse_date("2026-02-15T08:30:00"), parse_date("2026-02-14T23:00:00Z")
    (datetime.date(2026, 2, 15), None)
    >>> parse_date("1er mars 2026"), parse_date("14/01/20201"), parse_date("02/15/26", month_first=True)
    (datetime.date(2026, 3, 1), None, datetime.date(2026, 2, 15))
    """
    body = " ".join(text.lower().translate(_ACCENTS).split())
    if found := _ISO.fullmatch(body):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _FIGURES.fullmatch(body):
        first, second = int(found[1]), int(found[3])
        day, month = (second, first) if month_first else (first, second)
        return _date(_year(found[4]), month, day)
    if found := re.fullmatch(_WORDS, body):
        return _date(_year(found[3]), _MONTHS.get(found[2], 0), int(found[1]))
    if found := re.fullmatch(_WORDS_US, body):
        return _date(int(found[3]), _MONTHS.get(found[1], 0), int(found[2]))
    return None


def _year(text: str) -> int:
    return int(text) + 2000 if len(text) == 2 else int(text)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

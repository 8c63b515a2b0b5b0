"""How a column spells what it holds: a day as a date or as text, an amount with its marks, a list of days with its
separator. A new value is written as its neighbours are.

Pure: cells as read come in, a value to write comes out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from relance.dates import parse_date
from relance.money import parse_amount
from relance.workbook.reading.cells import decide_order
from relance.workbook.reading.values import DATE_TOKENS
from relance.workbook.xlsx.values import Value

_FIGURES = re.compile(r"(\d{4}|\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_CENTS = re.compile(r"([.,])\d{1,2}(?!\d)")
_GROUPED = re.compile(r"\d([\s\u00a0\u202f.,'’])\d{3}")
SEPARATOR = " ; "


def day_like(values: Sequence[Any], day: date, configured: str | None = None) -> Value:
    """A day as the column writes days: a date, or text where most of its days are text.

    >>> day_like(["03/09/2026", "14/09/2026"], date(2026, 11, 5)), day_like(["2026-09-14"], date(2026, 11, 5))
    ('05/11/2026', '2026-11-05')
    >>> day_like([], date(2026, 11, 5)), day_like([date(2026, 9, 3), "14/09/2026"], date(2026, 11, 5))
    (datetime.date(2026, 11, 5), datetime.date(2026, 11, 5))
    """
    texts = [value for value in values if isinstance(value, str) and parse_date(value.strip())]
    if not texts:
        return day
    dates = sum(isinstance(value, date) for value in values)
    return text_like(texts, day, configured) if len(texts) > dates else day


def text_like(texts: Sequence[str], day: date, configured: str | None = None) -> str:
    """A day as text, with the order, marks and figures of the last of these texts; day first without any.

    >>> text_like(["9/4/26"], date(2026, 11, 5)), text_like(["02/14/2026"], date(2026, 11, 5))
    ('5/11/26', '11/05/2026')
    """
    month_first = bool(decide_order(texts, configured).month_first)
    shape = next((found for text in reversed(texts) if (found := _FIGURES.search(text))), None)
    mark = shape[2] if shape else "/"
    if shape and len(shape[1]) == 4:
        return f"{day.year:04}{mark}{day.month:02}{mark}{day.day:02}"
    short = [figure for found in map(_FIGURES.search, texts) if found for figure in (found[1], found[3])]
    width = 1 if short and any(len(figure) == 1 for figure in short) else 2
    year = f"{day.year % 100:02}" if shape and len(shape[4]) == 2 else f"{day.year:04}"
    first, second = (day.month, day.day) if month_first else (day.day, day.month)
    return f"{first:0{width}}{mark}{second:0{width}}{mark}{year}"


def list_with(values: Sequence[Any], held: Any, day: date, configured: str | None = None) -> Value:
    """The cell of a column of reminder dates with one more day: alone as the column writes one, after others with the
    separator already used there.

    >>> column = ["05/10/2026 ; 12/10/2026", date(2026, 9, 3), None]
    >>> list_with(column, date(2026, 9, 3), date(2026, 11, 5)), list_with(column, None, date(2026, 11, 5))
    ('03/09/2026 ; 05/11/2026', datetime.date(2026, 11, 5))
    >>> list_with(["03/09, 14/09/2026"], "14/09/2026", date(2026, 11, 5))
    '14/09/2026 ; 05/11/2026'
    """
    texts = [value for value in values if isinstance(value, str)]
    tokens = [token for text in texts for token in DATE_TOKENS.findall(text)]
    alone = [value for value in values if not isinstance(value, str) or len(DATE_TOKENS.findall(value)) == 1]
    if held in (None, ""):
        return day_like(alone, day, configured)
    before = text_like(tokens, held, configured) if isinstance(held, date) else str(held).strip()
    return f"{before}{_separator(texts)}{text_like(tokens, day, configured)}"


def _separator(texts: Sequence[str]) -> str:
    """What stands most often between two dates of one cell."""
    found: Counter[str] = Counter()
    for text in texts:
        spans = [token.span() for token in DATE_TOKENS.finditer(text)]
        found.update(text[end:start] for (_, end), (start, _) in pairwise(spans))
    return found.most_common(1)[0][0] if found else SEPARATOR


def amount_like(values: Sequence[Any], amount: Decimal) -> Value:
    """An amount as the column writes amounts: a number, or text with the same marks where most of them are text.

    >>> amount_like([12.5, "3"], Decimal("1650.00")), amount_like(["1 650,00 €", "12,00 €"], Decimal("2500.5"))
    (Decimal('1650.00'), '2 500,50 €')
    >>> amount_like(["1 650,00", "3000"], Decimal("1200.5")), amount_like(["1.650", "300"], Decimal("1200.5"))
    ('1 200,50', '1.200,50')
    """
    texts = [value.strip() for value in values if isinstance(value, str) and parse_amount(value) is not None]
    if not texts:
        return amount
    numbers = sum(isinstance(value, float | int | Decimal) and not isinstance(value, bool) for value in values)
    if len(texts) <= numbers:
        return amount
    last = texts[-1]
    grouped = next((found for text in reversed(texts) if (found := _GROUPED.search(text))), None)
    group = grouped[1] if grouped else ""
    mark = next((found[1] for text in reversed(texts) if (found := _CENTS.search(text))), "," if group == "." else ".")
    before, after = re.match(r"\D*", last), re.search(r"[^\d)]*$", last)
    figures = f"{amount:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group)
    return f"{before[0] if before else ''}{figures}{after[0] if after else ''}"


def count_like(held: Any, count: int) -> Value:
    """A count as the cell writes it: a number, or the same text with another figure.

    >>> count_like("2 fois", 3), count_like("R1", 2), count_like(None, 1)
    ('3 fois', 'R2', 1)
    """
    if isinstance(held, str) and re.search(r"\d+", held):
        return re.sub(r"\d+", str(count), held.strip(), count=1)
    return count

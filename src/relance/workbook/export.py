"""Tables of typed values -> a new .xlsx workbook, one sheet each, for an accountant who goes on computing.

Amounts are numbers with their currency as format, dates are dates, and a text is a text whatever it begins with. It
must not know what the tables say.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from relance.money import Money

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FONT, _INK, _SOFT, _PAPER, _RULE = "Calibri", "1F3A4D", "5B6B77", "EAF0F4", "D5DDE3"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # what XML cannot hold
_LONGEST_NAME, _NARROWEST, _WIDEST = 31, 10, 48
_HEIGHT = 15  # points of a line
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
_LOOKED_AT, _SEVERAL, _SPARE = 2000, 2, 3  # rows that settle a width; cells that share a row; blanks of a column
_HEAD = 4  # the row of the titles; above it: what the sheet is, of which day
_MARK = "relance export"


class Number(Struct, frozen=True):
    """A cell: a number and the format in which it is shown, as Excel writes formats."""

    value: Decimal
    format: str


class Sheet(Struct, frozen=True, kw_only=True):
    """A sheet: its name, the sentence over it, the titles of the columns, its rows and the rows that close it. A cell
    is None, a text, a Money, a date, a Decimal, an int or a Number; a text alone in its row runs on to the right.
    Without titles the rows stand alone."""

    name: str
    heading: str
    titles: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    totals: Sequence[tuple[Any, ...]] = ()


def money_format(currency: str) -> str:
    """How amounts in a currency are shown: the currency behind, as in France."""
    return f'#,##0.00\\ "{_SIGNS.get(currency, currency)}"'


def money_format_before(currency: str) -> str:
    """The currency in front, as in English."""
    return f'"{_SIGNS.get(currency, currency)}"#,##0.00'


def export_workbook(
    sheets: Iterable[Sheet], subtitle: str, made: date, *, money: Callable[[str], str] = money_format
) -> bytes:
    """The bytes of a workbook with these sheets. `subtitle` stands under every heading, `made` is the day in its
    properties, `money` the format of amounts in a currency."""
    from openpyxl import Workbook  # noqa: PLC0415 - takes 0.2 s, only for who asks for a workbook

    book = Workbook()
    del book[book.sheetnames[0]]
    book.properties.creator, book.properties.category = "relance", _MARK
    book.properties.created = book.properties.modified = datetime(made.year, made.month, made.day)  # noqa: DTZ001
    taken: set[str] = set()
    for sheet in sheets:
        name = _free_name(sheet.name, taken)
        _write(book.create_sheet(name), sheet, subtitle, money)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def is_export(path: Path) -> bool:
    """Whether a file is a workbook made here: a report beside the workbook it tells of is no tracking workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _MARK.encode() in archive.read("docProps/core.xml")
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        return False


def _free_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes, and that no other sheet has."""
    base = _FORBIDDEN.sub(" ", name).strip(" '")[:_LONGEST_NAME].strip() or "1"
    found, number = base, 2
    while found.casefold() in taken:
        ending = f" {number}"
        found, number = base[: _LONGEST_NAME - len(ending)] + ending, number + 1
    taken.add(found.casefold())
    return found


def _write(page: Worksheet, sheet: Sheet, subtitle: str, money: Callable[[str], str]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415

    page.sheet_view.showGridLines = False
    _put(page.cell(1, 1), sheet.heading, money).font = Font(_FONT, bold=True, size=14, color=_INK)
    _put(page.cell(2, 1), subtitle, money).font = Font(_FONT, color=_SOFT)
    right = {left for row in sheet.rows[:_LOOKED_AT] for left, value in enumerate(row, 1) if _is_figure(value)}
    for left, title in enumerate(sheet.titles, start=1):
        cell: Any = _put(page.cell(_HEAD, left), title, money)
        cell.font, cell.fill = Font(_FONT, bold=True, color=_INK), PatternFill("solid", fgColor=_PAPER)
        cell.border = Border(bottom=Side("thin", color=_RULE))
        edge = "right" if left in right else "left"
        cell.alignment = Alignment(horizontal=edge, indent=edge == "left" and left > 1)
    first = _HEAD + bool(sheet.titles)
    for top, row in enumerate((*sheet.rows, *sheet.totals), start=first):
        for left, value in enumerate(row, start=1):
            cell = _put(page.cell(top, left), value, money)
            if len(row) > 1:
                cell.alignment = _aligned(value, left)
            if top >= first + len(sheet.rows):
                cell.font, cell.border = Font(_FONT, bold=True), Border(top=Side("thin", color=_SOFT))
        if (lines := _lines(row)) > 1:
            page.row_dimensions[top].height = lines * _HEIGHT
    if sheet.titles and sheet.rows:
        page.freeze_panes = page.cell(first, 2).coordinate
        page.auto_filter.ref = f"A{_HEAD}:{page.cell(_HEAD + len(sheet.rows), len(sheet.titles)).coordinate}"
    _set_widths(page, sheet)
    _set_paper(page)


def _is_figure(value: Any) -> bool:
    return isinstance(value, Money | date | Decimal | int | Number)


@cache
def _alignment(wrapped: bool, indented: bool) -> Any:  # noqa: FBT001 - a key of the cache
    from openpyxl.styles import Alignment  # noqa: PLC0415

    return Alignment(horizontal="left" if indented else None, vertical="top", wrap_text=wrapped, indent=indented)


def _aligned(value: Any, left: int) -> Any:
    """Texts keep clear of the figures before them; those wider than any column take several lines."""
    text = isinstance(value, str)
    return _alignment(text and len(value) > _WIDEST, text and left > 1)


def _lines(row: tuple[Any, ...]) -> int:
    """How many lines the longest text of a row takes; spreadsheets do not find out by themselves."""
    if len(row) < _SEVERAL:
        return 1
    return max((-(-len(value) // (_WIDEST - _SPARE)) for value in row if isinstance(value, str)), default=1)


def _put(cell: Any, value: Any, money: Callable[[str], str]) -> Any:
    """A value with its type and format: a text never becomes a formula, a number or a link."""
    if value is None:
        return cell
    if isinstance(value, str):
        cell.value = _ILLEGAL.sub("?", value)
        cell.data_type = "s"
    elif isinstance(value, Money):
        cell.value, cell.number_format = value.amount, money(value.currency)
    elif isinstance(value, Number):
        cell.value, cell.number_format = value.value, value.format
    else:
        cell.value = value
        cell.number_format = "dd/mm/yyyy" if isinstance(value, date) else _plain_format(value)
    return cell


def _plain_format(value: Decimal | int) -> str:
    """As many digits after the mark as the figure has."""
    digits = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    return f"0.{'0' * digits}" if digits > 0 else "0"


def _set_widths(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    rows = (sheet.titles, *(row for row in (*sheet.rows[:_LOOKED_AT], *sheet.totals) if len(row) > 1 or sheet.titles))
    for left in range(max(map(len, rows), default=1)):
        longest = max((_width(row[left]) for row in rows if left < len(row)), default=0)
        page.column_dimensions[get_column_letter(left + 1)].width = min(_WIDEST, max(_NARROWEST, longest + _SPARE))


def _width(value: Any) -> int:
    if isinstance(value, Money):
        return len(f"{value.amount:,.2f}") + 2
    return len(value) if isinstance(value, str) else 10 if isinstance(value, date) else 8


def _set_paper(page: Worksheet) -> None:
    """A4 on its side, as wide as one sheet, the titles on each."""
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"{_HEAD}:{_HEAD}"

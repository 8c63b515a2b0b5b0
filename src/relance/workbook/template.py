"""A language becomes a new tracking workbook, and the commented relance.toml beside it.

The only place where a workbook is made from nothing. It must not read or change one that exists; texts, headers and
words are those of data/init/, the rules of the cells those of `template_rules`.
"""

from __future__ import annotations

import io
import os
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relance.errors import UsageError, WorkbookError, msg, os_reason
from relance.files import write_whole
from relance.workbook.template_rules import LOOKS, add_choices, add_colours, letters_of
from relance.workbook.xlsx.refs import column_letters

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROW = 5  # of the invoices; above: title, hint, what is owed
_READY = 200  # rows prepared for typing
_INVOICES, _CLIENTS = range(HEADER_ROW + 1, HEADER_ROW + 1 + _READY), range(2, 2 + _READY)
_FACE, _DAY = "Calibri", "dd/mm/yyyy"
_INK, _SOFT, _PAPER, _RULE = "1F3A4D", "5B6B77", "EAF0F4", "D5DDE3"


def create_workbook(path: Path, language: str) -> None:
    """Make a new tracking workbook ("fr" or "en"): invoices, clients, and how to use it.

    UsageError file-exists or file-ending; WorkbookError folder-absent or file-unwritable. Nothing is ever replaced.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(
            "file-ending",
            msg("{file} does not end in .xlsx, and a new workbook is one.", file=path.name),
            msg("Name it, for example: relance init {file}", file=path.with_suffix(".xlsx").name),
        )
    _refuse_existing(path)
    content = io.BytesIO()
    _workbook(_texts(language)).save(content)
    _put(path, content.getvalue())


def write_configuration(path: Path, language: str, *, own: bool = False, change: Callable[[str], str] = str) -> None:
    """Write the commented relance.toml: every key, asleep behind a `#`, with what it does; `own` gives the keys of the
    user's own configuration, the others those of a file beside the workbook; `change` may wake some of them.

    UsageError file-exists; WorkbookError folder-absent or file-unwritable.
    """
    _refuse_existing(path)
    _put(path, change(_read(language, "user.toml" if own else "relance.toml")).encode("utf-8"))


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):  # a link that leads nowhere is somebody’s too
        raise UsageError(
            "file-exists",
            msg("{file} is there already; nothing was written.", file=str(path)),
            msg("Choose another name: relance init FILE. To use the workbook you have: relance status -w FILE."),
        )
    if not path.parent.exists():
        raise WorkbookError(
            "folder-absent",
            msg("There is no folder {folder}.", folder=str(path.parent)),
            msg("Make that folder first, or choose a file in one that exists."),
        )


def _put(path: Path, content: bytes) -> None:
    _refuse_existing(path)
    try:
        write_whole(path, content)
    except OSError as error:
        raise WorkbookError(
            "file-unwritable",
            msg("{file} cannot be written ({reason}).", file=str(path), reason=os_reason(error)),
            msg("Check that the folder is yours to write in and that the disk is not full."),
        ) from error


def _read(language: str, name: str) -> str:
    return (resources.files("relance") / "data" / "init" / language / name).read_text(encoding="utf-8")


def _texts(language: str) -> dict[str, Any]:
    return tomllib.loads(_read(language, "workbook.toml"))


def _workbook(texts: dict[str, Any]) -> Workbook:
    from openpyxl import Workbook  # noqa: PLC0415 - 0.15 s, and only init needs it

    book = Workbook()
    book.properties.creator = "relance"
    book.properties.title = texts["title"]
    invoices = book.active
    assert invoices is not None
    invoices.title = texts["invoices"]["sheet"]
    _write_invoices(invoices, texts)
    _write_clients(book.create_sheet(texts["clients"]["sheet"]), texts)
    _write_guide(book.create_sheet(texts["guide"]["sheet"]), texts["guide"])
    return book


def _write_invoices(sheet: Worksheet, texts: dict[str, Any]) -> None:
    headers: dict[str, str] = texts["invoices"]["headers"]
    _write_banner(sheet, texts)
    _write_table(sheet, texts["invoices"], _INVOICES, texts["money"])
    formula = _balance(texts)
    balance = letters_of(headers, "balance")
    for row in _INVOICES:
        sheet[f"{balance}{row}"] = "=" + formula
    table = sheet.tables[texts["invoices"]["table"]]
    column = next(column for column in table.tableColumns if column.name == headers["balance"])
    from openpyxl.worksheet.table import TableFormula  # noqa: PLC0415 - see _workbook

    column.calculatedColumnFormula = TableFormula(attr_text=formula)
    names = f"{texts['clients']['sheet']}!$A${_CLIENTS[0]}:$A${_CLIENTS[-1]}"
    add_choices(sheet, texts, headers, _INVOICES, names)
    add_colours(sheet, texts, _INVOICES)
    sheet.freeze_panes = f"C{HEADER_ROW + 1}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _balance(texts: dict[str, Any]) -> str:
    """The open amount of a row: nothing while there is no amount, 0 when cancelled."""
    headers, table = texts["invoices"]["headers"], texts["invoices"]["table"]
    total, deposit, paid, status = (
        f"{table}[[#This Row],[{headers[role]}]]" for role in ("total", "deposit", "paid", "status")
    )
    worthless = texts["words"]["worthless"]
    return f'IF(ISNUMBER({total}),IF({status}="{worthless}",0,ROUND({total}-{deposit}-{paid},2)),"")'


def _write_banner(sheet: Worksheet, texts: dict[str, Any]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415 - see _workbook

    headers, table = texts["invoices"]["headers"], texts["invoices"]["table"]
    sheet["A1"] = texts["title"]
    sheet["A1"].font = Font(name=_FACE, size=18, bold=True, color=_INK)
    sheet["A2"] = texts["hint"]
    sheet["A2"].font = Font(name=_FACE, color=_SOFT)
    sheet.row_dimensions[1].height = 30
    sheet.row_dimensions[3].height = 21
    balance, due = f"{table}[{headers['balance']}]", f"{table}[{headers['due']}]"
    figures = (
        ("owed", "total", f"=SUBTOTAL(109,{balance})"),
        ("overdue", "balance", f'=SUMIFS({balance},{due},"<"&TODAY())'),
    )
    rule = Side("thin", color=_RULE)
    for name, role, formula in figures:
        place = list(headers).index(role) + 1
        label, figure = sheet.cell(3, place - 1, texts[name]), sheet.cell(3, place, formula)
        label.font, label.alignment = Font(name=_FACE, color=_SOFT), Alignment("right", "center", indent=1)
        figure.font, figure.alignment = Font(name=_FACE, bold=True, color=_INK), Alignment("center", "center")
        figure.fill, figure.number_format = PatternFill("solid", _PAPER), texts["money"]
        figure.border = Border(rule, rule, rule, rule)


def _write_table(sheet: Worksheet, part: dict[str, Any], rows: range, money: str) -> None:
    """The header, the rows ready for typing, and the Excel table over them."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415 - see _workbook
    from openpyxl.worksheet.filters import AutoFilter  # noqa: PLC0415 - see _workbook
    from openpyxl.worksheet.table import Table, TableColumn  # noqa: PLC0415 - see _workbook

    formats = {"code": "@", "date": _DAY, "free": _DAY, "amount": money, "count": "0"}
    line = Border(bottom=Side("thin", color=_RULE))
    header_row = rows[0] - 1
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = 18, True
    sheet.row_dimensions[header_row].height = 33
    for place, (role, header) in enumerate(part["headers"].items(), start=1):
        look = LOOKS[role]
        sheet.column_dimensions[column_letters(place)].width = look.width
        cell = sheet.cell(header_row, place, header)
        cell.font, cell.fill = Font(name=_FACE, bold=True, color="FFFFFF"), PatternFill("solid", _INK)
        cell.alignment = Alignment("center", "center", wrap_text=True)
        alignment = Alignment("center" if look.kind in {"date", "count"} else None, "center")
        for row in rows:
            cell = sheet.cell(row, place)
            cell.number_format, cell.border, cell.alignment = formats.get(look.kind, "General"), line, alignment
    last = column_letters(len(part["headers"]))
    table = Table(displayName=part["table"], ref=f"A{header_row}:{last}{rows[-1]}")
    table.tableColumns = [TableColumn(id=place, name=text) for place, text in enumerate(part["headers"].values(), 1)]
    table.autoFilter = AutoFilter(ref=table.ref)
    sheet.add_table(table)
    sheet.sheet_view.showGridLines = False
    _set_page(sheet)


def _set_page(sheet: Worksheet) -> None:
    from openpyxl.worksheet.page import PageMargins  # noqa: PLC0415 - see _workbook
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415 - see _workbook

    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.75)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, one wide
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = sheet.oddFooter
    assert footer is not None  # openpyxl gives every sheet one
    footer.left.text, footer.right.text = "&F · &A", "&P / &N"


def _write_clients(sheet: Worksheet, texts: dict[str, Any]) -> None:
    part = texts["clients"]
    _write_table(sheet, part, _CLIENTS, texts["money"])
    add_choices(sheet, texts, part["headers"], _CLIENTS)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"


def _write_guide(sheet: Worksheet, guide: dict[str, Any]) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415 - see _workbook

    sheet["A1"] = guide["title"]
    sheet["A1"].font = Font(name=_FACE, size=18, bold=True, color=_INK)
    sheet.row_dimensions[1].height = 36
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 96
    line = Border(bottom=Side("thin", color=_RULE))
    for row, (subject, text) in enumerate(guide["lines"], start=2):
        name, words = sheet.cell(row, 1, subject), sheet.cell(row, 2, text)
        name.font, name.alignment = (
            Font(name=_FACE, bold=True, color=_INK),
            Alignment(vertical="center", wrap_text=True),
        )
        words.alignment = Alignment(vertical="center", wrap_text=True)
        name.border = words.border = line
        sheet.row_dimensions[row].height = 21 + 15 * (len(text) // 108)
    sheet.sheet_view.showGridLines = False
    _set_page(sheet)

"""Real workbooks for the tests, written cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

HEADERS = ("N° facture", "Client", "Date facture", "Échéance", "Montant TTC")
ROW = ("F-001", "Dupont", date(2026, 3, 1), date(2026, 3, 31), 1000)

Rows = Sequence[Sequence[Any]]


class Formula:
    """A formula cell; without `value` its result is not in the file, as programs write it."""

    def __init__(self, text: str, value: Any = None) -> None:
        self.text, self.value = text, value


def make(path: Path, rows: Rows, **others: Rows) -> Path:
    """A workbook whose sheet `Suivi` holds these rows from A1; other sheets by name."""
    return make_sheets(path, {"Suivi": rows, **others})


def make_sheets(path: Path, sheets: Mapping[str, Rows], formats: Mapping[tuple[int, int], str] | None = None) -> Path:
    """A workbook of several sheets in this order; `formats` gives number formats on the first one, by (row, column)."""
    book = xlsxwriter.Workbook(str(path))
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for top, row in enumerate(rows):
            for left, cell in enumerate(row):
                code = (formats or {}).get((top, left)) if place == 0 else None
                _write(sheet, top, left, cell, book.add_format({"num_format": code}) if code else days)
    book.close()
    return path


def _write(sheet: Any, top: int, left: int, cell: Any, style: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Formula):
        sheet.write_formula(top, left, cell.text, None, "" if cell.value is None else cell.value)
    elif isinstance(cell, date):
        sheet.write_datetime(top, left, cell, style)
    elif isinstance(cell, bool):
        sheet.write_boolean(top, left, cell)
    elif isinstance(cell, str):
        sheet.write_string(top, left, cell)
    else:
        sheet.write_number(top, left, cell, style if style.num_format != "dd/mm/yyyy" else None)


def without_values(path: Path) -> Path:
    """The same workbook with the results of its formulas taken out, as a program that cannot calculate leaves it."""
    import re
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, data in members.items():
        if name.startswith("xl/worksheets/"):
            members[name] = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path

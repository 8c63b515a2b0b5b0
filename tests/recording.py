"""What the tests of acts share: small sheets, the plan of an answer, the journal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from conftest import Run

DAY = ("--today", "2026-11-20")
NAME = "suivi_factures.xlsx"


def edits(done: Run) -> dict[str, tuple[Any, Any]]:
    """The cells of the plan answered as JSON: (before, after) by name."""
    assert done.code == 0, done.err
    return {edit["cell"]: (edit["before"], edit["after"]) for edit in json.loads(done.out)["data"]["edits"]}


def learned(done: Run) -> list[dict[str, Any]]:
    """What the journal learned, as JSON."""
    assert done.code == 0, done.err
    facts: list[dict[str, Any]] = json.loads(done.out)["data"]["learned"]
    return facts


def written(folder: Path, *cells: str, name: str = NAME, sheet: str = "Factures") -> list[Any]:
    """What cells of a workbook hold, dates as days."""
    book = load_workbook(folder / name)
    values = [book[sheet][cell].value for cell in cells]
    return [value.date() if hasattr(value, "date") else value for value in values]


def sheet(folder: Path, *rows: list[Any], name: str = "suivi.xlsx") -> Path:
    """A workbook with these rows on its sheet Factures; dates are formatted as dates."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Factures"
    for row in rows:
        page.append(row)
    for line in page.iter_rows():
        for cell in line:
            if isinstance(cell.value, date):
                cell.number_format = "dd/mm/yyyy"
    book.save(folder / name)
    return folder / name


def journal(folder: Path) -> list[dict[str, Any]]:
    """The events of the journal, oldest first."""
    lines = (folder / "relance" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]

"""Columns that no role takes and that may still say that money came in: their rows are set aside, not chased.

"Paiement 2", "Lettrage", a second amount to pay: what a person sees there, relance must not overlook in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from relance.domain.model import State, Status
from relance.errors import Where
from relance.money import ZERO
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.trouble import trouble
from relance.workbook.reading.values import parse_sum, parse_text
from relance.workbook.reading.words import parse_answer, tells_of_payments
from relance.workbook.xlsx.refs import column_letters

OVER = frozenset({State.PAID, State.CANCELLED, State.DRAFT, State.WRITTEN_OFF, State.CREDIT_NOTE})
Amounts = Sequence[Decimal | None]


def unread_columns(grid: Grid) -> dict[int, bool]:
    """The index of each such column, and whether it is a second amount to pay."""
    main = grid.table.column("total")
    sure = main is not None and main.source == "header"
    taken = {column.index for column in (*grid.table.columns, *grid.table.rivals)}
    found = {
        index: sure and meaning(header).sure == "total"
        for index, header in enumerate(grid.table.headers)
        if header and index not in taken
    }
    return {index: second for index, second in found.items() if second or tells_of_payments(grid.table.headers[index])}


def check_unread(
    grid: Grid, columns: dict[int, bool], total: Amounts, owed: Sequence[Decimal], status: Sequence[Status | None]
) -> None:
    """Set aside the rows on which such a column says what no other cell does; `owed` is what the other cells leave to
    pay, zero for a row that is no invoice."""
    for index, second in columns.items():
        odd = shown_by(grid, index)
        for place, cell in enumerate(grid.cells(index)):
            state = said.state if (said := status[place]) else None
            if owed[place] <= ZERO or state in OVER or (cell == "" and place not in odd):
                continue
            if place in odd or not (
                parse_sum(cell) in {None, total[place], owed[place]} if second else is_nothing(cell)
            ):
                put_aside(grid, place, index, "column-unread")


def shown_by(grid: Grid, index: int) -> dict[int, str]:
    """The cells of a column that show an error or have no result, by position: what they show."""
    first, marks = grid.table.first_row, grid.marks
    return {
        row - first: shown
        for row, shown in (dict.fromkeys(marks.valueless.get(index, ()), "=") | marks.errors.get(index, {})).items()
        if 0 <= row - first < grid.size
    }


def is_nothing(cell: Any) -> bool:
    """Whether a cell says no, or nothing."""
    text = parse_text(cell)
    return cell in {0} or not text.strip("-–—. ") or parse_answer(text) is False


def put_aside(grid: Grid, place: int, index: int, code: str) -> None:
    """Note a grave problem of a row at the cell of a column that plays no role."""
    where = Where(grid.table.sheet, grid.table.first_row + place, column_letters(index + 1))
    cell = shown_by(grid, index).get(place, grid.cells(index)[place])
    grid.grave.setdefault(place, []).append(trouble(code, where, cell))

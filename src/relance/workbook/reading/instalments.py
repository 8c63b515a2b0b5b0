"""Instalments on one row ("Échéance 2", "Montant 2"): no row is chased for what falls due on another day.

relance knows one due date per row. A row whose further instalments are filled is set aside at that cell: which part is
due when is for a person to say, a row each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from relance.domain.model import Status
from relance.money import ZERO
from relance.workbook.reading.cells import decide_order
from relance.workbook.reading.columns import Column
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.headers import instalment, meaning
from relance.workbook.reading.unread import OVER, is_nothing, put_aside, shown_by
from relance.workbook.reading.values import Order, parse_day, parse_sum


class Instalment(Struct, frozen=True):
    """A column of an instalment that plays no role: what it holds, and which one it is (1 first)."""

    index: int
    kind: str
    place: int


def instalment_columns(grid: Grid) -> list[Instalment]:
    """The columns of instalments that are not read as the due date or the amount."""
    taken = {column.index for column in (*grid.table.columns, *grid.table.rivals)}
    named = ((index, *instalment(header)) for index, header in enumerate(grid.table.headers) if index not in taken)
    return [Instalment(index, kind, place) for index, kind, place in named if place]


def check_instalments(
    grid: Grid,
    columns: Sequence[Instalment],
    amounts: tuple[list[Decimal | None], Sequence[Decimal]],
    due: Sequence[date | None],
    status: Sequence[Status | None],
) -> None:
    """Set aside the rows whose further instalments say something; `amounts` are the totals and what the other cells
    leave to pay. Where the total may be a first instalment, it is not the amount of such a row: taken out."""
    total, owed = amounts
    alone = _is_first(grid.table.column("total"), columns)
    telling = _Telling(grid, columns, total, due)
    for place in range(grid.size):
        said = status[place]
        if (said is not None and said.state in OVER) or (owed[place] <= ZERO and not alone):
            continue
        found = [column for column in columns if telling.says(column, place)]
        if found and total[place] is not None:
            put_aside(grid, place, found[0].index, "instalments")
            total[place] = None if alone else total[place]


def _is_first(main: Column | None, columns: Sequence[Instalment]) -> bool:
    """Whether the amount read may be that of the first instalment only."""
    if main is None:
        return False
    several = any(column.kind == "amount" and column.place > 1 for column in columns)
    return instalment(main.header)[1] == 1 or (several and meaning(main.header).sure != "total")


class _Telling:
    """Which cells of these columns say that a part of the amount is due at another time."""

    def __init__(
        self, grid: Grid, columns: Sequence[Instalment], total: Sequence[Decimal | None], due: Sequence[date | None]
    ) -> None:
        self.cells = {column.index: grid.cells(column.index) for column in columns}
        self.orders = {
            column.index: decide_order(self.cells[column.index], grid.mapping.date_order) for column in columns
        }
        self.odd = {column.index: shown_by(grid, column.index) for column in columns}
        self.amounts = {column.place: column.index for column in columns if column.kind == "amount"}
        self.total, self.due = total, due

    def says(self, column: Instalment, place: int) -> bool:
        cell = self.cells[column.index][place]
        if place in self.odd[column.index]:
            return True
        if is_nothing(cell):
            return False
        if column.kind == "amount":
            return parse_sum(cell) not in ({None, ZERO} if column.place > 1 else {None, ZERO, self.total[place]})
        if column.kind == "due" and self._same_day(cell, self.orders[column.index], place):
            return False
        beside = self.amounts.get(column.place)
        return beside is None or beside == column.index or not self._blank_beside(beside, place)

    def _same_day(self, cell: Any, order: Order, place: int) -> bool:
        return self.due[place] is not None and parse_day(order, cell) == self.due[place]

    def _blank_beside(self, index: int, place: int) -> bool:
        """Whether the amount of the same instalment is nothing, as where a formula fills in the dates."""
        cell = self.cells[index][place]
        return place not in self.odd[index] and (is_nothing(cell) or parse_sum(cell) == ZERO)

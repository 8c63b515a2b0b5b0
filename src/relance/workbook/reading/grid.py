"""The tracking table column by column: values parsed, and what could not be read noted at its exact cell.

A problem of a cell is grave (the row is set aside), about a date (so too, unless the row is certainly settled), or
light (told, the cell is taken as blank). One about who the client is stops all that this client still owes.
It must not know what a row means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from relance.errors import Problem, Severity, Where, msg, msg_n
from relance.workbook.reading.cells import Cells, decide_order, parse_cells
from relance.workbook.reading.columns import Column
from relance.workbook.reading.marks import Marks
from relance.workbook.reading.read import Cell, Row
from relance.workbook.reading.roles import ROLES, Mapping
from relance.workbook.reading.table import Table
from relance.workbook.reading.trouble import CLIENT_SET_ASIDE, COUNTS_AS_BLANK, trouble
from relance.workbook.reading.values import Order, Parse


class Weight(StrEnum):
    """What a cell that cannot be read does to its row."""

    GRAVE = "grave"
    DATE = "date"
    CLIENT = "client"
    LIGHT = "light"
    NONE = "none"


_HINTS = {Weight.LIGHT: COUNTS_AS_BLANK, Weight.CLIENT: CLIENT_SET_ASIDE}


class Grid:
    """The data rows of a table, by position (0 is the first data row)."""

    def __init__(self, table: Table, rows: Sequence[Row], marks: Marks, mapping: Mapping) -> None:
        self.table, self.marks, self.mapping = table, marks, mapping
        body = rows[table.first_row - 1 : table.last_row]
        self.size = len(body)
        self._columns = _columns_of(body)
        self.filled: dict[int, Cells] = {}  # columns whose merged cells were filled down
        self.grave: dict[int, list[Problem]] = {}
        self.dates: dict[int, list[Problem]] = {}
        self.clients: dict[int, list[Problem]] = {}
        self.light: list[Problem] = []

    def has(self, role: str) -> bool:
        """Whether a column plays the role."""
        return self.table.column(role) is not None

    def raw(self, column: Column) -> Cells:
        """The cells of a column as calamine gives them."""
        if column.index in self.filled:
            return self.filled[column.index]
        return self._columns[column.index] if self._columns else Cells()

    def cells(self, index: int) -> Sequence[Cell]:
        """The cells of a column that plays no role, by its index."""
        return self._columns[index] if index < len(self._columns) else ()

    def row(self, place: int) -> list[Cell]:
        """The cells of one row, all columns of the sheet."""
        return [column[place] for column in self._columns]

    def where(self, place: int, role: str = "") -> Where:
        """The cell of a role in a row, or what names the invoice where no column plays it; without role, the row."""
        names = (role, "number", "client", "client_code") if role else ()
        column = next((column for name in names if (column := self.table.column(name))), None)
        return Where(self.table.sheet, self.table.first_row + place, column.letters if column else "")

    def fill_down(self, merged: Iterable[tuple[int, int, int, int]], roles: Sequence[str]) -> None:
        """Give every row of a merged cell its value, in the columns where one value can be true of several rows."""
        indexes = {column.index for role in roles for column in self.table.all(role)}
        for top, left, bottom, _ in merged:
            first, last = top - self.table.first_row + 1, bottom - self.table.first_row + 1
            if left in indexes and last > first >= 0:
                values = list(self.filled.get(left, self._columns[left]))
                values[first : last + 1] = [values[first]] * (min(last + 1, self.size) - first)
                self.filled[left] = Cells(values)

    def read(self, role: str, parse: Parse, weight: Weight, *, computed: bool = False) -> list[Any] | None:
        """The values of the column of a role, None where blank or unreadable; None when no column plays it.

        `computed`: a formula whose result is not in the file is a blank, since relance computes it itself.
        """
        column = self.table.column(role)
        return None if column is None else self.read_column(column, parse, weight, computed=computed)

    def read_column(self, column: Column, parse: Parse, weight: Weight, *, computed: bool = False) -> list[Any]:
        """As `read`, for one of several columns of a role."""
        raw = self.raw(column)
        values, bad = parse_cells(raw, parse)
        for place, unread in bad.items():
            self.note(place, column, unread.code, raw[place], weight)
        for row, shown in self.marks.errors.get(column.index, {}).items():
            self.note(row - self.table.first_row, column, "cell-error", shown, weight)
        if not computed:
            for row in self.marks.valueless.get(column.index, ()):
                self.note(row - self.table.first_row, column, "formula-without-value", "", weight)
        return values

    def read_dates(self, role: str, make: Callable[[Order], Parse], weight: Weight) -> list[Any] | None:
        """A column of dates, the order of day and month decided for the whole column."""
        column = self.table.column(role)
        return None if column is None else self.read_date_column(column, make, weight)

    def read_date_column(self, column: Column, make: Callable[[Order], Parse], weight: Weight) -> list[Any]:
        """As `read_dates`, for one of several columns of a role."""
        order = decide_order(self.raw(column), self.mapping.date_order)
        if order.assumed:
            self.light.append(self._assumed(column, order))
        return self.read_column(column, make(order), weight, computed=False)

    def set_aside(self, place: int, code: str, value: Any = "", *, role: str = "") -> None:
        """Note a grave problem of a row, at the cell of a role."""
        self.grave.setdefault(place, []).append(trouble(code, self.where(place, role), value, role=role))

    def warn(self, place: int, code: str, value: Any = "", *, role: str = "") -> None:
        """Note a light problem of a row."""
        where = self.where(place, role)
        self.light.append(trouble(code, where, value, role=role, severity=Severity.WARNING))

    def note(self, place: int, column: Column, code: str, value: Any, weight: Weight) -> None:
        """Note what is wrong with a cell of a column; a place outside the table is none."""
        if not 0 <= place < self.size or weight is Weight.NONE:
            return
        where = Where(self.table.sheet, self.table.first_row + place, column.letters)
        severity = Severity.WARNING if weight is Weight.LIGHT else Severity.ERROR
        problem = trouble(code, where, value, role=column.role, severity=severity)
        if code == "cell-error" and weight in _HINTS:
            problem = replace(problem, hint=_HINTS[weight])
        if weight is Weight.LIGHT:
            self.light.append(problem)
        else:
            notes = {Weight.GRAVE: self.grave, Weight.DATE: self.dates, Weight.CLIENT: self.clients}[weight]
            notes.setdefault(place, []).append(problem)

    def _assumed(self, column: Column, order: Order) -> Problem:
        return Problem(
            "date-order-assumed",
            Severity.NOTICE,
            msg_n(
                "Column {column} ({role}): the date {example} was read day first; nothing there decides.",
                "Column {column} ({role}): {n} dates such as {example} were read day first; nothing there decides.",
                order.assumed, column=column.letters, role=ROLES[column.role], example=order.example,
            ),
            msg("If the month comes first, set workbook.date_order = \"mdy\" in relance.toml."),
            Where(self.table.sheet, self.table.header_row, column.letters),
            order.example,
        )  # fmt: skip


_ROWS_AT_ONCE = 256  # their cells were made together and lie together in memory, which halves the time


def _columns_of(rows: Sequence[Row]) -> list[Cells]:
    columns = [Cells() for _ in rows[0]] if rows else []
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        for column, cells in zip(columns, zip(*rows[first : first + _ROWS_AT_ONCE], strict=True), strict=True):
            column.extend(cells)
    return columns

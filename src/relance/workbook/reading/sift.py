"""Which rows of the table are invoices: blank ones, totals, subtotals, notes and prepared numbers are left out.

A row that is none of those but lacks its number, client or amount has a problem. It must not read what the row says
beyond that.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from msgspec import Struct

from relance.domain.model import State, Status
from relance.errors import Problem, Severity, Where, msg, msg_n
from relance.money import ZERO
from relance.workbook.reading.cells import Cells, beginning
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.words import load_words, sums_up

_NOTHING_OWED = frozenset({State.CANCELLED, State.DRAFT})


class Core(Struct, frozen=True):
    """What makes a row an invoice, column by column; None where the sheet has no such column."""

    number: Cells | None
    client: list[str] | None
    total: list[Decimal | None]
    issued: list[Any] | None
    due: list[Any] | None
    status: list[Status | None] | None


class _Sieve:
    def __init__(self, grid: Grid, core: Core) -> None:
        self.grid, self.core = grid, core
        self.labels = {*_total_labels(core.number), *_total_labels(Cells({*(core.client or ())}))}
        self.prepared: list[int] = []
        self.left_out: set[int] = set()
        self._sums: list[Decimal] = []
        self._last_total = -1

    def suspects(self) -> list[int]:
        """Rows that lack a number, a client or an amount, or bear the label of a total."""
        core, size = self.core, self.grid.size
        numbers, clients = core.number or ["?"] * size, core.client or ["?"] * size
        if not self.labels and all(numbers) and all(clients) and type(None) not in set(map(type, core.total)):
            return []
        return [
            place
            for place, (number, client, total) in enumerate(zip(numbers, clients, core.total, strict=True))
            if not number or not client or total is None or number in self.labels or client in self.labels
        ]

    def sift(self, place: int) -> None:
        core, grid = self.core, self.grid
        number = (core.number[place] if core.number else "") or ""
        client = core.client[place] if core.client else ""
        total = core.total[place]
        dated = any(values and values[place] for values in (core.issued, core.due)) or self._dated_badly(place)
        if self._blank(place) or (not dated and self._sums_up(place, number)):
            self.left_out.add(place)
        elif total is None and not dated and place not in grid.grave and not (number and client):
            if number and not client and any(mark.isdigit() for mark in number) and len(number.split()) < 3:
                self.prepared.append(place)
            self.left_out.add(place)
        else:
            self._complain(place, number, client, total)

    def _dated_badly(self, place: int) -> bool:
        """Whether a date cell holds something that cannot be read, the label of a total excepted."""
        return any(not sums_up(problem.value) for problem in self.grid.dates.get(place, ()))

    def _complain(self, place: int, number: str, client: str, total: Decimal | None) -> None:
        status = self.core.status[place] if self.core.status else None
        told = {problem.where.column for problem in self.grid.grave.get(place, ()) if problem.where}
        if self.core.number is not None and not number and self._letters("number") not in told:
            self.grid.set_aside(place, "number-missing", role="number")
        if self.core.client is not None and not client and self._letters("client") not in told:
            self.grid.set_aside(place, "client-missing", role="client")
        if total is None and not (status and status.state in _NOTHING_OWED) and self._letters("total") not in told:
            self.grid.set_aside(place, "amount-missing", role="total")

    def _letters(self, role: str) -> str:
        column = self.grid.table.column(role)
        return column.letters if column else ""

    def _blank(self, place: int) -> bool:
        if place in self.grid.grave or place in self.grid.dates:
            return False
        return all(column[place] in {"", None} for column in map(self.grid.raw, self.grid.table.columns))

    def _sums_up(self, place: int, number: str) -> bool:
        """A total: labelled so, or a bare amount that is the sum of those above, by its formula or by its value."""
        if number and number not in self.labels:
            return False
        total, column = self.core.total[place], self.grid.table.column("total")
        row = self.grid.table.first_row + place
        labelled = any(isinstance(cell, str) and cell and sums_up(cell) for cell in self.grid.row(place))
        summing = column is not None and row in self.grid.marks.sums.get(column.index, ())
        if labelled or summing or (total and self._is_sum(place, total)):
            self._last_total = place
            return True
        return False

    def _is_sum(self, place: int, total: Decimal) -> bool:
        if not self._sums:
            numbers = self.core.number or [""] * self.grid.size
            amounts = [
                amount or ZERO if number else ZERO for number, amount in zip(numbers, self.core.total, strict=True)
            ]
            self._sums = list(accumulate(amounts))
        since = self._sums[self._last_total] if self._last_total >= 0 else ZERO
        return total in {self._sums[place], self._sums[place] - since}


def left_out(grid: Grid, core: Core) -> set[int]:
    """The positions of the rows that are no invoices; problems of the others are noted in the grid."""
    sieve = _Sieve(grid, core)
    sieve.left_out = {row - grid.table.first_row for row in grid.table.repeated}
    for place in sieve.suspects():
        if place not in sieve.left_out:
            sieve.sift(place)
    if sieve.prepared:
        grid.light.append(_prepared(grid, sieve.prepared))
    return sieve.left_out


def _total_labels(texts: Cells | None) -> list[str]:
    return [text for _, text in beginning(tuple(load_words().total_initials), texts or Cells()) if sums_up(text)]


def _prepared(grid: Grid, places: Sequence[int]) -> Problem:
    where: Where = grid.where(places[0], "number")
    return Problem(
        "rows-prepared",
        Severity.NOTICE,
        msg_n(
            "{n} row holds an invoice number and nothing else; it is taken as prepared in advance.",
            "{n} rows hold an invoice number and nothing else; they are taken as prepared in advance.",
            len(places),
        ),
        msg("If they are invoices, type their client, amount and dates."),
        where,
    )

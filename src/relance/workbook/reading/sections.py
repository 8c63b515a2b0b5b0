"""Titles that stand between the rows of a table: "Factures payées" says of the rows below what no cell of theirs does.

It must not know amounts; a row that has a status of its own keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence

from relance.domain.model import State, Status
from relance.errors import Problem, Severity, msg
from relance.workbook.reading.cells import Cells
from relance.workbook.reading.choice import status_of
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.read import Cell
from relance.workbook.reading.table import Table

_OPEN = frozenset({State.OPEN, State.LATE, State.REMINDED, State.PARTIAL})
_OF_TITLES = frozenset({"number", "client", "client_code", "issued"})  # columns in which a title may stand


def read_titles(grid: Grid) -> dict[int, Status]:
    """The status that each row takes from the title above it, by position: that of the last title that names one."""
    column = grid.table.column("total") or grid.table.column("total_excl_tax")
    cells = grid.raw(column) if column else Cells()
    blanks = [place for place, cell in enumerate(cells) if cell == ""] if "" in cells.texts else []
    titles = [(place, status) for place in blanks if (status := title_of(grid.table, grid.row(place)))]
    ends = (*(place for place, _ in titles[1:]), grid.size)
    found: dict[int, Status] = {}
    for (place, status), end in zip(titles, ends, strict=False):
        if status.state not in _OPEN and end > place + 1:
            found |= dict.fromkeys(range(place + 1, end), status)
            grid.light.append(_told(grid, place, end, status))
    return found


def closed_by(titles: Sequence[tuple[int, Status]], row: int) -> tuple[int, Status] | None:
    """The title a row stands under and its own row, where it says that nothing there is asked for any more."""
    last = next((title for title in reversed(titles) if title[0] < row), None)
    return last if last and last[1].state not in _OPEN else None


def title_of(table: Table, row: Sequence[Cell]) -> Status | None:
    """What a row says that holds one text and nothing else, at the place of a title."""
    cells = [(index, cell) for index, cell in enumerate(row) if cell != ""]
    index, text = cells[0] if len(cells) == 1 else (0, "")
    if (
        not isinstance(text, str)
        or not text
        or {column.role for column in table.columns if column.index == index} - _OF_TITLES
    ):
        return None
    status = status_of(text)
    return Status(status.state, status.level, text) if status else None


def _told(grid: Grid, place: int, end: int, status: Status) -> Problem:
    first = grid.table.first_row
    return Problem(
        "title-read",
        Severity.NOTICE,
        msg(
            "Rows {first} to {last} stand under “{title}” and are read so, unless their own status says otherwise.",
            first=str(first + place + 1),
            last=str(first + end - 1),
            title=status.word,
        ),
        msg("If that is wrong, give each row its own status."),
        grid.where(place),
        status.word,
    )

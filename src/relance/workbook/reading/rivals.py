"""Two columns of one header: told, and the rows where they differ are set aside, for nobody knows which one holds.

It must not know what a row means.
"""

from __future__ import annotations

from relance.errors import Problem, Severity, Where, msg
from relance.workbook.reading.columns import Column
from relance.workbook.reading.grid import Grid, Weight
from relance.workbook.reading.roles import ROLES
from relance.workbook.reading.trouble import shown


def check_rivals(grid: Grid) -> None:
    """Note every row in which a second column of the same header says something else than the one read.

    A second one that is blank contradicts nothing.
    """
    for rival in grid.table.rivals:
        column = grid.table.column(rival.role)
        if column is None:
            continue
        pairs = zip(grid.raw(column), grid.raw(rival), strict=True)
        places = [place for place, (read, other) in enumerate(pairs) if other not in {"", read}]
        for place in places:
            grid.note(place, rival, "columns-differ", shown(grid.raw(rival)[place]), Weight.GRAVE)
        grid.light.append(_told(grid, column, rival))


def _told(grid: Grid, column: Column, rival: Column) -> Problem:
    return Problem(
        "header-twice",
        Severity.WARNING,
        msg(
            "Two columns are called “{header}”; {read} is read as the {role}, and {other} is not.",
            header=column.header, read=column.letters, role=ROLES[column.role], other=rival.letters,
        ),
        msg(
            "Say which one holds in relance.toml: [columns] {key} = \"{read}\" or \"{other}\"; or rename the other.",
            key=column.role, read=column.letters, other=rival.letters,
        ),
        Where(grid.table.sheet, grid.table.header_row, rival.letters),
        column.header,
    )  # fmt: skip

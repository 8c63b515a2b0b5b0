"""What an act writes: sheet, cell, before, after, why; then what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from relance.domain.model import ColumnFound
from relance.errors import Message, msg, msg_n
from relance.reports.view import Column, Line, Section, Table, Tone, View


class Change(Struct, frozen=True):
    """One cell: its sheet, its name, what it holds, what it will hold, and why."""

    sheet: str
    cell: str
    before: Any
    after: Any
    why: Message


class Shown(Struct, frozen=True, kw_only=True):
    """An act as it is shown: the command, its title, the cells, what the journal learns (as data), what the person
    should know; `applied` whether it was done (`asking`: not known yet), `backup` the copy made before (relative to the
    folder `relance/`), `found` the columns and their roles."""

    command: str
    title: Message
    changes: tuple[Change, ...] = ()
    learned: tuple[dict[str, Any], ...] = ()
    remarks: tuple[Message, ...] = ()
    applied: bool = False
    asking: bool = False
    backup: str = ""
    found: tuple[ColumnFound, ...] = ()


def plan_view(shown: Shown) -> View:
    """The plan of an act, before it or after it."""
    return View(
        command=shown.command,
        title=shown.title,
        data=lambda: _data(shown),
        sections=lambda: tuple(_sections(shown)),
    )


def done_view(shown: Shown) -> View:
    """What became of an act whose plan was just read and answered: the outcome alone for people, all of it as data."""
    return View(
        command=shown.command,
        title=shown.title,
        data=lambda: _data(shown),
        sections=lambda: tuple(_outcome(shown)),
    )


def _data(shown: Shown) -> dict[str, Any]:
    return {
        "edits": [
            {"sheet": c.sheet, "cell": c.cell, "before": c.before, "after": c.after, "why": c.why}
            for c in shown.changes
        ],
        "learned": list(shown.learned),
        "remarks": list(shown.remarks),
        "applied": shown.applied,
        "backup": shown.backup,
        **({"columns": [_column(column) for column in shown.found]} if shown.found else {}),
    }


def _column(column: ColumnFound) -> dict[str, Any]:
    return {"role": column.role, "column": column.column, "header": column.header, "source": column.source}


def _sections(shown: Shown) -> Iterator[Section]:
    if shown.found:
        yield found_table(shown.found)
    if shown.changes:
        yield _table(shown)
    elif shown.learned:
        yield Line(msg("No cell of the workbook changes: the journal alone is written."))
    yield from (Line(remark, Tone.NOTICE) for remark in shown.remarks)
    yield from _outcome(shown)


def _outcome(shown: Shown) -> Iterator[Section]:
    if shown.asking:
        return
    if not shown.applied:
        yield Line(msg("Nothing was written."), Tone.NOTICE)
    elif shown.command == "undo":
        yield Line(_taken_back(len(shown.changes)), Tone.GOOD)
    elif not shown.changes:
        yield Line(msg("Done: noted in the journal. To take it back: relance undo."), Tone.GOOD)
    else:
        text = msg_n(
            "Done: {n} cell written. To take it back: relance undo.",
            "Done: {n} cells written. To take it back: relance undo.",
            len(shown.changes),
        )
        yield Line(text, Tone.GOOD)


def _taken_back(cells: int) -> Message:
    """What an undo did; the next one would take back the act before, not this one."""
    if not cells:
        return msg("Done: noted in the journal. The next relance undo takes back the act before it.")
    return msg_n(
        "Done: {n} cell is as it was. The next relance undo takes back the act before it.",
        "Done: {n} cells are as they were. The next relance undo takes back the act before it.",
        cells,
    )


_SOURCES: dict[str, Message] = {"header": msg("header"), "config": msg("relance.toml"), "added": msg("to be added")}


def found_table(found: tuple[ColumnFound, ...]) -> Table:
    """The column that plays each role."""
    columns = (
        Column("role", msg("role")),
        Column("column", msg("column"), whole=True),
        Column("header", msg("header")),
        Column("source", msg("found by")),
    )
    rows = tuple((c.role, c.column, c.header or None, _SOURCES[c.source]) for c in found)
    return Table(title=msg("Columns"), columns=columns, rows=rows)


def _table(shown: Shown) -> Table:
    columns = (
        Column("sheet", msg("sheet")),
        Column("cell", msg("cell"), whole=True),
        Column("before", msg("before")),
        Column("after", msg("after")),
        Column("why", msg("why"), fold=True),
    )
    rows = tuple((c.sheet, c.cell, _cell(c.before), _cell(c.after), c.why) for c in shown.changes)
    title = msg_n("{n} cell", "{n} cells", len(rows))
    return Table(title=title, columns=columns, rows=rows, export=True)


def _cell(value: Any) -> Any:
    """Yes and no are words of ours; nothing is an empty cell."""
    if isinstance(value, bool):
        return msg("yes") if value else msg("no")
    return None if value == "" else value

"""A new invoice as a plan: the row where a person would type it, its cells, and what will not follow.

The row is the first free one under the last invoice; a row is never inserted. Totals standing there move one row
down when nothing holds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from relance.errors import ConflictError, Message, Where, msg
from relance.workbook.xlsx.book import Book, has_formula
from relance.workbook.xlsx.edits import Edit, NewRow, Plan
from relance.workbook.xlsx.follow import Follower
from relance.workbook.xlsx.formulas import Area, references
from relance.workbook.xlsx.grow import grown_names
from relance.workbook.xlsx.guards import Guards
from relance.workbook.xlsx.markup import attribute, child, root, text_of
from relance.workbook.xlsx.parts import relations
from relance.workbook.xlsx.refs import Box, column_letters, column_number, parse_boxes
from relance.workbook.xlsx.tables import Table
from relance.workbook.xlsx.totals import remedy, why_totals_stay
from relance.workbook.xlsx.values import Value


class Place(Struct, frozen=True):
    """The tracking table of a sheet: its header's row and the row of its last invoice (the header's when none)."""

    sheet: str
    header: int
    last: int


def plan_row(book: Book, place: Place, values: Mapping[str, Value], why: Message) -> Plan:
    """The plan that adds an invoice, its values given by column letters; blank values are left out.

    ConflictError when the row under the last invoice is not free, saying which.
    """
    table = next((t for t in book.tables(place.sheet) if t.box.top <= place.header < t.first), None)
    left, right = (table.box.left, table.box.right) if table else _columns(book, place, values)
    target = place.last + 1
    moves = _taken(book, place, table, Box(target, left, target, right))
    above = place.last if place.last > place.header else target
    row = NewRow(
        sheet=place.sheet, row=target, above=above, left=left, right=right, header=place.header, moves_totals=moves
    )
    if moves and (reason := why_totals_stay(book, row)):
        raise ConflictError("row-not-free", reason, remedy(row))
    edits = tuple(
        Edit(place.sheet, f"{letters}{target}", None, value, why)
        for letters, value in values.items()
        if value not in (None, "")
    )
    return Plan(edits, (row,), {place.sheet: place.header}, tuple(_left_behind(book, row)))


def _columns(book: Book, place: Place, values: Mapping[str, Value]) -> tuple[int, int]:
    """The columns of a plain table: the headers side by side around the columns to write."""
    cells = book.sheet(place.sheet).cells(place.header)
    headed = {column for column, cell in cells.items() if book.content(cell) not in (None, "")}
    wanted = [column_number(letters) for letters in values]
    left, right = min(wanted), max(wanted)
    while left - 1 in headed:
        left -= 1
    while right + 1 in headed:
        right += 1
    return left, right


def _taken(book: Book, place: Place, table: Table | None, line: Box) -> bool:
    """Whether totals stand in the row and must move; ConflictError when something else does."""
    if table and line.top <= table.last and not _typed(book, place.sheet, line):
        return False
    if table and table.totals and line.top == table.last + 1:
        return True
    if any(box.meets(line) for box in Guards(book, place.sheet).merges):
        raise _not_free(place, line.top)
    others = [t for t in book.tables(place.sheet) if t is not table and t.box.meets(line)]
    held = [c for n, c in book.sheet(place.sheet).cells(line.top).items() if line.left <= n <= line.right and c.body]
    if not held and not others:
        return False
    if others or not any(has_formula(cell) for cell in held):
        raise _not_free(place, line.top)
    return True


def _typed(book: Book, sheet: str, line: Box) -> bool:
    """Whether somebody typed something in the row; formulas prepared for the next invoice do not count."""
    cells = book.sheet(sheet).cells(line.top)
    return any(
        line.left <= column <= line.right and book.content(cell) not in (None, "") and not has_formula(cell)
        for column, cell in cells.items()
    )


def _not_free(place: Place, row: int) -> ConflictError:
    return ConflictError(
        "row-not-free",
        msg("Row {row} of sheet {sheet}, under the last invoice, is not free.", row=row, sheet=place.sheet),
        msg(
            "Free row {row} of sheet {sheet} (insert a row there in Excel or LibreOffice), then run the command again.",
            row=row,
            sheet=place.sheet,
        ),
    )


def _left_behind(book: Book, row: NewRow) -> Iterator[Message]:
    """What reads the table down to its last row, and will not see the new one: formulas, charts, pivot tables."""
    names = grown_names(book.workbook_xml, row)
    follower = Follower(book.with_parts({book.layout.workbook: names}))
    for sheet in book.layout.sheets:
        for formula in follower.formulas(sheet.name):
            if sheet.name == row.sheet and row.header < formula.row <= row.row:
                continue
            boxes = follower.area_boxes(sheet.name, formula) or []
            if any(_stops_short(name, box, row) for name, box in boxes):
                where = str(Where(sheet.name, formula.row, column_letters(formula.column)))
                yield msg(
                    "The formula of {cell} stops at row {row} and will not count the new invoice.",
                    cell=where,
                    row=row.row - 1,
                )
        if any(_stops_short(name, box, row) for name, box in _shown(book, sheet.part)):
            yield msg(
                "A chart or pivot table of sheet {sheet} stops at row {row} and will not show the new invoice.",
                sheet=sheet.name,
                row=row.row - 1,
            )


def _stops_short(sheet: str, box: Box, row: NewRow) -> bool:
    return (
        sheet.lower() == row.sheet.lower()
        and box.top < box.bottom == row.row - 1
        and box.left <= row.right
        and row.left <= box.right
    )


_CHART_RANGE = re.compile(rb"<(?:[\w.-]+:)?f>([^<]+)</(?:[\w.-]+:)?f>")


def _shown(book: Book, part: str) -> Iterator[tuple[str, Box]]:
    """The ranges, with their sheet, that the charts and pivot tables of a sheet show."""
    for relation in relations(book.package, part):
        if relation.kind == "drawing":
            for chart in relations(book.package, relation.part):
                if chart.kind == "chart":
                    yield from _charted(book.part(chart.part))
        elif relation.kind == "pivotTable":
            for cache in relations(book.package, relation.part):
                if cache.kind == "pivotCacheDefinition":
                    yield from _pivoted(book.part(cache.part))


def _charted(xml: bytes) -> Iterator[tuple[str, Box]]:
    for text in set(_CHART_RANGE.findall(xml)):
        for reference in references(text_of(text)) or ():
            if isinstance(reference, Area):
                yield reference.sheet, reference.box()


def _pivoted(xml: bytes) -> Iterator[tuple[str, Box]]:
    source = child(xml, root(xml), "cacheSource")
    ranges = child(xml, source, "worksheetSource") if source else None
    if ranges:
        tag = ranges.tag(xml)
        for box in parse_boxes(attribute(tag, "ref") or ""):
            yield attribute(tag, "sheet") or "", box

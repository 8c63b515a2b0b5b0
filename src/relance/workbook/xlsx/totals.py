"""A totals row moved one row down to make room above it: only when nothing lies under it and nothing refers to it."""

from __future__ import annotations

import re

from relance.errors import ConflictError, Message, Where, msg
from relance.workbook.xlsx.book import Book, has_formula, inside
from relance.workbook.xlsx.edits import NewRow
from relance.workbook.xlsx.follow import Follower
from relance.workbook.xlsx.formulas import rewritten
from relance.workbook.xlsx.markup import Change, attribute, children, escape, root, splice, text_of, with_attribute
from relance.workbook.xlsx.parts import relations
from relance.workbook.xlsx.refs import LAST_ROW, Box, address, column_letters, parse_box, parse_boxes
from relance.workbook.xlsx.sheet_xml import Cell, SheetXml, cell_xml, new_cell_tag, row_tag_like


def move_totals(book: Book, row: NewRow) -> tuple[dict[str, bytes], set[tuple[int, int]]]:
    """The sheet with its totals one row lower and summing one row more, and the moved formula cells.

    ConflictError when something holds the totals where they are.
    """
    reason = why_totals_stay(book, row)
    if reason:
        raise ConflictError("row-not-free", reason, remedy(row))
    sheet = book.sheet(row.sheet)
    old, new = {}, {}
    moved = {column: cell for column, cell in sheet.cells(row.row).items() if row.left <= column <= row.right}
    held = sheet.cells(row.row + 1)
    for column, cell in moved.items():
        old[column] = cell_xml(sheet.prefix + b"c", cell.tag, ("", b""), _style_above(sheet, row, column))
        tag = held[column].tag if column in held else new_cell_tag(sheet.prefix, row.row + 1, column)
        content = (attribute(cell.tag, "t") or "", _moved_body(sheet, row, cell))
        new[column] = cell_xml(sheet.prefix + b"c", tag, content, cell.style)
    tags = {} if sheet.row_bounds(row.row + 1) else {row.row + 1: row_tag_like(sheet, row.row + 1, row.row)}
    parts = {book.sheet_part(row.sheet).part: sheet.with_cells({row.row: old, row.row + 1: new}, tags)}
    formulas = {column for column, cell in moved.items() if has_formula(cell)}
    if book.layout.calculation_chain and formulas:
        chain = book.layout.calculation_chain
        parts[chain] = _chain(book.part(chain), book.sheet_part(row.sheet).id, row.row, formulas)
    return parts, {(row.row + 1, column) for column in formulas}


def remedy(row: NewRow) -> Message:
    """What to do when there is no room for a new row."""
    return msg(
        "Free row {row} of sheet {sheet} (insert a row there in Excel or LibreOffice), then run the command again.",
        row=row.row,
        sheet=row.sheet,
    )


def why_totals_stay(book: Book, row: NewRow) -> Message | None:
    """What forbids to move the totals, or None."""
    sheet = book.sheet(row.sheet)
    for number in sheet.rows(row.row + 1, LAST_ROW):
        for column, cell in sheet.cells(number).items():
            if cell.body and row.left <= column <= row.right:
                where = str(Where(row.sheet, number, column_letters(column)))
                return msg("The totals in row {row} cannot move down: {cell} is not empty.", row=row.row, cell=where)
    if _is_anchored(book, row):
        return msg("The totals in row {row} cannot move down: a comment, link or merged cell is there.", row=row.row)
    return _referred(book, row)


def _is_anchored(book: Book, row: NewRow) -> bool:
    """Whether merged cells, links, comments or array formulas stand in the totals row."""
    sheet = book.sheet(row.sheet)
    line = Box(row.row, row.left, row.row + 1, row.right)
    boxes: list[Box] = []
    for name in ("mergeCells", "hyperlinks"):
        listed = sheet.child(name)
        for element in children(sheet.xml, listed) if listed else ():
            boxes += parse_boxes(attribute(element.tag(sheet.xml), "ref") or "")
    for relation in relations(book.package, book.sheet_part(row.sheet).part):
        if relation.kind in ("comments", "threadedComment"):
            refs = re.findall(rb"\sref=[\"']([A-Z]+\d+)[\"']", book.part(relation.part))
            boxes += [parse_box(ref.decode()) for ref in refs]
    special = [inside(cell, b"f") for cell in sheet.cells(row.row).values()]
    bodies = [cell.body for cell in sheet.cells(row.row).values()]
    typed = any(f and attribute(f.tag(body), "t") for f, body in zip(special, bodies, strict=True))
    return typed or any(box.meets(line) for box in boxes)


def _referred(book: Book, row: NewRow) -> Message | None:
    """The first formula elsewhere that reads the totals row by its address, or may."""
    follower = Follower(book)
    for sheet in book.layout.sheets:
        for formula in follower.formulas(sheet.name):
            if (sheet.name, formula.row) == (row.sheet, row.row):
                continue
            boxes = follower.area_boxes(sheet.name, formula)
            if boxes is None or any(_names_totals(name, box, row) for name, box in boxes):
                where = str(Where(sheet.name, formula.row, column_letters(formula.column)))
                return msg("The totals in row {row} cannot move down: {cell} refers to them.", row=row.row, cell=where)
    return None


def _names_totals(sheet: str, box: Box, row: NewRow) -> bool:
    """Whether a range begins or ends in the totals row; one that spans it reads the same after."""
    return (
        sheet.lower() == row.sheet.lower()
        and row.row in (box.top, box.bottom)
        and box.left <= row.right
        and row.left <= box.right
    )


def _style_above(sheet: SheetXml, row: NewRow, column: int) -> int:
    above = sheet.cell(row.above, column)
    return above.style if above else 0


def _moved_body(sheet: SheetXml, row: NewRow, cell: Cell) -> bytes:
    """The content of a totals cell once moved: its sums end one row lower, its own row is the next one."""
    element = inside(cell, b"f")
    if element is None:
        return cell.body

    def change(name: str | None, area: str) -> str:
        return _moved_area(area, row) if name is not None and name.lower() in ("", sheet.name.lower()) else area

    text = rewritten(text_of(element.content(cell.body)), change)
    return element.tag(cell.body) + escape(text) + cell.body[element.close :]


_ROW = re.compile(r"\d+$")


def _moved_area(area: str, row: NewRow) -> str:
    """A reference of the totals row: a range that ended just above ends one row lower; the row itself moves.

    >>> row = NewRow(sheet="F", row=42, above=41, left=1, right=14, header=1)
    >>> _moved_area("F2:F$41", row), _moved_area("F42", row), _moved_area("F41", row)
    ('F2:F$42', 'F43', 'F41')
    """
    first, _, last = area.partition(":")
    corners = [first, last] if last else [first]
    numbers = [int(found[0]) if (found := _ROW.search(corner)) else 0 for corner in corners]
    grows = len(corners) == 2 and max(numbers) == row.row - 1 and min(numbers) > 0
    after = []
    for place, (corner, number) in enumerate(zip(corners, numbers, strict=True)):
        last_one = grows and number == row.row - 1 and place == 1
        after.append(_ROW.sub(str(number + 1), corner) if number == row.row or last_one else corner)
    return ":".join(after)


def _chain(xml: bytes, sheet_id: str, row: int, columns: set[int]) -> bytes:
    """The calculation chain without the cells that hold no formula any more; renamed when nothing else would be left.

    An entry without `i` is on the sheet of the entry before it, so the one after a removed entry gets its own.
    """
    gone = {address(row, column) for column in columns}
    entries = list(children(xml, root(xml)))
    changes: list[Change] = []
    current, owed = "", False
    for entry in entries:
        tag = entry.tag(xml)
        given = attribute(tag, "i")
        current = given or current
        if attribute(tag, "r") in gone and current == sheet_id:
            owed = owed or given is not None
            changes.append((entry.start, entry.end, b""))
            continue
        if owed and given is None:
            changes.append((entry.start, entry.inner, with_attribute(tag, "i", current)))
        owed = False
    if len([change for change in changes if not change[2]]) == len(entries):
        return re.sub(rb"(\sr=[\"'][A-Z]+)%d(?=[\"'])" % row, rb"\g<1>%d" % (row + 1), xml)
    return splice(xml, changes)

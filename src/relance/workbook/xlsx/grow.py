"""The ranges that follow a new row: table, filters, conditional formats, validations, names; then its own cells.

Only a range that ends at the last row of the table (or at its totals) follows; the others mean something else. It
must not choose the row.
"""

from __future__ import annotations

import re

from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.edits import NewRow
from relance.workbook.xlsx.fill import emptied, filled_cells
from relance.workbook.xlsx.follow import name_elements
from relance.workbook.xlsx.markup import (
    Change,
    Element,
    attribute,
    children,
    escape,
    root,
    splice,
    text_of,
    with_attribute,
)
from relance.workbook.xlsx.refs import Box, parse_box
from relance.workbook.xlsx.sheet_xml import SheetXml, row_tag_like
from relance.workbook.xlsx.tables import Table
from relance.workbook.xlsx.totals import move_totals


def grown(book: Book, row: NewRow) -> tuple[dict[str, bytes], set[tuple[int, int]]]:
    """The parts that a new row changes before any value is typed, and the cells whose formula it filled or moved."""
    part = book.sheet_part(row.sheet).part
    if row.taken_back:
        cells = emptied(book, row)
        return {part: book.sheet(row.sheet).with_cells(cells)} if cells else {}, _places(cells)
    parts: dict[str, bytes] = {}
    filled: set[tuple[int, int]] = set()
    if row.moves_totals:
        parts, filled = move_totals(book, row)
        book = book.with_parts(parts)
    for table in book.tables(row.sheet):
        if _ends_here(table, row):
            parts[table.part] = _grown_table(book.part(table.part), row)
    names = grown_names(book.workbook_xml, row)
    if names != book.workbook_xml:
        parts[book.layout.workbook] = names
    sheet = book.sheet(row.sheet)
    parts[part] = splice(sheet.xml, _grown_ranges(sheet, row))
    book = book.with_parts(parts)
    sheet = book.sheet(row.sheet)
    cells = filled_cells(book, row)
    tags = {} if sheet.row_bounds(row.row) else {row.row: row_tag_like(sheet, row.row, row.above)}
    parts[part] = sheet.with_cells(cells, tags) if cells[row.row] else sheet.xml
    return parts, filled | _places(cells)


def _places(cells: dict[int, dict[int, bytes]]) -> set[tuple[int, int]]:
    return {(row, column) for row, columns in cells.items() for column in columns}


def _ends_here(table: Table, row: NewRow) -> bool:
    return table.last == row.row - 1 and table.box.left <= row.left and row.right <= table.box.right


def _grown_table(xml: bytes, row: NewRow) -> bytes:
    """The table one row taller; its filter and sort ranges too."""
    top = root(xml)
    changes = [_longer(xml, top, "ref", row, always=True)]
    for element in children(xml, top):
        if element.name.endswith((b"autoFilter", b"sortState")):
            changes.append(_longer(xml, element, "ref", row))
            changes += [_longer(xml, e, "ref", row) for e in children(xml, element) if e.name.endswith(b"sortState")]
    return splice(xml, [change for change in changes if change])


def _grown_ranges(sheet: SheetXml, row: NewRow) -> list[Change]:
    """The changes to the sheet's filter, conditional formats and validations, the newer forms in extLst too."""
    changes: list[Change | None] = []
    for element in sheet.parts:
        local = element.name.rpartition(b":")[2]
        if local in (b"autoFilter", b"conditionalFormatting"):
            changes.append(_longer(sheet.xml, element, "ref" if local == b"autoFilter" else "sqref", row))
        elif local == b"dataValidations":
            changes += [_longer(sheet.xml, rule, "sqref", row) for rule in children(sheet.xml, element)]
        elif local == b"extLst":
            changes += _grown_extensions(sheet.xml, element, row)
    return [change for change in changes if change]


_EXTENSION = re.compile(rb"(<(?:[\w.-]+:)?sqref>)([^<]*)(?=</)")


def _grown_extensions(xml: bytes, element: Element, row: NewRow) -> list[Change]:
    changes = []
    for found in _EXTENSION.finditer(xml, element.inner, element.close):
        after = longer_list(text_of(found[2]), row)
        if after != text_of(found[2]):
            changes.append((found.start(2), found.end(2), after.encode()))
    return changes


def _longer(xml: bytes, element: Element, name: str, row: NewRow, *, always: bool = False) -> Change | None:
    """The change that makes the range in an attribute one row taller, when it ends where the table did."""
    tag = element.tag(xml)
    text = attribute(tag, name) or ""
    if always:
        box = parse_box(text)
        after = str(Box(box.top, box.left, box.bottom + 1, box.right))
    else:
        after = longer_list(text, row)
    return (element.start, element.inner, with_attribute(tag, name, after)) if after != text else None


def longer_list(text: str, row: NewRow) -> str:
    """A list of ranges with those that end at the row above (or at the totals that move) one row taller.

    >>> row = NewRow(sheet="F", row=42, above=41, left=1, right=14, header=1)
    >>> longer_list("G2:G41 P2:P41 G41 A1:N40", row)
    'G2:G42 P2:P41 G41 A1:N40'
    """
    return " ".join(_longer_range(item, row) for item in text.split())


def _longer_range(text: str, row: NewRow) -> str:
    try:
        box = parse_box(text)
    except ValueError:
        return text
    ends = (row.row - 1, row.row) if row.moves_totals else (row.row - 1,)
    alone = box.top == box.bottom and row.row - 1 > row.header + 1
    if box.bottom not in ends or alone or box.right < row.left or row.right < box.left:
        return text
    return str(Box(box.top, box.left, box.bottom + 1, box.right))


_RANGE = re.compile(r"('(?:[^']|'')*'|[^\W\d][\w.]*)!(\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?)(\d+)")


def grown_names(workbook: bytes, row: NewRow) -> bytes:
    """The names whose range on the sheet ends where the table did: print area, filter database, named columns."""
    changes = []
    for element in name_elements(workbook):
        text = text_of(element.content(workbook))
        after = _RANGE.sub(lambda found: _longer_named(found, row), text)
        if after != text:
            changes.append((element.inner, element.close, escape(after)))
    return splice(workbook, changes)


def _longer_named(found: re.Match[str], row: NewRow) -> str:
    sheet = found[1][1:-1].replace("''", "'") if found[1].startswith("'") else found[1]
    plain = (found[2] + found[3]).replace("$", "")
    if sheet.lower() != row.sheet.lower() or _longer_range(plain, row) == plain:
        return found[0]
    return f"{found[1]}!{found[2]}{int(found[3]) + 1}"

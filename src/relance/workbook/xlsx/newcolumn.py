"""A column at the right end of the tracking table: where it may stand, and the Excel table that follows it.

The header's cell is an edit like any other; here are the parts that follow it. It must not choose what is added.
"""

from __future__ import annotations

from collections.abc import Iterable

from relance.errors import ConflictError, Where, msg
from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.edits import NewColumn
from relance.workbook.xlsx.markup import Change, attribute, child, children, escape, root, splice, with_attribute
from relance.workbook.xlsx.refs import LAST_ROW, Box, column_letters, parse_box
from relance.workbook.xlsx.tables import Table


def free_column(book: Book, sheet: str, header: int, after: int) -> int:
    """The column right of the last one of the table whose header stands in a row, where nothing else does.

    `after` is the last column that has a header. ConflictError naming the cell that is in the way.
    """
    table = _table_at(book, sheet, header)
    column = (table.box.right if table else after) + 1
    for row in book.sheet(sheet).rows(header, LAST_ROW):
        cell = book.sheet(sheet).cell(row, column)
        if cell and cell.body:
            raise ConflictError(
                "column-not-free",
                msg("There is no room at the right of the table: {cell} is not empty.", cell=_name(sheet, row, column)),
                msg("Free that column in Excel or LibreOffice, or add the columns there by hand."),
            )
    return column


def resized(book: Book, columns: Iterable[NewColumn]) -> dict[str, bytes]:
    """The table parts one column wider for each column added, narrower for each taken back.

    ConflictError when a column to take back holds something.
    """
    parts: dict[str, bytes] = {}
    for column in columns:
        grown = book.with_parts(parts)
        if column.taken_back:
            _check_empty(grown, column)
        table = _table_at(grown, column.sheet, column.row)
        if table and table.header and table.box.right == column.column - (not column.taken_back):
            parts[table.part] = _with_width(grown.part(table.part), table, column)
    return parts


def _table_at(book: Book, sheet: str, header: int) -> Table | None:
    """The Excel table whose header stands in a row."""
    return next((table for table in book.tables(sheet) if table.box.top <= header < table.first), None)


def _check_empty(book: Book, column: NewColumn) -> None:
    sheet = book.sheet(column.sheet)
    for row in sheet.rows(column.row + 1, LAST_ROW):
        cell = sheet.cell(row, column.column)
        if cell and cell.body:
            raise ConflictError(
                "column-in-use",
                msg(
                    "The column cannot be taken back: {cell} is not empty.",
                    cell=_name(column.sheet, row, column.column),
                ),
                msg("Empty that column first, or keep it."),
            )


def _name(sheet: str, row: int, column: int) -> str:
    return str(Where(sheet, row, column_letters(column)))


def _with_width(xml: bytes, table: Table, column: NewColumn) -> bytes:
    """The table with one column more at its right end, or one less; its filter range follows."""
    top = root(xml)
    width = -1 if column.taken_back else 1
    changes = [_wider(xml, top.start, top.inner, width)]
    filters = [element for element in children(xml, top) if element.name.endswith(b"autoFilter")]
    changes += [_wider(xml, element.start, element.inner, width) for element in filters]
    listed = child(xml, top, "tableColumns")
    if listed:
        tag = with_attribute(listed.tag(xml), "count", str(len(table.columns) + width))
        changes.append((listed.start, listed.inner, tag))
        own = list(children(xml, listed))
        if column.taken_back:
            changes.append((own[-1].start, own[-1].end, b""))
        else:
            number = 1 + max(int(attribute(element.tag(xml), "id") or 0) for element in own)
            new = b'<%btableColumn id="%d" name="%b"/>' % (top.prefix, number, _quoted(column.header))
            changes.append((listed.close, listed.close, new))
    return splice(xml, changes)


def _wider(xml: bytes, start: int, end: int, width: int) -> Change:
    tag = xml[start:end]
    box = parse_box(attribute(tag, "ref") or "A1")
    return start, end, with_attribute(tag, "ref", str(Box(box.top, box.left, box.bottom, box.right + width)))


def _quoted(text: str) -> bytes:
    return escape(text).replace(b'"', b"&quot;")

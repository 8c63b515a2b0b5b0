"""The cells of a new row before anything is typed: the formats of the row above, and its formulas filled down."""

from __future__ import annotations

from relance.errors import ConflictError, Where, msg
from relance.workbook.xlsx.book import Book, has_formula, inside
from relance.workbook.xlsx.edits import NewRow
from relance.workbook.xlsx.formulas import shifted
from relance.workbook.xlsx.markup import attribute, escape, text_of, with_attribute
from relance.workbook.xlsx.refs import address, column_letters, parse_cell
from relance.workbook.xlsx.sheet_xml import Cell, SheetXml, cell_xml, new_cell_tag


def filled_cells(book: Book, row: NewRow) -> dict[int, dict[int, bytes]]:
    """The cells to write in the new row, by column: a formula where the row above or the table has one, else only the
    format. Cells already there keep what they hold."""
    sheet = book.sheet(row.sheet)
    above = sheet.cells(row.above) if row.above != row.row else {}
    held = sheet.cells(row.row)
    cells: dict[int, bytes] = {}
    for column in range(row.left, row.right + 1):
        cell, model = held.get(column), above.get(column)
        formula = _formula(book, row, column, model)
        if formula is None and (cell or model is None or not model.style):
            continue
        if cell and has_formula(cell):
            continue
        tag = cell.tag if cell else new_cell_tag(sheet.prefix, row.row, column)
        style = cell.style if cell and cell.style else model.style if model else None
        new = cell_xml(sheet.prefix + b"c", tag, ("", formula or b""), style)
        dynamic = attribute(model.tag, "cm") if model and formula else None
        cells[column] = _with_kind(new, dynamic) if dynamic else new
    return {row.row: cells}


def _with_kind(cell: bytes, number: str) -> bytes:
    """The cell marked as the dynamic formula above it is."""
    end = cell.find(b">") + 1
    return with_attribute(cell[:end], "cm", number) + cell[end:]


def _formula(book: Book, row: NewRow, column: int, model: Cell | None) -> bytes | None:
    """The `<f>` of the new row's cell, None for no formula."""
    prefix = book.sheet(row.sheet).prefix
    if model and has_formula(model):
        text, kind = _copied(book.sheet(row.sheet), row, column, model)
    else:
        tables = [t for t in book.tables(row.sheet) if t.box.holds(row.row, column) and t.first <= row.row <= t.last]
        text, kind = (tables[0].formula(column) if tables and not (model and model.body) else ""), b""
    return b"<%bf%b>%b</%bf>" % (prefix, kind, escape(text), prefix) if text else None


def _copied(sheet: SheetXml, row: NewRow, column: int, model: Cell) -> tuple[str, bytes]:
    """The formula of the cell above as copied down, and the attributes it keeps."""
    element = inside(model, b"f")
    tag = element.tag(model.body) if element else b""
    text = text_of(element.content(model.body)) if element else ""
    kind, origin = attribute(tag, "t"), (row.above, column)
    if kind == "shared" and not text:
        text, origin = _master(sheet, attribute(tag, "si") or "")
    copied = shifted(text, row.row - origin[0], column - origin[1]) if text else None
    array = kind == "array" and attribute(tag, "ref") == address(row.above, column)
    if copied is None or (kind not in (None, "normal", "shared") and not array):
        raise ConflictError(
            "formula-not-copied",
            msg(
                "The formula of cell {cell} cannot be filled down by relance.",
                cell=str(Where(sheet.name, row.above, column_letters(column))),
            ),
            msg("Add the invoice by hand in Excel or LibreOffice, or change that formula."),
        )
    return copied, b' t="array" ref="%b"' % address(row.row, column).encode() if array else b""


def _master(sheet: SheetXml, number: str) -> tuple[str, tuple[int, int]]:
    """The text of a shared formula and the cell that holds it."""
    mark = b'si="%b"' % number.encode()
    at = sheet.xml.find(mark, sheet.data.inner)
    while at >= 0:
        start = sheet.xml.rfind(b"<" + sheet.prefix + b"c ", 0, at)
        place = attribute(sheet.xml[start : sheet.xml.find(b">", start) + 1], "r") or ""
        row, column = parse_cell(place) if place else (0, 0)
        cell = sheet.cell(row, column)
        element = inside(cell, b"f") if cell else None
        if cell and element and not element.empty:
            return text_of(element.content(cell.body)), (row, column)
        at = sheet.xml.find(mark, at + 1)
    return "", (0, 0)


def emptied(book: Book, row: NewRow) -> dict[int, dict[int, bytes]]:
    """The cells of a row taken back that hold the formulas it was given, emptied; those changed since stay."""
    sheet = book.sheet(row.sheet)
    above = sheet.cells(row.above)
    cells = {}
    for column, cell in sheet.cells(row.row).items():
        model, element = above.get(column), inside(cell, b"f")
        if row.left <= column <= row.right and element:
            given = _formula(book, row, column, model)
            if given and text_of(element.content(cell.body)) == text_of(
                given[given.find(b">") + 1 : given.rfind(b"<")]
            ):
                cells[column] = cell_xml(sheet.prefix + b"c", cell.tag, ("", b""), None)
    return {row.row: cells} if cells else {}

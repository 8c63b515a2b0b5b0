"""A plan applied to a workbook's bytes: the same bytes with those cells changed, checked by reading them again.

All or nothing: a cell that may not be written, or no longer holds what the plan expects, refuses the whole plan.
It must not know files, locks or journals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from relance.errors import ConflictError, RelanceError, Where, msg
from relance.workbook.xlsx.book import Book, open_book
from relance.workbook.xlsx.deflate import difference
from relance.workbook.xlsx.edits import Edit, Plan, unchanged
from relance.workbook.xlsx.grow import grown
from relance.workbook.xlsx.guards import Guards
from relance.workbook.xlsx.markup import attribute, children, well_formed
from relance.workbook.xlsx.newcolumn import resized
from relance.workbook.xlsx.recalc import without_stale_results
from relance.workbook.xlsx.refs import LAST_ROW, column_letters, parse_cell
from relance.workbook.xlsx.sheet_xml import Cell, SheetXml, cell_xml, new_cell_tag, row_tag_like
from relance.workbook.xlsx.strings import SharedStrings, text_element
from relance.workbook.xlsx.styles import TWO_DECIMALS, Look, suits, wanted_format
from relance.workbook.xlsx.values import CellError, Value, number_text, same_value, serial_of
from relance.workbook.xlsx.wider import widened

_NEIGHBOURS = 200


def apply_plan(data: bytes, plan: Plan, *, opened: Book | None = None) -> bytes:
    """The workbook with the plan applied; `opened` is the book of these bytes where they were looked at already.

    ConflictError when a cell may not be written or changed since it was read;
    WorkbookError when relance does not write such a workbook. Nothing is written to disk.
    """
    original = opened or open_book(data)
    book = original
    places: dict[str, set[tuple[int, int]]] = {}
    book = book.with_parts(resized(book, [column for column in plan.columns if column.taken_back]))
    for row in plan.rows:
        parts, filled = grown(book, row)
        book = book.with_parts(parts)
        places.setdefault(row.sheet, set()).update(filled)
    for edit in plan.effective:
        places.setdefault(edit.sheet, set()).add(parse_cell(edit.cell))
    book = book.with_parts(_written(book, plan))
    book = book.with_parts(resized(book, [column for column in plan.columns if not column.taken_back]))
    for column in plan.columns:
        book = book.with_parts(widened(book, column))
    book = book.with_parts(without_stale_results(book, places))
    held = {name: original.part(name) for name in book.changed}
    changed = {name: xml for name, xml in book.changed.items() if xml != held[name]}
    result = original.package.replaced(changed, held) if changed else data
    _check(result, plan, original, book)
    return result


def _written(book: Book, plan: Plan) -> dict[str, bytes]:
    """The parts that the edits change: sheets, shared strings, formats."""
    writer = _Writer(book, plan.headers)
    parts = {}
    for sheet in dict.fromkeys(edit.sheet for edit in plan.edits):
        cells = writer.cells(sheet, [edit for edit in plan.edits if edit.sheet == sheet])
        if cells:
            parts[book.sheet_part(sheet).part] = book.sheet(sheet).with_cells(cells, writer.new_rows(sheet, cells))
    return {**parts, **writer.parts}


class _Writer:
    """Writes values as cells, collecting the strings and formats they need."""

    def __init__(self, book: Book, headers: Mapping[str, int]) -> None:
        self.book = book
        self.headers = headers
        self.strings = book.strings
        self.parts: dict[str, bytes] = {}

    def cells(self, sheet: str, edits: list[Edit]) -> dict[int, dict[int, bytes]]:
        """The cells of a sheet written anew, by row and column; a ConflictError names the first that may not be."""
        book, guards = self.book, Guards(self.book, sheet)
        xml = book.sheet(sheet)
        numbers = self._string_numbers(edits)
        new: dict[int, dict[int, bytes]] = {}
        for edit in edits:
            row, column = parse_cell(edit.cell)
            cell = xml.cell(row, column)
            self._expect(edit, cell, row, column)
            style = self._style(sheet, row, column, cell or self._like(sheet, edit), edit.after)
            guards.check(row, column, cell, style)
            if unchanged(edit) or (cell is None and edit.after in (None, "")):
                continue
            tag = cell.tag if cell else new_cell_tag(xml.prefix, row, column)
            content = self._content(edit.after, xml.prefix, numbers)
            new.setdefault(row, {})[column] = cell_xml(xml.prefix + b"c", tag, content, style)
        if self.book.styles and self.book.styles.added:
            self.parts[book.layout.styles] = self.book.styles.written()
        return new

    def new_rows(self, sheet: str, cells: Mapping[int, object]) -> dict[int, bytes]:
        """The opening tags of the rows that do not exist yet, like those of the row above them."""
        xml = self.book.sheet(sheet)
        return {row: row_tag_like(xml, row, row - 1) for row in cells if not xml.row_bounds(row)}

    def _expect(self, edit: Edit, cell: Cell | None, row: int, column: int) -> None:
        held = self.book.content(cell) if cell else None
        if same_value(held, edit.before) or self._same_day(held, edit.before):
            return
        raise ConflictError(
            "cell-changed",
            msg(
                "Cell {cell} holds {found}, where {expected} was expected.",
                cell=str(Where(edit.sheet, row, column_letters(column))),
                found=_shown(held),
                expected=_shown(edit.before),
            ),
            msg("Nothing was written: somebody changed that cell. Look at it, then run the command again."),
        )

    def _same_day(self, held: Value | CellError, expected: Value) -> bool:
        """Whether a plain number is the day expected: the cell's format does not say it is a date."""
        if not isinstance(expected, date) or not isinstance(held, Decimal):
            return False
        return held == serial_of(expected, date1904=self.book.date1904)

    def _string_numbers(self, edits: list[Edit]) -> dict[str, int]:
        """The shared strings of the texts to write, by text; none where texts are written in the cells."""
        texts = [e.after for e in edits if isinstance(e.after, str) and e.after and not unchanged(e)]
        if self.strings is None or not self.strings.usable or not texts:
            return {}
        xml, numbers = self.strings.with_texts(texts)
        self.parts[self.book.layout.strings] = xml
        self.strings = SharedStrings(xml)
        return dict(zip(texts, numbers, strict=True))

    def _content(self, value: Value, prefix: bytes, numbers: Mapping[str, int]) -> tuple[str, bytes]:
        """The type and content of a cell that holds the value."""
        if value is None or value == "":
            return "", b""
        if isinstance(value, str):
            if value in numbers:
                return "s", _v(prefix, str(numbers[value]))
            return "inlineStr", b"<%bis>%b</%bis>" % (prefix, text_element(value, prefix), prefix)
        if isinstance(value, bool):
            return "b", _v(prefix, "1" if value else "0")
        number = serial_of(value, date1904=self.book.date1904) if isinstance(value, date) else value
        return "", _v(prefix, number_text(number))

    def _like(self, sheet: str, edit: Edit) -> Cell | None:
        """The cell whose format an edit takes where its own was never written."""
        return self.book.sheet(sheet).cell(*parse_cell(edit.like)) if edit.like else None

    def _style(self, sheet: str, row: int, column: int, cell: Cell | None, value: Value) -> int:
        """The format of the cell once written: its own, its neighbours', or a copy that shows the value as it is."""
        style = cell.style if cell else self._default_style(sheet, row, column, value)
        if suits(value, self.book.look(style)) or self.book.styles is None:
            return style
        near = self._near(sheet, row, column)
        like = next((other.style for other in near if suits(value, self.book.look(other.style))), None)
        number = self.book.styles.number_format(like) if like is not None else None
        return self.book.styles.with_number_format(style, wanted_format(value, number))

    def _default_style(self, sheet: str, row: int, column: int, value: Value) -> int:
        """The format of a cell not written yet: of its neighbours in the column, of its row, of its column."""
        xml = self.book.sheet(sheet)
        near = next(self._near(sheet, row, column), None)
        if near:
            return near.style
        if (beside := self._beside(sheet, row, column)) and self.book.styles and self.book.styles.exact:
            return self._like_beside(beside.style, value)
        tag = xml.row_tag(row)
        if tag and attribute(tag, "customFormat") in ("1", "true"):
            return int(attribute(tag, "s") or 0)
        columns = xml.child("cols")
        for element in children(xml.xml, columns) if columns else ():
            tag = element.tag(xml.xml)
            if int(attribute(tag, "min") or 0) <= column <= int(attribute(tag, "max") or 0):
                return int(attribute(tag, "style") or 0)
        return 0

    def _like_beside(self, style: int, value: Value) -> int:
        """The borders and colours of a format, with a number format of the value's own kind."""
        styles = self.book.styles
        assert styles is not None  # asked only where there are some
        if isinstance(value, Decimal) and self.book.look(style) is Look.NUMBER:
            return style
        number = TWO_DECIMALS if isinstance(value, Decimal) else wanted_format(value, None)
        return styles.with_number_format(style, number)

    def _beside(self, sheet: str, row: int, column: int) -> Cell | None:
        """The nearest cell at the left in a row of data: a column without any cell takes its borders and colours."""
        if row <= self.headers.get(sheet, LAST_ROW):
            return None
        held = self.book.sheet(sheet).cells(row)
        return held[max(left)] if (left := [other for other in held if other < column]) else None

    def _near(self, sheet: str, row: int, column: int) -> Iterator[Cell]:
        """The written cells of the column in data rows, nearest first: above, then below."""
        xml = self.book.sheet(sheet)
        header = self.headers.get(sheet) or _table_header(self.book, sheet, row, column)
        above = xml.rows(max(header + 1, row - _NEIGHBOURS), row - 1)
        for number in (*reversed(above), *xml.rows(row + 1, row + _NEIGHBOURS)):
            found = xml.cell(number, column)
            if found:
                yield found


def _table_header(book: Book, sheet: str, row: int, column: int) -> int:
    return next((table.first - 1 for table in book.tables(sheet) if table.box.holds(row, column)), 0)


def _v(prefix: bytes, text: str) -> bytes:
    return b"<%bv>%b</%bv>" % (prefix, text.encode(), prefix)


def _shown(value: Value | CellError) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else value
    return msg("nothing") if value in (None, "") else str(value) if isinstance(value, CellError | bool) else value


def _written_as(held: Value | CellError, wanted: Value) -> bool:
    """Whether a cell reads back as what was to be written, blanks around text included."""
    return held == wanted if isinstance(wanted, str) and wanted else same_value(held, wanted)


def _check(result: bytes, plan: Plan, original: Book, book: Book) -> None:
    """Read the result again: it holds the parts as planned, each is XML, every cell holds what was planned."""
    read = open_book(result)
    sheets = {sheet.part: sheet.name for sheet in book.layout.sheets}
    broken = [
        name
        for name, xml in book.changed.items()
        if not read.package.holds(name, xml)
        or not well_formed(
            _differing(original.sheet(sheets[name]), book.sheet(sheets[name])) if name in sheets else xml
        )
    ]
    wrong = [e.cell for e in plan.effective if not _written_as(book.value(e.sheet, e.cell), e.after)]
    if broken or wrong:
        raise RelanceError(
            "self-check",
            msg("The changed workbook does not read back as planned ({what}).", what=", ".join(broken + wrong)),
            msg("Nothing was written. Please report this, with a copy of the workbook if you can share it."),
        )


def _differing(before: SheetXml, after: SheetXml) -> bytes:
    """A sheet without the rows whose bytes did not change: an XML document still, and a short one."""
    start, end = difference(before.xml, after.xml)
    held = set(before.rows_between(start, end))
    rows = [row for row in after.rows_between(start, end + len(after.xml) - len(before.xml)) if row not in held]
    return b"".join((after.xml[: after.data.inner], *rows, after.xml[after.data.close :]))

"""A workbook's bytes as sheets whose cells can be looked at one by one: what they hold, and in which format.

Parts are inflated when first asked for. It must not know what the cells mean to an invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from functools import cached_property

from relance.errors import ConflictError, WorkbookError, msg
from relance.workbook.xlsx.markup import Element, attribute, checked, child, children, root, text_of
from relance.workbook.xlsx.package import Package, open_package
from relance.workbook.xlsx.parts import Layout, SheetPart, read_layout
from relance.workbook.xlsx.refs import parse_cell
from relance.workbook.xlsx.sheet_xml import Cell, SheetXml
from relance.workbook.xlsx.strings import SharedStrings, plain_text
from relance.workbook.xlsx.styles import Look, Styles
from relance.workbook.xlsx.tables import Table, read_tables
from relance.workbook.xlsx.values import CellError, Value, date_of, number_of, unescaped_text


class Book:
    """A workbook read; nothing is written through it. `changed` holds parts that replace those of the package."""

    def __init__(self, package: Package, layout: Layout, changed: Mapping[str, bytes]) -> None:
        self.package = package
        self.layout = layout
        self.changed = dict(changed)
        self._read: dict[str, bytes] = {}
        self._sheets: dict[str, SheetXml] = {}
        self._before: dict[str, SheetXml] = {}
        self._tables: dict[str, list[Table]] = {}

    @cached_property
    def workbook_xml(self) -> bytes:
        """The workbook part: names, calculation settings, epoch."""
        return self.part(self.layout.workbook)

    @cached_property
    def strings(self) -> SharedStrings | None:
        """The shared strings, None without any."""
        return SharedStrings(self.part(self.layout.strings)) if self.layout.strings else None

    @cached_property
    def styles(self) -> Styles | None:
        """The cell formats, None without any."""
        return Styles(self.part(self.layout.styles)) if self.layout.styles else None

    @cached_property
    def date1904(self) -> bool:
        """Whether days are counted from 1904."""
        settings = child(self.workbook_xml, root(self.workbook_xml), "workbookPr")
        tag = settings.tag(self.workbook_xml) if settings else b""
        return attribute(tag, "date1904") in ("1", "true")

    def part(self, name: str, heard: Callable[[bytes], None] | None = None) -> bytes:
        """The XML of a part; `heard` is given its pieces as they are inflated."""
        if name in self.changed:
            return self.changed[name]
        if name not in self._read:
            self._read[name] = checked(self.package.read(name, heard), name)
        return self._read[name]

    def with_parts(self, parts: Mapping[str, bytes]) -> Book:
        """The workbook as it will be with some parts replaced."""
        after = Book(self.package, self.layout, {**self.changed, **parts})
        after._read = self._read
        kept = {sheet.name for sheet in self.layout.sheets if sheet.part not in parts}
        after._sheets = {name: sheet for name, sheet in self._sheets.items() if name in kept}
        known = {**self._before, **self._sheets}
        after._before = {name: sheet for name, sheet in known.items() if name not in after._sheets}
        return after

    def sheet_part(self, name: str) -> SheetPart:
        """Where a sheet is; a ConflictError when it does not exist any more."""
        for sheet in self.layout.sheets:
            if sheet.name == name:
                return sheet
        raise ConflictError(
            "sheet-gone",
            msg("Sheet {sheet} is not in the workbook any more.", sheet=name),
            msg("Nothing was written. Give the sheet its name back, then run the command again."),
        )

    def sheet(self, name: str) -> SheetXml:
        """A sheet's rows and cells."""
        if name not in self._sheets:
            xml = self.part(self.sheet_part(name).part)
            self._sheets[name] = SheetXml(name, xml, self._before.pop(name, None))
        return self._sheets[name]

    def has_formulas(self, name: str) -> bool:
        """Whether a sheet may hold formulas; of one that nobody asked for, a look for their mark is enough."""
        if name in self._sheets or name in self._before:
            return self.sheet(name).computes
        xml = self.part(self.sheet_part(name).part)
        return b"<" + root(xml).prefix + b"f" in xml

    def tables(self, name: str) -> list[Table]:
        """A sheet's tables."""
        if name not in self._tables:
            self._tables[name] = read_tables(self.package, self.sheet_part(name), self.part)
        return self._tables[name]

    def look(self, style: int) -> Look:
        """What a cell format shows."""
        return self.styles.look(style) if self.styles else Look.GENERAL

    def value(self, sheet: str, cell: str) -> Value | CellError:
        """What a cell holds, by its name (`D12`); for a formula, the result kept in the file."""
        row, column = parse_cell(cell)
        found = self.sheet(sheet).cell(row, column)
        return self.content(found) if found else None

    def values(self, sheet: str, cells: Sequence[str]) -> dict[str, Value | CellError]:
        """What several cells hold, by name."""
        return {cell: self.value(sheet, cell) for cell in cells}

    def content(self, cell: Cell) -> Value | CellError:
        """What a cell as written holds."""
        kind = attribute(cell.tag, "t") or "n"
        if kind == "inlineStr":
            return plain_text(cell.body) or None
        element = inside(cell, b"v")
        text = text_of(element.content(cell.body)) if element else ""
        if kind == "s":
            index = int(text) if text.strip().isdigit() else -1
            return (self.strings.text(index) if self.strings else None) or None
        if not text:
            return None
        if kind == "str":
            return unescaped_text(text)
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind in ("e", "d"):
            return CellError(text) if kind == "e" else _iso_day(text)
        return self._number(text, cell.style)

    def _number(self, text: str, style: int) -> Value | CellError:
        number = number_of(text)
        if number is None:
            return CellError(text)
        if self.look(style) is Look.DATE:
            return date_of(number, date1904=self.date1904) or number
        return number


def inside(cell: Cell, local: bytes) -> Element | None:
    """An element of a cell's content: its value (`v`) or its formula (`f`)."""
    whole = Element(b"", 0, 0, len(cell.body), len(cell.body))
    return next((e for e in children(cell.body, whole) if e.name.rpartition(b":")[2] == local), None)


def has_formula(cell: Cell) -> bool:
    """Whether a cell as written holds a formula."""
    return inside(cell, b"f") is not None


def _iso_day(text: str) -> Value | CellError:
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return CellError(text)
    return moment if moment.time() != time() else moment.date()


def open_book(data: bytes) -> Book:
    """The workbook of these bytes, or a WorkbookError that says why relance does not write such a file."""
    try:
        package = open_package(data)
        return Book(package, read_layout(package), {})
    except (IndexError, ValueError) as error:
        raise WorkbookError(
            "workbook-damaged",
            msg("This workbook is damaged: {what}.", what=str(error)),
            msg("Open it in Excel or LibreOffice, which may repair it, and save it under the same name."),
        ) from error

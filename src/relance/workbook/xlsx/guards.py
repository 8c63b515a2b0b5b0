"""Cells that must not be written, and why: formulas, arrays, merged cells, headers, pivot tables, locked cells."""

from __future__ import annotations

import re
from functools import cached_property

from relance.errors import ConflictError, Message, Where, msg
from relance.workbook.xlsx.book import Book, has_formula
from relance.workbook.xlsx.markup import attribute, child, children, root
from relance.workbook.xlsx.parts import relations
from relance.workbook.xlsx.refs import Box, column_letters, parse_boxes
from relance.workbook.xlsx.sheet_xml import Cell

_TYPE_BY_HAND = msg("Change that cell by hand in Excel or LibreOffice, or free it, then run the command again.")


class Guards:
    """What one sheet forbids to write, found once."""

    def __init__(self, book: Book, sheet: str) -> None:
        self.book = book
        self.sheet = sheet

    def check(self, row: int, column: int, cell: Cell | None, style: int) -> None:
        """Nothing when the cell may be written in that format; else a ConflictError that names it and says why."""
        reason = self._reason(row, column, cell) or self._locked(style)
        if reason:
            raise ConflictError("cell-refused", reason, _TYPE_BY_HAND)

    def _reason(self, row: int, column: int, cell: Cell | None) -> Message | None:
        where = str(Where(self.sheet, row, column_letters(column)))
        if cell and has_formula(cell):
            return msg("Cell {cell} holds a formula, which relance never overwrites.", cell=where)
        if cell and any(attribute(cell.tag, name) is not None for name in ("cm", "vm")):
            return msg("Cell {cell} holds a value of a kind relance does not write.", cell=where)
        if any(box.holds(row, column) for box in self.arrays):
            return msg("Cell {cell} shows the result of a formula entered for several cells.", cell=where)
        if any(box.holds(row, column) and (row, column) != (box.top, box.left) for box in self.merges):
            return msg("Cell {cell} is inside merged cells.", cell=where)
        if any(box.holds(row, column) for box in self.pivots):
            return msg("Cell {cell} belongs to a pivot table.", cell=where)
        return self._in_table(row, column, cell, where)

    def _in_table(self, row: int, column: int, cell: Cell | None, where: str) -> Message | None:
        for table in self.book.tables(self.sheet):
            if not table.box.holds(row, column):
                continue
            if row < table.first:
                return msg("Cell {cell} is the header of a table.", cell=where)
            if row > table.last:
                return msg("Cell {cell} is in the totals row of a table.", cell=where)
            if table.query:
                return msg("Cell {cell} is filled by a query, which would overwrite it.", cell=where)
            if table.formula(column) and (cell is None or not cell.body):
                return msg("Cell {cell} is in a calculated column.", cell=where)
        return None

    def _locked(self, style: int) -> Message | None:
        if self.protected and (self.book.styles is None or self.book.styles.locked(style)):
            return msg("Sheet {sheet} is protected and that cell is locked.", sheet=self.sheet)
        return None

    @cached_property
    def protected(self) -> bool:
        """Whether the sheet is protected."""
        sheet = self.book.sheet(self.sheet)
        found = sheet.child("sheetProtection")
        return found is not None and attribute(found.tag(sheet.xml), "sheet") in ("1", "true")

    @cached_property
    def merges(self) -> list[Box]:
        """The merged ranges."""
        sheet = self.book.sheet(self.sheet)
        listed = sheet.child("mergeCells")
        tags = [element.tag(sheet.xml) for element in children(sheet.xml, listed)] if listed else []
        return [box for tag in tags for box in parse_boxes(attribute(tag, "ref") or "")]

    @cached_property
    def arrays(self) -> list[Box]:
        """The ranges of formulas entered for several cells: arrays, spilled results, data tables."""
        sheet = self.book.sheet(self.sheet)
        if not sheet.computes:
            return []
        pattern = re.compile(b"<" + re.escape(sheet.prefix) + rb"f\s[^>]*?\bt=[\"'](?:array|dataTable)[\"'][^>]*>")
        tags = pattern.findall(sheet.xml, sheet.data.inner, sheet.data.close)
        return [box for tag in tags for box in parse_boxes(attribute(tag, "ref") or "")]

    @cached_property
    def pivots(self) -> list[Box]:
        """The ranges that pivot tables fill."""
        boxes = []
        for relation in relations(self.book.package, self.book.sheet_part(self.sheet).part):
            if relation.kind == "pivotTable":
                xml = self.book.part(relation.part)
                location = child(xml, root(xml), "location")
                boxes += parse_boxes(attribute(location.tag(xml), "ref") or "") if location else []
        return boxes

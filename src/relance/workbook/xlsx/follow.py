"""Every formula of a workbook: where it stands and which cells it reads, its names and tables resolved.

Formulas that differ only by their row number are parsed once. It must not know what changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.formulas import Area, Named, Reference, Structured, names_in, references
from relance.workbook.xlsx.markup import Element, attribute, child, children, root, text_of
from relance.workbook.xlsx.refs import Box, column_number, parse_boxes
from relance.workbook.xlsx.sheet_xml import SheetXml
from relance.workbook.xlsx.tables import Table

_OWN = re.compile(r"(?<![\w.'\[])\$?[A-Za-z]{1,3}\$?\x01(?![\w.('!])")
_ADDRESS = re.compile(rb"\sr=[\"']([A-Z]+)(\d+)[\"']")


class Reads(Struct, frozen=True, gc=False):
    """What a formula reads (None = anything), as written in row `base`; `local` when only its own row."""

    references: tuple[Reference, ...] | None
    base: int = 0
    local: bool = False


class Formula(Struct, frozen=True, gc=False):
    """A formula cell: where it is, what it reads, how far it was copied, its array range, its place in the XML."""

    row: int
    column: int
    reads: Reads
    moved: tuple[int, int]
    spread: Box | None
    start: int


class Follower:
    """Knows the workbook's names and tables, and says what formulas read."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.names = names_in(defined_names(book.workbook_xml))
        self.tables: dict[str, tuple[str, Table]] = {}
        for sheet in book.layout.sheets:
            self.tables.update({table.name.lower(): (sheet.name, table) for table in book.tables(sheet.name)})
        self.order = [sheet.name.lower() for sheet in book.layout.sheets]
        self.known: dict[str, Reads | None] = {}

    def formulas(self, name: str) -> list[Formula]:
        """The formulas of a sheet, in order."""
        return list(self._formulas(self.book.sheet(name))) if self.book.has_formulas(name) else []

    def _formulas(self, sheet: SheetXml) -> Iterator[Formula]:
        masters: dict[str, _FormulaCell] = {}
        copied: dict[str, Reads] = {}
        plain = b"<" + sheet.prefix + b"f"
        cells = list(_formula_cells(sheet))
        for cell in cells:
            if cell.tag != plain and cell.text and attribute(cell.tag, "t") == "shared":
                masters[attribute(cell.tag, "si") or ""] = cell
        for cell in cells:
            if cell.tag == plain:
                reads = self.reads(sheet.name, cell.text, cell.row)
                yield Formula(cell.row, cell.column, reads, (0, 0), None, cell.start)
            else:
                yield self._special(sheet.name, cell, masters, copied)

    def _special(
        self, sheet: str, cell: _FormulaCell, masters: Mapping[str, _FormulaCell], copied: dict[str, Reads]
    ) -> Formula:
        """A formula that is shared, an array, a data table, or has attributes we need not know."""
        kind = attribute(cell.tag, "t")
        shared = attribute(cell.tag, "si") or "" if kind == "shared" else ""
        master = masters.get(shared, cell) if shared else cell
        if kind == "dataTable" or (shared and not master.text):
            reads = Reads(None)
        elif shared:
            reads = copied[shared] if shared in copied else self._copied(sheet, master)
            copied[shared] = reads
        else:
            reads = self.reads(sheet, cell.text, cell.row)
        boxes = parse_boxes(attribute(cell.tag, "ref") or "") if kind in ("array", "dataTable") else []
        moved = (cell.row - master.row, cell.column - master.column)
        return Formula(cell.row, cell.column, reads, moved, boxes[0] if boxes else None, cell.start)

    def _copied(self, sheet: str, master: _FormulaCell) -> Reads:
        """What a formula copied from a master reads: a reference with `$` stays, so it is not local."""
        parsed = self._parsed(master.text)
        local = parsed is not None and all(
            self._is_local(sheet, ref, master.row)
            and not (isinstance(ref, Area) and ref.first.row_fixed | ref.last.row_fixed)
            for ref in parsed
        )
        return Reads(parsed, master.row, local)

    def reads(self, sheet: str, formula: str, row: int) -> Reads:
        """What a formula of a row reads; formulas equal but for their row number are parsed once."""
        key = sheet + "!" + formula.replace(str(row), "\x01")
        if key in self.known:
            found = self.known[key]
            return found or Reads(self._parsed(formula), 0)
        parsed = self._parsed(formula)
        regular = "'" not in formula and len(_OWN.findall(key)) == key.count("\x01")
        reads = Reads(parsed, row, parsed is not None and all(self._is_local(sheet, ref, row) for ref in parsed))
        self.known[key] = reads if regular else None
        return reads if regular else Reads(parsed, 0)

    def _parsed(self, formula: str) -> tuple[Reference, ...] | None:
        found = references(formula)
        if found is None:
            return None
        flat: list[Reference] = []
        for reference in found:
            if isinstance(reference, Named) and reference.name not in self.tables:
                meaning = self.names.get(reference.name)
                if meaning is None:
                    return None
                flat += meaning
            else:
                flat.append(reference)
        return tuple(flat)

    def _is_local(self, sheet: str, reference: Reference, row: int) -> bool:
        if isinstance(reference, Area):
            return not reference.sheet and reference.first.row == reference.last.row == row
        return (
            isinstance(reference, Structured)
            and reference.own_row
            and self.tables.get(reference.table, ("",))[0] == sheet
        )

    def boxes(self, sheet: str, formula: Formula) -> Iterator[tuple[str, Box]] | None:
        """The rectangles a formula reads, with their sheet; None when it cannot be told."""
        found = formula.reads.references
        if found is None or not all(isinstance(ref, Area) or self._table(sheet, formula, ref) for ref in found):
            return None
        return (pair for reference in found for pair in self._boxes(sheet, formula, reference))

    def _table(self, sheet: str, formula: Formula, reference: Structured | Named) -> list[tuple[str, Table]]:
        """The table a formula names, or the one it is in; none when there is no such table."""
        name = reference.table if isinstance(reference, Structured) else reference.name
        if name:
            return [self.tables[name]] if name in self.tables else []
        tables = self.book.tables(sheet)
        return [(sheet, table) for table in tables if table.box.holds(formula.row, formula.column)]

    def area_boxes(self, sheet: str, formula: Formula) -> list[tuple[str, Box]] | None:
        """The rectangles a formula reads by their address, tables left out; None when it cannot be told."""
        found = formula.reads.references
        if found is None:
            return None
        return [pair for ref in found if isinstance(ref, Area) for pair in self._boxes(sheet, formula, ref)]

    def _boxes(self, sheet: str, formula: Formula, reference: Reference) -> Iterator[tuple[str, Box]]:
        if not isinstance(reference, Area):
            for place, table in self._table(sheet, formula, reference):
                yield from ((place, box) for box in _table_boxes(table, reference, formula.row))
            return
        box = reference.box(*formula.moved)
        if formula.moved == (0, 0) and _reads_own_row(reference, formula.reads.base):
            box = _in_row(reference, box, formula.reads.base, formula.row)
        yield from ((name, box) for name in self._sheets(reference.sheet or sheet))

    def _sheets(self, name: str) -> Sequence[str]:
        first, _, last = name.lower().partition(":")
        if not last or first not in self.order or last not in self.order:
            return (first,)
        places = sorted((self.order.index(first), self.order.index(last)))
        return self.order[places[0] : places[1] + 1]


def _reads_own_row(area: Area, base: int) -> bool:
    """Whether a corner of the area stands in the row the formula was parsed in."""
    return bool(base) and base in (area.first.row, area.last.row)


def _in_row(area: Area, box: Box, base: int, row: int) -> Box:
    first = row if area.first.row == base else area.first.row
    last = row if area.last.row == base else area.last.row
    return Box(min(first, last), box.left, max(first, last), box.right)


def _table_boxes(table: Table, reference: Structured | Named, row: int) -> Iterator[Box]:
    own = isinstance(reference, Structured) and reference.own_row
    top, bottom = (row, row) if own else (table.box.top, table.box.bottom)
    names = {name.lower() for name in reference.columns} if isinstance(reference, Structured) else set()
    places = [at for at, column in enumerate(table.columns) if column.name.lower() in names]
    if len(places) != len(names) or not names:
        yield Box(top, table.box.left, bottom, table.box.right)
        return
    for at in places:
        yield Box(top, table.box.left + at, bottom, table.box.left + at)


class _FormulaCell(Struct, frozen=True, gc=False):
    row: int
    column: int
    tag: bytes
    text: str
    start: int


def _formula_cells(sheet: SheetXml) -> Iterator[_FormulaCell]:
    """The cells with a formula, found from their `<f>` backwards: the other cells cost nothing."""
    p = re.escape(sheet.prefix)
    pattern = re.compile(rb"(<%bf(?=[\s/>])[^>]*?)(?:/>|>([^<]*)<)" % p)
    named = re.compile(rb"<%bc\s+r=[\"']([A-Z]+)(\d+)[\"']" % p)
    xml, cell, columns = sheet.xml, b"<" + sheet.prefix + b"c", dict[bytes, int]()
    for found in pattern.finditer(xml, sheet.data.inner, sheet.data.close):
        start = xml.rfind(cell, 0, found.start())
        place = named.match(xml, start) or _ADDRESS.search(xml, start, found.start())
        if place:
            letters, number = place.groups()
            if letters not in columns:
                columns[letters] = column_number(letters.decode())
            row, column = int(number), columns[letters]
        else:
            row, column = _placed(sheet, start)
        tag, text = found.groups()
        yield _FormulaCell(row, column, tag, text_of(text) if text else "", start)


def _placed(sheet: SheetXml, offset: int) -> tuple[int, int]:
    """Row and column of a cell that does not name itself."""
    row = next(
        number for number, at in zip(reversed(sheet.numbers), reversed(sheet.starts), strict=True) if at < offset
    )
    return row, next(cell.column for cell in sheet.cells(row).values() if cell.start == offset)


def defined_names(workbook: bytes) -> dict[str, str]:
    """The names a workbook defines and their formulas; of a name defined for several sheets, all joined."""
    names: dict[str, str] = {}
    for element in name_elements(workbook):
        name, text = attribute(element.tag(workbook), "name") or "", text_of(element.content(workbook))
        names[name] = f"{names[name]},{text}" if name in names else text
    return names


def name_elements(workbook: bytes) -> list[Element]:
    """The `definedName` elements of a workbook part."""
    listed = child(workbook, root(workbook), "definedNames")
    return list(children(workbook, listed)) if listed else []

"""Formulas that a change makes out of date: their kept results are removed, so that nobody trusts them.

A result left blank is computed again by Excel and LibreOffice on opening; a stale one would be shown as true by
LibreOffice and by every program that reads kept results. A formula that cannot be followed counts as dependent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from relance.errors import msg
from relance.workbook.book import Book
from relance.workbook.formulas import Area, Named, Reference, Structured, names_in, references
from relance.workbook.markup import Change, Element, attribute, child, children, root, splice, text_of, with_attribute
from relance.workbook.package import damaged
from relance.workbook.refs import LAST_ROW, Box, column_number, parse_boxes
from relance.workbook.sheet_xml import SheetXml
from relance.workbook.tables import Table

_OWN = re.compile(r"(?<![\w.'\[])\$?[A-Za-z]{1,3}\$?\x01(?![\w.('!])")
_ADDRESS = re.compile(rb"\sr=[\"']([A-Z]+)(\d+)[\"']")
_PASSES = 24


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
    end: int


class Touched:
    """The cells whose value changes or may change, by sheet (in lower case) and column."""

    def __init__(self, cells: Mapping[str, Iterable[tuple[int, int]]]) -> None:
        self.columns: dict[str, dict[int, set[int]]] = {}
        for sheet, places in cells.items():
            for row, column in places:
                self.add(sheet, row, column)

    def add(self, sheet: str, row: int, column: int) -> None:
        """One more cell."""
        self.columns.setdefault(sheet.lower(), {}).setdefault(column, set()).add(row)

    def meets(self, sheet: str, box: Box) -> bool:
        """Whether a rectangle holds one of the cells."""
        columns = self.columns.get(sheet.lower(), {})
        return any(
            box.left <= column <= box.right and _any_between(rows, box.top, box.bottom)
            for column, rows in columns.items()
        )


def _any_between(rows: set[int], top: int, bottom: int) -> bool:
    if top == bottom:
        return top in rows
    if (top, bottom) == (1, LAST_ROW):
        return bool(rows)
    if bottom - top < len(rows):
        return any(row in rows for row in range(top, bottom + 1))
    return any(top <= row <= bottom for row in rows)


def without_stale_results(book: Book, written: Mapping[str, Iterable[tuple[int, int]]]) -> dict[str, bytes]:
    """The parts to replace so that no kept result depends on the written cells, given by sheet as (row, column).

    Empty when the workbook has no formula. The workbook part asks for a full calculation on loading.
    """
    follower = _Follower(book)
    formulas = {sheet.name: follower.formulas(sheet.name) for sheet in book.layout.sheets}
    if not any(formulas.values()):
        return {}
    stale = _stale(follower, formulas, Touched(written))
    parts = {}
    for name, found in stale.items():
        sheet = book.sheet(name)
        changes = [change for formula in found if (change := _blanked(sheet, formula))]
        if changes:
            parts[book.sheet_part(name).part] = splice(sheet.xml, changes)
    asked = with_full_calculation(book.workbook_xml)
    return parts if asked == book.workbook_xml else {**parts, book.layout.workbook: asked}


def _stale(
    follower: _Follower, formulas: Mapping[str, Sequence[Formula]], touched: Touched
) -> dict[str, list[Formula]]:
    """The formulas that depend on touched cells, through other formulas too."""
    stale: dict[str, list[Formula]] = {name: [] for name in formulas}
    waiting = {name: list(found) for name, found in formulas.items()}
    for turn in range(_PASSES):
        more = False
        for name, found in waiting.items():
            left = []
            for formula in found if turn % 2 == 0 else reversed(found):
                if turn == _PASSES - 1 or follower.depends(name, formula, touched):
                    stale[name].append(formula)
                    _touch(touched, name, formula)
                    more = True
                else:
                    left.append(formula)
            waiting[name] = left if turn % 2 == 0 else left[::-1]
        if not more:
            break
    return stale


def _touch(touched: Touched, sheet: str, formula: Formula) -> None:
    touched.add(sheet, formula.row, formula.column)
    if formula.spread:
        for row in range(formula.spread.top, formula.spread.bottom + 1):
            for column in range(formula.spread.left, formula.spread.right + 1):
                touched.add(sheet, row, column)


class _Follower:
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
        xml = self.book.part(self.book.sheet_part(name).part)
        if not re.search(rb"<(?:[\w.-]+:)?f[\s/>]", xml):
            return []
        return list(self._formulas(self.book.sheet(name)))

    def _formulas(self, sheet: SheetXml) -> Iterator[Formula]:
        cells = list(_formula_cells(sheet))
        masters: dict[str, _FormulaCell] = {}
        copied: dict[str, Reads] = {}
        for cell in cells:
            number = attribute(cell.tag, "si")
            if number is not None and cell.text and attribute(cell.tag, "t") == "shared":
                masters[number] = cell
        for cell in cells:
            kind = attribute(cell.tag, "t") if len(cell.tag) > 5 else None
            shared = (attribute(cell.tag, "si") or "") if kind == "shared" else ""
            master = masters.get(shared, cell)
            if shared and shared not in copied:
                copied[shared] = self._copied(sheet.name, master)
            reads = copied[shared] if shared else self.reads(sheet.name, cell.text, cell.row)
            if kind == "dataTable" or (shared and not master.text):
                reads = Reads(None)
            boxes = parse_boxes(attribute(cell.tag, "ref") or "") if kind in ("array", "dataTable") else []
            moved = (cell.row - master.row, cell.column - master.column)
            yield Formula(cell.row, cell.column, reads, moved, boxes[0] if boxes else None, cell.start, cell.end)

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

    def depends(self, sheet: str, formula: Formula, touched: Touched) -> bool:
        """Whether a formula reads a touched cell, or cannot be followed."""
        reads = formula.reads
        if reads.references is None:
            return True
        if reads.local and not any(formula.row in rows for rows in touched.columns.get(sheet.lower(), {}).values()):
            return False
        return any(self._touches(sheet, formula, reference, touched) for reference in reads.references)

    def _touches(self, sheet: str, formula: Formula, reference: Reference, touched: Touched) -> bool:
        if isinstance(reference, Area):
            box = reference.box(*formula.moved)
            if reference.first.row and reads_own_row(reference, formula.reads.base) and formula.moved == (0, 0):
                box = _in_row(reference, box, formula.reads.base, formula.row)
            return any(touched.meets(name, box) for name in self._sheets(reference.sheet or sheet))
        name = reference.table if isinstance(reference, Structured) else reference.name
        if name not in self.tables:
            return True
        place, table = self.tables[name]
        return any(touched.meets(place, box) for box in _table_boxes(table, reference, formula.row))

    def _sheets(self, name: str) -> Sequence[str]:
        first, _, last = name.lower().partition(":")
        if not last or first not in self.order or last not in self.order:
            return (first,)
        places = sorted((self.order.index(first), self.order.index(last)))
        return self.order[places[0] : places[1] + 1]


def reads_own_row(area: Area, base: int) -> bool:
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
    end: int


def _formula_cells(sheet: SheetXml) -> Iterator[_FormulaCell]:
    p = re.escape(sheet.prefix)
    pattern = re.compile(
        rb"<%bc((?:\s[^>]*)?)>\s*(<%bf(?:\s[^>]*?)?)(?:/>|>([^<]*)</%bf\s*>)(?:[^<]|<(?!/%bc))*</%bc\s*>"
        % (p, p, p, p, p)
    )
    found_cells = list(pattern.finditer(sheet.xml, sheet.data.inner, sheet.data.close))
    if len(found_cells) != len(re.findall(rb"<%bf[\s/>]" % p, sheet.xml[sheet.data.inner : sheet.data.close])):
        raise damaged(msg("sheet {sheet} writes formulas in a way relance does not know", sheet=sheet.name))
    for found in found_cells:
        place = _ADDRESS.search(found[1])
        row, column = (int(place[2]), column_number(place[1].decode())) if place else _placed(sheet, found.start())
        yield _FormulaCell(row, column, found[2], text_of(found[3] or b""), found.start(), found.end())


def _placed(sheet: SheetXml, offset: int) -> tuple[int, int]:
    """Row and column of a cell that does not name itself."""
    row = next(
        number for number, at in zip(reversed(sheet.numbers), reversed(sheet.starts), strict=True) if at < offset
    )
    return row, next(cell.column for cell in sheet.cells(row).values() if cell.start == offset)


def _blanked(sheet: SheetXml, formula: Formula) -> Change | None:
    """The change that removes a formula's kept result and its type; None when it has none."""
    whole = sheet.xml[formula.start : formula.end]
    tag_end = whole.find(b">") + 1
    body = re.sub(rb"<((?:[\w.-]+:)?)v(?:\s[^>]*)?(?:/>|>[^<]*</\1v\s*>)", b"", whole[tag_end:], count=1)
    after = with_attribute(whole[:tag_end], "t", None) + body
    return (formula.start, formula.end, after) if body != whole[tag_end:] else None


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


_BEFORE_CALCULATION = ("definedNames", "externalReferences", "functionGroups", "sheets")


def with_full_calculation(workbook: bytes) -> bytes:
    """The workbook part asking programs to calculate everything on loading (Excel honours it).

    >>> with_full_calculation(b'<workbook><sheets/><calcPr calcId="1"/></workbook>')
    b'<workbook><sheets/><calcPr calcId="1" fullCalcOnLoad="1"/></workbook>'
    """
    top = root(workbook)
    settings = child(workbook, top, "calcPr")
    if settings:
        tag = with_attribute(settings.tag(workbook), "fullCalcOnLoad", "1")
        return splice(workbook, [(settings.start, settings.inner, tag)])
    after = next(found for name in _BEFORE_CALCULATION if (found := child(workbook, top, name)))
    return splice(workbook, [(after.end, after.end, b'<%bcalcPr fullCalcOnLoad="1"/>' % top.prefix)])

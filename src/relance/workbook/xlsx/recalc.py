"""Formulas that a change makes out of date: their kept results are removed, so that nobody trusts them.

A result left blank is computed again by Excel and LibreOffice on opening; a stale one would be shown as true by
LibreOffice and by every program that reads kept results. A formula that cannot be followed counts as dependent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.follow import Follower, Formula
from relance.workbook.xlsx.markup import Change, child, root, splice, with_attribute
from relance.workbook.xlsx.refs import LAST_ROW, Box
from relance.workbook.xlsx.sheet_xml import SheetXml

_PASSES = 24


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

    def rows(self, sheet: str) -> set[int]:
        """The rows of a sheet with a touched cell."""
        return set().union(*self.columns.get(sheet.lower(), {}).values())

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
    follower = Follower(book)
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


def _stale(follower: Follower, formulas: Mapping[str, Sequence[Formula]], touched: Touched) -> dict[str, list[Formula]]:
    """The formulas that depend on touched cells, through other formulas too."""
    waiting = {name: _Waiting(found) for name, found in formulas.items()}
    stale: dict[str, list[Formula]] = {name: [] for name in formulas}
    for turn in range(_PASSES):
        more = False
        for name, queue in waiting.items():
            for formula in queue.candidates(touched.rows(name), backwards=turn % 2 == 1):
                if turn == _PASSES - 1 or _depends(follower, name, formula, touched):
                    queue.remove(formula)
                    stale[name].append(formula)
                    _touch(touched, name, formula)
                    more = True
        if not more:
            break
    return stale


def _depends(follower: Follower, sheet: str, formula: Formula, touched: Touched) -> bool:
    """Whether a formula reads a touched cell, or cannot be followed."""
    boxes = follower.boxes(sheet, formula)
    return boxes is None or any(touched.meets(name, box) for name, box in boxes)


class _Waiting:
    """The formulas of a sheet not known to be stale: those that read only their own row, by row, and the others."""

    def __init__(self, formulas: Sequence[Formula]) -> None:
        self.wide = {(f.row, f.column): f for f in formulas if not f.reads.local}
        self.local: dict[int, list[Formula]] = {}
        for formula in formulas:
            if formula.reads.local:
                self.local.setdefault(formula.row, []).append(formula)

    def candidates(self, rows: set[int], *, backwards: bool) -> list[Formula]:
        """Those that may depend on cells touched in these rows."""
        found = [formula for row in rows for formula in self.local.get(row, ())]
        wide = list(self.wide.values())
        return found + (wide[::-1] if backwards else wide)

    def remove(self, formula: Formula) -> None:
        """It is stale: not to be asked about again."""
        if formula.reads.local:
            self.local[formula.row].remove(formula)
        else:
            del self.wide[formula.row, formula.column]


def _touch(touched: Touched, sheet: str, formula: Formula) -> None:
    touched.add(sheet, formula.row, formula.column)
    if formula.spread:
        for row in range(formula.spread.top, formula.spread.bottom + 1):
            for column in range(formula.spread.left, formula.spread.right + 1):
                touched.add(sheet, row, column)


def _blanked(sheet: SheetXml, formula: Formula) -> Change | None:
    """The change that removes a formula's kept result and its type; None when it has none."""
    close = re.compile(b"</" + re.escape(sheet.prefix) + rb"c\s*>").search(sheet.xml, formula.start)
    end = close.end() if close else formula.start
    whole = sheet.xml[formula.start : end]
    tag_end = whole.find(b">") + 1
    body = re.sub(rb"<((?:[\w.-]+:)?)v(?:\s[^>]*)?(?:/>|>[^<]*</\1v\s*>)", b"", whole[tag_end:], count=1)
    after = with_attribute(whole[:tag_end], "t", None) + body
    return (formula.start, end, after) if body != whole[tag_end:] else None


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

"""The tables (ListObjects) of a sheet: their range, header, totals row, columns and calculated columns."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from relance.workbook.xlsx.markup import attribute, child, children, root, text_of
from relance.workbook.xlsx.package import Package
from relance.workbook.xlsx.parts import SheetPart, relations
from relance.workbook.xlsx.refs import Box, parse_box
from relance.workbook.xlsx.values import unescaped_text


class TableColumn(Struct, frozen=True):
    """A column of a table: its header, and the formula it fills down (as written, "" for none)."""

    name: str
    formula: str = ""


class Table(Struct, frozen=True):
    """A table of a sheet; `box` is its whole range, header and totals row included; `query` when a query fills it."""

    part: str
    name: str
    box: Box
    header: int
    totals: int
    columns: tuple[TableColumn, ...]
    query: bool = False

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.box.top + self.header

    @property
    def last(self) -> int:
        """The last row of data, blank rows included."""
        return self.box.bottom - self.totals

    def formula(self, column: int) -> str:
        """The calculated formula of a column of the sheet, "" for none."""
        at = column - self.box.left
        return self.columns[at].formula if 0 <= at < len(self.columns) else ""


def read_tables(package: Package, sheet: SheetPart, read: Callable[[str], bytes]) -> list[Table]:
    """The tables of a sheet, their XML given by `read`; one whose range cannot be read is left out."""
    found = []
    for relation in relations(package, sheet.part):
        if relation.kind == "table":
            table = _table(read(relation.part), relation.part)
            if table:
                found.append(table)
    return found


def _table(xml: bytes, part: str) -> Table | None:
    top = root(xml)
    tag = top.tag(xml)
    try:
        box = parse_box(attribute(tag, "ref") or "")
    except ValueError:
        return None
    return Table(
        part=part,
        name=attribute(tag, "displayName") or attribute(tag, "name") or "",
        box=box,
        header=_count(tag, "headerRowCount", 1),
        totals=_count(tag, "totalsRowCount", 0),
        columns=_columns(xml),
        query=attribute(tag, "tableType") == "queryTable",
    )


def _columns(xml: bytes) -> tuple[TableColumn, ...]:
    listed = child(xml, root(xml), "tableColumns")
    columns = []
    for element in children(xml, listed) if listed else ():
        formula = child(xml, element, "calculatedColumnFormula")
        name = unescaped_text(attribute(element.tag(xml), "name") or "")
        columns.append(TableColumn(name, text_of(formula.content(xml)) if formula else ""))
    return tuple(columns)


def _count(tag: bytes, name: str, default: int) -> int:
    text = attribute(tag, name)
    return int(text) if text and text.isdigit() else default

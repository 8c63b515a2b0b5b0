"""What an .xlsx package says of its own build: which part holds a sheet, its Excel tables, its number formats.

Parts are found by relationships only; a package that does not say a thing simply does not say it (no error: the
values were read already). It must not look at the cells.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from functools import cached_property
from typing import IO
from urllib.parse import unquote
from xml.parsers import expat

from msgspec import Struct

_BUILT_IN_PERCENT = {9, 10}
_FIRST_CUSTOM = 164  # formats below are the reader's locale's own: "$" in one of them may be shown as "€"
_LITERAL_CURRENCY = re.compile(r"\[\$(EUR|USD|GBP|CHF|€|£)(?:-[0-9A-Fa-f]+)?\]|\"\s*(EUR|USD|GBP|CHF|€|£)\s*\"|(€|£)")
_US_DOLLAR = re.compile(r"\[\$\$-(?:en-US|0?409)\]", re.IGNORECASE)
_CODES = {"€": "EUR", "£": "GBP"}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

Element = tuple[str, dict[str, str]]


class ExcelTable(Struct, frozen=True):
    """A ListObject: the range it names (rows and columns from 1), header and total rows included."""

    name: str
    top: int
    left: int
    bottom: int
    right: int
    has_header: bool = True
    total_rows: int = 0


class Inside:
    """A package opened for looking; `inflated` gives, once, the content of a part that somebody inflates anyway."""

    def __init__(self, data: bytes, inflated: Callable[[str], IO[bytes] | None] | None = None) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self._inflated = inflated
        self._names = {name.replace("\\", "/").lstrip("/").lower(): name for name in self.archive.namelist()}

    def sheet_part(self, sheet: str) -> str | None:
        """The member that holds a worksheet, or None."""
        return self._sheets.get(sheet)

    def open(self, part: str) -> IO[bytes]:
        """The content of a part that is there, as a stream."""
        given = self._inflated(part) if self._inflated else None
        return given or self.archive.open(self._names[part.lower()])

    def size(self, sheet: str) -> int:
        """The length of a worksheet's XML in bytes; 0 when there is none."""
        member = self.member(self.sheet_part(sheet) or "")
        return self.archive.getinfo(member).file_size if member else 0

    def parts_of_values(self) -> dict[str, bytes]:
        """The members, with their content, that the values of any sheet need beside its own: the workbook, its styles
        and shared strings, and what tells where they are."""
        folder, name = posixpath.split(self._workbook)
        named = [target for kind, target in self._workbook_relations.values() if kind in {"styles", "sharedStrings"}]
        wanted = "[Content_Types].xml", "_rels/.rels", self._workbook, f"{folder}/_rels/{name}.rels", *named
        return {found: self.archive.read(found) for part in wanted if (found := self.member(part))}

    def tables(self, sheet: str) -> list[ExcelTable]:
        """The Excel tables of a sheet."""
        part = self.sheet_part(sheet)
        kinds = self._relations(part).values() if part else ()
        found = (self._table(target) for kind, target in kinds if kind == "table")
        return [table for table in found if table]

    @cached_property
    def formats(self) -> dict[str, str]:
        """What certain cell formats say, by the index a cell's `s` gives: "%" or the code of a currency."""
        part = next((target for kind, target in self._workbook_relations.values() if kind == "styles"), "")
        custom: dict[int, str] = {}
        said: dict[str, str] = {}
        inside, count = False, 0
        for name, given in self._elements(part):
            if name == "numFmt":
                custom[int(given.get("numFmtId", 0))] = given.get("formatCode", "")
            elif name in {"cellXfs", "/cellXfs"}:
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                number = int(given.get("numFmtId", 0) or 0)
                if meaning := _meaning(number, custom.get(number, "")):
                    said[str(count)] = meaning
                count += 1
        return said

    @cached_property
    def _workbook(self) -> str:
        return next((target for kind, target in self._relations("").values() if kind == "officeDocument"), "")

    @cached_property
    def _workbook_relations(self) -> dict[str, tuple[str, str]]:
        return self._relations(self._workbook) if self._workbook else {}

    @cached_property
    def _sheets(self) -> dict[str, str]:
        found = {}
        for name, given in self._elements(self._workbook):
            if name == "sheet":
                relation = next((value for key, value in given.items() if key.endswith(":id")), "")
                kind, target = self._workbook_relations.get(relation, ("", ""))
                if kind == "worksheet":
                    found[given.get("name", "")] = target
        return found

    def _table(self, part: str) -> ExcelTable | None:
        from relance.workbook.xlsx.refs import parse_box  # noqa: PLC0415 - only for workbooks with tables

        for name, given in self._elements(part):
            if name == "table" and given.get("ref"):
                box = parse_box(given["ref"])
                return ExcelTable(
                    given.get("displayName", ""),
                    box.top,
                    box.left,
                    box.bottom,
                    box.right,
                    given.get("headerRowCount", "1") != "0",
                    int(given.get("totalsRowCount", "0")),
                )
        return None

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        found = {}
        for element, given in self._elements(posixpath.join(folder, "_rels", name + ".rels")):
            if element == "Relationship" and given.get("TargetMode") != "External":
                target = unquote(given.get("Target", "").replace("\\", "/"))
                joined = target if target.startswith("/") else posixpath.join(folder, target)
                kind = given.get("Type", "").rpartition("/")[2]
                found[given.get("Id", "")] = (kind, posixpath.normpath(joined).lstrip("/"))
        return found

    def _elements(self, part: str) -> list[Element]:
        """Start tags of a part in order, prefixes taken off; "/cellXfs" marks the end of the cell formats."""
        member = self._names.get(part.lower())
        if member is None:
            return []
        found: list[Element] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, given: found.append((tag.rpartition(":")[2], given))

        def end(tag: str) -> None:
            if tag.endswith("cellXfs"):
                found.append(("/cellXfs", {}))

        parser.EndElementHandler = end
        try:
            parser.Parse(self.archive.read(member), True)  # noqa: FBT003 - expat knows no keyword here
        except expat.ExpatError:
            return []
        return found

    def member(self, part: str) -> str | None:
        """The archive's own spelling of a part's name."""
        return self._names.get(part.lower())


def _meaning(number: int, code: str) -> str:
    if number in _BUILT_IN_PERCENT:
        return "%"
    if "%" in _QUOTED.sub("", code):
        return "%"
    if number < _FIRST_CUSTOM:
        return ""
    if _US_DOLLAR.search(code):
        return "USD"
    marks = {next(mark for mark in found if mark) for found in _LITERAL_CURRENCY.findall(code)}
    codes = {_CODES.get(mark, mark) for mark in marks}
    return codes.pop() if len(codes) == 1 else ""

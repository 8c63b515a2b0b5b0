"""One look at a sheet of .ods, .xlsb or .xls for what calamine shows as a blank: error cells, and in .ods formulas
whose result is not in the file.

A file built in a way these few records do not cover is not looked at, and that is said. It must not know which columns
matter.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from relance.workbook.reading.compound import read_stream
from relance.workbook.reading.marks import Marks
from relance.workbook.reading.read import Workbook

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_REL = re.compile(r"<Relationship\b[^>]*?/?>")
_BROKEN = (struct.error, KeyError, ValueError, IndexError, zipfile.BadZipFile, expat.ExpatError, UnicodeDecodeError)
_SHOWS_ERROR = ("#", "Err:", "Erreur:")


class OtherLook:
    """The look at the sheets of such a file; `blind` once one could not be looked at."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._marks: dict[str, Marks] | None = None
        self.blind = False

    def marks(self, sheet: str) -> Marks:
        """The marks of a sheet."""
        if self._marks is None:
            try:
                self._marks = _READERS[self._workbook.format](self._workbook.data)
            except _BROKEN:
                self._marks = {}
        self.blind = self.blind or sheet not in self._marks
        return self._marks.get(sheet, Marks())


def _note(marks: Marks, row: int, column: int, code: int) -> None:
    """An error at a row and column counted from 0."""
    marks.errors.setdefault(column, {})[row + 1] = _ERRORS.get(code, "#ERR!")


def read_ods(data: bytes) -> dict[str, Marks]:
    """The marks of each sheet of an OpenDocument spreadsheet (ODF 1.3 part 3, section 9)."""
    reader = _Ods()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as stream:
        reader.parser.ParseFile(stream)
    return reader.sheets


class _Ods:
    """The cells of content.xml, counted with their repetitions; names keep the prefixes every program uses."""

    def __init__(self) -> None:
        self.sheets: dict[str, Marks] = {}
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._hear
        self._marks, self._row, self._column, self._rows = Marks(), 0, 0, 1
        self._cell: dict[str, str] | None = None
        self._text = ""

    def _start(self, name: str, given: dict[str, str]) -> None:
        if name == "table:table":
            self._marks = self.sheets.setdefault(given.get("table:name", ""), Marks())
            self._row = 0
        elif name == "table:table-row":
            self._column, self._rows = 0, int(given.get("table:number-rows-repeated", 1))
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self._cell, self._text = given, ""

    def _hear(self, text: str) -> None:
        if self._cell is not None:
            self._text += text

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            self._row += self._rows
        elif name in {"table:table-cell", "table:covered-table-cell"} and self._cell is not None:
            self._take(self._cell, self._text.strip())
            self._column += int(self._cell.get("table:number-columns-repeated", 1))
            self._cell = None

    def _take(self, given: dict[str, str], text: str) -> None:
        kind, formula = given.get("office:value-type"), "table:formula" in given
        is_error = given.get("calcext:value-type") == "error" or (
            formula and kind == "string" and text.startswith(_SHOWS_ERROR)
        )
        if is_error:
            self._marks.errors.setdefault(self._column, {})[self._row + 1] = text or "#ERR!"
        elif formula and kind is None:
            self._marks.valueless.setdefault(self._column, set()).add(self._row + 1)


def read_xlsb(data: bytes) -> dict[str, Marks]:
    """The marks of each sheet of a binary workbook ([MS-XLSB] 2.4: BrtRowHdr 0, BrtCellError 3, BrtFmlaError 11)."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = archive.read("xl/_rels/workbook.bin.rels").decode()
        targets = {_given(tag, "Id"): _given(tag, "Target") for tag in _REL.findall(listed)}
        for number, body in _records(archive.read("xl/workbook.bin")):
            if number == 156:
                at = 12 + 2 * struct.unpack_from("<L", body, 8)[0]
                part, name = body[12:at].decode("utf-16-le"), body[at + 4 :].decode("utf-16-le")
                member = "xl/" + targets[part].removeprefix("/xl/")
                found[name] = _binary_marks(archive.read(member)) if "worksheets/" in member else Marks()
    return found


def _given(tag: str, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', tag)
    return match[1] if match else ""


def _binary_marks(data: bytes) -> Marks:
    marks, row = Marks(), 0
    for number, body in _records(data):
        if number == 0:
            row = struct.unpack_from("<L", body)[0]
        elif number in {3, 11}:
            _note(marks, row, struct.unpack_from("<L", body)[0], body[8])
    return marks


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: their number and body ([MS-XLSB] 2.1.4)."""
    at, end = 0, len(data)
    while at < end:
        number = data[at]
        at += 1
        if number & 0x80:
            number = (number & 0x7F) | (data[at] << 7)
            at += 1
        size = shift = 0
        while True:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield number, data[at : at + size]
        at += size


def read_xls(data: bytes) -> dict[str, Marks]:
    """The marks of each sheet of an .xls file ([MS-XLS] 2.4: BoundSheet8 0x85, BoolErr 0x205, Formula 0x06)."""
    stream = read_stream(data, ("Workbook", "Book"))
    found: dict[str, Marks] = {}
    for kind, body in _old_records(stream, 0):
        if kind == 0x85:
            start, _, length, wide = struct.unpack_from("<LHBB", body)
            text = body[8 : 8 + length * (2 if wide & 1 else 1)]
            found[text.decode("utf-16-le" if wide & 1 else "latin-1")] = _old_marks(stream, start)
    return found


def _old_marks(stream: bytes, start: int) -> Marks:
    marks = Marks()
    for kind, body in _old_records(stream, start):
        if kind == 0x205 and body[7]:
            row, column = struct.unpack_from("<HH", body)
            _note(marks, row, column, body[6])
        elif kind == 0x06 and body[12:14] == b"\xff\xff" and body[6] == 2:
            row, column = struct.unpack_from("<HH", body)
            _note(marks, row, column, body[8])
    return marks


def _old_records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, to its end (EOF, 0x0A)."""
    at = start
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0x0A:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


_READERS: dict[str, Any] = {"ods": read_ods, "xlsb": read_xlsb, "xls": read_xls}

"""One look at a sheet's XML for what calamine cannot tell: error cells, formulas without a value, and formats.

The sheet is inflated piece by piece, so that a million rows need no more memory than their marks. Bytes are
searched directly; a sheet with comments, CDATA, single quotes or cells without address is parsed with expat.
It must not know which columns matter.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from operator import itemgetter
from typing import IO, Protocol
from xml.parsers import expat
from zipfile import BadZipFile

from msgspec import Struct, field

from relance.workbook.reading.inside import Inside
from relance.workbook.reading.pieces import Joined, Pieces
from relance.workbook.reading.read import Sheet
from relance.workbook.xlsx.refs import column_number

_BLOCK = 1 << 20
_WORTH_A_THREAD = 4 << 20  # bytes of XML
_TOO_LARGE = 1 << 30  # to be held in memory twice
_ADDRESS = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_SUMMING = re.compile(r"\s*(?:SUM|SUBTOTAL|AGGREGATE)\(", re.IGNORECASE)

Places = dict[int, set[int]]


class Marks(Struct):
    """Places by column (A is 0) and row (1 first): `errors` with the error shown, `valueless` formulas whose result
    is not in the file, `sums` the rows of formulas that add others up, `formats` what a cell's format says."""

    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    valueless: Places = field(default_factory=dict)
    sums: Places = field(default_factory=dict)
    formats: dict[int, dict[int, str]] = field(default_factory=dict)


class _OddSheetError(Exception):
    """The sheet is written in a way the byte search does not read."""


class Seer(Protocol):
    """Whoever looks at the sheets of a file; `blind` once one could not be looked at."""

    blind: bool

    def marks(self, sheet: str) -> Marks:
        """The marks of a sheet."""


class Look:
    """The look at one sheet, which may begin before anybody asks for it.

    A large sheet is inflated once, in a thread, for the look and for its values, which are read in pieces meanwhile.
    """

    def __init__(self, inside: Inside) -> None:
        self.blind = False
        self._inside = inside
        self._begun: dict[str, tuple[threading.Thread, list[Marks]]] = {}

    def begin(self, sheets: Iterable[Sheet]) -> None:
        """Start with the largest of these sheets, when it is large enough to be worth a thread."""
        sizes = [(self._inside.size(sheet.name), sheet) for sheet in sheets]
        size, largest = max(sizes, key=itemgetter(0), default=(0, None))
        if largest is None or not _WORTH_A_THREAD < size < _TOO_LARGE:
            return
        found: list[Marks] = []
        name, pieces = largest.name, Pieces(self._inside, largest.name)

        def begun() -> None:
            with suppress(BadZipFile, zlib.error, EOFError, OSError):  # whoever asks for the values says so
                found.append(look(self._inside, name, pieces))

        thread = threading.Thread(target=begun, daemon=True)
        thread.start()
        self._begun[name] = (thread, found)

        def values() -> Joined | None:
            thread.join()
            return pieces.joined()

        largest.read_by(values)

    def marks(self, sheet: str) -> Marks:
        """The marks of a sheet."""
        thread, found = self._begun.get(sheet, (None, []))
        if thread:
            thread.join()
        return found[0] if found else look(self._inside, sheet)


def look(inside: Inside, sheet: str, pieces: Pieces | None = None) -> Marks:
    """The marks of a sheet; its XML is handed on to whoever reads its values meanwhile."""
    formats = inside.formats
    part = inside.sheet_part(sheet) or ""
    if inside.member(part) is None:
        return Marks()
    try:
        with inside.open(part) as stream:
            return _search(stream, formats, pieces)
    except _OddSheetError:
        with inside.open(part) as stream:
            return _parse(stream, formats)


def _search(stream: IO[bytes], formats: dict[str, str], pieces: Pieces | None) -> Marks:
    marks, patterns = Marks(), None
    for rows in _whole_rows(stream):
        if patterns is None:
            patterns = _Patterns(rows, formats)
        if pieces:
            pieces.feed(rows)
        patterns.note(rows, marks, formats)
    if pieces:
        pieces.close()
    return marks


def _whole_rows(stream: IO[bytes]) -> Iterator[bytes]:
    """The part bit by bit, never cutting a row in two."""
    rest = b""
    while block := stream.read(_BLOCK):
        rest += block
        cut = rest.rfind(b"row>")
        if cut > 0:
            yield rest[: cut + 4]
            rest = rest[cut + 4 :]
    yield rest


class _Patterns:
    """The byte patterns of one sheet, made for its prefix."""

    def __init__(self, first: bytes, formats: dict[str, str]) -> None:
        found = re.search(rb"<(\w+:)?sheetData\b", first)
        cell = re.search(rb"<(?:\w+:)?c\s[^>]*>", first)
        if (
            first[:2] in {b"\xff\xfe", b"\xfe\xff"}
            or not found
            or (cell and (b"'" in cell[0] or not _ADDRESS.search(cell[0])))
        ):
            raise _OddSheetError
        prefix = re.escape(found[1] or b"")
        self.cell = b"<" + (found[1] or b"") + b"c "
        self.formula = b"<" + (found[1] or b"") + b"f"
        self.valueless = re.compile(
            rb"(?:</%sf>|<%sf(?:\s[^>]*)?/>)\s*(?:</%sc>|<%sv\s*/>|<%sv>\s*</%sv>)" % ((prefix,) * 6)
        )
        self.sums = re.compile(rb"<%sf(?:\s[^>]*)?>\s*(?i:SUM|SUBTOTAL|AGGREGATE)\(" % prefix)
        self.error_text = re.compile(rb"<%sv>([^<]*)<" % prefix)
        chosen = b"|".join(index.encode() for index in formats)
        self.formatted = re.compile(rb'<%sc [^>]*?\bs="(%s)"' % (prefix, chosen)) if formats else None

    def note(self, piece: bytes, marks: Marks, formats: dict[str, str]) -> None:
        if b"!" in piece and b"<!" in piece:  # one byte is found ten times faster than two
            raise _OddSheetError
        if b't="e"' in piece:
            self._note_errors(piece, marks)
        if b"f" in piece and self.formula in piece:
            for found in self.valueless.finditer(piece):
                tag, column, row = self._cell_before(piece, found.start())
                if not (b't="str"' in tag and b"v>" in found[0]):
                    marks.valueless.setdefault(column, set()).add(row)
            for found in self.sums.finditer(piece):
                _, column, row = self._cell_before(piece, found.start())
                marks.sums.setdefault(column, set()).add(row)
        if self.formatted:
            for found in self.formatted.finditer(piece):
                _, column, row = self._cell_before(piece, found.end())
                marks.formats.setdefault(column, {})[row] = formats[found[1].decode()]

    def _note_errors(self, piece: bytes, marks: Marks) -> None:
        at = piece.find(b't="e"')
        while at >= 0:
            start = piece.rfind(self.cell, 0, at)
            if start >= 0 and b">" not in piece[start:at]:
                _, column, row = self._cell_before(piece, at)
                shown = self.error_text.search(piece, at)
                marks.errors.setdefault(column, {})[row] = shown[1].decode() if shown else ""
            at = piece.find(b't="e"', at + 1)

    def _cell_before(self, piece: bytes, at: int) -> tuple[bytes, int, int]:
        start = piece.rfind(self.cell, 0, at)
        tag = piece[start : piece.find(b">", start)]
        found = _ADDRESS.search(tag)
        if start < 0 or not found:
            raise _OddSheetError
        return tag, column_number(found[1].decode()) - 1, int(found[2])


class _Parser:
    """expat over a sheet: slower, for any spelling of the same thing."""

    def __init__(self, formats: dict[str, str]) -> None:
        self.marks, self.formats = Marks(), formats
        self.row, self.column = 0, -1
        self.kind, self.text, self.formula = "", "", ""
        self.has_formula = self.has_value = False
        self.inside = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self.row, self.column = int(given.get("r", self.row + 1)), -1
        elif name == "c":
            address = given.get("r", "").rstrip("0123456789")
            self.column = column_number(address) - 1 if address else self.column + 1
            self.kind, self.text, self.formula = given.get("t", ""), "", ""
            self.has_formula = self.has_value = False
            if meaning := self.formats.get(given.get("s", "")):
                self.marks.formats.setdefault(self.column, {})[self.row] = meaning
        elif name in {"f", "v"}:
            self.inside = name
            self.has_formula = self.has_formula or name == "f"
            self.has_value = self.has_value or name == "v"

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in {"f", "v"}:
            self.inside = ""
        elif name == "c":
            self._close()

    def data(self, text: str) -> None:
        if self.inside == "v":
            self.text += text
        elif self.inside == "f":
            self.formula += text

    def _close(self) -> None:
        marks, place = self.marks, self.column
        if self.kind == "e":
            marks.errors.setdefault(place, {})[self.row] = self.text
        if self.has_formula and not self.text.strip() and not (self.kind == "str" and self.has_value):
            marks.valueless.setdefault(place, set()).add(self.row)
        if self.has_formula and _SUMMING.match(self.formula):
            marks.sums.setdefault(place, set()).add(self.row)


def _parse(stream: IO[bytes], formats: dict[str, str]) -> Marks:
    reader = _Parser(formats)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    try:
        parser.ParseFile(stream)
    except expat.ExpatError:
        return reader.marks
    return reader.marks

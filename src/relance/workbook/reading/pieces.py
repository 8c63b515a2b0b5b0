"""A large sheet in pieces, read side by side on several processors; joined, they answer as calamine's sheet does.

calamine frees the interpreter while it reads the XML of a sheet, which takes longer than all else. It is given
packages, each with some of the rows beside what the values of any sheet need. This module must not look at cells.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from relance.workbook.reading.inside import Inside
from relance.workbook.reading.read import Row

if TYPE_CHECKING:
    from concurrent.futures import Future

_DATA, _END = b"<sheetData>", b"</sheetData></worksheet>"
_NUMBERED_ROW = re.compile(rb'\s*<row (?:[^>]*\s)?r="\d')
_PIECE = 8 << 20  # bytes of XML, where the shared strings, which each piece reads anew, are few
_MOST_THREADS = 4


class Pieces:
    """A sheet that is being read: `feed` takes its XML bit by bit, whole rows each, `close` ends it, and `joined`
    waits for the values. A sheet whose rows do not say their number is read in one piece."""

    def __init__(self, inside: Inside, sheet: str) -> None:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - few sheets are large

        self._parts = inside.parts_of_values()
        self._member, self._sheet = inside.member(inside.sheet_part(sheet) or "") or "", sheet
        size = inside.size(sheet)
        count = max(2, size // max(_PIECE, 4 * sum(map(len, self._parts.values()))))
        self._enough = size * 11 // (10 * count)  # the last piece is a little smaller: all wait for it
        self._head = b""
        self._bits: list[bytes] = []
        self._fed = 0
        self._threads = min(_MOST_THREADS, max(2, os.cpu_count() or 2))
        self._pool = ThreadPoolExecutor(self._threads)
        self._read: list[Future[Piece | None]] = []
        self._closed = False

    def feed(self, bit: bytes) -> None:
        """Take the next bit; the first one holds all that stands before the rows."""
        if not self._bits:
            before, found, _ = bit.partition(_DATA)
            self._head = before + found if found else b""
        elif self._head and self._fed >= self._enough and _NUMBERED_ROW.match(bit):
            self._bits.append(_END)
            self._begin()
            self._bits, self._fed = [self._head], 0
        self._bits.append(bit)
        self._fed += len(bit)

    def close(self) -> None:
        """Nothing follows."""
        self._begin()
        self._pool.shutdown(wait=False)
        self._closed = True

    def joined(self) -> Joined | None:
        """The sheet, once its pieces are read; None where one cannot be, or where it was not fed to its end."""
        if not self._closed or any(reading.exception() for reading in self._read):
            return None
        pieces = [piece for reading in self._read if (piece := reading.result())]
        return Joined(pieces) if len(pieces) == len(self._read) and _in_order(pieces) else None

    def _begin(self) -> None:
        """Have the bits read by the next free thread; few pieces wait for one, so that little of the XML is held."""
        for reading in self._read[: -self._threads]:
            reading.exception()
        self._read.append(self._pool.submit(_read, self._parts, self._member, self._sheet, self._bits))


class Piece(Struct, frozen=True):
    """Values of some rows of a sheet: the first and the last cell that hold one, counted from 0, the rows between
    them, and the merged ranges told beside them."""

    start: tuple[int, int] | None
    end: tuple[int, int] | None
    rows: list[Row]
    merged: list[Any]


def _read(parts: dict[str, bytes], member: str, name: str, bits: list[bytes]) -> Piece | None:
    """The piece whose XML these bits are; None where calamine cannot read it."""
    import python_calamine as calamine  # noqa: PLC0415 - imported already by whoever opened the workbook

    try:
        book = calamine.CalamineWorkbook.from_filelike(_packed(parts, member, bits))
        sheet = book.get_sheet_by_name(name)
        book.close()
    except (calamine.CalamineError, OSError, ValueError):
        return None
    return Piece(sheet.start, sheet.end, sheet.to_python(), sheet.merged_cell_ranges or [])


def _packed(parts: dict[str, bytes], member: str, bits: list[bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
        with package.open(member, "w") as part:
            part.writelines(bits)
    bits.clear()
    packed.seek(0)
    return packed


def _in_order(pieces: list[Piece]) -> bool:
    """Whether each piece stands below the one before: rows may be written in any order."""
    spans = [(piece.start[0], piece.end[0]) for piece in pieces if piece.start and piece.end]
    return all(above[1] < below[0] for above, below in pairwise(spans))


class Joined:
    """The pieces as one sheet: what this reading asks of calamine's."""

    def __init__(self, pieces: list[Piece]) -> None:
        held = [piece for piece in pieces if piece.start and piece.end]
        ends = [piece.end for piece in held if piece.end]
        width = max((column + 1 for _, column in ends), default=0)
        self.end = (ends[-1][0], width - 1) if ends else None
        self.merged_cell_ranges = [found for piece in pieces for found in piece.merged]
        self._rows: list[Row] = []
        for piece in held:
            top, left = piece.start or (0, 0)
            self._rows += ([""] * width for _ in range(top - len(self._rows)))
            self._rows += _widened(piece.rows, left, width)

    def to_python(self, *, skip_empty_area: bool, nrows: int | None = None) -> list[Row]:
        """The rows from A1, each as wide as the widest."""
        assert not skip_empty_area
        return self._rows if nrows is None else self._rows[:nrows]


def _widened(rows: list[Row], left: int, width: int) -> list[Row]:
    if not left and (not rows or len(rows[0]) == width):
        return rows
    before, after = [""] * left, [""] * (width - left - len(rows[0]))
    return [[*before, *row, *after] for row in rows]

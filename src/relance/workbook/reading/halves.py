"""A large sheet as two halves, read at once on two processors; joined, they answer as calamine's sheet does.

calamine frees the interpreter while it reads the XML of a sheet, which takes longer than all else. It is given two
packages, each with half of the rows beside what the values of any sheet need. This module must not look at cells.
"""

from __future__ import annotations

import io
import re
import threading
import zipfile
from itertools import pairwise
from typing import Any

from relance.workbook.reading.inside import Inside
from relance.workbook.reading.read import Row

_DATA, _END = b"<sheetData>", b"</sheetData></worksheet>"
_NUMBERED_ROW = re.compile(rb'\s*<row (?:[^>]*\s)?r="\d')


class Halves:
    """A sheet that is being read: `feed` takes its XML piece by piece, whole rows each, `close` ends it, and `joined`
    waits for the values. A sheet whose rows do not say their number is read in one piece."""

    def __init__(self, inside: Inside, sheet: str) -> None:
        self._package = inside.parts_of_values(), inside.member(inside.sheet_part(sheet) or "") or "", sheet
        self._middle = inside.size(sheet) * 11 // 20  # the upper half is a little larger: it is complete first
        self._fed = 0
        self._head = b""
        self._halves: list[_Half] = []
        self._closed = False

    def feed(self, piece: bytes) -> None:
        """Take the next piece; the first one holds all that stands before the rows."""
        if not self._halves:
            self._halves.append(_Half(*self._package))
            before, found, _ = piece.partition(_DATA)
            self._head = before + found if found else b""
        elif self._head and len(self._halves) == 1 and self._fed >= self._middle and _NUMBERED_ROW.match(piece):
            self._halves[0].write(_END)
            self._halves[0].begin()
            self._halves.append(_Half(*self._package))
            self._halves[1].write(self._head)
        self._halves[-1].write(piece)
        self._fed += len(piece)

    def close(self) -> None:
        """Nothing follows."""
        self._halves[-1].begin()
        self._closed = True

    def joined(self) -> Joined | None:
        """The sheet, once both halves are read; None where one cannot be, or where the sheet was not fed to its end."""
        for half in self._halves if self._closed else ():
            half.wait()
        complete = self._closed and all(half.is_read for half in self._halves)
        return Joined(self._halves) if complete and self._in_order() else None

    def _in_order(self) -> bool:
        """Whether the second half stands below the first: rows may be written in any order."""
        spans = [(half.start[0], half.end[0]) for half in self._halves if half.start and half.end]
        return all(above[1] < below[0] for above, below in pairwise(spans))


class _Half:
    """Some of the rows of one sheet as XML, then their values: `rows` from `start` to `end`."""

    def __init__(self, parts: dict[str, bytes], member: str, sheet: str) -> None:
        self._parts, self._member, self._sheet = parts, member, sheet
        self._pieces: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self.rows: list[Row] = []
        self.start: tuple[int, int] | None = None
        self.end: tuple[int, int] | None = None
        self.merged: list[Any] = []
        self.is_read = False

    def write(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def begin(self) -> None:
        """Read what was written, in a thread of its own."""
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def _read(self) -> None:
        import python_calamine as calamine  # noqa: PLC0415 - imported already by whoever opened the workbook

        try:
            book = calamine.CalamineWorkbook.from_filelike(self._packed())
            sheet = book.get_sheet_by_name(self._sheet)
            book.close()
        except (calamine.CalamineError, OSError, ValueError):
            return
        self.start, self.end, self.merged = sheet.start, sheet.end, sheet.merged_cell_ranges or []
        self.rows = sheet.to_python()
        self.is_read = True

    def _packed(self) -> io.BytesIO:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            for name, content in self._parts.items():
                package.writestr(name, content)
            with package.open(self._member, "w") as part:
                part.writelines(self._pieces)
        self._pieces.clear()
        packed.seek(0)
        return packed


class Joined:
    """Both halves as one sheet: what this reading asks of calamine's."""

    def __init__(self, halves: list[_Half]) -> None:
        held = [half for half in halves if half.start and half.end]
        ends = [half.end for half in held if half.end]
        width = max((column + 1 for _, column in ends), default=0)
        self.end = (ends[-1][0], width - 1) if ends else None
        self.merged_cell_ranges = [found for half in halves for found in half.merged]
        self._rows: list[Row] = []
        for half in held:
            top, left = half.start or (0, 0)
            self._rows += ([""] * width for _ in range(top - len(self._rows)))
            self._rows += _widened(half.rows, left, width)

    def to_python(self, *, skip_empty_area: bool, nrows: int | None = None) -> list[Row]:
        """The rows from A1, each as wide as the widest."""
        assert not skip_empty_area
        return self._rows if nrows is None else self._rows[:nrows]


def _widened(rows: list[Row], left: int, width: int) -> list[Row]:
    if not left and (not rows or len(rows[0]) == width):
        return rows
    before, after = [""] * left, [""] * (width - left - len(rows[0]))
    return [[*before, *row, *after] for row in rows]

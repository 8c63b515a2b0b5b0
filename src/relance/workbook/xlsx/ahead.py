"""A workbook about to be written, opened while its values are read: both free the interpreter, so that on two
processors the time of the one hides that of the other.

It must not know who reads the values.
"""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import IO, Any

from relance.errors import RelanceError
from relance.workbook.xlsx.book import Book, open_book

_WORTH_A_THREAD = 1 << 18  # bytes of an archive
_BLOCK = 1 << 20


class Ahead:
    """The workbook of some bytes, which begins to be opened at once when they are many: its largest sheet, most likely
    the one to write in, is inflated and its rows are found."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._book: Book | None = None
        self._streams: dict[str, _Stream] = {}
        self._may_ask = threading.Event()
        self._thread = threading.Thread(target=self._begin, daemon=True)
        if len(data) > _WORTH_A_THREAD:
            self._thread.start()
        else:
            self._may_ask.set()

    def _begin(self) -> None:
        with suppress(RelanceError):  # told to whoever asks for the book, or for that sheet
            try:
                book = self._book = open_book(self._data)
                largest = max(book.layout.sheets, key=lambda sheet: book.package.size(sheet.part), default=None)
                stream = _Stream()
                if largest:
                    self._streams[largest.part] = stream
            finally:
                self._may_ask.set()
            if largest:
                self._inflate(book, largest.part, stream)
                book.sheet(largest.name)

    def _inflate(self, book: Book, part: str, stream: _Stream) -> None:
        whole = False
        try:
            book.part(part, stream.put)
            whole = True
        finally:
            stream.end(whole=whole)

    def part(self, name: str) -> IO[bytes] | None:
        """The content of the largest sheet's part, as it is inflated, for one reader; None for any other part."""
        self._may_ask.wait()
        stream = self._streams.pop(name, None)
        return io.BufferedReader(stream, _BLOCK) if stream else None

    def book(self) -> Book:
        """The book, opened; what `open_book` raises."""
        if self._thread.ident is not None:
            self._thread.join()
        return self._book or open_book(self._data)


class _Stream(io.RawIOBase):
    """Bytes that one thread gives and another one reads, waiting for them."""

    def __init__(self) -> None:
        self._coming: SimpleQueue[bytes | None] = SimpleQueue()
        self._rest = memoryview(b"")

    def put(self, piece: bytes) -> None:
        """Give the next bytes."""
        if piece:
            self._coming.put(piece)

    def end(self, *, whole: bool) -> None:
        """Nothing follows; unless these bytes are `whole`, whoever reads to their end gets an OSError."""
        self._coming.put(b"" if whole else None)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as bytes are there, wait where none are; 0 at the end."""
        if not self._rest:
            piece = self._coming.get()
            if not piece:
                self._coming.put(piece)  # for whoever asks again
            if piece is None:
                raise OSError
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

"""A workbook about to be written, opened while its values are read: both free the interpreter, so that on two
processors the time of the one hides that of the other.

It must not know who reads the values.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from relance.errors import RelanceError
from relance.workbook.xlsx.book import Book, open_book

_WORTH_A_THREAD = 1 << 18  # bytes of an archive


class Ahead:
    """The workbook of some bytes, which begins to be opened at once when they are many: its largest sheet, most likely
    the one to write in, is inflated and its rows are found."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._book: Book | None = None
        self._inflated: dict[str, bytes] = {}
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
                if largest:
                    self._inflated[largest.part] = book.part(largest.part)
            finally:
                self._may_ask.set()
            if largest:
                book.sheet(largest.name)

    def part(self, name: str) -> bytes | None:
        """The content of the largest sheet's part once it is inflated; None for any other part."""
        self._may_ask.wait()
        return self._inflated.get(name)

    def book(self) -> Book:
        """The book, opened; what `open_book` raises."""
        if self._thread.ident is not None:
            self._thread.join()
        return self._book or open_book(self._data)

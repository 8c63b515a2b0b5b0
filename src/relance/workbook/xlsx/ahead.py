"""A workbook about to be written, opened while its values are read: both free the interpreter, so that on two
processors the time of the one hides that of the other.

It must not know who reads the values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from relance.errors import RelanceError
from relance.workbook.xlsx.book import Book, open_book

_WORTH_A_THREAD = 1 << 18  # bytes of an archive


def open_ahead(data: bytes) -> Callable[[], Book]:
    """Begin to open the workbook of these bytes, when they are many; the function waits for it, and raises what
    `open_book` raises.

    >>> open_ahead(b"not a workbook")()
    Traceback (most recent call last):
    relance.errors.WorkbookError: This file is not an .xlsx workbook: relance reads it, but writes .xlsx and .xlsm only.
    """
    begun: list[Book] = []

    def begin() -> None:
        with suppress(RelanceError):  # told to whoever asks for the book, or for that sheet
            begun.append(open_book(data))
            _look_at_largest(begun[0])

    thread = threading.Thread(target=begin, daemon=True)
    if len(data) > _WORTH_A_THREAD:
        thread.start()

    def opened() -> Book:
        if thread.ident is not None:
            thread.join()
        return begun[0] if begun else open_book(data)

    return opened


def _look_at_largest(book: Book) -> None:
    """Have the rows of the largest sheet found: most likely the one to write in."""
    sizes = {sheet.name: book.package.members[sheet.part.lower()].size for sheet in book.layout.sheets}
    if sizes:
        book.sheet(max(sizes, key=sizes.__getitem__))

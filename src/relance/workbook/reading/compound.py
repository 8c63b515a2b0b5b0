"""The compound file of old Office programs ([MS-CFB]): a stream found by its name.

It must not know what a stream holds.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_FREE = 0xFFFFFFFA  # sector numbers from here on end a chain
_SMALL = 4096  # shorter streams are kept in the mini stream, in sectors of 64 bytes


def read_stream(data: bytes, names: Sequence[str]) -> bytes:
    """The content of the first of these streams that the file has; KeyError when it has none.

    ValueError and struct.error on a file that is not whole.
    """
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    table = _table(data, size)
    first = struct.unpack_from("<L", data, 48)[0]
    entries = _entries(_chain(data, table, first, size))
    _, start, length = next(entries[name] for name in names if name in entries)
    if length >= _SMALL:
        return _chain(data, table, start, size)[:length]
    _, root, _ = entries["Root Entry"]
    small = struct.unpack_from(f"<{size // 4}L", data, (struct.unpack_from("<L", data, 60)[0] + 1) * size)
    return _chain(b"\0" * 64 + _chain(data, table, root, size), small, start, 64)[:length]


def _table(data: bytes, size: int) -> list[int]:
    """The allocation table: which sector follows each."""
    places = [place for place in struct.unpack_from("<109L", data, 76) if place < _FREE]
    further, count = struct.unpack_from("<LL", data, 68)
    for _ in range(count):
        more = struct.unpack_from(f"<{size // 4}L", data, (further + 1) * size)
        places += [place for place in more[:-1] if place < _FREE]
        further = more[-1]
    return [number for place in places for number in struct.unpack_from(f"<{size // 4}L", data, (place + 1) * size)]


def _chain(data: bytes, table: Sequence[int], start: int, size: int) -> bytes:
    pieces: list[bytes] = []
    while start < _FREE:
        if len(pieces) > len(table):
            raise ValueError(start)
        pieces.append(data[(start + 1) * size : (start + 2) * size])
        start = table[start]
    return b"".join(pieces)


def _entries(directory: bytes) -> dict[str, tuple[int, int, int]]:
    """The entries of the directory by name: kind, first sector, length."""
    found = {}
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, length - 2)].decode("utf-16-le")
        if name:
            found[name] = (directory[at + 66], *struct.unpack_from("<LL", directory, at + 116))
    return found

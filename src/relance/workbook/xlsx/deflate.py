"""The deflate stream of some content, and what the content becomes -> the stream of the new content, packed anew only
around the change.

Deflate is blocks, one after the other, bit by bit; a block may repeat what stands in the 32 KB before it, and nothing
else. So the blocks before the change are kept as they are, and so are those that begin 32 KB after it or later. Where
blocks begin is written nowhere, but zlib gives nothing out while it reads the tables at the head of one, and only then.
It must not know archives, nor what the bytes mean.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

_LEVEL = 6  # the level that gives the size Excel gives
_WINDOW = 1 << 15  # how far back a block may repeat
_PIECE = 1 << 16  # bytes of a stream between two places from where it can be read again
_NEAR = 8  # pieces in which a block is looked for
_STEP = 8  # bytes: more than any symbol takes, fewer than the head of a block
_HEAD, _SAMPLE = 1 << 12, 1 << 10  # bytes of a stream, and of its content, by which the beginning of a block is known
_REALIGN = b"\0\0\xff\xff"  # the length of an empty stored block, which begins on a whole byte


class Point(Struct, frozen=True):
    """A place from where a stream can be read: its byte, that of the content, the reader as it was there (None where
    the stream is the content)."""

    byte: int
    at: int
    reader: Any = None


class _Block(Struct, frozen=True):
    """Where a block begins: the bit of the stream, the byte of the content."""

    bit: int
    at: int


def inflated(packed: bytes, most: int) -> Iterator[tuple[Point, bytes]]:
    """The content of a stream piece by piece, each with its place, stopped after the first one that makes it longer
    than `most` bytes.

    >>> [(point.at, piece) for point, piece in inflated(deflate(b"abc" * 3), 9)]
    [(0, b'abcabcabc')]
    """
    reader, at = zlib.decompressobj(-15), 0
    for byte in range(0, len(packed), _PIECE):
        point = Point(byte, at, reader.copy())
        piece = reader.decompress(packed[byte : byte + _PIECE], most - at + 1)
        yield point, piece
        at += len(piece)
        if at > most:
            return


def deflate(content: bytes) -> bytes:
    """The content as one raw deflate stream."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def deflate_again(packed: bytes, old: bytes, new: bytes, places: Sequence[Point] = ()) -> bytes:
    """A stream of `new` made of `packed`, the stream of `old`, and of what lies between the blocks that can be kept;
    `places` are those of its pieces, where they are known.

    >>> old = bytes(range(256)) * 4
    >>> zlib.decompress(deflate_again(deflate(old), old, old + b"more"), -15) == old + b"more"
    True
    """
    start, end = difference(old, new)
    beyond = end + _WINDOW
    points = places or [point for point, _ in inflated(packed, len(old))]
    blocks = _Blocks(packed, old)
    before = [point for point in points if point.at <= start][-_NEAR:]
    reached = sum(point.at <= beyond for point in points) - 1
    after = points[reached : reached + _NEAR]
    first = next((block for point in reversed(before) if (block := blocks.last(point, start))), _Block(0, 0))
    last = next((block for point in after if (block := blocks.first(point, beyond))), None)
    return _joined(packed, new, first, last, len(new) - len(old))


def difference(old: bytes, new: bytes) -> tuple[int, int]:
    """The range of `old` outside which both are the same: where they begin to differ, where `old` stops doing so.

    >>> difference(b"abcdef", b"abXdef"), difference(b"aab", b"aaab"), difference(b"abc", b"abc")
    ((2, 3), (2, 2), (3, 3))
    """
    shortest = min(len(old), len(new))
    start = _most(shortest, lambda low, high: old[low:high] == new[low:high])
    ends = len(old), len(new)
    same = _most(
        shortest - start,
        lambda low, high: old[ends[0] - high : ends[0] - low] == new[ends[1] - high : ends[1] - low],
    )
    return start, len(old) - same


def _most(size: int, alike: Callable[[int, int], bool]) -> int:
    """How many of `size` bytes are alike, when `alike` compares a range of them: whole pieces, which the processor's
    own memory holds, then halves of the first one that differs."""
    low = 0
    while low + _PIECE < size and alike(low, low + _PIECE):
        low += _PIECE
    size = min(size, low + _PIECE)
    while low < size:
        middle = (low + size + 1) // 2
        if alike(low, middle):
            low = middle
        else:
            size = middle - 1
    return low


class _Blocks:
    """The blocks of a stream whose content is known, as far as they can be told."""

    def __init__(self, packed: bytes, content: bytes) -> None:
        self.packed, self.content = packed, content

    def last(self, point: Point, limit: int) -> _Block | None:
        """The last one of a piece that begins no later than a byte of the content."""
        found = None
        for block in self._of(point):
            if block.at > limit:
                break
            found = block
        return found

    def first(self, point: Point, limit: int) -> _Block | None:
        """The first one of a piece that begins no sooner than a byte of the content."""
        return next((block for block in self._of(point) if block.at >= limit), None)

    def _of(self, point: Point) -> Iterable[_Block]:
        reader, at, silent = point.reader.copy(), point.at, False
        for byte in range(point.byte, min(point.byte + _PIECE, len(self.packed)), _STEP):
            given = len(reader.decompress(self.packed[byte : byte + _STEP]))
            if not given and not silent and (block := self._begun(byte, at)):
                yield block
            silent, at = not given, at + given

    def _begun(self, byte: int, at: int) -> _Block | None:
        """The block whose head is being read at a byte: it began in the few bytes before, at one of their bits."""
        start = max(0, byte - _STEP)
        bits = int.from_bytes(self.packed[start : start + _HEAD], "little")
        window = self.content[max(0, at - _WINDOW) : at]
        wanted = self.content[at : at + _SAMPLE]
        for bit in range(8 * (byte + _STEP - start)):
            if (bits >> bit) & 6 == 4 and wanted and _reads(bits >> bit, window, wanted):  # a block with its own tables
                return _Block(8 * start + bit, at)
        return None


def _reads(bits: int, window: bytes, wanted: bytes) -> bool:
    """Whether a stream that begins with these bits, after that window, reads as wanted."""
    try:
        reader = zlib.decompressobj(-15, zdict=window)
        return reader.decompress(bits.to_bytes(_HEAD, "little"), len(wanted)) == wanted
    except zlib.error:
        return False


def _joined(packed: bytes, new: bytes, first: _Block, last: _Block | None, longer: int) -> bytes:
    """The blocks up to `first`, what stands between packed anew, the blocks from `last` on."""
    window = new[max(0, first.at - _WINDOW) : first.at]
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY, window)
    kept = _up_to_bit(packed, first.bit)
    if last is None:
        return kept + packer.compress(new[first.at :]) + packer.flush()
    between = packer.compress(new[first.at : last.at + longer]) + packer.flush(zlib.Z_SYNC_FLUSH)
    return kept + between + _from_bit(packed, last.bit)


def _up_to_bit(packed: bytes, bit: int) -> bytes:
    """The stream up to a bit, ended on a whole byte by an empty block."""
    whole, bits = divmod(bit, 8)
    if not bits:
        return packed[:whole]
    begun = packed[whole] & ((1 << bits) - 1)
    return packed[:whole] + begun.to_bytes(1 if bits + 3 <= 8 else 2, "little") + _REALIGN


def _from_bit(packed: bytes, bit: int) -> bytes:
    """The stream from a bit on, begun on a whole byte."""
    first, bits = divmod(bit, 8)
    whole = (1 << 8 * _PIECE) - 1
    numbers = (int.from_bytes(packed[byte : byte + _PIECE + 1], "little") for byte in range(first, len(packed), _PIECE))
    moved = b"".join((number >> bits & whole).to_bytes(_PIECE, "little") for number in numbers)
    return moved[: (8 * len(packed) - bit + 7) // 8]

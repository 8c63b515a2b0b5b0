"""Bytes -> the light and dark modules of a QR code (ISO/IEC 18004), versions 1 to 13 at error correction M, mask 0.

segno makes the first code of a version and says which of its modules hold data; the codes that follow take its frame
and get their own data, fifteen times as fast. Where our data do not come out as segno's in that first code, segno makes
them all. It must not know what the bytes say.
"""

from __future__ import annotations

from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from msgspec import Struct

CAPACITY = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331)
"""The bytes that each version holds (table 7)."""

_BLOCKS = (
    (10, (16,)), (16, (28,)), (26, (44,)), (18, (32,) * 2), (24, (43,) * 2), (16, (27,) * 4), (18, (31,) * 4),
    (22, (38, 38, 39, 39)), (22, (36, 36, 36, 37, 37)), (26, (43, 43, 43, 43, 44)), (30, (50, 51, 51, 51, 51)),
    (22, (36,) * 6 + (37,) * 2), (22, (37,) * 8 + (38,)),
)  # fmt: skip
"""Of each version, the codewords of correction of a block, and the codewords of data of each block (table 9)."""

_BYTE_MODE, _PADDING = "0100", b"\xec\x11"
_MASK = 0  # any mask is read; trying all eight to choose one takes seven times as long
_FIELD = 0x11D  # the polynomial of GF(256)


class _Frame(Struct, frozen=True):
    """What the codes of a version share: their side, the modules of data still light, as one number, and the function
    that puts the bits of a stream, then a light one, where the modules are."""

    side: int
    light: int
    place: Any


def version_of(content: bytes) -> int:
    """The smallest version that holds the bytes; StopIteration where none does.

    >>> version_of(b"x" * 84), version_of(b"x" * 85)
    (5, 6)
    """
    return 1 + next(place for place, most in enumerate(CAPACITY) if len(content) <= most)


def draw_modules(content: bytes) -> list[bytes]:
    """The rows of the code from the top, a byte for each module: 1 where it is dark.

    >>> [row.hex()[1:14:2] for row in draw_modules(b"relance")[:2]]
    ['1111111', '1000001']
    """
    version = version_of(content)
    frame = _frame_of(version)
    return _filled(frame, version, content) if frame else _by_segno(version, content)[0]


@lru_cache(maxsize=len(CAPACITY))
def _frame_of(version: int) -> _Frame | None:
    """The frame of a version; None where our data are not those of segno in it."""
    content = b"relance" * 50
    content = content[: CAPACITY[version - 1]]
    rows, holds_data = _by_segno(version, content)
    side = len(rows)
    bits = 8 * sum(_BLOCKS[version - 1][1]) + 8 * _BLOCKS[version - 1][0] * len(_BLOCKS[version - 1][1])
    order = [bits] * (side * side)  # a module that is no data takes the light bit after the stream
    for place, module in enumerate(_path(side, holds_data)):
        order[module] = min(place, bits)
    inverted = (
        (not (row + column) % 2) if holds_data[row * side + column] else rows[row][column]
        for row in range(side)
        for column in range(side)
    )
    frame = _Frame(side, int.from_bytes(bytes(inverted), "big"), itemgetter(*order))
    return frame if _filled(frame, version, content) == rows else None


def _by_segno(version: int, content: bytes) -> tuple[list[bytes], list[bool]]:
    import segno  # noqa: PLC0415 - 0.1 s, and only letters with a code need it
    from segno.consts import TYPE_DATA_DARK, TYPE_DATA_LIGHT  # noqa: PLC0415 - with it

    code = segno.make(content, error="m", boost_error=False, micro=False, mode="byte", mask=_MASK, version=version)
    kinds = [kind for row in code.matrix_iter(border=0, verbose=True) for kind in row]
    holds_data = [kind in {TYPE_DATA_DARK, TYPE_DATA_LIGHT} for kind in kinds]
    side = len(code.matrix)
    holds_data[8 * side + side - 9] = True  # segno 1.6 takes it for a module of format, of which that line has eight
    return [bytes(row) for row in code.matrix], holds_data


def _path(side: int, holds_data: list[bool]) -> list[int]:
    """The modules of data in the order of the stream: by pairs of columns from the right, up then down (7.7.3)."""
    pairs = [right if right > 6 else right - 1 for right in range(side - 1, 0, -2)]
    modules = (
        row * side + column
        for turn, right in enumerate(pairs)
        for row in (range(side) if turn % 2 else range(side - 1, -1, -1))
        for column in (right, right - 1)
    )
    return [module for module in modules if holds_data[module]]


def _filled(frame: _Frame, version: int, content: bytes) -> list[bytes]:
    stream = _codewords(version, content)
    bits = f"{int.from_bytes(stream, 'big'):0{8 * len(stream)}b}0".encode("ascii").translate(_BITS)
    side = frame.side
    drawn = (int.from_bytes(bytes(frame.place(bits)), "big") ^ frame.light).to_bytes(side * side, "big")
    return [drawn[start : start + side] for start in range(0, side * side, side)]


_BITS = bytes(value == ord("1") for value in range(256))


def _codewords(version: int, content: bytes) -> bytes:
    """Data then correction, the blocks dealt out in turn (7.4 to 7.6)."""
    correction, sizes = _BLOCKS[version - 1]
    count = 8 if version <= 9 else 16
    head = int(_BYTE_MODE + f"{len(content):0{count}b}", 2)
    length = (4 + count) // 8 + len(content) + 1  # the terminator fills the last half byte
    data = ((head << 8 * len(content) | int.from_bytes(content, "big")) << 4).to_bytes(length, "big")
    data = (data + _PADDING * sum(sizes))[: sum(sizes)]
    blocks, start = [], 0
    for size in sizes:
        blocks.append(data[start : start + size])
        start += size
    last = [block[-1] for block in blocks if len(block) > sizes[0]]
    dealt = (code for codes in zip(*blocks, strict=False) for code in codes)
    checks = (_correction(block, correction) for block in blocks)
    return bytes((*dealt, *last, *(code for codes in zip(*checks, strict=True) for code in codes)))


def _correction(block: bytes, count: int) -> bytes:
    """The codewords of correction of a block: what is left of it after division by the generator (Reed-Solomon)."""
    left, low, top, multiples = 0, (1 << 8 * (count - 1)) - 1, 8 * (count - 1), _multiples(count)
    for code in block:
        left = (left & low) << 8 ^ multiples[left >> top ^ code]
    return left.to_bytes(count, "big")


@cache
def _multiples(count: int) -> tuple[int, ...]:
    """The generator of so many codewords of correction, without its first term, times each number."""
    terms, root = [1], 1
    for _ in range(count):
        shifted = [*terms, 0]
        terms = [one ^ _times(other, root) for one, other in zip(shifted, [0, *terms], strict=True)]
        root = _times(root, 2)
    return tuple(int.from_bytes(bytes(_times(term, by) for term in terms[1:]), "big") for by in range(256))


def _times(one: int, other: int) -> int:
    product = 0
    while other:
        if other & 1:
            product ^= one
        one = one << 1 ^ (_FIELD if one & 0x80 else 0)
        other >>= 1
    return product

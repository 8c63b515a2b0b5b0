"""Reads a QR code from a PNG as a telephone would, from the standard alone (ISO/IEC 18004), so that what our pictures
say is proved without the library that drew them. For sound pictures: errors are not corrected."""

from __future__ import annotations

import struct
import zlib

_BLOCKS = {  # level M: (codewords of correction per block, numbers of data codewords of each block), table 9
    1: (10, [16]), 2: (16, [28]), 3: (26, [44]), 4: (18, [32] * 2), 5: (24, [43] * 2), 6: (16, [27] * 4),
    7: (18, [31] * 4), 8: (22, [38] * 2 + [39] * 2), 9: (22, [36] * 3 + [37] * 2), 10: (26, [43] * 4 + [44]),
    11: (30, [50] + [51] * 4), 12: (22, [36] * 6 + [37] * 2), 13: (22, [37] * 8 + [38]),
}  # fmt: skip
_CENTRES = {
    1: [], 2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42], 9: [6, 26, 46],
    10: [6, 28, 50], 11: [6, 30, 54], 12: [6, 32, 58], 13: [6, 34, 62],
}  # fmt: skip
_MASKS = (
    lambda i, j: (i + j) % 2 == 0, lambda i, j: i % 2 == 0, lambda i, j: j % 3 == 0, lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0, lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0, lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
)  # fmt: skip


def modules_of(png: bytes) -> list[list[bool]]:
    """The dark modules of a picture of one bit a pixel, its quiet zone of at least four modules taken off."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour, width) == (1, 0, height)
    at, data = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + body)
        data += body if kind == b"IDAT" else b""
        at += 12 + length
    raw, stride = zlib.decompress(data), (width + 7) // 8 + 1
    assert len(raw) == stride * height
    rows = [
        [not raw[y * stride + 1 + x // 8] >> (7 - x % 8) & 1 for x in range(width)]
        for y in range(height)
        if raw[y * stride] == 0
    ]
    first = next(y for y, row in enumerate(rows) if any(row))
    left = rows[first].index(True)
    size = next(x for x in range(left, width) if not rows[first][x]) - left
    pixel = size // 7
    assert first == left >= 4 * pixel, "the quiet zone"
    count = (width - 2 * left) // pixel
    return [
        [rows[first + y * pixel + pixel // 2][left + x * pixel + pixel // 2] for x in range(count)]
        for y in range(count)
    ]


def read_code(png: bytes) -> str:
    """The text of the code in a picture: byte mode, level M."""
    dark = modules_of(png)
    side = len(dark)
    version = (side - 17) // 4
    bits = "".join(str(int(dark[8][x])) for x in (0, 1, 2, 3, 4))
    head = int(bits, 2) ^ 0b10101
    assert head >> 3 == 0, "level M"
    mask = _MASKS[head & 7]
    stream = "".join(str(int(dark[i][j] ^ mask(i, j))) for i, j in _path(side, version))
    words = [int(stream[at : at + 8], 2) for at in range(0, len(stream) - 7, 8)]
    data = "".join(f"{word:08b}" for word in _deinterleave(words, version))
    at = 0
    if data.startswith("0111"):  # extended channel: the text says it is UTF-8
        assert int(data[4:12], 2) == 26
        at = 12
    assert data[at : at + 4] == "0100", "bytes"
    size = 8 if version < 10 else 16
    length = int(data[at + 4 : at + 4 + size], 2)
    start = at + 4 + size
    return bytes(int(data[start + 8 * n : start + 8 * n + 8], 2) for n in range(length)).decode()


def _path(side: int, version: int) -> list[tuple[int, int]]:
    """The places of the data, in the order of the standard."""
    taken = [[False] * side for _ in range(side)]
    for y in range(side):
        for x in range(side):
            corner = (y < 9 and x < 9) or (y < 9 and x >= side - 8) or (y >= side - 8 and x < 9)
            taken[y][x] = corner or y == 6 or x == 6
    for y in _CENTRES[version]:
        for x in _CENTRES[version]:
            if (y, x) not in {(6, 6), (6, side - 7), (side - 7, 6)}:
                for i in range(y - 2, y + 3):
                    for j in range(x - 2, x + 3):
                        taken[i][j] = True
    if version >= 7:
        for i in range(6):
            for j in range(side - 11, side - 8):
                taken[i][j] = taken[j][i] = True
    path, up = [], True
    for right in [*range(side - 1, 6, -2), 5, 3, 1]:
        for y in range(side - 1, -1, -1) if up else range(side):
            path += [(y, x) for x in (right, right - 1) if not taken[y][x]]
        up = not up
    return path


def _deinterleave(words: list[int], version: int) -> list[int]:
    _, sizes = _BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in sizes]
    at = 0
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(words[at])
                at += 1
    return [word for block in blocks for word in block]

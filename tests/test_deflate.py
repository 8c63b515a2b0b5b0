"""A stream packed anew around a change reads as the new content, whoever packed the old one."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.workbook.xlsx.deflate import deflate, deflate_again, difference

DICE = random.Random(7)
ROWS = [
    b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c><c r="B%d"><v>%d.%02d</v></c></row>'
    % (row, row, DICE.randrange(9999), row, DICE.randrange(99999), DICE.randrange(100))
    for row in range(1, 60_000)
]
SHEET = b"<sheetData>" + b"".join(ROWS) + b"</sheetData>"


def packed_by(level: int, memory: int, strategy: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, memory, strategy)
    return packer.compress(SHEET) + packer.flush()


STREAMS = {
    name: packed_by(*how)
    for name, how in {
        "as usual": (6, 8, zlib.Z_DEFAULT_STRATEGY),
        "fast": (1, 8, zlib.Z_DEFAULT_STRATEGY),
        "large blocks": (9, 9, zlib.Z_DEFAULT_STRATEGY),
        "small blocks": (6, 1, zlib.Z_DEFAULT_STRATEGY),
        "no repeats": (6, 8, zlib.Z_HUFFMAN_ONLY),
        "fixed tables": (6, 8, zlib.Z_FIXED),
        "stored": (0, 8, zlib.Z_DEFAULT_STRATEGY),
    }.items()
}


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("where", [0.0, 0.001, 0.3, 0.77, 0.999, 1.0])
def test_the_new_stream_reads_as_the_new_content(stream: bytes, where: float) -> None:
    at = int(len(SHEET) * where)
    new = SHEET[:at] + b"<v>changed</v>" + SHEET[at + 3 :]
    assert zlib.decompress(deflate_again(stream, SHEET, new), -15) == new


@given(
    changes=st.lists(st.tuples(st.integers(0, len(SHEET)), st.integers(0, 99), st.binary(max_size=99)), max_size=3),
    stream=st.sampled_from(list(STREAMS.values())),
)
@settings(max_examples=40, deadline=None)
def test_whatever_changes_the_new_stream_reads_as_the_new_content(
    changes: list[tuple[int, int, bytes]], stream: bytes
) -> None:
    new = SHEET
    for at, gone, come in changes:
        new = new[:at] + come + new[at + gone :]
    assert zlib.decompress(deflate_again(stream, SHEET, new), -15) == new


@pytest.mark.parametrize("where", [0.001, 0.5, 0.999])
def test_most_of_the_stream_is_kept_as_it_is(where: float) -> None:
    stream, at = STREAMS["as usual"], int(len(SHEET) * where)
    after = deflate_again(stream, SHEET, SHEET[:at] + b"\0" * 5 + SHEET[at + 5 :])
    shifted = {(int.from_bytes(after, "little") >> bit).to_bytes(len(after), "little") for bit in range(8)}
    kept = [any(stream[byte : byte + 64] in copy for copy in shifted) for byte in range(10_000, len(stream), 20_000)]
    assert len(kept) > 20
    assert sum(kept) >= len(kept) - 3


@given(old=st.binary(max_size=30), new=st.binary(max_size=30))
def test_what_differs_stands_between_what_is_the_same(old: bytes, new: bytes) -> None:
    start, end = difference(old, new)
    assert old[:start] == new[:start]
    assert 0 <= start <= end <= len(old)
    assert new.endswith(old[end:])
    assert len(new) >= start + len(old) - end


def test_little_content_is_packed_again() -> None:
    assert deflate_again(deflate(b"abc"), b"abc", b"abd") == deflate(b"abd")

"""The bytes of a sheet -> where its rows stand, by one pass over them; after a change, by a look at what changed.

It must not know cells.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from msgspec import Struct

from relance.workbook.xlsx.deflate import difference
from relance.workbook.xlsx.markup import attribute

Span = tuple[int, int]


class Rows(Struct, frozen=True):
    """The rows of a sheet in the order of its bytes: where each begins, its number; `named` when each says its own
    first, `computed` when there is a formula among their cells."""

    starts: list[int]
    numbers: list[int]
    named: bool
    computed: bool


def find_rows(xml: bytes, prefix: bytes, span: Span) -> Rows:
    """The rows that begin in a range of a sheet's bytes.

    >>> find_rows(b'<row r="2"/><row r="5"></row>', b"", (0, 29))
    Rows(starts=[0, 12], numbers=[2, 5], named=True, computed=False)
    """
    name = re.escape(prefix)
    pattern = re.compile(b"<" + name + rb"row(?=[\s/>])(?:\s+r=\"(\d+)\")?")
    starts: list[int] = []
    given: list[bytes | None] = []
    for row in pattern.finditer(xml, *span):
        starts.append(row.start())
        given.append(row[1])
    numbers = [int(number) for number in given if number]
    named = len(numbers) == len(starts)
    computed = re.compile(b"<" + name + rb"f[\s/>]").search(xml, *span) is not None
    return Rows(starts, numbers if named else _counted(xml, starts, given), named, computed)


def find_rows_again(before: Rows, old: bytes, xml: bytes, prefix: bytes, span: Span) -> Rows:
    """As `find_rows`, when the rows `before` of the `old` bytes are known: outside of what differs they are the same,
    further on by as many bytes as the sheet is longer."""
    start, end = difference(old, xml)
    longer = len(xml) - len(old)
    first = max(0, bisect_right(before.starts, start) - 1)
    last = bisect_left(before.starts, end)
    begin = before.starts[first] if before.starts and before.starts[first] <= start else span[0]
    close = before.starts[last] + longer if last < len(before.starts) else span[1]
    between = find_rows(xml, prefix, (begin, close))
    if not (before.named and between.named):
        return find_rows(xml, prefix, span)
    return Rows(
        [*before.starts[:first], *between.starts, *(at + longer for at in before.starts[last:])],
        [*before.numbers[:first], *between.numbers, *before.numbers[last:]],
        named=True,
        computed=before.computed or between.computed,
    )


def _counted(xml: bytes, starts: list[int], given: list[bytes | None]) -> list[int]:
    """The numbers of rows of which some do not name theirs first, or at all: then one after the last."""
    numbers: list[int] = []
    for number, start in zip(given, starts, strict=True):
        tag = xml[start : xml.find(b">", start) + 1]
        text = number or (attribute(tag, "r") or "").encode()
        numbers.append(int(text) if text else (numbers[-1] if numbers else 0) + 1)
    return numbers

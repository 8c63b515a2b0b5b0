"""Sentences, labelled figures and proportion bars as lines of spans at a width."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from relance.errors import Message, msg_n
from relance.money import Money
from relance.reports.cells import show, width, wrap
from relance.reports.paper import FILLS, Paper, Span, indent
from relance.reports.view import Bar, Facts, Figure, Line, Part, Tone

_READABLE = 100  # sentences are not set wider than this
_BAR = 96  # nor bars

Block = list[list[Span]]
"""Lines that stand together beside other blocks."""


def typeset_line(line: Line, paper: Paper) -> Iterator[list[Span]]:
    """A sentence, with the sign of its tone in the margin of its first line."""
    text = show(line.text, paper.language)
    lines = [text] if paper.room is None else wrap(text.split(" "), min(paper.room, _READABLE))
    margin = paper.margin(line.tone)
    for part in lines:
        yield [margin, (part, line.tone)]
        margin = paper.margin()


def typeset_facts(facts: Facts, paper: Paper) -> Iterator[list[Span]]:
    """The figures under their labels, side by side as far as there is room."""
    blocks = [_fact(label, value, tone, paper) for label, value, tone in facts.items]
    for position, group in enumerate(_packed(blocks, paper.room, gap=4)):
        if position:
            yield []
        yield from _side_by_side(group, gap=4)


def _fact(label: Message, value: Any, tone: Tone, paper: Paper) -> Block:
    if isinstance(value, Figure):
        notes: Block = [
            [(show(note, paper.language), style if style != Tone.PLAIN else "faint")] for note, style in value.notes
        ]
        return [*_fact(label, value.value, tone, paper), *notes]
    several = isinstance(value, tuple) and all(isinstance(item, Money) for item in value)
    texts = [show(item, paper.language) for item in (value if several else (value,))]
    figure = "strong" if tone is Tone.PLAIN else f"strong {tone}"
    return [[(show(label, paper.language), "faint")], *([(text, figure)] for text in texts)]


def _packed(blocks: list[Block], room: int | None, *, gap: int) -> list[list[Block]]:
    """The blocks in groups that fit side by side."""
    groups: list[list[Block]] = [[]]
    used = 0
    for block in blocks:
        if groups[-1] and room is not None and used + _block_width(block) > room:
            groups.append([])
            used = 0
        groups[-1].append(block)
        used += _block_width(block) + gap
    return groups


def _block_width(block: Block) -> int:
    return max(map(_line_width, block))


def _line_width(line: list[Span]) -> int:
    return sum(width(text) for text, _ in line)


def _side_by_side(blocks: list[Block], *, gap: int) -> Iterator[list[Span]]:
    for index in range(max(map(len, blocks), default=0)):
        spans: list[Span] = []
        for block in blocks:
            line = block[index] if index < len(block) else []
            spans += [*line, (" " * (_block_width(block) + gap - _line_width(line)), "")]
        yield indent(spans)


def typeset_bar(bar: Bar, paper: Paper) -> Iterator[list[Span]]:
    """The stretches side by side, each with its own fill, darker from left to right, and under them the legend."""
    long = _BAR if paper.room is None else min(paper.room, _BAR)
    fills = [paper.draw(fill_of(index, len(bar.parts))) for index in range(len(bar.parts))]
    sizes = share_out([part.amount for part in bar.parts], long)
    if any(sizes):
        yield indent([(fills[index] * size, bar.parts[index].tone) for index, size in enumerate(sizes)])
        yield []
    legend = [_legend(part, fill, bar.currency, paper) for part, fill in zip(bar.parts, fills, strict=True)]
    standing = [[[*block[0]], *([("  ", ""), span] for line in block[1:] for span in line)] for block in legend]
    if len(_packed(standing, long, gap=3)) == 1:
        yield from _side_by_side(standing, gap=3)
    else:
        yield from _lying(legend)


def _legend(part: Part, fill: str, currency: str, paper: Paper) -> Block:
    count = msg_n("{n} invoice", "{n} invoices", part.count)
    return [
        [(fill, part.tone), (f" {show(part.label, paper.language)}", "")],
        [(show(Money(part.amount, currency), paper.language), "strong")],
        [(show(count, paper.language) if part.count else "", "faint")],
    ]


def _lying(legend: list[Block]) -> Iterator[list[Span]]:
    """The legend as one line per stretch, where they are too wide to stand side by side."""
    rooms = [max(_line_width(block[row]) for block in legend) for row in range(3)]
    for label, amount, count in legend:
        yield indent(
            [
                *label,
                (" " * (rooms[0] - _line_width(label) + 3 + rooms[1] - _line_width(amount)), ""),
                *amount,
                (" " * (3 + rooms[2] - _line_width(count)), ""),
                *count,
            ]
        )


def fill_of(index: int, count: int) -> str:
    """The glyph of a stretch: the last is solid, those before it lighter and lighter; past five they repeat."""
    return FILLS[(index - count) % len(FILLS)]


def share_out(amounts: list[Decimal], long: int) -> list[int]:
    """`long` columns shared in proportion to the amounts above zero, at least one each; what rounding left goes to
    those that lost most by it.

    >>> share_out([Decimal(90), Decimal(0), Decimal(9), Decimal("0.1"), Decimal(-5)], 20)
    [18, 0, 1, 1, 0]
    """
    lengths = [max(Decimal(0), amount) for amount in amounts]
    total = sum(lengths, Decimal(0))
    if not total:
        return [0] * len(amounts)
    sizes = [max(1, int(length * long / total)) if length else 0 for length in lengths]
    rests = sorted(range(len(sizes)), key=lambda i: lengths[i] * long / total - sizes[i], reverse=True)
    for index in rests[: max(0, long - sum(sizes))]:
        sizes[index] += 1
    while sum(sizes) > long and max(sizes) > 1:
        sizes[sizes.index(max(sizes))] -= 1
    return sizes

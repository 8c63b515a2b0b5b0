"""A chart of few lines of characters: a column per period, two lines high, and beside it the highest and the lowest.

Half blocks give four heights with the glyphs every console font has; the eighths of a block are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from relance.errors import msg
from relance.money import ZERO, Money
from relance.reports.cells import show, width, wrap
from relance.reports.paper import FILLS, HALF, RULE, Paper, Span, indent
from relance.reports.view import Chart

_HEIGHT = 4


def typeset_spark(chart: Chart, paper: Paper) -> Iterator[list[Span]]:
    """The first series of the chart, drawn, and its extremes in words."""
    values = chart.series[0].values
    upper, lower = draw_columns(values)
    words = show(_extremes(chart, values), paper.language).split(" ")
    gap, wide = "   ", width(lower)
    room = None if paper.room is None else paper.room - wide - len(gap)
    beside = [" ".join(words)] if room is None else wrap(words, room) if room >= max(map(width, words)) + 20 else []
    lines = [beside[0], beside[1]] if len(beside) == 2 else ["", beside[0]] if len(beside) == 1 else ["", ""]
    for drawn, text in zip((upper, lower), lines, strict=True):
        yield indent([(paper.draw(drawn), ""), (gap, ""), (text, "faint")])
    if len(beside) not in {1, 2}:
        yield from (indent([(line, "faint")]) for line in wrap(words, paper.room or 80))


def draw_columns(values: tuple[Decimal, ...]) -> tuple[str, str]:
    """The upper and the lower line: a column of two glyphs per amount, as high as its part of the largest, in four
    steps; any amount above nothing has one, nothing has a stroke.

    >>> draw_columns((Decimal(0), Decimal(1), Decimal(50), Decimal(75), Decimal(100)))
    ('         ▄▄ ██', '── ▄▄ ██ ██ ██')
    """
    top = max((*values, ZERO))
    heights = [ceil(max(value, ZERO) * _HEIGHT / top) if top else 0 for value in values]
    full, none = FILLS[-1] * 2, "  "
    lower = [(RULE * 2, HALF * 2, full, full, full)[height] for height in heights]
    upper = [(none, none, none, HALF * 2, full)[height] for height in heights]
    return " ".join(upper), " ".join(lower)


def _extremes(chart: Chart, values: tuple[Decimal, ...]) -> object:
    highest, lowest = max(values), min(values)
    return msg(
        "highest {high} ({high_day}), lowest {low} ({low_day})",
        high=Money(highest, chart.currency),
        high_day=chart.periods[values.index(highest)],
        low=Money(lowest, chart.currency),
        low_day=chart.periods[values.index(lowest)],
    )

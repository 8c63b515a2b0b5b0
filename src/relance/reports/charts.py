"""A bar or a chart as the table that says the same: for text, for Markdown, for a workbook, beside a drawing."""

from __future__ import annotations

from decimal import Decimal

from relance.errors import Message, msg
from relance.money import ZERO, Money
from relance.reports.paper import FILLS, Paper
from relance.reports.view import Align, Bar, Chart, Column, Table

_LONGEST = 24


def chart_as_table(chart: Chart, *, drawn: Paper | None = None) -> Table:
    """One row per period, one column of amounts per series, and their total where they stand on each other; on paper
    of characters a last column draws each row."""
    series = tuple(Column(f"s{place}", one.label, Align.RIGHT) for place, one in enumerate(chart.series))
    bars = (Column("drawn", msg(""), fold=True),) if drawn else ()
    longest = max((sum_of(chart, place) for place in range(len(chart.periods))), default=ZERO)
    rows = tuple(
        (
            period,
            *(Money(one.values[place], chart.currency) for one in chart.series),
            *((_bar(chart, place, longest, drawn),) if drawn else ()),
        )
        for place, period in enumerate(chart.periods)
    )
    return Table(columns=(Column("period", chart.axis), *series, *bars), rows=rows, name=chart.name)


def bar_as_table(bar: Bar) -> Table:
    """One row per stretch: its label, amount and number of invoices."""
    columns = (
        Column("part", Message("")),
        Column("amount", msg("Amount"), Align.RIGHT),
        Column("count", msg("Invoices"), Align.RIGHT),
    )
    rows = tuple((part.label, Money(part.amount, bar.currency), part.count or None) for part in bar.parts)
    return Table(columns=columns, rows=rows)


def sum_of(chart: Chart, place: int) -> Decimal:
    """What a period reaches up to: the sum of stacked columns, the largest of lines."""
    values = [max(ZERO, one.values[place]) for one in chart.series]
    return sum(values, ZERO) if chart.shape == "columns" else max(values)


def _bar(chart: Chart, place: int, longest: Decimal, paper: Paper) -> str:
    """The row drawn: the series in their fills, those of lines one inside the other."""
    if not longest:
        return ""
    values = [max(ZERO, one.values[place]) for one in chart.series]
    if chart.shape == "lines":
        values = [values[0] - min(values[0], sum(values[1:], ZERO)), *values[1:]]
        values.reverse()
    sizes = [round(value * _LONGEST / longest) for value in values]
    fills = FILLS[-1], FILLS[1]
    return "".join(paper.draw(fills[at % 2]) * size for at, size in enumerate(sizes))

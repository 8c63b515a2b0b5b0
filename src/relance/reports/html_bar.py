"""A proportion bar as inline SVG with its legend: each stretch has its own hatching beside its colour."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import escape

from relance.errors import msg_n
from relance.language import Language
from relance.money import Money
from relance.reports.cells import show
from relance.reports.view import Bar, Part

_LINES = ("M0 8 8 0M-2 2 2 -2M6 10 10 6", "M0 8 8 0M-2 2 2 -2M6 10 10 6M0 0 8 8M6 -2 10 2M-2 6 2 10", "M0 2H8M0 6H8")
_KINDS = 2 + len(_LINES)  # from the last stretch back: solid, the hatchings, pale; past five they repeat
HATCHES = (
    '<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>'
    + "".join(
        f'<pattern id="hatch{index}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="{lines}" stroke="var(--paper)" stroke-width="1.25"/></pattern>'
        for index, lines in enumerate(_LINES, start=1)
    )
    + "</defs></svg>\n"
)
"""The hatchings, once in a page that has bars."""


def write_bar(bar: Bar, language: Language) -> Iterator[str]:
    """The stretches in proportion to the amounts above zero, then a list of all of them with amount and count."""
    lengths = [max(Decimal(0), part.amount) for part in bar.parts]
    total = sum(lengths, Decimal(0))
    if total:
        yield '<svg class="bar" aria-hidden="true">'
        start = Decimal(0)
        for index, (part, length) in enumerate(zip(bar.parts, lengths, strict=True)):
            share = length * 100 / total
            yield _stretch(part, index - len(bar.parts), f"{start:.2f}", f"{share:.2f}") if length else ""
            start += share
        yield "</svg>\n"
    yield '<ul class="legend">\n'
    for index, part in enumerate(bar.parts):
        yield _legend(part, index - len(bar.parts), bar.currency, language)
    yield "</ul>\n"


def _stretch(part: Part, place: int, start: str, share: str) -> str:
    """One stretch, `start` and `share` in percent of the width; `place` counts from the last, which is -1."""
    box = f'x="{start}%" width="{share}%" height="100%"'
    kind = (-place - 1) % _KINDS
    pale = " pale" if kind == _KINDS - 1 else ""
    hatch = f'<rect {box} fill="url(#hatch{kind})"/>' if 0 < kind < _KINDS - 1 else ""
    edge = f'<rect x="{start}%" width="2" height="100%" fill="var(--paper)"/>' if start != "0.00" else ""
    return f'<g class="{part.tone}"><rect class="part{pale}" {box}/>{hatch}{edge}</g>'


def _legend(part: Part, place: int, currency: str, language: Language) -> str:
    label = escape(show(part.label, language))
    amount = escape(show(Money(part.amount, currency), language))
    count = escape(show(msg_n("{n} invoice", "{n} invoices", part.count), language)) if part.count else ""
    swatch = _stretch(part, place, "0.00", "100.00")
    return (
        f'<li><svg class="swatch" aria-hidden="true">{swatch}</svg>'
        f"<span>{label} <b>{amount}</b> <small>{count}</small></span></li>\n"
    )

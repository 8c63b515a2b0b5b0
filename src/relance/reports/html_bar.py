"""A proportion bar as inline SVG with its table: each stretch has its own hatching beside its colour."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import escape

from relance.errors import msg, msg_n
from relance.language import Language
from relance.money import Money
from relance.reports.cells import show
from relance.reports.html_table import Place
from relance.reports.view import Bar, Part

_LINES = ("M0 8 8 0M-2 2 2 -2M6 10 10 6", "M0 8 8 0M-2 2 2 -2M6 10 10 6M0 0 8 8M6 -2 10 2M-2 6 2 10", "M0 2H8M0 6H8")
_KINDS = 2 + len(_LINES)  # from the last stretch back: solid, the hatchings, pale; past five they repeat
HATCHES = (
    '<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>'
    + "".join(
        f'<pattern id="hatch{index}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="{lines}" stroke="var(--paper)" stroke-width="1.25" opacity=".7"/></pattern>'
        for index, lines in enumerate(_LINES, start=1)
    )
    + "</defs></svg>\n"
)
"""The hatchings, once in a page that has bars."""


def write_bar(bar: Bar, place: Place) -> Iterator[str]:
    """The stretches in proportion to the amounts above zero, then a table of all of them with amount and count."""
    language, name = place.language, f"s{place.section}"
    lengths = [max(Decimal(0), part.amount) for part in bar.parts]
    total = sum(lengths, Decimal(0))
    if total:
        title = escape(show(place.title or msg("Ageing"), language))
        shares = [(show(p.label, language), round(n * 100 / total)) for p, n in zip(bar.parts, lengths, strict=True)]
        said = escape("; ".join(f"{label} {share} %" for label, share in shares))
        yield f'<svg class="bar" role="img" aria-labelledby="{name}-n {name}-d">'
        yield f'<title id="{name}-n">{title}</title><desc id="{name}-d">{said}</desc>'
        start = Decimal(0)
        for index, (part, length) in enumerate(zip(bar.parts, lengths, strict=True)):
            share = length * 100 / total
            yield _stretch(part, index - len(bar.parts), f"{start:.2f}", f"{share:.2f}") if length else ""
            start += share
        yield "</svg>\n"
    yield from _legend_table(bar, place)


def _stretch(part: Part, place: int, start: str, share: str) -> str:
    """One stretch, `start` and `share` in percent of the width; `place` counts from the last, which is -1."""
    box = f'x="{start}%" width="{share}%" height="100%"'
    kind = (-place - 1) % _KINDS
    pale = " pale" if kind == _KINDS - 1 else ""
    hatch = f'<rect {box} fill="url(#hatch{kind})"/>' if 0 < kind < _KINDS - 1 else ""
    edge = f'<rect x="{start}%" width="2" height="100%" fill="var(--paper)"/>' if start != "0.00" else ""
    return f'<g class="{part.tone}"><rect class="part{pale}" {box}/>{hatch}{edge}</g>'


def _legend_table(bar: Bar, place: Place) -> Iterator[str]:
    language = place.language

    def header(text: str) -> str:
        return f'<th scope="col">{escape(text)}</th>'

    titles = "".join(header(language.say(title)) for title in (msg("Days late"), msg("Amount"), msg("Invoices")))
    yield '<table class="legend">\n'
    yield f'<caption class="aloud">{escape(show(place.title or msg("Ageing"), language))}</caption>\n'
    yield f'<thead class="aloud"><tr>{titles}</tr></thead>\n<tbody>\n'
    for index, part in enumerate(bar.parts):
        yield _legend(part, index - len(bar.parts), bar.currency, language)
    yield "</tbody>\n</table>\n"


def _legend(part: Part, place: int, currency: str, language: Language) -> str:
    label = escape(show(part.label, language))
    amount = escape(show(Money(part.amount, currency), language))
    count = escape(show(msg_n("{n} invoice", "{n} invoices", part.count), language)) if part.count else ""
    swatch = _stretch(part, place, "0.00", "100.00")
    return (
        f'<tr><th scope="row"><svg class="swatch" aria-hidden="true">{swatch}</svg>{label}</th>'
        f"<td>{amount}</td><td>{count}</td></tr>\n"
    )

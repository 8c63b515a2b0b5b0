"""A proportion bar as inline SVG with its table.

What colour tells, the order of the table and the shares written in the bar tell too.
"""

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

_SHADES = 5
"""From the calm one of what is not due to the darkest, of the oldest: `a0` to `a4` in the style sheet."""
_TOLD = 9  # percent of the width from which a stretch has room for its share


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
        for index, length in enumerate(lengths):
            share = length * 100 / total
            yield _stretch(shade_of(index, len(bar.parts)), start, share) if length else ""
            start += share
        yield "</svg>\n"
    yield from _legend_table(bar, place)


def shade_of(index: int, count: int) -> str:
    """The shade of a stretch: the first has its own, the last the darkest, those between are spread over the others.

    >>> [shade_of(index, 5) for index in range(5)], [shade_of(index, 3) for index in range(3)]
    (['a0', 'a1', 'a2', 'a3', 'a4'], ['a0', 'a1', 'a4'])
    """
    if index in (0, count - 1):
        return f"a{_SHADES - 1 if index else 0}"
    return f"a{1 + (index - 1) * (_SHADES - 2) // max(1, count - 2)}"


def _stretch(shade: str, start: Decimal, share: Decimal) -> str:
    """One stretch, `start` and `share` in percent of the width."""
    told = f'<text x="{start + share / 2:.2f}%" y="50%">{round(share)} %</text>' if share >= _TOLD else ""
    edge = f'<rect class="edge" x="{start:.2f}%" width="2" height="100%"/>' if start else ""
    box = f'<rect class="part" x="{start:.2f}%" width="{share:.2f}%" height="100%"/>'
    return f'<g class="{shade}">{box}{edge}{told}</g>'


def _legend_table(bar: Bar, place: Place) -> Iterator[str]:
    language = place.language

    def header(text: str) -> str:
        return f'<th scope="col">{escape(text)}</th>'

    titles = "".join(header(language.say(title)) for title in (msg("Days late"), msg("Amount"), msg("Invoices")))
    yield '<table class="legend">\n'
    yield f'<caption class="aloud">{escape(show(place.title or msg("Ageing"), language))}</caption>\n'
    yield f'<thead class="aloud"><tr>{titles}</tr></thead>\n<tbody>\n'
    for index, part in enumerate(bar.parts):
        yield _legend(part, shade_of(index, len(bar.parts)), bar.currency, language)
    yield "</tbody>\n</table>\n"


def _legend(part: Part, shade: str, currency: str, language: Language) -> str:
    label = escape(show(part.label, language))
    amount = escape(show(Money(part.amount, currency), language))
    count = escape(show(msg_n("{n} invoice", "{n} invoices", part.count), language)) if part.count else ""
    swatch = f'<svg class="swatch {shade}" aria-hidden="true"><rect width="100%" height="100%"/></svg>'
    return f'<tr><th scope="row">{swatch}{label}</th><td>{amount}</td><td>{count}</td></tr>\n'

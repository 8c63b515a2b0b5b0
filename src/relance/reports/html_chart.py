"""A chart as inline SVG, and the same figures as a table under it.

Widths are in percent and heights in pixels, so that texts and lines keep their size on any screen. What colour tells,
the legend, the fill and the table tell too.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from html import escape

from relance.errors import msg
from relance.language import Language
from relance.money import ZERO, Money
from relance.reports.cells import show
from relance.reports.charts import chart_as_table, sum_of
from relance.reports.html_table import Place, write_table
from relance.reports.view import Chart, Series, Shape

HEIGHT, _TOP, _BOTTOM = 220, 18, 26
_FLOOR = HEIGHT - _BOTTOM
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_LINES = 3
_WIDE = 1000  # the width in which slanted lines are drawn before they are stretched


def write_chart(chart: Chart, place: Place) -> Iterator[str]:
    """The legend, the drawing, its table to be opened, and the note."""
    language, name = place.language, f"s{place.section}"
    yield from _legend(chart, language)
    top = max((sum_of(chart, at) for at in range(len(chart.periods))), default=ZERO)
    scale = _Scale(top, len(chart.periods))
    gutter = f'style="--gutter:{len(_label(scale.top, chart, language))}ch"'
    yield f'<svg class="drawn" {gutter} height="{HEIGHT}" role="img" aria-labelledby="{name}-n {name}-d">'
    yield f'<title id="{name}-n">{escape(language.say(chart.title))}</title>'
    yield f'<desc id="{name}-d">{escape(_said(chart, language))}</desc>'
    yield from _grid(chart, scale, language)
    yield from _columns(chart, scale, language) if chart.shape is Shape.COLUMNS else _curves(chart, scale, language)
    yield from _ticks(chart, scale, language)
    yield "</svg>\n"
    yield f"<details>\n<summary>{escape(language.say(msg('The figures of this chart')))}</summary>\n"
    yield from write_table(chart_as_table(chart), Place(place.section, chart.title, place.anchors, language))
    yield "</details>\n"
    if chart.note:
        yield f'<p class="faint">{escape(language.say(chart.note))}</p>\n'


class _Scale:
    """From amounts to pixels from the top, from periods to percent of the width."""

    def __init__(self, top: Decimal, periods: int) -> None:
        self.step = _round_step(top / _LINES) if top > ZERO else Decimal(1)
        steps = (top / self.step).to_integral_value(ROUND_CEILING)
        self.top = self.step * max(Decimal(1), steps)
        self.periods = periods

    def y(self, amount: Decimal) -> str:
        return f"{_FLOOR - max(ZERO, amount) * (_FLOOR - _TOP) / self.top:.1f}"

    def x(self, at: int) -> Decimal:
        return (Decimal(at) + Decimal("0.5")) * 100 / self.periods


def _round_step(least: Decimal) -> Decimal:
    """The roundest step that is not smaller: 1, 2, 2.5 or 5 times a power of ten.

    >>> str(_round_step(Decimal(35485))), str(_round_step(Decimal("0.3")))
    ('50000', '0.5')
    """
    power = Decimal(10) ** least.adjusted()
    step = next(step * power for step in _STEPS if step * power >= least)
    return Decimal(f"{step:f}")


def _said(chart: Chart, language: Language) -> str:
    """First and last of each series, for those who hear the page."""
    first, last = language.say(chart.periods[0]), language.say(chart.periods[-1])
    sentences = (
        msg(
            "{name}: {first}, {start}; {last}, {end}.",
            name=one.label, first=first, start=Money(one.values[0], chart.currency), last=last,
            end=Money(one.values[-1], chart.currency),
        )
        for one in chart.series
    )  # fmt: skip
    return " ".join(map(language.say, sentences))


def _legend(chart: Chart, language: Language) -> Iterator[str]:
    yield '<ul class="series">\n'
    for at, one in enumerate(chart.series):
        swatch = f'<svg class="swatch {one.tone} k{at}" aria-hidden="true"><rect width="100%" height="100%"/></svg>'
        yield f"<li>{swatch}{escape(language.say(one.label))}</li>\n"
    yield "</ul>\n"


def _grid(chart: Chart, scale: _Scale, language: Language) -> Iterator[str]:
    amount = ZERO
    while amount <= scale.top:
        y = scale.y(amount)
        yield f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        yield f'<text class="scale" x="-10" y="{Decimal(y) + 4}">{escape(_label(amount, chart, language))}</text>'
        amount += scale.step


def _label(amount: Decimal, chart: Chart, language: Language) -> str:
    """An amount of the scale, without the cents it does not have."""
    text = show(Money(amount, chart.currency), language)
    return text if amount % 1 else text.replace(",00", "").replace(".00", "")


def _ticks(chart: Chart, scale: _Scale, language: Language) -> Iterator[str]:
    for at, tick in enumerate(chart.ticks):
        odd = " odd" if (len(chart.ticks) - 1 - at) % 2 else ""
        label = escape(language.say(tick).strip())
        yield f'<text class="tick{odd}" x="{scale.x(at):.2f}%" y="{HEIGHT - 6}">{label}</text>'


def _curves(chart: Chart, scale: _Scale, language: Language) -> Iterator[str]:
    yield f'<svg width="100%" height="{HEIGHT}" viewBox="0 0 {_WIDE} {HEIGHT}" preserveAspectRatio="none">'
    for at, one in enumerate(chart.series):
        points = [f"{scale.x(place) * _WIDE / 100:.1f} {scale.y(value)}" for place, value in enumerate(one.values)]
        first, last = points[0].split()[0], points[-1].split()[0]
        line = "L".join(points)
        yield f'<g class="{one.tone} k{at}"><path class="area" d="M{first} {_FLOOR}L{line}L{last} {_FLOOR}Z"/>'
        yield f'<path class="curve" d="M{line}"/></g>'
    yield "</svg>"
    for at, one in enumerate(chart.series):
        for place, value in enumerate(one.values):
            hint = _hint(chart, one, place, language)
            spot = f'cx="{scale.x(place):.2f}%" cy="{scale.y(value)}"'
            yield f'<circle class="{one.tone} k{at}" {spot} r="4">{hint}</circle>'


def _columns(chart: Chart, scale: _Scale, language: Language) -> Iterator[str]:
    """The series of a period on each other, the first one at the bottom."""
    wide = Decimal(62) / scale.periods
    for place in range(scale.periods):
        under = ZERO
        for at, one in enumerate(chart.series):
            value = max(ZERO, one.values[place])
            if value:
                y, foot = scale.y(under + value), scale.y(under)
                yield (
                    f'<rect class="{one.tone} k{at}" x="{scale.x(place) - wide / 2:.2f}%" width="{wide:.2f}%" y="{y}" '
                    f'height="{Decimal(foot) - Decimal(y)}" rx="3">{_hint(chart, one, place, language)}</rect>'
                )
            under += value


def _hint(chart: Chart, one: Series, place: int, language: Language) -> str:
    """What a pointer that rests there reads."""
    period, name = language.say(chart.periods[place]), language.say(one.label)
    amount = show(Money(one.values[place], chart.currency), language)
    return f"<title>{escape(f'{period} · {name} · {amount}')}</title>"

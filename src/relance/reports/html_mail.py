"""A view as the page of a message: everything a mail program understands and nothing that it throws away.

Styles stand on the elements, since many programs drop a style sheet; no drawing, no form, nothing that needs a wide
window: a row is its name and its amount, and under them the rest. The whole page travels as an attachment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

from relance.errors import Message, msg_n
from relance.language import Language
from relance.money import ZERO, Money
from relance.reports.cells import show
from relance.reports.charts import sum_of
from relance.reports.html import SPEAKING
from relance.reports.html_bar import shade_of
from relance.reports.html_table import AMOUNTS
from relance.reports.layout import spoken_sections
from relance.reports.links import target_of
from relance.reports.paper import SIGNS
from relance.reports.view import (
    Align,
    Bar,
    Chart,
    Column,
    Facts,
    Figure,
    Line,
    Section,
    Table,
    Ticks,
    Tone,
    Verbatim,
    View,
)

_FAINT, _RULE = "#667085", "1px solid #d9dde5"
_TONES = {Tone.GOOD: "#11744a", Tone.NOTICE: "#2f66d0", Tone.WARNING: "#9a5b00", Tone.BAD: "#c0271e"}
_SHADES = {"a0": "#64748b", "a1": "#3b6fd8", "a2": "#a06a00", "a3": "#c2490f", "a4": "#931515"}
_TABLE = 'role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse;width:100%"'
_BODY = "margin:0 auto;padding:20px 16px;max-width:640px;font:15px/1.45 Helvetica,Arial,sans-serif"


def render_mail(view: View, language: Language, today: date) -> str:
    """The whole page, in the reader's language and marked so."""
    sections = spoken_sections(view)
    title = escape(show(view.title, language))
    body = "".join(piece for section in sections for piece in _section(section, language))
    return (
        f'<!doctype html>\n<html lang="{language.code}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>\n'
        f'<body style="{_BODY}">\n<h1 style="margin:0;font-size:20px;line-height:1.25">{title}</h1>\n'
        f'<p style="margin:2px 0 0;color:{_FAINT}">{language.long_date(today)}</p>\n{body}</body>\n</html>\n'
    )


def _section(section: Section, language: Language) -> Iterator[str]:
    if isinstance(section, Line):
        yield _line(section.text, section.tone, language)
        return
    if section.title is not None:
        text = escape(show(section.title, language))
        yield f'<h2 style="margin:28px 0 8px;font-size:16px;line-height:1.3">{text}</h2>\n'
    if isinstance(section, Facts):
        yield from _facts(section, language)
    elif isinstance(section, Bar):
        yield from _bar(section, language)
    elif isinstance(section, Chart):
        yield from _chart(section, language)
    elif isinstance(section, Verbatim):
        yield f'<pre style="white-space:pre-wrap;font-size:13px">{escape(section.text)}</pre>\n'
    elif section.rows:
        yield from _table(section, language)
    else:
        yield _line(section.empty or Message(""), Tone.PLAIN, language)


def _line(text: Message, tone: Tone, language: Language) -> str:
    colour = f";color:{_FAINT}" if tone is Tone.FAINT else ""
    return f'<p style="margin:12px 0 0{colour}">{_sign(tone)}{escape(show(text, language))}</p>\n'


def _sign(tone: Tone) -> str:
    return f'<b style="color:{_TONES[tone]}">{SIGNS[tone]}</b> ' if tone in SIGNS else ""


def _facts(facts: Facts, language: Language) -> Iterator[str]:
    yield '<div style="margin:12px 0 0">\n'
    for label, value, tone in facts.items:
        figure = Figure.of(value)
        colour = f";color:{_TONES[tone]}" if tone in _TONES else ""
        notes = "".join(f"<br>{escape(show(note, language))}" for note, _ in figure.notes)
        yield (
            '<div style="display:inline-block;vertical-align:top;min-width:130px;margin:0 24px 12px 0">'
            f'<span style="font-size:13px;color:{_FAINT}">{escape(show(label, language))}</span><br>'
            f'<b style="font-size:19px{colour}">{escape(show(figure.value, language))}</b>'
            f'<span style="font-size:13px;color:{_FAINT}">{notes}</span></div>\n'
        )
    yield "</div>\n"


def _table(table: Table, language: Language) -> Iterator[str]:
    main = next((at for at, column in enumerate(table.columns) if at and column.key in AMOUNTS), 0)
    yield f"<table {_TABLE}>\n"
    rows = ((row, tone, "normal") for row, tone in table.toned)
    for row, tone, weight in (*rows, *((row, Tone.PLAIN, "bold") for row in table.totals)):
        head = _sign(tone) + _cell(row[0], table.columns[0], language)
        amount = _cell(row[main], table.columns[main], language) if main else ""
        rest = [
            said
            for at, column in enumerate(table.columns)
            if at not in (0, main) and (said := _labelled(row[at], column, language))
        ]
        under = f'<br><span style="font-size:13px;color:{_FAINT}">{" · ".join(rest)}</span>' if rest else ""
        yield (
            f'<tr><td style="padding:8px 12px 8px 0;border-top:{_RULE};font-weight:{weight}"><b>{head}</b>{under}</td>'
            f'<td align="right" style="padding:8px 0;border-top:{_RULE};vertical-align:top;white-space:nowrap">'
            f"<b>{amount}</b></td></tr>\n"
        )
    yield "</table>\n"


def _labelled(value: Any, column: Column, language: Language) -> str:
    """A cell after the title of its column, where it is not understood without; boxes to tick have no use here."""
    if value is None or isinstance(value, Ticks):
        return ""
    text = _cell(value, column, language)
    if not text or (column.key in SPEAKING and column.align is Align.LEFT):
        return text
    return f"{escape(show(column.title, language))} {text}"


def _cell(value: Any, column: Column, language: Language) -> str:
    text = escape(show(value, language))
    target = target_of(value, column.key) if isinstance(value, str) else ""
    return f'<a href="{escape(target)}">{text}</a>' if target else text


def _bar(bar: Bar, language: Language) -> Iterator[str]:
    lengths = [max(ZERO, part.amount) for part in bar.parts]
    total, count = sum(lengths, ZERO), len(bar.parts)
    if total:
        stretches = "".join(
            f'<td width="{length * 100 / total:.0f}%" style="background:{_SHADES[shade_of(at, count)]};height:18px">'
            "&nbsp;</td>"
            for at, length in enumerate(lengths)
            if length
        )
        yield f'<table {_TABLE} aria-hidden="true"><tr>{stretches}</tr></table>\n'
    yield f"<table {_TABLE}>\n"
    for at, part in enumerate(bar.parts):
        invoices = show(msg_n("{n} invoice", "{n} invoices", part.count), language) if part.count else ""
        point = f'<span aria-hidden="true" style="color:{_SHADES[shade_of(at, count)]}">■</span>'
        yield _figures(f"{point} {escape(show(part.label, language))}", [Money(part.amount, bar.currency)], language,
                       escape(invoices))  # fmt: skip
    yield "</table>\n"


def _figures(head: str, amounts: list[Money], language: Language, last: str) -> str:
    cells = "".join(
        f'<td align="right" style="padding:3px 14px 3px 0;white-space:nowrap">{escape(show(amount, language))}</td>'
        for amount in amounts
    )
    return (
        f'<tr><td style="padding:3px 14px 3px 0;white-space:nowrap">{head}</td>{cells}'
        f'<td style="padding:3px 0;width:40%;color:{_FAINT}">{last}</td></tr>\n'
    )


def _chart(chart: Chart, language: Language) -> Iterator[str]:
    """A row per period: its amounts, and what they reach up to as a stroke."""
    reached = [sum_of(chart, at) for at in range(len(chart.periods))]
    longest = max(reached, default=ZERO)
    yield f"<table {_TABLE}>\n"
    if len(chart.series) > 1:
        yield _titles(chart, language)
    for at, period in enumerate(chart.periods):
        amounts = [Money(one.values[at], chart.currency) for one in chart.series]
        yield _figures(escape(show(period, language)), amounts, language, _stroke(chart, at, longest))
    yield "</table>\n"
    if chart.note:
        yield _line(chart.note, Tone.FAINT, language)


def _titles(chart: Chart, language: Language) -> str:
    cells = "".join(
        f'<td align="right" style="padding:3px 14px 3px 0;font-size:13px;color:{_TONES.get(one.tone, _FAINT)}">'
        f"{escape(show(one.label, language))}</td>"
        for one in chart.series
    )
    return f"<tr><td></td>{cells}<td></td></tr>\n"


def _stroke(chart: Chart, at: int, longest: Decimal) -> str:
    strokes = (
        f'<div style="height:6px;width:{max(ZERO, one.values[at]) * 100 / longest:.0f}%;'
        f'background:{_TONES.get(one.tone, _FAINT)}"></div>'
        for one in chart.series
        if longest and one.values[at] > ZERO
    )
    return "".join(strokes)

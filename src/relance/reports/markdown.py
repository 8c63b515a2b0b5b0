"""A view as Markdown with tables (GitHub's dialect): for a wiki, a ticket, a chat. Hostile text is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from relance.errors import msg
from relance.language import Language
from relance.reports.cells import show
from relance.reports.charts import bar_as_table, chart_as_table
from relance.reports.layout import spoken_sections
from relance.reports.paper import SIGNS
from relance.reports.view import Align, Bar, Chart, Facts, Line, Section, Table, Tone, Verbatim, View

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_LIST_START = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)")
_AUTOLINK = re.compile(r"(?i)\b(https?|ftp|mailto):|\bwww\.|@")


def render_markdown(view: View, language: Language, today: date) -> str:
    """The view with a heading per section; bars and figures become small tables."""
    blocks = [f"# {escape(language.say(view.title))}", language.long_date(today)]
    for section in spoken_sections(view):
        if not isinstance(section, Line) and section.title is not None:
            blocks.append(f"## {escape(language.say(section.title))}")
        blocks.append("\n".join(_write(section, language)))
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Text that shows as itself: no emphasis, link, HTML or list can come out of it.

    >>> escape("<b>*x*</b> | [a](b)"), escape("- item"), escape("1. item")
    ('\\\\<b\\\\>\\\\*x\\\\*\\\\</b\\\\> \\\\| \\\\[a\\\\](b)', '\\\\- item', '1\\\\. item')
    """
    text = _SPECIAL.sub(r"\\\1", text)
    text = _LIST_START.sub(lambda found: f"{found[1]}{found[2][:-1]}\\{found[2][-1]}", text)
    return _AUTOLINK.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", text)


def _write(section: Section, language: Language) -> Iterator[str]:
    if isinstance(section, Line):
        yield _signed(escape(show(section.text, language)), section.tone)
    elif isinstance(section, Facts):
        for label, value, tone in section.items:
            figure = f"**{escape(show(value, language))}**"
            sentence = language.say(msg("{label}: {value}"))
            yield "- " + _signed(sentence.format(label=escape(show(label, language)), value=figure), tone)
    elif isinstance(section, Bar):
        yield from _write_table(bar_as_table(section), language)
    elif isinstance(section, Verbatim):
        yield from ("    " + line for line in section.text.splitlines())
    elif isinstance(section, Chart):
        yield from _write_table(chart_as_table(section), language)
        if section.note:
            yield f"\n{escape(show(section.note, language))}"
    elif section.rows:
        yield from _write_table(section, language)
    else:
        yield escape(show(section.empty, language))


def _write_table(table: Table, language: Language) -> Iterator[str]:
    yield _cells([escape(show(column.title, language)) for column in table.columns])
    yield _cells(["---:" if column.align is Align.RIGHT else "---" for column in table.columns])
    for row, tone in table.toned:
        first, *others = _escaped(row, language)
        yield _cells([_signed(first, tone), *others])
    for row in table.totals:
        yield _cells([f"**{text}**" if text else "" for text in _escaped(row, language)])


def _escaped(row: tuple[Any, ...], language: Language) -> list[str]:
    return [escape(show(value, language)) for value in row]


def _cells(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _signed(text: str, tone: Tone) -> str:
    sign = SIGNS.get(tone, "")
    return f"{sign} {text}" if sign else text

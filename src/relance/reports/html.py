"""A view as one HTML file: no script, nothing fetched, light and dark, readable on a telephone, on paper and aloud.

Every text is escaped before it enters the page; a policy in the page forbids what would still get
through. Rows that are about a client or an invoice can be linked to: `#number-F-2026-041`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from relance.language import Language
from relance.money import Money
from relance.reports.cells import show
from relance.reports.html_bar import HATCHES, write_bar
from relance.reports.html_chart import write_chart
from relance.reports.html_table import write_table
from relance.reports.layout import is_silent
from relance.reports.paper import SIGNS
from relance.reports.view import Bar, Chart, Facts, Line, Section, Table, Tone, Verbatim, View

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render_html(view: View, language: Language, today: date) -> str:
    """The whole page, in the reader's language and marked so."""
    sections = [section for section in (*view.sections(), *view.remarks()) if not is_silent(section)]
    title = _text(view.title, language)
    anchors: set[str] = set()
    body = "".join(
        piece for number, section in enumerate(sections) for piece in _section(section, f"s{number}", language, anchors)
    )
    return (
        f'<!doctype html>\n<html lang="{language.code}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{title} · {language.day(today)}</title>\n"
        f"<style>\n{_css()}{''.join(_labels(sections, language))}</style>\n</head>\n<body>\n{HATCHES}"
        f'<header><h1>{title}</h1><p><time datetime="{today}">{language.long_date(today)}</time></p></header>\n'
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


@cache
def _css() -> str:
    return (resources.files("relance") / "data" / "report.css").read_text(encoding="utf-8")


def _text(value: Any, language: Language) -> str:
    """Any cell as text that is safe between tags and in quoted attributes."""
    return escape(show(value, language))


def _labels(sections: list[Section], language: Language) -> Iterator[str]:
    """On a telephone a row is a card: the titles of its columns, once per table rather than once per cell."""
    yield "@media (max-width: 46rem) {\n"
    for number, section in enumerate(sections):
        if isinstance(section, Table):
            for position, column in enumerate(section.columns[1:], start=2):
                title = _css_string(show(column.title, language))
                yield f"#s{number} td:nth-child({position})::before {{ content: {title}; }}\n"
    yield "}\n"


def _css_string(text: str) -> str:
    return '"' + re.sub(r"[^0-9A-Za-z ]", lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def _section(section: Section, name: str, language: Language, anchors: set[str]) -> Iterator[str]:
    if isinstance(section, Line):
        yield f'<section class="line"><p class="{section.tone}">{_sign(section.tone)}'
        yield f"{_text(section.text, language)}</p></section>\n"
        return
    labelled = f' aria-labelledby="{name}-t"' if section.title is not None else ""
    yield f'<section id="{name}"{labelled}>\n'
    if section.title is not None:
        yield f'<h2 id="{name}-t">{_text(section.title, language)}</h2>\n'
    if isinstance(section, Facts):
        yield from _facts(section, language)
    elif isinstance(section, Bar):
        yield from write_bar(section, language)
    elif isinstance(section, Verbatim):
        yield f"<pre>{escape(section.text)}</pre>\n"
    elif isinstance(section, Chart):
        yield from write_chart(section, name, language)
    elif section.rows:
        yield from write_table(section, labelled, language, anchors)
    else:
        yield f"<p>{_text(section.empty, language)}</p>\n"
    yield "</section>\n"


def _sign(tone: Tone) -> str:
    return f'<span class="sign">{SIGNS[tone]}</span>' if tone in SIGNS else ""


def _facts(facts: Facts, language: Language) -> Iterator[str]:
    yield '<dl class="facts">\n'
    for label, value, tone in facts.items:
        values = value if isinstance(value, tuple) and all(isinstance(item, Money) for item in value) else (value,)
        lines = "".join(f"<span>{_text(item, language)}</span>" for item in values)
        yield f'<div class="{tone}"><dt>{_text(label, language)}</dt><dd>{lines}</dd></div>\n'
    yield "</dl>\n"

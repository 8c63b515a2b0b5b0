"""A view as one HTML file: no script, nothing fetched, light and dark, readable on a telephone, on paper and aloud.

Every text is escaped before it enters the page; a policy in the page forbids what would still get
through. Rows that are about a client or an invoice can be linked to: `#number-F-2026-041`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from msgspec import Struct

from relance.errors import Message, msg
from relance.language import Language
from relance.money import Money
from relance.reports.cells import show
from relance.reports.html_anchors import Anchors
from relance.reports.html_bar import write_bar
from relance.reports.html_chart import write_chart
from relance.reports.html_table import Place, write_table
from relance.reports.layout import spoken_sections
from relance.reports.paper import SIGNS
from relance.reports.view import Align, Bar, Chart, Facts, Figure, Line, Section, Table, Tone, Verbatim, View

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_CONTENTS = 4  # a page of so many titles has a list of them
SPEAKING = frozenset(
    {"client", "number", "numbers", "contact", "phone", "email", "step", "channel", "detail", "decision", "problem"}
)  # columns whose texts are understood without their title, and are spared it where there is little room
_BESIDE = frozenset({Tone.FAINT, Tone.PLAIN, Tone.NOTICE})


class Block(Struct, frozen=True):
    """What stands together in one frame: the places of its sections; the first gives the title."""

    places: list[int]


def render_html(view: View, language: Language, today: date) -> str:
    """The whole page, in the reader's language and marked so."""
    sections = spoken_sections(view)
    title = _text(view.title, language)
    anchors = Anchors(sections)
    body = "".join(piece for block in _blocks(sections) for piece in _write(block, sections, anchors, language))
    return (
        f'<!doctype html>\n<html lang="{language.code}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{title} · {language.day(today)}</title>\n"
        f"<style>\n{_css()}{''.join(_labels(sections, language))}</style>\n</head>\n<body>\n"
        f'<header>\n<h1>{title}</h1>\n<p><time datetime="{today}">{language.long_date(today)}</time></p>\n'
        f"{''.join(_contents(sections, language))}</header>\n"
        f"<main>\n{body}</main>\n</body>\n</html>\n"
    )


@cache
def _css() -> str:
    return (resources.files("relance") / "data" / "report.css").read_text(encoding="utf-8")


def _text(value: Any, language: Language) -> str:
    """Any cell as text that is safe between tags and in quoted attributes."""
    return escape(show(value, language))


def _title(section: Section) -> Message | None:
    return None if isinstance(section, Line) else section.title


def _contents(sections: Sequence[Section], language: Language) -> Iterator[str]:
    """The list of the titles, where a page has several."""
    titled = [(place, title) for place, section in enumerate(sections) if (title := _title(section))]
    if len(titled) < _CONTENTS:
        return
    yield f'<nav aria-label="{_text(msg("On this page"), language)}"><ul>\n'
    for place, title in titled:
        yield f'<li><a href="#b{place}">{_text(title, language)}</a></li>\n'
    yield "</ul></nav>\n"


def _labels(sections: list[Section], language: Language) -> Iterator[str]:
    """On a telephone a row is a card: the titles of its columns, once per table rather than once per cell."""
    yield "@media screen and (max-width: 60rem) {\n"
    for number, section in enumerate(sections):
        if isinstance(section, Table):
            for position, column in enumerate(section.columns[1:], start=2):
                if column.key in SPEAKING and column.align is Align.LEFT:
                    continue
                title = _css_string(show(column.title, language))
                yield f"#s{number} td:nth-child({position})::before {{ content: {title}; }}\n"
    yield "}\n"


def _css_string(text: str) -> str:
    return '"' + re.sub(r"[^0-9A-Za-z ]", lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def _blocks(sections: Sequence[Section]) -> list[Block]:
    """The sections in frames: a remark stands under what it follows, a table without title under the figures that
    have one; a sentence of its own has its own frame."""
    blocks: list[Block] = []
    for place, section in enumerate(sections):
        before = sections[place - 1] if place else None
        beside = isinstance(section, Line) and section.tone in _BESIDE and before is not None
        alike = isinstance(section, Line) and isinstance(before, Line)
        under = isinstance(section, Table) and section.title is None and isinstance(before, Facts) and before.title
        if blocks and (beside or alike or under):
            blocks[-1].places.append(place)
        else:
            blocks.append(Block([place]))
    return blocks


def _write(block: Block, sections: Sequence[Section], anchors: Anchors, language: Language) -> Iterator[str]:
    first = block.places[0]
    head, title = sections[first], _title(sections[first])
    kind = _KINDS.get(type(head), "")
    if title is None:
        yield f'<div class="{kind or "card"}">\n'
    else:
        yield f'<section id="b{first}" class="{kind or "card"}" aria-labelledby="t{first}">\n'
        yield f'<h2 id="t{first}">{_text(title, language)}</h2>\n'
    for place in block.places:
        yield from _section(sections[place], Place(place, title, anchors, language))
    yield "</div>\n" if title is None else "</section>\n"


_KINDS: dict[type, str] = {Line: "lines", Chart: "card chart"}


def _section(section: Section, place: Place) -> Iterator[str]:
    language = place.language
    if isinstance(section, Line):
        yield f'<p class="{section.tone}">{_sign(section.tone)}{_text(section.text, language)}</p>\n'
    elif isinstance(section, Facts):
        yield from _facts(section, language)
    elif isinstance(section, Bar):
        yield from write_bar(section, place)
    elif isinstance(section, Verbatim):
        yield f'<pre tabindex="0">{escape(section.text)}</pre>\n'
    elif isinstance(section, Chart):
        yield from write_chart(section, place)
    elif section.rows:
        yield from write_table(section, place)
    else:
        yield f"<p>{_text(section.empty, language)}</p>\n"


def _sign(tone: Tone) -> str:
    return f'<span class="sign">{SIGNS[tone]}</span>' if tone in SIGNS else ""


def _facts(facts: Facts, language: Language) -> Iterator[str]:
    yield '<dl class="facts">\n'
    for label, value, tone in facts.items:
        figure = Figure.of(value)
        inner = figure.value
        values = inner if isinstance(inner, tuple) and all(isinstance(item, Money) for item in inner) else (inner,)
        lines = "".join(f"<span>{_text(item, language)}</span>" for item in values)
        notes = "".join(f'<dd class="note {style}">{_text(note, language)}</dd>' for note, style in figure.notes)
        words = ' class="words"' if isinstance(inner, str) else ""  # a name or an account may need several lines
        yield f'<div class="{tone}"><dt>{_text(label, language)}</dt><dd{words}>{lines}</dd>{notes}</div>\n'
    yield "</dl>\n"

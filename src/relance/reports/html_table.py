"""A table as HTML: headers with their scope, links that call or write, an anchor per client and invoice."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import repeat
from typing import Any

from msgspec import Struct

from relance.errors import Message
from relance.language import Language
from relance.reports.cells import show
from relance.reports.html_anchors import KINDS, Anchors
from relance.reports.links import target_of
from relance.reports.paper import DOT, LATENESS_TONES, SIGNS
from relance.reports.view import Align, Column, Lateness, Table, Ticks, Tone

AMOUNTS = frozenset({"open", "amount", "owed", "total"})


class Place(Struct, frozen=True, eq=False):
    """What a table is written with: its place among the sections of the page, the title that names it, the ids."""

    section: int
    title: Message | None
    anchors: Anchors
    language: Language


def write_table(table: Table, place: Place) -> Iterator[str]:
    """The table in a frame that scrolls sideways."""
    said = escape(show(place.title, place.language))
    group = f' role="group" aria-label="{said}"' if said else ""
    yield f'<div class="scroll" tabindex="0"{group}>\n<table id="s{place.section}">\n'
    if said:
        yield f'<caption class="aloud">{said}</caption>\n'
    classes = _classes(table)
    yield "<thead><tr>"
    for column, mark in zip(table.columns, classes, strict=True):
        yield f'<th scope="col"{mark}>{escape(show(column.title, place.language))}</th>'
    yield "</tr></thead>\n<tbody>\n"
    yield from _rows(table, classes, place)
    yield "</tbody>\n"
    if table.totals:
        totals = "".join(f"<tr>{_cells(table, (row, Tone.PLAIN), classes, place)}</tr>\n" for row in table.totals)
        yield f"<tfoot>\n{totals}</tfoot>\n"
    yield "</table>\n</div>\n"


def _rows(table: Table, classes: list[str], place: Place) -> Iterator[str]:
    kind = table.columns[0].key
    for row, tone in table.toned:
        mark = "" if tone is Tone.PLAIN else f' class="{tone}"'
        name = place.anchors.place(place.section, kind, row[0]) if isinstance(row[0], str) else ""
        anchor = f' id="{name}"' if name else ""
        yield f"<tr{anchor}{mark}>{_cells(table, (row, tone), classes, place)}</tr>\n"


def _classes(table: Table) -> list[str]:
    """The class attribute of each column: figures to the right; figures and whole texts on one line; the first amount
    is the one that a telephone shows beside the title of a row."""
    main = next((c.key for c in table.columns[1:] if c.align is Align.RIGHT and c.key in AMOUNTS), "")
    found = []
    for column in table.columns:
        names = ["r"] if column.align is Align.RIGHT else []
        names += ["w"] if column.whole or names else []
        names += ["m"] if column.key == main else []
        found.append(f' class="{" ".join(names)}"' if names else "")
    return found


def _cells(table: Table, row: tuple[tuple[Any, ...], Tone], classes: list[str], place: Place) -> str:
    """The first cell is the header of its row, and carries the sign of its tone."""
    values, tone = row
    first, *others = map(_content, values, table.columns, repeat(place))
    if sign := SIGNS.get(tone):
        first = f'<span class="sign">{sign}</span>{first}'
    if table.columns[0].key == "what":
        first = f'<span class="pill">{first}</span>'
    cells = "".join([f"<td{mark}>{text}</td>" for mark, text in zip(classes[1:], others, strict=True)])
    return f'<th scope="row"{classes[0]}>{first}</th>{cells}'


def _content(value: Any, column: Column, place: Place) -> str:
    if isinstance(value, str):
        return _text(value, column, place)
    if isinstance(value, Lateness):
        dots = DOT * value.months
        tone = LATENESS_TONES[value.months]
        return f'{place.language.show(value.days)}<span class="dots {tone}" aria-hidden="true">{dots}</span>'
    if isinstance(value, Ticks):
        return _ticks(value, place.language)
    if isinstance(value, tuple) and column.whole:
        items = ", ".join(f"<span>{_content(item, column, place)}</span>" for item in value)
        return f'<span class="items">{items}</span>'
    return escape(show(value, place.language))


def _text(value: str, column: Column, place: Place) -> str:
    text = escape(show(value, place.language))
    if target := _target(value, column, place):
        return f'<a href="{escape(target)}">{text}</a>'
    kind = KINDS.get(column.key)
    name = place.anchors.place(place.section, kind, value) if kind else ""
    return f'<span id="{name}">{text}</span>' if name else text


def _ticks(ticks: Ticks, language: Language) -> str:
    """Boxes that can be ticked on the screen too; nothing keeps them."""
    boxes = (f'<label><input type="checkbox">{escape(show(option, language))}</label>' for option in ticks.options)
    return f'<span class="ticks">{"".join(boxes)}</span>'


def _target(value: str, column: Column, place: Place) -> str:
    """What a press on a text opens: the row of a client or an invoice, an address, a telephone; "" for nothing."""
    if kind := KINDS.get(column.key):
        name = place.anchors.link(place.section, kind, value)
        return f"#{name}" if name else ""
    return target_of(value, column.key)

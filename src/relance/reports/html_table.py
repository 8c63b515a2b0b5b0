"""A table as HTML: headers with their scope, links that call or write, an anchor per client and invoice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import quote

from relance.language import Language
from relance.reports.cells import show
from relance.reports.paper import DOT, LATENESS_TONES, SIGNS
from relance.reports.view import Align, Column, Lateness, Table, Tone

_ANCHORED = ("number", "client")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_TELEPHONE = re.compile(r"\+?[\d\s().-]{6,}")


def write_table(table: Table, labelled: str, language: Language, anchors: set[str]) -> Iterator[str]:
    """The table in a frame that scrolls sideways. `labelled` is the attribute that names it; `anchors` are the names
    already given in the page, to which those of this table are added."""
    region = f' role="region"{labelled}' if labelled else ""
    yield f'<div class="scroll" tabindex="0"{region}>\n<table>\n<thead><tr>'
    for column in table.columns:
        yield f'<th scope="col"{_class(column)}>{escape(show(column.title, language))}</th>'
    yield "</tr></thead>\n<tbody>\n"
    tones = table.tones or (Tone.PLAIN,) * len(table.rows)
    for row, tone in zip(table.rows, tones, strict=True):
        mark = "" if tone is Tone.PLAIN else f' class="{tone}"'
        cells = _cells(table, row, SIGNS.get(tone, ""), language)
        yield f"<tr{_anchor(table, row, anchors)}{mark}>{cells}</tr>\n"
    yield "</tbody>\n"
    if table.totals:
        totals = "".join(f"<tr>{_cells(table, row, '', language)}</tr>\n" for row in table.totals)
        yield f"<tfoot>\n{totals}</tfoot>\n"
    yield "</table>\n</div>\n"


def _class(column: Column) -> str:
    """Figures to the right; figures and whole texts on one line."""
    names = ["r"] if column.align is Align.RIGHT else []
    names += ["w"] if column.whole or names else []
    return f' class="{" ".join(names)}"' if names else ""


def _anchor(table: Table, row: tuple[Any, ...], anchors: set[str]) -> str:
    for column, value in zip(table.columns, row, strict=True):
        if column.key in _ANCHORED and isinstance(value, str):
            name = f"{column.key}-{re.sub(r'[^0-9A-Za-z_.-]+', '-', value).strip('-')}"
            if name not in anchors:
                anchors.add(name)
                return f' id="{name}"'
    return ""


def _cells(table: Table, row: tuple[Any, ...], sign: str, language: Language) -> str:
    """The first cell is the header of its row, and carries the sign of its tone."""
    first, *others = (
        f"{_class(column)}>{_content(value, column, language)}"
        for column, value in zip(table.columns, row, strict=True)
    )
    attributes, _, content = first.partition(">")
    signed = f'<span class="sign">{sign}</span>{content}' if sign else content
    return f'<th scope="row"{attributes}>{signed}</th>' + "".join(f"<td{other}</td>" for other in others)


def _content(value: Any, column: Column, language: Language) -> str:
    if isinstance(value, Lateness):
        dots = DOT * value.months
        tone = LATENESS_TONES[value.months]
        return f'{escape(show(value, language))}<span class="dots {tone}" aria-hidden="true">{dots}</span>'
    if isinstance(value, tuple) and column.whole:
        items = ", ".join(f"<span>{escape(show(item, language))}</span>" for item in value)
        return f'<span class="items">{items}</span>'
    text = escape(show(value, language))
    target = _target(value, column) if isinstance(value, str) else ""
    return f'<a href="{escape(target)}">{text}</a>' if target else text


def _target(value: str, column: Column) -> str:
    """What a press on an address or a telephone number opens; nothing for a text that is neither."""
    if column.key == "email" and _EMAIL.fullmatch(value):
        return f"mailto:{quote(value, safe='@')}"
    if column.key == "phone" and _TELEPHONE.fullmatch(value):
        return "tel:" + re.sub(r"[^\d+]", "", value.replace("(0)", ""))
    return ""

"""A view for a person at a terminal: the lines of the plain text, with a little colour.

Only the sixteen colours of the reader's own theme and no background, so that light and dark both work. The codes are
written here rather than by rich: twenty thousand rows then cost what the plain text costs, and `relance status` starts
without importing it. rich records the picture.
"""

from __future__ import annotations

import re
from datetime import date

from relance.language import Language
from relance.reports.layout import typeset
from relance.reports.paper import LINK, Paper, Span
from relance.reports.view import View

_CODES = {
    "title": "1",
    "strong": "1",
    "faint": "2",
    "good": "32",
    "notice": "36",
    "warning": "33",
    "bad": "31",
    "plain": "",
}
_LINKS = re.compile("\x1b\\]8;;[^\x1b]*\x1b\\\\")
_FONT_FACES = re.compile(r"\s*@font-face\s*\{.*?\}", re.DOTALL)


def render_terminal(view: View, paper: Paper, today: date) -> str:
    """The view with the codes of ECMA-48 around what is not plain, and of OSC 8 around what opens something where the
    paper says it can; one newline at the end."""
    return "".join(f"{_painted(line)}\n" for line in typeset(view, paper, today))


def _painted(line: list[Span]) -> str:
    pieces = [(text, style) for text, style in line if text]
    while pieces and not pieces[-1][0].strip(" "):
        pieces.pop()
    if pieces:
        pieces[-1] = (pieces[-1][0].rstrip(" "), pieces[-1][1])
    return "".join([_paint(text, style) for text, style in pieces])


def _paint(text: str, style: str) -> str:
    if not style or style == "plain" or text.isspace():
        return text
    names = style.split(" ")
    codes = ";".join(filter(None, (_CODES[name] for name in names if name and not name.startswith(LINK))))
    painted = f"\x1b[{codes}m{text}\x1b[0m" if codes else text
    target = names[-1].removeprefix(LINK) if names[-1].startswith(LINK) else ""
    return f"\x1b]8;;{target}\x1b\\{painted}\x1b]8;;\x1b\\" if target else painted


def without_links(text: str) -> str:
    """The text without what makes it pressed, for a pager that may show it as signs."""
    return _LINKS.sub("", text)


def record_svg(view: View, language: Language, width: int, today: date) -> str:
    """A picture of the terminal, as a self-contained SVG without any address to fetch, for the README."""
    from io import StringIO  # noqa: PLC0415 - only for the picture, like rich

    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(record=True, width=width, file=StringIO(), force_terminal=True, color_system="truecolor")
    shown = render_terminal(view, Paper(language, width), today)
    console.print(Text.from_ansi(shown), soft_wrap=True)
    picture = console.export_svg(title=f"relance {view.command}", unique_id="relance")
    return _FONT_FACES.sub("", picture)

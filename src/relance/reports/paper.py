"""What a page of characters is made of: the reader, the room, the glyphs; and spans, pieces of text with a style.

The glyphs are of the set every Windows console font draws (WGL4); each has a stand-in in ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from msgspec import Struct

from relance.language import Language
from relance.reports.links import LINKED, Places, target_of
from relance.reports.view import Lateness, Tone

Span = tuple[str, str]
"""A text and the names of its styles between blanks: "" (plain), "title", "strong", "faint", a tone, `link=ADDRESS`."""

LINK = "link="

MARGIN = 3  # columns before everything, where the signs of the tones stand
SIGNS = {Tone.GOOD: "√", Tone.NOTICE: "·", Tone.WARNING: "!", Tone.BAD: "!!"}
FILLS = "─░▒▓█"  # lightest first: the later, the darker
HALF = "▄"
DOT, RULE, BETWEEN = "●", "─", "·"
GLYPHS = "".join(SIGNS.values()) + FILLS + HALF + DOT + RULE + BETWEEN
_ASCII = str.maketrans({"√": "+", "─": "-", "░": ".", "▒": ":", "▓": "=", "█": "#", "▄": ".", "●": "*"})
LATENESS_TONES = (Tone.PLAIN, Tone.NOTICE, Tone.WARNING, Tone.WARNING, Tone.BAD)


class Paper(Struct, frozen=True):
    """One reader's page. `width` in columns, None for as wide as the text is; `ascii_only` where the encoding or the
    font has no blocks (the point between two words stands in titles too: `language.signs` sees to both); `places` where
    the reader can press on addresses and files."""

    language: Language
    width: int | None = None
    ascii_only: bool = False
    places: Places | None = None

    @property
    def room(self) -> int | None:
        """The columns between the margin and the right edge."""
        return None if self.width is None else max(20, self.width - MARGIN)

    def draw(self, glyphs: str) -> str:
        """Our own glyphs, or their stand-ins; never used on a text of the workbook."""
        drawn = glyphs.translate(_ASCII) if self.ascii_only else glyphs
        return self.language.signs(drawn) if self.language.signs else drawn

    def margin(self, tone: Tone = Tone.PLAIN) -> Span:
        """The margin with the sign of a tone."""
        sign = SIGNS.get(tone)
        return (self.draw(f"{sign:<{MARGIN}}") if sign else " " * MARGIN), tone

    def dots(self, lateness: Lateness) -> Span:
        """One mark per month of lateness begun."""
        months = lateness.months
        return self.draw(DOT * months), LATENESS_TONES[months]

    def linked(self, value: Any, key: str) -> str:
        """The style that makes a cell of a column open what it names; "" where nothing does."""
        if self.places is None or key not in LINKED or not isinstance(value, str):
            return ""
        target = target_of(value, key, self.places)
        return f" {LINK}{target}" if target else ""

    def decimal_mark(self) -> str:
        """What stands before the cents in this language."""
        return "." if self.language.code == "en" else ","


def indent(spans: Iterable[Span]) -> list[Span]:
    """A line of those spans after an empty margin."""
    return [(" " * MARGIN, ""), *spans]


def fits(encoding: str) -> bool:
    """Whether an output encoding can write our glyphs; where not, ask for `ascii_only`.

    >>> fits("utf-8"), fits("cp1252"), fits("ascii")
    (True, False, False)
    """
    try:
        GLYPHS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


_TEXT = itemgetter(0)  # of a span


def plain_lines(lines: Iterable[list[Span]]) -> Iterator[str]:
    """The lines without their styles, nor blanks at the end."""
    for line in lines:
        yield "".join(map(_TEXT, line)).rstrip(" ")

"""Text of cells made safe for a letter, and letters made fit to read: blanks, no-break spaces, paper lines.

It must not know what a letter says.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata

_FRENCH_BEFORE = re.compile(r" (?=[:;!?»%])")
_BLANK_LINES = re.compile(r"\n{3,}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_WIDTH = 78


def clean(text: str) -> str:
    """One line of a cell: no line break, no control, direction or invisible character, single blanks.

    >>> clean(" Dupont\\r\\nBcc: all@example.org\\u202e ")
    'Dupont Bcc: all@example.org'
    """
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(mark) in _UNSEEN else mark for mark in text)
    return " ".join(text.split())


def one_line(text: str) -> str:
    """A rendered text on one line: as `clean`, its no-break spaces kept.

    >>> one_line("Rappel :\\n 3\\xa0€ ")
    'Rappel : 3\\xa0€'
    """
    if not text.replace("\xa0", "").isprintable():
        text = "".join(" " if unicodedata.category(mark) in _UNSEEN else mark for mark in text)
    return " ".join(word for word in text.split(" ") if word)


def clean_lines(text: str) -> tuple[str, ...]:
    """The lines of an address or a signature, each clean, the empty ones dropped.

    >>> clean_lines("3 rue du Port\\n\\n 44000  Nantes")
    ('3 rue du Port', '44000 Nantes')
    """
    return tuple(line for line in map(clean, text.splitlines()) if line)


def typeset(text: str, language: str) -> str:
    """The text as its language is set: French has a no-break space before `: ; ! ? %` and inside « ». Blank lines
    follow each other no more, lines do not end in blanks.

    >>> typeset("Prix : 3 ?", "fr")
    'Prix\\xa0: 3\\xa0?\\n'
    """
    if language == "fr":
        text = _FRENCH_BEFORE.sub("\u00a0", text).replace("« ", "«\u00a0")
    lines = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"


def wrap(text: str, width: int = _WIDTH) -> str:
    """The text for paper: lines of at most `width` characters, a continued line standing under its first words."""
    return "".join(_wrap_line(line, width) + "\n" for line in text.removesuffix("\n").split("\n"))


def _wrap_line(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip(" -"))]
    return textwrap.fill(
        line, width, subsequent_indent=" " * len(indent), break_long_words=False, break_on_hyphens=False
    )

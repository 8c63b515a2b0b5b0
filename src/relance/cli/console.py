"""The consoles of three systems: width, code page, colour. Nothing here knows what is said."""

from __future__ import annotations

import codecs
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from io import TextIOWrapper
from typing import TextIO

_PLAIN = {
    "\u202f": " ", "\u00a0": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-",
    "−": "-", "…": "...", "→": "->", "€": "EUR", "·": "-", "•": "*", "●": "*", "×": "x", "√": "+", "≥": ">=", "≤": "<=",
    "œ": "oe", "Œ": "OE", "æ": "ae", "─": "-", "│": "|", "█": "#", "▄": ".", "▓": "=", "▒": ":", "░": ".", "ß": "ss",
    "£": "GBP", "¥": "JPY", "°": "o", "§": "s.", "±": "+/-", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Æ": "AE",
    "‑": "-",
}  # fmt: skip


def _nearest(error: UnicodeError) -> tuple[str | bytes, int]:
    """What a code page lacks, as its nearest plain signs: a name keeps its letters, an amount its figures."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = "".join(_PLAIN.get(sign) or _bare(sign) for sign in error.object[error.start : error.end])
    return plain.encode(error.encoding, "replace"), error.end


def _bare(sign: str) -> str:
    return unicodedata.normalize("NFKD", sign)[0]


codecs.register_error("relance", _nearest)


before_writing: list[Callable[[], None]] = []
"""What must be cleared away before anything is written: the sign that work goes on."""


def clear_away() -> None:
    """Clear away what stands on the terminal meanwhile."""
    while before_writing:
        before_writing.pop()()


def write_text(stream: TextIO | None, text: str) -> None:
    """Write to a console or a pipe of any code page; never fails on a sign it lacks. A program that Windows started
    without a console has no stream, and says nothing."""
    clear_away()
    if stream is None:
        return
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="relance")
    stream.write(text)
    stream.flush()


def encoding_of(stream: TextIO) -> str:
    """The code page of a stream."""
    return getattr(stream, "encoding", None) or "utf-8"


def split_command(line: str, *, windows: bool = sys.platform == "win32") -> list[str]:
    """The words of a command that a person wrote into a variable. On Windows a backslash is part of a path, and quotes
    stand around one with blanks.

    >>> split_command("less -R"), split_command(r'"C:\\Program Files\\ed.exe" -w', windows=True)
    (['less', '-R'], ['C:\\\\Program Files\\\\ed.exe', '-w'])
    """
    import shlex  # noqa: PLC0415 - only where another program is started

    if not windows:
        return shlex.split(line)
    return [re.sub(r'^"(.*)"$', r"\1", word) for word in shlex.split(line, posix=False)]


def signs_of(encoding: str) -> Callable[[str], str] | None:
    """What puts a text into the signs of a code page, as `write_text` will; None where it has all of them.

    >>> signs = signs_of("cp850")
    >>> signs and signs("56 € · l’été"), signs_of("utf-8")
    ("56 EUR · l'été", None)
    """
    if encoding.lower().replace("-", "").startswith("utf"):
        return None

    def put(text: str) -> str:
        return text if text.isascii() else text.encode(encoding, "relance").decode(encoding)

    return put


def width_of_terminal() -> int:
    """Columns of the terminal (COLUMNS where it is set), 80 where nobody knows."""
    import shutil  # noqa: PLC0415 - only on a terminal

    return shutil.get_terminal_size((80, 24)).columns


_LINKING = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby", "zed", "mintty"})
_LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")


def shows_links(terminal: Mapping[str, str]) -> bool:
    """Whether a terminal, told by its variables, is known to make addresses pressed (OSC 8; the list of those that do:
    github.com/Alhadis/OSC8-Adoption). FORCE_HYPERLINK settles it; one inside tmux or screen is not known to.

    >>> shows_links({"VTE_VERSION": "7600"}), shows_links({"TERM": "dumb", "WT_SESSION": "1"}), shows_links({})
    (True, False, False)
    """
    term, forced = terminal.get("TERM", ""), terminal.get("FORCE_HYPERLINK", "")
    if forced:
        return forced != "0"
    if term == "dumb" or term.startswith(("screen", "tmux")):
        return False
    vte = terminal.get("VTE_VERSION", "")
    named = any(terminal.get(name) for name in ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"))
    known = terminal.get("TERM_PROGRAM") in _LINKING or term.startswith(_LINKING_TERMS)
    return named or known or (vte.isdigit() and int(vte) >= 5000)


def shows_colour() -> bool:
    """Whether colour codes are understood; on Windows the console is asked to, and may be too old."""
    if sys.platform != "win32":
        return True
    import ctypes  # noqa: PLC0415 - Windows only

    kernel = ctypes.windll.kernel32
    handle, mode = kernel.GetStdHandle(-11), ctypes.c_ulong()
    if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
        return False
    return bool(kernel.SetConsoleMode(handle, mode.value | 0x0004))

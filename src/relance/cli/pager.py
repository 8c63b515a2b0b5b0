"""A long answer on a terminal goes through the reader's own pager; anything else is written as it is."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from relance.cli.console import clear_away, encoding_of, split_command, write_text

_SCREENS = 2
"""A longer answer is paged. One that is a little longer than the screen is read by scrolling back."""


def show_text(text: str, terminal: Mapping[str, str], prompt: str, *, paged: bool) -> None:
    """Write an answer to standard output, through the pager where it may be `paged` and is longer than two screens.

    The pager is RELANCE_PAGER, else PAGER, else less, else more; one that is empty or `cat` is none, one that cannot be
    started is left out. `prompt` is what less says at the bottom.
    """
    clear_away()  # the pager has the screen, and nothing may stand beside it
    command = _pager(terminal, prompt) if paged and _is_long(text) else []
    if not command or not _through(command, text, terminal):
        write_text(sys.stdout, text)


def _is_long(text: str) -> bool:
    import shutil  # noqa: PLC0415 - only on a terminal

    return text.count("\n") > _SCREENS * shutil.get_terminal_size((80, 24)).lines


def _pager(terminal: Mapping[str, str], prompt: str) -> list[str]:
    """The command of the pager; a less that nobody set up is told what to say at the bottom."""
    import shutil  # noqa: PLC0415 - only for a long answer on a terminal

    if terminal.get("TERM") == "dumb":
        return []
    chosen = terminal.get("RELANCE_PAGER", terminal.get("PAGER"))
    if chosen is None:
        ours = ("less",) if sys.platform == "win32" else ("less", "more")  # the more of Windows shows no colour
        chosen = next((name for name in ours if shutil.which(name)), "")
    command = split_command(chosen)
    if command == ["less"] and "LESS" not in terminal:
        return ["less", f"-Ps{prompt}$"]
    return [] if command == ["cat"] else command


def _surroundings(terminal: Mapping[str, str]) -> dict[str, str]:
    """Our own environment for the pager, and for the less it may start, what nobody told it: to show colours and quit
    where all fits on a screen; and the signs of the text, instead of which it shows codes outside a UTF-8 locale."""
    import os  # noqa: PLC0415 - only for a long answer on a terminal

    told = {"LESS": "FRX"}
    if encoding_of(sys.stdout).lower().replace("-", "") == "utf8":
        told["LESSCHARSET"] = "utf-8"
    return {**os.environ, **{name: value for name, value in told.items() if name not in terminal}}


def _through(command: list[str], text: str, terminal: Mapping[str, str]) -> bool:
    """Whether the pager took the text. It has the keyboard: an interruption is for it, not for us."""
    import signal  # noqa: PLC0415 - only for a long answer on a terminal
    import subprocess  # noqa: PLC0415

    from relance.reports.terminal import without_links  # noqa: PLC0415

    before: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=_surroundings(terminal))
        pager.communicate(without_links(text).encode(encoding_of(sys.stdout), "relance"))
    except (OSError, ValueError):
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return True

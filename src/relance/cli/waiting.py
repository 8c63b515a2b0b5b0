"""The sign that work goes on, for a person who waits at a terminal: nothing before the first second, nothing in a pipe.

How long one workbook will take nobody knows before it is read: the sign counts seconds and claims nothing else. Of
several workbooks it tells how many are done.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from relance.cli.console import before_writing

_FIRST, _EVERY = 1.0, 0.25
_SIGNS = "|/-\\"
_LONG = 20


def wait_with_a_sign(say: Callable[[int], str], *, shown: bool) -> None:
    """From now until anything is written, `say` tells on standard error for how many seconds; not at all unless `shown`
    and standard error is a terminal. Only for work that asks nothing: a question would stand beside the sign."""
    if shown and sys.stderr is not None and sys.stderr.isatty():
        sign = _Sign(say)
        before_writing.append(sign.stop)
        sign.start()


def bar_of(done: int, count: int) -> str:
    """How much is done, drawn.

    >>> bar_of(5, 20)
    '[#####...............]'
    """
    filled = done * _LONG // count if count else 0
    return f"[{'#' * filled}{'.' * (_LONG - filled)}]"


class _Sign(threading.Thread):
    """The thread that writes the sign, on one line that it clears."""

    def __init__(self, say: Callable[[int], str]) -> None:
        super().__init__(daemon=True)
        self.say = say
        self.over = threading.Event()
        self.length = 0

    def run(self) -> None:
        turn = 0
        while not self.over.wait(_EVERY if turn else _FIRST):
            seconds = int(_FIRST + turn * _EVERY)
            text = f"{_SIGNS[turn % len(_SIGNS)]} {self.say(seconds)}"
            sys.stderr.write(f"\r{text:<{self.length}}")
            sys.stderr.flush()
            self.length = max(self.length, len(text))
            turn += 1

    def stop(self) -> None:
        """End, and leave the line as it was."""
        self.over.set()
        if self is not threading.current_thread() and self.is_alive():
            self.join()
        if self.length:
            sys.stderr.write(f"\r{' ' * self.length}\r")
            sys.stderr.flush()
            self.length = 0

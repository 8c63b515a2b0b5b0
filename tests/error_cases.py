"""One case per error: what provokes it. The tests run them all; docs/errors.md is made from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Case(NamedTuple):
    """An error's code, what provokes it in a folder that holds the example, the command, its exit code."""

    code: str
    exit_code: int
    command: tuple[str, ...]
    prepare: Callable[[Path], object] = lambda folder: None


def _configure(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "relance.toml").write_text(text, encoding="utf-8")


def _write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


CASES: tuple[Case, ...] = (
    Case("date-not-understood", 2, ("status", "--today", "demain")),
    Case("unknown-choice", 2, ("status", "--lang", "de")),
    Case("config-unknown-key", 4, ("status",), _configure('[company]\nnmae = "Dupont"\n')),
    Case("config-wrong-value", 4, ("status",), _configure('[report]\nfreshness_days = "five"\n')),
    Case("config-syntax", 4, ("status",), _configure("[company\n")),
    Case("config-unreadable", 4, ("status",), _write("relance.toml", b'name = "\xe9"')),
)

"""What an error's case is, and the folders in which errors wait: a configuration, a small sheet, a journal..."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

DAY = ("--today", "2026-11-20")
NAME = "suivi_factures.xlsx"


class Case(NamedTuple):
    """An error's code, its exit code, the command that meets it, and what is done first in a folder that holds the
    example. Where only another process at the wrong instant could meet it, `act` calls the function itself."""

    code: str
    exit_code: int
    command: tuple[str, ...]
    prepare: Callable[[Path], object] = lambda folder: None
    act: Callable[[Path], object] | None = None


def configure(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "relance.toml").write_text(text, encoding="utf-8")


def write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def sheet(name: str, *rows: tuple[object, ...]) -> Callable[[Path], object]:
    """A small workbook with these rows on its only sheet."""

    def make(folder: Path) -> None:
        from openpyxl import Workbook

        book = Workbook()
        assert book.active is not None
        book.active.title = "Feuil1"
        for row in rows:
            book.active.append(row)
        book.save(folder / name)

    return make


def journal(*lines: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        (folder / "relance").mkdir()
        (folder / "relance" / "journal.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    return make


def template(text: str) -> Callable[[Path], object]:
    def make(folder: Path) -> None:
        (folder / "modeles" / "fr").mkdir(parents=True)
        for tone in ("benefit-of-doubt", "courteous", "firm", "last", "formal"):
            (folder / "modeles" / "fr" / f"{tone}.txt").write_text(text, encoding="utf-8")

    return make


def file_for_folder(name: str) -> Callable[[Path], object]:
    """A file stands where relance needs a folder."""

    def make(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")

    return make


@contextmanager
def without_library(name: str) -> Iterator[None]:
    """A machine on which a library is not installed, whatever this one has."""
    kept = sys.modules.pop(name, None)
    sys.modules[name] = None  # type: ignore[assignment]  # what the import system does for an absent module
    try:
        yield
    finally:
        del sys.modules[name]
        if kept:
            sys.modules[name] = kept

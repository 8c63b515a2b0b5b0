"""Several workbooks at once: what a person names (files, folders, patterns) in, the files meant out.

It must not read workbooks; whether a file of a folder holds a tracking table is found out when it is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path

from msgspec import Struct

from relance.errors import WorkbookError, msg
from relance.workbook.folder import list_workbooks
from relance.workbook.journal import FOLDER


class Meant(Struct, frozen=True):
    """A file that was named, or found by a pattern; `searched` when it merely stood in a folder that was named."""

    path: Path
    searched: bool = False


def names_several(named: Iterable[Path]) -> bool:
    """Whether these are more than one workbook's name: several names, a folder, or a pattern that is no file itself."""
    names = tuple(named)
    return len(names) > 1 or any(name.is_dir() or _is_pattern(name) for name in names)


def _is_pattern(name: Path) -> bool:
    return has_magic(str(name)) and not name.exists()


def list_meant(named: Iterable[Path]) -> tuple[Meant, ...]:
    """The workbooks meant, each once, in the order named, those of a folder or a pattern by name.

    A folder means the spreadsheets in it; where it has none itself, those of the folders under it, hidden ones and the
    `relance` folders (drafts, backups) left out. WorkbookError for a pattern that finds nothing.
    """
    found: dict[Path, Meant] = {}
    for name in named:
        for meant in _meant_by(name):
            found.setdefault(meant.path.resolve(), meant)
    return tuple(found.values())


def _meant_by(name: Path) -> Iterator[Meant]:
    if name.is_dir():
        yield from (Meant(path, searched=True) for path in _under(name))
    elif not _is_pattern(name):
        yield Meant(name)
    else:
        found = sorted(glob(str(name), recursive=True))  # noqa: PTH207 - the pattern may begin at a root or a drive
        files = [Path(path) for path in found if Path(path).is_file()]
        if not files:
            raise WorkbookError(
                "pattern-finds-nothing",
                msg("No file answers to {pattern}.", pattern=str(name)),
                msg("Write the pattern between quotes, seen from this folder, for example 'clients/*/suivi*.xlsx'."),
            )
        yield from (Meant(path) for path in files if not path.name.startswith(("~$", ".")))


def _under(folder: Path) -> Iterator[Path]:
    if own := list_workbooks(folder):
        yield from own
        return
    for place, folders, _ in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != FOLDER and not name.startswith("."))
        yield from list_workbooks(Path(place))


def short_names(paths: Iterable[Path]) -> list[str]:
    """What to call each file: its name where no other has it, else its path from the folder common to all.

    >>> short_names([Path("/c/a/suivi.xlsx"), Path("/c/b/suivi.xlsx")])
    ['a/suivi.xlsx', 'b/suivi.xlsx']
    >>> short_names([Path("/c/a/nord.xlsx"), Path("/c/b/sud.xlsx")])
    ['nord.xlsx', 'sud.xlsx']
    """
    files = [path.absolute() for path in paths]
    if len({file.name for file in files}) == len(files):
        return [file.name for file in files]
    try:
        common = os.path.commonpath([file.parent for file in files])
    except ValueError:  # on several drives of Windows
        return [str(file) for file in files]
    return [file.relative_to(common).as_posix() for file in files]

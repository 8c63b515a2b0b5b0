"""The folder of the workbook: which file is the workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from relance.errors import WorkbookError, msg
from relance.workbook.export import is_export
from relance.workbook.journal import NAME as JOURNAL

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


def list_workbooks(folder: Path) -> list[Path]:
    """The spreadsheets of a folder by name; lock files (`~$name`, `.~lock`) and reports made here are none."""
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise WorkbookError(
            "folder-absent",
            msg("The folder {folder} cannot be opened.", folder=str(folder)),
            msg("Check its name, or name the workbook itself: relance status -w FILE."),
        ) from error
    found = [f for f in files if f.suffix.lower() in ENDINGS and not f.name.startswith(("~$", ".")) and f.is_file()]
    return [file for file in found if len(found) == 1 or not is_export(file)]


def find_workbook(folder: Path, named: str, is_tracker: Callable[[Path], bool]) -> Path:
    """The workbook named (relative to the folder), else the only tracking workbook of the folder.

    `is_tracker` tells whether a spreadsheet holds a tracking table; it is asked only when there are several. The second
    version of one of them that a sync service kept beside it is not another workbook (`check` tells it).
    """
    if named and not (folder / named).is_dir():
        return folder / named
    folder = folder / named
    found = list_workbooks(folder)
    if len(found) > 1:
        found = [file for file in _originals(found) if is_tracker(file)] or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise WorkbookError(
            "workbook-absent",
            msg("There is no workbook in {folder}.", folder=str(folder.absolute())),
            msg("Name it: relance status -w FILE; or make a new one: relance init."),
        )
    raise WorkbookError(
        "workbook-ambiguous",
        msg("Several workbooks could be the one: {files}.", files=[file.name for file in found]),
        msg(
            'Name it with -w FILE, or once and for all in relance.toml: [workbook] file = "{file}".', file=found[0].name
        ),
    )


def _originals(found: list[Path]) -> list[Path]:
    from relance.workbook.lock import conflicted_copies  # noqa: PLC0415 - most folders hold one workbook

    copies = {copy.name for file in found for copy in conflicted_copies(file)}
    return [file for file in found if file.name not in copies]


def is_of_the_user(path: Path) -> bool:
    """Whether a file, or the one a link leads to, is there and holds what only the user has: a spreadsheet that is no
    report made here, a configuration, a journal. Nothing that is merely shown may take its place."""
    file = path.resolve()
    if not file.is_file() or not file.stat().st_size:
        return False
    if file.suffix.lower() in ENDINGS:
        return not is_export(file)
    return file.suffix.lower() == ".toml" or file.name == JOURNAL

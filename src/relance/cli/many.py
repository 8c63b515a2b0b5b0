"""One command over several workbooks: the same line run once per workbook, in parallel processes, answered as one view.

A workbook that cannot be read is told, and the others are done.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from msgspec import Struct

from relance.cli.console import clear_away, write_text
from relance.cli.session import Session
from relance.config import Environment, load_config
from relance.errors import ConfigError, ExitCode, RelanceError, UsageError, msg
from relance.language import Language
from relance.reports.pages import Broken, Page, broken_lines, join_pages, page_of
from relance.reports.view import View
from relance.settings_file import user_folder
from relance.workbook.several import Meant, list_meant, names_several, short_names

OVER_SEVERAL = frozenset({"ageing", "check", "clients", "export", "invoices", "report", "status"})
"""The commands that read several workbooks at once."""

_TELL_THE_BROKEN = frozenset({"terminal", "text", "markdown", "html", "json"})
"""The formats in which the answer itself tells a workbook that cannot be read; a table of rows has no place for it."""

_NO_TRACKER = "no-tracking-table"
"""What is wrong with a file that merely stands in a folder, and is no tracking workbook."""


class Task(Struct, frozen=True, kw_only=True):
    """One workbook to run the line on: what a process of ours needs to know."""

    arguments: tuple[str, ...]
    environment: Environment
    language: str
    language_flag: str
    today: date
    form: str
    meant: Meant
    name: str


def workbooks_of(session: Session, command: str) -> tuple[Meant, ...]:
    """The workbooks of this run when there are several; () when there is one, or it is for the command to find it.

    UsageError when the command works on one workbook at a time.
    """
    if not session.workbooks or not names_several(session.workbooks):
        return ()
    if command not in OVER_SEVERAL:
        if len(session.workbooks) == 1 and session.workbooks[0].is_dir():
            return ()
        raise UsageError(
            "one-workbook",
            msg("relance {command} works on one workbook at a time.", command=command),
            msg("Name one with -w FILE; several are for: {commands}.", commands=sorted(OVER_SEVERAL)),
        )
    found = _without_others(list_meant(session.workbooks), session.environment)
    if only := _only_one(found, session.environment):
        session.workbook = only
        return ()
    return found


def _only_one(found: Sequence[Meant], environment: Environment) -> Path | None:
    """The one workbook meant: the only file, or the only tracking workbook among the files of a folder."""
    if len(found) == 1:
        return found[0].path
    if not found or not all(meant.searched for meant in found) or len({meant.path.parent for meant in found}) > 1:
        return None
    trackers = islice((meant.path for meant in found if _may_track(meant.path, environment)), 2)
    only, *others = [*trackers, None]
    return only if others == [None] else None


def _may_track(path: Path, environment: Environment) -> bool:
    """Whether the file holds a tracking table, or nobody can tell."""
    from relance.office.book import mapping_of  # noqa: PLC0415 - only for a folder with several files
    from relance.workbook.reading.read import open_sheets  # noqa: PLC0415
    from relance.workbook.reading.rows import read_ledger  # noqa: PLC0415

    try:
        config = load_config(path.parent, environment, user_folder(environment.config_dir))
        read_ledger(open_sheets(path), mapping_of(config))
    except RelanceError as error:
        return error.code != _NO_TRACKER
    return True


def _without_others(found: Iterable[Meant], environment: Environment) -> tuple[Meant, ...]:
    """Where a folder's relance.toml names its workbook, the other spreadsheets of that folder are not meant."""
    named: dict[Path, str] = {}
    kept = []
    for meant in found:
        folder = meant.path.parent
        if meant.searched and folder not in named:
            named[folder] = _named_in(folder, environment)
        if not meant.searched or not named[folder] or meant.path.resolve() == (folder / named[folder]).resolve():
            kept.append(meant)
    return tuple(kept)


def _named_in(folder: Path, environment: Environment) -> str:
    try:
        file = load_config(folder, environment, user_folder(environment.config_dir)).settings["workbook.file"]
    except ConfigError:
        return ""  # told when the workbook is opened
    return str(file.value) if file.origin == "folder" else ""


def run_over(session: Session, command: str, found: Sequence[Meant]) -> View:
    """The answer of the command over these workbooks, as one view."""
    names = short_names([meant.path for meant in found])
    tasks = [
        Task(
            arguments=tuple(session.arguments),
            environment=session.environment,
            language=session.language.code,
            language_flag=session.language_flag,
            today=session.today,
            form=session.chosen_format(),
            meant=meant,
            name=name,
        )
        for meant, name in zip(found, names, strict=True)
    ]
    if session.language_flag:
        session.language = Language(session.language_flag)
    pages = _pages(tasks, session)
    session.format = next((page.form for page in pages if page.form), session.format)
    if session.output is not None or session.chosen_format() not in _TELL_THE_BROKEN:
        for line in broken_lines(pages):
            write_text(sys.stderr, session.language.say(msg("Error: {text}", text=line.text)) + "\n")
    return join_pages(command, pages)


def _pages(tasks: Sequence[Task], session: Session) -> tuple[Page, ...]:
    """The pages in the order of the workbooks; meanwhile a terminal is told how many are done."""
    from relance.cli.waiting import bar_of  # noqa: PLC0415 - only for several workbooks
    from relance.office.side_by_side import Ended, in_processes  # noqa: PLC0415

    count, workers = len(tasks), min(os.cpu_count() or 1, len(tasks))
    pages: list[Page] = []

    def say(_: int) -> str:
        told = session.language.say(msg("{done} of {count} workbooks", done=len(pages), count=count))
        return f"{bar_of(len(pages), count)} {told}"

    try:
        with in_processes(read_page, tasks, at_a_time=max(1, min(16, count // (4 * workers)))) as coming:
            session.begin(say)  # only now: its thread must not be there when processes are made
            pages.extend(coming)  # one by one: `say` sees them arrive
    except Ended:
        clear_away()
        pages.extend(map(_page_alone, tasks[len(pages) :]))
    return tuple(pages)


def _page_alone(task: Task) -> Page:
    """The page of one workbook made by a process of its own, while no other runs: where the system ends even that one,
    the workbook is the one that is too much."""
    from relance.office.side_by_side import Ended, in_processes  # noqa: PLC0415 - as above

    try:
        with in_processes(read_page, [task]) as coming:
            return next(coming)
    except Ended:
        return _broken(
            task.name,
            Broken(
                "reading-ended",
                msg("The system ended the process that was reading it, most likely because memory ran short."),
                msg("Close other programs, or work on this workbook alone, where there is more memory."),
                int(ExitCode.WORKBOOK),
            ),
        )


def read_page(task: Task) -> Page:
    """The page of one workbook."""
    from relance.cli.app import answer  # noqa: PLC0415 - it imports this module

    session = Session(task.environment, Language(task.language), workbook=task.meant.path, alone=True)
    session.day = task.today
    try:
        view = answer(list(task.arguments), session)
    except RelanceError as error:
        if task.meant.searched and error.code == _NO_TRACKER:
            return Page(workbook=task.name, passed_over=True)
        return _broken(task.name, Broken(error.code, error.message, error.remedy, int(error.exit_code)))
    except Exception as error:  # one workbook's bug does not take the others with it
        reason = f"{type(error).__name__}: {error}"
        return _broken(
            task.name,
            Broken(
                "bug",
                msg("This is a fault of relance, not yours ({reason}).", reason=reason),
                msg("Run the command on this workbook alone with --debug and send what it prints."),
                int(ExitCode.BUG),
            ),
        )
    assert isinstance(view, View)
    return page_of(task.name, view, session.format or task.form)


def _broken(name: str, error: Broken) -> Page:
    return Page(workbook=name, broken=error)

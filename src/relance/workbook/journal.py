"""The journal beside the workbook: what this program did and learned, one JSON event per line, only ever appended.

`relance/journal.jsonl` is what makes a second send impossible after the workbook was sorted, renamed or restored:
each event reaches the disk before the act it announces. It knows invoices by number and client, never by file or
row; it must not know what a reminder says nor when one is due.

What a line that cannot be read means:

- cut short at the end of the file: the crash came before the disk had it, so the act was not done. Said once, kept,
  and closed by a `torn` event at the next append; it stops nothing.
- anywhere else: it may announce anything, so it stops every draft (`Journal.blocked`) until a person mends it.
- an event of a newer version: kept as it is, counted, said; what this version understands goes on.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import Struct

from relance.errors import ConflictError, Message, Problem, Severity, WorkbookError, msg, msg_n, os_reason
from relance.files import make_folder, sync_folder
from relance.workbook.events import Event, Known, Torn

FOLDER = "relance"
NAME = "journal.jsonl"
_WAIT_SECONDS = 20
_TAIL = 1 << 20  # no event is longer than this


class Unknown(Struct, frozen=True):
    """An event of a version newer than this one: its line number, its name, its bytes."""

    line: int
    event: str
    raw: bytes


_KNOWN = tuple(kind.__struct_config__.tag for kind in get_args(Known))
_ENCODER = msgspec.json.Encoder()


@lru_cache(maxsize=1)
def _decoder() -> Any:
    """Made when there is a journal to read: it takes 3 ms."""
    return msgspec.json.Decoder(Known)


class _Head(Struct):
    event: str


class Journal(Struct, frozen=True, kw_only=True):
    """Everything the journal says, oldest first. `size` is its length in bytes when read: given back to
    `append_events`, it refuses to write on top of what was not read. `blocked`: a line that cannot be read stops
    every draft."""

    events: tuple[Known, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    problems: tuple[Problem, ...] = ()
    size: int = 0
    blocked: bool = False


def journal_path(folder: Path) -> Path:
    """The journal of all the workbooks of a folder.

    >>> journal_path(Path("compta")).as_posix()
    'compta/relance/journal.jsonl'
    """
    return folder / FOLDER / NAME


def read_journal(folder: Path) -> Journal:
    """The journal beside the workbooks of `folder`; an empty one where there is none yet.

    Problems: `journal-line` (error, blocks), `journal-torn` and `journal-newer` (warnings).
    WorkbookError `journal-unreadable` when the file is there and cannot be opened.
    """
    path = journal_path(folder)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Journal()
    except OSError as error:
        raise WorkbookError(
            "journal-unreadable",
            msg("The journal {file} cannot be read: {reason}.", file=str(path), reason=os_reason(error)),
            msg(
                "Without it a reminder could be sent twice. Give yourself the right to read this file, then try again."
            ),
        ) from error
    return parse_journal(data)


def parse_journal(data: bytes) -> Journal:
    """The bytes of a journal, understood line by line; blank lines, a byte order mark and CR LF are harmless.

    >>> parse_journal(b"").events
    ()
    """
    events: list[Known] = []
    unknown: list[Unknown] = []
    bad: dict[int, bytes] = {}
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, line in enumerate(lines, start=1):
        raw = line.strip()
        if not raw:
            continue
        match _parse_line(raw, number):
            case None:
                bad[number] = raw
            case Torn() as event:
                bad.pop(number - 1, None)
                events.append(event)
            case Unknown() as event:
                unknown.append(event)
            case event:
                events.append(event)
    torn = bad.pop(len(lines), None)
    return Journal(
        events=tuple(events),
        unknown=tuple(unknown),
        problems=tuple(_problems(bad, len(lines) if torn else 0, torn or b"", unknown)),
        size=len(data),
        blocked=bool(bad),
    )


def refuse_unread(journal: Journal) -> None:
    """Nothing where every line could be read; else a ConflictError `journal-blocked`, which tells the first that could
    not."""
    if journal.blocked:
        problem = next(problem for problem in journal.problems if problem.code == "journal-line")
        raise ConflictError("journal-blocked", problem.message, problem.hint)


def new_id(at: datetime) -> str:
    """An id for an event of that moment, which no other has."""
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def append_events(folder: Path, events: Iterable[Known], *, after: int | None = None) -> int:
    """Adds the events, in order, and returns the journal's new size once the disk holds them.

    Several processes may append at once: each line stays whole. With `after` (the size read before deciding),
    nothing is written if somebody appended since: ConflictError `journal-moved`; read again, decide again.
    ConflictError `journal-busy` when another process holds the journal, `journal-unwritable` when it cannot be
    written. An act announced by these events may start only when this returns.
    """
    path, several = journal_path(folder), tuple(events)
    if not several:
        return path.stat().st_size if path.exists() else 0
    try:
        make_folder(path.parent)
        with hold_lock(folder, "journal"):
            return _append(path, several, after)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> ConflictError:
    return ConflictError(
        "journal-unwritable",
        msg("The journal {file} cannot be written: {reason}.", file=str(path), reason=os_reason(error)),
        msg("Nothing was drafted. Free some space, or get the right to write in this folder, then try again."),
    )


def _parse_line(raw: bytes, number: int) -> Known | Unknown | None:
    try:
        known: Known = _decoder().decode(raw)
    except msgspec.DecodeError:
        pass
    except UnicodeDecodeError:
        return None
    else:
        return known
    try:
        name = msgspec.json.decode(raw, type=_Head).event
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return None if name in _KNOWN else Unknown(number, name, raw)


def _problems(bad: dict[int, bytes], last: int, torn: bytes, unknown: list[Unknown]) -> Iterator[Problem]:
    for line, raw in bad.items():
        yield _line_problem(
            "journal-line",
            Severity.ERROR,
            msg("Line {line} of the journal {file} cannot be read: what it stops is not known.", line=line, file=NAME),
            msg("No reminder is drafted until this line is mended, or deleted by somebody who knows what it said."),
            raw,
        )
    if torn:
        yield _line_problem(
            "journal-torn",
            Severity.WARNING,
            msg("Line {line} of the journal {file} was cut short, as by a power cut.", line=last, file=NAME),
            msg("Nothing to do: what it announced was not done; the line is kept and set aside."),
            torn,
        )
    if unknown:
        yield _line_problem(
            "journal-newer",
            Severity.WARNING,
            msg_n(
                "{n} event of the journal {file} was written by a newer relance and is not understood here.",
                "{n} events of the journal {file} were written by a newer relance and are not understood here.",
                len(unknown),
                file=NAME,
            ),
            msg("Update relance before sending reminders: one of these events may be a stop."),
            unknown[-1].raw,
        )


def _line_problem(code: str, severity: Severity, message: Message, hint: Message, raw: bytes) -> Problem:
    return Problem(code, severity, message, hint, value=raw[:120].decode("utf-8", "backslashreplace"))


@contextmanager
def hold_lock(folder: Path, name: str) -> Iterator[None]:
    """One relance at a time for an act beside the workbooks of a folder (`journal`, `remind`): the others wait a
    little, then ConflictError `journal-busy`."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only writers need it

    try:
        make_folder(folder / FOLDER)
    except OSError as error:
        raise _unwritable(journal_path(folder), error) from error
    try:
        with FileLock(str(folder / FOLDER / f".{name}.lock"), timeout=_WAIT_SECONDS):
            yield
    except Timeout as error:
        raise ConflictError(
            "journal-busy",
            msg("Another relance is writing in the journal beside this workbook."),
            msg("Nothing was drafted. Try again when it has finished."),
        ) from error


def _append(path: Path, events: tuple[Known, ...], after: int | None) -> int:
    created = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
    try:
        size = os.fstat(descriptor).st_size
        if after is not None and size != after:
            raise ConflictError(
                "journal-moved",
                msg("Somebody else drafted or noted something for these invoices a moment ago."),
                msg("Nothing was drafted. Run the command again: it will decide on what is known now."),
            )
        lines = _closing(descriptor, size, events[0]) + b"".join(_ENCODER.encode(event) + b"\n" for event in events)
        rest = memoryview(lines)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if created:
        sync_folder(path.parent)
    return size + len(lines)


def _closing(descriptor: int, size: int, first: Event) -> bytes:
    """What must come before the first new line: nothing, the newline that is missing, or a `Torn` as well."""
    os.lseek(descriptor, max(0, size - _TAIL), os.SEEK_SET)
    last = os.read(descriptor, _TAIL).rpartition(b"\n")[2].strip(b"\xef\xbb\xbf \t\r")
    if not last:
        return b""
    if _parse_line(last, 0) is not None:
        return b"\n"
    return b"\n" + _ENCODER.encode(Torn(at=first.at, day=first.day, workbook=first.workbook)) + b"\n"

"""The drafts folder holds what is still to be sent: a draft confirmed goes among the messages sent, and comes back
where the confirmation is taken back.

Nothing is lost at any instant: the copy is on disk and in the journal before the draft goes. It must not know what a
confirmation is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.files import make_folder, write_new
from relance.office.outbox import DRAFTS, SENT
from relance.workbook.events import Drafted, Kept
from relance.workbook.journal import FOLDER, append_events, hold_lock, read_journal
from relance.workbook.messages import DRAFTED, Outgoing, outgoing


class Tidied(Struct, frozen=True):
    """The files that went away from the drafts, and those that came back to them: their paths now, from `relance/`."""

    away: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


def tidy_drafts(folder: Path, at: datetime, today: date) -> Tidied:
    """Put every draft file where it belongs by the journal of a folder. ConflictError or OSError where it cannot be
    written; what remains is for the next time."""
    away: list[str] = []
    back: list[str] = []
    with hold_lock(folder, "remind"):
        events = read_journal(folder).events
        drafted = {event.id: event.sha256 for event in events if isinstance(event, Drafted)}
        for known in outgoing(events).values():
            if known.message.way or not known.message.file.startswith(f"{DRAFTS}/"):
                continue
            if known.noted and not known.unnoted.invoices:
                away += _put_away(folder, known, at, today)
            elif known.state == DRAFTED and known.kept and known.sha256 == drafted.get(known.message.id):
                back += _put_back(folder, known, at, today)
    return Tidied(tuple(away), tuple(back))


def companions(beside: Path, file: str) -> Iterator[str]:
    """The file of a message that is there, and those of the same name with another ending (its letter as PDF)."""
    place = beside / file
    if beside.resolve() not in place.resolve().parents or not place.parent.is_dir():
        return
    for found in sorted(place.parent.iterdir()):
        if found.is_file() and found.name.partition(".")[0] == place.name.partition(".")[0]:
            yield found.relative_to(beside).as_posix()


def _put_away(folder: Path, known: Outgoing, at: datetime, today: date) -> Iterator[str]:
    beside, message = folder / FOLDER, known.message
    head: dict[str, Any] = {"at": at, "day": today, "workbook": message.workbook, "id": message.id}
    for file in companions(beside, message.file):
        content = (beside / file).read_bytes()
        if file != message.file or not known.kept:
            place = _copy(beside, content, file.replace(DRAFTS, SENT, 1))
        if file == message.file and not known.kept:
            append_events(folder, [Kept(**head, file=place, sha256=sha256(content).hexdigest())])
            yield place
        _remove(beside / file)


def _put_back(folder: Path, known: Outgoing, at: datetime, today: date) -> Iterator[str]:
    beside, message = folder / FOLDER, known.message
    kept = beside / known.file
    if not kept.is_file() or (beside / message.file).exists():
        return
    for file in companions(beside, known.file):
        place = message.file if file == known.file else f"{message.file.rpartition('.')[0]}{Path(file).suffix}"
        _copy(beside, (beside / file).read_bytes(), place)
    head: dict[str, Any] = {"at": at, "day": today, "workbook": message.workbook, "id": message.id}
    append_events(folder, [Drafted(**head, file=message.file, sha256=known.sha256)])
    for file in tuple(companions(beside, known.file)):
        _remove(beside / file)
    yield message.file


def _copy(beside: Path, content: bytes, file: str) -> str:
    """Put a copy in a free place, of that name or one like it; the place. A copy that is there already is that one."""
    stem, _, ending = file.rpartition(".")
    place, count = file, 1
    while (beside / place).exists():
        if (beside / place).read_bytes() == content:
            return place
        count += 1
        place = f"{stem}-{count}.{ending}"
    make_folder((beside / place).parent, parents=True)
    write_new(beside / place, content)
    return place


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    with suppress(OSError):  # other drafts of that day are there still
        file.parent.rmdir()

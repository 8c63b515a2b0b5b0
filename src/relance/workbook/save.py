"""A plan put into the workbook on disk: guards, backup, the new bytes in place all at once, and read again.

At any instant the file is whole, old or new. It must not know what a plan is for; journals are kept by the caller.
"""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from relance.errors import ConflictError, WorkbookError, msg, os_reason
from relance.files import TEMPORARY, sync_folder, write_beside
from relance.workbook.backup import BACKUPS, Keep, digest, keep_backup, prune_backups, read_backup
from relance.workbook.journal import FOLDER
from relance.workbook.lock import check_free, hold_workbook
from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.edits import Plan, reversed_plan
from relance.workbook.xlsx.patch import apply_plan

_TRIES, _PAUSE_SECONDS = 4, 0.5
_ABANDONED_SECONDS = 3600


class Snapshot(Struct, frozen=True):
    """The workbook as read at one instant: where it really is (links followed), as it was named, its bytes, their
    SHA-256, and its size, time, inode."""

    path: Path
    named: Path
    data: bytes
    sha256: str
    stamp: tuple[int, int, int]


class Saved(Struct, frozen=True):
    """What a save did: the SHA-256 of the workbook before and after, and the backup's path from `relance/`.

    `exact` when undo gave the very bytes of before back.
    """

    before: str
    after: str
    backup: str = ""
    exact: bool = False


def read_snapshot(path: Path) -> Snapshot:
    """The workbook's bytes as they are now; links are followed. Waits two seconds for a file being replaced.

    WorkbookError when it is absent or may not be read.
    """
    for left in range(_TRIES, -1, -1):
        try:
            real = path.resolve()
            before = _stamp(real)
            data = real.read_bytes()
        except FileNotFoundError as error:
            if not left:
                raise _absent(path) from error
        except OSError as error:
            raise _failed(path, error) from error
        else:
            if before == _stamp(real) and len(data) == before[0]:
                return Snapshot(real, path, data, digest(data), before)
        time.sleep(_PAUSE_SECONDS)
    raise _changed(path)


Announce = Callable[[Saved], None]
"""Told what is about to be in place, backup and new file ready on disk; nothing is replaced when it raises."""


def save_plan(
    snapshot: Snapshot,
    plan: Plan,
    now: datetime,
    keep: Keep | None = None,
    *,
    announce: Announce | None = None,
    opened: Book | None = None,
) -> Saved:
    """Apply a plan to the workbook that was read, and put it on disk with a backup of what it replaces.

    `now` is the real time; `opened` as in `apply_plan`. ConflictError, and nothing written: it is open elsewhere,
    it changed since the snapshot, a cell is not what the plan expects. WorkbookError: it may not be written.
    """
    with hold_workbook(snapshot.path):
        _check(snapshot)
        return _put(snapshot, apply_plan(snapshot.data, plan, opened=opened), now, keep or Keep(), announce)


def undo_plan(
    snapshot: Snapshot,
    saved: Saved,
    plan: Plan,
    now: datetime,
    keep: Keep | None = None,
    *,
    announce: Announce | None = None,
) -> Saved:
    """Take back a plan: the very bytes of before when nothing else happened since, else each cell as it was.

    ConflictError naming the cell where somebody changed it since.
    """
    with hold_workbook(snapshot.path):
        _check(snapshot)
        old = read_backup(snapshot.path, saved.backup, saved.before) if snapshot.sha256 == saved.after else None
        new = old if old is not None else apply_plan(snapshot.data, reversed_plan(plan))
        done = _put(snapshot, new, now, keep or Keep(), announce)
        return Saved(done.before, done.after, done.backup, exact=old is not None)


def is_unchanged(snapshot: Snapshot) -> bool:
    """Whether the file on disk is still the one that was read."""
    try:
        return _stamp(snapshot.path) == snapshot.stamp and snapshot.path.read_bytes() == snapshot.data
    except OSError:
        return False


def _check(snapshot: Snapshot) -> None:
    """Nobody has it open, it may be written, and it is what was read."""
    check_free(snapshot.named)
    if not is_unchanged(snapshot):
        raise _changed(snapshot.path)
    mode = snapshot.path.stat().st_mode
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(snapshot.path, os.W_OK):
        raise WorkbookError(
            "workbook-read-only",
            msg("The workbook {file} is read-only.", file=snapshot.path.name),
            msg("Ask for the right to change it, or take the read-only mark off the file."),
        )


def _put(snapshot: Snapshot, data: bytes, now: datetime, keep: Keep, announce: Announce | None) -> Saved:
    path = snapshot.path
    if data == snapshot.data:
        return Saved(snapshot.sha256, snapshot.sha256)
    with _told(path):
        _sweep(path.parent, now)
        saved = Saved(snapshot.sha256, digest(data), keep_backup(path, snapshot.data, snapshot.sha256, now))
        temporary = write_beside(path, data, lambda file: _dress_like(path, file))
        try:
            if not is_unchanged(snapshot):
                raise _changed(path)
            check_free(path)
            if announce:
                announce(saved)
            _replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
        if path.read_bytes() != data:
            raise _overwritten(path, saved.backup)
    prune_backups(path, now, keep)
    return saved


def _dress_like(path: Path, temporary: Path) -> None:
    """The owner, rights and attributes of the workbook."""
    held = path.stat()
    if hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(temporary, held.st_uid, held.st_gid)
    shutil.copystat(path, temporary)
    os.utime(temporary)


def _replace(temporary: Path, path: Path) -> None:
    """Put the new file in the old one's place. Windows refuses while a program or a scanner has it: try again."""
    for left in range(_TRIES - 1, -1, -1):
        try:
            temporary.replace(path)
        except PermissionError as error:
            if not left:
                raise ConflictError(
                    "workbook-open",
                    msg("Another program has {file} open and does not let it be replaced.", file=path.name),
                    msg("Nothing was written. Close it there, then run the command again."),
                ) from error
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _sweep(folder: Path, now: datetime) -> None:
    """Delete the temporary files that a crash left more than an hour ago."""
    for file in (*folder.glob(TEMPORARY), *(folder / FOLDER / BACKUPS).glob(TEMPORARY)):
        with suppress(OSError):
            if now.timestamp() - file.stat().st_mtime > _ABANDONED_SECONDS:
                file.unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system refuses, told in our words."""
    try:
        yield
    except OSError as error:
        raise _failed(path, error) from error


def _stamp(path: Path) -> tuple[int, int, int]:
    held = path.stat()
    return held.st_size, held.st_mtime_ns, held.st_ino


def _absent(path: Path) -> WorkbookError:
    return WorkbookError(
        "workbook-missing",
        msg("There is no workbook {file}.", file=str(path)),
        msg("Check its name and folder, or that the shared drive is connected."),
    )


def _failed(path: Path, error: OSError) -> WorkbookError:
    place = Path(error.filename or path)
    beside = place != path and not place.match(TEMPORARY)
    return WorkbookError(
        "workbook-not-written",
        msg(
            "The workbook {file} cannot be written because of {place}: {reason}.",
            file=path.name, place=str(place), reason=os_reason(error),
        )
        if beside
        else msg("The workbook {file} cannot be read or written: {reason}.", file=path.name, reason=os_reason(error)),
        msg("The workbook is as it was. Free some space or ask for the right to write there, then try again."),
    )  # fmt: skip


def _overwritten(path: Path, backup: str) -> ConflictError:
    return ConflictError(
        "workbook-overwritten",
        msg("Another program replaced {file} just after it was written.", file=path.name),
        msg("Look at the workbook before going on. As it was before: relance/{backup}.", backup=backup),
    )


def _changed(path: Path) -> ConflictError:
    return ConflictError(
        "workbook-changed",
        msg("The workbook {file} changed since it was read.", file=path.name),
        msg("Nothing was written. Run the command again: it reads the workbook as it is now."),
    )

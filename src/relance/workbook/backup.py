"""Copies of the workbook as it was before each change, in `relance/backups/`, and which of them are kept.

A copy is known by the SHA-256 of its bytes: what undo gives back is what was there, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from relance.files import make_folder, write_whole
from relance.workbook.journal import FOLDER

BACKUPS = "backups"
_STAMP = "%Y-%m-%dT%H%M%S"
_NAME = re.compile(r"(.*)\.(\d{4}-\d{2}-\d{2}T\d{6})\.([0-9a-f]{12})(\.\w+)")


class Keep(Struct, frozen=True):
    """Which backups are kept: all of the last days, then one a day for some more."""

    all_days: int = 7
    daily_days: int = 30


def digest(data: bytes) -> str:
    """The SHA-256 of a workbook's bytes, in hexadecimal."""
    return sha256(data).hexdigest()


def keep_backup(path: Path, data: bytes, sha: str, now: datetime) -> str:
    """Put a copy of the workbook's bytes into the backups, on disk before this returns; its path from `relance/`.

    `sha` is the digest of these bytes; `now` the real local time, whatever day the command is run for. Who may read
    the workbook may read the copy.
    """
    folder = path.parent / FOLDER / BACKUPS
    make_folder(folder, parents=True)
    name = f"{path.stem}.{now.strftime(_STAMP)}.{sha[:12]}{path.suffix}"
    target = folder / name
    if not (target.exists() and target.read_bytes() == data):
        write_whole(target, data, like=path)
    return f"{BACKUPS}/{name}"


def read_backup(path: Path, backup: str, sha: str) -> bytes | None:
    """The bytes of a backup of the workbook, None when it is gone or is not what it was."""
    try:
        data = (path.parent / FOLDER / backup).read_bytes()
    except OSError:
        return None
    return data if digest(data) == sha else None


def prune_backups(path: Path, now: datetime, keep: Keep) -> list[Path]:
    """Delete the backups of this workbook that are too old, and say which; one dated in the future stays."""
    folder = path.parent / FOLDER / BACKUPS
    try:
        names = [file.name for file in folder.iterdir()]
    except OSError:
        return []
    mine = [name for name in names if (m := _NAME.fullmatch(name)) and (m[1], m[4]) == (path.stem, path.suffix)]
    gone = []
    for name in too_old(mine, now, keep):
        with suppress(OSError):
            (folder / name).unlink()
            gone.append(folder / name)
    return gone


def backups_of(path: Path, before: date | None = None) -> list[str]:
    """The backups of a workbook made before a day, all of them without: their paths from `relance/`, oldest first."""
    folder = path.parent / FOLDER / BACKUPS
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
    mine = [(name, m[2]) for name in names if (m := _NAME.fullmatch(name)) and (m[1], m[4]) == (path.stem, path.suffix)]
    return [f"{BACKUPS}/{name}" for name, made in mine if before is None or made < before.isoformat()]


def too_old(names: Iterable[str], now: datetime, keep: Keep) -> list[str]:
    """The backups not to keep: past the days of which all are kept, all but the last of each day; then all.

    >>> names = [f"s.2026-09-{day}T{hour}0000.0123456789ab.xlsx" for day in (10, 25) for hour in (10, 11)]
    >>> too_old(names, datetime(2026, 9, 30), Keep())
    ['s.2026-09-10T100000.0123456789ab.xlsx']
    """
    last_of_day: dict[str, str] = {}
    gone = []
    for name in sorted(names, reverse=True):
        found = _NAME.fullmatch(name)
        if not found:
            continue
        age = now - datetime.strptime(found[2], _STAMP)  # noqa: DTZ007 - local times on both sides
        if age <= timedelta(days=keep.all_days):
            continue
        if age > timedelta(days=keep.all_days + keep.daily_days) or found[2][:10] in last_of_day:
            gone.append(name)
        else:
            last_of_day[found[2][:10]] = name
    return sorted(gone)

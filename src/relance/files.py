"""Bytes -> a file of ours, whole and on disk: at any instant it is the old one or the new one, never half of either.

It must not know what is in a file, nor in what words a refusal is told: OSError is for the caller.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

TEMPORARY = ".relance-*.tmp"
"""The names of files not yet in place; one that stays was left by a crash."""

_NOT_FOR_FOLDERS = frozenset({errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EISDIR})
_BINARY = getattr(os, "O_BINARY", 0)
_PATIENCE, _PAUSE_SECONDS = 4 if os.name == "nt" else 0, 0.5


def write_whole(path: Path, content: bytes, like: Path | None = None) -> None:
    """Put a file into place, instead of one that is there. It has the rights of `like`, else of the file replaced,
    else those of any new file. A link stays a link; a pipe or a device is written to, never replaced."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    model = like or (path if path.exists() else None)
    temporary = write_beside(path, content, (lambda file: shutil.copymode(model, file)) if model else None)
    try:
        patiently(temporary.replace, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_new(path: Path, content: bytes) -> None:
    """Put a new file into place; FileExistsError, and nothing written over it, where one has that name."""
    temporary = write_beside(path, content)
    try:
        _name_new(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_beside(path: Path, content: bytes, dress: Callable[[Path], None] | None = None) -> Path:
    """A temporary file in the folder of `path`, on disk; `dress` gives it its rights, and until then it is nobody
    else's to read. It does not stay when this fails."""
    temporary = path.with_name(TEMPORARY.replace("*", secrets.token_hex(6)))
    rights = 0o600 if dress else 0o666
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, rights)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            if dress:
                dress(temporary)
            os.fsync(stream.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def make_folder(folder: Path, *, parents: bool = False) -> None:
    """A folder, named on disk before anything in it is; with `parents` those above it too."""
    if folder.is_dir():
        return
    if parents:
        make_folder(folder.parent, parents=True)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last. Windows does it by itself and cannot open a folder, nor can some network
    drives."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise


def patiently(act: Callable[[Path], object], path: Path, patience: int = _PATIENCE) -> None:
    """Do to a path what Windows refuses while a program or a virus scanner looks at the file: `patience`
    times more, half a second apart, then PermissionError. A name that somebody has is refused at once."""
    for _ in range(patience):
        try:
            act(path)
        except FileExistsError:
            raise
        except PermissionError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    act(path)


def _name_new(temporary: Path, path: Path) -> None:
    """Give the file its name if nobody has it: one act where the system links (POSIX) or refuses (Windows)."""
    if os.name == "nt":
        patiently(temporary.rename, path)
        return
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a disk without links (USB stick, some network drives): claim the name, then fill it
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        temporary.replace(path)

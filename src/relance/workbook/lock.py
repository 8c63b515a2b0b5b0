"""Who else has the workbook: another relance, Excel, LibreOffice, a sync service that made a second version.

The lock files of other programs are read, never deleted. It must not know what is inside the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from relance.errors import ConflictError, msg, os_reason
from relance.workbook.journal import FOLDER

WAIT_SECONDS = 30.0
_NAME = ".workbook.lock"


class Holder(Struct, frozen=True):
    """Who has a workbook open: the program, the person as it names them ("" unknown), the file that says so."""

    program: str
    person: str
    file: str


@contextmanager
def hold_workbook(path: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """One relance at a time writes the workbooks of a folder; taken again inside itself it costs nothing.

    ConflictError `workbook-busy` after `wait` seconds, `folder-closed` where nothing may be written. A process that
    dies frees it.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only writers need it

    folder = path.resolve().parent / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        lock = FileLock(str(folder / _NAME), is_singleton=True)
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise ConflictError(
            "workbook-busy",
            msg("Another relance is writing in this folder."),
            msg("Nothing was written. Try again when it has finished."),
        ) from error
    except OSError as error:
        raise ConflictError(
            "folder-closed",
            msg("The folder {folder} cannot be written: {reason}.", folder=str(folder), reason=os_reason(error)),
            msg("Nothing was written. Ask for the right to write there, or free some space."),
        ) from error
    try:
        yield
    finally:
        lock.release()


def check_free(path: Path) -> None:
    """Nothing when nobody has the workbook open; else a ConflictError that says who, in which program."""
    holder = held_by(path)
    if holder is None:
        return
    person = holder.person or msg("somebody")
    raise ConflictError(
        "workbook-open",
        msg("{person} has {file} open in {program}.", person=person, file=path.name, program=holder.program),
        msg(
            "Ask them to save and close it, then run the command again. If nobody has it open any more, delete {lock}.",
            lock=holder.file,
        ),
    )


def held_by(path: Path) -> Holder | None:
    """Who has the workbook open according to the lock files of Excel and LibreOffice beside it; None for nobody."""
    for place in dict.fromkeys((path, path.resolve())):
        office = place.with_name(f".~lock.{place.name}#")
        excel = place.with_name(f"~${place.name}")
        for file, program, read in ((office, "LibreOffice", _libreoffice_user), (excel, "Excel", _excel_user)):
            try:
                return Holder(program, read(file.read_bytes()), file.name)
            except FileNotFoundError:
                continue
            except OSError:  # Windows: the program that made it keeps it to itself
                return Holder(program, "", file.name)
    return None


def _libreoffice_user(content: bytes) -> str:
    """`name,login,host,date,profile;` with `\\,` escapes: the name, else login@host.

    >>> _libreoffice_user(b",marie,PC-COMPTA,22.11.2026 02:23,file:///home/marie;")
    'marie@PC-COMPTA'
    """
    text = content.decode("utf-8", "replace").strip().removesuffix(";")
    fields = [re.sub(r"\\(.)", r"\1", field) for field in re.split(r"(?<!\\),", text)]
    name, login, host = (*fields, "", "", "")[:3]
    return name or (f"{login}@{host}" if login and host else login or host)


def _excel_user(content: bytes) -> str:
    """Byte 55: length of the name, then the name in UTF-16; else byte 0: its length in the Windows code page.

    >>> _excel_user(bytes([5]) + b"Marie" + b" " * 49 + bytes([5, 0]) + "Marie".encode("utf-16-le"))
    'Marie'
    """
    length = int.from_bytes(content[55:57], "little")
    if 0 < length <= 52:
        return content[57 : 57 + 2 * length].decode("utf-16-le", "replace").strip("\0 ")
    return content[1 : 1 + content[0]].decode("cp1252", "replace").strip("\0 ") if content else ""


_CONFLICT = re.compile(r"conflicted copy|copie en conflit|[._ (-]conflict|sync-conflict|SFConflict", re.IGNORECASE)


def conflicted_copies(path: Path) -> list[Path]:
    """The second versions of the workbook that a sync service left beside it, by name.

    Nextcloud, Dropbox, Syncthing, Seafile, Synology and others say "conflict" in the name; a person's own `- Copie`
    is none.
    """
    try:
        files = sorted(path.resolve().parent.iterdir())
    except OSError:
        return []
    return [
        file
        for file in files
        if file.suffix.lower() == path.suffix.lower()
        and file.name.startswith(path.stem)
        and _CONFLICT.search(file.name[len(path.stem) :])
    ]

"""The messages kept beside the workbook -> whether the journal that announced them is still whole.

A journal deleted, or replaced by an older copy, has forgotten what was announced last; the drafts and the messages
sent lie there still. It must not know what a reminder says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from relance.workbook.events import Known, Reserved

_KEPT = ("drafts", "sent")
_HEAD = 1 << 13  # the headers of a message of ours are shorter
_OURS = re.compile(rb"^Message-ID:\s*<relance\.([0-9a-f]+)@", re.MULTILINE | re.IGNORECASE)


def unannounced_message(folder: Path, events: Iterable[Known]) -> Path | None:
    """A message of ours among those of the last day in `drafts/` or `sent/` of `folder`, of which the journal says
    nothing; None where there is none. Where the journal announces nothing at all, any file there is one."""
    reserved = [event for event in events if isinstance(event, Reserved)]
    ids = {event.id for event in reserved}
    files = {event.file for event in reserved}
    for path in _last_files(folder):
        if not reserved:
            return path
        if path.relative_to(folder).as_posix() not in files and (found := _id_of(path)) and found not in ids:
            return path
    return None


def _last_files(folder: Path) -> Iterator[Path]:
    """The files of the last day in each of the folders of messages."""
    for name in _KEPT:
        try:
            days = sorted(path for path in (folder / name).iterdir() if path.is_dir())
            yield from sorted(path for path in days[-1].iterdir() if path.is_file()) if days else ()
        except OSError:
            continue


def _id_of(path: Path) -> str:
    if path.suffix != ".eml":
        return ""
    try:
        with path.open("rb") as file:
            found = _OURS.search(file.read(_HEAD))
    except OSError:
        return ""
    return found[1].decode() if found else ""

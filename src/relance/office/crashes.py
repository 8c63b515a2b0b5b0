"""Settle what a run that stopped left open: messages announced in the journal of which nothing was noted since.

It must not send, nor decide anything anew.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from relance.files import TEMPORARY
from relance.office.outbox import DRAFTS, SENT
from relance.office.ways import Way
from relance.workbook.events import Doubted, Known, Released
from relance.workbook.events import Drafted as DraftedEvent
from relance.workbook.journal import FOLDER, append_events, read_journal
from relance.workbook.messages import SENDING, Outgoing, unfinished

_STOPPED = "the run that announced it stopped before writing it"


def settle_crashes(folder: Path, at: datetime, today: date, way: Way | None = None) -> None:
    """What a run that stopped between announcing a message and noting it left open.

    Where the file of a draft is there the draft stands; where it is not, and where no server was spoken to yet, nobody
    could receive it and its step is free again. A message that was being sent may have left: it is unknown. A draft on
    its way into a mailbox is looked for there by `way`, and stays open without it. What was half written goes.
    """
    for half in (half for name in (DRAFTS, SENT) for half in (folder / FOLDER / name).rglob(TEMPORARY)):
        half.unlink(missing_ok=True)
    for left in unfinished(read_journal(folder).events):
        event = _settled(folder, left, {"at": at, "day": today, "workbook": left.message.workbook}, way)
        if event:
            append_events(folder, [event])


def _settled(folder: Path, left: Outgoing, about: dict[str, Any], way: Way | None) -> Known | None:
    head = {**about, "id": left.message.id}
    if left.state == SENDING:
        return Doubted(**head, reason="the run stopped while the message was being sent")
    file = folder / FOLDER / left.message.file
    if left.message.way == "smtp":
        file.unlink(missing_ok=True)
        return Released(**head, reason=_STOPPED)
    if left.message.way == "imap":
        if way is None or way.name != "imap":
            return None
        found = way.settle(left)
        return DraftedEvent(**head, mailbox=found[0], sha256=found[1]) if found else Released(**head, reason=_STOPPED)
    if file.is_file():
        if content := file.read_bytes():
            return DraftedEvent(**head, file=left.message.file, sha256=sha256(content).hexdigest())
        file.unlink()  # a name that was claimed and not yet filled, on a disk without links
    return Released(**head, reason=_STOPPED)

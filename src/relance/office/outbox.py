"""A message on its way: what is planned for a client, announced in the journal, written, and what became of it noted.

Nothing is done before the line that announces it is on disk. It must not know whom to chase, nor by which way messages
leave (ways.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.domain.model import Channel
from relance.domain.policies.chase import Chase
from relance.errors import ConflictError, DeliveryError, Problem, Severity, msg
from relance.letters.compose import Letter
from relance.letters.drafts import paper_letter, write_draft
from relance.letters.eml import message_bytes, message_id
from relance.office.book import Book
from relance.office.stationery import sender_of
from relance.workbook.events import Drafted as DraftedEvent
from relance.workbook.events import (
    FeesAsked,
    InvoiceStep,
    Known,
    Reserved,
)
from relance.workbook.journal import FOLDER, append_events

DRAFTS, SENT = "drafts", "sent"
FOLDERS = {"eml": DRAFTS, "imap": "", "smtp": SENT}
"""Where the files of each way out go, under `relance/`; drafts in a mailbox make none."""


class Drafted(Struct, frozen=True, kw_only=True):
    """One client to be chased: the letter and the file planned for it (relative to the folder `relance/`, "" where it
    goes into a mailbox), or nothing to draft: `letter` None means a person calls, hands the file over, or mends a
    problem first. `fees` are the late fees that the letter claims; `state` what became of it: planned, drafted, sent,
    failed, unknown, changed (the workbook changed meanwhile), held (not tried); `mailbox` the folder it waits in."""

    chase: Chase
    letter: Letter | None = None
    fees: tuple[FeesAsked, ...] = ()
    file: str = ""
    problems: tuple[Problem, ...] = ()
    state: str = "planned"
    mailbox: str = ""


class Left(Struct, frozen=True, kw_only=True):
    """What became of a message: its state as in `Drafted`, the journal's new size, what to tell; `closed` where the
    way is shut and the next messages need not be tried."""

    state: str
    size: int
    problems: tuple[Problem, ...] = ()
    mailbox: str = ""
    closed: bool = False


def refuse_changed(book: Book) -> None:
    """Nobody is written to on the strength of a workbook that is no longer the one read."""
    if not book.fingerprint.still_holds(book.path):
        raise ConflictError(
            "workbook-changed",
            msg("{file} was changed while the reminders were being drafted.", file=book.path.name),
            msg("Run relance remind again: it reads the workbook anew, and drafts nothing twice."),
        )


def draft_one(book: Book, planned: Drafted, at: datetime, size: int) -> int:
    """Announce the draft in the journal of that size, write its file, note that it was written; the journal's new
    size."""
    if planned.letter is None:
        return size
    folder = book.path.parent
    content = content_of(book, planned, at)
    size = append_events(folder, [reservation(book, planned, at)], after=size)
    digest = write_draft(folder / FOLDER / planned.file, content)
    return note_outcome(folder, [draft_event(book, planned, at, digest)], size)


def note_outcome(folder: Path, events: Sequence[Known], size: int) -> int:
    """What became of messages, noted in the journal of that size; its new size.

    Where others noted something meanwhile it is noted all the same, before the ConflictError stops the run: a message
    that a server took is never left looking as if nobody knew.
    """
    try:
        return append_events(folder, events, after=size)
    except ConflictError:
        append_events(folder, events)
        raise


def content_of(book: Book, planned: Drafted, at: datetime) -> bytes:
    """What the file of a draft holds."""
    letter = letter_of(planned)
    return (
        paper_letter(letter) if letter.channel is Channel.LETTER else message_bytes(letter, sender_of(book.config), at)
    )


def draft_event(book: Book, planned: Drafted, at: datetime, digest: str) -> DraftedEvent:
    """The line that notes a draft written."""
    return DraftedEvent(**event_head(book, planned, at), file=planned.file, sha256=digest)


def event_head(book: Book, planned: Drafted, at: datetime) -> dict[str, Any]:
    """What every line about a message begins with."""
    letter = letter_of(planned)
    return {"at": at, "day": book.day.today, "workbook": book.path.name, "id": letter.id}


def reservation(book: Book, planned: Drafted, at: datetime, *, way: str = "") -> Reserved:
    """The line that announces a message."""
    letter = letter_of(planned)
    on_paper = letter.channel is Channel.LETTER
    return Reserved(
        **event_head(book, planned, at),
        client=letter.client,
        name=letter.name,
        invoices=tuple(InvoiceStep(number, step) for number, step in letter.invoices),
        file=planned.file,
        message_id="" if on_paper else message_id(letter, sender_of(book.config)),
        to=tuple(address.email for address in letter.to),
        fees=planned.fees,
        way=way,
    )


def told(error: DeliveryError, letter: Letter) -> Problem:
    """A message that did not leave, or of which nobody knows, as a problem told at the end of the run."""
    return Problem(
        error.code, Severity.ERROR, msg("{client}: {problem}", client=letter.name, problem=error.message), error.remedy
    )


def letter_of(planned: Drafted) -> Letter:
    """The letter of a client who is written to: the planned ones without are never given to a way out."""
    if planned.letter is None:  # impossible: only letters leave
        raise AssertionError(planned)
    return planned.letter

"""The ways by which a message leaves: a file, the drafts of a mailbox, a mail server. Each announces it in the journal,
acts, and notes what became of it.

Nothing is said to a server before the line that announces it is on disk; what a run that stopped left open is settled
by the next one. It must not know whom to chase.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from relance.domain.model import Channel
from relance.domain.policies.chase import Chase
from relance.errors import ConflictError, DeliveryError, DoubtfulError, NotTakenError, Problem, Severity, msg
from relance.letters.compose import Letter
from relance.letters.drafts import paper_letter, write_draft
from relance.letters.eml import message_bytes, message_id
from relance.letters.imap import Mailbox
from relance.letters.scan import find_message
from relance.letters.sender import Sender
from relance.letters.smtp import Relay
from relance.office.book import Book
from relance.workbook.events import (
    Delivered,
    Doubted,
    Failed,
    FeesAsked,
    InvoiceStep,
    Known,
    Released,
    Reserved,
    Sending,
)
from relance.workbook.events import Drafted as DraftedEvent
from relance.workbook.journal import FOLDER, append_events, read_journal
from relance.workbook.messages import SENDING, Outgoing, unfinished

DRAFTS, SENT = "drafts", "sent"
FOLDERS = {"eml": DRAFTS, "imap": "", "smtp": SENT}
"""Where the files of each way out go, under `relance/`; drafts in a mailbox make none."""

_STOPPED = "the run that announced it stopped before writing it"


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


class Way(Protocol):
    """How messages leave. `name` is the journal's word for it."""

    name: str

    def leave(self, book: Book, planned: Drafted, at: datetime, size: int) -> Left:
        """Announce a message in the journal of that size, act, note what became of it."""

    def settle(self, left: Outgoing) -> tuple[str, str] | None:
        """Where a message announced by a run that stopped is found, with its SHA-256; None where it is nowhere."""


class Files:
    """Drafts as files, which a person opens, sends and confirms."""

    name = ""

    def leave(self, book: Book, planned: Drafted, at: datetime, size: int) -> Left:
        """Write the draft: an e-mail to open, or a letter to print."""
        return Left(state="drafted", size=draft_one(book, planned, at, size))

    def write(self, book: Book, planned: Drafted, content: bytes) -> str:
        """The SHA-256 of the file written; "" and no file where the workbook is no longer the one read."""
        if not book.fingerprint.still_holds(book.path):
            return ""
        return write_draft(book.path.parent / FOLDER / planned.file, content)

    def settle(self, left: Outgoing) -> tuple[str, str] | None:
        """Files settle by themselves (`settle_crashes`)."""
        return None


class MailboxDrafts:
    """Real drafts in the person's own mailbox, which sends them and keeps them in its Sent folder."""

    name = "imap"

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def leave(self, book: Book, planned: Drafted, at: datetime, size: int) -> Left:
        """Put the draft into the Drafts folder; where the connection breaks, the next run looks whether it is there."""
        letter = _letter(planned)
        content = message_bytes(letter, sender_of_book(book), at, unsent=False)
        folder, head = book.path.parent, _head(book, letter, at)
        drafts = self.mailbox.drafts
        size = append_events(folder, [reservation(book, planned, at, way=self.name)], after=size)
        try:
            self.mailbox.append(drafts, content)
        except NotTakenError as error:
            size = note_outcome(folder, [Released(**head, reason=str(error.message))], size)
            return Left(state="failed", size=size, problems=(told(error, letter),))
        except DeliveryError as error:
            return Left(state="unknown", size=size, problems=(told(error, letter),), closed=True)
        digest = sha256(content).hexdigest()
        event = DraftedEvent(**head, sha256=digest, mailbox=drafts.shown)
        return Left(state="drafted", size=note_outcome(folder, [event], size), mailbox=drafts.shown)

    def settle(self, left: Outgoing) -> tuple[str, str] | None:
        """The message among the drafts, or already sent."""
        for folder in (self.mailbox.drafts, self.mailbox.sent):
            found = find_message(self.mailbox, folder, left.message.id, left.message.message_id)
            if found is not None:
                return folder.shown, sha256(found.content).hexdigest()
        return None


class Post:
    """Messages given to a mail server, each kept as bytes beside the workbook before it travels."""

    name = "smtp"

    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    def leave(self, book: Book, planned: Drafted, at: datetime, size: int) -> Left:
        """Send: reserved, kept, sending, then sent, failed or unknown."""
        letter = _letter(planned)
        content = message_bytes(letter, sender_of_book(book), at, unsent=False)
        folder, head = book.path.parent, _head(book, letter, at)
        size = append_events(folder, [reservation(book, planned, at, way=self.name)], after=size)
        digest = write_draft(folder / FOLDER / planned.file, content)
        size = append_events(folder, [Sending(**head, file=planned.file, sha256=digest)], after=size)
        try:
            refused = self.relay.send(content)
        except DoubtfulError as error:
            size = note_outcome(folder, [Doubted(**head, reason=str(error.message))], size)
            return Left(state="unknown", size=size, problems=(told(error, letter),))
        except DeliveryError as error:
            size = note_outcome(folder, [Failed(**head, reason=str(error.message))], size)
            (folder / FOLDER / planned.file).unlink(missing_ok=True)
            closed = not isinstance(error, NotTakenError)
            return Left(state="failed", size=size, problems=(told(error, letter),), closed=closed)
        size = note_outcome(folder, [Delivered(**head, refused=tuple(one.email for one in refused))], size)
        problems = tuple(_not_to(letter, one.email, one.answer) for one in refused)
        return Left(state="sent", size=size, problems=problems)

    def settle(self, left: Outgoing) -> tuple[str, str] | None:
        """A server tells nothing afterwards."""
        return None


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
    letter = _letter(planned)
    return paper_letter(letter) if letter.channel is Channel.LETTER else message_bytes(letter, sender_of_book(book), at)


def draft_event(book: Book, planned: Drafted, at: datetime, digest: str) -> DraftedEvent:
    """The line that notes a draft written."""
    return DraftedEvent(**event_head(book, planned, at), file=planned.file, sha256=digest)


def event_head(book: Book, planned: Drafted, at: datetime) -> dict[str, Any]:
    """What every line about a message begins with."""
    return _head(book, _letter(planned), at)


def reservation(book: Book, planned: Drafted, at: datetime, *, way: str = "") -> Reserved:
    """The line that announces a message."""
    letter = _letter(planned)
    on_paper = letter.channel is Channel.LETTER
    return Reserved(
        **_head(book, letter, at),
        client=letter.client,
        name=letter.name,
        invoices=tuple(InvoiceStep(number, step) for number, step in letter.invoices),
        file=planned.file,
        message_id="" if on_paper else message_id(letter, sender_of_book(book)),
        to=tuple(address.email for address in letter.to),
        fees=planned.fees,
        way=way,
    )


def settle_crashes(folder: Path, at: datetime, today: date, way: Way | None = None) -> None:
    """What a run that stopped between announcing a message and noting it left open.

    Where the file of a draft is there the draft stands; where it is not, and where no server was spoken to yet, nobody
    could receive it and its step is free again. A message that was being sent may have left: it is unknown. A draft on
    its way into a mailbox is looked for there by `way`, and stays open without it. What was half written goes.
    """
    for half in (half for name in (DRAFTS, SENT) for half in (folder / FOLDER / name).rglob(".relance-*.tmp")):
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
        return DraftedEvent(**head, file=left.message.file, sha256=sha256(file.read_bytes()).hexdigest())
    return Released(**head, reason=_STOPPED)


def told(error: DeliveryError, letter: Letter) -> Problem:
    """A message that did not leave, or of which nobody knows, as a problem told at the end of the run."""
    return Problem(
        error.code, Severity.ERROR, msg("{client}: {problem}", client=letter.name, problem=error.message), error.remedy
    )


def _not_to(letter: Letter, email: str, answer: str) -> Problem:
    return Problem(
        "recipient-refused",
        Severity.WARNING,
        msg("{client}: {email} did not receive the message: {answer}", client=letter.name, email=email, answer=answer),
        msg("The others received it. Correct the address in the workbook."),
        value=email,
    )


def sender_of_book(book: Book) -> Sender:
    """Who we are, from the configuration."""
    return Sender(**{name: book.config.get(f"company.{name}") for name in Sender.__struct_fields__})


def _letter(planned: Drafted) -> Letter:
    if planned.letter is None:  # impossible: only letters leave
        raise AssertionError(planned)
    return planned.letter


def _head(book: Book, letter: Letter, at: datetime) -> dict[str, Any]:
    return {"at": at, "day": book.day.today, "workbook": book.path.name, "id": letter.id}

"""The ways by which a message leaves: a file, the drafts of a mailbox, a mail server. Each announces it in the journal,
acts, and notes what became of it.

Nothing is said to a server before the line that announces it is on disk. It must not know whom to chase.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Protocol

from relance.errors import DeliveryError, DoubtfulError, NotTakenError, Problem, Severity, msg
from relance.letters.compose import Letter
from relance.letters.drafts import write_draft
from relance.letters.eml import message_bytes
from relance.letters.imap import Mailbox
from relance.letters.scan import find_message
from relance.letters.smtp import Relay
from relance.office.book import Book
from relance.office.outbox import Drafted, Left, draft_one, event_head, letter_of, note_outcome, reservation, told
from relance.office.stationery import sender_of
from relance.workbook.events import Delivered, Doubted, Failed, Released, Sending
from relance.workbook.events import Drafted as DraftedEvent
from relance.workbook.journal import FOLDER, append_events
from relance.workbook.messages import Outgoing


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
        letter = letter_of(planned)
        content = message_bytes(letter, sender_of(book.config), at, unsent=False)
        folder, head = book.path.parent, event_head(book, planned, at)
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
        letter = letter_of(planned)
        content = message_bytes(letter, sender_of(book.config), at, unsent=False)
        folder, head = book.path.parent, event_head(book, planned, at)
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


def _not_to(letter: Letter, email: str, answer: str) -> Problem:
    return Problem(
        "recipient-refused",
        Severity.WARNING,
        msg("{client}: {email} did not receive the message: {answer}", client=letter.name, email=email, answer=answer),
        msg("The others received it. Correct the address in the workbook."),
        value=email,
    )

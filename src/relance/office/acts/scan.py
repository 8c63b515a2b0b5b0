"""Confirm the drafts that a person sent, found among the messages sent of the mailbox; keep them as they were sent."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from relance.errors import Message, UsageError, msg, msg_n
from relance.letters.drafts import slug, write_draft
from relance.letters.imap import Mailbox
from relance.letters.scan import Found, find_message
from relance.office.acts.record import Decided, Desk
from relance.office.acts.sent import decide_found
from relance.office.outbox import SENT
from relance.workbook.events import Kept, Reserved
from relance.workbook.journal import FOLDER, append_events, read_journal
from relance.workbook.messages import outgoing, waiting_messages


class Scan:
    """A look into a mailbox: `decide` is the act of confirming what it found, `keep` puts the messages confirmed beside
    the workbook as they were sent."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.found: dict[str, Found] = {}

    def decide(self, desk: Desk) -> Decided:
        """The reminders found among the messages sent, each on the day it was sent. UsageError when there is none."""
        waiting = [message for message in waiting_messages(desk.book.journal.events) if message.message_id]
        if not waiting:
            raise _nothing_found("", 0)
        for message in waiting:
            found = find_message(self.mailbox, self.mailbox.sent, message.id, message.message_id)
            if found is not None:
                self.found[message.id] = found
        drafted = {message.id: message.day for message in waiting}
        days = {id_: _day(found, drafted[id_], desk.today) for id_, found in self.found.items()}
        left = [message for message in waiting if message.id not in self.found]
        if not days:
            raise _nothing_found(self.mailbox.sent.shown, len(left))
        decided = decide_found(desk, days)
        remarks = (*decided.remarks, *filter(None, map(self._missing, left)))
        return Decided(act="sent", title=decided.title, plan=decided.plan, facts=decided.facts, remarks=remarks)

    def _missing(self, message: Reserved) -> Message | None:
        """A draft put into this mailbox that is in it no more."""
        if message.way != "imap":
            return None
        if find_message(self.mailbox, self.mailbox.drafts, message.id, message.message_id) is not None:
            return None
        return msg(
            "{client}: the message of {day} is neither among the drafts nor among those sent. If it was thrown away: "
            "relance failed {number}",
            client=message.name or message.client,
            day=message.day,
            number=message.invoices[0].number,
        )

    def keep(self, folder: Path, at: datetime, today: date) -> None:
        """Keep the bytes of the messages that the journal now has as sent."""
        known = outgoing(read_journal(folder).events)
        for id_, found in self.found.items():
            if id_ in known and known[id_].noted and not known[id_].kept:
                message = known[id_].message
                file = _free(folder, message, found.on or today)
                digest = write_draft(folder / FOLDER / file, found.content)
                event = Kept(
                    at=at, day=today, workbook=message.workbook, id=id_, file=file, sha256=digest,
                    message_id=found.message_id if found.message_id != message.message_id else "",
                )  # fmt: skip
                append_events(folder, [event])


def _day(found: Found, drafted: date, today: date) -> date:
    """The day a message was sent: not before it was drafted, nor after today."""
    return min(max(found.on or today, drafted), today)


def _free(folder: Path, message: Reserved, day: date) -> str:
    step = max(invoice.step for invoice in message.invoices)
    stem = f"{SENT}/{day.isoformat()}/{slug(message.name or message.client)}-{step}"
    file, count = f"{stem}.eml", 1
    while (folder / FOLDER / file).exists():
        count += 1
        file = f"{stem}-{count}.eml"
    return file


def _nothing_found(folder: str, waiting: int) -> UsageError:
    return UsageError(
        "nothing-found",
        msg("None of the drafts that wait was found in the folder {folder}.", folder=folder)
        if waiting
        else msg("No draft waits for a confirmation."),
        msg_n(
            "{n} draft waits still. Sent another way: relance sent NUMBER.",
            "{n} drafts wait still. Sent another way: relance sent NUMBER.",
            waiting,
        )
        if waiting
        else msg("relance remind drafts the reminders."),
    )

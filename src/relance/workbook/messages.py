"""The journal's events -> what became of each message, and what counts of it: drafts that wait, reminders that left,
late fees claimed, and what a run that stopped left undone.

Pure: it must not know files, nor how a message leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.late_fees.fee_account import FeesClaimed
from relance.domain.model import Draft
from relance.domain.noted import Fact, FailedNoted, ReminderNoted
from relance.workbook.events import (
    Act,
    Delivered,
    Doubted,
    Drafted,
    Failed,
    Kept,
    Known,
    Released,
    Reserved,
    Sending,
    list_acts,
)

RESERVED, DRAFTED, SENDING, SENT, UNKNOWN, FREE = "reserved", "drafted", "sending", "sent", "unknown", "free"


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message and what became of it. `state`: reserved, drafted, sending, sent (a server took it), unknown (nobody
    knows whether it left), free (it did not leave: failed, released or given up). `noted` are the invoices for which
    an act says that it went out; `sent_on` the day the server took it; `file` and `sha256` its bytes as last known;
    `kept` that they are those that left; `refused` recipients a server refused; `reason` why it failed."""

    message: Reserved
    state: str = RESERVED
    noted: frozenset[str] = frozenset()
    sent_on: date | None = None
    file: str = ""
    sha256: str = ""
    mailbox: str = ""
    kept: bool = False
    refused: tuple[str, ...] = ()
    reason: str = ""

    @property
    def unnoted(self) -> Reserved:
        """The message with the invoices of which no act says that it went out."""
        left = tuple(invoice for invoice in self.message.invoices if invoice.number not in self.noted)
        return replace(self.message, invoices=left)


def outgoing(events: Iterable[Known]) -> dict[str, Outgoing]:
    """Every message by its id, in the order of their last reservation, with what became of it."""
    several = tuple(events)
    acts = {id(act.event): act for act in list_acts(several)}
    found: dict[str, Outgoing] = {}
    for event in several:
        if isinstance(event, Reserved):
            found.pop(event.id, None)
            found[event.id] = Outgoing(message=event, file=event.file)
        elif (act := acts.get(id(event))) is not None:
            _learn(found, act)
        elif (known := found.get(getattr(event, "id", ""))) is not None:
            found[known.message.id] = _after(known, event)
    return found


def _after(known: Outgoing, event: Known) -> Outgoing:
    match event:
        case Drafted():
            file = event.file or known.file
            return replace(known, state=DRAFTED, file=file, sha256=event.sha256, mailbox=event.mailbox, kept=False)
        case Sending():
            return replace(known, state=SENDING, file=event.file, sha256=event.sha256)
        case Delivered():
            return replace(known, state=SENT, sent_on=event.day, refused=event.refused, kept=True)
        case Doubted():
            return replace(known, state=UNKNOWN, reason=event.reason)
        case Kept():
            return replace(known, file=event.file, sha256=event.sha256, kept=True)
        case Failed():
            return replace(known, state=FREE, reason=event.reason, file="", sha256="")  # its bytes went with it
        case Released():
            return replace(known, state=FREE, reason=event.reason)
    return known


def _learn(found: dict[str, Outgoing], act: Act) -> None:
    """What an act in force says of messages: that they went out, or did not."""
    for fact in act.event.facts if act.in_force else ():
        known = found.get(getattr(fact, "message", ""))
        if known is None:
            continue
        if isinstance(fact, ReminderNoted):
            found[known.message.id] = replace(known, noted=known.noted | {fact.number})
        elif isinstance(fact, FailedNoted):
            found[known.message.id] = replace(known, state=FREE, reason=fact.reason)


def known_facts(events: Sequence[Known]) -> tuple[Fact, ...]:
    """Everything learned and not taken back, oldest first; an act of which nobody knows whether it was done counts,
    since it may be a stop. A message that a server took is a reminder, noted in the workbook or not."""
    noted = [fact for act in list_acts(events) if act.in_force for fact in act.event.facts]
    return (*noted, *(fact for message in outgoing(events).values() for fact in taken_facts(message)))


def taken_facts(known: Outgoing) -> Iterator[ReminderNoted]:
    """The reminders of a message that a server took, of which no act says so yet."""
    if known.state == SENT and known.sent_on:
        for invoice in known.unnoted.invoices:
            yield ReminderNoted(
                number=invoice.number,
                client=known.message.client,
                step=invoice.step,
                on=known.sent_on,
                by="email",
                message=known.message.id,
            )


def pending_drafts(events: Iterable[Known]) -> tuple[Draft, ...]:
    """Per invoice and client, the highest step drafted, reserved or of unknown outcome, and not confirmed as sent, in
    the order of the journal.

    A reservation without its draft counts: a crash came between, and the message may exist. Whether the sheet
    already shows the step is decided by those who know the sheet. A courtesy note (step 0) stays, sent or not: no sheet
    counts it.
    """
    highest: dict[tuple[str, str], Draft] = {}
    for known in outgoing(events).values():
        if known.state == FREE:
            continue
        waiting = () if known.state == SENT else known.unnoted.invoices
        for invoice in (*waiting, *(i for i in known.message.invoices if i.step == 0 and i not in waiting)):
            key = (invoice.number, known.message.client)
            if key not in highest or highest[key].step < invoice.step:
                highest[key] = Draft(
                    number=invoice.number,
                    client=known.message.client,
                    step=invoice.step,
                    on=known.message.day,
                    file=known.file,
                    workbook=known.message.workbook,
                    doubtful=known.state in {UNKNOWN, SENDING},
                )
    return tuple(highest.values())


def waiting_messages(events: Sequence[Known]) -> tuple[Reserved, ...]:
    """The messages that may exist, each with the invoices for which nobody confirmed that it was sent: drafts, and
    those of unknown outcome."""
    waiting = (known.unnoted for known in outgoing(events).values() if known.state not in {FREE, SENT})
    return tuple(message for message in waiting if message.invoices)


def unnoted_messages(events: Sequence[Known]) -> tuple[Outgoing, ...]:
    """The messages that a server took and of which the workbook was not told yet."""
    return tuple(k for k in outgoing(events).values() if k.state == SENT and k.unnoted.invoices)


def claims_made(events: Iterable[Known]) -> tuple[FeesClaimed, ...]:
    """The late fees that the messages claim, those that did not leave left out; whether each went out is for those who
    know the sheet (`fee_account.is_confirmed`)."""
    standing = [known.message for known in outgoing(events).values() if known.state != FREE]
    return tuple(claim for message in standing if message.fees for claim in _claims(message))


def _claims(message: Reserved) -> Iterator[FeesClaimed]:
    steps = {invoice.number: invoice.step for invoice in message.invoices}
    for asked in message.fees:
        yield FeesClaimed(
            number=asked.number,
            client=message.client,
            on=message.day,
            step=steps.get(asked.number, asked.level + 1),
            level=asked.level,
            until=asked.until,
            interest=asked.interest,
            indemnity=asked.indemnity,
        )


def unfinished(events: Iterable[Known]) -> tuple[Outgoing, ...]:
    """The messages of which a run that stopped did not note the outcome: reserved and no more, or being sent.

    Where the planned file of a draft is there, the message was made: append the `Drafted` that is missing. Where it is
    not, or where no server was spoken to yet, nobody could receive it: append `Released`, and the step may be taken
    again. A message that was being sent may have left: append `Doubted`.
    """
    return tuple(known for known in outgoing(events).values() if known.state in {RESERVED, SENDING})

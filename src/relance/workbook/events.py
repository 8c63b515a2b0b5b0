"""What the journal says, as values: a message reserved, drafted, released; an act announced, done, taken back; and
what follows from all of them together.

Pure: it must not know files. `relance.workbook.journal` keeps the events on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.fee_account import FeesClaimed
from relance.domain.history import Fact, ReminderNoted
from relance.domain.model import Draft
from relance.domain.snapshot import Key, Seen
from relance.money import ZERO


class InvoiceStep(Struct, frozen=True):
    """An invoice of a message, by its number, and the step this message takes it to."""

    number: str
    step: int


class FeesAsked(Struct, frozen=True, omit_defaults=True):
    """Late fees that a message claims on an invoice: the interest up to `until` included, the flat indemnity (0 = not
    claimed); `level` is the level the invoice had before the message."""

    number: str
    level: int
    until: date
    interest: Decimal
    indemnity: Decimal = ZERO


class Event(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    """What every event says: `at`, the local time; `day`, the business date (`--today`); the workbook's file name."""

    at: datetime
    day: date
    workbook: str = ""


class Reserved(Event, frozen=True, kw_only=True, tag="reserved"):
    """A message is about to be made: from this line on, these steps are taken for these invoices.

    `id` names the message in the events that follow; `client` is the client's key, `name` what people call it;
    `file` is the path planned, relative to the folder `relance/`, with forward slashes; `fees` the late fees claimed.
    """

    id: str
    client: str
    invoices: tuple[InvoiceStep, ...]
    name: str = ""
    file: str = ""
    message_id: str = ""
    to: tuple[str, ...] = ()
    fees: tuple[FeesAsked, ...] = ()


class Drafted(Event, frozen=True, kw_only=True, tag="drafted"):
    """The message `id` waits in a file (path as in `Reserved`), with these bytes."""

    id: str
    file: str
    sha256: str


class Released(Event, frozen=True, kw_only=True, tag="released"):
    """The message `id` was never made, or was thrown away before anybody could send it: its steps are free again."""

    id: str
    reason: str = ""


class Torn(Event, frozen=True, kw_only=True, tag="torn"):
    """The line before this one was found cut short; what it announced was not done."""


class Recorded(Event, frozen=True, kw_only=True, tag="recorded"):
    """An act that concerns the journal alone, in force from this line on: its id, the command, what was learned."""

    id: str
    act: str
    facts: tuple[Fact, ...] = ()


class Intent(Event, frozen=True, kw_only=True, tag="intent"):
    """An act is about to change the workbook: from the bytes `before` to the bytes `after` (SHA-256), by this plan
    (see `edits.to_record`), with this backup of what it replaces. `undoes` is the id of the act it takes back."""

    id: str
    act: str
    before: str
    after: str
    plan: dict[str, Any]
    backup: str = ""
    facts: tuple[Fact, ...] = ()
    undoes: str = ""


class Done(Event, frozen=True, kw_only=True, tag="done"):
    """The act `id` is in the workbook; `after` when its bytes are known to be those of the intent."""

    id: str
    after: str = ""


class Abandoned(Event, frozen=True, kw_only=True, tag="abandoned"):
    """The act `id` was announced and not done: the workbook is as it was."""

    id: str
    reason: str = ""


class Undone(Event, frozen=True, kw_only=True, tag="undone"):
    """The act `undoes`, which concerned the journal alone, is taken back."""

    undoes: str


class Reported(Event, frozen=True, kw_only=True, tag="reported"):
    """A report was made on `day`: what it saw, told as the difference from the report `base` ("" = from nothing), and
    the rows it found set aside."""

    id: str
    base: str = ""
    seen: tuple[Seen, ...] = ()
    gone: tuple[Key, ...] = ()
    aside: tuple[str, ...] = ()


class Forgotten(Event, frozen=True, kw_only=True, tag="forgotten"):
    """What stays of an act about debts that are over, once its words were forgotten: it counts, and cannot be taken
    back."""

    id: str
    act: str
    facts: tuple[Fact, ...] = ()


Known = Reserved | Drafted | Released | Torn | Recorded | Intent | Done | Abandoned | Undone | Reported | Forgotten


class Act(Struct, frozen=True):
    """An act as the journal tells it: its announcement, whether the workbook has it (False: nobody knows, a crash came
    between), whether the bytes after it are those announced, whether it was taken back."""

    event: Recorded | Intent | Forgotten
    done: bool = True
    exact: bool = True
    undone: bool = False

    @property
    def in_force(self) -> bool:
        """Whether what it learned counts: not taken back, and no mere taking back itself."""
        return not self.undone and not (isinstance(self.event, Intent) and self.event.undoes)


def list_acts(events: Iterable[Known]) -> tuple[Act, ...]:
    """Every act announced and not abandoned, in the order of the journal, those taken back included."""
    acts: dict[str, Act] = {}
    for event in events:
        match event:
            case Recorded() | Forgotten():
                acts[event.id] = Act(event)
            case Intent():
                acts[event.id] = Act(event, done=False, exact=False)
            case Done(id=id_) if id_ in acts:
                _close(acts, id_, exact=bool(event.after))
            case Abandoned():
                acts.pop(event.id, None)
            case Undone():
                _take_back(acts, event.undoes)
    return tuple(acts.values())


def _close(acts: dict[str, Act], id_: str, *, exact: bool) -> None:
    event = acts[id_].event
    acts[id_] = Act(event, done=True, exact=exact)
    if isinstance(event, Intent) and event.undoes:
        _take_back(acts, event.undoes)


def _take_back(acts: dict[str, Act], id_: str) -> None:
    if id_ in acts:
        acts[id_] = Act(acts[id_].event, acts[id_].done, acts[id_].exact, undone=True)


def open_intents(events: Iterable[Known]) -> tuple[Intent, ...]:
    """The acts announced of which nobody noted whether they were done."""
    return tuple(act.event for act in list_acts(events) if isinstance(act.event, Intent) and not act.done)


def known_facts(events: Sequence[Known]) -> tuple[Fact, ...]:
    """Everything learned and not taken back, oldest first; an act of which nobody knows whether it was done counts,
    since it may be a stop."""
    return tuple(fact for act in list_acts(events) if act.in_force for fact in act.event.facts)


def pending_drafts(events: Iterable[Known]) -> tuple[Draft, ...]:
    """Per invoice and client, the highest step drafted or reserved, not released and not confirmed as sent, in the
    order of the journal.

    A reservation without its draft counts: a crash came between, and the message may exist. Whether the sheet
    already shows the step is decided by those who know the sheet.
    """
    several = tuple(events)
    files = {event.id: event.file for event in several if isinstance(event, Drafted)}
    highest: dict[tuple[str, str], Draft] = {}
    for message in waiting_messages(several):
        file = files.get(message.id, message.file)
        for invoice in message.invoices:
            key = (invoice.number, message.client)
            if key not in highest or highest[key].step < invoice.step:
                highest[key] = Draft(
                    number=invoice.number, client=message.client, step=invoice.step, on=message.day, file=file
                )
    return tuple(highest.values())


def waiting_messages(events: Sequence[Known]) -> tuple[Reserved, ...]:
    """The messages reserved and not released, each with the invoices for which nobody confirmed that it was sent."""
    reserved: dict[str, Reserved] = {}
    for event in events:
        if isinstance(event, Reserved):
            reserved[event.id] = event
        elif isinstance(event, Released):
            reserved.pop(event.id, None)
    if not reserved:
        return ()
    sent = {(fact.message, fact.number) for fact in known_facts(events) if isinstance(fact, ReminderNoted)}
    waiting = (
        replace(message, invoices=tuple(i for i in message.invoices if (message.id, i.number) not in sent))
        for message in reserved.values()
    )
    return tuple(message for message in waiting if message.invoices)


def claims_made(events: Iterable[Known]) -> tuple[FeesClaimed, ...]:
    """The late fees that the messages claim, those released left out; whether each went out is for those who know the
    sheet (`fee_account.is_confirmed`)."""
    reserved: dict[str, Reserved] = {}
    for event in events:
        if isinstance(event, Reserved):
            reserved[event.id] = event
        elif isinstance(event, Released):
            reserved.pop(event.id, None)
    return tuple(claim for message in reserved.values() if message.fees for claim in _claims(message))


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


def unfinished(events: Iterable[Known]) -> tuple[Reserved, ...]:
    """The messages reserved, then neither drafted nor released: a crash came between.

    Where the planned file is there, the message was made: append the `Drafted` that is missing. Where it is not,
    nobody could send it: append `Released`, and the step may be taken again.
    """
    left: dict[str, Reserved] = {}
    for event in events:
        if isinstance(event, Reserved):
            left[event.id] = event
        elif isinstance(event, Drafted | Released):
            left.pop(event.id, None)
    return tuple(left.values())

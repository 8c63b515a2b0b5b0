"""What the journal says, as values: a message reserved, then drafted, or being sent, then sent, failed or unknown; an
act announced, done, taken back; and the acts that follow from all of them together.

Pure: it must not know files. `relance.workbook.journal` keeps the events on disk, `relance.workbook.messages` tells
what became of each message.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from relance.domain.noted import Fact
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
    `file` is the path planned, relative to the folder `relance/`, with forward slashes; `fees` the late fees claimed;
    `way` how it is to leave: "" a file, "imap" a mailbox, "smtp" a mail server.
    """

    id: str
    client: str
    invoices: tuple[InvoiceStep, ...]
    name: str = ""
    file: str = ""
    message_id: str = ""
    to: tuple[str, ...] = ()
    fees: tuple[FeesAsked, ...] = ()
    way: str = ""


class Drafted(Event, frozen=True, kw_only=True, tag="drafted"):
    """The message `id` waits in a file (path as in `Reserved`), or in the drafts of a `mailbox`, with these bytes."""

    id: str
    file: str = ""
    sha256: str
    mailbox: str = ""


class Sending(Event, frozen=True, kw_only=True, tag="sending"):
    """The message `id` is about to be given to a mail server; its bytes are kept in `file`. Without an event after
    this one, nobody knows whether it left."""

    id: str
    file: str
    sha256: str


class Delivered(Event, frozen=True, kw_only=True, tag="sent"):
    """The server took the message `id`, for all but the recipients `refused`."""

    id: str
    refused: tuple[str, ...] = ()


class Doubted(Event, frozen=True, kw_only=True, tag="unknown"):
    """Nobody knows whether the message `id` left: it is never sent again by itself."""

    id: str
    reason: str = ""


class Failed(Event, frozen=True, kw_only=True, tag="failed"):
    """The message `id` did not leave, that is certain: its steps are free again."""

    id: str
    reason: str = ""


class Kept(Event, frozen=True, kw_only=True, tag="kept"):
    """The bytes of the message `id` as it was sent, found in a mailbox or a draft, are kept in `file`. `message_id` is
    the Message-ID it bears there, which some mail programs replace ("" = the one that it was drafted with)."""

    id: str
    file: str
    sha256: str
    message_id: str = ""


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


class ReportMailed(Event, frozen=True, kw_only=True, tag="report-mailed"):
    """The report of `day` is about to leave for these addresses."""

    id: str
    to: tuple[str, ...]


class ReportUnsent(Event, frozen=True, kw_only=True, tag="report-unsent"):
    """It is certain that the report `id` did not reach these addresses."""

    id: str
    to: tuple[str, ...]


Known = (
    Reserved
    | Drafted
    | Sending
    | Delivered
    | Doubted
    | Failed
    | Kept
    | Released
    | Torn
    | Recorded
    | Intent
    | Done
    | Abandoned
    | Undone
    | Reported
    | ReportMailed
    | ReportUnsent
    | Forgotten
)


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

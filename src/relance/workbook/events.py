"""What the journal says, as values: a message reserved, drafted, released; and what follows from all of them together.

Pure: it must not know files. `relance.workbook.journal` keeps the events on disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from relance.domain.model import Draft


class InvoiceStep(Struct, frozen=True):
    """An invoice of a message, by its number, and the step this message takes it to."""

    number: str
    step: int


class Event(Struct, frozen=True, kw_only=True, tag_field="event", omit_defaults=True):
    """What every event says: `at`, the local time; `day`, the business date (`--today`); the workbook's file name."""

    at: datetime
    day: date
    workbook: str = ""


class Reserved(Event, frozen=True, kw_only=True, tag="reserved"):
    """A message is about to be made: from this line on, these steps are taken for these invoices.

    `id` names the message in the events that follow; `client` is the client's key, `name` what people call it;
    `file` is the path planned, relative to the folder `relance/`, with forward slashes.
    """

    id: str
    client: str
    invoices: tuple[InvoiceStep, ...]
    name: str = ""
    file: str = ""
    message_id: str = ""
    to: tuple[str, ...] = ()


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


Known = Reserved | Drafted | Released | Torn


def pending_drafts(events: Iterable[Known]) -> tuple[Draft, ...]:
    """Per invoice and client, the highest step drafted or reserved and not released, in the order of the journal.

    A reservation without its draft counts: a crash came between, and the message may exist. Whether the sheet
    already shows the step is decided by those who know the sheet.
    """
    files: dict[str, str] = {}
    reserved: dict[str, Reserved] = {}
    for event in events:
        if isinstance(event, Reserved):
            reserved[event.id] = event
        elif isinstance(event, Drafted):
            files[event.id] = event.file
        elif isinstance(event, Released):
            reserved.pop(event.id, None)
    highest: dict[tuple[str, str], Draft] = {}
    for message in reserved.values():
        file = files.get(message.id, message.file)
        for invoice in message.invoices:
            key = (invoice.number, message.client)
            if key not in highest or highest[key].step < invoice.step:
                highest[key] = Draft(
                    number=invoice.number, client=message.client, step=invoice.step, on=message.day, file=file
                )
    return tuple(highest.values())


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

"""The journal of a folder told entry by entry, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from msgspec.structs import asdict

from relance.config import Config
from relance.domain.model import Client
from relance.domain.names import HIDDEN, fold
from relance.domain.noted import is_client
from relance.errors import Message, Problem, UsageError, msg
from relance.office.acts.words import name_act, say_fact
from relance.office.book import Book, open_book
from relance.office.find import find_client, find_invoices
from relance.reports.views.log import Entry
from relance.workbook.events import Act, Reserved, list_acts
from relance.workbook.messages import DRAFTED, FREE, SENT, Outgoing, outgoing


def read_log(config: Config, today: date, who: str = "") -> tuple[str, tuple[Entry, ...], tuple[Problem, ...]]:
    """What the journal says, oldest first, of everything or of one invoice or client, with the name of the whole."""
    book = open_book(config, today)
    entries = tuple(entries_of(book))
    if who:
        concerns = _concerning(book, who, entries)
        entries = tuple(entry for entry in entries if concerns(entry))
    return who or book.path.name, entries, book.journal.problems


def _concerning(book: Book, who: str, entries: tuple[Entry, ...]) -> Callable[[Entry], bool]:
    """Whether an entry is about the invoice, or the client, that was named. An invoice that the workbook no longer has
    is known to the journal still."""
    try:
        numbers = {row.number for row in find_invoices(book.day, [who])}
    except UsageError:
        told = {entry.number for entry in entries if entry.number and fold(entry.number) == fold(who)}
        if told:
            return lambda entry: entry.number in told
        client = find_client(book.day, who)
        return lambda entry: bool(entry.client) and is_client(entry.client, client)
    return lambda entry: entry.number in numbers


def entries_of(book: Book) -> Iterator[Entry]:
    """What the journal of a book says, oldest first."""
    clients = {client.key: client for client in book.day.ledger.clients}
    currency = {invoice.number: invoice.currency for invoice in book.day.ledger.invoices}
    acts = {act.event.id: act for act in list_acts(book.journal.events)}
    messages = outgoing(book.journal.events)
    for event in book.journal.events:
        if isinstance(event, Reserved):
            yield from _message(event, clients, messages[event.id])
        elif (act := acts.get(getattr(event, "id", ""))) and act.event is event:
            yield from _told(act, clients, currency)


def _message(event: Reserved, clients: dict[str, Client], known: Outgoing) -> Iterator[Entry]:
    """A message, an entry per invoice, with what became of it and where its bytes are."""
    for step in event.invoices:
        yield Entry(
            at=event.at,
            kind="sent" if known.state == SENT else "drafted",
            number=step.number,
            client=_name(event.client, clients),
            text=_said_of(step.step, known),
            state=_state(known, step.number),
            kept=f"relance/{known.file}" if known.sha256 and known.file else known.mailbox,
            sha256=known.sha256,
            data={"step": step.step, "file": known.file, "message": event.id, "message_id": event.message_id,
                  "to": event.to, "way": event.way or "eml", "refused": known.refused},
        )  # fmt: skip


def _said_of(step: int, known: Outgoing) -> Message:
    if known.state == SENT:
        return msg("step {step} sent to {to}", step=step, to=known.message.to)
    if known.message.way == "smtp":
        return msg("step {step} was to be sent to {to}", step=step, to=known.message.to)
    return msg("step {step} drafted", step=step)


def _state(known: Outgoing, number: str) -> str:
    if known.state == FREE:
        return "failed"
    if known.state == SENT or number in known.noted:
        return "done"
    return "waiting" if known.state == DRAFTED else "unknown"


def _told(act: Act, clients: dict[str, Client], currency: dict[str, str]) -> Iterator[Entry]:
    event = act.event
    state = "undone" if act.undone else "done" if act.done else "open"
    if not event.facts:
        yield Entry(at=event.at, kind=event.act, text=name_act(event.act), state=state)
    for fact in event.facts:
        yield Entry(
            at=event.at,
            kind=event.act,
            number=fact.number,
            client=_name(fact.client, clients),
            text=say_fact(fact, currency.get(fact.number, "EUR")),
            state=state,
            data={name: value for name, value in asdict(fact).items() if name not in ("number", "client")},
        )


def _name(key: str, clients: dict[str, Client]) -> str:
    return clients[key].name if key in clients else "" if key.startswith(HIDDEN) else key

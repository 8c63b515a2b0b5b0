"""The invoices the journal speaks of, found again in the workbook where their number was typed another way, or missed
where they are gone.

An invoice is known by its number: capitals, blanks and punctuation do not count, as where a person names one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from relance.domain.model import Client, Draft, Invoice, Ledger, SetAside
from relance.domain.names import fold_number
from relance.domain.noted import is_client
from relance.domain.settled import Invoices
from relance.errors import Problem, Severity, msg
from relance.workbook.events import Forgotten, Intent, Known, Recorded, Reserved


def numbers_of(ledger: Ledger) -> set[str]:
    """Every number of a ledger: those of its invoices, its credit notes, its rows set aside."""
    others: list[Invoice | SetAside] = [*ledger.credits, *ledger.set_aside]
    return {*Invoices.of(ledger.invoices).columns.numbers, *(row.number for row in others)}


def spelled_as(ledger: Ledger, events: Sequence[Known]) -> tuple[Known, ...]:
    """The events with the numbers as the workbook spells them now, where a number they name is not in it and one
    invoice of the same client differs from it by capitals, blanks or punctuation alone."""
    if not events:
        return ()
    known = numbers_of(ledger)
    gone = {number for event in events for number, _ in _named(event) if number and number not in known}
    if not gone:
        return tuple(events)
    respelled = _respelled(ledger, gone)
    return tuple(_spelled(event, respelled) for event in events) if respelled else tuple(events)


def _respelled(ledger: Ledger, gone: set[str]) -> dict[str, list[tuple[str, Client]]]:
    """The numbers of the workbook that are those of the journal typed another way, with their clients."""
    wanted = {fold_number(number): number for number in gone}
    columns = Invoices.of(ledger.invoices).columns
    found: dict[str, list[tuple[str, Client]]] = defaultdict(list)
    for number, client in zip(columns.numbers, columns.clients, strict=True):
        if (mine := wanted.get(fold_number(number))) and mine != number:
            found[mine].append((number, client))
    return found


def _named(event: Known) -> Iterator[tuple[str, str]]:
    """The numbers an event names, with the client it names them for."""
    if isinstance(event, Reserved):
        yield from ((step.number, event.client) for step in event.invoices)
    elif isinstance(event, Recorded | Intent | Forgotten):
        yield from ((fact.number, fact.client) for fact in event.facts)


def _spelled(event: Known, respelled: dict[str, list[tuple[str, Client]]]) -> Known:
    def now(item: Any, client: str) -> Any:
        alike = [number for number, owner in respelled.get(item.number, ()) if is_client(client, owner)]
        return replace(item, number=alike[0]) if len(alike) == 1 else item

    if not any(number in respelled for number, _ in _named(event)):
        return event
    if isinstance(event, Reserved):
        steps, fees = (tuple(now(item, event.client) for item in items) for items in (event.invoices, event.fees))
        return replace(event, invoices=steps, fees=fees)
    if isinstance(event, Recorded | Intent | Forgotten):
        return replace(event, facts=tuple(now(fact, fact.client) for fact in event.facts))
    return event


def mark_astray(path: Path, ledger: Ledger, drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """The drafts, those marked whose invoice is no longer in the workbook they were made from. Drafts of another
    workbook of the folder are its own affair."""
    several = tuple(drafts)
    known = numbers_of(ledger) if several else set()

    def mine(name: str) -> bool:
        return name == path.name or not (path.parent / name).exists()

    return tuple(
        replace(draft, astray=True) if draft.number not in known and draft.step and mine(draft.workbook) else draft
        for draft in several
    )


def check_astray(drafts: Iterable[Draft]) -> Iterator[Problem]:
    """A warning for each draft that waits of an invoice no longer in the workbook."""
    for draft in drafts:
        if draft.astray:
            yield Problem(
                "draft-astray",
                Severity.WARNING,
                msg(
                    "A draft of {day} (step {step}) waits, and its invoice {number} is no longer in the workbook.",
                    day=draft.on, step=draft.step, number=draft.number,
                ),
                msg(
                    "If the number was changed and the message sent: relance sent NEW-NUMBER --by email --on {day}. "
                    "Then, in any case: relance failed {number}.",
                    day=draft.on.isoformat(), number=draft.number,
                ),
                value=draft.number,
            )  # fmt: skip

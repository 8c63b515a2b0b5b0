"""The chase of which a client's letter on paper is made: today's, one that only waits for its day, or that of a message
which waits for its confirmation; else the error that says why there is none.

It must not write anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from relance.domain.day import Day
from relance.domain.model import Action, Client, Decision, Invoice
from relance.domain.noted import is_client
from relance.domain.policies.chase import Chase, chase_groups
from relance.domain.settled import Invoices
from relance.errors import UsageError, msg
from relance.office.book import Book
from relance.workbook.events import Reserved
from relance.workbook.journal import FOLDER
from relance.workbook.messages import FREE, SENDING, SENT, UNKNOWN, Outgoing, outgoing

PATIENCE = frozenset({"delay", "spacing", "client-gap", "not-a-sending-day"})
"""The rules that only make a step wait, and that a person who names the step may go before."""

CONFIRMED = frozenset({"awaiting-confirmation"})
"""What stops the invoices of a message that is made again: that message itself."""

REMEDY_WHY = msg("relance why NUMBER tells what each invoice waits for.")
"""Where the person finds out why nothing is to be sent."""


class Asked(Struct, frozen=True, kw_only=True):
    """What the person asks for: a client, a step (None = the one to take today), interest at a rate not published yet,
    and a letter in the place of one of another day that was not sent."""

    client: str
    step: int | None = None
    provisional: bool = False
    anew: bool = False


def message_waiting(book: Book, client: Client, asked: Asked) -> Outgoing | None:
    """The message to this client that is not confirmed and stands for the step asked for: one of today, else an older
    one where nothing else is to be chased."""
    mine = [
        known
        for known in outgoing(book.journal.events).values()
        if known.state not in {FREE, SENT} and known.unnoted.invoices and is_client(known.message.client, client)
        if asked.step in {None, *(one.step for one in known.unnoted.invoices)}
    ]
    if doubtful := [known for known in mine if known.state in {SENDING, UNKNOWN}]:
        raise _doubtful(doubtful[-1].message, client)
    if today := [known for known in mine if known.message.day == book.day.today]:
        return today[-1]
    ready = _chase_of(book.day.chases, client)
    if not mine or (ready and asked.step in {None, ready.step.number}):
        return None
    if not asked.anew:
        raise _waits(mine[-1], client)
    return mine[-1]


def chase_again(book: Book, client: Client, waiting: Outgoing) -> Chase:
    """The chase a message was made of: its invoices at the steps it takes them to."""
    steps = {one.number: one.step for one in waiting.unnoted.invoices}

    def still(invoice: Invoice, _: Decision) -> int | None:
        step = steps.get(invoice.number)
        return step if step is not None and _only_waits(book.day, invoice, CONFIRMED) else None

    chase = _chase_with(book.day, still, client.key)
    if chase is None:
        raise UsageError(
            "letter-none",
            msg("Nothing is left to ask of {client} by this letter.", client=client.name),
            REMEDY_WHY,
        )
    return chase


def chase_now(book: Book, client: Client, step: int | None) -> Chase:
    """The chase of today, or, where a person names the step, the one that only waits for its day."""
    day = book.day
    ready = _chase_of(day.chases, client)
    if ready and step in {None, ready.step.number}:
        return ready
    if step is None:
        raise _none(day, client)

    def forced(invoice: Invoice, decision: Decision) -> int | None:
        mine = invoice.client.key == client.key and decision.step == step
        return step if mine and _only_waits(day, invoice) else None

    chase = None if ready and ready.step.number > step else _chase_with(day, forced, client.key)
    if chase is None or chase.step.number != step:
        raise _not_that_step(day, client, step)
    return chase


def _only_waits(day: Day, invoice: Invoice, unless: frozenset[str] = frozenset()) -> bool:
    """Whether nothing but patience, or one of these reasons, keeps the step from being taken."""
    return all(rule.ok or rule.code in PATIENCE or rule.code in unless for rule in day.explain(invoice).rules)


def _chase_with(day: Day, step_of: Any, key: str) -> Chase | None:
    """The client's chase when the invoices for which `step_of` gives a step take it now."""
    decisions = list(day.decisions)
    for at, invoice in Invoices.of(day.ledger.invoices).unsettled:
        step = step_of(invoice, decisions[at]) if invoice.client.key == key else None
        taken = day.policies.policy_for(invoice).step(step) if step is not None else None
        if taken:
            decisions[at] = Decision(action=Action.CHASE, reason="ready", step=taken.number, channel=taken.channel)
    groups = chase_groups(day.ledger, decisions, day.policies, day.today)
    return next((chase for chase in groups if chase.client.key == key), None)


def _chase_of(chases: Sequence[Chase], client: Client) -> Chase | None:
    return next((chase for chase in chases if chase.client.key == client.key), None)


def place_of(known: Outgoing) -> str:
    """Where the draft of a message is: a file from the workbook's folder, else the folder of the mailbox."""
    return f"{FOLDER}/{known.file}" if known.file else known.mailbox


def _none(day: Day, client: Client) -> UsageError:
    """Nothing is to be sent to this client today."""
    mine = [(invoice, decision) for invoice, decision in day.overdue if invoice.client.key == client.key]
    steps = sorted({decision.step or 0 for invoice, decision in mine if _only_waits(day, invoice)})
    return UsageError(
        "letter-none",
        msg("No step is to be taken today for {client}.", client=client.name),
        msg(
            "relance why NUMBER tells what each invoice waits for. To go before its day: relance letter --step {step}.",
            step=steps[-1],
        )
        if steps
        else REMEDY_WHY,
    )


def _not_that_step(day: Day, client: Client, step: int) -> UsageError:
    """No invoice of this client can take that step now: told with the step that each can."""
    live = [(invoice, decision) for invoice, decision in day.overdue if invoice.client.key == client.key]
    nexts = [
        msg("{number}: step {step}", number=invoice.number, step=decision.step)
        for invoice, decision in live
        if decision.step is not None
    ]
    return UsageError(
        "letter-step",
        msg("No invoice of {client} can take step {step} now.", client=client.name, step=step),
        msg("What can be next: {steps}. No step is skipped, and a stop holds: relance why NUMBER.", steps=nexts)
        if nexts
        else REMEDY_WHY,
    )


def _doubtful(message: Reserved, client: Client) -> UsageError:
    return UsageError(
        "letter-doubtful",
        msg("Nobody knows whether the message to {client} of {day} left.", client=client.name, day=message.day),
        msg(
            'Ask, or look in the mailbox; then: relance sent --client "{client}", or relance failed.',
            client=client.name,
        ),
    )


def _waits(known: Outgoing, client: Client) -> UsageError:
    message = known.message
    return UsageError(
        "letter-waiting",
        msg(
            "A message to {client} of {day} waits for its confirmation: {file}.",
            client=client.name, day=message.day, file=place_of(known),
        ),
        msg(
            'If it went out: relance sent --client "{client}" --on {day}. If it did not, add --anew: a letter of today '
            "takes its place.",
            client=client.name, day=message.day.isoformat(),
        ),
    )  # fmt: skip

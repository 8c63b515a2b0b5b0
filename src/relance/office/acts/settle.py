"""A message that did not leave, given up so that its step is free again; a step left out on purpose."""

from __future__ import annotations

from relance.domain.names import fold
from relance.domain.noted import Fact, FailedNoted, SkippedNoted, is_client
from relance.errors import Message, UsageError, msg
from relance.office.acts.record import Decided, Desk
from relance.office.acts.stops import need_reason
from relance.office.find import find_invoice
from relance.workbook.messages import FREE, SENT, Outgoing, outgoing


def decide_failed(desk: Desk, who: str, reason: str) -> Decided:
    """The act of noting that a message did not leave, or was thrown away: all its invoices take their step again.
    `who` is an invoice number or the message's id. UsageError `no-draft` where no message waits."""
    known = _waiting(desk, who)
    message = known.message
    facts: tuple[Fact, ...] = tuple(
        FailedNoted(
            number=step.number, client=message.client, message=message.id, step=step.step, reason=reason.strip()
        )
        for step in known.unnoted.invoices
    )
    numbers = [step.number for step in known.unnoted.invoices]
    title = msg("{client}: the message of {day} did not leave ({numbers})", client=message.name or message.client,
                day=message.day, numbers=numbers)  # fmt: skip
    return Decided(act="failed", title=title, facts=facts, remarks=tuple(_left_behind(known)))


def _left_behind(known: Outgoing) -> list[Message]:
    """The draft that is still there: relance throws nothing away."""
    if known.mailbox:
        return [msg("Throw the draft away in the folder {folder} of your mailbox, so that nobody sends it.",
                    folder=known.mailbox)]  # fmt: skip
    if known.file and known.message.way == "":
        return [msg("Delete the draft relance/{file}, so that nobody sends it.", file=known.file)]
    return []


def decide_skip(desk: Desk, number: str, reason: str) -> Decided:
    """The act of leaving out the next step of an invoice, for a reason. UsageError where a draft of it waits, or no
    step is left."""
    need_reason(reason)
    invoice = find_invoice(desk.book.day, number)
    if any(_reminds_of(known, desk, invoice.number) for known in _open(desk)):
        raise UsageError(
            "draft-waits",
            msg("A draft of {number} waits for a confirmation.", number=invoice.number),
            msg("First say what became of it: relance sent {number}, or relance failed {number}.",
                number=invoice.number),
        )  # fmt: skip
    step = desk.book.day.policies.policy_for(invoice).step_after(invoice.level)
    if step is None:
        raise UsageError(
            "no-step-left",
            msg("No step is left to skip for {number}.", number=invoice.number),
            msg("relance why {number} shows where it stands.", number=invoice.number),
        )
    title = msg("{number}: step {step} left out", number=invoice.number,
                step=msg("{number}. {name}", number=step.number, name=step.name))  # fmt: skip
    fact = SkippedNoted(
        number=invoice.number, client=invoice.client.key, step=step.number, on=desk.today, reason=reason.strip()
    )
    return Decided(act="skip", title=title, facts=(fact,))


def _open(desk: Desk) -> list[Outgoing]:
    found = outgoing(desk.book.journal.events).values()
    return [known for known in found if known.state not in {FREE, SENT} and known.unnoted.invoices]


def _waiting(desk: Desk, who: str) -> Outgoing:
    """The last message that waits, by its id or by an invoice it reminds of."""
    waiting = _open(desk)
    if mine := [known for known in waiting if known.message.id == who.strip()]:
        return mine[-1]
    number = _gone(desk, who) or find_invoice(desk.book.day, who).number
    mine = [known for known in waiting if _reminds_of(known, desk, number)]
    if not mine:
        raise UsageError(
            "no-message",
            msg("No message about {number} waits for a confirmation.", number=number),
            msg("relance log {number} tells what was drafted and sent; relance undo takes the last act back.",
                number=number),
        )  # fmt: skip
    return mine[-1]


def _gone(desk: Desk, who: str) -> str:
    """The number of an invoice that is no longer in the workbook, of which a draft waits; "" where there is none."""
    astray = (draft.number for draft in desk.book.day.ledger.drafts if draft.astray)
    return next((number for number in astray if fold(number) == fold(who)), "")


def _reminds_of(known: Outgoing, desk: Desk, number: str) -> bool:
    owners = [invoice.client for invoice in desk.book.day.ledger.invoices if invoice.number == number]
    named = any(step.number == number for step in known.unnoted.invoices)
    return named and (len(owners) < 2 or any(is_client(known.message.client, client) for client in owners))

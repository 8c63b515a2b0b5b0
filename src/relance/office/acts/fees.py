"""Late fees given up, or received apart from the invoice: noted in the journal, with the reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Invoice
from relance.domain.noted import FeesPaidNoted, FeesWaivedNoted
from relance.errors import Message, UsageError, msg
from relance.money import Money
from relance.office.acts.paid import refuse_future
from relance.office.acts.record import Decided, Desk
from relance.office.find import find_invoice


class FeesSaid(Struct, frozen=True, kw_only=True):
    """What the person says: the number, the amount (None = all fees owed), the day, the reason or reference."""

    number: str
    amount: Decimal | None = None
    on: date | None = None
    words: str = ""


def decide_waiver(desk: Desk, said: FeesSaid) -> Decided:
    """The act of giving up late fees; UsageError `reason-missing`, `no-fees-owed`, `more-than-fees`."""
    if not said.words.strip():
        raise UsageError(
            "reason-missing",
            msg("Late fees are given up for a reason, which the journal keeps."),
            msg('Add it: --reason "long-standing client, settled by telephone"'),
        )
    invoice, amount = _settled(desk, said)
    fact = FeesWaivedNoted(
        number=invoice.number, client=invoice.client.key, amount=amount, on=said.on or desk.today, reason=said.words
    )
    title = msg("Late fees of {amount} waived on {number}, {client}", **_names(invoice, amount))
    return Decided(act="waive", title=title, facts=(fact,), remarks=_remarks(desk, invoice, amount))


def decide_fees_paid(desk: Desk, said: FeesSaid) -> Decided:
    """The act of noting late fees received; UsageError `no-fees-owed`, `more-than-fees`, `date-in-future`."""
    invoice, amount = _settled(desk, said)
    fact = FeesPaidNoted(
        number=invoice.number, client=invoice.client.key, amount=amount, on=said.on or desk.today, ref=said.words
    )
    title = msg("Late fees of {amount} received on {number}, {client}", **_names(invoice, amount))
    return Decided(act="fees-paid", title=title, facts=(fact,), remarks=_remarks(desk, invoice, amount))


def _settled(desk: Desk, said: FeesSaid) -> tuple[Invoice, Decimal]:
    """The invoice and the amount, never more than is owed on the day named."""
    invoice, on = find_invoice(desk.book.day, said.number), said.on or desk.today
    refuse_future(on, desk.today)
    left = desk.book.tariff.fees_on(on)(invoice).owed
    amount = left if said.amount is None else said.amount
    names = {"number": invoice.number, "left": Money(left, invoice.currency)}
    hint = msg("relance fees {number} shows how they are made up.", number=invoice.number)
    if not left:
        raise UsageError("no-fees-owed", msg("No late fees are owed on {number}.", number=invoice.number), hint)
    if amount > left:
        raise UsageError("more-than-fees", msg("Only {left} of late fees are owed on {number}.", **names), hint)
    return invoice, amount


def _names(invoice: Invoice, amount: Decimal) -> dict[str, object]:
    return {
        "amount": Money(amount, invoice.currency),
        "number": invoice.number,
        "client": invoice.client.name,
    }


def _remarks(desk: Desk, invoice: Invoice, amount: Decimal) -> tuple[Message, ...]:
    left = desk.book.tariff.fees_on(desk.today)(invoice).owed - amount
    remarks = [msg("{left} of late fees stay owed.", left=Money(left, invoice.currency))] if left else []
    if invoice.open > 0:
        remarks.append(msg("The invoice is not paid: interest goes on from tomorrow."))
    return tuple(remarks)

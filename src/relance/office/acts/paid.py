"""A payment received, noted where the sheet has a place for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Invoice
from relance.domain.noted import PaymentNoted
from relance.domain.owed import owed_in_sheet
from relance.errors import UsageError, msg
from relance.money import ZERO, Money
from relance.office.acts.record import Decided, Desk
from relance.office.find import find_invoice
from relance.workbook.plans import Received, plan_payment


class Payment(Struct, frozen=True, kw_only=True):
    """What the person says: the invoice's number, the amount (None = all that is owed), the day, a reference;
    `overpaid` when more than what is owed was really received."""

    number: str
    amount: Decimal | None = None
    on: date | None = None
    ref: str = ""
    overpaid: bool = False


def decide_payment(desk: Desk, payment: Payment, *, asks: bool) -> Decided:
    """The act of noting a payment; `asks` whether a person will be asked before it is done.

    UsageError: nothing is owed, more is paid than owed and nobody can be asked, the day is not past.
    """
    invoice = find_invoice(desk.book.day, payment.number)
    on = payment.on or desk.today
    refuse_future(on, desk.today)
    left = owed_in_sheet(invoice)
    amount = left if payment.amount is None else payment.amount
    if amount <= ZERO:
        raise nothing_owed(invoice.number)
    over = Money(amount - max(left, ZERO), invoice.currency)
    warning = msg("This is {amount} more than what is owed on {number}.", amount=over, number=invoice.number)
    if over.amount > ZERO and not (asks or payment.overpaid):
        raise UsageError(
            "over-payment",
            warning,
            msg("Nothing was written. Correct the amount; or, if the client really paid that much, add --overpaid."),
        )
    settles = left - amount <= desk.book.day.policies.policy_for(invoice).tolerance
    planned = plan_payment(desk.habits, invoice, Received(amount, on, left - amount, settles))
    return Decided(
        act="paid",
        title=msg(
            "Payment of {amount} on {number}, {client}",
            amount=Money(amount, invoice.currency),
            number=invoice.number,
            client=invoice.client.shown,
        ),
        plan=planned.plan,
        facts=(_noted(invoice, amount, on, payment.ref, shown=planned.shown),),
        remarks=(*((warning,) if over.amount > ZERO else ()), *planned.remarks),
    )


def _noted(invoice: Invoice, amount: Decimal, on: date, ref: str, *, shown: bool) -> PaymentNoted:
    return PaymentNoted(
        number=invoice.number,
        client=invoice.client.key,
        amount=amount,
        on=on,
        total=invoice.paid + invoice.unseen + amount,
        shown=shown,
        ref=ref,
    )


def refuse_future(day: date, today: date) -> None:
    """Nothing when a day is past or today; UsageError when what is noted cannot have happened yet."""
    if day > today:
        raise UsageError(
            "date-in-future",
            msg("{day} is in the future.", day=day),
            msg("Give the day on which it happened, today at the latest."),
        )


def nothing_owed(number: str) -> UsageError:
    """The error for an invoice on which nothing is owed."""
    return UsageError(
        "nothing-owed",
        msg("Nothing is owed on {number} any more.", number=number),
        msg(
            "To see what was received: relance log {number}. To note more money all the same, give the amount.",
            number=number,
        ),
    )

"""A reminder -> the values its template may use: clean text, amounts and dates as the client's language writes them.

Everything a cell holds passes through `clean` here; a template only ever sees the result. An empty value is "" or an
empty list, so that a template can ask `{% if invoice.order %}`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from relance.domain.model import DueSource, Invoice, Kind
from relance.domain.owed import disputed
from relance.domain.policies.chase import credit_amount
from relance.domain.policies.policy import Manner
from relance.errors import msg
from relance.letters.claims import annex_values, claim_values
from relance.letters.contacts import addressed
from relance.letters.links import safe_link
from relance.letters.reminder import Owing, Reminder
from relance.letters.text import clean, clean_lines
from relance.letters.wording import Values, Wording


def reminder_values(reminder: Reminder, wording: Wording, today: date) -> Values:
    """Everything about the debt: `invoices`, `waiting`, `credits`, `claims`, `totals`, and what sums them up."""
    ready = sorted(reminder.asked, key=_age)
    dues = [owing.invoice.due for owing in ready if owing.invoice.due]
    kind = reminder.client.kind or Kind.BUSINESS
    alike = len({_sent(owing, today) for owing in ready}) == 1
    return {
        "kind": kind.value,
        "attached": [],
        "code": {},
        "formal": reminder.is_formal,
        "grave": reminder.step.tone in {Manner.LAST, Manner.FORMAL},
        "upcoming": bool(dues) and min(dues) > today,
        "one": len(ready) == 1,
        "part_paid": any(owing.invoice.paid or owing.invoice.deposit for owing in ready),
        "invoices": [_owing_values(owing, wording, today) | {"told": not alike, "listed": False} for owing in ready],
        "steps_differ": len({owing.step for owing in ready}) > 1,
        "waiting": [
            _owing_values(owing, wording, today) | {"told": True, "listed": True}
            for owing in sorted(reminder.listed, key=_age)
        ],
        "credits": [_credit_values(credit, wording) for credit in reminder.credits if credit_amount(credit)],
        "totals": [wording.sum((total,)) for total in reminder.totals],
        "amount": wording.sum(reminder.totals),
        "oldest_due": wording.day(min(dues)) if dues and not any(map(_assumed_days, ready)) else "",
        "reference_list": [_reference(owing.invoice, wording) for owing in ready],
        "reference": ", ".join(_reference(owing.invoice, wording) for owing in ready),
        "reminders": [wording.language.long_date(day) for day in _sent(ready[0], today)] if alike else [],
        "reminders_differ": not alike,
        **claim_values(ready, reminder.totals, wording),
    }


def _age(owing: Owing) -> tuple[date, str]:
    return owing.invoice.due or date.max, owing.invoice.number


def _owing_values(owing: Owing, wording: Wording, today: date) -> Values:
    invoice = owing.invoice

    def money(amount: Decimal) -> str:
        return wording.money(amount, invoice.currency)

    days = invoice.days_late(today)
    return {
        "number": _named(invoice, wording),
        "order": clean(invoice.order),
        "issued": wording.day(invoice.issued) if invoice.issued and invoice.numbered else "",
        "due": wording.day(invoice.due) if invoice.due else "",
        "assumed": _assumed_days(owing),
        "days": days,
        "late": days > 0,
        "step": owing.step,
        "total": money(invoice.total),
        "deposit": money(invoice.deposit),
        "paid": money(invoice.paid),
        "credited": money(invoice.credited),
        "retained": money(invoice.retained),
        "disputed": money(disputed(invoice)),
        "open": money(owing.amount),
        "reduced": owing.amount != invoice.total,
        "promised": wording.day(invoice.promise) if invoice.promise and invoice.promise >= today else "",
        "until": wording.day(owing.until) if owing.until else "",
        "reminders": [wording.day(day) for day in _sent(owing, today)],
        "called": wording.language.say(owing.called) if owing.called else "",
        "pay_link": safe_link(invoice.payment_link),
        "view_link": safe_link(invoice.file),
        **annex_values(invoice, owing.fees, wording, today),
    }


def _named(invoice: Invoice, wording: Wording) -> str:
    """What follows the word "invoice": its number, or its date and amount where the sheet has no numbers."""
    if invoice.numbered:
        return clean(invoice.number)
    return wording.language.say(msg("of {what}", what=_reference(invoice, wording)))


def _reference(invoice: Invoice, wording: Wording) -> str:
    day = invoice.issued or invoice.due
    if invoice.numbered or day is None:
        return clean(invoice.number)
    return f"{wording.day(day)} ({wording.language.money(invoice.total, invoice.currency)})"


def _credit_values(credit: Invoice, wording: Wording) -> Values:
    return {
        "number": _named(credit, wording),
        "issued": wording.day(credit.issued) if credit.issued and credit.numbered else "",
        "amount": wording.money(credit_amount(credit), credit.currency),
        "overpaid": not credit.is_credit_note,
    }


def _assumed_days(owing: Owing) -> int:
    """The days from the invoice to a due date that nobody gave; 0 where somebody did."""
    invoice = owing.invoice
    if invoice.due_source is not DueSource.ASSUMED or invoice.due is None or invoice.issued is None:
        return 0
    return (invoice.due - invoice.issued).days


def _sent(owing: Owing, today: date) -> tuple[date, ...]:
    """The reminders of an invoice before today, oldest first."""
    return tuple(day for day in owing.invoice.reminders if day < today)


def client_values(reminder: Reminder) -> Values:
    """The client as templates see it, and the person written to."""
    client = reminder.client
    return {
        "client": {
            "name": clean(client.name),
            "code": clean(client.code),
            "address": clean_lines(client.address),
        },
        "contact": addressed(client.name, client.contact),
    }

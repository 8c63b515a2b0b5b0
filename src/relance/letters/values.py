"""A reminder -> the values its template may use: clean text, amounts and dates as the client's language writes them.

Everything a cell holds passes through `clean` here; a template only ever sees the result. An empty value is "" or an
empty list, so that a template can ask `{% if invoice.order %}`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.late_fees.fee_values import FeeLine, Fees
from relance.domain.late_fees.imputation import movements_of
from relance.domain.model import DueSource, Invoice, Kind
from relance.domain.owed import disputed
from relance.domain.policies.chase import credit_amount
from relance.domain.policies.policy import Manner
from relance.errors import msg
from relance.language import Language
from relance.letters.contacts import addressed
from relance.letters.links import safe_link
from relance.letters.reminder import Owing, Reminder
from relance.letters.text import clean, clean_lines
from relance.money import ZERO, Money

Values = dict[str, Any]

_UNDATED = frozenset({"payment-undated", "credit-undated"})
"""What makes late fees provisional and stands in the table of a letter as if it had come before the due date."""


class Wording:
    """How one letter writes amounts and dates. French dates in lists are figures; English ones are words, because
    no reader can then mistake the order of day and month."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.day: Callable[[date], str] = language.day if language.code == "fr" else language.long_date

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount, or "" for nothing."""
        return self.language.money(amount, currency) if amount else ""

    def sum(self, totals: tuple[Money, ...]) -> str:
        """Totals of several currencies, side by side."""
        return " + ".join(self.language.money(total.amount, total.currency) for total in totals)


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
        **_fee_values(ready, reminder.totals, wording),
    }


def _age(owing: Owing) -> tuple[date, str]:
    return owing.invoice.due or date.max, owing.invoice.number


def _owing_values(owing: Owing, wording: Wording, today: date) -> Values:
    invoice = owing.invoice

    def money(amount: Decimal) -> str:
        return wording.money(amount, invoice.currency)

    days = invoice.days_late(today)
    fees = owing.fees
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
        "interest": money(fees.interest) if fees else "",
        "all_interest": money(fees.interest + fees.claimed - fees.claimed_indemnity) if fees else "",
        "indemnity": money(fees.indemnity) if fees else "",
        "lines": [_line_values(line, invoice.currency, wording) for line in (fees.lines if fees else ())],
        "earlier": [_line_values(line, invoice.currency, wording) for line in (fees.earlier_lines if fees else ())],
        "moves": [
            {
                "day": wording.day(move.on),
                "amount": money(move.amount),
                "on_interest": money(move.on_interest),
                "left": money(move.left),
            }
            for move in (movements_of(invoice, fees, today) if fees else ())
            if move.on and move.on_interest
        ],
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


def _line_values(line: FeeLine, currency: str, wording: Wording) -> Values:
    """A line of the table of late fees, as the annex of a letter writes it."""
    return {
        "first": wording.day(line.start),
        "last": wording.day(line.end),
        "days": line.days,
        "rate": wording.language.number(line.rate),
        "base": wording.language.money(line.base, currency),
        "amount": wording.language.money(line.amount, currency),
        "provisional": line.provisional,
        "source": clean(wording.language.say(line.source)),
    }


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


def _fee_values(ready: list[Owing], totals: tuple[Money, ...], wording: Wording) -> Values:
    """The claims per currency (principal, interest, indemnity, costs, total) and what the law calls them. What `fees`
    sums up has the flat indemnities due in another currency in it."""
    claims, claimed, sums = [], [], []
    for total in totals:
        own = [owing.fees for owing in ready if owing.fees and owing.invoice.currency == total.currency]
        claim = _claim(own, total)
        sums.append((total.currency, claim))
        claimed.append(Money(claim["total"], total.currency))
        claims.append({name: wording.money(amount, total.currency) for name, amount in claim.items()})
    every = [owing.fees for owing in ready if owing.fees]
    less, apart = _joined(claims, "less"), _apart(every)
    return {
        "claims": claims,
        "claimed": wording.sum(tuple(claimed)),
        "fees": {
            "interest": "" if less else _joined(claims, "all_interest"),
            "indemnity": "" if less else wording.sum(_with_apart(sums, "all_indemnity", apart)),
            "total": wording.sum(_with_apart(sums, "more", apart)),
            "provisional": any(fees.provisional for fees in every),
            "undated": any(notice.code in _UNDATED for fees in every for notice in fees.notices),
            "numbers": ", ".join(clean(owing.invoice.number) for owing in ready if owing.fees)
            if len(every) < len(ready)
            else "",
        }
        if _joined(claims, "more")
        else {},
        "indemnity_due": any(fees.indemnity or fees.claimed_indemnity or fees.apart for fees in every),
        "apart": wording.sum(apart),
        "rates": _rates(every, wording),
        "basis": clean("; ".join(dict.fromkeys(fees.rule.basis for fees in every if fees.rule.basis))),
        "clause": clean(" ".join(dict.fromkeys(owing.clause for owing in ready if owing.fees and owing.clause))),
    }


def _rates(every: list[Fees], wording: Wording) -> list[Values]:
    """Each rate of the lines of interest once, with where it comes from, in the order in which they apply."""
    lines = [line for fees in every for line in (*fees.earlier_lines, *fees.lines)]
    found = dict.fromkeys((line.rate, clean(wording.language.say(line.source))) for line in lines)
    return [{"percent": wording.language.number(rate), "source": source} for rate, source in found if source]


def claimed_of(reminder: Reminder) -> tuple[Money, ...]:
    """What a formal notice claims per currency: principal, interest, indemnity and costs."""
    asked = [(owing.invoice.currency, owing.fees) for owing in reminder.asked if owing.fees]
    return tuple(
        Money(_claim([fees for currency, fees in asked if currency == total.currency], total)["total"], total.currency)
        for total in reminder.totals
    )


def _apart(every: list[Fees]) -> tuple[Money, ...]:
    """The flat indemnities due in another currency than the debts, per currency."""
    sums: dict[str, Decimal] = {}
    for flat in (fees.apart for fees in every if fees.apart):
        sums[flat.currency] = sums.get(flat.currency, ZERO) + flat.amount
    return tuple(Money(amount, currency) for currency, amount in sums.items())


def _with_apart(sums: list[tuple[str, dict[str, Decimal]]], name: str, apart: tuple[Money, ...]) -> tuple[Money, ...]:
    """One figure of the claims per currency, with the flat indemnities due in another currency than their debts."""
    found = {currency: claim[name] for currency, claim in sums}
    for flat in apart:
        found[flat.currency] = found.get(flat.currency, ZERO) + flat.amount
    return tuple(Money(amount, currency) for currency, amount in found.items() if amount)


def _claim(own: list[Fees], total: Money) -> dict[str, Decimal]:
    """What is claimed in one currency; `less` was paid, given up, or is borne by a disputed amount. It adds up:
    principal + interest + indemnity + costs + earlier - less = total."""
    interest, indemnity, earlier, flat, less, more = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for fees in own:
        interest += fees.interest
        indemnity += fees.indemnity
        earlier += fees.claimed
        flat += fees.claimed_indemnity
        contested = fees.disputed + fees.disputed_before
        less += fees.total + fees.claimed - fees.owed + contested
        more += fees.owed - contested
    return {
        "principal": total.amount,
        "interest": interest,
        "indemnity": indemnity,
        "costs": more + less - interest - indemnity - earlier,
        "earlier": earlier,
        "earlier_interest": earlier - flat,
        "earlier_indemnity": flat,
        "all_interest": interest + earlier - flat,
        "all_indemnity": indemnity + flat,
        "less": less,
        "more": more,
        "total": total.amount + more,
    }


def _joined(claims: list[dict[str, str]], name: str) -> str:
    return " + ".join(claim[name] for claim in claims if claim[name])


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

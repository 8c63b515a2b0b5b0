"""A ledger as it was read -> the same on a day: what is dated later is marked, what stands twice is set aside.

An invoice of a day to come is not owed yet, a payment of a day to come is not received, nor a credit note deducted; of
two rows with one number and one client at most one is a debt, and nobody knows which. It must not decide who is chased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from relance.domain.model import Invoice, Ledger, SetAside, State
from relance.domain.owed import VOID, owed
from relance.domain.settled import Invoices
from relance.errors import Message, Problem, Severity, Where, msg
from relance.money import ZERO


def ledger_on(ledger: Ledger, today: date) -> Ledger:
    """The ledger on a day; a ledger held on another day already is held anew. Rows are told apart by number and client
    key; of those that occur twice, the ones on which something is owed are set aside, in the order of the sheet, each
    with a `duplicate-number`."""
    invoices = Invoices.of(ledger.invoices)
    marked = {at: _on(invoice, today) for at, invoice in invoices.dated_after(today) if _is_later(invoice, today)}
    marked |= {at: _on(invoice, today) for at, invoice in invoices.unsettled if _is_later(invoice, today)}
    notes = tuple(_on(note, today) if _is_later(note, today) else note for note in ledger.credits)
    dated = (
        replace(ledger, invoices=invoices.changed(marked), credits=notes)
        if marked or notes != ledger.credits
        else ledger
    )
    return _without_doubles(dated)


def _is_later(invoice: Invoice, today: date) -> bool:
    """Whether something of an invoice is of a later day, or was on another day on which it was held."""
    if invoice.ahead or invoice.coming or invoice.uncredited:
        return True
    if invoice.issued is not None and invoice.issued > today:
        return True
    for payment in invoice.payments:
        if payment.on is not None and payment.on > today:
            return True
    return any(credit.on is not None and credit.on > today for credit in invoice.credits)


def _on(invoice: Invoice, today: date) -> Invoice:
    state = invoice.status.state if invoice.status else None
    settled_by_word = state is State.PAID and not invoice.payments
    claim = state not in VOID and not invoice.is_credit_note and not settled_by_word
    later = (payment.amount for payment in invoice.payments if payment.on and payment.on > today)
    credited = (credit.amount for credit in invoice.credits if credit.on and credit.on > today)
    return replace(
        invoice,
        ahead=invoice.issued is not None and invoice.issued > today,
        coming=sum(later, ZERO) if claim else ZERO,
        uncredited=sum(credited, ZERO) if claim else ZERO,
    )


def undated_payments(ledger: Ledger, day: date) -> int:
    """How many invoices issued by a day are paid, wholly or in part, on a day nobody typed: on that day they count as
    paid, and may have been open."""
    invoices = Invoices.of(ledger.invoices)
    dates = zip(invoices.columns.issued, invoices.columns.paid_on, strict=True)
    found = sum(paid_on is None and (issued is None or issued <= day) for issued, paid_on in dates)
    for _, invoice in invoices.unsettled:
        if invoice.issued is None or invoice.issued <= day:
            worded = invoice.status is not None and invoice.status.state is State.PAID and not invoice.payments
            found += worded or any(payment.on is None for payment in invoice.payments)
    return found


def _without_doubles(ledger: Ledger) -> Ledger:
    invoices = Invoices.of(ledger.invoices)
    same: dict[tuple[str, str], list[tuple[int, Invoice]]] = defaultdict(list)
    for at, invoice in invoices.twice_at:
        same[invoice.client.key, invoice.number].append((at, invoice))
    letters = {found.role: found.column for found in reversed(ledger.columns)}
    aside: dict[int, SetAside] = {}
    for rows in same.values():
        if len(rows) > 1:
            column = next((letters[role] for role in ("number", "client", "client_code") if role in letters), "")
            aside |= dict(_set_aside(rows, column))
    if not aside:
        return ledger
    rows_aside = sorted((*ledger.set_aside, *aside.values()), key=lambda row: row.where.row)
    return replace(ledger, invoices=invoices.without(aside.keys()), set_aside=tuple(rows_aside))


def _set_aside(rows: list[tuple[int, Invoice]], column: str) -> Iterable[tuple[int, SetAside]]:
    for at, invoice in rows:
        amount = owed(invoice)
        if not amount:
            continue
        other = next(other for place, other in rows if place != at)
        problem = double_problem(invoice, other, Where(invoice.where.sheet, invoice.where.row, column))
        yield (
            at,
            SetAside(
                where=invoice.where,
                number=invoice.number,
                client=invoice.client.name,
                amount=amount,
                currency=invoice.currency,
                problems=(problem,),
                client_key=invoice.client.key,
                reminded=invoice.reminders[-1] if invoice.reminders else None,
            ),
        )


def double_problem(invoice: Invoice, other: Invoice, where: Where) -> Problem:
    """Two rows of one client with one number, or alike where the sheet has no numbers: at most one is a debt."""
    if invoice.numbered:
        text = stands_twice(invoice, other)
        hint = msg("Neither row is chased: give each invoice its own number, or delete the copy.")
    else:
        text = msg("The same client, date and amount stand on row {row} too.", row=other.where.row)
        hint = msg("Neither row is chased: add a column “N° facture” to tell them apart, or delete the copy.")
    return Problem("duplicate-number", Severity.ERROR, text, hint, where, invoice.number)


def stands_twice(invoice: Invoice, other: Invoice) -> Message:
    """That a number stands on another row too."""
    return msg("Invoice number {number} stands on row {row} too.", number=invoice.number, row=other.where.row)

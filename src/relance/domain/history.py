"""What the journal knows of invoices, laid over what the sheet says of them.

Between the two the sheet wins on amounts it has a column for, stops are the union of both, the level is the highest,
and a payment that only the journal knows stops the chase. An invoice is known by its number, and by its client where
a number serves several. It must not know files, nor how events are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.differences import Places, find_differences
from relance.domain.model import Client, Dispute, Hold, Invoice, Ledger, Payment, State, Status
from relance.domain.names import hidden
from relance.domain.noted import (
    DisputeNoted,
    EndNoted,
    Fact,
    FeesPaidNoted,
    HoldNoted,
    PaymentNoted,
    PromiseNoted,
    ReleaseNoted,
    ReminderNoted,
    SkippedNoted,
    is_client,
)
from relance.domain.owed import owed
from relance.domain.settled import Invoices
from relance.errors import Problem
from relance.money import CENT, ZERO


def merge_history(ledger: Ledger, facts: Sequence[Fact]) -> Ledger:
    """The ledger with what the journal knows laid over it, and a problem at each cell where the two differ."""
    if not facts:
        return ledger
    places = Places(ledger)
    of_clients = _client_holds(facts, ledger.clients)
    by_invoice = _by_invoice(ledger, facts)
    problems: list[Problem] = []
    held = {client.key: _held(client, of_clients[client.key]) for client in ledger.clients if client.key in of_clients}
    invoices = Invoices.of(ledger.invoices).with_clients(held)
    merged: dict[int, Invoice] = {}
    for place, invoice in invoices.numbered_at({number for number, _ in by_invoice}):
        if mine := by_invoice.get((invoice.number, invoice.client.key)):
            merged[place] = _merge(invoice, mine, sums_known=places.has_amounts)
            problems += find_differences(invoice, merged[place], places)
    clients = tuple(held.get(client.key, client) for client in ledger.clients)
    return replace(ledger, invoices=invoices.changed(merged), clients=clients, problems=(*ledger.problems, *problems))


class Standing(Struct, frozen=True, kw_only=True):
    """What the facts of one invoice come to: payments, reminders, and the stops that nothing released since."""

    payments: tuple[PaymentNoted, ...] = ()
    reminders: tuple[ReminderNoted, ...] = ()
    promise: date | None = None
    hold: Hold | None = None
    dispute: Dispute | None = None
    end: EndNoted | None = None
    level: int = 0
    skipped: SkippedNoted | None = None
    accepted: Decimal = ZERO  # what the payments came to when somebody said that the sheet is right


def standing(facts: Iterable[Fact]) -> Standing:
    """The facts of one invoice, oldest first, folded into what holds now."""
    now = Standing()
    for fact in facts:
        now = _after(now, fact)
    return now


def _after(now: Standing, fact: Fact) -> Standing:
    now = replace(now, level=max(now.level, fact.level))
    match fact:
        case PaymentNoted():
            return replace(now, payments=(*now.payments, fact))
        case ReminderNoted():
            return replace(now, reminders=(*now.reminders, fact), level=max(now.level, fact.step))
        case SkippedNoted():
            return replace(now, skipped=fact)
        case PromiseNoted():
            return replace(now, promise=fact.until)
        case HoldNoted():
            return replace(now, hold=Hold(fact.until, fact.reason))
        case DisputeNoted():
            return replace(now, dispute=Dispute(fact.amount, fact.reason))
        case EndNoted():
            return replace(now, end=fact)
        case ReleaseNoted():
            known = now.payments[-1].total if now.payments else ZERO
            return replace(now, promise=None, hold=None, dispute=None, end=None, accepted=known)
    return now


def _by_invoice(ledger: Ledger, facts: Sequence[Fact]) -> dict[tuple[str, str], list[Fact]]:
    """The facts of each invoice by (number, client key); the client counts only where a number serves several."""
    by_number: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.number:
            by_number[fact.number].append(fact)
    concerned = Invoices.of(ledger.invoices).numbered(by_number)
    clients: dict[str, dict[str, Client]] = defaultdict(dict)
    for invoice in concerned:
        clients[invoice.number][invoice.client.key] = invoice.client
    return {
        (number, key): [fact for fact in by_number[number] if len(sharing) == 1 or is_client(fact.client, client)]
        for number, sharing in clients.items()
        for key, client in sharing.items()
    }


def _client_holds(facts: Sequence[Fact], clients: Sequence[Client]) -> dict[str, Hold]:
    """The hold on each client as a whole that the journal knows, by key."""
    held: dict[str, Hold | None] = {}
    for fact in facts:
        if not fact.number and isinstance(fact, HoldNoted | ReleaseNoted):
            held[hidden(fact.client)] = Hold(fact.until, fact.reason) if isinstance(fact, HoldNoted) else None
    standing_holds = {key: hold for key, hold in held.items() if hold}
    if not standing_holds:
        return {}
    return {client.key: hold for client in clients for name, hold in standing_holds.items() if is_client(name, client)}


def _held(client: Client, hold: Hold | None) -> Client:
    return replace(client, hold=_both_holds(client.hold, hold)) if hold else client


def _both_holds(first: Hold | None, second: Hold | None) -> Hold | None:
    """The union of two holds: until the later day, without end when one has none."""
    if first is None or second is None:
        return first or second
    days = [hold.until for hold in (first, second) if hold.until]
    return Hold(max(days) if len(days) == 2 else None, first.reason or second.reason)


def _both_disputes(first: Dispute | None, second: Dispute | None) -> Dispute | None:
    if first is None or second is None:
        return first or second
    amounts = [dispute.amount for dispute in (first, second) if dispute.amount is not None]
    return Dispute(max(amounts) if len(amounts) == 2 else None, first.reason or second.reason)


def _merge(invoice: Invoice, facts: Sequence[Fact], *, sums_known: bool) -> Invoice:
    now = standing(facts)
    promises = [day for day in (invoice.promise, now.promise) if day]
    merged = replace(
        invoice,
        promise=max(promises, default=None),
        hold=_both_holds(invoice.hold, now.hold),
        dispute=_both_disputes(invoice.dispute, now.dispute),
    )
    merged = _with_skip(_with_reminders(merged, now), now)
    merged = _with_fees(_with_payments(merged, now, sums_known=sums_known), facts)
    merged = _with_days(merged, now)
    return _ended(merged, now.end) if now.end else merged


def _with_reminders(invoice: Invoice, now: Standing) -> Invoice:
    """The highest level, and the latest of all reminders known, never more dates than the level."""
    level = max(invoice.level, now.level)
    sent = {reminder.on for reminder in now.reminders if reminder.step}
    if not level or (level == invoice.level and sent <= set(invoice.reminders)):
        return invoice
    dates = tuple(sorted(sent | set(invoice.reminders)))[-level:]
    return replace(invoice, count=max(level, invoice.count or 0), reminders=dates)


def _with_skip(invoice: Invoice, now: Standing) -> Invoice:
    """The step left out on purpose, unless a reminder went further since."""
    if now.skipped is None or now.skipped.step <= invoice.level:
        return invoice
    return replace(invoice, skipped=now.skipped.step, skipped_on=now.skipped.on)


def _with_payments(invoice: Invoice, now: Standing, *, sums_known: bool) -> Invoice:
    """The payments the journal knows, where the sheet has no column for amounts paid; where it has, what it does not
    show of them stops the chase."""
    if not now.payments or owed(invoice) <= ZERO:
        return invoice
    missing = now.payments[-1].total - invoice.paid
    if missing < CENT or now.payments[-1].total <= now.accepted:
        return invoice
    if sums_known or any(payment.shown for payment in now.payments):
        return replace(invoice, unseen=missing)
    known = tuple(Payment(payment.amount, payment.on) for payment in now.payments)
    return replace(invoice, payments=(*invoice.payments, *known))


def _with_fees(invoice: Invoice, facts: Sequence[Fact]) -> Invoice:
    """What was typed among the payments beyond what was due, as far as the journal knows it to be late fees: it is
    neither an overpayment nor a credit of the client."""
    received = sum((fact.amount for fact in facts if isinstance(fact, FeesPaidNoted)), ZERO)
    excess = -owed(invoice)
    return replace(invoice, fees_received=min(received, excess)) if received and excess > ZERO else invoice


def _with_days(invoice: Invoice, now: Standing) -> Invoice:
    """The payments one by one with their days, where the sheet shows their sum: a cell holds one sum and one date, and
    each payment cuts the interest on its own day. What the sheet had before relance noted any has no day."""
    if not now.payments or now.payments[-1].total != invoice.paid or len(invoice.payments) != 1:
        return invoice
    known: list[Payment] = []
    running = ZERO
    for payment in now.payments:
        before = payment.total - payment.amount - running
        if before < ZERO:
            return invoice
        if before:
            known.append(Payment(before))
        known.append(Payment(payment.amount, payment.on))
        running = payment.total
    return replace(invoice, payments=tuple(known))


def _ended(invoice: Invoice, end: EndNoted) -> Invoice:
    state = invoice.status.state if invoice.status else None
    if state in {State.CANCELLED, State.WRITTEN_OFF}:
        return invoice
    return replace(invoice, status=Status(end.state, 0, end.reason))

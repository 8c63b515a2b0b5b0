"""relance invoices: the list, filtered and sorted; and the invoice of the JSON contract, shared by other commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from relance.domain.day import Day
from relance.domain.model import Action, Decision, DueSource, Invoice, Kind, State
from relance.domain.names import fold, fold_name
from relance.domain.owed import VOID, owed
from relance.domain.policies.reasons import say_reason
from relance.errors import Message, msg
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Line, Supposed, Table, Tone, View, lateness

Entry = tuple[Invoice, Decision]
SORT_KEYS: dict[str, Callable[[Entry], Any]] = {
    "due": lambda entry: (entry[0].due is None, entry[0].due or date.max, entry[0].number),
    "number": lambda entry: entry[0].number,
    "client": lambda entry: (fold(entry[0].client.name), entry[0].due or date.max),
    "issued": lambda entry: (entry[0].issued or date.max, entry[0].number),
    "open": lambda entry: -owed(entry[0]),
    "late": lambda entry: entry[0].due or date.max,
    "step": lambda entry: (-(entry[1].step or 0), entry[0].due or date.max),
}
"""The keys of --sort, each with the direction a person expects: oldest due date first, largest amount first."""

DUE_SOURCE = Column("due_source", msg("source of the due date"))
"""What csv adds to a list: where each due date comes from."""

_TONES = {Action.CHASE: Tone.WARNING, Action.WAIT: Tone.PLAIN, Action.STOP: Tone.FAINT}


def invoices_view(day: Day, entries: Iterable[Entry], sort: str = "due") -> View:
    """The list of some invoices of a day with their decisions, in the order given, which is that of the sort key."""
    listed = tuple(entries)
    keys = tuple(map(SORT_KEYS[sort], listed))
    return View(
        command="invoices",
        title=msg("Invoices · {name}", name=day.name),
        data=lambda: {"invoices": [invoice_data(day, *entry) for entry in listed]},
        sections=lambda: (replace(_table(day, listed), keys=keys), *supposed_note(invoice for invoice, _ in listed)),
        export=lambda: replace(_table(day, listed, exported=True), keys=keys),
        problems=day.problems,
    )


def select(day: Day, *, client: str = "", overdue: bool = False, settled: bool = False) -> list[Entry]:
    """The invoices asked for, in sheet order: of clients whose name or code holds a text, overdue only, settled too."""
    wanted = fold_name(client)
    return [
        (invoice, decision)
        for invoice, decision in zip(day.ledger.invoices, day.decisions, strict=True)
        if (settled or owed(invoice) > ZERO)
        and (not overdue or (owed(invoice) > ZERO and invoice.days_late(day.today)))
        and (not wanted or wanted in fold_name(invoice.client.name) or wanted == fold_name(invoice.client.code))
    ]


def state_of(invoice: Invoice) -> State:
    """What the sheet's status says, else what its amounts say."""
    if invoice.status:
        return invoice.status.state
    return State.OPEN if invoice.ahead or owed(invoice) > ZERO else State.PAID


def invoice_data(day: Day, invoice: Invoice, decision: Decision) -> dict[str, Any]:
    """One entry of `data.invoices[]`."""
    fees = day.fees_of(invoice)
    return {
        "number": invoice.number,
        "client": invoice.client.name,
        "issued": invoice.issued,
        "due": invoice.due,
        "due_source": invoice.due_source,
        "total": invoice.total,
        "deposit": invoice.deposit,
        "paid": invoice.received,
        "credited": invoice.credited,
        "retained": invoice.retained,
        "open": owed(invoice),
        "currency": invoice.currency,
        "status": state_of(invoice),
        "status_word": invoice.status.word if invoice.status else None,
        "days_late": invoice.days_late(day.today) if owed(invoice) > ZERO else 0,
        "level": invoice.level,
        "kind": invoice.client.kind or Kind.BUSINESS,
        "decision": decision_data(decision),
        "fees": {
            "interest": fees.interest,
            "indemnity": fees.indemnity,
            "indemnity_apart": fees.apart.amount if fees.apart else None,
            "indemnity_currency": fees.apart.currency if fees.apart else invoice.currency,
            "total": fees.total,
            "owed": fees.owed,
            "provisional": fees.provisional,
        },
        "where": {"sheet": invoice.where.sheet, "row": invoice.where.row},
    }


def decision_data(decision: Decision) -> dict[str, Any]:
    """`decision` of an invoice: {action, step, channel, reason, next_date}."""
    return {
        "action": decision.action,
        "step": decision.step,
        "channel": decision.channel,
        "reason": decision.reason,
        "next_date": decision.next_date,
    }


def due_cell(invoice: Invoice) -> date | Supposed | None:
    """The due date of a list, marked where nobody typed it nor the terms it comes from."""
    return Supposed(invoice.due) if invoice.due and invoice.due_source is DueSource.ASSUMED else invoice.due


def supposed_note(invoices: Iterable[Invoice]) -> Iterator[Line]:
    """What the mark on a due date means, where one is shown."""
    if any(isinstance(due_cell(invoice), Supposed) for invoice in invoices):
        yield Line(msg("* Assumed due date: the workbook gives neither a due date nor payment terms."), Tone.NOTICE)


DUE_SOURCES: dict[DueSource, Message] = {
    DueSource.SHEET: msg("typed in the workbook"),
    DueSource.TERMS: msg("computed from the payment terms"),
    DueSource.ASSUMED: msg("assumed: the legal 30 days"),
}


def _table(day: Day, listed: tuple[Entry, ...], *, exported: bool = False) -> Table:
    """The list; csv says in a column where each due date comes from."""
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("issued", msg("invoiced on"), fold=True),
        Column("due", msg("due date")),
        Column("total", msg("amount incl. tax"), Align.RIGHT, fold=True),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("level", msg("level"), Align.RIGHT, fold=True),
        Column("decision", msg("today"), fold=True),
    )
    return Table(
        columns=(*columns, DUE_SOURCE) if exported else columns,
        rows=tuple(
            (*_row(day, *entry), *((DUE_SOURCES[entry[0].due_source],) if exported else ())) for entry in listed
        ),
        totals=() if exported else tuple(_totals(listed)),
        tones=tuple(_TONES[decision.action] for _, decision in listed),
        empty=msg("No invoice answers to that."),
        export=True,
    )


def _row(day: Day, invoice: Invoice, decision: Decision) -> tuple[Any, ...]:
    amount = owed(invoice)
    return (
        invoice.number,
        invoice.client.name,
        invoice.issued,
        due_cell(invoice),
        Money(invoice.total, invoice.currency),
        Money(amount, invoice.currency),
        lateness(invoice.days_late(day.today)) if amount > ZERO else None,
        invoice.level or None,
        said_today(day, invoice, decision),
    )


def said_today(day: Day, invoice: Invoice, decision: Decision) -> Message:
    """The decision in a few words: the step to take, or why not."""
    if decision.action is Action.CHASE:
        step = day.policies.policy_for(invoice).step(decision.step or 0)
        if step:
            return msg("chase: {step}", step=step.name)
    return say_reason(invoice, decision)


def _totals(listed: tuple[Entry, ...]) -> list[tuple[Any, ...]]:
    """The sums per currency of what is, or was, a claim: not of cancelled rows, drafts, credit notes or later ones."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for invoice, _ in listed:
        if invoice.ahead or (invoice.status and invoice.status.state in VOID):
            continue
        total, open_amount = sums.get(invoice.currency, (ZERO, ZERO))
        sums[invoice.currency] = (total + invoice.total, open_amount + owed(invoice))
    return [
        (msg("total"), None, None, None, Money(total, currency), Money(amount, currency), None, None, None)
        for currency, (total, amount) in sums.items()
    ]

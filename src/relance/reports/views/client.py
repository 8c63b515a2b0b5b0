"""relance client: the page of one client: whom to reach, what is open, what was said, how it pays, what is next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from relance.domain.day import Day, Entry
from relance.domain.measures.ageing import Ageing
from relance.domain.measures.figures import ClientFigures
from relance.domain.measures.figures_receipts import Expected
from relance.domain.model import Client, Invoice, Kind, SetAside
from relance.domain.owed import owed
from relance.domain.policies.chase import Chase, credit_amount
from relance.domain.policies.reasons import say_reason
from relance.errors import Message, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Facts, Figure, Line, Section, Table, Tone, View, lateness
from relance.reports.views.ageing import ageing_sections
from relance.reports.views.figures import (
    days_cell,
    habit_cell,
    habit_data,
    on_time_figure,
    owing_data,
    punctuality_data,
    unknown_note,
)
from relance.reports.views.invoices import due_cell, invoice_data, said_today, supposed_note
from relance.reports.views.today import CHANNELS, amounts_of

_KINDS: dict[Kind, Message] = {
    Kind.BUSINESS: msg("company"),
    Kind.CONSUMER: msg("private person"),
    Kind.PUBLIC: msg("public buyer"),
}


class Said(Struct, frozen=True, kw_only=True):
    """One thing that happened with a client, told by the workbook or by the journal (`source`)."""

    on: date
    number: str
    text: Message
    source: str


class ClientPage(Struct, frozen=True, kw_only=True):
    """Everything known of one client on a day. `entries` are its open invoices with their decisions, the oldest due
    date first, `expected` when they may be paid; `chase` the message due today; `credits` not used yet; `said` what
    happened, latest first; `left_out` its rows that cannot be read."""

    client: Client
    figures: ClientFigures | None
    ageing: tuple[Ageing, ...]
    entries: tuple[Entry, ...]
    expected: dict[str, Expected]
    chase: Chase | None
    credits: tuple[Invoice, ...]
    said: tuple[Said, ...]
    left_out: tuple[SetAside, ...]


def client_view(day: Day, page: ClientPage) -> View:
    """The page of a client."""
    return View(
        command="client",
        title=msg("{client} · {name}", client=page.client.name or page.client.code, name=day.name),
        data=lambda: _data(day, page),
        sections=lambda: tuple(_sections(day, page)),
    )


def _data(day: Day, page: ClientPage) -> dict[str, Any]:
    client, figures = page.client, page.figures
    return {
        "client": client.name,
        "code": client.code,
        "contact": client.contact,
        "email": client.email,
        "phone": client.phone,
        "address": client.address,
        "language": client.language,
        "form_of_address": client.form_of_address,
        "kind": client.kind or Kind.BUSINESS,
        "totals": [owing_data(owing) for owing in figures.owing] if figures else [],
        "punctuality": punctuality_data(figures.punctuality) if figures else None,
        "habit": habit_data(figures.habit) if figures and figures.own else None,
        "next": [
            {"number": invoice.number, "on": on, "action": decision.action, "step": decision.step}
            for on, invoice, decision in _coming(day, page)
        ],
        "invoices": [
            {**invoice_data(day, *entry), "expected": _expected_data(page.expected.get(entry[0].number))}
            for entry in page.entries
        ],
        "credits": [
            {"number": note.number, "amount": credit_amount(note), "currency": note.currency} for note in page.credits
        ],
        "history": [{"on": s.on, "number": s.number, "text": s.text, "source": s.source} for s in page.said],
        "left_out": [row.number or str(row.where) for row in page.left_out],
    }


def _expected_data(when: Expected | None) -> dict[str, Any] | None:
    if when is None:
        return None
    return {"on": when.on, "early": when.early, "late": when.late, "promised": when.promised, "own_habit": when.own}


def _sections(day: Day, page: ClientPage) -> Iterator[Section]:
    yield _contact_table(page.client)
    yield from _hold(page.client)
    yield from _next(day, page)
    for ageing in page.ageing:
        yield from ageing_sections(ageing)
    yield _invoices_table(day, page)
    yield from supposed_note(invoice for invoice, _ in page.entries)
    yield from _apart(page)
    yield from _figures(page)
    yield _history_table(page)


def _contact_table(client: Client) -> Table:
    values = (
        (Column("contact", msg("contact")), client.contact),
        (Column("phone", msg("telephone"), whole=True), client.phone),
        (Column("email", msg("e-mail")), client.email),
        (Column("address", msg("address"), fold=True), ", ".join(client.address.splitlines())),
        (Column("code", msg("client code"), fold=True), client.code),
        (Column("kind", msg("kind"), fold=True), _KINDS[client.kind or Kind.BUSINESS]),
        (Column("language", msg("language"), fold=True), client.language or ""),
        (Column("form_of_address", msg("form of address"), fold=True), client.form_of_address or ""),
    )
    known = [(column, value) for column, value in values if value]
    return Table(columns=tuple(column for column, _ in known), rows=(tuple(value for _, value in known),))


def _hold(client: Client) -> Iterator[Line]:
    if client.hold and client.hold.until:
        yield Line(msg("This client is on hold until {day}.", day=client.hold.until), Tone.NOTICE)
    elif client.hold:
        yield Line(msg("This client is on hold until released."), Tone.NOTICE)


def _next(day: Day, page: ClientPage) -> Iterator[Line]:
    """What is next, and when: today's message, else the first day on which anything changes."""
    if page.chase:
        chase = page.chase
        text = msg(
            "To do today: {step}, by {channel}, for {amounts}.",
            step=chase.step.name,
            channel=CHANNELS[chase.channel],
            amounts=amounts_of(chase),
        )
        yield Line(text, Tone.WARNING)
        return
    coming = _coming(day, page)
    if coming:
        on, invoice, decision = coming[0]
        reason = say_reason(invoice, decision)
        text = msg("Next on {day}: {number} ({reason}).", day=on, number=invoice.number, reason=reason)
        yield Line(text, Tone.NOTICE)
    elif page.entries:
        yield Line(msg("Nothing comes next by itself: a person decides."), Tone.NOTICE)
    else:
        yield Line(msg("Nothing is open."), Tone.GOOD)


def _coming(day: Day, page: ClientPage) -> list[tuple[date, Invoice, Any]]:
    """The open invoices by the day on which something changes: those to chase today, then those with a date to come."""
    found = [
        (decision.next_date if decision.next_date and decision.action != "chase" else day.today, invoice, decision)
        for invoice, decision in page.entries
        if decision.action == "chase" or decision.next_date
    ]
    return sorted(found, key=lambda one: (one[0], one[1].number))


def _invoices_table(day: Day, page: ClientPage) -> Table:
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("due", msg("due date")),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("level", msg("level"), Align.RIGHT, fold=True),
        Column("fees", msg("late fees"), Align.RIGHT, fold=True),
        Column("expected", msg("expected"), fold=True),
        Column("decision", msg("today"), fold=True),
    )
    rows = tuple(
        (
            invoice.number,
            due_cell(invoice),
            Money(owed(invoice), invoice.currency),
            lateness(invoice.days_late(day.today)),
            invoice.level or None,
            Money(day.fees_of(invoice).owed, invoice.currency) if day.fees_of(invoice).owed else None,
            _expected_cell(page.expected.get(invoice.number)),
            said_today(day, invoice, decision),
        )
        for invoice, decision in page.entries
    )
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for invoice, _ in page.entries:
        amount, fees = sums.get(invoice.currency, (ZERO, ZERO))
        sums[invoice.currency] = (amount + owed(invoice), fees + day.fees_of(invoice).owed)
    totals = tuple(
        (msg("total"), None, Money(amount, currency), None, None, Money(fees, currency) if fees else None, None, None)
        for currency, (amount, fees) in sums.items()
    )
    title = msg_n("{n} open invoice", "{n} open invoices", len(rows))
    return Table(title=title, columns=columns, rows=rows, totals=totals, export=True)


def _expected_cell(when: Expected | None) -> Message | None:
    if when is None:
        return None
    if when.promised:
        return msg("promised for {day}", day=when.on)
    return msg("about {day}", day=when.on)


def _apart(page: ClientPage) -> Iterator[Line]:
    for note in page.credits:
        amount = Money(credit_amount(note), note.currency)
        yield Line(msg("Not used yet: {number}, a credit of {amount}.", number=note.number, amount=amount), Tone.NOTICE)
    if page.left_out:
        text = msg_n(
            "{n} row of this client cannot be read with certainty and is in no total: {numbers}.",
            "{n} rows of this client cannot be read with certainty and are in no total: {numbers}.",
            len(page.left_out),
            numbers=tuple(row.number or str(row.where) for row in page.left_out),
        )
        yield Line(text, Tone.WARNING)


def _figures(page: ClientPage) -> Iterator[Section]:
    figures = page.figures
    if figures is None:
        return
    known = figures.punctuality
    items: list[tuple[Message, Any, Tone]] = []
    if known.known or known.unknown:
        items.append((msg("paid on time"), on_time_figure(known), Tone.PLAIN))
    if known.late_days is not None:
        items.append((msg("average delay"), days_cell(known.late_days), Tone.PLAIN))
    for owing in figures.owing:
        if owing.weighted is not None:
            label = msg("weighted by amount, {currency}", currency=owing.currency)
            items.append((label, days_cell(owing.weighted), Tone.PLAIN))
    own = habit_cell(figures.habit) if figures.own else None
    beside = msg("from the due date") if own else msg("too little history")
    items.append((msg("usually pays"), Figure(own or msg("unknown"), ((beside, Tone.PLAIN),)), Tone.PLAIN))
    yield Facts(title=msg("How this client pays, over the last 365 days"), items=tuple(items))
    if not figures.own and page.expected:
        text = msg("Expected dates follow the habit of all clients: this one has too little history of its own.")
        yield Line(text, Tone.FAINT)
    yield from unknown_note(known)


def _history_table(page: ClientPage) -> Table:
    columns = (
        Column("on", msg("date")),
        Column("number", msg("invoice"), whole=True),
        Column("text", msg("what happened")),
        Column("source", msg("told by"), fold=True),
    )
    sources = {"journal": msg("journal"), "workbook": msg("workbook")}
    rows = tuple((said.on, said.number or None, said.text, sources[said.source]) for said in page.said)
    return Table(title=msg("What happened"), columns=columns, rows=rows)

"""relance report: the daily overdue report, for a person's mailbox or another program."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from relance.domain.day import Day
from relance.domain.model import Invoice
from relance.domain.owed import owed
from relance.errors import msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Lateness, Line, Section, Table, Tone, View
from relance.reports.views.invoices import DUE_SOURCE, DUE_SOURCES, due_cell, invoice_data, said_today, supposed_note
from relance.reports.views.status import figures, pointer, remarks, round_of, status_data, to_fix_table


def report_view(day: Day) -> View:
    """What status says, and every overdue invoice."""
    return View(
        command="report",
        title=msg("Overdue invoices · {name}", name=day.name),
        data=lambda: _data(day),
        sections=lambda: tuple(_sections(day)),
        remarks=lambda: pointer(day),
        export=lambda: _overdue_table(day, with_contacts=True),
        problems=day.problems,
    )


def _data(day: Day) -> dict[str, Any]:
    return {**status_data(day), "overdue": [invoice_data(day, *entry) for entry in day.overdue]}


def _sections(day: Day) -> Iterator[Section]:
    if not day.overdue and not day.chases:
        yield Line(msg("Nothing is overdue today."), Tone.GOOD)
        if day.ledger.set_aside:
            yield to_fix_table(day)
        yield from remarks(day)
        return
    yield from figures(day)
    yield from round_of(day)
    yield _overdue_table(day)
    yield from supposed_note(invoice for invoice, _ in day.overdue)


def _overdue_table(day: Day, *, with_contacts: bool = False) -> Table:
    """Every overdue invoice; csv adds whom to call, which people read in the table of those to chase."""
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("due", msg("due date")),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("level", msg("level"), Align.RIGHT, fold=True),
        Column("fees", msg("late fees"), Align.RIGHT, fold=True),
        Column("decision", msg("today"), fold=True),
    )
    contacts = (
        Column("contact", msg("contact")),
        Column("phone", msg("telephone")),
        Column("email", msg("e-mail")),
        DUE_SOURCE,
    )
    rows = tuple(
        (
            invoice.number,
            invoice.client.name,
            due_cell(invoice),
            Money(owed(invoice), invoice.currency),
            Lateness(invoice.days_late(day.today)),
            invoice.level or None,
            Money(day.fees_of(invoice).total, invoice.currency),
            said_today(day, invoice, decision),
            *(_whom_to_call(invoice) if with_contacts else ()),
        )
        for invoice, decision in day.overdue
    )
    title = msg_n("Overdue: {n} invoice", "Overdue: {n} invoices", len(rows))
    fees: dict[str, Decimal] = {}
    for invoice, _ in day.overdue:
        fees[invoice.currency] = fees.get(invoice.currency, ZERO) + day.fees_of(invoice).total
    totals = tuple(
        (
            msg("total"), None, None, Money(ageing.overdue, ageing.currency), None, None,
            Money(fees.get(ageing.currency, ZERO), ageing.currency), None,
        )
        for ageing in day.ageing
    )  # fmt: skip
    return Table(
        title=title,
        columns=(*columns, *contacts) if with_contacts else columns,
        rows=rows,
        totals=() if with_contacts else totals,
    )


def _whom_to_call(invoice: Invoice) -> tuple[Any, ...]:
    client = invoice.client
    return client.contact, client.phone, client.email, DUE_SOURCES[invoice.due_source]

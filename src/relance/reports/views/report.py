"""relance report: what changed, what to do today, what is owed; for the owner's screen, mailbox or another program."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from relance.domain.day import Day
from relance.domain.digest import Digest
from relance.domain.model import Invoice
from relance.domain.owed import owed
from relance.errors import msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Lateness, Line, Section, Table, Tone, View
from relance.reports.views.invoices import DUE_SOURCE, DUE_SOURCES, due_cell, invoice_data, said_today, supposed_note
from relance.reports.views.remarks import cautions, nothing_owed, pointer
from relance.reports.views.report_calls import calls_data, drafts_data, today_sections
from relance.reports.views.report_changes import changes_data, changes_section, changes_table
from relance.reports.views.report_figures import figure_sections, figures_data, freshness_lines
from relance.reports.views.status import status_data
from relance.reports.views.today import to_fix_table

WIDTH = 80
"""The columns of its plain text, which is made to be mailed."""


def report_view(digest: Digest, *, only_changes: bool = False, one_of_several: bool = False) -> View:
    """What changed since an earlier report, what to do today, what is owed and by whom, what to fix; then every overdue
    invoice. `only_changes` shows but the changes; `one_of_several` leaves out what workbooks cannot share."""
    day, tiles = digest.day, not one_of_several
    return View(
        command="report",
        title=msg("Report on receivables · {name}", name=day.name),
        data=lambda: _data(digest),
        sections=lambda: tuple(
            changes_section(digest, tiles=tiles) if only_changes else _sections(digest, tiles=tiles)
        ),
        remarks=lambda: () if only_changes else pointer(day),
        export=lambda: changes_table(digest) if only_changes else _overdue_table(day, with_contacts=True),
        problems=day.problems,
        width=WIDTH,
        silent=only_changes and not digest.changes,
    )


def _data(digest: Digest) -> dict[str, Any]:
    then = digest.then
    return {
        **status_data(digest.day),
        "since": {"day": then.on, "recorded": not then.computed},
        "changes": changes_data(digest),
        "calls": calls_data(digest),
        "drafts": drafts_data(digest),
        **figures_data(digest),
        "overdue": [invoice_data(digest.day, *entry) for entry in digest.day.overdue],
    }


def _sections(digest: Digest, *, tiles: bool) -> Iterator[Section]:
    day = digest.day
    yield from changes_section(digest, tiles=tiles)
    if not day.ageing and not day.ledger.set_aside:
        yield from nothing_owed(day)
        yield from freshness_lines(digest)
        return
    yield from today_sections(digest)
    yield from figure_sections(digest)
    if day.ledger.set_aside:
        yield to_fix_table(day)
    yield from freshness_lines(digest)
    yield from cautions(day)
    if day.overdue:
        yield _overdue_table(day)
        yield from supposed_note(invoice for invoice, _ in day.overdue)
    else:
        yield Line(msg("Nothing is overdue today."), Tone.GOOD)


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
    return Table(
        title=msg_n("Overdue: {n} invoice", "Overdue: {n} invoices", len(rows)),
        columns=(*columns, *contacts) if with_contacts else columns,
        rows=rows,
        totals=() if with_contacts else _overdue_totals(day),
    )


def _overdue_totals(day: Day) -> tuple[tuple[Any, ...], ...]:
    """Per currency, what is overdue and the late fees on it."""
    fees: dict[str, Decimal] = {}
    for invoice, _ in day.overdue:
        fees[invoice.currency] = fees.get(invoice.currency, ZERO) + day.fees_of(invoice).total
    return tuple(
        (
            msg("total"), None, None, Money(ageing.overdue, ageing.currency), None, None,
            Money(fees.get(ageing.currency, ZERO), ageing.currency), None,
        )
        for ageing in day.ageing
        if ageing.overdue
    )  # fmt: skip


def _whom_to_call(invoice: Invoice) -> tuple[Any, ...]:
    client = invoice.client
    return client.contact, client.phone, client.email, DUE_SOURCES[invoice.due_source]

"""relance invoices --fees-owed: late fees still owed, on invoices paid or not, until they are paid or waived."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relance.domain.day import Day
from relance.domain.late_fees.fee_values import Fees
from relance.domain.model import Invoice
from relance.domain.owed import owed
from relance.errors import msg
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Line, Section, Table, Tone, View
from relance.reports.views.invoices import Entry, due_cell, invoice_data, supposed_note

Owing = tuple[Entry, Fees]


def fees_owed_view(day: Day, entries: list[Entry]) -> View:
    """The invoices of a list on which late fees are owed, the figures of each, and their sums per currency."""
    owing = [(entry, fees) for entry in entries if (fees := day.fees_of(entry[0])).owed > ZERO]
    return View(
        command="invoices",
        title=msg("Late fees owed · {name}", name=day.name),
        data=lambda: {"invoices": [invoice_data(day, *entry) for entry, _ in owing]},
        sections=lambda: _sections(owing),
        problems=day.problems,
    )


def _sections(owing: list[Owing]) -> tuple[Section, ...]:
    if not owing:
        return (Line(msg("No late fees are owed."), Tone.GOOD),)
    table = Table(
        columns=(
            Column("number", msg("invoice"), whole=True),
            Column("client", msg("client")),
            Column("due", msg("due date"), fold=True),
            Column("open", msg("open"), Align.RIGHT),
            Column("interest", msg("interest"), Align.RIGHT, fold=True),
            Column("indemnity", msg("indemnity"), Align.RIGHT, fold=True),
            Column("claimed", msg("claimed before"), Align.RIGHT, fold=True),
            Column("less", msg("paid or waived"), Align.RIGHT, fold=True),
            Column("provisional", msg("provisional"), fold=True),
            Column("owed", msg("fees owed"), Align.RIGHT),
        ),
        rows=tuple(_row(entry[0], fees) for entry, fees in owing),
        totals=tuple(_totals(owing)),
        tones=tuple(Tone.WARNING if fees.provisional else Tone.PLAIN for _, fees in owing),
        export=True,
    )
    notes = tuple(supposed_note(invoice for (invoice, _), _ in owing))
    if any(fees.provisional for _, fees in owing):
        provisional = Line(msg("Some late fees are provisional: relance fees tells which and why."), Tone.NOTICE)
        return table, *notes, provisional
    return table, *notes


def _row(invoice: Invoice, fees: Fees) -> tuple[Any, ...]:
    def money(amount: Decimal) -> Money:
        return Money(amount, invoice.currency)

    indemnity = fees.apart or (money(fees.indemnity) if fees.indemnity else None)
    return (
        invoice.number, invoice.client.name, due_cell(invoice), money(max(ZERO, owed(invoice))),
        money(fees.interest) if fees.interest else None, indemnity,
        *(money(part) if part else None for part in (fees.claimed, _less(fees))),
        msg("provisional") if fees.provisional else None, money(fees.owed),
    )  # fmt: skip


def _less(fees: Fees) -> Decimal:
    return fees.contract.fees_paid + fees.contract.waived + fees.covered


def _totals(owing: list[Owing]) -> list[tuple[Any, ...]]:
    sums: dict[str, Decimal] = {}
    for (invoice, _), fees in owing:
        sums[invoice.currency] = sums.get(invoice.currency, ZERO) + fees.owed
    return [(msg("total"), *(None,) * 8, Money(amount, currency)) for currency, amount in sums.items()]

"""The page of one client: the book in, everything known of that client out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from relance.domain.day import Entry
from relance.domain.measures.ageing import compute_ageing
from relance.domain.measures.figures import ClientFigures, compute_figures
from relance.domain.measures.figures_receipts import Expected, expect
from relance.domain.model import Client, Invoice
from relance.domain.names import fold_name
from relance.domain.noted import is_client
from relance.domain.policies.chase import credit_amount
from relance.errors import msg
from relance.money import ZERO, Money
from relance.office.acts.log import entries_of
from relance.office.book import Book
from relance.office.figures import of_client
from relance.office.find import find_client, names_of
from relance.reports.views.client import ClientPage, Said


def open_page(book: Book, who: str) -> ClientPage:
    """Everything known of the client named. UsageError when no client, or several, are called so."""
    day, client = book.day, find_client(book.day, who)
    own = of_client(day.ledger, client)
    everybody = compute_figures(day.ledger, day.today).clients
    figures = next((one for one in everybody if one.client.key == client.key), None)
    entries = [entry for entry in day.live if entry[0].client.key == client.key]
    entries.sort(key=lambda entry: (entry[0].due or date.max, entry[0].number))
    return ClientPage(
        client=client,
        figures=figures,
        ageing=compute_ageing(own, day.today, day.bounds),
        entries=tuple(entries),
        expected=_expected(entries, figures, day.today),
        chase=next((chase for chase in day.chases if chase.client.key == client.key), None),
        credits=tuple(note for note in (*own.credits, *own.invoices) if credit_amount(note) > ZERO),
        said=tuple(sorted(_said(book, client, own.invoices), key=lambda said: (said.on, said.number), reverse=True)),
        left_out=tuple(row for row in day.ledger.set_aside if fold_name(row.client) in names_of(client)),
    )


def _expected(entries: Iterable[Entry], figures: ClientFigures | None, today: date) -> dict[str, Expected]:
    if figures is None:
        return {}
    found = ((invoice, expect(invoice, figures.habit, today, own=figures.own)) for invoice, _ in entries)
    return {invoice.number: when for invoice, when in found if when}


def _said(book: Book, client: Client, invoices: Iterable[Invoice]) -> Iterator[Said]:
    """What the journal says of a client, and what of it only the workbook shows."""
    known: set[tuple[str, date]] = set()
    for entry in entries_of(book):
        if entry.client and is_client(entry.client, client) and entry.state != "undone":
            yield Said(on=entry.at.date(), number=entry.number, text=entry.text, source="journal")
            known.add((entry.number, entry.data.get("on", entry.at.date())))
    for invoice in invoices:
        for day in invoice.reminders:
            if (invoice.number, day) not in known:
                yield Said(on=day, number=invoice.number, text=msg("reminded"), source="workbook")
        for payment in invoice.payments:
            if payment.on and payment.on <= book.day.today and (invoice.number, payment.on) not in known:
                text = msg("{amount} received", amount=Money(payment.amount, invoice.currency))
                yield Said(on=payment.on, number=invoice.number, text=text, source="workbook")

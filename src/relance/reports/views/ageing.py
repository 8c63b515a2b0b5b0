"""relance ageing: what is owed by how late or how old it is, per currency, per client, or one client's invoices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.measures.ageing import UNDATED, Ageing, Basis
from relance.domain.model import Client, Invoice
from relance.domain.owed import owed
from relance.errors import Message, Problem, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Bar, Column, Facts, Line, Section, Table, Tone, View, lateness
from relance.reports.views.ageing_bar import bucket_label, parts_of


class AgeingShown(Struct, frozen=True, kw_only=True):
    """What relance ageing shows: the ageings per currency and per client, of everybody or of one client (then with its
    `invoices`), as of a day; `undated_payments` were made on days nobody typed, before that day or after it."""

    name: str
    as_of: date
    today: date
    by: Basis
    totals: tuple[Ageing, ...]
    clients: tuple[tuple[Client, Ageing], ...]
    client: Client | None = None
    invoices: tuple[Invoice, ...] = ()
    per_client: bool = False
    undated_payments: int = 0


def ageing_view(shown: AgeingShown, problems: tuple[Problem, ...]) -> View:
    """The aged balance of a workbook or of one client."""
    return View(
        command="ageing",
        title=_title(shown),
        data=lambda: _data(shown),
        sections=lambda: tuple(_sections(shown)),
        export=lambda: _export(shown),
        problems=problems,
    )


def _title(shown: AgeingShown) -> Message:
    name = shown.client.name if shown.client else shown.name
    if shown.as_of == shown.today:
        return msg("Aged balance · {name}", name=name)
    return msg("Aged balance as of {day} · {name}", day=shown.as_of, name=name)


def _data(shown: AgeingShown) -> dict[str, Any]:
    return {
        "as_of": shown.as_of,
        "by": shown.by,
        "client": shown.client.name if shown.client else None,
        "totals": [_figures(ageing) for ageing in shown.totals],
        "ageing": [
            {"currency": ageing.currency, **bucket} for ageing in shown.totals for bucket in _buckets_data(ageing)
        ],
        "clients": [
            {"client": client.name, **_figures(ageing), "buckets": _buckets_data(ageing)}
            for client, ageing in shown.clients
        ],
        "invoices": [
            {
                "number": invoice.number,
                "issued": invoice.issued,
                "due": invoice.due,
                "open": owed(invoice),
                "currency": invoice.currency,
                "days_late": invoice.days_late(shown.as_of),
            }
            for invoice in shown.invoices
        ],
        "undated_payments": shown.undated_payments,
    }


def _figures(ageing: Ageing) -> dict[str, Any]:
    return {
        "currency": ageing.currency,
        "open": ageing.open,
        "overdue": ageing.overdue,
        "not_due": ageing.not_due,
        "undated": ageing.undated,
        "credits": ageing.credits,
        "count": ageing.count,
    }


def _buckets_data(ageing: Ageing) -> list[dict[str, Any]]:
    return [{"bucket": bucket.key, "open": bucket.open, "count": bucket.count} for bucket in ageing.buckets]


def _sections(shown: AgeingShown) -> Iterator[Section]:
    if not shown.totals:
        yield Line(msg("Nothing was owed on that day."), Tone.GOOD)
    for ageing in shown.totals:
        yield from ageing_sections(ageing)
    if shown.per_client:
        for ageing in shown.totals:
            yield _clients_table(shown, ageing)
    if shown.invoices:
        yield _invoices_table(shown)
    if shown.undated_payments and shown.as_of < shown.today:
        yield Line(
            msg_n(
                "{n} invoice is paid without a payment date: it counts as paid on that day, and may have been open.",
                "{n} invoices are paid without a payment date: they count as paid on that day, and may have been open.",
                shown.undated_payments,
            ),
            Tone.WARNING,
        )


def ageing_sections(ageing: Ageing) -> Iterator[Section]:
    """The sums of one currency and its bar."""
    currency = ageing.currency
    items: list[tuple[Message, Any, Tone]] = [
        (msg("owed"), Money(ageing.open, currency), Tone.PLAIN),
        (msg("overdue"), Money(ageing.overdue, currency), Tone.BAD if ageing.overdue else Tone.GOOD),
        (msg("not due"), Money(ageing.not_due, currency), Tone.PLAIN),
    ]
    if ageing.undated:
        items.append((msg("of it without due date"), Money(ageing.undated, currency), Tone.WARNING))
    if ageing.credits:
        items.append((msg("credits of clients"), Money(-ageing.credits, currency), Tone.PLAIN))
    yield Facts(items=tuple(items))
    if ageing.open:
        shown = tuple(bucket for bucket in ageing.buckets if bucket.key != UNDATED or bucket.count)
        yield Bar(currency=currency, parts=tuple(parts_of(replace(ageing, buckets=shown))))


def _clients_table(shown: AgeingShown, ageing: Ageing) -> Table:
    """One row per client, one column per bucket; the sums of the columns are the ageing."""
    kept = [at for at, bucket in enumerate(ageing.buckets) if bucket.key != UNDATED or bucket.count]
    columns = (
        Column("client", msg("client")),
        Column("open", msg("open"), Align.RIGHT),
        *(Column(f"b{at}", bucket_label(ageing.buckets[at]), Align.RIGHT, fold=True) for at in kept),
    )
    rows = tuple(
        (client.name, Money(one.open, one.currency), *_amounts(one, kept))
        for client, one in shown.clients
        if one.currency == ageing.currency and one.open
    )
    totals = ((msg("total"), Money(ageing.open, ageing.currency), *_amounts(ageing, kept)),)
    title = msg_n("{n} client, in {currency}", "{n} clients, in {currency}", len(rows), currency=ageing.currency)
    return Table(title=title, columns=columns, rows=rows, totals=totals)


def _amounts(ageing: Ageing, kept: list[int]) -> list[Money | None]:
    return [
        Money(ageing.buckets[at].open, ageing.currency) if ageing.buckets[at].count else None for at in kept
    ]  # nothing is shown for no invoice, so that the amounts stand out


def _invoices_table(shown: AgeingShown) -> Table:
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("issued", msg("invoiced on"), fold=True),
        Column("due", msg("due date")),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
    )
    rows = tuple(
        (
            invoice.number,
            invoice.issued,
            invoice.due,
            Money(owed(invoice), invoice.currency),
            lateness(invoice.days_late(shown.as_of)),
        )
        for invoice in shown.invoices
    )
    sums: dict[str, Decimal] = {}
    for invoice in shown.invoices:
        sums[invoice.currency] = sums.get(invoice.currency, ZERO) + owed(invoice)
    totals = tuple((msg("total"), None, None, Money(amount, currency), None) for currency, amount in sums.items())
    return Table(columns=columns, rows=rows, totals=totals)


def _export(shown: AgeingShown) -> Table:
    """csv: a row per bucket, of each client where clients are asked for."""
    columns = (
        Column("client", msg("client")),
        Column("bucket", msg("age")),
        Column("open", msg("open"), Align.RIGHT),
        Column("count", msg("invoices"), Align.RIGHT),
    )
    apart = shown.per_client or shown.client
    ageings = shown.clients if apart else tuple((None, ageing) for ageing in shown.totals)
    rows = tuple(
        (client.name if client else None, bucket_label(bucket), Money(bucket.open, ageing.currency), bucket.count)
        for client, ageing in ageings
        for bucket in ageing.buckets
    )
    shown_columns = columns if apart else columns[1:]
    return Table(columns=shown_columns, rows=rows if apart else tuple(row[1:] for row in rows))

"""The figures of a book, of everybody or of one client, as of any day: what ageing and clients show."""

from __future__ import annotations

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.as_of import ledger_on, undated_payments
from relance.domain.day import Day
from relance.domain.measures.ageing import Basis, compute_ageing, compute_client_ageing
from relance.domain.model import Client, Invoice, Ledger
from relance.domain.owed import owed
from relance.domain.settled import Invoices
from relance.errors import UsageError, msg
from relance.money import ZERO
from relance.office.find import find_client
from relance.reports.views.ageing import AgeingShown


class Cut(Struct, frozen=True, kw_only=True):
    """How an aged balance is asked for: its day, the stretches of days, counted from which date, of one client ("" for
    all), and whether clients are listed."""

    as_of: date
    bounds: tuple[int, ...]
    by: Basis = Basis.DUE
    client: str = ""
    per_client: bool = False


def age(day: Day, cut: Cut) -> AgeingShown:
    """The aged balance of a day's ledger, cut as asked. UsageError when no client, or several, are called so."""
    client = find_client(day, cut.client) if cut.client else None
    ledger = day.ledger if cut.as_of == day.today else ledger_on(day.ledger, cut.as_of)
    if client:
        ledger = of_client(ledger, client)
    return AgeingShown(
        name=day.name,
        as_of=cut.as_of,
        today=day.today,
        by=cut.by,
        totals=compute_ageing(ledger, cut.as_of, cut.bounds, by=cut.by),
        clients=compute_client_ageing(ledger, cut.as_of, cut.bounds, by=cut.by),
        client=client,
        invoices=tuple(sorted((row for row in ledger.invoices if owed(row) > ZERO), key=_age)) if client else (),
        per_client=cut.per_client,
        undated_payments=undated_payments(ledger, cut.as_of),
    )


def _age(invoice: Invoice) -> tuple[date, str]:
    return invoice.due or date.max, invoice.number


def of_client(ledger: Ledger, client: Client) -> Ledger:
    """The same ledger with the rows of one client only."""
    invoices = Invoices.of(ledger.invoices)
    places = [at for at, other in enumerate(invoices.columns.clients) if other.key == client.key]
    return replace(
        ledger,
        invoices=tuple(invoices.pick(places)),
        credits=tuple(note for note in ledger.credits if note.client.key == client.key),
    )


def parse_buckets(text: str) -> tuple[int, ...]:
    """`30,60,90` -> the last day of each bucket; UsageError unless they rise from 1.

    >>> parse_buckets("15, 45")
    (15, 45)
    """
    try:
        bounds = tuple(int(piece) for piece in text.split(","))
    except ValueError:
        bounds = ()
    if not bounds or bounds[0] < 1 or list(bounds) != sorted(set(bounds)):
        raise UsageError(
            "buckets-not-understood",
            msg("“{text}” gives no stretches of days.", text=text),
            msg("Write the last day of each, rising: --buckets 30,60,90."),
        )
    return bounds

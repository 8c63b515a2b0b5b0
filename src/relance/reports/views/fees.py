"""relance fees: late fees that can be re-added by hand, one line per stretch with one base and one rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.contracts import Order
from relance.domain.fee_values import FeeLine, Fees
from relance.domain.model import Invoice, Kind, SetAside
from relance.domain.owed import owed
from relance.errors import Message, msg
from relance.money import Money
from relance.reports.view import Align, Column, Line, Section, Table, Tone, View

KINDS: dict[Kind, Message] = {
    Kind.BUSINESS: msg("business"),
    Kind.CONSUMER: msg("consumer"),
    Kind.PUBLIC: msg("public buyer"),
}
_ORDERS = {
    Order.INTEREST_FIRST: msg("payments settle the interest first (Code civil 1343-1)"),
    Order.PRINCIPAL_FIRST: msg("payments settle the principal first"),
}
Entry = tuple[Invoice, Fees]

LINE_COLUMNS = (
    Column("from", msg("from")),
    Column("to", msg("to")),
    Column("days", msg("days"), Align.RIGHT),
    Column("base", msg("base"), Align.RIGHT),
    Column("rate", msg("rate %"), Align.RIGHT),
    Column("half_year", msg("half-year")),
    Column("amount", msg("amount"), Align.RIGHT),
)


def fees_view(entries: tuple[Entry, ...], aside: tuple[SetAside, ...], today: date) -> View:
    """The late fees of some invoices on a day, each with its lines, its total and the rule with its source; rows set
    aside are told apart: fees on an amount or a date that cannot be read would be guessed."""
    return View(
        command="fees",
        title=msg("Late fees"),
        data=lambda: {"as_of": today, "fees": [fees_data(*entry) for entry in entries]},
        sections=lambda: (*_sections(entries, aside), *_told(aside)),
        export=lambda: _export(entries),
        problems=(
            *(notice for _, fees in entries for notice in fees.notices),
            *(problem for row in aside for problem in row.problems),
        ),
    )


def fees_data(invoice: Invoice, fees: Fees) -> dict[str, Any]:
    """One entry of `data.fees[]`."""
    return {
        "number": invoice.number,
        "client": invoice.client.name,
        "currency": invoice.currency,
        "kind": fees.kind,
        "lines": [_line_data(line) for line in fees.lines],
        "interest": fees.interest,
        "indemnity": fees.indemnity,
        "total": fees.total,
        "provisional": fees.provisional,
        "imputation": fees.order,
        "other_total": fees.other_total,
        "basis": fees.rule.basis,
    }


def _line_data(line: FeeLine) -> dict[str, Any]:
    return {
        "from": line.start,
        "to": line.end,
        "days": line.days,
        "base": line.base,
        "rate": line.rate,
        "half_year": str(line.half_year) if line.half_year else None,
        "amount": line.amount,
        "source": line.source,
    }


def _told(aside: tuple[SetAside, ...]) -> Iterator[Section]:
    for row in aside:
        text = msg(
            "{number} is set aside, no fees are computed: {problem}", number=row.number, problem=row.problems[0].message
        )
        yield Line(text, Tone.WARNING)


def _sections(entries: tuple[Entry, ...], aside: tuple[SetAside, ...]) -> Iterator[Section]:
    if not entries and not aside:
        yield Line(msg("No invoice is late: no fees."), Tone.GOOD)
    for invoice, fees in entries:
        yield _table(invoice, fees)
        yield from _remarks(invoice, fees)
    if len(entries) > 1:
        yield _totals(entries)


def _table(invoice: Invoice, fees: Fees) -> Table:
    rows = tuple(_row(line, invoice.currency) for line in fees.lines)
    blank = (None,) * 6
    totals = [
        (msg("interest"), *blank[1:], Money(fees.interest, invoice.currency)),
        (msg("indemnity"), *blank[1:], Money(fees.indemnity, invoice.currency)),
        *((cost.evidence, *blank[1:], Money(cost.amount, invoice.currency)) for cost in fees.costs),
        (msg("total"), *blank[1:], Money(fees.total, invoice.currency)),
    ]
    title = msg(
        "{number} · {client} · {kind} · due {due} · open {open}",
        number=invoice.number,
        client=invoice.client.name,
        kind=KINDS[fees.kind],
        due=invoice.due,
        open=Money(owed(invoice), invoice.currency),
    )
    return Table(title=title, columns=LINE_COLUMNS, rows=rows, totals=tuple(totals) if fees.late else ())


def _row(line: FeeLine, currency: str) -> tuple[Any, ...]:
    half_year = str(line.half_year) if line.half_year else msg("constant")
    return (
        line.start, line.end, line.days, Money(line.base, currency), line.rate, half_year, Money(line.amount, currency)
    )  # fmt: skip


def _remarks(invoice: Invoice, fees: Fees) -> Iterator[Line]:
    if not fees.late:
        yield Line(msg("Not late: no fees."), Tone.GOOD)
        return
    for source in {str(line.source): line.source for line in fees.lines}.values():
        yield Line(msg("Rate: {source}", source=source), Tone.FAINT)
    yield Line(msg("interest = base × rate × days / 365; {basis}", basis=fees.rule.basis), Tone.FAINT)
    if fees.other_total != fees.total:
        order = _ORDERS[fees.order]
        other = Money(fees.other_total, invoice.currency)
        yield Line(msg("Here {order}; in the other order the total is {other}.", order=order, other=other))
    for notice in fees.notices:
        yield Line(notice.message, Tone.WARNING)


def _totals(entries: tuple[Entry, ...]) -> Table:
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client"), fold=True),
        Column("interest", msg("interest"), Align.RIGHT),
        Column("indemnity", msg("indemnity"), Align.RIGHT),
        Column("total", msg("total"), Align.RIGHT),
    )
    rows = tuple(
        (
            invoice.number, invoice.client.name, Money(fees.interest, invoice.currency),
            Money(fees.indemnity, invoice.currency), Money(fees.total, invoice.currency),
        )
        for invoice, fees in entries
    )  # fmt: skip
    sums: dict[str, list[Decimal]] = {}
    for invoice, fees in entries:
        figures = sums.setdefault(invoice.currency, [Decimal(0)] * 3)
        figures[:] = [a + b for a, b in zip(figures, (fees.interest, fees.indemnity, fees.total), strict=True)]
    totals = tuple(
        (msg("total"), None, *(Money(figure, currency) for figure in figures)) for currency, figures in sums.items()
    )
    return Table(title=msg("All together"), columns=columns, rows=rows, totals=totals)


def _export(entries: tuple[Entry, ...]) -> Table:
    head = (Column("number", msg("invoice")), Column("client", msg("client")))
    rows = tuple(
        (invoice.number, invoice.client.name, *_row(line, invoice.currency))
        for invoice, fees in entries
        for line in fees.lines
    )
    return Table(columns=(*head, *LINE_COLUMNS), rows=rows)

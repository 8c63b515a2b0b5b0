"""relance fees: late fees that can be re-added by hand, one line per stretch with one base and one rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.late_fees.contracts import Contract
from relance.domain.late_fees.fee_values import FeeLine, Fees
from relance.domain.late_fees.fees import open_on
from relance.domain.late_fees.imputation import movements_of
from relance.domain.model import Invoice, Kind, SetAside
from relance.domain.owed import owed, owed_in_sheet
from relance.domain.policies.reasons import say_due
from relance.errors import Message, msg
from relance.money import Money
from relance.reports.view import Align, Column, Line, Section, Table, Tone, View
from relance.reports.views.fee_notes import movement_table, no_fees, remarks_on

KINDS: dict[Kind, Message] = {
    Kind.BUSINESS: msg("business"),
    Kind.CONSUMER: msg("consumer"),
    Kind.PUBLIC: msg("public buyer"),
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


def fees_view(entries: tuple[Entry, ...], aside: tuple[SetAside, ...], as_of: date, today: date) -> View:
    """The late fees of some invoices as of a day, each with its lines, its total and the rule with its source; rows set
    aside are told apart: fees on an amount or a date that cannot be read would be guessed."""
    return View(
        command="fees",
        title=msg("Late fees") if as_of == today else msg("Late fees as of {day}", day=as_of),
        data=lambda: {"as_of": as_of, "fees": [fees_data(*entry, as_of) for entry in entries]},
        sections=lambda: (*_sections(entries, aside, as_of), *_told(aside)),
        export=lambda: _export(entries),
        problems=(
            *(notice for _, fees in entries for notice in fees.notices),
            *(problem for row in aside for problem in row.problems),
        ),
    )


def fees_data(invoice: Invoice, fees: Fees, as_of: date) -> dict[str, Any]:
    """One entry of `data.fees[]`."""
    contract = fees.contract
    return {
        "number": invoice.number,
        "client": invoice.client.name,
        "currency": invoice.currency,
        "kind": fees.kind,
        "due": invoice.due,
        "open": open_on(invoice, as_of),
        "lines": [_line_data(line) for line in fees.lines],
        "interest": fees.interest,
        "disputed": fees.disputed,
        "indemnity": fees.indemnity,
        "indemnity_apart": fees.apart.amount if fees.apart else None,
        "indemnity_currency": fees.apart.currency if fees.apart else invoice.currency,
        "surcharge": invoice.surcharge,
        "costs": [{"amount": cost.amount, "evidence": cost.evidence} for cost in fees.costs],
        "total": fees.total,
        "provisional": fees.provisional,
        "imputation": fees.order,
        "other_total": fees.other_total,
        "claimed": fees.claimed,
        "claimed_until": contract.claimed_until,
        "claimed_lines": [_line_data(line) for line in fees.earlier_lines],
        "waived": contract.waived,
        "paid": contract.fees_paid,
        "overpaid": fees.covered,
        "owed": fees.owed,
        "movements": [
            {
                "kind": move.kind, "on": move.on, "amount": move.amount, "on_interest": move.on_interest,
                "left": move.left,
            }
            for move in movements_of(invoice, fees, as_of)
        ],
        "basis": fees.rule.basis,
        "clause": contract.sentence,
    }  # fmt: skip


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
        "provisional": line.provisional,
    }


def _told(aside: tuple[SetAside, ...]) -> Iterator[Section]:
    for row in aside:
        text = msg(
            "{number} is set aside, no fees are computed: {problem}", number=row.number, problem=row.problems[0].message
        )
        yield Line(text, Tone.WARNING)


def _sections(entries: tuple[Entry, ...], aside: tuple[SetAside, ...], as_of: date) -> Iterator[Section]:
    if not entries and not aside:
        yield Line(msg("No invoice is late: no fees."), Tone.GOOD)
    for invoice, fees in entries:
        if fees.late:
            yield _table(invoice, fees, as_of)
        elif not fees.notices:
            yield Line(no_fees(invoice, as_of), Tone.GOOD)
        if fees.lines and (moves := movements_of(invoice, fees, as_of)):
            yield movement_table(invoice, moves)
        yield from remarks_on(invoice, fees)
    late = tuple(entry for entry in entries if entry[1].late)
    if len(late) > 1:
        yield _totals(late)


def _table(invoice: Invoice, fees: Fees, as_of: date) -> Table:
    """The lines closed by the figures of the account; the account alone where no line is left to claim."""
    title = msg(
        "{number} · {client} · {kind} · due {due} · open {open}",
        number=invoice.number,
        client=invoice.client.shown,
        kind=KINDS[fees.kind],
        due=say_due(invoice),
        open=Money(_open(invoice, as_of), invoice.currency),
    )
    account = [(label, Money(amount, invoice.currency)) for label, amount in _account(fees)]
    if fees.apart:
        account.append((msg("indemnity, due besides"), fees.apart))
    if invoice.surcharge is not None:
        account.append((msg("late fees in the workbook"), Money(invoice.surcharge, invoice.currency)))
    if not fees.lines:
        columns = Column("item", msg("item")), Column("amount", msg("amount"), Align.RIGHT)
        return Table(title=title, columns=columns, rows=tuple(account))
    rows = tuple(_row(line, invoice.currency) for line in fees.lines)
    tones = tuple(Tone.WARNING if line.provisional else Tone.PLAIN for line in fees.lines)
    totals = tuple((label, *(None,) * 5, amount) for label, amount in account)
    return Table(title=title, columns=LINE_COLUMNS, rows=rows, totals=totals, tones=tones)


def _open(invoice: Invoice, as_of: date) -> Decimal:
    """The open amount at the end of a day; what its status settles or voids is not owed on any."""
    return open_on(invoice, as_of) if owed_in_sheet(invoice) == invoice.open else owed(invoice)


def _account(fees: Fees) -> Iterator[tuple[Message | str, Decimal]]:
    """Each figure of the fees with its name, from the sum of the lines to what is still owed."""
    contract = fees.contract
    yield msg("interest"), fees.interest
    if fees.disputed:
        yield msg("of which on the disputed amount"), fees.disputed
    if fees.rule.indemnity and not fees.apart:
        yield msg("indemnity"), fees.indemnity
    yield from ((cost.evidence, cost.amount) for cost in fees.costs)
    yield msg("total (provisional)") if fees.provisional else msg("total"), fees.total
    if fees.claimed:
        yield _claimed_before(contract), fees.claimed
    less = ((msg("paid"), contract.fees_paid), (msg("waived"), contract.waived), (msg("overpaid"), fees.covered))
    yield from ((label, -amount) for label, amount in less if amount)
    if fees.owed != fees.total:
        yield msg("still owed"), fees.owed


def _claimed_before(contract: Contract) -> Message:
    if contract.claimed_until is None:
        return msg("claimed before")
    return msg("claimed before, up to {day}", day=contract.claimed_until)


def _row(line: FeeLine, currency: str) -> tuple[Any, ...]:
    half_year: str | Message = str(line.half_year) if line.half_year else msg("constant")
    if line.provisional:
        half_year = msg("{half_year} (provisional)", half_year=half_year)
    return (
        line.start, line.end, line.days, Money(line.base, currency), line.rate, half_year, Money(line.amount, currency)
    )  # fmt: skip


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
            invoice.number, invoice.client.shown, Money(fees.interest, invoice.currency),
            fees.apart or Money(fees.indemnity, invoice.currency), _with_apart(fees, invoice.currency),
        )
        for invoice, fees in entries
    )  # fmt: skip
    sums: dict[str, list[Decimal]] = {}
    for invoice, fees in entries:
        figures = sums.setdefault(invoice.currency, [Decimal(0)] * 3)
        figures[:] = [a + b for a, b in zip(figures, (fees.interest, fees.indemnity, fees.total), strict=True)]
        if fees.apart:
            others = sums.setdefault(fees.apart.currency, [Decimal(0)] * 3)
            others[1:] = [figure + fees.apart.amount for figure in others[1:]]
    totals = tuple(
        (msg("total"), None, *(Money(figure, currency) for figure in figures)) for currency, figures in sums.items()
    )
    return Table(title=msg("All together"), columns=columns, rows=rows, totals=totals)


def _with_apart(fees: Fees, currency: str) -> Money | tuple[Money, ...]:
    total = Money(fees.total, currency)
    return (total, fees.apart) if fees.apart else total


def _export(entries: tuple[Entry, ...]) -> Table:
    """One row per line of interest, indemnity or cost: the amounts of an invoice add up to its total."""
    columns = (
        Column("number", msg("invoice")),
        Column("client", msg("client")),
        Column("item", msg("item")),
        *LINE_COLUMNS,
        Column("provisional", msg("provisional")),
        Column("source", msg("source")),
    )
    rows = tuple(
        (invoice.number, invoice.client.name, *row) for invoice, fees in entries for row in _exported(invoice, fees)
    )
    return Table(columns=columns, rows=rows)


def _exported(invoice: Invoice, fees: Fees) -> Iterator[tuple[Any, ...]]:
    for line in fees.lines:
        yield (
            msg("interest"), line.start, line.end, line.days, Money(line.base, invoice.currency), line.rate,
            str(line.half_year) if line.half_year else msg("constant"), Money(line.amount, invoice.currency),
            msg("provisional") if line.provisional or fees.provisional else None, line.source,
        )  # fmt: skip
    flat = [(msg("indemnity"), fees.indemnity)] if fees.indemnity else []
    for what, amount in (*flat, *((cost.evidence, cost.amount) for cost in fees.costs)):
        yield (what, *(None,) * 6, Money(amount, invoice.currency), None, fees.rule.basis)
    if fees.apart:
        yield (msg("indemnity, due besides"), *(None,) * 6, fees.apart, None, fees.rule.basis)

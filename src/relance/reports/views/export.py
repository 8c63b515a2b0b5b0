"""relance export: the tables of a workbook for programs, one row per thing, every column of one type.

Columns are named as in the JSON contract (docs/json.md); within its version they are added, never renamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relance.domain.day import Day
from relance.domain.model import Client, DueSource
from relance.errors import msg
from relance.reports.view import Column, Table, View
from relance.reports.views.invoices import invoice_data

Row = dict[str, Any]


def _typed(spec: str) -> tuple[Column, ...]:
    """Columns from `key:type` words; a word without type is text."""
    pairs = (word.partition(":") for word in spec.split())
    return tuple(Column(key, msg("{key}", key=key), type=kind or "text") for key, _, kind in pairs)


_PLACE = "sheet row:integer"
TABLES: dict[str, tuple[Column, ...]] = {
    "invoices": _typed(
        "number client client_code kind issued:date due:date due_source order currency total:amount deposit:amount "
        "paid:amount credited:amount open:amount status status_word days_late:integer level:integer last_reminder:date "
        "promise:date hold:flag disputed:flag action step:integer channel reason next_date:date interest:amount "
        f"indemnity:amount fees:amount fees_owed:amount fees_provisional:flag comment {_PLACE}"
    ),
    "clients": _typed("client client_code kind email phone contact address language policy hold:flag"),
    "payments": _typed("number client on:date amount:amount currency deposit:flag"),
    "reminders": _typed("number client on:date"),
    "fees": _typed(
        "number client currency from:date to:date days:integer base:amount rate:rate half_year amount:amount "
        "provisional:flag"
    ),
    "problems": _typed(f"code severity number client amount:amount currency value {_PLACE} cell"),
}
"""Every table with its columns. An amount is a decimal with two digits in `currency`; a rate is per cent a year."""


def export_view(day: Day, table: str) -> View:
    """One of `TABLES` of a workbook on a day, the settled invoices included."""
    made = {
        "invoices": _invoices, "clients": _clients, "payments": _payments, "reminders": _reminders, "fees": _fees,
        "problems": _problems,
    }[table]  # fmt: skip

    def typed() -> Table:
        columns = TABLES[table]
        rows = tuple(tuple(row.get(column.key) for column in columns) for row in made(day))
        return Table(columns=columns, rows=rows, export=True)

    return View(
        command="export",
        title=msg("Export · {name}", name=day.name),
        data=lambda: {"table": table, "rows": list(made(day))},
        sections=lambda: (typed(),),
        export=typed,
        problems=day.problems,
    )


def _invoices(day: Day) -> Iterator[Row]:
    for invoice, decision in zip(day.ledger.invoices, day.decisions, strict=True):
        said = invoice_data(day, invoice, decision)
        fees, decided = said["fees"], said["decision"]
        yield {
            **said,
            **decided,
            "client_code": invoice.client.code or None,
            "due_source": DueSource(invoice.due_source).value if invoice.due else None,
            "status": said["status"].value,
            "kind": said["kind"].value,
            "action": decided["action"].value,
            "channel": decided["channel"].value if decided["channel"] else None,
            "order": invoice.order or None,
            "comment": invoice.comment or None,
            "last_reminder": max(invoice.reminders, default=None),
            "promise": invoice.promise,
            "hold": bool(invoice.hold or invoice.client.hold),
            "disputed": bool(invoice.dispute),
            "interest": fees["interest"],
            "indemnity": fees["indemnity"],
            "fees": fees["total"],
            "fees_owed": fees["owed"],
            "fees_provisional": fees["provisional"],
            "sheet": invoice.where.sheet,
            "row": invoice.where.row,
        }


def _clients(day: Day) -> Iterator[Row]:
    clients = {client.key: client for client in (*day.ledger.clients, *(row.client for row in day.ledger.invoices))}
    for client in clients.values():
        yield {
            **_named(client),
            "kind": client.kind.value if client.kind else None,
            **{key: getattr(client, key) or None for key in ("email", "phone", "contact", "address", "language")},
            "policy": client.policy,
            "hold": bool(client.hold),
        }


def _named(client: Client) -> Row:
    return {"client": client.name, "client_code": client.code or None}


def _payments(day: Day) -> Iterator[Row]:
    for invoice in day.ledger.invoices:
        head = {"number": invoice.number, "client": invoice.client.name, "currency": invoice.currency}
        if invoice.deposit:
            yield {**head, "on": None, "amount": invoice.deposit, "deposit": True}
        for payment in invoice.payments:
            yield {**head, "on": payment.on, "amount": payment.amount, "deposit": False}


def _reminders(day: Day) -> Iterator[Row]:
    for invoice in day.ledger.invoices:
        for on in invoice.reminders:
            yield {"number": invoice.number, "client": invoice.client.name, "on": on}


def _fees(day: Day) -> Iterator[Row]:
    from relance.reports.views.fees import fees_data  # noqa: PLC0415 - only for this table

    for invoice, _ in day.overdue:
        said = fees_data(invoice, day.fees_of(invoice), day.today)
        for line in said["lines"]:
            yield {"number": invoice.number, "client": invoice.client.name, "currency": invoice.currency, **line}


def _problems(day: Day) -> Iterator[Row]:
    aside = {id(problem): row for row in day.ledger.set_aside for problem in row.problems}
    for problem in day.problems:
        row, where = aside.get(id(problem)), problem.where
        yield {
            "code": problem.code,
            "severity": problem.severity.value,
            "number": (row.number or None) if row else None,
            "client": (row.client or None) if row else None,
            "amount": row.amount if row else None,
            "currency": row.currency if row else None,
            "value": problem.value or None,
            "sheet": where.sheet if where else None,
            "row": where.row or None if where else None,
            "cell": where.cell or None if where else None,
        }

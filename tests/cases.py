"""Invoices, policies and days for the tests of the rules: the shipped policy, and a sheet made row by row."""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any

from relance.domain.model import Client, ColumnFound, Draft, Invoice, Ledger
from relance.domain.names import fold
from relance.domain.policies.policy import PolicySet
from relance.domain.policies.policy_tables import build_calendar, build_policies
from relance.errors import Where

TODAY = date(2026, 11, 20)  # a Friday


def shipped(name: str) -> dict[str, Any]:
    text = (resources.files("relance") / "data" / name).read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


POLICIES = build_policies(shipped("policy.toml"))
CALENDAR = build_calendar(shipped("holidays.toml"))


def policies(**layer: Any) -> PolicySet:
    """The shipped policies under one layer of changes."""
    return build_policies(shipped("policy.toml"), layer)


def client(name: str = "Dupont", **more: Any) -> Client:
    email = f"compta@{fold(name).replace(' ', '-') or 'nobody'}.example"
    return Client(key=more.pop("key", name.lower()), name=name, **{"email": email, **more})


def invoice(number: str = "F-1", late: int = 5, **more: Any) -> Invoice:
    """An open invoice of 1 000 EUR, late by so many days on TODAY."""
    due = TODAY - timedelta(late)
    start: dict[str, Any] = {
        "number": number,
        "client": client(),
        "where": Where("Factures", 2),
        "total": Decimal(1000),
        "issued": due - timedelta(30),
        "due": due,
    }
    return Invoice(**(start | more))


def ledger(*invoices: Invoice, notes: tuple[Invoice, ...] = (), drafts: tuple[Draft, ...] = ()) -> Ledger:
    """A sheet of these rows, with a column for every role the checks point at."""
    roles = ("client", "number", "issued", "due", "paid", "paid_on", "balance", "reminder_count", "reminder_dates",
             "status", "email", "promise", "policy")  # fmt: skip
    columns = tuple(ColumnFound(role, chr(65 + place), role) for place, role in enumerate(roles))
    clients = tuple({row.client.key: row.client for row in invoices}.values())
    return Ledger(sheet="Factures", invoices=invoices, credits=notes, drafts=drafts, columns=columns, clients=clients)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)

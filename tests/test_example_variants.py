"""The example's invoices under other headers, in another order, under a title, in English: the same decisions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from conftest import EXAMPLE, Run
from sheets import make_sheets

DAY = ("--today", "2026-11-20")
ROLES = (
    "number", "client", "issued", "due", "order", "total", "deposit", "paid", "paid_on", "balance", "surcharge",
    "count", "reminders", "status", "promise", "comment",
)  # fmt: skip
PEOPLE = ("code", "client", "contact", "email", "phone", "address", "language", "kind", "terms", "hold", "note")
Row = dict[str, Any]
Sheets = dict[str, list[list[Any]]]


def _read(sheet: str, roles: tuple[str, ...], first: int) -> list[Row]:
    book = openpyxl.load_workbook(EXAMPLE, data_only=True)
    lines = book[sheet].iter_rows(min_row=first, max_col=len(roles), values_only=True)
    return [dict(zip(roles, map(_plain, line), strict=True)) for line in lines if line[1]]


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


@pytest.fixture(scope="module")
def invoices() -> list[Row]:
    return _read("Factures", ROLES, 6)


@pytest.fixture(scope="module")
def people() -> list[Row]:
    return _read("Clients", PEOPLE, 2)


def _laid(rows: list[Row], columns: dict[str, str], change: Callable[[str, Any], Any]) -> list[list[Any]]:
    """The rows under these headers, in this order, each cell changed."""
    return [list(columns), *([change(role, row[role]) for role in columns.values()] for row in rows)]


def _other_words(role: str, value: Any) -> Any:
    """Dates and amounts typed as text, other status words; what is unreadable stays as it is."""
    words = {"Payée": "Réglée", "Émise": "En attente", "Litige": "En litige", "Relancée": "Rappel envoyé"}
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int | float) and role != "count":
        return f"{value:,.2f} €".replace(",", "\u202f").replace(".", ",")
    return words.get(value, value)


def _in_english(role: str, value: Any) -> Any:
    words = {
        "Payée": "Paid", "Émise": "Sent", "Litige": "In dispute", "Relancée": "Reminder sent",
        "Mise en demeure": "Formal notice", "Partiellement payée": "Part paid", "Annulée": "Void",
        "Avoir": "Credit note", "Français": "French", "Anglais": "English", "Entreprise": "Company",
        "Particulier": "Individual", "Acheteur public": "Public sector",
    }  # fmt: skip
    if isinstance(value, date):
        return value.isoformat()
    if role == "comment" and value:
        return value.replace("Avoir sur", "Credit note on")
    if role == "reminders" and value:
        return ", ".join("-".join(reversed(day.split("/"))) for day in value.split(" ; "))
    return words.get(value, value)


def other_headers(invoices: list[Row], people: list[Row]) -> Sheets:
    """Other French headers from the last to the first column, each reminder in its own, all typed as text."""
    columns = {
        "Remarques": "comment", "État du paiement": "status", "Promis le": "promise", "Nombre de relances": "count",
        "Pénalités de retard": "surcharge", "Solde dû": "balance", "Réglée le": "paid_on", "Total réglé": "paid",
        "Avance": "deposit", "Net à payer": "total", "Date limite de paiement": "due",
        "Émise le": "issued", "Raison sociale": "client", "Réf. facture": "number",
    }  # fmt: skip
    table = _laid(invoices, columns, _other_words)
    table[0] += [f"Relance {number}" for number in range(1, 7)]
    for line, row in zip(table[1:], invoices, strict=True):
        days = row["reminders"] or ""
        line.extend([f"{days:%d/%m/%Y}"] if isinstance(days, date) else days.split(" ; "))
    return {"Suivi 2026": table, "Annuaire": _directory(people, _other_words)}


def _directory(people: list[Row], change: Callable[[str, Any], Any]) -> list[list[Any]]:
    columns = {
        "Ne pas relancer avant le": "hold", "Catégorie client": "kind", "Courriel": "email", "Tél.": "phone",
        "Interlocuteur": "contact", "Langue du client": "language", "Nom du client": "client",
    }  # fmt: skip
    return _laid(people, columns, change)


def under_a_title(invoices: list[Row], people: list[Row]) -> Sheets:
    """The example's own headers in another order, under a title and a legend, blank columns before and a total below;
    who the clients are stands on each row."""
    columns = {
        "Client": "client", "Statut": "status", "Facture n°": "number", "Date": "issued", "Échéance": "due",
        "TTC": "total", "Acompte versé": "deposit", "Déjà réglé": "paid", "Date du règlement": "paid_on",
        "Relances": "count", "Dates des relances": "reminders", "Promesse": "promise", "Majoration": "surcharge",
        "Observations": "comment", "Mail": "email", "Téléphone": "phone", "Contact": "contact", "Langue": "language",
        "Type de client": "kind", "Ne pas relancer avant": "hold",
    }  # fmt: skip
    known = {person["client"]: person for person in people}
    joined = [{**known[row["client"]], **row} for row in invoices]
    table = _laid(joined, columns, lambda role, value: value)
    total = sum(row["total"] for row in invoices if isinstance(row["total"], int | float))
    table += [[], ["Total général", None, None, None, None, total]]
    above: list[list[Any]] = [
        ["Ateliers Roussel"],
        ["Tableau de suivi", None, date(2026, 11, 20)],
        [],
        ["rouge = échu"],
    ]
    return {"Notes": [["À faire : relancer lundi"]], "Tableau": [[None, None, *line] for line in [*above, *table]]}


def in_english(invoices: list[Row], people: list[Row]) -> Sheets:
    """English headers and words, ISO dates typed as text, the clients first."""
    columns = {
        "Invoice #": "number", "Bill to": "client", "Status": "status", "Issue date": "issued", "Payment due": "due",
        "Grand total": "total", "Prepaid": "deposit", "Amount received": "paid", "Settled date": "paid_on",
        "Outstanding": "balance", "Reminders sent": "count", "Reminder dates": "reminders", "Late fee": "surcharge",
        "Promised date": "promise", "Remarks": "comment", "PO number": "order",
    }  # fmt: skip
    directory = {
        "Customer name": "client", "Billing email": "email", "Phone number": "phone", "Contact person": "contact",
        "Language": "language", "Customer type": "kind", "Do not chase before": "hold",
    }  # fmt: skip
    table = _laid([_with_text_days(row) for row in invoices], columns, _in_english)
    return {"Customers": _laid(people, directory, _in_english), "Receivables": [["Receivables ledger"], [], *table]}


def _with_text_days(row: Row) -> Row:
    days = row["reminders"]
    return {**row, "reminders": f"{days:%d/%m/%Y}" if isinstance(days, date) else days}


VARIANTS = (other_headers, under_a_title, in_english)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
def test_the_same_decisions_come_out(
    variant: Callable[..., Sheets],
    invoices: list[Row],
    people: list[Row],
    folder: Path,
    run: Callable[..., Run],
) -> None:
    expected = {command: _answer(run, command) for command in ("invoices", "status")}
    (folder / EXAMPLE.name).unlink()
    make_sheets(folder / "autre.xlsx", variant(invoices, people))
    found = {command: _answer(run, command) for command in ("invoices", "status")}
    assert len(expected["invoices"]["invoices"]) == len(invoices) - 3  # a credit note, two rows to fix
    for command, key, place in ((c, k, p) for c, data in expected.items() for k in data for p in data[k]):
        assert found[command][key].get(place) == expected[command][key][place], (command, key, place)
    assert found == expected


def _answer(run: Callable[..., Run], command: str) -> Any:
    """The data of a command, without the places and the words of the sheet."""
    done = run(command, *(["--all"] if command == "invoices" else []), "--json", *DAY)
    assert done.code == 0, done.err
    data = json.loads(done.out)["data"]
    for listed in ("invoices", "to_fix"):
        for line in data.get(listed, ()):
            line["where"] = None
            line.pop("status_word", None)
    return {
        key: {str(line.get("number") or place): line for place, line in enumerate(value)}
        if isinstance(value, list)
        else value
        for key, value in data.items()
    }

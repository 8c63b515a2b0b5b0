"""The whole JSON contract on workbooks as firms keep them: French, English, in several currencies, with credit notes,
payments without dates, statuses that tell days, terms instead of due dates; and on one that holds nothing yet."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from json_contract import check_agreement, check_answer
from sheets import Rows, make

TODAY = "2026-11-20"
_SHARED = os.environ.get("RELANCE_SHARED")
_SAMPLES = sorted((Path(_SHARED) / "samples" / "xlsx").glob("*.xls[xm]"))[::9] if _SHARED else []


def on(month: int, day: int) -> date:
    return date(2026, month, day)


BOOKS: dict[str, dict[str, Rows]] = {
    "plombier": {
        "Suivi": [
            ("N° Facture", "Raison sociale", "Date de facturation", "Date limite de paiement", "Total HT", "TVA",
             "Total TTC", "Acompte versé", "Mt réglé", "Date de règlement", "Nb relances", "Etat", "Courriel"),
            ("101", "Mme Martin", on(8, 1), on(8, 31), 1000, 200, 1200, "", 1200, on(9, 4), 0, "Payée", "m@x.example"),
            ("102", "SARL Leroy", on(8, 20), on(9, 19), 2500.5, 500.1, 3000.6, 600, "", "", 2, "Relancée", "l@x.test"),
            ("103", "Dupain", on(9, 3), on(10, 3), 450, 45, 495, "", 200, on(10, 15), 0, "Partiellement payée", ""),
            ("104", "Les Lilas", on(9, 15), on(10, 15), 5000, 1000, 6000, "", "", "", 1, "en litige", ""),
            ("105", "Les Lilas", on(9, 15), "bientôt", 50, 10, 60, "", "", "", "", "Émise", ""),
            ("AV-1", "SARL Leroy", on(10, 1), "", -100, -20, -120, "", "", "", "", "Avoir", ""),
        ]
    },
    "english": {
        "AR": [
            ("Northwind Ltd",), (), ("", "Invoice #", "Bill To", "Issue Date", "Due", "Invoice Amount", "Amount Paid",
             "Outstanding", "Status", "Currency"),
            ("", "I-1", "Acme", on(7, 1), on(7, 31), 12500, 0, 12500, "Overdue", "EUR"),
            ("", "I-2", "Globex", on(8, 15), on(9, 14), 4300.25, 1300.25, 3000, "Partially paid", "USD"),
            ("", "I-3", "Initech", on(10, 1), on(10, 31), 990, 990, 0, "Paid", "EUR"),
            ("", "I-4", "Umbrella", on(9, 30), on(10, 30), 2200, 0, 2200, "Disputed", "GBP"),
            ("", "Total", "", "", "", 19990.25, 2290.25, 17700),
        ]
    },
    "mini": {
        "Feuil1": [("Numéro", "Montant", "Date"), (1, 1200, on(9, 1)), (2, 340.5, on(10, 10)), (3, 78, on(11, 12))]
    },
    "export": {
        "Factures": [
            ("N° pièce", "Code client", "Date pièce", "Date échéance", "Montant TTC", "Devise", "Règlement",
             "Type pièce"),
            ("FC1", "C1", "01/09/2026", "01/10/2026", "1 234,56 €", "EUR", "", "Facture"),
            ("FC2", "C2", "05/09/2026", "05/10/2026", "9.876,00", "CHF", "876,00", "Facture"),
            ("AV1", "C1", "15/09/2026", "", "-234,56 €", "EUR", "", "Avoir"),
            ("AV2", "C1", "20/10/2026", "19/11/2026", "(500,00)", "EUR", "", "Avoir"),
        ],
        "Clients": [("Code client", "Raison sociale", "E-mail", "Catégorie"),
                    ("C1", "Éts Lefèvre", "c@x.example", "Mairie"),
                    ("C2", "Paul Durand", "pas@valide", "Particulier")],
    },
    "statuts": {
        "2026": [
            ("Client", "N° de facture", "Date", "Montant TTC", "Conditions", "Statut"),
            ("Café", "1", on(7, 1), 640, "30 jours", "Réglé le 12/08/2026"),
            ("Café", "2", on(9, 1), 820, "45 jours fin de mois", "Relancé le 15/10/2026"),
            ("Studio", "3", on(9, 10), 1500, "30 jours", "réglé 500 le 20/10, reste 1000"),
            ("Studio", "4", on(9, 10), 0.1, "30 jours", ""),
            ("Bar", "5", on(9, 10), 1e7, "30 jours", "?"),
        ]
    },
}  # fmt: skip
COMMANDS = (
    ("invoices", "--overdue"), ("fees",), ("fees", "--as-of", "2027-03-01"), ("check",), ("report",), ("clients",),
    ("ageing",), ("config",), ("remind", "--dry-run"), ("log",), ("adopt", "--dry-run"), ("export", "--table", "fees"),
)  # fmt: skip


@pytest.fixture
def ask(run: Callable[..., Run]) -> Callable[..., Any]:
    """`ask("status", "-w", book)`: its `data`, held against the contract; the exit code too."""

    def _ask(*words: str) -> Any:
        done = run(*words, "--json", "--today", TODAY)
        data = check_answer(json.loads(done.out), words[0], TODAY)
        assert done.code == (1 if words[0] == "check" and data["errors"] else 0)
        return data

    return _ask


def whole_contract(ask: Callable[..., Any], book: str, *commands: tuple[str, ...]) -> None:
    """Every answer on a workbook keeps the contract, and the answers agree with one another."""
    invoices = ask("invoices", "--all", "-w", book)["invoices"]
    check_agreement(ask("status", "-w", book), invoices)
    for words in commands:
        ask(*words, "-w", book)
    counts = [row["number"] for row in invoices]
    for number in [number for number in counts if counts.count(number) == 1][:6]:
        ask("why", number, "-w", book)


@pytest.mark.parametrize("name", BOOKS)
def test_workbooks_as_firms_keep_them(name: str, tmp_path: Path, ask: Callable[..., Any]) -> None:
    first, *others = BOOKS[name].items()
    book = make(tmp_path / f"{name}.xlsx", first[1], **dict(others))
    whole_contract(ask, str(book), *COMMANDS)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("book", ["suivi_factures.xlsx", "penalites/penalites.xlsx"])
def test_the_examples(book: str, ask: Callable[..., Any]) -> None:
    whole_contract(ask, book, *COMMANDS)


def test_a_workbook_just_made(tmp_path: Path, run: Callable[..., Run], ask: Callable[..., Any]) -> None:
    book = str(tmp_path / "neuf.xlsx")
    assert run("init", book).code == 0
    whole_contract(ask, book, *COMMANDS)
    assert ask("status", "-w", book)["totals"] == []


@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: path.name)
def test_samples(path: Path, ask: Callable[..., Any]) -> None:
    whole_contract(ask, str(path), ("fees",), ("check",))


def test_the_checker_refuses_what_breaks_the_contract() -> None:
    """The checker itself: each of these answers is wrong in one place."""
    good: dict[str, Any] = {
        "relance": 1, "command": "check", "today": TODAY, "data": {"errors": 0, "warnings": 1},
        "problems": [{"code": "no-email", "severity": "warning", "where": {"sheet": "S", "cell": "A1"}, "value": "",
                      "message": "m", "hint": "h"}],
    }  # fmt: skip
    assert check_answer(good, "check", TODAY) == good["data"]
    (problem,) = good["problems"]
    for wrong in (
        {"relance": 2}, {"command": "status"}, {"today": "20/11/2026"}, {"data": {"errors": 0, "warnings": 0}},
        {"data": {"errors": 0, "warnings": 1, "open": "12.5"}}, {"data": {"errors": 0, "warnings": 1, "rate": 1.5}},
        {"data": {"errors": 0, "warnings": 1, "issued": "01/02/2026"}}, {"problems": [problem | {"hint": ""}]},
        {"problems": [problem | {"where": {"sheet": "S", "cell": ""}}]}, {"problems": [problem | {"more": 1}]},
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            check_answer(good | wrong, "check", TODAY)

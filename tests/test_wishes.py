"""What relance.toml says of clients and invoices: it applies where the workbook says nothing, else it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from sheets import make_sheets

DAY = ("--today", "2026-11-20")
DUE = date(2026, 10, 1)
HEADERS = ["Client", "N° facture", "Date facture", "Échéance", "Montant TTC"]
ROWS = [
    ["Hôtel Bellerive", "F-2026-001", date(2026, 9, 1), DUE, 100],
    ["Pharmacie Dubreuil", "F-2026-002", date(2026, 9, 1), DUE, 200],
    ["Garage Martin", "F-2026-003", date(2026, 9, 1), DUE, 300],
]
CLIENTS = [
    ["Client", "E-mail", "Téléphone", "Type de client", "Politique", "Ne pas relancer"],
    ["Hôtel Bellerive", "a@a.example", "01 02 03 04 05", "Particulier", "défaut", ""],
    ["Pharmacie Dubreuil", "b@b.example", "", "", "", "31/12/2026"],
    ["Garage Martin", "", "", "", "", ""],
]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Run]) -> Callable[..., Any]:
    """`said(toml, command)`: the JSON of a command, in English, with such a relance.toml beside the workbook."""
    make_sheets(tmp_path / "suivi.xlsx", {"Factures": [HEADERS, *ROWS], "Clients": CLIENTS})
    monkeypatch.chdir(tmp_path)

    def answer(toml: str, command: str = "check", *more: str) -> Any:
        Path("relance.toml").write_text('[policies.default2]\naliases = ["défaut"]\n' + toml, encoding="utf-8")
        return json.loads(run(command, *more, "--json", "--lang", "en", *DAY).out)

    return answer


def told(envelope: Any, *codes: str) -> list[tuple[str, str, str]]:
    return [(p["code"], p["severity"], p["value"]) for p in envelope["problems"] if p["code"] in codes]


NOBODY = '[clients."Hotel Belerive"]\npolicy = "never"\nrate = "9 %"\n'


def test_a_client_the_workbook_does_not_have_is_told_once_with_the_nearest(said: Callable[..., Any]) -> None:
    envelope = said(NOBODY)
    assert told(envelope, "named-nobody", "policy-for-nobody", "terms-for-nobody") == [
        ("named-nobody", "error", "Hotel Belerive")
    ]
    (problem,) = [p for p in envelope["problems"] if p["code"] == "named-nobody"]
    assert "relance.toml, line 3" in problem["message"]
    assert "Hôtel Bellerive" in problem["hint"]


@pytest.mark.parametrize(
    ("toml", "severity"),
    [
        ('[clients."X"]\nhold = true\n', "error"),
        ('[clients."X"]\nhold = false\n', "warning"),
        ('[clients."X"]\nrate = "9 %"\n', "warning"),
        ('[invoices."F-2026-099"]\npolicy = "never"\n', "error"),
        ('[invoices."F-2026-099"]\nrate = "9 %"\n', "warning"),
    ],
)
def test_it_is_an_error_when_it_was_a_stop(said: Callable[..., Any], toml: str, severity: str) -> None:
    (found,) = told(said(toml), "named-nobody")
    assert found[1] == severity


@pytest.mark.parametrize("command", ["status", "remind", "report"])
def test_a_stop_for_nobody_stands_in_the_list_of_the_day(
    said: Callable[..., Any], run: Callable[..., Run], command: str
) -> None:
    said(NOBODY)
    done = run(command, *(["--dry-run"] if command == "remind" else []), "--lang", "en", *DAY)
    assert "“Hotel Belerive” is no client of the workbook" in done.out


def test_a_name_that_the_workbook_has_is_not_told(said: Callable[..., Any]) -> None:
    toml = '[clients."HOTEL bellerive"]\nrate = "9 %"\n[invoices."f 2026 002"]\nrate = "9 %"\n'
    assert told(said(toml), "named-nobody") == []


def test_what_the_workbook_overrules_is_told(said: Callable[..., Any]) -> None:
    toml = (
        '[clients."Hôtel Bellerive"]\npolicy = "never"\nemail = "A@a.example"\nphone = "0102030405"\n'
        'kind = "business"\n'
        '[clients."Garage Martin"]\npolicy = "never"\nemail = "c@c.example"\nkind = "public"\n'
    )
    envelope = said(toml)
    assert told(envelope, "setting-without-effect") == [
        ("setting-without-effect", "error", "never"),
        ("setting-without-effect", "warning", "business"),
    ]
    first = next(p["message"] for p in envelope["problems"] if p["code"] == "setting-without-effect")
    assert "relance.toml, line 4: policy of “Hôtel Bellerive” has no effect, the workbook says “défaut”" in first
    kinds = {row["client"]: row["kind"] for row in said(toml, "invoices", "--all")["data"]["invoices"]}
    assert kinds == {"Hôtel Bellerive": "consumer", "Pharmacie Dubreuil": "business", "Garage Martin": "public"}


def test_a_hold_wished_outlasts_the_one_of_the_sheet(said: Callable[..., Any]) -> None:
    toml = '[clients."Pharmacie Dubreuil"]\nhold = true\n'
    waiting = {row["number"]: row for row in said(toml, "status")["data"]["waiting"]}
    assert (waiting["F-2026-002"]["reason"], waiting["F-2026-002"]["until"]) == ("on-hold", None)
    assert told(said(toml), "setting-without-effect") == []
    waiting = {row["number"]: row for row in said("", "status")["data"]["waiting"]}
    assert waiting["F-2026-002"]["until"] == "2027-01-04"

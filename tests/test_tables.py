"""What the tables of the commands add up to, and what stands beside their figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from sheets import make

DAY = ("--today", "2026-11-20", "--lang", "en")
HEADERS = [
    *("Client", "E-mail", "Téléphone", "N° facture", "Date facture", "Échéance", "Montant TTC", "Statut", "Majoration"),
    *("Commentaire", "Nb relances", "Dates de relance"),
]
SENT = "12/10/2026, 20/10/2026"


def row(number: str, total: int, status: str = "", **more: Any) -> list[Any]:
    said = {"surcharge": "", "comment": "", "count": "", "dates": ""} | more
    who = [f"Client {number}", f"{number.lower()}@x.example", "01 02 03 04 05"]
    return [*who, number, date(2026, 9, 1), date(2026, 10, 1), total, status, *said.values()]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return make(
        tmp_path / "suivi.xlsx",
        [
            HEADERS,
            row("F-1", 1000, surcharge=56.5, comment="voir avec Paul"),
            row("F-2", 2000, count=2, dates=SENT),
            row("F-3", 4000, "Annulée"),
            row("F-4", 8000, "Brouillon"),
            row("F-5", 16000, "Irrécouvrable"),
            row("F-6", 32000, "Payée"),
        ],
    )


@pytest.mark.usefixtures("book")
def test_the_sums_of_the_list_leave_out_what_is_no_claim(run: Callable[..., Run]) -> None:
    (total,) = [line for line in run("invoices", "--all", *DAY).out.splitlines() if line.strip().startswith("total")]
    assert total.split() == ["total", "€35,000.00", "€3,000.00"]


@pytest.mark.usefixtures("book")
def test_the_report_sums_the_late_fees(run: Callable[..., Run]) -> None:
    fees = json.loads(run("fees", "--json", *DAY).out)["data"]["fees"]
    expected = sum((Decimal(entry["total"]) for entry in fees), Decimal(0))
    total = [line for line in run("report", *DAY).out.splitlines() if line.strip().startswith("total")][-1]
    assert total.split() == ["total", "€3,000.00", f"€{expected:,.2f}"]


@pytest.mark.usefixtures("book")
def test_the_surcharge_and_the_comment_of_the_sheet_are_shown(run: Callable[..., Run]) -> None:
    why = run("why", "F-1", *DAY).out
    assert "late fees in the workbook" in why
    assert "€56.50" in why
    assert "voir avec Paul" in why
    assert "€56.50" in run("fees", "F-1", *DAY).out
    assert "in the workbook" not in run("fees", "F-2", *DAY).out
    assert json.loads(run("fees", "F-1", "--json", *DAY).out)["data"]["fees"][0]["surcharge"] == "56.50"


@pytest.mark.usefixtures("book")
def test_a_step_with_a_call_is_a_draft_and_a_call_to_make(run: Callable[..., Run]) -> None:
    done = run("remind", "--dry-run", "--json", *DAY)
    data = json.loads(done.out)["data"]
    assert [(call["client"], call["phone"]) for call in data["calls"]] == [("Client F-2", "01 02 03 04 05")]
    assert "F-2" in {number for draft in data["drafts"] for number in draft["numbers"]}
    shown = run("remind", "--dry-run", *DAY).out
    assert "To call besides the message: 1 client" in shown
    assert "01 02 03 04 05" in shown


@pytest.mark.usefixtures("book")
def test_why_compares_dates_with_dates_and_gives_units(run: Callable[..., Run]) -> None:
    rows = {}
    for line in run("why", "F-2", "--format", "csv", *DAY).out.splitlines():
        _, holds, found, compared, _, code, *_ = line.split(",")
        rows[code] = (holds, found, compared)
    assert rows["delay"] == ("yes", "01/10/2026 + 20 days", "2026-11-20")
    assert rows["spacing"] == ("yes", "20/10/2026 + 10 days", "2026-11-20")
    assert rows["client-gap"] == ("yes", "20/10/2026 + 7 days", "2026-11-20")
    assert rows["not-due"] == ("yes", "2026-10-01", "2026-11-20")
    assert rows["ladder-done"] == ("yes", "2 steps taken", "6 steps in all")
    assert rows["nothing-due"] == ("yes", "2000.00", "more than €0.10")
    told = json.loads(run("why", "F-2", "--json", *DAY).out)["data"]["rules"]
    (delay,) = [rule for rule in told if rule["code"] == "delay"]
    assert (delay["value"], delay["limit"]) == ("2026-10-01", 20)

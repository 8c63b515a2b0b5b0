"""A firm that keeps one sheet a month or a year: the newest is read, and what is open elsewhere is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from relance.domain.model import Ledger
from relance.errors import Severity
from relance.language import Language
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.rows import read_ledger
from sheets import HEADERS, make_sheets

DAY = ("--today", "2026-11-20", "--lang", "en")


def year(number: int, invoices: int, paid: int, *, slip: int = 0) -> list[list[Any]]:
    """A sheet of that many invoices of a year, the first ones paid, and dates `slip` years too far."""
    rows: list[list[Any]] = [[*HEADERS, "Réglé"]]
    for place in range(1, invoices + 1):
        issued = date(number + (slip if place == 1 else 0), 3, place)
        rows.append([f"F-{number}-{place}", "Dupont", issued, issued, 100, 100 if place <= paid else ""])
    return rows


def told(ledger: Ledger) -> list[tuple[str, Severity, str]]:
    """What is said of other sheets."""
    found = [problem for problem in ledger.problems if problem.code == "other-tracking-table"]
    return [(str(problem.where), problem.severity, Language("en").say(problem.message)) for problem in found]


def test_the_newest_sheet_is_read_however_long_the_others_are(tmp_path: Path) -> None:
    sheets = {"2024": year(2024, 9, 9, slip=5), "2026": year(2026, 2, 0), "2025": year(2025, 5, 3)}
    ledger = read_ledger(make_sheets(tmp_path / "s.xlsx", sheets))
    assert ledger.sheet == "2026"
    assert told(ledger) == [
        ("2024", Severity.WARNING, "Sheet “2024” holds invoices too; only “2026” is read."),
        ("2025", Severity.ERROR, "Sheet “2025” holds 2 open invoices that are not read (€200.00): only “2026” is."),
    ]


def test_a_sheet_one_column_richer_is_not_newer_for_that(tmp_path: Path) -> None:
    old = [[*row, "Envoyée" if place else "Statut"] for place, row in enumerate(year(2025, 3, 3))]
    assert read_ledger(make_sheets(tmp_path / "s.xlsx", {"2025": old, "2026": year(2026, 2, 0)})).sheet == "2026"


def test_a_sheet_of_paid_invoices_is_not_the_one_to_chase_from(tmp_path: Path) -> None:
    sheets = {"Impayés": year(2025, 2, 0), "Factures payées": year(2026, 4, 0)}
    ledger = read_ledger(make_sheets(tmp_path / "s.xlsx", sheets))
    assert (ledger.sheet, [severity for _, severity, _ in told(ledger)]) == ("Impayés", [Severity.WARNING])


def test_a_copy_of_the_same_invoices_hides_nothing(tmp_path: Path) -> None:
    ledger = read_ledger(make_sheets(tmp_path / "s.xlsx", {"Suivi": year(2026, 3, 0), "Copie": year(2026, 2, 0)}))
    assert [severity for _, severity, _ in told(ledger)] == [Severity.WARNING]


def test_a_row_that_cannot_be_read_there_is_counted(tmp_path: Path) -> None:
    old = [*year(2025, 2, 2), ["F-2025-9", "Dupont", date(2025, 3, 9), "bientôt", 70, ""]]
    ledger = read_ledger(make_sheets(tmp_path / "s.xlsx", {"2025": old, "2026": year(2026, 2, 0)}))
    assert told(ledger)[0][1:] == (
        Severity.ERROR, "Sheet “2025” holds 1 open invoice that is not read (€70.00): only “2026” is.",
    )  # fmt: skip


def test_the_sheet_that_is_named_is_meant(tmp_path: Path) -> None:
    path = make_sheets(tmp_path / "s.xlsx", {"2025": year(2025, 5, 3), "2026": year(2026, 2, 0)})
    ledger = read_ledger(path, Mapping(sheet="2025"))
    assert (ledger.sheet, told(ledger)) == ("2025", [])


@pytest.mark.parametrize("command", ["status", "report", "remind", "check"])
@pytest.mark.parametrize("paid", [0, 2])
def test_every_daily_command_says_what_is_not_read(
    command: str, paid: int, tmp_path: Path, run: Callable[..., Run]
) -> None:
    path = make_sheets(tmp_path / "s.xlsx", {"2025": year(2025, 5, 3), "2026": year(2026, 2, paid)})
    done = run(command, *(("--dry-run",) if command == "remind" else ()), "-w", str(path), *DAY)
    assert "2 open invoices that are not read" in " ".join(done.out.split())


def test_an_option_looks_at_another_sheet(tmp_path: Path, run: Callable[..., Run]) -> None:
    path = make_sheets(tmp_path / "s.xlsx", {"2025": year(2025, 5, 3), "2026": year(2026, 2, 0)})
    found = json.loads(run("invoices", "--sheet", "2025", "-w", str(path), "--json", *DAY).out)
    assert [row["number"] for row in found["data"]["invoices"]] == ["F-2025-4", "F-2025-5"]
    assert run("status", "--sheet", "2023", "-w", str(path), *DAY).code == 4

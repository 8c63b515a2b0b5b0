"""add and fees --write as command lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from conftest import Run
from recording import DAY, NAME, edits, sheet, written

LATE = date(2026, 10, 1)
NEW = ("--client", "garage poitevin", "--number", "F-2026-039", "--amount", "1234,56", "--due", "20/12/2026")


def test_a_new_invoice_goes_under_the_last_one_with_formats_and_formulas(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    done = run("add", *NEW, "--deposit", "200", "--yes", "--json", *DAY)
    assert edits(done) == {
        "A49": (None, "F-2026-039"),
        "B49": (None, "Garage Poitevin"),
        "C49": (None, "2026-11-20"),
        "D49": (None, "2026-12-20"),
        "F49": (None, "1234.56"),
        "G49": (None, "200.00"),
        "N49": (None, "Émise"),
    }
    page = load_workbook(folder / NAME)["Factures"]
    assert page["J49"].value == '=IF(N49="Annulée",0,IF(ISNUMBER(F49),F49-G49-H49,""))'
    assert page["D49"].number_format == page["D48"].number_format
    found = json.loads(run("invoices", "--json", *DAY).out)["data"]["invoices"]
    assert [i["open"] for i in found if i["number"] == "F-2026-039"] == ["1034.56"]
    assert run("add", *NEW, "--yes", *DAY).code == 2
    assert run("undo", "--yes", *DAY).code == 0
    assert (folder / NAME).read_bytes() == before


def test_three_invoices_one_under_the_other(folder: Path, run: Callable[..., Run]) -> None:
    for number in ("F-2026-039", "F-2026-040", "F-2026-041"):
        done = run(
            "add", "--client", "C011", "--number", number, "--amount", "100", "--due", "20/12/2026", "--yes", *DAY
        )
        assert done.code == 0, done.err
    assert written(folder, "A49", "A50", "A51") == ["F-2026-039", "F-2026-040", "F-2026-041"]


def test_a_client_nobody_knows_is_told_with_the_nearest(folder: Path, run: Callable[..., Run]) -> None:
    done = run("add", "--client", "Garage Potevin", *NEW[2:], "--dry-run", *DAY)
    assert "Garage Poitevin" in done.out
    assert written(folder, "A49") == [None]


@pytest.mark.parametrize(
    ("headers", "row", "after"),
    [
        (["N°", "Client", "Date", "Échéance", "Montant TTC"], [151, "Ferry", LATE, LATE, 10], [152, "Ferry"]),
        (["Facture", "Client", "Date", "Échéance", "Total TTC"], ["007", "Ferry", "01/10/26", "31/10/26", "10,50 €"],
         ["152", "Ferry", "20/11/26", "20/12/26", "1234,56 €"]),
    ],
)  # fmt: skip
def test_numbers_dates_and_amounts_as_their_columns_have_them(
    headers: list[str], row: list[Any], after: list[Any], tmp_path: Path, run: Callable[..., Run]
) -> None:
    file = sheet(tmp_path, headers, row)
    done = run("add", "--client", "FERRY", "--number", "152", *NEW[4:], "-w", str(file), "--yes", *DAY)
    assert done.code == 0, done.err
    cells = [f"{letter}3" for letter in "ABCDE"]
    assert written(tmp_path, *cells, name="suivi.xlsx")[: len(after)] == after


def test_a_total_row_moves_down_and_counts_the_new_invoice(tmp_path: Path, run: Callable[..., Run]) -> None:
    head = ["Facture", "Client", "Date", "Échéance", "Total TTC"]
    file = sheet(tmp_path, head, ["A1", "Ferry", LATE, LATE, 10], ["Total", None, None, None, "=SUM(E2:E2)"])
    done = run("add", *NEW, "-w", str(file), "--yes", *DAY)
    assert done.code == 0, done.err
    assert written(tmp_path, "A3", "A4", "E4", name="suivi.xlsx") == ["F-2026-039", "Total", "=SUM(E2:E3)"]
    before = file.read_bytes()
    assert run("undo", "-w", str(file), "--yes", *DAY).code == 0
    assert file.read_bytes() != before
    assert written(tmp_path, "A3", "E3", name="suivi.xlsx") == ["Total", "=SUM(E2:E2)"]


def test_a_row_that_is_not_free_is_named(tmp_path: Path, run: Callable[..., Run]) -> None:
    head = ["Facture", "Client", "Date", "Échéance", "Total TTC"]
    file = sheet(tmp_path, head, ["A1", "Ferry", LATE, LATE, 10], [None, "voir avec Paul"])
    before = file.read_bytes()
    refused = run("add", *NEW, "-w", str(file), "--yes", *DAY)
    assert (refused.code, "3" in refused.err) == (5, True)
    assert file.read_bytes() == before


OPEN, PAID = ["A1", "Ferry", LATE, LATE, 10], ["B1", "Ferry", LATE, LATE, 20]


@pytest.mark.parametrize("rows", [[OPEN, [None], ["Factures payées"], PAID], [OPEN, [None], ["Factures réglées"]]])
def test_a_new_invoice_goes_above_a_title_that_would_say_it_is_paid(
    rows: list[list[Any]], tmp_path: Path, run: Callable[..., Run]
) -> None:
    file = sheet(tmp_path, ["Facture", "Client", "Date", "Échéance", "Total TTC"], *rows)
    assert run("add", *NEW, "-w", str(file), "--yes", *DAY).code == 0
    assert written(tmp_path, "A3", "A4", name="suivi.xlsx") == ["F-2026-039", rows[2][0]]
    found = json.loads(run("invoices", "--json", "-w", str(file), *DAY).out)["data"]["invoices"]
    assert [row["number"] for row in found if row["open"] != "0.00"] == ["A1", "F-2026-039"]


@pytest.mark.parametrize(
    ("rows", "row"),
    [([OPEN, ["Factures payées"], PAID], 3), ([OPEN, ["Factures réglées"]], 3), ([["Factures payées"], PAID], 2)],
)
def test_where_such_a_title_leaves_no_free_row_that_is_said(
    rows: list[list[Any]], row: int, tmp_path: Path, run: Callable[..., Run]
) -> None:
    file = sheet(tmp_path, ["Facture", "Client", "Date", "Échéance", "Total TTC"], *rows)
    before = file.read_bytes()
    refused = run("add", *NEW, "-w", str(file), "--yes", "--lang", "en", *DAY)
    assert (refused.code, f"Row {row} of" in refused.err, "“Factures" in refused.err) == (5, True, True)
    assert file.read_bytes() == before


def test_under_a_title_of_open_invoices_a_new_one_goes(tmp_path: Path, run: Callable[..., Run]) -> None:
    head = ["Facture", "Client", "Date", "Échéance", "Total TTC"]
    file = sheet(tmp_path, head, ["Factures payées"], PAID, ["En attente"], OPEN)
    assert run("add", *NEW, "-w", str(file), "--yes", *DAY).code == 0
    assert written(tmp_path, "A6", name="suivi.xlsx") == ["F-2026-039"]


def test_a_deposit_without_column_lowers_what_is_owed_from_the_journal(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = sheet(tmp_path, ["Facture", "Client", "Date", "Échéance", "Total TTC"], ["A1", "Ferry", LATE, LATE, 10])
    run("add", *NEW, "--deposit", "34,56", "-w", str(file), "--yes", *DAY)
    found = json.loads(run("invoices", "--json", "-w", str(file), *DAY).out)["data"]["invoices"]
    assert [i["open"] for i in found if i["number"] == "F-2026-039"] == ["1200.00"]


def test_the_surcharge_column_is_brought_up_to_date_once(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    done = run("fees", "--write", "--yes", "--json", *DAY)
    found = edits(done)
    assert {cell[0] for cell in found} == {"K"}
    shown = json.loads(run("status", "--json", *DAY).out)["data"]["totals"][0]
    assert sum(float(after) for _, after in found.values()) == pytest.approx(float(shown["fees"]))
    again = run("fees", "--write", "--yes", "--json", *DAY)
    assert (edits(again), json.loads(again.out)["data"]["applied"]) == ({}, False)
    assert run("undo", "--yes", *DAY).code == 0
    assert (folder / NAME).read_bytes() == before


def test_the_surcharge_of_one_invoice(folder: Path, run: Callable[..., Run]) -> None:
    assert list(edits(run("fees", "F-2026-024", "--write", "--yes", "--json", *DAY))) == ["K33"]

"""adopt as a command line: the columns found, those added at the end of the table, the mapping in relance.toml."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conftest import Run
from corpus.made import tracker
from corpus.shared import recalculated
from recording import DAY, NAME, edits, sheet, written

LATE = date(2026, 10, 1)
HEAD = ["Facture", "Client", "Échéance", "Total TTC"]


def other_members(workbook: bytes) -> dict[str, bytes]:
    """Every member but the sheets, tables, strings and formats."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        names = [
            n for n in archive.namelist() if not n.startswith(("xl/worksheets/sheet", "xl/tables/", "xl/sh", "xl/st"))
        ]
        return {name: archive.read(name) for name in names}


def test_the_columns_missing_are_added_and_written_in_from_then_on(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = sheet(tmp_path, HEAD, ["A1", "Ferry", LATE, 100], ["A2", "Dumas", LATE, 200])
    where, before = ("-w", str(file)), file.read_bytes()
    assert list(edits(run("adopt", *where, "--yes", "--json", *DAY)).values()) == [
        (None, "Nb relances"),
        (None, "Dates de relance"),
        (None, "Statut"),
        (None, "Majoration"),
        (None, "Montant réglé"),
        (None, "Promesse"),
    ]
    assert edits(run("paid", "A2", *where, "--yes", "--json", *DAY)) == {
        "I3": (None, "200.00"),
        "G3": (None, "Payée"),
    }
    assert edits(run("sent", "A1", "--by", "phone", *where, "--yes", "--json", *DAY)) == {
        "E2": (None, 1),
        "F2": (None, "2026-11-20"),
    }
    again = run("adopt", *where, "--yes", "--json", *DAY)
    assert (edits(again), json.loads(again.out)["data"]["applied"]) == ({}, False)
    for _ in range(3):
        assert run("undo", *where, "--yes", *DAY).code == 0
    assert file.read_bytes() == before


def test_an_excel_table_grows_with_its_columns(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(tracker("table"))
    where, before = ("-w", str(file)), file.read_bytes()
    done = edits(run("adopt", *where, "--yes", "--json", *DAY))
    assert [after for _, after in done.values()] == ["Nb relances", "Dates de relance", "Majoration", "Promesse"]
    page = load_workbook(file)["Factures"]
    table = page.tables["Suivi"]
    assert (table.ref, table.autoFilter.ref) == ("A1:M4", "A1:M4")
    assert [column.name for column in table.tableColumns] == [cell.value for cell in page[1]]
    assert len({column.id for column in table.tableColumns}) == 13
    assert other_members(file.read_bytes()) == other_members(before)
    assert run("promise", "F-003", "30/11/2026", *where, "--yes", *DAY).code == 0
    assert run("undo", *where, "--yes", *DAY).code == 0
    assert run("undo", *where, "--yes", *DAY).code == 0
    assert file.read_bytes() == before


def test_libreoffice_opens_the_table_that_grew(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(tracker("table"))
    run("adopt", "-w", str(file), "--yes", *DAY)
    (opened,) = recalculated([file], tmp_path)
    assert load_workbook(opened)["Factures"].tables["Suivi"].ref == "A1:M4"


def test_columns_taken_back_after_an_edit_elsewhere_leave_the_table_as_it_was(
    tmp_path: Path, run: Callable[..., Run]
) -> None:
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(tracker("table"))
    where = ("-w", str(file))
    run("adopt", *where, "--yes", *DAY)
    run("paid", "F-003", "--ref", "x", *where, "--yes", *DAY)
    book = load_workbook(file)
    book["Factures"]["J3"] = 2  # a colleague types in the new column
    book.save(file)
    assert run("undo", *where, "--yes", *DAY).code == 0
    refused = run("undo", *where, "--yes", *DAY)
    assert (refused.code, "Factures!J3" in refused.err) == (5, True)
    book["Factures"]["J3"] = None
    for cell in ("F4", "G4"):
        book["Factures"][cell] = None
    book["Factures"]["H4"] = "En attente"
    book.save(file)
    assert run("undo", *where, "--yes", *DAY).code == 0
    page = load_workbook(file)["Factures"]
    assert (page.tables["Suivi"].ref, page["J1"].value) == ("A1:I4", None)
    assert len(page.tables["Suivi"].tableColumns) == 9


def test_a_column_that_would_change_what_is_read_is_left_out(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = sheet(tmp_path, [*HEAD, "Payée le"], ["A1", "Ferry", LATE, 100, LATE], ["A2", "Dumas", LATE, 200, None])
    done = run("adopt", "-w", str(file), "--yes", "--json", *DAY)
    assert "Montant réglé" not in {after for _, after in edits(done).values()}
    assert any("amount paid" in text or "montant réglé" in text for text in json.loads(done.out)["data"]["remarks"])


def test_something_at_the_right_of_the_table_is_named(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = sheet(tmp_path, HEAD, ["A1", "Ferry", LATE, 100, "note"])
    before = file.read_bytes()
    refused = run("adopt", "-w", str(file), "--yes", *DAY)
    assert (refused.code, "Factures!E2" in refused.err) == (5, True)
    assert file.read_bytes() == before


@pytest.mark.parametrize(("held", "written_"), [("", True), ('[company]\nname = "Moi"', True), ("[columns]\n", False)])
def test_the_mapping_goes_into_relance_toml_once(
    held: str, written_: bool, tmp_path: Path, run: Callable[..., Run]
) -> None:
    file = sheet(tmp_path, [*HEAD, 'Statut "A"'], ["A1", "Ferry", LATE, 100, "Payée"])
    toml = tmp_path / "relance.toml"
    if held:
        toml.write_text(held, encoding="utf-8")
    assert run("adopt", "--add", "paid", "--mapping", "-w", str(file), "--yes", *DAY).code == 0
    if not written_:
        assert toml.read_text(encoding="utf-8") == held
        return
    said = tomllib.loads(toml.read_text(encoding="utf-8"))
    assert (said["columns"]["number"], said["columns"]["paid"]) == ("Facture", "Montant réglé")
    assert said.get("company", {}) == ({"name": "Moi"} if held else {})
    assert run("status", "-w", str(file), *DAY).code == 0


def test_the_example_lacks_nothing(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    done = run("adopt", "--yes", "--json", *DAY)
    assert edits(done) == {}
    assert {"role": "paid", "column": "H", "header": "Payé", "source": "header"} in json.loads(done.out)["data"][
        "columns"
    ]
    assert (folder / NAME).read_bytes() == before
    assert written(folder, "Q5") == [None]

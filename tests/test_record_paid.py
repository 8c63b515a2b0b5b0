"""paid, undo, log as command lines: on the example, on the ways of other sheets, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from conftest import Run
from recording import DAY, NAME, edits, journal, learned, sheet, written


def test_a_payment_in_two_parts_then_undone_twice_gives_the_very_bytes_back(
    folder: Path, run: Callable[..., Run]
) -> None:
    before = (folder / NAME).read_bytes()
    first = run("paid", "F-2026-026", "500", "--ref", "VIR 12", "--yes", "--json", *DAY)
    assert first.code == 0, first.err
    assert edits(first) == {
        "H35": (None, "500.00"),
        "I35": (None, "2026-11-20"),
        "N35": ("Relancée", "Partiellement payée"),
    }
    second = run("paid", "f26", "--on", "19/11/2026", "--yes", "--json", *DAY)
    assert edits(second) == {
        "H35": ("500.00", "13920.00"),
        "I35": ("2026-11-20", "2026-11-19"),
        "N35": ("Partiellement payée", "Payée"),
    }
    assert json.loads(run("why", "F-2026-026", "--json", *DAY).out)["data"]["decision"]["reason"] == "paid"
    assert edits(run("undo", "--yes", "--json", *DAY))["N35"] == ("Payée", "Partiellement payée")
    assert run("undo", "--yes", *DAY).code == 0
    assert (folder / NAME).read_bytes() == before
    assert run("undo", "--yes", *DAY).code == 2


def test_nothing_is_written_without_yes_nor_by_a_dry_run(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    assert run("paid", "F-2026-026", *DAY).code == 2
    dry = json.loads(run("paid", "F-2026-026", "--dry-run", "--json", *DAY).out)["data"]
    assert (dry["applied"], dry["backup"], len(dry["edits"])) == (False, "", 3)
    assert (folder / NAME).read_bytes() == before
    assert not (folder / "relance" / "journal.jsonl").exists()


@pytest.mark.parametrize(("answer", "applied"), [("o\n", True), ("oui\n", True), ("n\n", False), ("", False)])
def test_a_person_sees_the_plan_and_answers(
    answer: str, applied: bool, folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

    monkeypatch.setattr("sys.stdin", Terminal())
    before = (folder / NAME).read_bytes()
    done = run("paid", "F-2026-026", "20000", *DAY)
    assert done.code == 0
    assert "H35" in done.out
    assert "6 080,00" in done.out.replace("\u00a0", " ")  # paid too much: said in the plan, then asked
    assert ((folder / NAME).read_bytes() != before) is applied


def test_undo_refuses_and_names_the_cell_somebody_changed_since(folder: Path, run: Callable[..., Run]) -> None:
    run("paid", "F-2026-026", "500", "--yes", *DAY)
    book = load_workbook(folder / NAME)
    book["Factures"]["H35"] = 600
    book.save(folder / NAME)
    changed = (folder / NAME).read_bytes()
    refused = run("undo", "--yes", *DAY)
    assert refused.code == 5
    assert "Factures!H35" in refused.err
    assert (folder / NAME).read_bytes() == changed


def test_undo_after_an_edit_elsewhere_takes_back_its_cells_alone(folder: Path, run: Callable[..., Run]) -> None:
    run("paid", "F-2026-026", "500", "--yes", *DAY)
    book = load_workbook(folder / NAME)
    book["Factures"]["P35"] = "rappeler lundi"
    book.save(folder / NAME)
    assert run("undo", "--yes", *DAY).code == 0
    assert written(folder, "H35", "I35", "N35", "P35") == [None, None, "Relancée", "rappeler lundi"]


def test_a_payment_the_sheet_lost_stops_the_chase_until_it_is_released(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    run("paid", "F-2026-026", "500", "--yes", *DAY)
    (folder / NAME).write_bytes(before)
    assert _reason(run, "F-2026-026") == "payment-missing"
    found = json.loads(run("check", "--json", *DAY).out)["problems"]
    assert [(p["where"]["cell"], p["severity"]) for p in found if p["code"] == "payment-missing"] == [("H35", "error")]
    more = learned(run("paid", "F-2026-026", "50", "--yes", "--json", *DAY))
    assert [(fact["amount"], fact["total"]) for fact in more] == [("50.00", "550.00")]
    assert _reason(run, "F-2026-026") == "payment-missing"


def _reason(run: Callable[..., Run], number: str) -> Any:
    return json.loads(run("why", number, "--json", *DAY).out)["data"]["decision"]["reason"]


class TestTheWaysOfOtherSheets:
    """Sheets of one or two rows, each with another habit."""

    def test_words_and_text_dates_as_the_column_has_them(self, tmp_path: Path, run: Callable[..., Run]) -> None:
        file = sheet(
            tmp_path,
            ["Facture", "Client", "Échéance", "Total TTC", "Mt réglé", "Payée le", "État"],
            ["A1", "Ferry", "01/10/26", 100, 100, "5/10/26", "Réglée"],
            ["A2", "Dumas", "01/10/26", 200, None, None, "En attente"],
        )
        done = run("paid", "A2", "-w", str(file), "--yes", "--json", *DAY)
        assert edits(done) == {"E3": (None, "200.00"), "F3": (None, "20/11/26"), "G3": ("En attente", "Réglée")}

    def test_without_column_for_amounts_a_part_payment_is_for_the_journal(
        self, tmp_path: Path, run: Callable[..., Run]
    ) -> None:
        file = sheet(
            tmp_path,
            ["Facture", "Client", "Échéance", "Total TTC", "Statut"],
            ["A1", "Ferry", date(2026, 10, 1), 100, "Payée"],
            ["A2", "Dumas", date(2026, 10, 1), 200, "En attente"],
        )
        where = ("-w", str(file), *DAY)
        first = run("paid", "A2", "50", "--yes", *where)
        assert "adopt" in first.out
        assert [event["event"] for event in journal(tmp_path)] == ["recorded"]
        assert json.loads(run("status", "--json", *where).out)["data"]["totals"][0]["open"] == "150.00"
        assert edits(run("paid", "A2", "--yes", "--json", *where)) == {"E3": ("En attente", "Payée")}
        assert _reason_in(run, "A2", where) == "paid"
        run("undo", "--yes", *where)
        run("undo", "--yes", *where)
        assert json.loads(run("status", "--json", *where).out)["data"]["totals"][0]["open"] == "200.00"

    def test_a_typed_balance_falls_and_a_computed_one_is_left(self, tmp_path: Path, run: Callable[..., Run]) -> None:
        file = sheet(
            tmp_path,
            ["Facture", "Échéance", "Total TTC", "Réglé", "Reste dû"],
            ["A1", date(2026, 10, 1), 100, None, 100],
            ["A2", date(2026, 10, 1), 200, None, "=C3-D3"],
        )
        done = edits(run("paid", "A1", "30", "-w", str(file), "--yes", "--json", *DAY))
        assert done == {"D2": (None, "30.00"), "E2": ("100.00", "70.00")}
        done = edits(run("paid", "A2", "30", "-w", str(file), "--yes", "--json", *DAY))
        assert done == {"D3": (None, "30.00")}

    def test_a_tick_for_paid(self, tmp_path: Path, run: Callable[..., Run]) -> None:
        file = sheet(
            tmp_path,
            ["Facture", "Échéance", "Total TTC", "Payé"],
            ["A1", date(2026, 10, 1), 100, "oui"],
            ["A2", date(2026, 10, 1), 200, "non"],
        )
        assert edits(run("paid", "A2", "-w", str(file), "--yes", "--json", *DAY)) == {"D3": ("non", "oui")}

    def test_a_formula_is_never_overwritten(self, tmp_path: Path, run: Callable[..., Run]) -> None:
        book = xlsxwriter.Workbook(str(tmp_path / NAME))
        page = book.add_worksheet("Factures")
        page.write_row(0, 0, ("N° facture", "Échéance", "Montant TTC", "Réglé"))
        page.write_row(1, 0, ("F-1", "01/10/2026", 100))
        page.write_formula(1, 3, "=5*2", None, 10)
        book.close()
        before = (tmp_path / NAME).read_bytes()
        for option in ("--yes", "--dry-run"):
            refused = run("paid", "F-1", "-w", str(tmp_path / NAME), option, *DAY)
            assert (refused.code, "Factures!D2" in refused.err) == (5, True)
        assert (tmp_path / NAME).read_bytes() == before


def _reason_in(run: Callable[..., Run], number: str, where: tuple[str, ...]) -> Any:
    return json.loads(run("why", number, "--json", *where).out)["data"]["decision"]["reason"]


def test_the_log_tells_the_journal_and_what_was_taken_back(folder: Path, run: Callable[..., Run]) -> None:
    run("paid", "F-2026-026", "500", "--yes", *DAY)
    run("undo", "--yes", *DAY)
    run("paid", "F-2026-018", "--yes", *DAY)
    entries = json.loads(run("log", "--json", *DAY).out)["data"]["entries"]
    assert [(e["number"], e["state"]) for e in entries if e["event"] == "paid"] == [
        ("F-2026-026", "undone"),
        ("F-2026-018", "done"),
    ]
    assert "F-2026-018" not in run("log", "F-2026-026", *DAY).out
    assert "F-2026-018" in run("log", "Quai Vert", *DAY).out


def test_the_libreoffice_owner_is_named_and_nothing_written(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    (folder / f".~lock.{NAME}#").write_text("Marie,marie,PC,22.11.2026 02:23,file:///home/marie;", encoding="utf-8")
    refused = run("paid", "F-2026-026", "--yes", *DAY)
    assert refused.code == 5
    assert "Marie" in refused.err
    assert (folder / NAME).read_bytes() == before


def test_a_conflicted_copy_is_pointed_out(folder: Path, run: Callable[..., Run]) -> None:
    copy = folder / "suivi_factures (conflicted copy 2026-11-19 141502).xlsx"
    copy.write_bytes((folder / NAME).read_bytes())
    assert "conflicted-copy" in run("check", "-w", NAME, *DAY).out

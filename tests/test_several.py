"""Several workbooks at once: each row tells its workbook, sums are those of the parts, a broken one stops no other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from relance.workbook.several import list_meant, names_several

DAY = ("--today", "2026-11-20")
EXAMPLE = Path(__file__).parents[1] / "examples"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two clients of an accountant, a price list, a file that is no workbook, backups."""
    from openpyxl import Workbook

    for client in ("dupont", "martin"):
        (tmp_path / client).mkdir()
        for name in ("suivi_factures.xlsx", "relance.toml"):
            shutil.copy(EXAMPLE / name, tmp_path / client)
    book = Workbook()
    assert book.active is not None
    book.active.append(("Client", "N° facture", "Date", "Échéance", "Montant TTC"))
    book.active.append(("Zéphyr", "Z-1", "01/09/2026", "01/10/2026", 1000))
    book.active.append(("Zéphyr", "Z-2", "01/11/2026", "01/12/2026", 500))
    (tmp_path / "seul").mkdir()
    book.save(tmp_path / "seul" / "factures.xlsx")
    prices = Workbook()
    assert prices.active is not None
    prices.active.append(("Désignation", "Prix"))
    prices.save(tmp_path / "seul" / "tarifs.xlsx")
    (tmp_path / "relance" / "backups").mkdir(parents=True)
    shutil.copy(EXAMPLE / "suivi_factures.xlsx", tmp_path / "relance" / "backups")
    return tmp_path


def answer(run: Callable[..., Run], *words: str) -> dict[str, Any]:
    done = run(*words, "--json", *DAY)
    answered: dict[str, Any] = json.loads(done.out)
    return answered


def test_a_folder_is_all_its_tracking_workbooks(run: Callable[..., Run], files: Path) -> None:
    data = answer(run, "status", "-w", str(files))["data"]
    names = ["dupont/suivi_factures.xlsx", "martin/suivi_factures.xlsx", "seul/factures.xlsx"]
    assert [entry["workbook"] for entry in data["workbooks"]] == names
    assert {entry["workbook"] for entry in data["chase"]} == set(names)


def test_a_name_that_two_workbooks_share_links_to_neither(run: Callable[..., Run], files: Path) -> None:
    page = run("report", "--no-note", "--format", "html", "-w", str(files), *DAY).out
    assert page.count("Pharmacie Dubreuil") > 4
    assert "#client-" not in page
    assert "#number-" not in page


def test_a_pattern_that_the_shell_opened_names_each_workbook(run: Callable[..., Run], files: Path) -> None:
    opened = sorted(map(str, files.glob("[dms]*/*fact*.xlsx")))
    data = answer(run, "status", "-w", *opened)["data"]
    assert [entry["workbook"] for entry in data["workbooks"]] == [
        "dupont/suivi_factures.xlsx", "martin/suivi_factures.xlsx", "seul/factures.xlsx"
    ]  # fmt: skip
    assert run("why", "-w", opened[0], "F-2026-022", *DAY).code == 0
    assert "[one-workbook]" in run("why", "-w", *opened, "F-2026-022", *DAY).err


def test_a_folder_with_a_workbook_of_its_own_is_that_one(run: Callable[..., Run], files: Path) -> None:
    shutil.copytree(files / "martin", files / "seul" / "archives")
    assert answer(run, "status", "-w", str(files / "seul"))["data"].keys() >= {"totals", "freshness"}
    (files / "seul" / "abime.xlsx").write_bytes(b"gone")
    assert run("status", "-w", str(files / "seul"), *DAY).code == 3


def test_the_numbers_are_those_of_each_alone(run: Callable[..., Run], files: Path) -> None:
    both = answer(run, "status", "-w", str(files / "dupont"), "-w", str(files / "seul" / "factures.xlsx"))["data"]
    for place, name in ((files / "dupont", "suivi_factures.xlsx"), (files / "seul" / "factures.xlsx", "factures.xlsx")):
        alone = answer(run, "status", "-w", str(place))["data"]
        for key in ("totals", "ageing", "chase", "waiting", "to_fix"):
            mine = [entry for entry in both[key] if entry["workbook"] == name]
            assert mine == [{"workbook": name, **entry} for entry in alone[key]]


def test_the_sums_shown_are_those_of_the_parts(run: Callable[..., Run], files: Path) -> None:
    data = answer(run, "status", "-w", str(files))["data"]
    total = sum(Decimal(entry["open"]) for entry in data["totals"])
    done = run("status", "-w", str(files), "--lang", "en", "--format", "text", *DAY)
    assert f"€{total:,.2f}" in done.out
    assert "By workbook" in done.out
    assert "passed over: seul/tarifs.xlsx" in done.err


def test_a_broken_workbook_is_told_and_the_others_are_done(run: Callable[..., Run], files: Path) -> None:
    (files / "martin" / "suivi_factures.xlsx").write_bytes(b"gone")
    done = run("invoices", "-w", str(files), "--json", *DAY)
    answered = json.loads(done.out)
    assert done.code == 3
    broken = [entry for entry in answered["data"]["workbooks"] if entry["error"]]
    assert [entry["error"]["code"] for entry in broken] == ["workbook-not-spreadsheet"]
    assert {row["workbook"] for row in answered["data"]["invoices"]} == {
        "dupont/suivi_factures.xlsx", "seul/factures.xlsx",
    }  # fmt: skip
    assert "martin/suivi_factures.xlsx" in run("invoices", "-w", str(files), *DAY).out


def test_invoices_are_sorted_over_all_workbooks(run: Callable[..., Run], files: Path) -> None:
    done = run(
        "invoices", "--sort", "open", "--format", "csv", "--lang", "en", "-w", str(files / "*" / "*fact*.xlsx"), *DAY
    )
    header, *rows = [line.split(",") for line in done.out.splitlines()]
    amounts = [Decimal(row[header.index("open")]) for row in rows]
    assert amounts == sorted(amounts, reverse=True)
    assert len({row[0] for row in rows}) == 3


def test_check_tells_the_workbook_of_each_problem(run: Callable[..., Run], files: Path) -> None:
    done = run("check", "-w", str(files / "dupont"), "-w", str(files / "martin"), "--json", *DAY)
    problems = json.loads(done.out)["problems"]
    assert done.code == 1
    assert {problem["where"]["workbook"] for problem in problems} == {
        "dupont/suivi_factures.xlsx", "martin/suivi_factures.xlsx",
    }  # fmt: skip


def test_the_workbook_named_in_a_folder_is_the_only_one_meant(run: Callable[..., Run], files: Path) -> None:
    shutil.copy(files / "seul" / "factures.xlsx", files / "dupont" / "archive.xlsx")
    (files / "dupont" / "relance.toml").write_text('[workbook]\nfile = "suivi_factures.xlsx"\n', encoding="utf-8")
    data = answer(run, "status", "-w", str(files))["data"]
    assert "dupont/archive.xlsx" not in [entry["workbook"] for entry in data["workbooks"]]


def test_the_same_file_named_twice_counts_once(files: Path) -> None:
    one = files / "seul" / "factures.xlsx"
    assert [meant.path for meant in list_meant([one, files / "seul" / ".." / "seul" / "factures.xlsx"])] == [one]


def test_a_name_with_brackets_is_a_file_when_it_exists(tmp_path: Path) -> None:
    (tmp_path / "suivi [2026].xlsx").write_bytes(b"")
    assert not names_several([tmp_path / "suivi [2026].xlsx"])
    assert names_several([tmp_path / "suivi*.xlsx"])


def test_each_folder_keeps_its_own_configuration(run: Callable[..., Run], files: Path) -> None:
    (files / "martin" / "relance.toml").write_text("[polcy]\ngap_days = 9\n", encoding="utf-8")
    data = answer(run, "status", "-w", str(files))["data"]
    errors = {entry["workbook"]: entry["error"] and entry["error"]["code"] for entry in data["workbooks"]}
    assert errors["martin/suivi_factures.xlsx"] == "config-unknown-key"
    assert errors["dupont/suivi_factures.xlsx"] is None


def test_no_mean_of_one_workbook_passes_for_that_of_all(run: Callable[..., Run], files: Path) -> None:
    words = ("clients", "--lang", "en", "--format", "text", *DAY)
    alone = run(*words, "-w", str(files / "dupont" / "suivi_factures.xlsx")).out
    both = run(*words, "-w", str(files / "*" / "*fact*.xlsx")).out
    last = [next(line for line in text.splitlines() if line.startswith("   total")) for text in (alone, both)]
    assert "%" in last[0]
    assert "%" not in last[1]
    assert "€" in last[1]


@pytest.mark.parametrize("words", [("export", "--format", "csv"), ("invoices", "--format", "csv"), ("report",)])
def test_a_broken_workbook_is_told_where_the_answer_has_no_place_for_it(
    run: Callable[..., Run], files: Path, words: tuple[str, ...]
) -> None:
    (files / "martin" / "suivi_factures.xlsx").write_bytes(b"gone")
    output = ("--output", str(files / "out.txt")) if words == ("report",) else ()
    done = run(*words, *output, "-w", str(files), *DAY)
    assert done.code == 3
    assert "martin/suivi_factures.xlsx" in done.err
    assert "martin" not in done.out


def test_a_remark_of_several_says_that_it_is_one_of_each(run: Callable[..., Run], files: Path) -> None:
    told = run("status", "-w", str(files / "dupont"), "-w", str(files / "martin"), "--lang", "en", *DAY).err
    assert "2 workbooks, each: 3 more remarks on the workbook" in told

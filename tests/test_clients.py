"""relance clients, client and ageing as they are used: what they list, in which order, and their JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from relance.reports.cells import width as columns_of
from sheets import make

DAY = ("--today", "2026-11-20")
Runner = Callable[..., Run]


def data(run: Runner, *words: str) -> Any:
    done = run(*words, "--json", *DAY)
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)["data"]


@pytest.mark.usefixtures("folder")
def test_clients_have_the_keys_promised_and_add_up(run: Runner) -> None:
    found = data(run, "clients", "--all")
    assert set(found) == {
        "totals", "fell_due", "on_time", "on_time_percent", "late_days", "paid_on_unknown_days", "oldest_days_late",
        "habit", "clients",
    }  # fmt: skip
    (total,) = found["totals"]
    assert set(total) == {
        "currency", "open", "overdue", "credits", "late_days_weighted", "dso", "concentration", "receipts",
    }  # fmt: skip
    assert set(total["dso"]) == {"days", "receivables", "months", "simple_days", "sales", "period", "undated"}
    assert set(total["concentration"]) == {"clients", "largest_percent", "top_five_percent", "equal_clients"}
    assert set(total["receipts"]) == {"weeks", "later", "unplaced", "disputed", "undated", "promised", "borrowed"}
    assert {frozenset(week) for week in total["receipts"]["weeks"]} == {
        frozenset({"from", "to", "due", "expected", "at_least_by_then", "at_most_by_then"})
    }
    for row in found["clients"]:
        assert set(row) == {
            "client", "code", "currency", "open", "overdue", "credits", "late_days_weighted", "share", "fell_due",
            "on_time", "on_time_percent", "late_days", "paid_on_unknown_days", "oldest_days_late", "habit",
        }  # fmt: skip
    for name in ("open", "overdue"):
        assert sum(Decimal(row[name]) for row in found["clients"]) == Decimal(total[name])
    for name in ("fell_due", "on_time"):
        assert sum(row[name] for row in found["clients"]) == found[name]
    status = data(run, "status")["totals"][0]
    assert (status["open"], status["overdue"]) == (total["open"], total["overdue"])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("overdue", lambda row: -Decimal(row["overdue"])),
        ("open", lambda row: -Decimal(row["open"])),
        ("late", lambda row: -Decimal(row["late_days"] or 0)),
        ("on-time", lambda row: Decimal(row["on_time_percent"] or 999)),
    ],
)
def test_clients_are_sorted_as_asked(run: Runner, key: str, value: Callable[[Any], Any]) -> None:
    found = [value(row) for row in data(run, "clients", "--sort", key)["clients"]]
    assert found == sorted(found)
    assert len(set(found)) > 2


@pytest.mark.usefixtures("folder")
def test_clients_that_owe_nothing_are_listed_on_demand(run: Runner, tmp_path: Path) -> None:
    make(tmp_path / "suivi2.xlsx", [
        ["N° facture", "Client", "Date facture", "Échéance", "Montant TTC", "Statut"],
        ["F-1", "Dupont", date(2026, 9, 1), date(2026, 10, 1), 100, "Payée"],
        ["F-2", "Martin", date(2026, 9, 1), date(2026, 10, 1), 100, "Émise"],
    ])  # fmt: skip
    book = ("-w", str(tmp_path / "suivi2.xlsx"))
    assert [row["client"] for row in data(run, "clients", *book)["clients"]] == ["Martin"]
    assert {row["client"] for row in data(run, "clients", "--all", *book)["clients"]} == {"Dupont", "Martin"}
    text = run("clients", "--lang", "en", *book, *DAY).out
    assert "1 invoice was paid on a day nobody typed" in text
    assert run("clients", "--sort", "couleur", *book).code == 2


@pytest.mark.usefixtures("folder")
def test_each_open_invoice_of_a_client_is_on_its_page(run: Runner) -> None:
    page = data(run, "client", "quai vert")
    assert set(page) == {
        "client", "code", "contact", "email", "phone", "address", "language", "form_of_address", "kind", "totals",
        "punctuality", "habit",
        "next", "invoices", "credits", "history", "left_out",
    }  # fmt: skip
    listed = data(run, "invoices", "--client", "quai vert")["invoices"]
    assert [row["number"] for row in page["invoices"]] == [row["number"] for row in listed]
    assert {frozenset(row["expected"]) for row in page["invoices"] if row["expected"]} == {
        frozenset({"on", "early", "late", "promised", "own_habit"})
    }
    assert page["next"][0] == {"number": "F-2026-018", "on": "2026-11-20", "action": "chase", "step": 5}
    assert data(run, "client", "trois ormes")["left_out"] == ["F-2026-030"]


@pytest.mark.usefixtures("folder")
def test_what_the_journal_knows_is_told_once(run: Runner) -> None:
    before = data(run, "client", "tessier")["history"]
    assert run("call", "F-2026-032", "--outcome", "reached", "--note", "paie vendredi", "--yes", *DAY).code == 0
    assert run("sent", "F-2026-032", "--on", "2026-11-19", "--yes", *DAY).code == 0
    after = data(run, "client", "tessier")["history"]
    new = [said for said in after if said not in before]
    assert [(said["number"], said["source"]) for said in new] == [("F-2026-032", "journal")] * 2
    assert any("paie vendredi" in said["text"] for said in new)
    assert [said["on"] for said in after] == sorted((said["on"] for said in after), reverse=True)


@pytest.mark.usefixtures("folder")
def test_ageing_of_another_day_is_what_status_said_that_day(run: Runner) -> None:
    found = data(run, "ageing", "--as-of", "30/09/2026", "--per-client")
    assert set(found) == {"as_of", "by", "client", "totals", "ageing", "clients", "invoices", "undated_payments"}
    then = json.loads(run("status", "--json", "--today", "2026-09-30").out)["data"]
    assert found["ageing"] == then["ageing"]
    for name in ("open", "overdue", "not_due"):
        assert found["totals"][0][name] == then["totals"][0][name]
        assert sum(Decimal(row[name]) for row in found["clients"]) == Decimal(found["totals"][0][name])
    assert data(run, "ageing")["ageing"] == data(run, "status")["ageing"]


@pytest.mark.usefixtures("folder")
def test_ageing_of_one_client_lists_its_invoices(run: Runner) -> None:
    found = data(run, "ageing", "--client", "poitevin", "--by", "issue", "--buckets", "20,60")
    assert [bucket["bucket"] for bucket in found["ageing"]] == ["0-20", "21-60", "61+", "undated"]
    assert sum(Decimal(row["open"]) for row in found["invoices"]) == Decimal(found["totals"][0]["open"])
    assert {row["client"] for row in found["clients"]} == {"Garage Poitevin"} == {found["client"]}
    lines = list(csv.reader(io.StringIO(run("ageing", "--per-client", "--format", "csv", "--lang", "en", *DAY).out)))
    assert len(lines) == 1 + 12 * 5


def test_the_buckets_of_the_configuration_are_the_default(folder: Path, run: Runner) -> None:
    with (folder / "relance.toml").open("a", encoding="utf-8") as file:
        file.write("\n[report]\nbuckets = [15, 45]\n")
    assert {bucket["bucket"] for bucket in data(run, "ageing")["ageing"]} == {"not_due", "1-15", "16-45", "46+"}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "words", [("--buckets", "60,30"), ("--buckets", "a"), ("--by", "couleur"), ("--client", "zzz")]
)
def test_what_ageing_does_not_understand_is_told(run: Runner, words: tuple[str, str]) -> None:
    assert run("ageing", *words, *DAY).code == 2


def test_payments_without_dates_are_told_on_a_past_day(tmp_path: Path, run: Runner) -> None:
    make(tmp_path / "suivi.xlsx", [
        ["N° facture", "Client", "Date facture", "Échéance", "Montant TTC", "Statut"],
        ["F-1", "Dupont", date(2026, 9, 1), date(2026, 10, 1), 100, "Payée"],
    ])  # fmt: skip
    words = ("ageing", "-w", str(tmp_path / "suivi.xlsx"), "--lang", "en", *DAY)
    assert "paid without a payment date" in run(*words, "--as-of", "2026-09-15").out
    assert "paid without a payment date" not in run(*words).out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("words", [("clients",), ("client", "quai"), ("ageing", "--per-client"), ("statement", "quai")])
@pytest.mark.parametrize("form", ["text", "markdown", "html", "csv", "json", "terminal"])
def test_they_speak_every_format_in_both_languages(run: Runner, words: tuple[str, ...], form: str) -> None:
    said = {}
    for language in ("fr", "en"):
        done = run(*words, "--format", form, "--lang", language, *DAY)
        assert done.code == 0, done.err
        said[language] = done.out
    assert said["fr"] != said["en"] or form == "json"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("wide", [60, 80, 100, 160])
@pytest.mark.parametrize(
    "words",
    [("clients",), ("client", "quai"), ("ageing", "--per-client", "--buckets", "30,60,90"), ("statement", "bellerive")],
)
def test_they_fit_the_screen(run: Runner, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], wide: int) -> None:
    monkeypatch.setenv("COLUMNS", str(wide))
    monkeypatch.setenv("NO_COLOR", "1")
    for language in ("fr", "en"):
        shown = run(*words, "--format", "terminal", "--lang", language, *DAY).out
        assert max(map(columns_of, shown.splitlines())) <= wide

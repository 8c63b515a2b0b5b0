"""What is promised to scripts: the JSON envelope and its keys, amounts and dates as text, exit codes, streams."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Run

DAY = ("--today", "2026-11-20")
ENVELOPE = ["relance", "command", "today", "data", "problems"]
INVOICE = {
    "number", "client", "issued", "due", "due_source", "total", "deposit", "paid", "credited", "retained", "open",
    "currency", "status", "status_word", "days_late", "level", "kind", "decision", "fees", "where",
}  # fmt: skip
CHASE = {
    "client", "contact", "email", "phone", "step", "channel", "open", "currency", "numbers", "beside", "listed",
}  # fmt: skip


def answer(run: Callable[..., Run], *words: str) -> Any:
    """The parsed envelope of a command that went well, and nothing on stderr."""
    done = run(*words, "--json", *DAY)
    assert done.err == ""
    envelope = json.loads(done.out)
    assert list(envelope) == ENVELOPE
    assert (envelope["relance"], envelope["command"], envelope["today"]) == (1, words[0], "2026-11-20")
    for problem in envelope["problems"]:
        assert set(problem) == {"code", "severity", "where", "value", "message", "hint"}
    return envelope["data"]


def amounts(value: object) -> list[str]:
    """Every text of a tree that looks like a number."""
    if isinstance(value, dict):
        return [found for item in value.values() for found in amounts(item)]
    if isinstance(value, list):
        return [found for item in value for found in amounts(item)]
    assert not isinstance(value, float)
    return [value] if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value) else []


@pytest.mark.usefixtures("folder")
def test_invoices_have_the_keys_promised(run: Callable[..., Run]) -> None:
    invoices = answer(run, "invoices", "--all")["invoices"]
    assert len(invoices) > 30
    for invoice in invoices:
        assert set(invoice) == INVOICE
        assert set(invoice["decision"]) == {"action", "step", "channel", "reason", "next_date"}
        assert set(invoice["fees"]) == {
            "interest", "indemnity", "indemnity_apart", "indemnity_currency", "total", "owed", "provisional",
        }  # fmt: skip
        assert set(invoice["where"]) == {"sheet", "row"}
        assert invoice["decision"]["action"] in ("chase", "wait", "stop")
        total, less = Decimal(invoice["total"]), [Decimal(invoice[k]) for k in ("deposit", "paid", "credited")]
        if invoice["status"] not in ("cancelled", "paid", "credit_note"):
            assert Decimal(invoice["open"]) == total - sum(less)
        if invoice["due"]:
            date.fromisoformat(invoice["due"])
    assert all(re.fullmatch(r"-?\d+\.\d\d", text) for text in amounts(invoices))


@pytest.mark.usefixtures("folder")
def test_the_sums_of_the_ageing_are_the_totals(run: Callable[..., Run]) -> None:
    data = answer(run, "status")
    assert set(data) >= {"totals", "ageing", "chase", "waiting", "to_fix", "freshness"}
    for total in data["totals"]:
        assert set(total) >= {"currency", "open", "overdue", "not_due", "fees"}
        buckets = [b for b in data["ageing"] if b["currency"] == total["currency"]]
        assert [b["bucket"] for b in buckets] == ["not_due", "1-30", "31-60", "61-90", "91+"]
        assert sum(Decimal(b["open"]) for b in buckets) == Decimal(total["open"])
        assert sum(Decimal(b["open"]) for b in buckets[1:]) == Decimal(total["overdue"])
        assert Decimal(total["overdue"]) + Decimal(total["not_due"]) == Decimal(total["open"])
    assert all(set(chase) == CHASE for chase in data["chase"])
    assert all(set(row) >= {"number", "client", "reason", "until"} for row in data["waiting"])
    assert all(set(row) >= {"number", "where", "open"} for row in data["to_fix"])
    assert set(data["freshness"]) == {"last_payment", "days"}


@pytest.mark.usefixtures("folder")
def test_the_totals_are_those_of_the_invoices(run: Callable[..., Run]) -> None:
    total = answer(run, "status")["totals"][0]
    invoices = answer(run, "invoices", "--all")["invoices"]
    owed = [Decimal(i["open"]) for i in invoices if i["currency"] == total["currency"] and Decimal(i["open"]) > 0]
    assert sum(owed) == Decimal(total["open"])


@pytest.mark.usefixtures("folder")
def test_what_is_chased_is_what_invoices_decide(run: Callable[..., Run]) -> None:
    chase = answer(run, "status")["chase"]
    chased = {number for entry in chase for number in (*entry["numbers"], *entry["beside"])}
    decided = answer(run, "invoices", "--all")["invoices"]
    assert chased == {i["number"] for i in decided if i["decision"]["action"] == "chase"}
    drafts = answer(run, "remind", "--dry-run")["drafts"]
    amounts_asked = {entry["client"]: [Decimal(entry["open"])] for entry in chase}
    assert [amounts_asked[draft["client"]] for draft in drafts] == [
        [Decimal(amount["open"]) for amount in draft["amounts"]] for draft in drafts
    ]


@pytest.mark.usefixtures("folder")
def test_every_step_is_in_the_example(run: Callable[..., Run]) -> None:
    assert {chase["step"] for chase in answer(run, "status")["chase"]} == {1, 2, 3, 4, 5, 6}


@pytest.mark.usefixtures("folder")
def test_fees_can_be_re_added_from_their_lines(run: Callable[..., Run]) -> None:
    fees = answer(run, "fees")["fees"]
    assert fees
    for entry in fees:
        assert set(entry) >= {"number", "kind", "lines", "interest", "indemnity", "total", "provisional"}
        total = Decimal(0)
        for line in entry["lines"]:
            assert set(line) >= {"from", "to", "days", "base", "rate", "half_year", "amount"}
            days = (date.fromisoformat(line["to"]) - date.fromisoformat(line["from"])).days + 1
            assert days == line["days"]
            exact = Decimal(line["base"]) * Decimal(line["rate"]) * days / 36500
            assert abs(exact - Decimal(line["amount"])) <= Decimal("0.005")
            total += Decimal(line["amount"])
        assert total == Decimal(entry["interest"])
        assert total + Decimal(entry["indemnity"]) == Decimal(entry["total"])
        if entry["kind"] == "consumer":
            assert Decimal(entry["indemnity"]) == 0


@pytest.mark.usefixtures("folder")
def test_why_explains_every_line_of_the_example(run: Callable[..., Run]) -> None:
    numbers = [invoice["number"] for invoice in answer(run, "invoices", "--all")["invoices"]]
    numbers += [row["number"] for row in answer(run, "status")["to_fix"]]
    for number in numbers:
        data = answer(run, "why", number)
        assert set(data["decision"]) == {"action", "step", "channel", "reason", "next_date"}
        for rule in data["rules"]:
            assert set(rule) == {"code", "ok", "value", "limit", "true_from"}
        failed = [rule["code"] for rule in data["rules"] if not rule["ok"]]
        if data["rules"]:
            assert data["decision"]["reason"] == (failed[0] if failed else "ready")
        else:
            assert data["decision"]["reason"] == "unreadable"


@pytest.mark.usefixtures("folder")
def test_check_tells_each_cell_and_exits_1(run: Callable[..., Run]) -> None:
    done = run("check", "--json", *DAY)
    assert done.code == 1
    problems = json.loads(done.out)["problems"]
    cells = {problem["where"]["cell"] for problem in problems if problem["severity"] == "error"}
    aside = {row["where"]["cell"] for row in answer(run, "status")["to_fix"]}
    assert aside <= cells
    assert all(problem["hint"] for problem in problems)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["status", "invoices", "fees", "check", "report", "config", "rates", "remind"])
@pytest.mark.parametrize("form", ["text", "markdown", "html", "csv", "json", "terminal"])
def test_every_command_speaks_every_format_in_both_languages(run: Callable[..., Run], command: str, form: str) -> None:
    extra = ("--dry-run",) if command == "remind" else ()
    said = {}
    for language in ("fr", "en"):
        done = run(command, *extra, "--format", form, "--lang", language, *DAY)
        assert done.code == (1 if command == "check" else 0), done.err
        assert done.out.endswith("\n")
        said[language] = done.out
    if form != "json" or command == "check":
        assert said["fr"] != said["en"]


@pytest.mark.usefixtures("folder")
def test_strict_makes_any_command_exit_1_on_errors(run: Callable[..., Run]) -> None:
    assert run("status", "--strict", *DAY).code == 1
    assert run("status", *DAY).code == 0


def test_the_report_is_written_whole_to_its_file(folder: Path, run: Callable[..., Run]) -> None:
    done = run("report", "--format", "html", "--output", "rapport.html", *DAY)
    assert (done.code, done.out) == (0, "")
    text = (folder / "rapport.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") or text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    assert not list(folder.glob(".relance-*"))


@pytest.mark.usefixtures("folder")
def test_a_pipe_is_complete_and_has_no_colour(run: Callable[..., Run]) -> None:
    out = run("invoices", "--all", *DAY).out
    assert "\x1b" not in out
    assert "…" not in out
    for invoice in answer(run, "invoices", "--all")["invoices"]:
        assert invoice["number"] in out
        assert invoice["client"] in out


@pytest.mark.usefixtures("folder")
def test_filters_and_orders(run: Callable[..., Run]) -> None:
    every = answer(run, "invoices", "--all")["invoices"]
    overdue = answer(run, "invoices", "--overdue")["invoices"]
    assert {i["number"] for i in overdue} == {i["number"] for i in every if Decimal(i["open"]) > 0 and i["days_late"]}
    name = every[0]["client"]
    assert {i["client"] for i in answer(run, "invoices", "--all", "--client", name.upper())["invoices"]} == {name}
    late = [i["days_late"] for i in answer(run, "invoices", "--overdue", "--sort", "late")["invoices"]]
    assert late == sorted(late, reverse=True)
    by_amount = [Decimal(i["open"]) for i in answer(run, "invoices", "--sort", "open")["invoices"]]
    assert by_amount == sorted(by_amount, reverse=True)


@pytest.mark.usefixtures("folder")
def test_an_empty_day_says_so_in_one_line(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "neuf").mkdir()
    assert run("init", str(tmp_path / "neuf" / "suivi.xlsx")).code == 0
    done = run("status", "-w", str(tmp_path / "neuf" / "suivi.xlsx"), *DAY)
    lines = [line for line in done.out.splitlines() if line.strip()]
    assert done.code == 0
    assert len(lines) == 2
    assert "personne à relancer" in lines[1]

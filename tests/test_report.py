"""relance report day after day: compared with the last one noted, silent when nothing changed, never in the way."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from relance.workbook.events import Reported
from relance.workbook.journal import read_journal

Runner = Callable[..., Run]
FIRST, SECOND, THIRD = "2026-11-20", "2026-11-21", "2026-11-23"
QUIET = "2026-11-22"  # a Sunday: nothing falls due, no step is reached
pytestmark = pytest.mark.usefixtures("folder")


def data(run: Runner, *words: str) -> dict[str, Any]:
    done = run("report", "--json", *words)
    assert done.code == 0, done.err
    answer: dict[str, Any] = json.loads(done.out)["data"]
    return answer


def kinds(run: Runner, *words: str) -> list[tuple[str, str]]:
    return [(change["change"], change["number"]) for change in data(run, *words)["changes"]]


def notes(folder: Path) -> list[Reported]:
    return [event for event in read_journal(folder).events if isinstance(event, Reported)]


def test_three_mornings_the_third_says_only_what_changed(run: Runner) -> None:
    first = data(run, "--today", FIRST)
    assert first["since"] == {"day": "2026-11-13", "recorded": False}
    assert ("overdue", "F-2026-032") in {(c["change"], c["number"]) for c in first["changes"]}
    assert kinds(run, "--today", SECOND) == [("step-reached", "F-2026-032")]
    quiet = run("report", "--only-changes", "--today", QUIET)
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert run("paid", "F-2026-021", "--on", QUIET, "--yes", "--today", QUIET).code == 0
    third = run("report", "--only-changes", "--lang", "en", "--today", THIRD)
    assert third.code == 0
    rows = [line for line in third.out.splitlines() if "F-2026-" in line]
    assert any("paid" in row and "F-2026-021" in row for row in rows)
    assert "since the report of 22/11/2026" in third.out
    assert "Overdue:" not in third.out


def test_a_report_made_again_says_what_it_said_whatever_happened_since(run: Runner) -> None:
    run("report", "--today", FIRST)
    assert run("remind", "--yes", "--today", FIRST).code == 0
    said = run("report", "--format", "text", "--today", SECOND).out
    assert "F-2026-023" in said
    assert run("sent", "--all", "--yes", "--today", QUIET).code == 0
    assert run("promise", "F-2026-023", "2026-11-30", "--yes", "--today", QUIET).code == 0
    assert run("hold", "F-2026-026", "--until", "2026-12-15", "--reason", "avoir", "--yes", "--today", QUIET).code == 0
    run("report", "--today", THIRD)
    assert run("report", "--format", "text", "--today", SECOND).out == said
    assert ("reminded", "F-2026-023") in kinds(run, "--today", THIRD, "--since", SECOND)


def test_a_report_where_nothing_changed_says_so_in_one_line(run: Runner) -> None:
    run("report", "--today", SECOND)
    done = run("report", "--lang", "en", "--today", QUIET)
    assert done.out.splitlines()[2] == "√  Nothing changed since the report of 21/11/2026."


def test_made_twice_in_a_day_it_says_the_same_and_is_noted_once(run: Runner, folder: Path) -> None:
    run("report", "--today", FIRST)
    run("paid", "F-2026-021", "--on", FIRST, "--yes", "--today", FIRST)
    once = kinds(run, "--today", SECOND)
    assert ("paid", "F-2026-021") in once
    assert kinds(run, "--today", SECOND) == once
    assert [note.day.isoformat() for note in notes(folder)] == [FIRST, SECOND]


def test_since_goes_back_to_an_earlier_report(run: Runner) -> None:
    run("report", "--today", FIRST)
    run("paid", "F-2026-021", "--on", FIRST, "--yes", "--today", FIRST)
    run("report", "--today", SECOND)
    assert kinds(run, "--today", THIRD, "--no-note") == []
    again = data(run, "--today", THIRD, "--since", "2026-11-20", "--no-note")
    assert again["since"] == {"day": FIRST, "recorded": True}
    assert ("paid", "F-2026-021") in {(c["change"], c["number"]) for c in again["changes"]}
    older = data(run, "--today", THIRD, "--since", "2026-11-12")
    assert older["since"] == {"day": "2026-11-12", "recorded": False}


def test_a_look_back_is_not_noted_and_does_not_disturb(run: Runner, folder: Path) -> None:
    run("report", "--today", THIRD)
    run("report", "--today", FIRST)
    assert [note.day.isoformat() for note in notes(folder)] == [THIRD]
    run("report", "--today", "2026-11-24", "--no-note")
    assert len(notes(folder)) == 1


def test_each_workbook_has_its_own_reports(run: Runner, folder: Path) -> None:
    run("report", "--today", FIRST)
    (folder / "autre.xlsx").write_bytes((folder / "suivi_factures.xlsx").read_bytes())
    assert data(run, "-w", "autre.xlsx", "--today", SECOND)["since"]["recorded"] is False
    assert data(run, "-w", "suivi_factures.xlsx", "--today", SECOND)["since"]["recorded"] is True


def test_a_report_whose_base_is_lost_is_passed_over(run: Runner, folder: Path) -> None:
    for day in (FIRST, SECOND):
        run("report", "--today", day)
    journal = folder / "relance" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().split(b"\n", 1)[1])
    assert data(run, "--today", THIRD)["since"]["recorded"] is False


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="a folder cannot be closed to this user")
def test_a_folder_that_cannot_be_written_still_reports(run: Runner, folder: Path) -> None:
    folder.chmod(0o500)
    try:
        done = run("report", "--lang", "en", "--today", FIRST)
    finally:
        folder.chmod(0o700)
    assert done.code == 0
    assert "Overdue: 18 invoices" in done.out
    assert "This report is not noted" in done.err


def test_a_closed_journal_still_reports_and_says_so(run: Runner, folder: Path) -> None:
    (folder / "relance" / ".journal.lock").mkdir(parents=True)  # nobody can take the lock
    done = run("report", "--lang", "en", "--today", FIRST)
    assert done.code == 0
    assert "Overdue: 18 invoices" in done.out
    assert "This report is not noted" in done.err


def test_a_draft_not_confirmed_is_told_the_next_morning(run: Runner) -> None:
    run("report", "--today", FIRST)
    assert run("remind", "--today", FIRST).code == 0
    morning = data(run, "--today", SECOND)
    waiting = {c["number"] for c in morning["changes"] if c["change"] == "draft-unconfirmed"}
    assert {draft["number"] for draft in morning["drafts"]} == waiting
    assert "F-2026-021" in waiting
    drafted = [(call["step"], call["client"]) for call in morning["calls"] if call["drafted"]]
    assert drafted == [(4, "SCI Les Trois Ormes"), (3, "Hartwell & Dunne Interiors Ltd"), (3, "Pharmacie Dubreuil")]


def test_the_call_sheet_gives_the_last_words(run: Runner) -> None:
    calls = {call["client"]: call for call in data(run, "--today", FIRST, "--lang", "en")["calls"]}
    assert calls["Pharmacie Dubreuil"]["last_words"] == "Promis par téléphone le 05/11"
    said = ("call", "F-2026-021", "--outcome", "message", "--note", "rappeler mardi", "--yes", "--today", "2026-11-19")
    assert run(*said).code == 0
    calls = {call["client"]: call for call in data(run, "--today", FIRST, "--lang", "en")["calls"]}
    assert calls["SCI Les Trois Ormes"]["last_words"] == "19/11/2026, a message left: rappeler mardi"
    assert run(*said[:-1], FIRST).code == 0
    assert "SCI Les Trois Ormes" not in {call["client"] for call in data(run, "--today", FIRST)["calls"]}


def test_the_comparison_is_what_the_report_of_that_day_says(run: Runner) -> None:
    now = data(run, "--today", FIRST, "--no-note")
    for since, day in (("week", "2026-11-13"), ("month", "2026-10-20")):
        then = data(run, "--today", day, "--no-note")["totals"][0]
        compared = next(entry for entry in now["compared"] if entry["since"] == since)
        assert (compared["on"], compared["open"], compared["overdue"]) == (day, then["open"], then["overdue"])
    assert [entry["on"] for entry in now["history"]][-2:] == ["2026-10-31", FIRST]


def test_a_report_disturbs_neither_log_nor_undo(run: Runner) -> None:
    assert run("paid", "F-2026-021", "--on", FIRST, "--yes", "--today", FIRST).code == 0
    before = run("log", "--today", FIRST).out
    run("report", "--today", FIRST)
    assert run("log", "--today", FIRST).out == before
    assert run("undo", "--yes", "--today", FIRST).code == 0
    again = [c for c in data(run, "--today", SECOND, "--lang", "en")["changes"] if c["number"] == "F-2026-021"]
    assert [(c["change"], c["detail"].partition(", ")[2]) for c in again if c["change"] == "new"] == [
        ("new", "typed since or owed again")
    ]


def test_several_workbooks_are_silent_together(run: Runner, folder: Path) -> None:
    (folder / "autre.xlsx").write_bytes((folder / "suivi_factures.xlsx").read_bytes())
    words = ("-w", "suivi_factures.xlsx", "-w", "autre.xlsx")
    both = run("report", *words, "--lang", "en", "--today", SECOND).out
    changes = next(line for line in both.splitlines() if line.strip().endswith(" changes"))
    assert int(changes.split()[0]) == 2 * len(data(run, "-w", "autre.xlsx", "--today", SECOND)["changes"])
    assert "part paid" in both
    assert len([line for line in both.splitlines() if line.split()[:1] == ["owed"]]) == 1
    done = run("report", *words, "--only-changes", "--today", QUIET)
    assert (done.code, done.out) == (0, "")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_text_is_made_for_mail(run: Runner, folder: Path, language: str) -> None:
    words = ("report", "--no-note", "--lang", language, "--today", FIRST)
    shown = run(*words, "--format", "text").out
    assert max(map(len, shown.splitlines())) <= 80
    assert all(
        piece in shown for piece in ("06 39 98 44 09", "F-2026-012", "133 ●●●●", "Cabinet dentaire Lemoine-Faure")
    )
    assert run(*words, "--output", str(folder / "r.txt")).code == 0
    assert (folder / "r.txt").read_text(encoding="utf-8") == shown
    both = run(*words, "-w", "suivi_factures.xlsx", "-w", _copy(folder), "--format", "text").out
    assert max(map(len, both.splitlines())) <= 80
    assert max(map(len, run("status", "--today", FIRST).out.splitlines())) > 100  # for grep: a row is a line


def _copy(folder: Path) -> str:
    (folder / "deux").mkdir()
    (folder / "deux" / "suivi_factures.xlsx").write_bytes((folder / "suivi_factures.xlsx").read_bytes())
    return "deux/suivi_factures.xlsx"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_call_to_note_can_be_pasted(run: Runner, language: str) -> None:
    shown = run("report", "--lang", language, "--today", FIRST).out
    command = next(line for line in shown.splitlines() if "relance call" in line).partition("relance ")[2]
    assert command == 'call F-2026-021 --outcome reached --note "..."'
    assert run(*shlex.split(command), "--yes", "--today", FIRST).code == 0


def test_a_week_of_one_day_is_that_day(run: Runner) -> None:
    shown = run("report", "--lang", "fr", "--today", QUIET).out.splitlines()
    weeks = shown[next(at for at, line in enumerate(shown) if line.startswith("   semaine")) :]
    assert weeks[2].startswith("   22/11/2026  ")
    assert weeks[3].startswith("   23/11/2026 au 29/11/2026 ")


def test_a_day_before_the_first_report_noted_is_said_to_have_none(run: Runner) -> None:
    run("report", "--today", FIRST)
    shown = " ".join(run("report", "--lang", "fr", "--today", SECOND, "--since", "2026-11-15").out.split())
    assert "Aucun rapport n’est noté le 15/11/2026 ni avant : les changements depuis ce jour sont ceux" in shown
    assert "antérieur" not in shown

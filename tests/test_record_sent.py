"""sent as a command line: what a reminder changes in the example, and in sheets of other habits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from recording import DAY, NAME, edits, journal, learned, sheet, written

HEAD = ["Facture", "Client", "Échéance", "Total TTC"]
LATE = date(2026, 10, 1)


def drafts(run: Callable[..., Run], *where: str) -> dict[str, int]:
    """Today's drafts made: the step of each invoice."""
    data = json.loads(run("remind", "--json", *where, *DAY).out)["data"]
    return {number: draft["step"] for draft in data["drafts"] for number in (*draft["numbers"], *draft["beside"])}


def decision(run: Callable[..., Run], number: str, *where: str, day: tuple[str, ...] = DAY) -> Any:
    return json.loads(run("why", number, "--json", *where, *day).out)["data"]["decision"]


def test_the_reference_of_a_registered_letter_is_kept(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    reference = "LRAR 1A 204 567 8901 2"
    (fact, *_) = learned(
        run("sent", "--client", "quai vert", "--by", "letter", "--ref", reference, "--yes", "--json", *DAY)
    )
    assert (fact["by"], fact["ref"]) == ("letter", reference)
    assert reference in run("log", "quai vert", *DAY).out
    assert any(fact.get("ref") == reference for event in journal(folder) for fact in event.get("facts", ()))


def test_todays_drafts_are_confirmed_and_nothing_is_sent_twice(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    made = drafts(run)
    assert {"F-2026-018", "F-2026-024"} <= made.keys()
    assert decision(run, "F-2026-024")["reason"] == "awaiting-confirmation"
    done = run("sent", "--yes", "--json", *DAY)
    found = edits(done)
    assert found["L33"] == (2, 3)
    assert found["M33"] == ("02/11/2026 ; 09/11/2026", "02/11/2026 ; 09/11/2026 ; 20/11/2026")
    assert found["N27"] == ("Relancée", "Mise en demeure")
    assert "N33" not in found  # says Relancée already
    fees = json.loads(run("fees", "F-2026-024", "--json", *DAY).out)
    assert found["K33"][1] in json.dumps(fees)
    assert {fact["number"] for fact in learned(done)} == made.keys()
    assert decision(run, "F-2026-024")["step"] == 4
    assert run("sent", "--yes", *DAY).code == 2
    assert drafts(run) == {}
    assert run("undo", "--yes", *DAY).code == 0
    assert (folder / NAME).read_bytes() == before
    assert decision(run, "F-2026-024")["reason"] == "awaiting-confirmation"


def test_one_draft_of_several_by_number_then_those_of_a_client(folder: Path, run: Callable[..., Run]) -> None:
    drafts(run)
    assert [fact["number"] for fact in learned(run("sent", "F-2026-024", "--yes", "--json", *DAY))] == ["F-2026-024"]
    theirs = learned(run("sent", "--client", "quai vert", "--yes", "--json", *DAY))
    assert {fact["number"] for fact in theirs} == {"F-2026-018", "F-2026-028"}
    assert written(folder, "L33", "L27") == [3, 5]


def test_a_letter_on_paper_confirmed_with_the_mails_is_said(folder: Path, run: Callable[..., Run]) -> None:
    drafts(run)
    shown = run("sent", "--dry-run", *DAY).out
    assert "sur papier à Brasserie du Quai Vert" in shown
    assert "relance sent F-2026-018 --by letter" in shown
    assert "sur papier" not in run("sent", "--client", "quai vert", "--by", "letter", "--dry-run", *DAY).out


def test_older_drafts_need_all(folder: Path, run: Callable[..., Run]) -> None:
    drafts(run)
    later = ("--today", "2026-11-23")
    refused = run("sent", "--yes", *later)
    assert (refused.code, "--all" in refused.err) == (2, True)
    done = run("sent", "--all", "--on", "2026-11-20", "--yes", "--json", *later)
    assert edits(done)["M35"] == ("2026-11-10", "10/11/2026 ; 20/11/2026")


def test_an_older_draft_counts_as_sent_today_and_it_is_said_unless_its_day_is_told(
    folder: Path, run: Callable[..., Run]
) -> None:
    """Today, since a day too early would bring the next step too early; the plan names the drafts and the other way."""
    drafts(run)
    later = ("--today", "2026-11-23", "--lang", "en")
    plan = run("sent", "--all", "--dry-run", *later)
    said = " ".join(plan.out.split())
    assert "7 drafts of 20/11/2026 count as sent today, 23/11/2026: " in said
    assert "Brasserie du Quai Vert" in said.partition("count as sent today")[2]
    assert "--as-drafted" in said
    one = " ".join(run("sent", "F-2026-024", "--dry-run", *later).out.split())
    assert "1 draft of 20/11/2026 counts as sent today" in one

    told = run("sent", "--all", "--as-drafted", "--yes", "--json", *later)
    assert edits(told)["M35"] == ("2026-11-10", "10/11/2026 ; 20/11/2026")
    assert {fact["on"] for fact in learned(told)} == {"2026-11-20"}
    assert "count as sent today" not in told.out


def test_a_draft_of_today_is_not_called_older(folder: Path, run: Callable[..., Run]) -> None:
    drafts(run)
    assert "as-drafted" not in run("sent", "--all", "--dry-run", *DAY).out
    assert "as-drafted" not in run("sent", "--all", "--on", "2026-11-21", "--dry-run", "--today", "2026-11-23").out


def test_a_reminder_made_otherwise_needs_a_day_or_a_means(folder: Path, run: Callable[..., Run]) -> None:
    assert run("sent", "F-2026-022", "--yes", *DAY).code == 2
    done = run("sent", "F-2026-022", "--by", "phone", "--on", "19/11/2026", "--yes", "--json", *DAY)
    assert edits(done)["M31"] == ("26/10/2026 ; 16/11/2026", "26/10/2026 ; 16/11/2026 ; 19/11/2026")
    assert (learned(done)[0]["by"], learned(done)[0]["step"]) == ("phone", 3)


def test_reminders_counted_without_a_date_get_the_last_one_dated(folder: Path, run: Callable[..., Run]) -> None:
    assert decision(run, "F-2026-016")["reason"] == "last-reminder-unknown"
    assert edits(run("sent", "F-2026-016", "--on", "2026-10-30", "--yes", "--json", *DAY)) == {
        "M25": (None, "2026-10-30")
    }
    assert decision(run, "F-2026-016")["reason"] != "last-reminder-unknown"
    more = edits(run("sent", "F-2026-016", "--by", "phone", "--yes", "--json", *DAY))
    assert more["L25"] == (2, 3)


def test_dating_the_last_reminder_claims_no_late_fees(tmp_path: Path, run: Callable[..., Run]) -> None:
    headers = ["Facture", "Client", "Échéance", "Total TTC", "Nb relances", "Dernière relance", "Pénalités"]
    file = sheet(tmp_path, headers, ["A1", "Ferry", LATE, 1000, 3, None, None])
    where = ("-w", str(file), "--yes", "--json", *DAY)
    assert edits(run("sent", "A1", "--on", "2026-10-30", *where)) == {"F2": (None, "2026-10-30")}
    assert edits(run("sent", "A1", "--by", "email", *where)).keys() == {"E2", "F2", "G2"}


@pytest.mark.parametrize(
    ("headers", "others", "row", "after"),
    [
        (
            ["Relance 1", "Relance 2"],
            ["12/10/2026", None],
            ["14/10/2026", None],
            {"F3": (None, "20/11/2026")},
        ),
        (
            ["Nb relances", "Dernière relance"],
            [1, LATE],
            [1, LATE],
            {"E3": (1, 2), "F3": ("2026-10-01", "2026-11-20")},
        ),
        (
            ["Relances", "Statut"],
            ["12/10/26, 19/10/26", "Relancée 2"],
            ["14/10/26", "Relancée 1"],
            {"E3": ("14/10/26", "14/10/26, 20/11/26"), "F3": ("Relancée 1", "Relancée 2")},
        ),
        (["Statut"], ["Relancée 1"], ["Relancée 1"], {"E3": ("Relancée 1", "Relancée 2")}),
        (["Nb relances", "Statut"], ["2 fois", "Payée"], ["1 fois", "Litige"], {"E3": ("1 fois", "2 fois")}),
    ],
)
def test_the_ways_of_other_sheets(  # noqa: PLR0917 - a table of cases
    headers: list[str],
    others: list[Any],
    row: list[Any],
    after: dict[str, tuple[Any, Any]],
    tmp_path: Path,
    run: Callable[..., Run],
) -> None:
    file = sheet(tmp_path, [*HEAD, *headers], ["A1", "Ferry", LATE, 100, *others], ["A2", "Dumas", LATE, 200, *row])
    before = file.read_bytes()
    done = run("sent", "A2", "--by", "email", "-w", str(file), "--yes", "--json", *DAY)
    assert edits(done) == after
    assert run("undo", "-w", str(file), "--yes", *DAY).code == 0
    assert file.read_bytes() == before


def test_where_the_sheet_has_no_column_the_journal_settles_the_draft(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = sheet(tmp_path, [*HEAD, "E-mail"], ["A2", "Dumas", LATE, 200, "compta@dumas.example"])
    (tmp_path / "relance.toml").write_text('[company]\nname = "Moi"\nemail = "moi@moi.example"\n', encoding="utf-8")
    where = ("-w", str(file))
    assert drafts(run, *where) == {"A2": 1}
    done = run("sent", "--yes", *where, *DAY)
    assert (done.code, "adopt" in done.out) == (0, True)
    assert decision(run, "A2", *where)["reason"] in ("spacing", "client-gap")
    week = ("--today", "2026-12-01")
    assert decision(run, "A2", *where, day=week)["step"] == 2
    run("undo", "--yes", *where, *DAY)
    assert decision(run, "A2", *where)["reason"] == "awaiting-confirmation"
    assert [event["event"] for event in journal(tmp_path)[-2:]] == ["undone", "drafted"]  # the draft waits again


def test_a_restored_sheet_does_not_make_a_reminder_leave_twice(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    drafts(run)
    run("sent", "--yes", *DAY)
    (folder / NAME).write_bytes(before)
    found = decision(run, "F-2026-024")
    assert (found["action"], found["step"]) == ("wait", 4)
    codes = [problem["code"] for problem in json.loads(run("check", "--json", *DAY).out)["problems"]]
    assert "reminder-missing" in codes

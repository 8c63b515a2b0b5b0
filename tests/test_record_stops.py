"""promise, hold, dispute, release, call, cancel, writeoff as command lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from recording import DAY, NAME, edits, journal, learned, sheet
from relance.workbook.journal import journal_path

LATE = date(2026, 10, 1)
HEAD = ["Facture", "Client", "Échéance", "Total TTC"]


def reason(run: Callable[..., Run], number: str, *where: str) -> Any:
    return json.loads(run("why", number, "--json", *where, *DAY).out)["data"]["decision"]["reason"]


def test_a_promise_goes_into_its_column_and_stops(folder: Path, run: Callable[..., Run]) -> None:
    assert edits(run("promise", "F-2026-026", "30/11/2026", "--yes", "--json", *DAY)) == {"O35": (None, "2026-11-30")}
    assert reason(run, "F-2026-026") == "promise-pending"


def test_a_dispute_takes_the_word_of_the_sheet_and_its_release_the_word_before(
    folder: Path, run: Callable[..., Run]
) -> None:
    done = run("dispute", "F-2026-024", "--reason", "plan rayé", "--yes", "--json", *DAY)
    assert edits(done) == {"N33": ("Relancée", "Litige")}
    assert reason(run, "F-2026-024") == "disputed"
    assert edits(run("release", "F-2026-024", "--yes", "--json", *DAY)) == {"N33": ("Litige", "Relancée")}
    assert reason(run, "F-2026-024") == "ready"


def test_a_part_dispute_is_for_the_journal_where_the_sheet_could_only_say_the_whole(
    folder: Path, run: Callable[..., Run]
) -> None:
    done = run("dispute", "F-2026-024", "300", "--reason", "plan rayé", "--yes", "--json", *DAY)
    assert edits(done) == {}
    assert learned(done)[0]["amount"] == "300.00"
    assert reason(run, "F-2026-024") == "ready"
    draft = next(
        d
        for d in json.loads(run("remind", "--dry-run", "--json", *DAY).out)["data"]["drafts"]
        if "F-2026-024" in d["numbers"]
    )
    assert draft["numbers"] == ["F-2026-024"]
    assert run("dispute", "F-2026-024", "9999", "--reason", "x", "--yes", *DAY).code == 2


def test_a_client_on_hold_is_held_in_the_clients_sheet_until_released(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    done = run("hold", "Pharmacie", "--reason", "congés", "--until", "2026-12-31", "--yes", "--json", *DAY)
    assert edits(done) == {"J10": (None, "2027-01-01")}  # "not before" the day after
    assert json.loads(done.out)["data"]["edits"][0]["sheet"] == "Clients"
    assert reason(run, "F-2026-023") == "on-hold"
    assert edits(run("release", "pharmacie dubreuil", "--yes", "--json", *DAY)) == {"J10": ("2027-01-01", None)}
    assert reason(run, "F-2026-023") == "ready"
    assert run("release", "pharmacie dubreuil", "--yes", *DAY).code == 2
    assert [run("undo", "--yes", *DAY).code for _ in range(2)] == [0, 0]
    assert (folder / NAME).read_bytes() == before


def test_a_client_without_clients_sheet_is_held_by_the_journal(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = sheet(tmp_path, HEAD, ["A1", "Ferry", LATE, 100], ["A2", "Dumas", LATE, 200])
    where = ("-w", str(file))
    assert edits(run("hold", "ferry", "--reason", "congés", *where, "--yes", "--json", *DAY)) == {}
    assert (reason(run, "A1", *where), reason(run, "A2", *where)) == ("on-hold", "ready")
    assert run("release", "Ferry", *where, "--yes", *DAY).code == 0
    assert reason(run, "A1", *where) == "ready"


@pytest.mark.parametrize(
    ("header", "others", "command", "after"),
    [
        ("Promesse", "01/12/2026", ("promise", "A2", "30/11/2026"), "30/11/2026"),
        ("Litige", "oui", ("dispute", "A2", "--reason", "meuble rayé"), "meuble rayé"),
        ("Litige", "oui", ("dispute", "A2", "50,00", "--reason", "x"), "50.00"),
        ("Ne pas relancer avant", LATE, ("hold", "A2", "--until", "2026-12-31", "--reason", "x"), "2027-01-01"),
        ("Ne pas relancer", "oui", ("hold", "A2", "--reason", "client en congés"), "client en congés"),
        ("Ne pas relancer", "oui", ("hold", "A2", "--reason", "le 3e mail est parti"), "oui"),
    ],
)
def test_columns_of_other_sheets_are_written_emptied_and_undone(  # noqa: PLR0917 - a table of cases
    header: str, others: Any, command: tuple[str, ...], after: str, tmp_path: Path, run: Callable[..., Run]
) -> None:
    file = sheet(tmp_path, [*HEAD, header], ["A1", "Ferry", LATE, 100, others], ["A2", "Dumas", LATE, 200, None])
    where, before = ("-w", str(file)), file.read_bytes()
    done = run(*command, *where, "--yes", "--json", *DAY)
    assert edits(done) == {"E3": (None, after)}
    stopped = reason(run, "A2", *where)
    assert stopped in ("ready", "promise-pending", "disputed", "on-hold")
    assert (stopped == "ready") is ("50,00" in command)
    assert edits(run("release", "A2", *where, "--yes", "--json", *DAY)) == {"E3": (after, None)}
    assert reason(run, "A2", *where) == "ready"
    assert [run("undo", *where, "--yes", *DAY).code for _ in range(2)] == [0, 0]
    assert file.read_bytes() == before


def test_the_level_that_a_status_word_told_is_not_lost_with_it(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = sheet(
        tmp_path,
        [*HEAD, "Statut"],
        ["A1", "Ferry", LATE, 100, "Relancée 1"],
        ["A2", "Dumas", LATE, 200, "Relancée 2"],
    )
    where = ("-w", str(file))
    done = run("dispute", "A2", "--reason", "abîmé", *where, "--yes", "--json", *DAY)
    assert edits(done) == {"E3": ("Relancée 2", "Litige")}
    row = json.loads(run("invoices", "--json", *where, *DAY).out)["data"]
    assert [i["level"] for i in row["invoices"] if i["number"] == "A2"] == [2]


@pytest.mark.parametrize(("act", "word"), [("cancel", "Annulée"), ("writeoff", None)])
def test_a_claim_given_up_takes_the_word_of_the_list_or_the_journal(
    act: str, word: str | None, folder: Path, run: Callable[..., Run]
) -> None:
    done = run(act, "F-2026-024", "--reason", "doublon", "--yes", "--json", *DAY)
    assert edits(done) == ({"N33": ("Relancée", word)} if word else {})
    assert reason(run, "F-2026-024") == {"cancel": "cancelled", "writeoff": "written-off"}[act]
    assert run("undo", "--yes", *DAY).code == 0
    assert reason(run, "F-2026-024") == "ready"


@pytest.mark.parametrize("act", ["cancel", "writeoff"])
def test_nothing_is_given_up_of_an_invoice_that_is_paid(act: str, folder: Path, run: Callable[..., Run]) -> None:
    done = run(act, "F-2025-041", "--reason", "doublon", "--yes", *DAY)
    assert (done.code, "nothing-owed" in done.err, journal_path(folder).exists()) == (2, True, False)


def test_a_call_is_noted_with_its_outcome(folder: Path, run: Callable[..., Run]) -> None:
    done = run("call", "F-2026-024", "--outcome", "promise", "--note", "Mme Dunne", "--yes", "--json", *DAY)
    assert learned(done)[0]["outcome"] == "promise"
    assert journal(folder)[-1]["facts"][0]["note"] == "Mme Dunne"
    assert "Mme Dunne" in run("log", "F-2026-024", *DAY).out


def test_a_payment_the_sheet_is_right_not_to_show_is_released(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / NAME).read_bytes()
    run("paid", "F-2026-026", "500", "--yes", *DAY)
    (folder / NAME).write_bytes(before)
    assert reason(run, "F-2026-026") == "payment-missing"
    assert run("release", "F-2026-026", "--yes", *DAY).code == 0
    assert reason(run, "F-2026-026") == "ready"

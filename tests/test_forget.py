"""What is forgotten is gone from every file; what never-twice needs stays; a crash leaves nothing half done."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import EXAMPLE, Run
from recording import DAY, NAME, journal
from relance.domain.names import hidden
from relance.workbook.journal import read_journal
from relance.workbook.messages import outgoing

LATER = ("--today", "2026-12-01", "--lang", "en")
PERSON, NUMBER = "Pharmacie Dubreuil", "F-2026-023"
NEWER = '{"event":"weighed","at":"2026-11-20T08:00:00","day":"2026-11-20","kilos":3}'


@pytest.fixture
def past(folder: Path, run: Callable[..., Run]) -> Path:
    """A folder where a client was reminded, called, paid, and owes nothing on that invoice any more."""
    assert run("remind", *DAY).code == 0
    for words in (
        ("sent", "--all"),
        ("call", NUMBER, "--outcome", "reached", "--note", "Mme Dubreuil rappelle"),
        ("promise", NUMBER, "2026-11-27"),
        ("hold", "F-2026-022", "--reason", "attend un avoir"),
        ("paid", NUMBER, "--ref", "VIR DUBREUIL SOPHIE"),
    ):
        done = run(*words, "--yes", *DAY)
        assert done.code == 0, done.err
    with (folder / "relance" / "journal.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(NEWER + "\n")
    return folder


def text(folder: Path) -> str:
    return (folder / "relance" / "journal.jsonl").read_text(encoding="utf-8")


def concerning(folder: Path, number: str) -> list[dict[str, Any]]:
    return [fact for event in journal(folder) for fact in event.get("facts", ()) if fact.get("number") == number]


def test_the_words_about_a_settled_debt_go_and_its_steps_stay(past: Path, run: Callable[..., Run]) -> None:
    book, before = (past / NAME).read_bytes(), text(past)
    assert "dubreuil" in before.lower()
    (key,) = {fact["client"] for fact in concerning(past, NUMBER)}
    known = json.loads(run("status", "--json", *LATER).out)["data"]
    states = {key: (one.state, one.noted) for key, one in outgoing(read_journal(past).events).items()}
    done = run("forget", "--before", "2026-11-25", "--yes", "--json", *LATER)
    assert done.code == 0, done.err
    said = json.loads(done.out)["data"]
    assert said["applied"]
    assert said["numbers"] == [NUMBER]
    assert (said["messages"], said["acts"]) == (1, 3)
    assert [Path(file).name for file in said["files"]] == ["pharmacie-dubreuil-3.eml"]
    after = text(past)
    assert not re.search("dubreuil|rappelle|vir ", after.lower())
    assert (past / NAME).read_bytes() == book
    assert json.loads(run("status", "--json", *LATER).out)["data"] == known
    assert {key: (one.state, one.noted) for key, one in outgoing(read_journal(past).events).items()} == states
    kept = {fact["fact"]: fact for fact in concerning(past, NUMBER)}
    assert set(kept) == {"reminder", "payment"}
    assert kept["reminder"]["step"] == 3
    assert {fact["client"] for fact in kept.values()} == {hidden(key)}
    assert not list((past / "relance").rglob("*dubreuil*"))
    assert len(list((past / "relance").rglob("*.eml"))) == 5
    assert not list((past / "relance" / "backups").glob("*"))


def test_what_is_about_others_stays_byte_for_byte(past: Path, run: Callable[..., Run]) -> None:
    before = text(past).splitlines()
    run("forget", "--before", "2026-11-25", "--yes", *LATER)
    after = text(past).splitlines()
    about_it = re.compile(f"dubreuil|{NUMBER}", re.IGNORECASE)
    others = [line for line in before if not about_it.search(line)]
    assert NEWER in others
    assert "attend un avoir" in "".join(others)
    about = {json.loads(line).get("id") for line in before if about_it.search(line)}
    assert [line for line in others if json.loads(line).get("id") not in about] == [
        line for line in after if json.loads(line).get("id") not in about
    ]


def test_nothing_is_sent_twice_when_the_old_workbook_comes_back(past: Path, run: Callable[..., Run]) -> None:
    run("forget", "--before", "2026-11-25", "--yes", *LATER)
    shutil.copy(EXAMPLE, past / NAME)
    drafts = json.loads(run("remind", "--dry-run", "--json", *DAY).out)["data"]["drafts"]
    assert NUMBER not in {number for draft in drafts for number in draft["numbers"]}
    problems = json.loads(run("check", "--json", *DAY).out)["problems"]
    assert {"payment-missing", "reminder-missing"} <= {p["code"] for p in problems if NUMBER in p["message"]}


def test_forgetting_again_changes_nothing(past: Path, run: Callable[..., Run]) -> None:
    run("forget", "--before", "2026-11-25", "--yes", *LATER)
    once = text(past)
    again = run("forget", "--before", "2026-11-25", "--yes", *LATER)
    assert "Nothing to forget." in again.out
    assert text(past) == once


def test_an_act_forgotten_cannot_be_taken_back(past: Path, run: Callable[..., Run]) -> None:
    run("forget", "--before", "2026-11-25", "--yes", *LATER)
    done = run("undo", "--dry-run", *LATER)
    assert "hold" in done.out.lower()
    assert NUMBER not in done.out


def test_the_next_report_tells_a_forgotten_debt_as_paid_then_its_key_goes_too(
    past: Path, run: Callable[..., Run]
) -> None:
    """What the last report saw open is compared with until a report told that it is over."""
    (key,) = {fact["client"] for fact in concerning(past, NUMBER)}
    run("report", "--today", "2026-11-19")
    run("forget", "--before", "2026-11-25", "--yes", *LATER)
    told = json.loads(run("report", "--json", *LATER).out)["data"]["changes"]
    assert [change["change"] for change in told if change["number"] == NUMBER] == ["paid"]
    assert f'["{NUMBER}","{key}"' in text(past)
    run("forget", "--before", "2026-12-02", "--yes", "--today", "2026-12-03")
    assert f'["{NUMBER}","{key}"' not in text(past)
    assert f'["{NUMBER}","{hidden(key)}"' in text(past)
    later = json.loads(run("report", "--json", "--today", "2026-12-03").out)["data"]["changes"]
    assert NUMBER not in {change["number"] for change in later}


def test_a_client_who_owes_is_not_forgotten(past: Path, run: Callable[..., Run]) -> None:
    before = text(past)
    done = run("forget", PERSON, "--yes", *LATER)
    assert done.code == 5
    assert "[client-owes]" in done.err
    assert "F-2026-034" in done.err
    assert text(past) == before
    assert list((past / "relance").rglob("*dubreuil*"))


def test_a_client_who_left_is_forgotten_whole_and_stays_on_hold(folder: Path, run: Callable[..., Run]) -> None:
    """The one invoice of the client is settled; a hold on the client stays a hold, without its reason."""
    client = "Hartwell & Dunne Interiors Ltd"
    run("remind", *DAY)
    run("sent", "--all", "--yes", *DAY)
    run("hold", "Hartwell", "--reason", "ami de la famille", "--yes", *DAY)
    assert run("paid", "F-2026-024", "--yes", *DAY).code == 0
    owed = json.loads(run("invoices", "--client", "Hartwell", "--json", *DAY).out)["data"]["invoices"]
    for invoice in owed:
        assert run("paid", invoice["number"], "--yes", *DAY).code == 0
    done = run("forget", "hartwell", "--yes", "--json", *DAY)
    assert done.code == 0, done.err
    said = json.loads(done.out)["data"]
    assert said["client"] == client
    assert len(said["backups"]) >= 3
    assert "hartwell" not in text(folder).lower()
    assert "famille" not in text(folder)
    (hold,) = [fact for event in journal(folder) for fact in event.get("facts", ()) if fact["fact"] == "hold"]
    assert hold["client"].startswith("~")
    assert set(hold) == {"fact", "client"}
    clients = json.loads(run("invoices", "--all", "--json", *DAY).out)["data"]["invoices"]
    assert len(clients) > 30
    assert "hartwell" not in str(run("log", *DAY).out).lower()


def test_the_plan_is_shown_and_nothing_done_before_a_yes(past: Path, run: Callable[..., Run]) -> None:
    before = text(past)
    shown = run("forget", "--before", "2026-11-25", "--dry-run", *LATER)
    assert shown.code == 0
    assert "pharmacie-dubreuil-3.eml" in shown.out
    assert "Nothing was deleted." in shown.out
    refused = run("forget", "--before", "2026-11-25", *LATER)
    assert refused.code == 2
    assert "[not-confirmed]" in refused.err
    assert text(past) == before


def test_another_workbook_of_the_folder_keeps_what_is_its_own(past: Path, run: Callable[..., Run]) -> None:
    """Seen from a workbook that lacks these rows, the debts of the other one are not over."""
    shutil.copy(past / NAME, past / "ancien.xlsx")
    before = text(past)
    done = run("forget", "--before", "2026-11-25", "--yes", "-w", "ancien.xlsx", *LATER)
    assert done.code == 0
    assert text(past) == before


def test_an_unreadable_line_is_left_for_a_person(past: Path, run: Callable[..., Run]) -> None:
    path = past / "relance" / "journal.jsonl"
    path.write_text("??\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    done = run("forget", "--before", "2026-11-25", "--yes", *LATER)
    assert done.code == 5
    assert "[journal-blocked]" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_dying_at_any_instant_leaves_a_whole_journal_and_the_next_run_finishes(
    past: Path, run: Callable[..., Run], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from dying import DIED, run_until

    words = ("forget", "--before", "2026-11-25", "--yes")
    whole = tmp_path_factory.mktemp("entier") / "x"
    shutil.copytree(past, whole)
    assert run(*words, "-w", str(whole / NAME), *LATER).code == 0
    before, after = text(past), text(whole)
    instants = 0
    for instant in range(1, 200):
        place = tmp_path_factory.mktemp("essai") / "x"
        shutil.copytree(past, place)
        if run_until(instant, *words, "-w", str(place / NAME), *LATER) != DIED:
            break
        instants += 1
        assert text(place) in (before, after)
        assert run(*words, "-w", str(place / NAME), *LATER).code == 0
        assert text(place) == after
        assert not list((place / "relance").rglob("*dubreuil*"))
        assert not list((place / "relance" / "backups").glob("*"))
    assert instants > 8

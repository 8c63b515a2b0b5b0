"""Nothing leaves twice and nothing leaves wrongly: a workbook that changes between two messages, copies and restored
backups, drafts left waiting, steps skipped on purpose, payments that are not typed in yet."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest
from openpyxl import load_workbook

from conftest import EXAMPLE, Run, posix
from recording import DAY, journal
from relance.config import Environment, load_config
from relance.errors import ConflictError
from relance.office.outbox import Drafted
from relance.office.remind import Wish, draft_reminders
from relance.office.ways import Files
from relance.workbook.events import Released
from relance.workbook.journal import append_events

Command = Callable[..., Run]
AT = datetime(2026, 11, 20, 8, 30).astimezone()


def drafts(run: Command, *words: str) -> dict[str, str]:
    """What became of each message of a run, by client."""
    done = run("remind", "--json", *words, *(() if "--today" in words else DAY))
    return {draft["client"]: draft["state"] for draft in json.loads(done.out)["data"]["drafts"]}


def reason(run: Command, number: str, day: tuple[str, ...] = DAY) -> str:
    found: str = json.loads(run("why", number, "--json", *day).out)["data"]["decision"]["reason"]
    return found


def numbers_announced(folder: Path) -> list[str]:
    """The numbers of the messages announced and not released before they were written."""
    standing: dict[str, list[str]] = {}
    for event in journal(folder):
        if event["event"] == "reserved":
            assert event["id"] not in standing
            standing[event["id"]] = [step["number"] for step in event["invoices"]]
        elif event["event"] == "released":
            del standing[event["id"]]
    return [number for numbers in standing.values() for number in numbers]


class Meddler(Files):
    """A colleague who saves the workbook after the second message, and before that of the mayor: several are written
    at once, in no order."""

    def __init__(self, meddle: Callable[[], None]) -> None:
        self.meddle, self.count, self.turn, self.saved = meddle, 0, Lock(), Event()

    def write(self, book: Any, planned: Drafted, content: bytes) -> str:
        if "mairie" in planned.file:
            self.saved.wait(60)
        with self.turn:
            digest = super().write(book, planned, content)
            self.count += 1
            if self.count == 2:
                self.meddle()
                self.saved.set()
        return digest


@pytest.mark.parametrize("amount", [13920, 1000])
def test_a_payment_typed_between_two_messages_leaves_that_client_out(folder: Path, amount: int) -> None:
    """In full, or a part of it: the message that somebody agreed to asked for another amount."""

    def pay() -> None:
        book = load_workbook(folder / EXAMPLE.name)
        page = book["Factures"]
        head = next(row for row in page.iter_rows() if any(cell.value == "N° facture" for cell in row))
        place = {str(cell.value): cell.column for cell in head}
        for row in range(head[0].row + 1, page.max_row + 1):
            if page.cell(row, place["N° facture"]).value == "F-2026-026":
                page.cell(row, place["Payé"]).value = amount
        book.save(folder / EXAMPLE.name)

    config = load_config(folder, Environment())
    made = draft_reminders(config, AT, date(2026, 11, 20), Wish(way=Meddler(pay)))
    states = {drafted.chase.client.name: drafted.state for drafted in made.clients if drafted.letter}
    assert states.pop("Mairie de Saint-Aubry-les-Prés") == "changed"
    assert set(states.values()) == {"drafted"}
    told = [problem for drafted in made.clients for problem in drafted.problems if problem.code == "changed-meanwhile"]
    assert len(told) == 1
    assert "F-2026-026" not in numbers_announced(folder)


def test_a_workbook_saved_without_change_goes_on(folder: Path) -> None:
    def touch() -> None:
        book = load_workbook(folder / EXAMPLE.name)
        book.save(folder / EXAMPLE.name)

    config = load_config(folder, Environment())
    made = draft_reminders(config, AT, date(2026, 11, 20), Wish(way=Meddler(touch)))
    assert {drafted.state for drafted in made.clients if drafted.letter} == {"drafted"}
    assert len(numbers_announced(folder)) == len(set(numbers_announced(folder)))


def test_a_note_taken_by_somebody_else_between_two_messages_stops_the_run_and_hides_no_draft(folder: Path) -> None:
    def note() -> None:
        append_events(folder, [Released(at=AT, day=AT.date(), workbook="other.xlsx", id="other", reason="gone")])

    config = load_config(folder, Environment())
    with pytest.raises(ConflictError) as told:
        draft_reminders(config, AT, date(2026, 11, 20), Wish(way=Meddler(note)))
    assert told.value.code == "journal-moved"
    noted = {event["file"] for event in journal(folder) if event["event"] == "drafted"}
    assert {f"drafts/2026-11-20/{file.name}" for file in (folder / "relance").rglob("*-*.*ml")} <= noted
    assert len(noted) == 7


class Clumsy(Files):
    """A colleague who puts a file where the draft of the mayor goes."""

    def write(self, book: Any, planned: Drafted, content: bytes) -> str:
        if "mairie" in planned.file:
            place = book.path.parent / "relance" / planned.file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"")
        return super().write(book, planned, content)


def test_a_draft_that_cannot_be_written_leaves_the_others_noted(folder: Path) -> None:
    config = load_config(folder, Environment())
    with pytest.raises(ConflictError) as told:
        draft_reminders(config, AT, date(2026, 11, 20), Wish(way=Clumsy()))
    assert told.value.code == "draft-exists"
    events = journal(folder)
    kinds = [event["event"] for event in events]
    assert (kinds.count("reserved"), kinds.count("drafted"), kinds.count("released")) == (7, 6, 0)
    assert all("mairie" not in event["file"] for event in events if event["event"] == "drafted")


@pytest.mark.parametrize("confirmed", [False, True], ids=["drafted", "confirmed"])
def test_a_copy_in_the_folder_or_a_backup_restored_causes_nothing(folder: Path, run: Command, confirmed: bool) -> None:
    before = (folder / EXAMPLE.name).read_bytes()
    assert drafts(run)
    if confirmed:
        assert run("sent", "--yes", *DAY).code == 0
    (folder / EXAMPLE.name).write_bytes(before)
    assert drafts(run) == {}
    copy = folder / "suivi (copie).xlsx"
    shutil.copy(folder / EXAMPLE.name, copy)
    assert drafts(run, "-w", str(copy)) == {}
    assert len(numbers_announced(folder)) == len(set(numbers_announced(folder)))


def retype(folder: Path, cell: str, value: str) -> None:
    """A colleague types something into the sheet of invoices."""
    workbook = load_workbook(folder / EXAMPLE.name)
    workbook["Factures"][cell] = value
    workbook.save(folder / EXAMPLE.name)


LATER = ("--today", "2026-12-01")
HARTWELL = "Hartwell & Dunne Interiors Ltd"


@pytest.mark.parametrize("typed", ["f-2026-024", " F 2026 024 ", "F2026024"])
def test_a_number_typed_another_way_is_the_same_invoice(folder: Path, run: Command, typed: str) -> None:
    assert HARTWELL in drafts(run)
    retype(folder, "A33", typed)
    assert HARTWELL not in drafts(run, *LATER)
    assert reason(run, typed.strip(), LATER) == "awaiting-confirmation"
    assert run("sent", "F-2026-024", "--on", "2026-11-20", "--yes", *LATER).code == 0
    assert reason(run, "F-2026-024", LATER) == "ready", "confirmed under the number of today: step 4 follows"


def test_an_invoice_renumbered_while_its_draft_waits_is_not_reminded_of_twice(folder: Path, run: Command) -> None:
    assert HARTWELL in drafts(run)
    retype(folder, "A33", "2026/0024")
    assert HARTWELL not in drafts(run, *LATER)
    assert reason(run, "2026/0024", LATER) == "draft-astray"
    found = json.loads(run("check", "--json", *LATER).out)["problems"]
    assert "F-2026-024" in next(problem for problem in found if problem["code"] == "draft-astray")["message"]
    assert "F-2026-024" in run("log", "F-2026-024", *LATER).out
    assert run("sent", "2026/0024", "--by", "email", "--on", "2026-11-20", "--yes", *LATER).code == 0
    assert run("failed", "F-2026-024", "--yes", *LATER).code == 0
    again = drafts(run, *LATER)
    assert HARTWELL in again, "settled: step 4 follows"


def test_a_draft_of_another_workbook_of_the_folder_stops_nothing_here(folder: Path, run: Command) -> None:
    other = folder / "suivi 2025.xlsx"
    shutil.copy(folder / EXAMPLE.name, other)
    retype(folder, "A33", "2026/0024")
    assert HARTWELL in drafts(run, "-w", str(other))
    assert reason_in(run, folder / EXAMPLE.name, "2026/0024") != "draft-astray"


def reason_in(run: Command, workbook: Path, number: str) -> str:
    found: str = json.loads(run("why", number, "--json", "-w", str(workbook), *LATER).out)["data"]["decision"]["reason"]
    return found


@pytest.mark.parametrize("left", ["deleted", "older"])
def test_a_journal_deleted_or_replaced_by_an_older_one_stops_every_message(
    folder: Path, run: Command, left: str
) -> None:
    path = folder / "relance" / "journal.jsonl"
    if left == "older":
        assert run("call", "F-2026-024", "--outcome", "no-answer", "--yes", *DAY).code == 0
        before = path.read_bytes()
    assert drafts(run)
    path.unlink() if left == "deleted" else path.write_bytes(before)
    refused = run("remind", "--yes", *LATER)
    assert (refused.code, "[journal-lost]" in refused.err) == (5, True)
    assert "journal-lost" in run("check", "--json", *LATER).out
    for name in ("drafts", "sent"):
        if (folder / "relance" / name).exists():
            (folder / "relance" / name).rename(folder / "relance" / f"{name} avant")
    assert HARTWELL in drafts(run, *LATER), "somebody said that it is lost"


def test_a_copy_of_a_draft_or_a_file_of_ones_own_stops_nothing(folder: Path, run: Command) -> None:
    assert drafts(run)
    (made,) = (folder / "relance" / "drafts").glob("*/hartwell*.eml")
    shutil.copy(made, made.with_name("copie.eml"))
    made.with_name("note.eml").write_bytes(b"Message-ID: <x@y>\n\nnote")
    made.with_name("note.txt").write_text("note", encoding="utf-8")
    assert run("remind", *LATER).code == 0


def test_a_draft_thrown_away_is_free_again_and_the_act_can_be_taken_back(folder: Path, run: Command) -> None:
    first = drafts(run)
    message = next(event for event in journal(folder) if event["event"] == "reserved" and event["client"])
    assert run("failed", message["id"], "--reason", "jeté", "--yes", *DAY).code == 0
    for step in message["invoices"]:
        assert reason(run, step["number"]) == "ready"
    assert run("undo", "--yes", *DAY).code == 0
    assert reason(run, message["invoices"][0]["number"]) == "awaiting-confirmation"
    done = run("failed", "F-2026-024", "--yes", *DAY)
    assert "hartwell-dunne-interiors-ltd-3.eml" in done.out, "the draft left behind is told"
    again = drafts(run)
    assert set(again) < set(first)
    assert len(again) == 1
    assert reason(run, "F-2026-024") == "awaiting-confirmation"


def test_a_step_skipped_on_purpose_lets_the_next_one_follow(folder: Path, run: Command) -> None:
    before = (folder / EXAMPLE.name).read_bytes()
    assert json.loads(run("why", "F-2026-024", "--json", *DAY).out)["data"]["decision"]["step"] == 3
    assert run("skip", "F-2026-024", "--yes", *DAY).code == 2, "a reason is wanted"
    assert run("skip", "F-2026-024", "--reason", "vu au salon", "--yes", *DAY).code == 0
    assert (folder / EXAMPLE.name).read_bytes() == before, "no reminder was sent: the sheet counts none"
    assert reason(run, "F-2026-024") != "ready"
    told = run("why", "F-2026-024", "--lang", "en", "--format", "text", *DAY).out
    assert "waits until 30/11/2026: 10 days after step 3 was left out, on 20/11/2026" in " ".join(told.split())
    assert "step 3 left out on 20/11/2026 + 10 days" in told
    assert "the reminder of 20/11/2026" not in told
    later = ("--today", "2026-12-01")
    decided = json.loads(run("why", "F-2026-024", "--json", *later).out)["data"]["decision"]
    assert (decided["reason"], decided["step"]) == ("ready", 4)
    assert "reminder-missing" not in run("check", "--json", *DAY).out
    assert run("undo", "--yes", *DAY).code == 0
    assert reason(run, "F-2026-024") == "ready"


def test_drafts_that_wait_too_long_are_told(folder: Path, run: Command) -> None:
    drafts(run)
    for command in ("status", "report"):
        assert "brouillons attendent" not in run(command, "--today", "2026-11-23", "--format", "text").out
        assert "7 brouillons attendent depuis le 20/11/2026" in run(
            command, "--today", "2026-11-24", "--format", "text"
        ).out.replace("\u00a0", " ")


def test_a_bank_file_newer_than_the_sheet_is_told(folder: Path, run: Command) -> None:
    def codes() -> set[str]:
        answer = json.loads(run("remind", "--dry-run", "--json", "--today", "2026-11-20").out)
        return {problem["code"] for problem in answer["problems"]}

    bank = folder / "releve_novembre.csv"
    bank.write_text("date;montant\n", encoding="utf-8")
    sheet = (folder / EXAMPLE.name).stat().st_mtime
    os.utime(bank, (sheet - 60, sheet - 60))
    assert "bank-newer" not in codes()
    os.utime(bank, (sheet + 60, sheet + 60))
    assert "bank-newer" in codes()
    (folder / "relance.toml").write_text('[letters]\nbank_files = "*.ofx"\n', encoding="utf-8")
    assert "bank-newer" not in codes()


@pytest.fixture
def terminal() -> Iterator[Callable[..., tuple[int, str]]]:
    """The program on a terminal of its own, answered as told: exit code and what it said."""
    import pty
    import subprocess

    def _run(folder: Path, answer: str, *words: str) -> tuple[int, str]:
        leader, follower = pty.openpty()
        command = [sys.executable, "-m", "relance", *words]
        process = subprocess.Popen(
            command, cwd=folder, stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        os.write(leader, f"{answer}\n".encode())
        _, said = process.communicate(timeout=120)
        os.close(leader)
        os.close(follower)
        return process.returncode, said

    yield _run


@posix
def test_old_payments_are_said_and_a_person_is_asked(
    folder: Path, run: Command, terminal: Callable[..., tuple[int, str]]
) -> None:
    late = ("--today", "2026-11-25")
    code, said = terminal(folder, "n", "remind", *late)
    assert code == 0
    assert "8 jours" in said
    assert not (folder / "relance" / "journal.jsonl").exists()
    assert terminal(folder, "n", "remind", "--yes", *late)[0] == 0
    assert numbers_announced(folder), "--yes asks nothing"
    answer = json.loads(run("remind", "--dry-run", "--json", *late).out)
    assert answer["data"]["drafts"] == []

"""After `sent` the drafts folder holds what is still to be sent; what went out is kept, byte for byte; undo puts it
back. A stop in between loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from relance.office.tidy import tidy_drafts

DAY = ("--today", "2026-11-20")
HARTWELL = "2026-11-20/hartwell-dunne-interiors-ltd-3.eml"
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


def files(folder: Path, place: str) -> dict[str, bytes]:
    """The messages in a folder beside the workbook, by path, with their bytes."""
    base = folder / "relance" / place
    return {path.relative_to(base).as_posix(): path.read_bytes() for path in base.rglob("*") if path.is_file()}


def kept(run: Callable[..., Run], number: str) -> list[tuple[str, str]]:
    entries: list[dict[str, Any]] = json.loads(run("log", number, "--json", *DAY).out)["data"]["entries"]
    return [(f"relance/{entry['file']}", entry["sha256"]) for entry in entries if entry.get("sha256")]


def test_a_confirmed_draft_is_kept_among_the_messages_sent(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    before = files(folder, "drafts")
    done = run("sent", "F-2026-024", "--yes", "--lang", "en", *DAY)
    assert "1 draft that went out is kept in relance/sent/2026-11-20." in done.err
    assert files(folder, "sent") == {HARTWELL: before[HARTWELL]}
    assert files(folder, "drafts") == {name: data for name, data in before.items() if name != HARTWELL}
    assert kept(run, "F-2026-024") == [(f"relance/sent/{HARTWELL}", sha256(before[HARTWELL]).hexdigest())]
    assert run("sent", "--yes", *DAY).code == 0
    assert files(folder, "sent") == before
    assert not (folder / "relance" / "drafts" / "2026-11-20").exists()
    assert "journal-lost" not in run("check", "--json", *DAY).out


def test_undo_puts_it_back_to_be_sent(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    before = files(folder, "drafts")
    for _ in range(2):
        run("sent", "--yes", *DAY)
        assert files(folder, "drafts") == {}
        assert run("undo", "--yes", *DAY).code == 0
        assert (files(folder, "drafts"), files(folder, "sent")) == (before, {})
    assert kept(run, "F-2026-024") == [(f"relance/drafts/{HARTWELL}", sha256(before[HARTWELL]).hexdigest())]


def test_a_message_of_two_invoices_waits_for_both(folder: Path, run: Callable[..., Run]) -> None:
    data = json.loads(run("remind", "--json", *DAY).out)["data"]
    draft = next(entry for entry in data["drafts"] if len(entry["numbers"]) + len(entry["beside"]) > 1)
    numbers = [*draft["numbers"], *draft["beside"]]
    run("sent", numbers[0], "--yes", *DAY)
    assert files(folder, "sent") == {}
    run("sent", *numbers[1:], "--yes", *DAY)
    assert len(files(folder, "sent")) == 1


def test_a_letter_leaves_with_its_pdf(folder: Path, run: Callable[..., Run]) -> None:
    data = json.loads(run("remind", "--json", *DAY).out)["data"]
    file = next(entry["file"] for entry in data["drafts"] if not entry["file"].endswith(".eml"))
    other = (folder / "relance" / file).with_suffix(".odt")
    other.write_bytes(b"the same letter, as it was signed")
    run("sent", "--yes", *DAY)
    assert files(folder, "drafts") == {}
    assert (
        files(folder, "sent")[other.relative_to(folder / "relance" / "drafts").as_posix()]
        == b"the same letter, as it was signed"
    )


@pytest.mark.parametrize("stopped", ["before the journal", "before the draft goes"])
def test_what_a_stop_left_is_put_right_the_next_time(folder: Path, run: Callable[..., Run], stopped: str) -> None:
    run("remind", *DAY)
    before = files(folder, "drafts")
    run("sent", "--yes", *DAY)
    journal = folder / "relance" / "journal.jsonl"
    for name, content in before.items():
        path = folder / "relance" / "drafts" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    if stopped == "before the journal":
        lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
        journal.write_text("".join(line for line in lines if '"event":"kept"' not in line), encoding="utf-8")
    assert tidy_drafts(folder, AT, date(2026, 11, 20)).back == ()
    assert (files(folder, "drafts"), files(folder, "sent")) == ({}, before)
    assert tidy_drafts(folder, AT, date(2026, 11, 20)) == tidy_drafts(folder, AT, date(2026, 11, 20))
    assert kept(run, "F-2026-024") == [(f"relance/sent/{HARTWELL}", sha256(before[HARTWELL]).hexdigest())]


def test_another_file_of_that_name_is_left_alone(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    before = files(folder, "drafts")
    taken = folder / "relance" / "sent" / HARTWELL
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"sent this morning")
    run("sent", "F-2026-024", "--yes", *DAY)
    assert files(folder, "sent") == {HARTWELL: b"sent this morning", HARTWELL.replace("-3.", "-3-2."): before[HARTWELL]}
    assert kept(run, "F-2026-024")[0][0].endswith("-3-2.eml")


def test_a_dry_run_moves_nothing(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    before = files(folder, "drafts")
    run("sent", "--dry-run", *DAY)
    assert files(folder, "drafts") == before

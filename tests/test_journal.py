"""The journal: nothing it announced is lost, whatever stopped the program, and nothing is announced twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.errors import ConflictError, Severity, WorkbookError
from relance.workbook.events import Drafted, InvoiceStep, Known, Released, Reserved, Torn
from relance.workbook.journal import append_events, journal_path, parse_journal, read_journal
from relance.workbook.messages import pending_drafts, unfinished

AT, DAY = datetime.fromisoformat("2026-11-20T08:30:12"), date(2026, 11, 20)


def reserved(number: str = "F-041", step: int = 1, client: str = "c1", message: str = "m1") -> Reserved:
    return Reserved(
        at=AT, day=DAY, workbook="suivi.xlsx", id=message, client=client, name="Café Zoé",
        invoices=(InvoiceStep(number, step),), file="drafts/2026-11-20/cafe-zoe-1.eml",
    )  # fmt: skip


def drafted(message: str = "m1", file: str = "drafts/2026-11-20/cafe-zoe-1.eml") -> Drafted:
    return Drafted(at=AT, day=DAY, workbook="suivi.xlsx", id=message, file=file, sha256="ab" * 32)


def released(message: str = "m1") -> Released:
    return Released(at=AT, day=DAY, id=message, reason="never written")


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    events = (reserved(), drafted(), released())
    append_events(tmp_path, events[:1])
    size = append_events(tmp_path, events[1:])
    journal = read_journal(tmp_path)
    assert journal.events == events
    assert (journal.problems, journal.blocked, journal.size) == ((), False, size)
    assert journal_path(tmp_path).stat().st_size == size


def test_one_event_is_one_json_line_a_person_can_read(tmp_path: Path) -> None:
    append_events(tmp_path, [reserved()])
    (line,) = journal_path(tmp_path).read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "event": "reserved", "at": "2026-11-20T08:30:12", "day": "2026-11-20", "workbook": "suivi.xlsx", "id": "m1",
        "client": "c1", "name": "Café Zoé", "invoices": [{"number": "F-041", "step": 1}],
        "file": "drafts/2026-11-20/cafe-zoe-1.eml",
    }  # fmt: skip
    assert "Café" in line


def test_no_journal_yet_is_an_empty_journal_and_reading_makes_none(tmp_path: Path) -> None:
    assert read_journal(tmp_path).events == ()
    assert list(tmp_path.iterdir()) == []
    assert append_events(tmp_path, []) == 0
    assert list(tmp_path.iterdir()) == []


def test_the_disk_has_the_line_and_its_folders_before_the_act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, int]] = []
    real = os.fsync

    def spy(descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        synced.append((name, os.fstat(descriptor).st_size if name.endswith(".jsonl") else 0))
        real(descriptor)

    if not Path("/proc/self/fd").exists():
        pytest.skip("the open files of the process are shown by Linux only")
    monkeypatch.setattr(os, "fsync", spy)
    size = append_events(tmp_path, [reserved()])
    assert synced == [(tmp_path.name, 0), ("journal.jsonl", size), ("relance", 0)]
    synced.clear()
    more = append_events(tmp_path, [drafted()])
    assert synced == [("journal.jsonl", more)]


@given(cut=st.integers(1, 400))
def test_a_line_cut_short_anywhere_is_said_kept_and_stops_nothing(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    first = append_events(folder, [reserved()])
    whole = append_events(folder, [reserved("F-042", message="m2")])
    path = journal_path(folder)
    path.write_bytes(path.read_bytes()[: min(whole - 1, first + cut)])
    torn = path.read_bytes()
    journal = read_journal(folder)
    complete = len(torn) == whole - 1
    assert [problem.code for problem in journal.problems] == ([] if complete else ["journal-torn"])
    assert not journal.blocked
    assert len(journal.events) == (2 if complete else 1)
    append_events(folder, [drafted()])
    after = read_journal(folder)
    assert path.read_bytes().startswith(torn)
    assert after.problems == ()
    assert not after.blocked
    assert [type(event) for event in after.events] == [Reserved, Reserved if complete else Torn, Drafted]


def test_a_line_of_zeros_after_a_power_cut_is_a_torn_line(tmp_path: Path) -> None:
    append_events(tmp_path, [reserved()])
    with journal_path(tmp_path).open("ab") as stream:
        stream.write(bytes(200))
    assert [problem.code for problem in read_journal(tmp_path).problems] == ["journal-torn"]
    append_events(tmp_path, [drafted()])
    assert [type(event) for event in read_journal(tmp_path).events] == [Reserved, Torn, Drafted]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"hello",
        b"[]",
        b"\xff\xfe\xfa",
        b'{"event": "reserved", "at": "2026-11-20T08:30:12", "day": "2026-11-20", "id": "m9"}',
        b'{"event": "drafted", "at": "yesterday", "day": "2026-11-20", "id": "m1", "file": "", "sha256": ""}',
        b'{"day": "2026-11-20"}',
    ],
)
def test_a_line_that_cannot_be_read_in_the_middle_stops_every_draft(tmp_path: Path, line: bytes) -> None:
    append_events(tmp_path, [reserved()])
    with journal_path(tmp_path).open("ab") as stream:
        stream.write(line + b"\n")
    append_events(tmp_path, [drafted()])
    journal = read_journal(tmp_path)
    assert journal.blocked
    assert [(problem.code, problem.severity) for problem in journal.problems] == [("journal-line", Severity.ERROR)]
    assert "2" in str(journal.problems[0].message)
    assert journal.events == (reserved(), drafted())


def test_an_event_of_a_newer_version_is_kept_and_said(tmp_path: Path) -> None:
    line = b'{"event":"postponed","at":"2027-01-01T09:00:00","day":"2027-01-01","why":"holidays"}'
    append_events(tmp_path, [reserved()])
    with journal_path(tmp_path).open("ab") as stream:
        stream.write(line + b"\n")
    append_events(tmp_path, [drafted()])
    journal = read_journal(tmp_path)
    assert (journal.unknown[0].line, journal.unknown[0].event, journal.unknown[0].raw) == (2, "postponed", line)
    assert not journal.blocked
    assert [problem.code for problem in journal.problems] == ["journal-newer"]
    assert journal.events == (reserved(), drafted())


def test_a_newer_version_may_add_a_field(tmp_path: Path) -> None:
    append_events(tmp_path, [drafted()])
    path = journal_path(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"id"', b'"tone":"kind","id"'))
    assert read_journal(tmp_path).events == (drafted(),)


def test_notepad_does_no_harm(tmp_path: Path) -> None:
    append_events(tmp_path, [reserved(), drafted()])
    data = journal_path(tmp_path).read_bytes()
    journal = parse_journal(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") + b"\r\n")
    assert journal.events == (reserved(), drafted())
    assert journal.problems == ()


def test_what_was_decided_on_an_older_journal_is_not_written(tmp_path: Path) -> None:
    read = read_journal(tmp_path)
    size = append_events(tmp_path, [reserved()], after=read.size)
    with pytest.raises(ConflictError) as caught:
        append_events(tmp_path, [reserved(message="m2")], after=read.size)
    assert caught.value.code == "journal-moved"
    assert read_journal(tmp_path).events == (reserved(),)
    assert append_events(tmp_path, [drafted()], after=size) > size


def test_a_journal_that_cannot_be_opened_is_not_an_empty_one(tmp_path: Path) -> None:
    journal_path(tmp_path).mkdir(parents=True)
    with pytest.raises(WorkbookError) as read:
        read_journal(tmp_path)
    assert read.value.code == "journal-unreadable"
    with pytest.raises(ConflictError) as write:
        append_events(tmp_path, [reserved()])
    assert write.value.code == "journal-unwritable"


_APPEND = """
import sys
from datetime import date, datetime
from pathlib import Path
from relance.workbook.events import InvoiceStep, Reserved
from relance.workbook.journal import append_events
for turn in range(40):
    append_events(Path(sys.argv[1]), [Reserved(
        at=datetime(2026, 11, 20, 8, 0), day=date(2026, 11, 20), id=f"{sys.argv[2]}-{turn}", client="c" * 3000,
        invoices=(InvoiceStep(f"F-{turn}", 1),))])
"""


def test_two_processes_append_at_once_and_every_line_stays_whole(tmp_path: Path) -> None:
    children = [subprocess.Popen([sys.executable, "-c", _APPEND, str(tmp_path), name]) for name in "ab"]
    assert [child.wait(60) for child in children] == [0, 0]
    journal = read_journal(tmp_path)
    assert journal.problems == ()
    written = [event.id for event in journal.events if isinstance(event, Reserved)]
    assert sorted(written) == sorted(f"{name}-{turn}" for name in "ab" for turn in range(40))
    for name in "ab":
        assert [id_ for id_ in written if id_.startswith(name)] == [f"{name}-{turn}" for turn in range(40)]


def test_a_crash_between_reservation_and_draft_leaves_the_draft_known() -> None:
    (draft,) = pending_drafts([reserved()])
    assert (draft.number, draft.client, draft.step, draft.on) == ("F-041", "c1", 1, DAY)
    assert draft.file == "drafts/2026-11-20/cafe-zoe-1.eml"
    assert [left.message for left in unfinished([reserved()])] == [reserved()]
    assert unfinished([reserved(), drafted()]) == ()


def test_the_file_written_replaces_the_file_planned() -> None:
    (draft,) = pending_drafts([reserved(), drafted(file="drafts/2026-11-20/cafe-zoe-1-2.eml")])
    assert draft.file == "drafts/2026-11-20/cafe-zoe-1-2.eml"


def test_what_was_released_is_free_again() -> None:
    assert pending_drafts([reserved(), released()]) == ()
    assert unfinished([reserved(), released()]) == ()


@given(st.permutations([1, 2, 3]))
def test_the_highest_step_counts_whatever_the_order(steps: list[int]) -> None:
    events: list[Known] = [reserved(step=step, message=f"m{step}") for step in steps]
    assert [draft.step for draft in pending_drafts(events)] == [3]


def test_the_same_number_at_two_clients_is_two_invoices() -> None:
    drafts = pending_drafts([reserved(step=2), reserved(client="c2", message="m2")])
    assert [(draft.client, draft.step) for draft in drafts] == [("c1", 2), ("c2", 1)]

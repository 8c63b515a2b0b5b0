"""Saving: locks, fingerprint, backup, atomic replace, exact undo, and crashes that lose nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import posix
from corpus.made import tracker
from corpus.shared import need_shared, sample_params
from relance.errors import ConflictError, WorkbookError, msg
from relance.workbook.backup import Keep, prune_backups, too_old
from relance.workbook.lock import conflicted_copies, held_by
from relance.workbook.save import Snapshot, read_snapshot, save_plan, undo_plan
from relance.workbook.xlsx.book import open_book
from relance.workbook.xlsx.edits import Edit, Plan

NOW = datetime(2026, 9, 30, 8, 15)  # noqa: DTZ001 - local time, as the command reads it
SHEET = "Factures"


@pytest.fixture
def path(tmp_path) -> Path:
    file = tmp_path / "Suivi.xlsx"
    file.write_bytes(tracker("rich"))
    return file


def plan_for(snapshot: Snapshot, values: dict) -> Plan:
    book = open_book(snapshot.data)
    edits = tuple(Edit(SHEET, cell, book.value(SHEET, cell), value, msg("test")) for cell, value in values.items())
    return Plan(edits, headers={SHEET: 1})


def pay(path: Path, values: dict | None = None):
    snapshot = read_snapshot(path)
    plan = plan_for(snapshot, values or {"F4": Decimal("740")})
    return save_plan(snapshot, plan, NOW), plan


def temporaries(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir() if file.name.startswith(".relance-")]


@posix
def test_a_save_keeps_the_old_bytes_the_mode_and_no_temporary_file(path):
    path.chmod(0o640)
    old = path.read_bytes()
    saved, _ = pay(path)
    assert open_book(path.read_bytes()).value(SHEET, "F4") == 740
    assert (path.parent / "relance" / saved.backup).read_bytes() == old
    assert path.stat().st_mode & 0o777 == 0o640
    assert temporaries(path) == []


def test_undo_gives_the_very_bytes_back_again_and_again(path):
    original = path.read_bytes()
    acts = [pay(path), pay(path, {"H4": "Réglée", "G4": None}), pay(path, {"E2": Decimal("5")})]
    for saved, plan in reversed(acts):
        done = undo_plan(read_snapshot(path), saved, plan, NOW)
        assert done.exact
        assert done.after == saved.before
    assert path.read_bytes() == original


def test_undo_after_a_colleagues_change_takes_back_the_cells_alone(path):
    saved, plan = pay(path)
    pay(path, {"B2": "Un autre client"})
    done = undo_plan(read_snapshot(path), saved, plan, NOW)
    assert not done.exact
    book = open_book(path.read_bytes())
    assert book.value(SHEET, "F4") is None
    assert book.value(SHEET, "B2") == "Un autre client"


def test_undo_refuses_where_somebody_changed_the_cell(path):
    saved, plan = pay(path)
    pay(path, {"F4": Decimal("700")})
    content = path.read_bytes()
    with pytest.raises(ConflictError) as refused:
        undo_plan(read_snapshot(path), saved, plan, NOW)
    assert "Factures!F4" in str(refused.value)
    assert path.read_bytes() == content


def test_undo_without_its_backup_takes_back_the_cells(path):
    saved, plan = pay(path)
    (path.parent / "relance" / saved.backup).write_bytes(b"spoiled")
    assert not undo_plan(read_snapshot(path), saved, plan, NOW).exact
    assert open_book(path.read_bytes()).value(SHEET, "F4") is None


@pytest.mark.parametrize("file", sample_params())
def test_real_workbooks_come_back_byte_for_byte(file, tmp_path):
    need_shared()
    path = tmp_path / file.name
    path.write_bytes(file.read_bytes())
    acts = []
    for cell, value in (("Q9", "un"), ("Q9", Decimal("2")), ("Q50", None), ("R9", "trois")):
        acts.append(pay(path, {cell: value}))
    for saved, plan in reversed(acts):
        undo_plan(read_snapshot(path), saved, plan, NOW)
    assert path.read_bytes() == file.read_bytes()


def libreoffice(path: Path) -> None:
    line = ",marie,PC-COMPTA,22.11.2026 02:23,file:///home/marie/.config;"
    path.with_name(f".~lock.{path.name}#").write_text(line, encoding="utf-8")


def excel(path: Path) -> None:
    name = "Zoé Müller"
    content = bytes([len(name)]) + name.encode("cp1252").ljust(54) + bytes([len(name), 0]) + name.encode("utf-16-le")
    path.with_name(f"~${path.name}").write_bytes(content.ljust(165))


def excel_old(path: Path) -> None:
    path.with_name(f"~${path.name}").write_bytes(bytes([4]) + b"Jean".ljust(164))


@pytest.mark.parametrize(
    ("open_in", "words"),
    [
        (libreoffice, ("marie@PC-COMPTA", "LibreOffice")),
        (excel, ("Zoé Müller", "Excel")),
        (excel_old, ("Jean", "Excel")),
    ],
)
def test_a_workbook_open_elsewhere_is_left_alone_and_the_person_named(path, open_in: Callable, words):
    content = path.read_bytes()
    open_in(path)
    with pytest.raises(ConflictError) as refused:
        pay(path)
    assert refused.value.code == "workbook-open"
    assert all(word in str(refused.value) for word in words)
    assert path.read_bytes() == content
    assert not (path.parent / "relance" / "backups").exists()


@posix
def test_a_lock_beside_a_link_counts_too(path, tmp_path):
    link = tmp_path / "ailleurs" / "lien.xlsx"
    link.parent.mkdir()
    link.symlink_to(path)
    libreoffice(path)
    assert held_by(link).person == "marie@PC-COMPTA"
    path.with_name(f".~lock.{path.name}#").unlink()
    libreoffice(link)
    with pytest.raises(ConflictError) as refused:
        pay(link)
    assert refused.value.code == "workbook-open"


@posix
def test_a_link_stays_a_link(path, tmp_path):
    link = tmp_path / "lien.xlsx"
    link.symlink_to(path)
    pay(link)
    assert link.is_symlink()
    assert open_book(path.read_bytes()).value(SHEET, "F4") == 740


def test_a_file_changed_since_it_was_read_is_left_alone(path):
    snapshot = read_snapshot(path)
    plan = plan_for(snapshot, {"F4": Decimal("740")})
    pay(path, {"H2": "Litige"})
    content = path.read_bytes()
    with pytest.raises(ConflictError) as refused:
        save_plan(snapshot, plan, NOW)
    assert refused.value.code == "workbook-changed"
    assert path.read_bytes() == content


def test_a_file_replaced_by_the_same_size_in_the_same_second_is_seen(path):
    snapshot = read_snapshot(path)
    held = path.stat()
    path.write_bytes(snapshot.data[:-1] + bytes([snapshot.data[-1] ^ 1]))
    os.utime(path, ns=(held.st_atime_ns, held.st_mtime_ns))
    with pytest.raises(ConflictError):
        save_plan(snapshot, plan_for(snapshot, {"F4": Decimal("1")}), NOW)


def test_a_read_only_workbook_is_left_alone(path):
    path.chmod(0o444)
    with pytest.raises(WorkbookError) as refused:
        pay(path)
    assert refused.value.code == "workbook-read-only"


def test_an_absent_workbook_is_said(tmp_path):
    with pytest.raises(WorkbookError) as refused:
        read_snapshot(tmp_path / "absent.xlsx")
    assert refused.value.code == "workbook-missing"


@posix
def test_a_full_disk_leaves_the_workbook_as_it_was(path):
    """The system refuses to write more than a little: no half file, no temporary file, a clear error."""
    content = path.read_bytes()
    import resource

    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    snapshot = read_snapshot(path)
    plan = plan_for(snapshot, {"F4": Decimal("740")})
    for size in (0, 2000, len(content) // 2, len(content) - 1):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limit[1]))
        try:
            with pytest.raises(WorkbookError) as refused:
                save_plan(snapshot, plan, NOW)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        assert refused.value.code == "workbook-not-written"
        assert path.read_bytes() == content
        assert temporaries(path) == []
        assert [f for f in (path.parent / "relance" / "backups").iterdir() if f.read_bytes() != content] == []


WRITER = Path(__file__).parent / "corpus" / "writer.py"


def test_thirty_writers_at_once_lose_and_double_nothing(path):
    cells = [f"P{row}" for row in range(2, 32)]
    writers = [subprocess.Popen([sys.executable, str(WRITER), str(path), cell]) for cell in cells]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * 30
    book = open_book(path.read_bytes())
    assert [book.value(SHEET, cell) for cell in cells] == cells
    assert len(list((path.parent / "relance" / "backups").iterdir())) == 30
    assert temporaries(path) == []


def test_killed_at_any_file_operation_the_workbook_is_whole_old_or_new(path):
    """The process is killed at its first, second, third ... operation on the folder until it gets through."""
    old = path.read_bytes()
    seen = set()
    for left in range(60):
        path.write_bytes(old)
        command = [sys.executable, str(WRITER), str(path), "F4", str(left)]
        done = subprocess.run(command, capture_output=True, check=False)
        book = open_book(path.read_bytes())
        if path.read_bytes() == old:
            seen.add("old")
        else:
            assert book.value(SHEET, "F4") == "F4"
            seen.add("new")
        if done.returncode == 0:
            break
        assert done.returncode == -9, done.stderr.decode()
    assert done.returncode == 0
    assert left > 8
    assert seen == {"old", "new"}
    later = datetime.fromtimestamp(time.time() + 7200)  # noqa: DTZ006 - local time
    save_plan(read_snapshot(path), plan_for(read_snapshot(path), {"F4": Decimal("1")}), later)
    assert temporaries(path) == []


def test_backups_are_pruned_by_age_and_never_those_of_another_workbook(path):
    folder = path.parent / "relance" / "backups"
    folder.mkdir(parents=True)
    for days in range(60):
        for hours in (0, 3):
            stamp = (NOW - timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H%M%S")
            (folder / f"Suivi.{stamp}.0123456789ab.xlsx").write_bytes(b"x")
    (folder / "Autre.2020-01-01T000000.0123456789ab.xlsx").write_bytes(b"x")
    (folder / "Suivi.2030-01-01T000000.0123456789ab.xlsx").write_bytes(b"x")
    prune_backups(path, NOW, Keep())
    left = sorted(file.name for file in folder.iterdir())
    assert len([n for n in left if n.startswith("Suivi.2026-09-2")]) >= 12
    assert "Autre.2020-01-01T000000.0123456789ab.xlsx" in left
    assert "Suivi.2030-01-01T000000.0123456789ab.xlsx" in left
    days = [name[6:16] for name in left if name.startswith("Suivi.2026-08")]
    assert len(days) == len(set(days)) > 5
    assert min(name for name in left if name.startswith("Suivi")) > "Suivi.2026-08-2"
    assert too_old(left, NOW, Keep()) == ["Autre.2020-01-01T000000.0123456789ab.xlsx"]


def test_the_bounds_of_a_backups_age():
    def aged(days, seconds=0):
        stamp = NOW - timedelta(days=days, seconds=seconds)
        return f"Suivi.{stamp:%Y-%m-%dT%H%M%S}.0123456789ab.xlsx"

    keep = Keep(all_days=7, daily_days=30)
    assert too_old([aged(7), aged(6, 86_399), aged(37)], NOW, keep) == []
    assert too_old([aged(7), aged(7, 1), aged(7, 2)], NOW, keep) == [aged(7, 2)]  # the last of its day stays
    assert too_old([aged(37, 1)], NOW, keep) == [aged(37, 1)]


@pytest.mark.parametrize(
    ("name", "conflict"),
    [
        ("Suivi (conflicted copy marie 2026-09-30 141502).xlsx", True),
        ("Suivi (Copie en conflit de Marie 2026-09-30).xlsx", True),
        ("Suivi.sync-conflict-20260930-141502-ABCDEFG.xlsx", True),
        ("Suivi_PC-MARIE_Sep-30-0901-2026_Conflict.xlsx", True),
        ("Suivi - Copie.xlsx", False),
        ("Suivi 2025.xlsx", False),
        ("Conflict.xlsx", False),
    ],
)
def test_conflicted_copies_are_pointed_out(path, name, conflict):
    (path.parent / name).write_bytes(b"")
    assert [file.name for file in conflicted_copies(path)] == ([name] if conflict else [])

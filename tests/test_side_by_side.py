"""Values made on all processors come back whole and in order, errors too."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from conftest import ROOT
from relance.errors import ConflictError, RelanceError, msg
from relance.office.side_by_side import Ended, in_processes, side_by_side
from sheets import HEADERS, make

several_processors = pytest.mark.skipif(
    not sys.platform.startswith("linux") or (os.cpu_count() or 1) < 2, reason="needs fork and two processors"
)


def _refuse_seven(number: int) -> int:
    if number == 7:
        raise ConflictError("draft-exists", msg("The draft {file} is already there.", file="7"), msg("Move it away."))
    return number


def test_the_values_are_in_the_order_of_the_items() -> None:
    assert list(side_by_side(str, range(1000), few=10)) == [str(number) for number in range(1000)]


@several_processors
def test_they_are_made_by_other_processes() -> None:
    made_by = set(side_by_side(lambda _: os.getpid(), range(500), few=10))
    assert made_by
    assert os.getpid() not in made_by
    assert set(side_by_side(lambda _: os.getpid(), range(9), few=10)) == {os.getpid()}


def test_an_error_comes_back_with_its_code_and_remedy() -> None:
    with pytest.raises(RelanceError) as caught:
        list(side_by_side(_refuse_seven, range(100), few=10))
    assert (caught.value.code, str(caught.value.message), str(caught.value.remedy)) == (
        "draft-exists", "The draft 7 is already there.", "Move it away.",
    )  # fmt: skip


@several_processors
def test_the_work_of_a_process_that_was_killed_is_done_again() -> None:
    """As the system does when memory runs short: the values are all there, the last ones made here."""
    mine = os.getpid()

    def make(number: int) -> tuple[int, bool]:
        if number == 260 and os.getpid() != mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return number, os.getpid() == mine

    made = list(side_by_side(make, range(500), few=10))
    assert [number for number, _ in made] == list(range(500))
    assert made[0] == (0, False)
    assert made[-1] == (499, True)


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_it_works_however_the_system_starts_processes(method: str) -> None:
    """Windows and macOS start them anew."""
    with in_processes(abs, range(-40, 0), at_a_time=7, method=method) as values:
        assert list(values) == list(range(40, 0, -1))
    with (
        pytest.raises(Ended),
        in_processes(os._exit, [1, 2], method=method) as nothing,
    ):
        list(nothing)


def test_leaving_early_ends_the_processes() -> None:
    before = set(multiprocessing.active_children())
    with pytest.raises(KeyboardInterrupt), in_processes(time.sleep, [600, 600]):
        mine = set(multiprocessing.active_children()) - before
        raise KeyboardInterrupt
    assert mine
    for process in mine:
        process.join(60)
        assert process.exitcode == -signal.SIGKILL


def _children(pid: int) -> list[int]:
    """The processes that a process started, and that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if parent == str(pid) and state != "Z":
            found.append(int(stat.parent.name))
    return found


def _start(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "relance", *words, "--today", "2026-11-20", "--lang", "en"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=_hear_interruptions,  # noqa: PLW1509 - the tests have one thread
    )  # fmt: skip


def _hear_interruptions() -> None:
    """What a shell starts in the background ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _first_children(process: subprocess.Popen[str]) -> list[int]:
    while process.poll() is None:
        if found := _children(process.pid):
            return found
    return []


@pytest.fixture
def many_clients(tmp_path: Path) -> Path:
    """A folder with a workbook of 400 clients, all late."""
    headers = (*HEADERS, "E-mail")
    rows = [
        (f"F-{n}", f"Client {n}", date(2026, 8, 1), date(2026, 8, 31), 1000 + n, f"c{n}@example.org")
        for n in range(1000, 1400)
    ]
    make(tmp_path / "suivi.xlsx", [headers, *rows])
    shutil.copy(ROOT / "examples" / "relance.toml", tmp_path)
    return tmp_path


@several_processors
def test_each_message_is_drafted_once_though_a_process_is_killed(many_clients: Path) -> None:
    process = _start(many_clients, "remind")
    victims = _first_children(process)
    os.kill(victims[-1], signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, "Traceback" in err) == (0, False), out + err
    drafted = sorted(path.name for path in (many_clients / "relance" / "drafts").rglob("*.eml"))
    assert len(drafted) == len({name.split("-")[1] for name in drafted}) == 400


@several_processors
@pytest.mark.parametrize("to_all", [True, False], ids=["the terminal tells all processes", "one is told"])
def test_an_interruption_ends_it_with_one_line(many_clients: Path, to_all: bool) -> None:
    process = _start(many_clients, "remind")
    workers = _first_children(process)
    assert workers
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err.strip()) == (130, "Interrupted; nothing more was done.")
    assert not list((many_clients / "relance").rglob("*.eml"))
    process = _start(many_clients, "remind")
    process.communicate(timeout=120)
    assert len(list((many_clients / "relance").rglob("*.eml"))) == 400


@several_processors
def test_no_process_outlives_the_one_that_started_it(many_clients: Path) -> None:
    process = _start(many_clients, "remind")
    workers = _first_children(process)
    process.kill()
    process.communicate(timeout=120)  # they hold its streams as long as they live
    assert workers


@pytest.fixture
def dossiers(tmp_path: Path) -> Path:
    """Twelve workbooks that take a moment to read."""
    rows = [(f"F-{n}", f"Client {n}", date(2026, 8, 1), date(2026, 8, 31), 1000 + n) for n in range(1000)]
    first = make(tmp_path / "suivi0.xlsx", [HEADERS, *rows])
    for n in range(1, 12):
        shutil.copy(first, tmp_path / f"suivi{n}.xlsx")
    return tmp_path


@several_processors
def test_workbooks_whose_process_was_killed_are_read_again(dossiers: Path) -> None:
    process = _start(dossiers, "invoices", "-w", "suivi*.xlsx", "--json")
    os.kill(_first_children(process)[-1], signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    answered = json.loads(out)["data"]
    assert [entry["error"] for entry in answered["workbooks"]] == [None] * 12
    assert len(answered["invoices"]) == 12 * 1000


@several_processors
def test_a_workbook_that_no_process_survives_is_told(dossiers: Path) -> None:
    """Every process that begins is killed, as by a system without memory: each workbook is told, the command ends."""
    process = _start(dossiers, "status", "-w", "suivi0.xlsx", "-w", "suivi1.xlsx", "--format", "text")
    while process.poll() is None:
        for child in _children(process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, "Traceback" in err) == (3, False), err
    for name in ("suivi0.xlsx", "suivi1.xlsx"):
        assert f"{name}: The system ended the process that was reading it" in " ".join(out.split()), out


@several_processors
def test_an_interruption_of_several_workbooks_ends_with_one_line(dossiers: Path) -> None:
    process = _start(dossiers, "status", "-w", "suivi*.xlsx")
    assert _first_children(process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err.strip()) == (130, "", "Interrupted; nothing more was done.")


_WHILE_LOADING = """
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "relance.cli.app":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from relance.cli import entry
entry()
"""


def test_an_interruption_while_the_program_is_loaded_prints_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", _WHILE_LOADING], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")

"""Acts under kill -9 at every operation that writes, on a full disk, among thirty writers, under locks and a clock that
goes backwards: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from recording import DAY, NAME, journal, written

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process that dies is forked")

PAID = ("paid", "F-2026-026", "500", "--yes", *DAY)
SENT = ("sent", "F-2026-022", "--by", "phone", "--yes", *DAY)
ADD = ("add", "--client", "C011", "--number", "F-2026-099", "--amount", "10", "--due", "2026-12-20", "--yes", *DAY)
UNDO = ("undo", "--yes", *DAY)
CALL = ("call", "F-2026-024", "--outcome", "no-answer", "--yes", *DAY)


def in_force(folder: Path) -> Counter[str]:
    """The acts whose facts count, by command, as the journal tells them."""
    from relance.workbook.events import list_acts
    from relance.workbook.journal import read_journal

    return Counter(act.event.act for act in list_acts(read_journal(folder).events) if act.in_force)


def still_open(folder: Path) -> int:
    from relance.workbook.events import open_intents
    from relance.workbook.journal import read_journal

    return len(open_intents(read_journal(folder).events))


@pytest.mark.parametrize("act", [PAID, SENT, ADD], ids=lambda act: act[0])
def test_killed_at_any_instant_the_workbook_is_old_or_new_and_the_next_act_settles_it(
    act: tuple[str, ...], folder: Path, run: Callable[..., Run]
) -> None:
    from dying import DIED, run_until

    file = folder / NAME
    old, deaths, done = file.read_bytes(), 0, Counter[str]()
    for instant in range(1, 500):
        code = run_until(instant, *act)
        assert code in (0, DIED), instant
        new = file.read_bytes()
        is_new = new != old
        assert run(*CALL).code == 0, instant  # settles what was announced
        assert still_open(folder) == 0, instant
        assert in_force(folder) == Counter({"call": 1, **({act[0]: 1} if is_new else {})}), instant
        assert file.read_bytes() == new, instant
        for _ in range(1 + is_new):
            assert run(*UNDO).code == 0, instant
        assert file.read_bytes() == old, instant
        done["new" if is_new else "old"] += 1
        if code == 0:
            break
        deaths += 1
    print(f"{act[0]}: killed at {deaths} instants, {dict(done)}, nothing lost, nothing doubled")  # noqa: T201 - counted and printed
    assert deaths > 15
    assert done["old"] > 5 < deaths
    assert done["new"] > 1


def test_an_undo_killed_at_any_instant_is_done_or_not(folder: Path, run: Callable[..., Run]) -> None:
    from dying import DIED, run_until

    file = folder / NAME
    old, deaths = file.read_bytes(), 0
    for instant in range(1, 500):
        assert run(*PAID).code == 0
        paid = file.read_bytes()
        code = run_until(instant, *UNDO)
        assert code in (0, DIED), instant
        after = file.read_bytes()
        assert after in (old, paid), instant
        assert run(*CALL).code == 0, instant
        assert in_force(folder)["paid"] == (after == paid), instant
        for _ in range(1 + (after == paid)):
            assert run(*UNDO).code == 0, instant
        assert file.read_bytes() == old, instant
        if code == 0:
            break
        deaths += 1
    print(f"undo: killed at {deaths} instants, nothing lost, nothing doubled")  # noqa: T201 - counted and printed
    assert deaths > 15


def test_a_crash_is_pointed_out_until_it_is_settled(folder: Path, run: Callable[..., Run]) -> None:
    run(*PAID)
    lines = (folder / "relance" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["intent", "done"]
    (folder / "relance" / "journal.jsonl").write_text(lines[0] + "\n", encoding="utf-8")  # died before `done`
    assert "act-interrupted" in run("check", *DAY).out
    assert run(*CALL).code == 0
    assert "act-interrupted" not in run("check", *DAY).out
    assert in_force(folder)["paid"] == 1


@pytest.mark.parametrize("size", [0, 60, 2_000, 12_000])
def test_a_full_disk_leaves_everything_as_it_was(size: int, folder: Path, run: Callable[..., Run]) -> None:
    from dying import run_limited

    old = (folder / NAME).read_bytes()
    assert size < len(old)
    assert run_limited(size, *PAID) in (3, 5)
    assert (folder / NAME).read_bytes() == old
    assert not [*folder.glob(".relance-*"), *folder.glob("relance/backups/.*")]
    assert run(*CALL).code == 0
    assert in_force(folder) == Counter({"call": 1})
    assert run(*PAID).code == 0


def test_a_disk_full_for_the_journal_alone_writes_nothing(folder: Path, run: Callable[..., Run]) -> None:
    from dying import run_limited

    old = (folder / NAME).read_bytes()
    for number in range(20):
        run("call", "F-2026-024", "--outcome", "reached", "--note", f"{number} " + "x" * 3_000, "--yes", *DAY)
    size = (folder / "relance" / "journal.jsonl").stat().st_size
    assert size > len(old) + 1_000
    assert run_limited(size + 10, *PAID) in (3, 5)
    assert (folder / NAME).read_bytes() == old
    assert not [*folder.glob(".relance-*")]
    assert run(*CALL).code == 0
    assert in_force(folder)["paid"] == 0


def test_thirty_writers_at_once_lose_and_double_nothing(folder: Path) -> None:
    numbers = ("F-2026-026", "F-2026-018", "F-2026-024")
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "relance", "paid", numbers[place % 3], "10", "--yes", "--json", *DAY],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, text=True, encoding="utf-8",
        )
        for place in range(30)
    ]  # fmt: skip
    ended = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 30, [err for _, err in ended if err][:3]
    paid = written(folder, "H35", "H27", "H33")
    events = Counter(event["event"] for event in journal(folder))
    sums = [
        sum(Decimal(f["amount"]) for e in journal(folder) for f in e.get("facts", ()) if f["number"] == n)
        for n in numbers
    ]
    print(f"30 writers: cells {paid}, journal {dict(events)}, sums {sums}")  # noqa: T201 - counted and printed
    assert paid == [100, 100, 100]
    assert sums == [100, 100, 100]
    assert events == Counter({"intent": 30, "done": 30})


class Terminal:
    """A person at a terminal: does something, then answers yes."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        self.meanwhile()
        return "o\n"


def test_a_workbook_changed_between_the_plan_and_the_answer_is_refused(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / NAME
    changed = file.read_bytes() + b"\0"
    monkeypatch.setattr("sys.stdin", Terminal(lambda: file.write_bytes(changed)))
    assert run("paid", "F-2026-026", "500", *DAY).code == 5
    assert file.read_bytes() == changed


def test_an_act_noted_between_the_plan_and_the_answer_is_refused(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (folder / NAME).read_bytes()
    monkeypatch.setattr("sys.stdin", Terminal(lambda: subprocess.run(
        [sys.executable, "-m", "relance", *CALL], cwd=folder, check=True, capture_output=True,
    )))  # fmt: skip
    assert run("paid", "F-2026-026", "500", *DAY).code == 5
    assert (folder / NAME).read_bytes() == old
    assert in_force(folder) == Counter({"call": 1})


def test_with_the_locks_of_both_programs_every_act_is_refused_and_nothing_changes(
    folder: Path, run: Callable[..., Run]
) -> None:
    run(*PAID)
    old, log = (folder / NAME).read_bytes(), journal(folder)
    (folder / f"~${NAME}").write_bytes(bytes([5]) + b"Marie" + b" " * 159)
    (folder / f".~lock.{NAME}#").write_text(",jean,PC,22.11.2026 02:23,file:///home/jean;", encoding="utf-8")
    for act in (PAID, SENT, ADD, UNDO):
        refused = run(*act)
        assert (refused.code, "Marie" in refused.err or "jean" in refused.err) == (5, True), act
    assert ((folder / NAME).read_bytes(), journal(folder)) == (old, log)


def test_a_clock_that_goes_backwards_confuses_no_undo(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (folder / NAME).read_bytes()

    class Clock(datetime):
        moment = datetime(2026, 11, 22, 12, tzinfo=UTC)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            cls.moment -= timedelta(hours=1)
            return cls.moment

    monkeypatch.setattr("relance.cli.acting.datetime", Clock)
    for amount in ("100", "200", "300"):
        assert run("paid", "F-2026-026", amount, "--yes", *DAY).code == 0
    assert written(folder, "H35") == [600]
    for rest in (300, 100, None):
        assert run(*UNDO).code == 0
        assert written(folder, "H35") == [rest]
    assert (folder / NAME).read_bytes() == old

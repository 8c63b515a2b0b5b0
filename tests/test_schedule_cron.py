"""Cron itself, really running, makes three days of reports from the example.

It writes in the crontab of whoever runs it (and gives it back), so it runs in CI only. Cron looks at the clock once a
minute: the line that relance installs is copied three times for that one minute, each replaying its own day, one after
the other.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Run

DAYS = ("2026-11-25", "2026-11-26", "2026-11-27")
pytestmark = pytest.mark.skipif(not os.environ.get("RELANCE_CI"), reason="writes in the crontab of this user")


def crontab(*words: str, given: bytes | None = None) -> bytes:
    done = subprocess.run(["crontab", *words], input=given, capture_output=True, check=False)
    return done.stdout


@pytest.fixture
def cron() -> Iterator[None]:
    """A cron daemon at work, and this user's crontab as it was afterwards."""
    assert shutil.which("crontab"), "cron is not installed"
    before = crontab("-l")
    daemon = subprocess.Popen([shutil.which("cron") or "/usr/sbin/cron", "-f"], stderr=subprocess.PIPE)
    time.sleep(0.5)
    if daemon.poll() is not None:  # one is running already
        assert daemon.stderr is not None
        assert b"lock" in daemon.stderr.read()
    try:
        yield
    finally:
        if before:
            crontab("-", given=before)
        else:
            crontab("-r")
        daemon.terminate()
        daemon.wait(10)


@pytest.mark.usefixtures("cron")
def test_cron_makes_three_days_of_reports(
    tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Run], folder: Path
) -> None:
    place = tmp_path_factory.mktemp("compta") / "l'été à 50 %"
    place.mkdir()
    for file in folder.glob("*.*"):
        shutil.copy(file, place)
    workbook = place / "suivi_factures.xlsx"
    installed = run(
        "schedule", "--install", "cron", "--days", "daily", "-w", str(workbook), "--log", str(place / "cron.log"),
        "--output", str(place / "rapport-{date}.md"), "--only-changes",
    )  # fmt: skip
    assert installed.code == 0, installed.err
    crontab("-", given=_three_days(crontab("-l").decode()).encode())
    reports = [place / f"rapport-{day}.md" for day in DAYS]
    until = time.monotonic() + 120
    while time.monotonic() < until and not (reports[-1].exists() and _runs(place) == len(DAYS)):
        time.sleep(0.5)
    assert [report.exists() for report in reports] == [True] * len(DAYS), (place / "cron.log").read_text("utf-8")
    log = (place / "cron.log").read_text(encoding="utf-8")
    assert log.count("exit 0") == len(DAYS), log
    first, second, third = (report.read_text(encoding="utf-8") for report in reports)
    assert "changements depuis le 18/11/2026" in first
    assert "F-2026-032" in first
    assert "1 changement depuis le rapport du 25/11/2026" in second
    assert "1 changement depuis le rapport du 26/11/2026" in third
    assert "F-2026-034" in third  # due the day before; nothing else happened
    assert not {"F-2026-032", "F-2026-022", "F-2026-012"} & set(third.split())


def _runs(place: Path) -> int:
    log = place / "cron.log"
    return log.read_text(encoding="utf-8").count("exit") if log.exists() else 0


def _three_days(text: str) -> str:
    """The installed line three times, every minute from now: one for each day, five seconds apart."""
    line = next(line for line in text.splitlines() if "schedule --run" in line)
    command = re.sub(r"^\d+ \d+ \* \* \* ", "", line)
    assert command != line
    return "".join(
        f"* * * * * sleep {5 * place}; {command} --today {day}\n" for place, day in enumerate(DAYS)
    )  # fmt: skip

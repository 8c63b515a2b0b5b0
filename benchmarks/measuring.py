"""Whole processes measured side by side: what each run cost, and the ratios of the best runs and of the usual ones."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One process: wall seconds, processor seconds (all its threads and children), peak memory in MB."""

    wall: float
    cpu: float
    memory: float


class Side(NamedTuple):
    """The runs of one command."""

    runs: list[Run]

    def best(self) -> Run:
        """The least of each figure: what the command costs where nobody else takes the machine's time."""
        return Run(*map(min, zip(*self.runs, strict=True)))

    def usual(self) -> Run:
        """The median of each figure."""
        return Run(*map(statistics.median, zip(*self.runs, strict=True)))


def environment() -> dict[str, str]:
    """That of an installed program: its bytecode is kept, whatever this shell says."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "COLUMNS": "100"}


def run(command: list[str]) -> Run:
    """Start, wait, and read what the system counted."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {process.returncode}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def run_on_copy(command: list[str], workbook: Path) -> Run:
    """As `run`, on a copy of the workbook made for this run, which the command names as FILE."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(workbook, Path(folder) / "suivi.xlsx")
        return run([word.replace("FILE", str(copy)) for word in command])


def in_turn(commands: list[list[str]], workbook: Path, runs: int, *, warm: bool = True) -> list[Side]:
    """A B C A B C ..., each on its own copy; `warm`: after a turn that is not counted, for disk and bytecode."""
    turns = [[run_on_copy(command, workbook) for command in commands] for _ in range(runs + warm)]
    return [Side(list(side)) for side in zip(*turns[warm:], strict=True)]

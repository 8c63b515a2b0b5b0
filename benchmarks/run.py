"""What relance claims about speed, measured side by side in one run and printed as ratios.

    python benchmarks/run.py [--rows 100000] [--million] [--runs 5]

Every figure is of a whole process: wall seconds, processor seconds of all its threads, peak memory, each the median
of the runs. A and B run in turn, A B A B ..., and a ratio is the median of the pairs' ratios, so that a machine whose
speed drifts gives the same answer. On a machine that others use too, believe the processor seconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent

ONE_TABLE = """
import typer
from rich.console import Console
from rich.table import Table
app = typer.Typer()
@app.command()
def main() -> None:
    table = Table(title="clients")
    for name in ("client", "open", "late"):
        table.add_column(name)
    for row in range(20):
        table.add_row(f"Client {row}", f"{row * 100},00", str(row))
    Console(force_terminal=True, width=100).print(table)
app()
"""
BARE_READ = """
import sys
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
print(len(book.get_sheet_by_index(0).to_python(skip_empty_area=False)))
"""
PANDAS = """
import sys
import pandas as pd
frame = pd.read_excel(sys.argv[1], engine="calamine")
today = pd.Timestamp("2026-11-20")
total, paid = frame["Montant TTC"].fillna(0), frame["Payé"].fillna(0)
deposit = frame["Acompte"].fillna(0)
due = pd.to_datetime(frame["Échéance"])
frame["open"] = (total - paid - deposit).where(~frame["Statut"].isin(["Payée", "Annulée", "Avoir"]), 0)
frame["late"] = (today - due).dt.days.clip(lower=0)
late = frame[(frame["open"] > 0.1) & (frame["late"] > 0)]
print(frame["open"].sum(), late["open"].sum())
buckets = pd.cut(late["late"], [0, 30, 60, 90, 1e9], labels=["1-30", "31-60", "61-90", "91+"])
print(late.groupby(buckets, observed=False)["open"].sum())
print(late.groupby("Client").agg({"open": "sum", "late": "max"}))
"""


class Run(NamedTuple):
    """One process: wall seconds, processor seconds (its own, all threads), peak memory in MB."""

    wall: float
    cpu: float
    memory: float


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


class Pair(NamedTuple):
    """A against B: the medians of each, and the medians of the pairs' ratios."""

    a: Run
    b: Run
    ratios: Run


def side_by_side(a: list[str], b: list[str], runs: int) -> Pair:
    """A B A B ..., after one run of each that is not counted."""
    run(a), run(b)
    pairs = [(run(a), run(b)) for _ in range(runs)]
    ratios = [Run(*(x / y for x, y in zip(*pair, strict=True))) for pair in pairs]
    return Pair(median(x for x, _ in pairs), median(y for _, y in pairs), median(ratios))


def median(runs: Iterable[Run]) -> Run:
    """Figure by figure."""
    return Run(*map(statistics.median, zip(*runs, strict=True)))


HEADINGS = ("A against B", "A wall", "cpu", "memory", "B wall", "cpu", "memory", "wall", "cpu", "memory", "claim")
WIDTHS = (56, 8, 7, 7, 8, 7, 7, 7, 6, 6, 10)


def show(*cells: str) -> None:
    """One row of the table."""
    first, *others = (f"{cell:>{room}}" for cell, room in zip(cells, WIDTHS, strict=True))
    print(first.strip().ljust(WIDTHS[0]), *others, flush=True)


def compare(name: str, a: list[str], b: list[str], runs: int, claim: str) -> None:
    """Measure a pair and print its row; the claim is about the ratio of wall times."""
    pair = side_by_side(a, b, runs)
    times = [(f"{side.wall:.2f} s", f"{side.cpu:.2f}", f"{side.memory:.0f} MB") for side in (pair.a, pair.b)]
    show(name, *times[0], *times[1], *(f"{ratio:.2f}" for ratio in pair.ratios), claim)


def main() -> None:
    """Make the workbooks, run the pairs, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args()
    python = sys.executable

    def status(file: Path) -> list[str]:
        return [python, "-m", "relance", "status", "-w", str(file), "--today", "2026-11-20"]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def workbook(rows: int) -> Path:
            (folder / str(rows)).mkdir(exist_ok=True)
            file = folder / str(rows) / "suivi.xlsx"
            if not file.exists():
                subprocess.run([python, str(HERE / "make_workbook.py"), str(rows), str(file)], check=True)
            return file

        show(*HEADINGS)
        rows, runs = f"{options.rows:,}".replace(",", " "), options.runs
        small, large = workbook(200), workbook(options.rows)
        table = [python, "-c", ONE_TABLE]
        compare("status, 200 rows | typer + rich, one table", status(small), table, runs * 2 + 1, "<= 1.6")
        for other, script, claim in (
            ("pandas, the same totals", PANDAS, "< 1"),
            ("bare calamine", BARE_READ, "<= 2.5"),
        ):
            command = [python, "-c", script, str(large)]
            compare(f"status, {rows} rows | {other}", status(large), command, runs, claim)
        compare(f"status, {rows} rows | status --json", status(large), [*status(large), "--json"], runs, "")
        if options.million:
            many, ratio = workbook(1_000_000), 1_000_000 / options.rows
            compare(f"status, 1 000 000 rows | status, {rows} rows", status(many), status(large), 1, f"<= {ratio:g}")


if __name__ == "__main__":
    main()

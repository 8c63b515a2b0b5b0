"""What relance claims about speed, measured side by side in one run and printed as ratios.

    python benchmarks/run.py [--rows 100000] [--million] [--runs 5]

Every figure is of a whole process: wall seconds (median) and peak memory. A and B run in turn, A B A B ..., and the
ratio is the median of the pairs' ratios, so that a machine whose speed drifts gives the same answer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
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
    """One process: wall seconds, peak memory in MB."""

    seconds: float
    memory: float


def run(command: list[str]) -> Run:
    """Start, wait, and read what the system counted."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "100"})
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024)


def side_by_side(a: list[str], b: list[str], runs: int) -> tuple[Run, Run, float]:
    """Median of A, median of B, median ratio of the pairs."""
    run(a), run(b)
    pairs = [(run(a), run(b)) for _ in range(runs)]
    medians = [
        Run(*(statistics.median(column) for column in zip(*side, strict=True))) for side in zip(*pairs, strict=True)
    ]
    return medians[0], medians[1], statistics.median(x.seconds / y.seconds for x, y in pairs)


def show(name: str, result: tuple[Run, Run, float], claim: str) -> None:
    """One row of the table."""
    a, b, ratio = result
    print(
        f"{name:<58} {a.seconds:7.2f} s {a.memory:6.0f} MB   {b.seconds:7.2f} s {b.memory:6.0f} MB   {ratio:5.2f}   {claim}"
    )


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

        print(f"{'A against B':<58} {'A':>19}   {'B':>19}   ratio   claim")
        small, large = workbook(200), workbook(options.rows)
        show(
            "status, 200 rows | typer + rich, one table",
            side_by_side(status(small), [python, "-c", ONE_TABLE], options.runs * 2 + 1),
            "<= 1.6",
        )
        show(
            f"status, {options.rows} rows | pandas (calamine), same totals",
            side_by_side(status(large), [python, "-c", PANDAS, str(large)], options.runs),
            "< 1",
        )
        show(
            f"status, {options.rows} rows | bare calamine read",
            side_by_side(status(large), [python, "-c", BARE_READ, str(large)], options.runs),
            "<= 2.5",
        )
        show(
            f"status, {options.rows} rows | status --json",
            side_by_side(status(large), [*status(large), "--json"], options.runs),
            "",
        )
        if options.million:
            million = workbook(1_000_000)
            show(
                "status, 1 000 000 rows | status, 100 000 rows",
                side_by_side(status(million), status(large), 1),
                "<= 10",
            )


if __name__ == "__main__":
    main()

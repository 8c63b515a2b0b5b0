"""Everything relance claims about speed, measured in one run and printed as a table of ratios.

    python benchmarks/run.py [--rows 100000] [--runs 5] [--million] [--skip-openpyxl] [--write]

Run it where relance is installed (not as an editable tree) with pandas and xlsxwriter. Every figure but that of the
late fees is of whole processes, started one after the other in turn. A ratio is that of the best runs, which other
people's work on the machine disturbs least; the medians stand beside it. `--write` puts the table into README.md here.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from against import BARE_READ, ONE_TABLE, OPENPYXL, PANDAS, REZIP
from fees import measure_fees
from measuring import Side, in_turn

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- measured -->", "<!-- end -->"
HEADINGS = ("claim", "limit", "wall", "processor", "medians", "ours", "theirs", "memory")
STATUS = [sys.executable, "-m", "relance", "status", "-w", "FILE", "--today", "2026-11-20"]
REPORT = [sys.executable, "-m", "relance", "report", "-w", "FILE", "--today", "2026-11-20", "--format", "html"]


class Claim(NamedTuple):
    """Ours against theirs: the most that the ratio may be (None: for information)."""

    title: str
    limit: float | None
    ours: Side
    theirs: Side

    def cells(self) -> tuple[str, ...]:
        """One row of the table; a ratio beyond the limit is in bold."""
        ours, theirs, mine, other = self.ours.best(), self.theirs.best(), self.ours.usual(), self.theirs.usual()
        return (
            self.title,
            f"≤ {self.limit:.3g}" if self.limit else "",
            self._ratio(ours.wall / theirs.wall),
            self._ratio(ours.cpu / theirs.cpu),
            f"{mine.wall / other.wall:.2f} {mine.cpu / other.cpu:.2f}",
            f"{ours.wall:.2f} s",
            f"{theirs.wall:.2f} s",
            f"{ours.memory:.0f} / {theirs.memory:.0f} MB",
        )

    def _ratio(self, ratio: float) -> str:
        return f"**{ratio:.2f}**" if self.limit and ratio > self.limit else f"{ratio:.2f}"


def script(text: str) -> list[str]:
    """A small program, given the workbook."""
    return [sys.executable, "-c", text, "FILE"]


def paid(workbook: Path) -> list[str]:
    """A part payment of an invoice near the top of the sheet."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only what looks into a workbook pays for it

    head, *rows = CalamineWorkbook.from_path(workbook).get_sheet_by_index(0).to_python(nrows=2000)
    number, status = head.index("N° facture"), head.index("Statut")
    chosen = next(str(row[number]) for row in rows if row[status] != "Payée")
    return [sys.executable, "-m", "relance", "paid", chosen, "10", "--yes", "-w", "FILE", "--today", "2026-11-20"]


def small(workbook: Path, runs: int) -> Iterator[Claim]:
    """What start-up costs."""
    status, table, act = in_turn([STATUS, script(ONE_TABLE)[:-1], paid(workbook)], workbook, 2 * runs + 1)
    yield Claim("status, 200 rows / typer + rich, one table", 1.6, status, table)
    yield Claim("paid, 200 rows / status", 2, act, status)


def large(workbook: Path, rows: str, runs: int) -> Iterator[Claim]:
    """What rows cost to read, and a payment to write."""
    commands = [STATUS, [*STATUS, "--json"], REPORT, script(PANDAS), script(BARE_READ), paid(workbook), script(REZIP)]
    status, json, report, pandas, bare, act, rezip = in_turn(commands, workbook, runs)
    yield Claim(f"status, {rows} rows / pandas, the same totals", 1, status, pandas)
    yield Claim(f"status, {rows} rows / bare calamine", 2.5, status, bare)
    yield Claim(f"report in HTML, noted, {rows} rows / status", 2, report, status)
    yield Claim(f"status --json, {rows} rows / pandas, the same totals", None, json, pandas)
    yield Claim(f"paid, {rows} rows / unzip and re-zip", 3, act, rezip)


def beside_openpyxl(workbook: Path, rows: str) -> Iterator[Claim]:
    """A payment against openpyxl, which takes so long that two turns of each must do, after one that is not counted."""
    act, openpyxl = in_turn([paid(workbook), script(OPENPYXL)], workbook, 2)
    yield Claim(f"paid, {rows} rows / openpyxl, load and save", 1 / 15, act, openpyxl)


def show(cells: tuple[str, ...]) -> str:
    """One line of the table, printed as soon as it is known."""
    line = "| " + " | ".join(cells) + " |"
    print(line, flush=True)
    return line


def machine() -> str:
    """Where it was measured."""
    names = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(":")[2].strip() for line in names if line.startswith("model name")), "")
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    parts = (model, f"{os.cpu_count()} processors", f"Python {platform.python_version()}", platform.system(), load)
    return ", ".join(part for part in parts if part)


def claims(options: argparse.Namespace, folder: Path) -> Iterator[Claim]:
    """Every claim, measured when asked for."""

    def workbook(count: int) -> Path:
        file = folder / f"{count}.xlsx"
        if not file.exists():
            subprocess.run([sys.executable, str(HERE / "make_workbook.py"), str(count), str(file)], check=True)
        return file

    rows, file = f"{options.rows:,}".replace(",", " "), workbook(options.rows)
    yield from small(workbook(200), options.runs)
    yield from large(file, rows, options.runs)
    if not options.skip_openpyxl:
        yield from beside_openpyxl(file, rows)
    if options.million:
        (many,), (few,) = in_turn([STATUS], workbook(1_000_000), 1, warm=False), in_turn([STATUS], file, options.runs)
        yield Claim(f"status, 1 000 000 rows / {rows} rows", 1_000_000 / options.rows, many, few)


def main() -> None:
    """Measure, print, and keep the table when told to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--skip-openpyxl", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines = [machine(), "", show(HEADINGS), show(("---",) * len(HEADINGS))]
    with tempfile.TemporaryDirectory() as name:
        lines += [show(claim.cells()) for claim in claims(options, Path(name))]
    lines += [show(cells) for cells in measure_fees(options.rows, options.runs)]
    if options.write:
        page = HERE / "README.md"
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()

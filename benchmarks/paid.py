"""What a payment costs: the whole command against openpyxl, against unzip and re-zip, and against status.

    python benchmarks/paid.py [--rows 100000] [--runs 3]

Each run works on its own copy of the workbook, and A and B run in turn; see run.py for what the figures are.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from run import HEADINGS, HERE, Pair, Run, median, run, show

OPENPYXL = """
import sys
from openpyxl import load_workbook
book = load_workbook(sys.argv[1])
sheet = book.active
sheet.cell(50, 7).value = 10.0
sheet.cell(50, 8).value = __import__("datetime").date(2026, 11, 20)
sheet.cell(50, 11).value = "Partiellement payée"
book.save(sys.argv[1])
"""
REZIP = """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old:
    members = [(member, old.read(member)) for member in old.infolist()]
with zipfile.ZipFile(sys.argv[1] + ".new", "w", zipfile.ZIP_DEFLATED) as new:
    for member, content in members:
        new.writestr(member, content)
"""


def compare_on_copies(workbook: Path, a: list[str], b: list[str], runs: int) -> Pair:
    """A B A B ..., each on a copy of its own (`FILE` in the command); the first pair is not counted."""
    pairs = []
    for _ in range(runs + 1):
        sides = []
        for command in (a, b):
            with tempfile.TemporaryDirectory() as folder:
                copy = shutil.copy(workbook, Path(folder) / "suivi.xlsx")
                sides.append(run([word.replace("FILE", str(copy)) for word in command]))
        pairs.append(sides)
    counted = pairs[1:]
    ratios = [Run(*(x / y for x, y in zip(*pair, strict=True))) for pair in counted]
    return Pair(median(x for x, _ in counted), median(y for _, y in counted), median(ratios))


def an_open_invoice(workbook: Path) -> str:
    """The number of an invoice that is not settled, near the top."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - as run.py needs it not

    rows = CalamineWorkbook.from_path(workbook).get_sheet_by_index(0).to_python()
    head = rows[0]
    number, status = head.index("N° facture"), head.index("Statut")
    return next(str(row[number]) for row in rows[1:] if row[status] != "Payée")


def main() -> None:
    """Make the workbooks, run the pairs, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    show(*HEADINGS)
    with tempfile.TemporaryDirectory() as name:
        for rows in (200, options.rows):
            file = Path(name) / f"{rows}.xlsx"
            subprocess.run([sys.executable, str(HERE / "make_workbook.py"), str(rows), str(file)], check=True)
            relance = [sys.executable, "-m", "relance"]
            common = ["-w", "FILE", "--today", "2026-11-20"]
            paid = [*relance, "paid", an_open_invoice(file), "10", "--yes", *common]
            against = (
                [(f"paid, {rows} rows | status", [*relance, "status", *common], "<= 2")]
                if rows == 200
                else [
                    (
                        f"paid, {rows} rows | openpyxl load and save",
                        [sys.executable, "-c", OPENPYXL, "FILE"],
                        "<= 1/15",
                    ),
                    (f"paid, {rows} rows | unzip and re-zip", [sys.executable, "-c", REZIP, "FILE"], "<= 3"),
                ]
            )
            for title, other, claim in against:
                pair = compare_on_copies(file, paid, other, options.runs)
                times = [(f"{s.wall:.2f} s", f"{s.cpu:.2f}", f"{s.memory:.0f} MB") for s in (pair.a, pair.b)]
                show(title, *times[0], *times[1], *(f"{ratio:.3f}" for ratio in pair.ratios), claim)


if __name__ == "__main__":
    main()

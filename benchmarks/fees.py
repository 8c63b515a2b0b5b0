"""Late fees of many overdue invoices against reading them, in one process, in processor seconds.

    python benchmarks/fees.py [--rows 100000] [--runs 5]

Every invoice is overdue over three half-years or more (due in the first half of 2025). The claim is about invoices that
nobody paid; where one in five was paid in part and has several bases, the ratio is told for information.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from relance.config import Environment, load_config
from relance.domain.late_fees.fee_account import FeeAccount
from relance.domain.model import Ledger
from relance.office.late_fees import Tariff
from relance.rulebook import load_agreements, load_rates
from relance.workbook.reading.read import open_sheets
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.rows import read_ledger

HEADERS = (
    "Client", "N° facture", "Date facture", "Échéance", "Montant TTC", "Payé", "Date de paiement", "Statut", "E-mail",
)  # fmt: skip
AS_OF = date(2026, 11, 20)
CLAIM = 1 / 3


def write_workbook(path: Path, rows: int, share: float) -> None:
    """A workbook of that many overdue invoices, the same on every run."""
    dice = random.Random(1)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, days = book.add_worksheet("Factures"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADERS)
    for number in range(1, rows + 1):
        client = dice.randrange(rows // 10)
        due = date(2025, 1, 1) + timedelta(dice.randrange(181))
        total = dice.randrange(5_000, 900_000) / 100
        part = dice.random() < share
        sheet.write_row(number, 0, (f"Client {client:05}", f"F-{number:07}"))
        sheet.write_datetime(number, 2, due - timedelta(30), days)
        sheet.write_datetime(number, 3, due, days)
        sheet.write_number(number, 4, total)
        if part:
            sheet.write_number(number, 5, round(total * 0.4, 2))
            sheet.write_datetime(number, 6, due + timedelta(dice.randrange(1, 300)), days)
        sheet.write_row(
            number, 7, ("Payée partiellement" if part else "En retard", f"compta@client{client:05}.example")
        )
    book.close()


def timed(act: Callable[[], object]) -> float:
    """Processor seconds of an act."""
    before = time.process_time()
    act()
    return time.process_time() - before


def measure(file: Path, rows: int, runs: int) -> tuple[list[float], list[float]]:
    """Reading and computing in processor seconds, one after the other, in turn."""
    config = load_config(file.parent, Environment())
    reading, computing = [], []
    for _ in range(runs):
        ledgers: list[Ledger] = []
        reading.append(timed(lambda: ledgers.append(read_ledger(open_sheets(file), Mapping()))))  # noqa: B023
        invoices = ledgers[0].invoices
        assert len(invoices) == rows, ledgers[0].set_aside[:3]
        fees_of = Tariff(load_agreements(config), load_rates(), FeeAccount()).fees_on(AS_OF)
        computing.append(timed(lambda: [fees_of(invoice) for invoice in invoices]))  # noqa: B023
        assert all(len(fees_of(invoice).lines) >= 3 for invoice in invoices[:100])
    return reading, computing


def measure_fees(rows: int, runs: int) -> Iterator[tuple[str, ...]]:
    """The rows of the table: nobody paid in part, and one in five did."""
    gc.disable()  # as the program does: a run is short, and keeps nearly all it makes
    with tempfile.TemporaryDirectory() as name:
        for share, limit in ((0.0, CLAIM), (0.2, None)):
            file = Path(name) / f"{share}.xlsx"
            write_workbook(file, rows, share)
            reading, computing = measure(file, rows, runs)
            best, usual = min(computing) / min(reading), statistics.median(computing) / statistics.median(reading)
            told = f"**{best:.2f}**" if limit and best > limit else f"{best:.2f}"
            count = f"{rows:,}".replace(",", " ")
            title = f"late fees of {count} overdue invoices, {share:.0%} paid in part / reading them"
            limits = f"≤ {limit:.2f}" if limit else ""
            times = f"{min(computing):.2f} s", f"{min(reading):.2f} s"
            yield title, limits, "", told, f"{usual:.2f}", *times, ""


def main() -> None:
    """Print both rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    for cells in measure_fees(options.rows, options.runs):
        print(" | ".join(cells), flush=True)


if __name__ == "__main__":
    main()

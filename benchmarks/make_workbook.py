"""A big tracking workbook for the benchmarks: a French tracker of 12 columns, the same for the same seed.

python benchmarks/make_workbook.py ROWS OUT.xlsx [--settled 0.9] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
from datetime import date, datetime, timedelta

import xlsxwriter

HEADERS = (
    "Client", "N° facture", "Date facture", "Échéance", "Montant TTC", "Acompte", "Payé", "Date de paiement",
    "Nb relances", "Dates de relance", "Statut", "E-mail",
)  # fmt: skip
TODAY = date(2026, 11, 20)
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet


def row_of(number: int, clients: int, settled: float, dice: random.Random) -> tuple[object, ...]:
    """One invoice: settled in time or late, not due, or late at some step with its reminders."""
    client = dice.randrange(clients)
    paid = dice.random() < settled
    issued = TODAY - timedelta(dice.randrange(90, 900) if paid else dice.randrange(5, 140))
    due = issued + timedelta(dice.choice((30, 30, 45, 60)))
    total = dice.randrange(5_000, 900_000) / 100
    deposit = round(total * 0.3, 2) if dice.random() < 0.1 else None
    late = (TODAY - due).days
    count = 0 if paid or late < 3 else min(5, late // 12)
    last = min(TODAY - timedelta(dice.randrange(1, 20)), TODAY)
    reminders = " ; ".join((last - timedelta(12 * (count - 1 - n))).strftime("%d/%m/%Y") for n in range(count))
    return (
        f"Client {client:05}", f"F-{issued.year}-{number:07}", issued, due, total, deposit,
        round(total - (deposit or 0), 2) if paid else None, due + timedelta(dice.randrange(-10, 40)) if paid else None,
        count or None, reminders or None, "Payée" if paid else "Relancée" if count else "Émise",
        f"compta@client{client:05}.example",
    )  # fmt: skip


def main() -> None:
    """Write the workbook row by row, in constant memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("out")
    parser.add_argument("--settled", type=float, default=0.9)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    clients = max(12, options.rows // 20)
    book = xlsxwriter.Workbook(options.out, {"constant_memory": True})
    book.set_properties({"created": datetime(2026, 11, 20)})  # noqa: DTZ001 - fixed: the same seed, the same bytes
    sheet = book.add_worksheet("Factures")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADERS)
    for number in range(1, options.rows + 1):
        for column, value in enumerate(row_of(number, clients, options.settled, dice)):
            # the typed calls spare XlsxWriter its look at each value: a third of the time
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif isinstance(value, date):
                sheet.write_number(number, column, (value - EPOCH).days, day)
            elif value is not None:
                sheet.write_number(number, column, value)
    book.close()


if __name__ == "__main__":
    main()

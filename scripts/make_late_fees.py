"""Makes examples/penalites/penalites.xlsx: one invoice per sort of debtor, contract and payment, for docs/late-fees.md.

    python scripts/make_late_fees.py [FILE]

What the sheet has no column for (the law, the rate agreed, the day a formal notice was received) is in the relance.toml
beside it. The same bytes come out on any day; amounts are round so that each line can be added again by hand.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

COLUMNS = (
    ("N° facture", 11), ("Client", 27), ("Type de client", 15), ("Date facture", 13), ("Échéance", 13),
    ("Montant TTC", 13), ("Réglé", 13), ("Date de règlement", 17),
    ("Reste dû", 13), ("Statut", 13), ("Commentaire", 40),
)  # fmt: skip
Line = tuple[str, str, str, date, date, int, str]
LINES: tuple[Line, ...] = (
    (
        "P-01",
        "Menuiserie Adam",
        "Entreprise",
        date(2026, 5, 21),
        date(2026, 6, 20),
        10_000,
        "deux semestres",
    ),
    ("P-02", "Traiteur Bessières", "Entreprise", date(2026, 4, 1), date(2026, 5, 1), 10_000, "à régler en trois fois"),
    ("P-03", "M. Paul Carlier", "Particulier", date(2026, 6, 1), date(2026, 6, 30), 2_000, "mise en demeure reçue"),
    ("P-04", "Commune de Dornes", "Public", date(2026, 4, 15), date(2026, 5, 15), 8_000, "un seul taux"),
    ("P-05", "Etablissements Everaert", "Entreprise", date(2026, 5, 1), date(2026, 5, 31), 6_000, "droit belge"),
    ("P-06", "Garage Fontaine", "Entreprise", date(2026, 9, 1), date(2026, 9, 30), 1_000, "5 % par semaine"),
    (
        "P-07",
        "Hôtel Guérin",
        "Entreprise",
        date(2026, 5, 1),
        date(2026, 5, 31),
        5_000,
        "12 % l’an, un règlement",
    ),
    ("P-08", "Imprimerie Huet", "Entreprise", date(2026, 5, 1), date(2026, 5, 31), 4_000, "3 fois le taux légal"),
    ("P-09", "Lux Bureau", "Entreprise", date(2026, 5, 1), date(2026, 5, 31), 6_000, "droit luxembourgeois"),
    ("P-10", "Jardins Imbert", "Entreprise", date(2026, 5, 1), date(2026, 5, 31), 3_000, "procédure collective"),
)
PAID: dict[str, tuple[int, date]] = {"P-07": (2_000, date(2026, 8, 14))}


def main(path: Path) -> None:
    """Writes the workbook, replacing the file."""
    with xlsxwriter.Workbook(str(path)) as book:
        created = datetime(2026, 4, 1, 9, 0)  # noqa: DTZ001 - fixed, so that the bytes are
        book.set_properties({"title": "Pénalités", "author": "Claire Roussel", "created": created})
        sheet = book.add_worksheet("Factures")
        looks = {
            "head": book.add_format({"bold": True, "bg_color": "#EAF0F4", "bottom": 1}),
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
            "money": book.add_format({"num_format": "#,##0.00 €"}),
        }
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, looks["head"])
        for row, line in enumerate(LINES, start=1):
            _write(sheet, row, line, looks)
        sheet.autofilter(0, 0, len(LINES), len(COLUMNS) - 1)
        sheet.freeze_panes(1, 2)


def _write(sheet: Any, row: int, line: Line, looks: dict[str, Any]) -> None:
    number, client, kind, issued, due, total, comment = line
    paid, on = PAID.get(number, (0, None))
    for column, text in ((0, number), (1, client), (2, kind), (9, "Émise"), (10, comment)):
        sheet.write_string(row, column, text)
    for column, day in ((3, issued), (4, due), (7, on)):
        if day:
            sheet.write_datetime(row, column, day, looks["day"])
        else:
            sheet.write_blank(row, column, None, looks["day"])
    sheet.write_number(row, 5, total, looks["money"])
    if paid:
        sheet.write_number(row, 6, paid, looks["money"])
    else:
        sheet.write_blank(row, 6, None, looks["money"])
    sheet.write_formula(row, 8, f"=F{row + 1}-G{row + 1}", looks["money"], total - paid)


if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "examples" / "penalites"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "penalites.xlsx")

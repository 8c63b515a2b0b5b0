"""Makes examples/suivi_factures.xlsx from the invented firm of `example_firm`, as the firm's own people keep it.

    python scripts/make_example.py [FILE]

The cases it shows are listed at the top of `example_firm.py`. The same bytes come out on any day: dates are fixed,
and cached values are computed here for the situation of 20/11/2026, the date typed in the sheet. Three sheets:
Factures (title above, header on row 5, plain range with a filter), Clients, Synthèse (formulas and two charts).
"""

from __future__ import annotations

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from example_firm import CLIENTS, INVOICES, KINDS, LANGUAGES, STATUSES, InvoiceLine
from example_parts import END, FIRST, HEADER_ROW, LAST, TODAY, Formats, balance, is_late, moment, sum_of
from example_summary import write_summary
from relance.dates import parse_date

COLUMNS = (
    ("N° facture", 12.5), ("Client", 30), ("Date facture", 12.5), ("Échéance", 13), ("N° commande", 15.5),
    ("Montant TTC", 14), ("Acompte", 12.5), ("Payé", 12.5), ("Date de paiement", 12.5), ("Reste dû", 13),
    ("Majoration", 11.5), ("Nb relances", 9.5), ("Dates de relance", 25.5), ("Statut", 19.5), ("Promesse", 12),
    ("Commentaire", 45),
)  # fmt: skip
CLIENT_COLUMNS = (
    ("Code client", 11), ("Client", 31), ("Contact", 21), ("E-mail", 34), ("Téléphone", 16), ("Adresse", 43),
    ("Langue", 11), ("Type de client", 16), ("Conditions de paiement", 22), ("Ne pas relancer avant", 14), ("Note", 50),
)  # fmt: skip
BALANCE = '=IF(N{row}="Annulée",0,IF(ISNUMBER(F{row}),F{row}-G{row}-H{row},""))'


def main(path: Path) -> None:
    """Writes the example workbook, replacing the file."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties(
            {
                "title": "Suivi des factures",
                "author": "Claire Roussel",
                "company": "Ateliers Roussel",
                "created": datetime(2025, 12, 1, 9, 0),  # noqa: DTZ001 - fixed, so that the bytes are
            }
        )
        book.set_size(24000, 14000)
        formats = Formats(book)
        invoices, clients, summary = (book.add_worksheet(name) for name in ("Factures", "Clients", "Synthèse"))
        _write_invoices(invoices, formats)
        _write_clients(clients, formats)
        write_summary(book, summary, formats)
        invoices.activate()


def _write_invoices(sheet: Any, formats: Formats) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.set_footer("&L&F&RPage &P / &N")
    sheet.hide_gridlines(2)
    _write_banner(sheet, formats)
    sheet.set_row(HEADER_ROW - 1, 32)
    for column, (title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(HEADER_ROW - 1, column, title, formats.header)
    for row, line in enumerate(INVOICES, start=FIRST):
        _write_invoice(sheet, row, line, formats)
    sheet.autofilter(HEADER_ROW - 1, 0, END - 1, len(COLUMNS) - 1)
    sheet.freeze_panes(HEADER_ROW, 2)
    _add_validations(sheet)
    _add_colours(sheet, formats)


def _write_banner(sheet: Any, formats: Formats) -> None:
    sheet.set_row(0, 30)
    sheet.set_row(2, 21)
    sheet.write_string("A1", "Ateliers Roussel · Suivi des factures clients", formats.title)
    sheet.write_string("A2", "Une ligne par facture, montants TTC. Saisir la date du jour en C3.", formats.label)
    sheet.write_string("B3", "Situation au", formats(font_color="#5B6B77", align="right", indent=1))
    sheet.write_datetime("C3", moment(TODAY), formats.key_figure("dd/mm/yyyy"))
    money = formats.key_figure('#,##0.00\\ "€"')
    sheet.write_string("E3", "Reste dû", formats(font_color="#5B6B77", align="right", indent=1))
    sheet.write_formula("F3", f"=SUBTOTAL(109,J{FIRST}:J{LAST})", money, sum_of(INVOICES, balance))
    sheet.write_string("I3", "dont échu", formats(font_color="#5B6B77", align="right", indent=1))
    overdue = [line for line in INVOICES if is_late(line)]
    sheet.write_formula("J3", f'=SUMIFS(J{FIRST}:J{LAST},D{FIRST}:D{LAST},"<"&C3)', money, sum_of(overdue, balance))


def _write_invoice(sheet: Any, row: int, line: InvoiceLine, formats: Formats) -> None:
    index = row - 1
    sheet.write_string(index, 0, line.number, formats.text)
    sheet.write_string(index, 1, line.client, formats.text)
    for column, text in ((2, line.issued), (3, line.due), (8, line.paid_on), (14, line.promise)):
        _write_day(sheet, (index, column), text, formats.day)
    sheet.write(index, 4, line.order or None, formats.text)
    for column, amount in ((5, line.total), (6, line.deposit), (7, line.paid), (10, line.surcharge)):
        _write_amount(sheet, (index, column), amount, formats.euros)
    left = balance(line)
    sheet.write_formula(index, 9, BALANCE.format(row=row), formats.euros, "" if left is None else float(left))
    count = len(line.reminders) if line.count is None else line.count
    sheet.write(index, 11, count or None, formats.count)
    if len(line.reminders) == 1:  # a spreadsheet turns a single typed date into a date, several stay text
        _write_day(sheet, (index, 12), line.reminders[0], formats.cell(num_format="dd/mm/yyyy", align="left"))
    else:
        sheet.write(index, 12, " ; ".join(line.reminders) or None, formats.wrapped)
    sheet.write_string(index, 13, line.status, formats.text)
    sheet.write(index, 15, line.comment or None, formats.text)
    sheet.set_row(index, 15.75 * max(1, (len(line.reminders) + 1) // 2))


def _write_day(sheet: Any, place: tuple[int, int], text: str, style: Any) -> None:
    day = parse_date(text)
    if day:
        sheet.write_datetime(*place, moment(day), style)
    else:
        sheet.write(*place, text or None, style)


def _write_amount(sheet: Any, place: tuple[int, int], amount: Decimal | str | None, style: Any) -> None:
    sheet.write(*place, float(amount) if isinstance(amount, Decimal) else amount, style)


def _add_validations(sheet: Any) -> None:
    lists: tuple[tuple[int, dict[str, Any]], ...] = (
        (13, {"source": list(STATUSES), "error_title": "Statut inconnu",
              "error_message": "Choisir un statut de la liste."}),
        (1, {"source": "=Clients!$B$2:$B$60", "error_type": "warning", "error_title": "Client absent",
             "error_message": "Ajouter d'abord ce client dans la feuille Clients."}),
    )  # fmt: skip
    for column, choice in lists:
        sheet.data_validation(FIRST - 1, column, LAST - 1, column, {"validate": "list", **choice})


def _add_colours(sheet: Any, formats: Formats) -> None:
    area = (FIRST - 1, 0, LAST - 1, len(COLUMNS) - 1)
    rules = (
        (f'=OR($N{FIRST}="Payée",$N{FIRST}="Annulée")', {"font_color": "#8A949B"}),
        (f'=$N{FIRST}="Litige"', {"bg_color": "#FFF1D6", "font_color": "#7A4B00"}),
    )
    for criteria, look in rules:
        sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "stop_if_true": True,
                                         "format": formats.rule(look)})  # fmt: skip
    late = f"=AND(ISNUMBER($D{FIRST}),ISNUMBER($J{FIRST}),$J{FIRST}>0,$D{FIRST}<$C$3)"
    look = formats.rule({"font_color": "#B3261E", "bold": True})
    for column in (3, 9):
        sheet.conditional_format(FIRST - 1, column, LAST - 1, column,
                                 {"type": "formula", "criteria": late, "format": look})  # fmt: skip


def _write_clients(sheet: Any, formats: Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_row(0, 32)
    for column, (title, width) in enumerate(CLIENT_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats.header)
    for row, client in enumerate(CLIENTS, start=1):
        for column, text in enumerate((*client[:9], "", client.note)):
            sheet.write(row, column, text or None, formats.text)
        _write_day(sheet, (row, 9), client.hold_until, formats.day)
    sheet.autofilter(0, 0, len(CLIENTS), len(CLIENT_COLUMNS) - 1)
    sheet.freeze_panes(1, 2)
    sheet.data_validation(1, 6, 59, 6, {"validate": "list", "source": list(LANGUAGES)})
    sheet.data_validation(1, 7, 59, 7, {"validate": "list", "source": list(KINDS)})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "examples" / "suivi_factures.xlsx")

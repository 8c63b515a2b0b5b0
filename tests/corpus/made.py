"""Tracking workbooks made by XlsxWriter, with what people put in them."""

import io
from datetime import date

import xlsxwriter

HEADERS = ["N° facture", "Client", "Date", "Échéance", "Montant TTC", "Réglé", "Réglée le", "Statut", "Reste dû"]
ROWS = [
    ("F-001", "Dupont & Fils", date(2026, 3, 1), date(2026, 3, 31), 1200.5, 0, None, "En attente"),
    ("F-002", "Mairie <Est>", date(2026, 3, 5), date(2026, 4, 4), 99.9, 99.9, date(2026, 4, 1), "Réglée"),
    ("F-003", "  Çelik  ", date(2026, 4, 5), date(2026, 5, 5), 740, None, None, "En attente"),
]


def tracker(kind: str = "plain", **options) -> bytes:
    """A workbook with a sheet `Factures` (header in row 1, invoices in rows 2 to 4) and what `kind` adds."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **options})
    sheet = book.add_worksheet("Factures")
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#DDDDDD"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "amount": book.add_format({"num_format": "#,##0.00 €"}),
    }
    _rows(sheet, formats)
    KINDS[kind](book, sheet, formats)
    book.close()
    return buffer.getvalue()


def _rows(sheet, formats) -> None:
    for column, header in enumerate(HEADERS):
        sheet.write(0, column, header, formats["head"])
    for row, values in enumerate(ROWS, start=1):
        for column, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(row, column, value, formats["date"])
            elif column in (4, 5):
                sheet.write(row, column, value, formats["amount"])
            elif value is not None:
                sheet.write(row, column, value)
        rest = (values[4] or 0) - (values[5] or 0)
        sheet.write_formula(row, 8, f"=E{row + 1}-F{row + 1}", formats["amount"], rest)


def _plain(book, sheet, formats) -> None:
    pass


def _rich(book, sheet, formats) -> None:
    """Charts, shapes, comments, conditions, validations, sparklines, filter, names, another sheet that adds up."""
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Factures!$E$2:$E$4", "categories": "=Factures!$A$2:$A$4"})
    sheet.insert_chart("K2", chart)
    sheet.insert_textbox("K20", "À lire")
    sheet.write_comment("B2", "vu avec M. Noël")
    sheet.conditional_format("D2:D4", {"type": "cell", "criteria": "<", "value": 46000, "format": formats["head"]})
    sheet.conditional_format("E2:E4", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("H2:H4", {"validate": "list", "source": ["En attente", "Réglée", "Litige"]})
    sheet.add_sparkline("J2", {"range": "Factures!E2:E4"})
    sheet.autofilter("A1:I4")
    sheet.write_rich_string("B6", formats["head"], "note ", "riche")
    book.define_name("Montants", "=Factures!$E$2:$E$4")
    summary = book.add_worksheet("Synthèse")
    summary.write_formula("A1", "=SUM(Factures!I2:I4)", None, 1940.5)
    summary.write_formula("A2", "=A1*2", None, 3881)
    summary.write_formula("A3", "=SUM(Factures!A2:A4)", None, 0)
    summary.write_formula("A4", "=SUM(Montants)", None, 2040.4)


def _table(book, sheet, formats) -> None:
    """An Excel table with a calculated column and a total elsewhere."""
    columns = [{"header": header} for header in HEADERS]
    columns[8]["formula"] = "=Suivi[[#This Row],[Montant TTC]]-Suivi[[#This Row],[Réglé]]"
    sheet.add_table("A1:I4", {"name": "Suivi", "columns": columns})
    book.add_worksheet("Synthèse").write_formula("A1", "=SUM(Suivi[Reste dû])", None, 1940.5)


def _totals(book, sheet, formats) -> None:
    """A plain total row right under the last invoice."""
    sheet.write("A5", "Total", formats["head"])
    sheet.write_formula("E5", "=SUM(E2:E4)", formats["amount"], 2040.4)


def _protected(book, sheet, formats) -> None:
    """A protected sheet whose column of payments is not locked."""
    free = book.add_format({"num_format": "#,##0.00 €", "locked": False})
    sheet.write_blank("F4", None, free)
    sheet.protect("secret")


def _guarded(book, sheet, formats) -> None:
    """Cells nobody may write: merged, array, table header."""
    sheet.merge_range("A8:C8", "Note", formats["head"])
    sheet.write_array_formula("A10:A12", "{=E2:E4*2}", None, 0)
    sheet.add_table("L1:M3", {"columns": [{"header": "a"}, {"header": "b"}], "total_row": False})


KINDS = {
    "plain": _plain, "rich": _rich, "table": _table, "totals": _totals, "protected": _protected, "guarded": _guarded,
}  # fmt: skip

"""Makes examples/suivi_factures.xlsx from the invented firm of `example_firm`, as the firm's own people keep it.

    python scripts/make_example.py [FILE]

The cases it shows are listed at the top of `example_firm.py`. The same bytes come out on any day: dates are fixed,
and cached values are computed here for the situation of 20/11/2026, the date typed in the sheet. Three sheets:
Factures (title above, header on row 5, plain range with a filter), Clients, Synthèse (formulas and two charts).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import xlsxwriter

from example_firm import CLIENTS, INVOICES, KINDS, LANGUAGES, STATUSES, InvoiceLine
from relance.dates import parse_date

TODAY = date(2026, 11, 20)
HEADER_ROW = 5  # as Excel numbers them
FIRST, LAST = HEADER_ROW + 1, 500  # formats, rules and totals reach row 500, as the firm prepared them
END = HEADER_ROW + len(INVOICES)
MONTHS = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
BUCKETS = ((None, 0, "Non échu"), (1, 30, "1 à 30 jours"), (31, 60, "31 à 60 jours"), (61, 90, "61 à 90 jours"),
           (91, None, "Plus de 90 jours"))  # fmt: skip
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
INK, PAPER, RULE = "#1F3A4D", "#EAF0F4", "#D5DDE3"
BALANCE = '=IF(N{row}="Annulée",0,IF(ISNUMBER(F{row}),F{row}-G{row}-H{row},""))'


def balance(line: InvoiceLine) -> Decimal | None:
    """What the column "Reste dû" gives: 0 for a cancelled invoice, nothing where the amount is not a number."""
    if line.status == "Annulée":
        return Decimal(0)
    if isinstance(line.total, str):
        return None
    return line.total - (line.deposit or 0) - (line.paid or 0)


def sum_of(lines: Iterable[InvoiceLine], amount: Callable[[InvoiceLine], Decimal | str | None]) -> float:
    """The cached value of a SUMIFS: text and blanks count for nothing."""
    return float(sum(found for line in lines if isinstance(found := amount(line), Decimal)))


def main(path: Path) -> None:
    """Writes the example workbook, replacing the file."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"title": "Suivi des factures", "author": "Sandrine Roussel",
                             "company": "Ateliers Roussel", "created": datetime(2025, 12, 1, 9, 0)})  # noqa: DTZ001
        book.set_size(24000, 14000)
        formats = _Formats(book)
        invoices, clients, summary = (book.add_worksheet(name) for name in ("Factures", "Clients", "Synthèse"))
        _write_invoices(invoices, formats)
        _write_clients(clients, formats)
        _write_summary(book, summary, formats)
        invoices.activate()


class _Formats:
    """The formats of the workbook, made once each on demand."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": "Calibri", "valign": "vcenter", **properties})
        return self._made[key]

    def cell(self, **properties: Any) -> Any:
        return self(bottom=1, bottom_color=RULE, **properties)

    @property
    def text(self) -> Any:
        return self.cell()

    @property
    def wrapped(self) -> Any:
        return self.cell(text_wrap=True, num_format="@")

    @property
    def day(self) -> Any:
        return self.cell(num_format="dd/mm/yyyy", align="center")

    @property
    def euros(self) -> Any:
        return self.cell(num_format='#,##0.00\\ "€"')

    @property
    def count(self) -> Any:
        return self.cell(num_format="0", align="center")

    @property
    def header(self) -> Any:
        return self(bold=True, font_color="white", bg_color=INK, text_wrap=True, align="center", border=1,
                    border_color=INK)  # fmt: skip

    @property
    def title(self) -> Any:
        return self(bold=True, font_size=18, font_color=INK)

    @property
    def label(self) -> Any:
        return self(font_color="#5B6B77")

    def key_figure(self, num_format: str) -> Any:
        return self(bold=True, bg_color=PAPER, border=1, border_color=RULE, align="center", num_format=num_format)


def _write_invoices(sheet: Any, formats: _Formats) -> None:
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


def _write_banner(sheet: Any, formats: _Formats) -> None:
    sheet.set_row(0, 30)
    sheet.set_row(2, 21)
    sheet.write_string("A1", "Ateliers Roussel · Suivi des factures clients", formats.title)
    sheet.write_string("A2", "Une ligne par facture, montants TTC. Saisir la date du jour en C3.", formats.label)
    sheet.write_string("B3", "Situation au", formats(font_color="#5B6B77", align="right"))
    sheet.write_datetime("C3", _moment(TODAY), formats.key_figure("dd/mm/yyyy"))
    money = formats.key_figure('#,##0.00\\ "€"')
    sheet.write_string("E3", "Reste dû", formats(font_color="#5B6B77", align="right"))
    sheet.write_formula("F3", f"=SUBTOTAL(109,J{FIRST}:J{LAST})", money, sum_of(INVOICES, balance))
    sheet.write_string("I3", "dont échu", formats(font_color="#5B6B77", align="right"))
    overdue = [line for line in INVOICES if (due := parse_date(line.due)) and due < TODAY]
    sheet.write_formula("J3", f'=SUMIFS(J{FIRST}:J{LAST},D{FIRST}:D{LAST},"<"&C3)', money, sum_of(overdue, balance))


def _write_invoice(sheet: Any, row: int, line: InvoiceLine, formats: _Formats) -> None:
    index = row - 1
    sheet.write_string(index, 0, line.number, formats.text)
    sheet.write_string(index, 1, line.client, formats.text)
    for column, text in ((2, line.issued), (3, line.due), (8, line.paid_on), (14, line.promise)):
        _write_day(sheet, (index, column), text, formats.day)
    sheet.write_string(index, 4, line.order, formats.text) if line.order else sheet.write_blank(
        index, 4, None, formats.text
    )
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
        sheet.write_datetime(*place, _moment(day), style)
    else:
        sheet.write(*place, text or None, style)


def _write_amount(sheet: Any, place: tuple[int, int], amount: Decimal | str | None, style: Any) -> None:
    sheet.write(*place, float(amount) if isinstance(amount, Decimal) else amount, style)


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a spreadsheet has no time zone


def _add_validations(sheet: Any) -> None:
    rows = (FIRST - 1, LAST - 1)
    sheet.data_validation(rows[0], 13, rows[1], 13, {
        "validate": "list", "source": list(STATUSES), "error_title": "Statut inconnu",
        "error_message": "Choisir un statut de la liste."})  # fmt: skip
    sheet.data_validation(rows[0], 1, rows[1], 1, {
        "validate": "list", "source": "=Clients!$B$2:$B$60", "error_type": "warning",
        "error_title": "Client absent", "error_message": "Ajouter d'abord ce client dans la feuille Clients."})  # fmt: skip


def _add_colours(sheet: Any, formats: _Formats) -> None:
    area = (FIRST - 1, 0, LAST - 1, len(COLUMNS) - 1)
    rules = (
        (f'=OR($N{FIRST}="Payée",$N{FIRST}="Annulée")', {"font_color": "#8A949B"}),
        (f'=$N{FIRST}="Litige"', {"bg_color": "#FFF1D6", "font_color": "#7A4B00"}),
    )
    for criteria, look in rules:
        sheet.conditional_format(*area, {"type": "formula", "criteria": criteria, "stop_if_true": True,
                                         "format": _rule_format(formats, look)})  # fmt: skip
    late = f"=AND(ISNUMBER($D{FIRST}),ISNUMBER($J{FIRST}),$J{FIRST}>0,$D{FIRST}<$C$3)"
    look = _rule_format(formats, {"font_color": "#B3261E", "bold": True})
    for column in (3, 9):
        sheet.conditional_format(FIRST - 1, column, LAST - 1, column,
                                 {"type": "formula", "criteria": late, "format": look})  # fmt: skip


def _rule_format(formats: _Formats, look: dict[str, Any]) -> Any:
    return formats._book.add_format(look)


def _write_clients(sheet: Any, formats: _Formats) -> None:
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


def _write_summary(book: Any, sheet: Any, formats: _Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column("A:A", 32)
    sheet.set_column("B:D", 15)
    sheet.set_column("E:E", 3)
    sheet.set_row(0, 30)
    sheet.write_string("A1", "Synthèse", formats.title)
    sheet.write_string("A2", "Situation au", formats.label)
    sheet.write_formula("B2", "=Factures!C3", formats.key_figure("dd/mm/yyyy"), (TODAY - date(1899, 12, 30)).days)
    ageing = _write_ageing(sheet, formats, 4)
    monthly = _write_months(sheet, formats, ageing + 4)
    _write_by_client(sheet, formats, monthly + 3)
    _add_charts(book, sheet, ageing, monthly)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)


def _head(sheet: Any, formats: _Formats, row: int, titles: tuple[str, ...]) -> None:
    for column, title in enumerate(titles):
        sheet.write_string(row - 1, column, title, formats.header)


def _range(column: str) -> str:
    return f"Factures!${column}${FIRST}:${column}${LAST}"


def _write_ageing(sheet: Any, formats: _Formats, row: int) -> int:
    """The open amount by days late, then what has no readable due date, then the total; gives the last row."""
    _head(sheet, formats, row, ("Ancienneté", "Reste dû", "Factures"))
    for offset, (low, high, label) in enumerate(BUCKETS, start=1):
        inside = [line for line in INVOICES if _in_bucket(line, low, high)]
        tests = f'{_range("D")},"<="&$B$2-{low}' if low else f'{_range("D")},">="&$B$2'
        tests += f',{_range("D")},">="&$B$2-{high}' if low and high else ""
        sheet.write_string(row - 1 + offset, 0, label, formats.text)
        sheet.write_formula(row - 1 + offset, 1, f"=SUMIFS({_range('J')},{tests})", formats.euros,
                            sum_of(inside, balance))  # fmt: skip
        sheet.write_formula(row - 1 + offset, 2, f'=COUNTIFS({_range("J")},">0",{tests})', formats.count,
                            sum(1 for line in inside if (balance(line) or 0) > 0))  # fmt: skip
    last = row + len(BUCKETS) + 2
    unread = [line for line in INVOICES if not parse_date(line.due)]
    sheet.write_string(last - 2, 0, "Échéance à vérifier", formats.text)
    sheet.write_formula(last - 2, 1, f"=B{last}-SUM(B{row + 1}:B{last - 2})", formats.euros, sum_of(unread, balance))
    sheet.write_blank(last - 2, 2, None, formats.count)
    bold = {"bold": True, "bg_color": PAPER, "top": 1}
    sheet.write_string(last - 1, 0, "Total", formats(**bold))
    sheet.write_formula(last - 1, 1, f"=SUM({_range('J')})", formats(num_format='#,##0.00\\ "€"', **bold),
                        sum_of(INVOICES, balance))  # fmt: skip
    sheet.write_formula(last - 1, 2, f'=COUNTIF({_range("J")},">0")', formats(num_format="0", align="center", **bold),
                        sum(1 for line in INVOICES if (balance(line) or 0) > 0))  # fmt: skip
    return last


def _in_bucket(line: InvoiceLine, low: int | None, high: int | None) -> bool:
    due = parse_date(line.due)
    if not due:
        return False
    late = (TODAY - due).days
    return (low is None or late >= low) and (high is None or late <= high)


def _write_months(sheet: Any, formats: _Formats, row: int) -> int:
    """Invoiced and received by month; gives the last row."""
    _head(sheet, formats, row, ("Mois", "Facturé TTC", "Règlements"))
    month_format = formats.cell(num_format="mmmm yyyy", align="left")
    for offset, month in enumerate(MONTHS, start=1):
        line, this = row - 1 + offset, f"$A{row + offset}"
        sheet.write_datetime(line, 0, _moment(month), month_format)
        issued = [item for item in INVOICES if item.issued.endswith(f"{month:/%m/%Y}") and item.status != "Annulée"]
        received = [item for item in INVOICES if item.paid_on.endswith(f"{month:/%m/%Y}")]
        sheet.write_formula(line, 1, f'=SUMIFS({_range("F")},{_range("C")},">="&{this},{_range("C")},"<"&EDATE({this},1)'
                            f',{_range("N")},"<>Annulée")', formats.euros, sum_of(issued, lambda item: item.total))  # fmt: skip
        sheet.write_formula(line, 2, f'=SUMIFS({_range("H")},{_range("I")},">="&{this},{_range("I")},"<"&EDATE({this},1))',
                            formats.euros, sum_of(received, lambda item: item.paid))  # fmt: skip
    return row + len(MONTHS)


def _write_by_client(sheet: Any, formats: _Formats, row: int) -> None:
    _head(sheet, formats, row, ("Client", "Facturé TTC", "Reste dû", "Dont échu"))
    for offset, client in enumerate(CLIENTS, start=1):
        line, this = row - 1 + offset, f"$A{row + offset}"
        own = [item for item in INVOICES if item.client == client.name]
        late = [item for item in own if (due := parse_date(item.due)) and due < TODAY]
        sheet.write_formula(line, 0, f"=Clients!B{offset + 1}", formats.text, client.name)
        sheet.write_formula(line, 1, f'=SUMIFS({_range("F")},{_range("B")},{this},{_range("N")},"<>Annulée")', formats.euros,
                            sum_of([item for item in own if item.status != "Annulée"], lambda item: item.total))  # fmt: skip
        sheet.write_formula(line, 2, f"=SUMIFS({_range('J')},{_range('B')},{this})", formats.euros, sum_of(own, balance))
        sheet.write_formula(line, 3, f'=SUMIFS({_range("J")},{_range("B")},{this},{_range("D")},"<"&$B$2)', formats.euros,
                            sum_of(late, balance))  # fmt: skip


def _add_charts(book: Any, sheet: Any, ageing: int, monthly: int) -> None:
    money = {"num_format": '#,##0\\ "€"', "major_gridlines": {"visible": True, "line": {"color": RULE}}}
    bars = book.add_chart({"type": "bar"})
    first = ageing - len(BUCKETS) - 1
    bars.add_series({"name": "Reste dû", "categories": f"='Synthèse'!$A${first}:$A${ageing - 2}",
                     "values": f"='Synthèse'!$B${first}:$B${ageing - 2}", "fill": {"color": "#B3261E"}, "gap": 60,
                     "points": [{"fill": {"color": shade}} for shade in
                                ("#7FA7BF", "#F0C27B", "#E59B4C", "#D2693C", "#B3261E")]})  # fmt: skip
    bars.set_title({"name": "Reste dû par ancienneté", "name_font": {"size": 12, "color": INK}})
    bars.set_legend({"none": True})
    bars.set_y_axis({"reverse": True})
    bars.set_x_axis({**money, "label_position": "high"})
    sheet.insert_chart("F3", bars, {"x_scale": 1.3, "y_scale": 0.95})
    columns = book.add_chart({"type": "column"})
    for letter, title, shade in (("B", "Facturé TTC", "#1F3A4D"), ("C", "Règlements", "#7FA7BF")):
        columns.add_series({"name": title, "categories": f"='Synthèse'!$A${monthly - 11}:$A${monthly}",
                            "values": f"='Synthèse'!${letter}${monthly - 11}:${letter}${monthly}",
                            "fill": {"color": shade}, "gap": 70})  # fmt: skip
    columns.set_title({"name": "Facturé et réglé par mois", "name_font": {"size": 12, "color": INK}})
    columns.set_legend({"position": "bottom"})
    columns.set_x_axis({"num_format": "mmm yy", "date_axis": False, "text_axis": True})
    columns.set_y_axis(money)
    sheet.insert_chart("F19", columns, {"x_scale": 1.3, "y_scale": 1.1})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "examples" / "suivi_factures.xlsx")

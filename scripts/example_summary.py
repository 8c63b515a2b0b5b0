"""The sheet Synthèse of the example: ageing, months, clients, each a formula with its value, and two charts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from example_firm import CLIENTS, INVOICES, InvoiceLine
from example_parts import FIRST, INK, LAST, PAPER, RULE, TODAY, Formats, balance, is_late, moment, sum_of
from relance.dates import parse_date

MONTHS = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 12))]
BUCKETS = ((None, 0, "Non échu"), (1, 30, "1 à 30 jours"), (31, 60, "31 à 60 jours"), (61, 90, "61 à 90 jours"),
           (91, None, "Plus de 90 jours"))  # fmt: skip
CLIENT, ISSUED, DUE, TOTAL, PAID, PAID_ON, LEFT, STATUS = (
    f"Factures!${letter}${FIRST}:${letter}${LAST}" for letter in "BCDFHIJN"
)
VALID = f'{STATUS},"<>Annulée"'


def write_summary(book: Any, sheet: Any, formats: Formats) -> None:
    """Fill the sheet: three tables on the left, the charts beside them."""
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


def _head(sheet: Any, formats: Formats, row: int, titles: tuple[str, ...]) -> None:
    for column, title in enumerate(titles):
        sheet.write_string(row - 1, column, title, formats.header)


def _write_ageing(sheet: Any, formats: Formats, row: int) -> int:
    """The open amount by days late, then what has no readable due date, then the total; gives the last row."""
    _head(sheet, formats, row, ("Ancienneté", "Reste dû", "Factures"))
    for offset, (low, high, label) in enumerate(BUCKETS, start=1):
        inside = [line for line in INVOICES if _in_bucket(line, low, high)]
        tests = f'{DUE},"<="&$B$2-{low}' if low else f'{DUE},">="&$B$2'
        tests += f',{DUE},">="&$B$2-{high}' if low and high else ""
        sheet.write_string(row - 1 + offset, 0, label, formats.text)
        sheet.write_formula(row - 1 + offset, 1, f"=SUMIFS({LEFT},{tests})", formats.euros, sum_of(inside, balance))
        sheet.write_formula(
            row - 1 + offset,
            2,
            f'=COUNTIFS({LEFT},">0",{tests})',
            formats.count,
            sum(1 for line in inside if (balance(line) or 0) > 0),
        )
    last = row + len(BUCKETS) + 2
    unread = [line for line in INVOICES if not parse_date(line.due)]
    sheet.write_string(last - 2, 0, "Échéance à vérifier", formats.text)
    sheet.write_formula(last - 2, 1, f"=B{last}-SUM(B{row + 1}:B{last - 2})", formats.euros, sum_of(unread, balance))
    sheet.write_blank(last - 2, 2, None, formats.count)
    bold = {"bold": True, "bg_color": PAPER, "top": 1}
    sheet.write_string(last - 1, 0, "Total", formats(**bold))
    sheet.write_formula(
        last - 1, 1, f"=SUM({LEFT})", formats(num_format='#,##0.00\\ "€"', **bold), sum_of(INVOICES, balance)
    )
    sheet.write_formula(
        last - 1,
        2,
        f'=COUNTIF({LEFT},">0")',
        formats(num_format="0", align="center", **bold),
        sum(1 for line in INVOICES if (balance(line) or 0) > 0),
    )
    return last


def _in_bucket(line: InvoiceLine, low: int | None, high: int | None) -> bool:
    due = parse_date(line.due)
    if not due:
        return False
    late = (TODAY - due).days
    return (low is None or late >= low) and (high is None or late <= high)


def _write_months(sheet: Any, formats: Formats, row: int) -> int:
    """Invoiced and received by month; gives the last row."""
    _head(sheet, formats, row, ("Mois", "Facturé TTC", "Règlements"))
    month_format = formats.cell(num_format="[$-40C]mmmm yyyy", align="left")
    for line, month in enumerate(MONTHS, start=row):
        first, next_first = f"$A{line + 1}", f"EDATE($A{line + 1},1)"
        issued, received = (f'{days},">="&{first},{days},"<"&{next_first}' for days in (ISSUED, PAID_ON))
        sheet.write_datetime(line, 0, moment(month), month_format)
        total = _invoiced(item for item in INVOICES if item.issued.endswith(f"{month:/%m/%Y}"))
        sheet.write_formula(line, 1, f"=SUMIFS({TOTAL},{issued},{VALID})", formats.euros, total)
        paid = sum_of((item for item in INVOICES if item.paid_on.endswith(f"{month:/%m/%Y}")), lambda item: item.paid)
        sheet.write_formula(line, 2, f"=SUMIFS({PAID},{received})", formats.euros, paid)
    return row + len(MONTHS)


def _invoiced(lines: Iterable[InvoiceLine]) -> float:
    return sum_of((line for line in lines if line.status != "Annulée"), lambda line: line.total)


def _write_by_client(sheet: Any, formats: Formats, row: int) -> None:
    _head(sheet, formats, row, ("Client", "Facturé TTC", "Reste dû", "Dont échu"))
    for offset, client in enumerate(CLIENTS):
        line, this = row + offset, f"{CLIENT},$A{row + offset + 1}"
        own = [item for item in INVOICES if item.client == client.name]
        sheet.write_formula(line, 0, f"=Clients!B{offset + 2}", formats.text, client.name)
        sums = (
            (f"=SUMIFS({TOTAL},{this},{VALID})", _invoiced(own)),
            (f"=SUMIFS({LEFT},{this})", sum_of(own, balance)),
            (f'=SUMIFS({LEFT},{this},{DUE},"<"&$B$2)', sum_of(filter(is_late, own), balance)),
        )
        for column, (formula, value) in enumerate(sums, start=1):
            sheet.write_formula(line, column, formula, formats.euros, value)


def _add_charts(book: Any, sheet: Any, ageing: int, monthly: int) -> None:
    money = {"num_format": '#,##0\\ "€"', "major_gridlines": {"visible": True, "line": {"color": RULE}}}
    bars = book.add_chart({"type": "bar"})
    first = ageing - len(BUCKETS) - 1
    bars.add_series(
        {
            "name": "Reste dû",
            "categories": f"='Synthèse'!$A${first}:$A${ageing - 2}",
            "values": f"='Synthèse'!$B${first}:$B${ageing - 2}",
            "fill": {"color": "#B3261E"},
            "gap": 60,
            "points": [{"fill": {"color": shade}} for shade in ("#7FA7BF", "#F0C27B", "#E59B4C", "#D2693C", "#B3261E")],
        }
    )
    bars.set_title({"name": "Reste dû par ancienneté", "name_font": {"size": 12, "color": INK}})
    bars.set_legend({"none": True})
    bars.set_y_axis({"reverse": True})
    bars.set_x_axis({**money, "label_position": "high"})
    sheet.insert_chart("F3", bars, {"x_scale": 1.3, "y_scale": 0.95})
    columns = book.add_chart({"type": "column"})
    for letter, title, shade in (("B", "Facturé TTC", "#1F3A4D"), ("C", "Règlements", "#7FA7BF")):
        columns.add_series(
            {
                "name": title,
                "categories": f"='Synthèse'!$A${monthly - 11}:$A${monthly}",
                "values": f"='Synthèse'!${letter}${monthly - 11}:${letter}${monthly}",
                "fill": {"color": shade},
                "gap": 70,
            }
        )
    columns.set_title({"name": "Facturé et réglé par mois", "name_font": {"size": 12, "color": INK}})
    columns.set_legend({"position": "bottom"})
    columns.set_x_axis({"num_format": "[$-40C]mmm yy", "num_font": {"size": 8}, "date_axis": False, "text_axis": True})
    columns.set_y_axis(money)
    sheet.insert_chart("F19", columns, {"x_scale": 1.3, "y_scale": 1.1})

"""The table of a view for a spreadsheet program that opens it by double click; scripts read JSON.

French: semicolons, decimal comma, UTF-8 with the mark by which Excel knows it; English: commas, decimal point, no
mark. Titles in the reader's language. Dates are ISO 8601 in both: Excel and LibreOffice take them for dates in every
country, where 03/04/2026 is March in one and April in the other. Amounts are bare numbers, their currency in a last
column. Text that a spreadsheet would execute is defused with an apostrophe before it (CWE-1236).
"""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from relance.errors import UsageError, msg
from relance.language import Language
from relance.money import Money
from relance.reports.view import Lateness, Measure, Supposed, Table, View

_DIALECTS = {"fr": (";", ",", "\ufeff"), "en": (",", ".", "")}
_STARTS_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
_HARMLESS = re.compile(r"[+-]?\d[\d\s.,()]*")  # a telephone or a number cannot name a function


def render_csv(view: View, language: Language) -> str:
    """The exported table of the view, else its first one, without totals; UsageError when it has none."""
    table = _exported(view)
    delimiter, mark, start = _DIALECTS.get(language.code, _DIALECTS["en"])
    has_money = any(isinstance(cell, Money) for row in table.rows for cell in row)
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    currency = [language.say(msg("Currency"))] if has_money else []
    writer.writerow([defuse(language.say(column.title)) for column in table.columns] + currency)
    for row in table.rows:
        cells = [_written(cell, language, mark) for cell in row]
        writer.writerow(cells + ([_currencies(row)] if has_money else []))
    return start + out.getvalue()


def _exported(view: View) -> Table:
    if view.export:
        return view.export()
    tables = [section for section in view.sections() if isinstance(section, Table)]
    exported = next((table for table in tables if table.export), None)
    if exported is None and view.export is not None:
        return view.export()
    if not tables:
        raise UsageError(
            "no-table",
            msg("“relance {command}” has no table that could be written as CSV.", command=view.command),
            msg("Choose another format, for example --format json."),
        )
    return exported or tables[0]


def _currencies(row: tuple[Any, ...]) -> str:
    return " ".join(dict.fromkeys(cell.currency for cell in row if isinstance(cell, Money)))


def _written(value: Any, language: Language, mark: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Money):
        return f"{value.amount:.2f}".replace(".", mark)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", mark)
    if isinstance(value, Supposed):
        return value.day.isoformat()
    if isinstance(value, Lateness):
        return str(value.days)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Measure):
        return language.say(value.text)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, tuple):
        return defuse(", ".join(_written(item, language, mark) for item in value))
    return defuse(language.show(value))


def defuse(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet would take it for a formula.

    >>> defuse("=1+1"), defuse("-12,50"), defuse("+33 6 12 34 56 78"), defuse("@SUM(A1)"), defuse("- voir Marc")
    ("'=1+1", '-12,50', '+33 6 12 34 56 78', "'@SUM(A1)", "'- voir Marc")
    """
    return f"'{text}" if _STARTS_FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text

"""The rules of a new workbook's cells: how each role looks, what may be typed there, when a row takes a colour.

It must not know where texts come from (module `template`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from relance.workbook.xlsx.refs import column_letters

if TYPE_CHECKING:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

_RED, _GREY, _AMBER, _BROWN = "B3261E", "8A949B", "FFF1D6", "7A4B00"


class Look(Struct, frozen=True):
    """How the cells of a role look: the column's width in characters, and the kind of value typed there: text, code
    (text that looks like figures and must stay as typed), date, amount, count, choice (a word of a list) or free (a
    date, a word, a reason)."""

    width: float
    kind: str = "text"


LOOKS = {
    "number": Look(15, "code"),
    "client": Look(32),
    "issued": Look(13, "date"),
    "due": Look(13, "date"),
    "order": Look(16, "code"),
    "total": Look(15, "amount"),
    "deposit": Look(13, "amount"),
    "paid": Look(14, "amount"),
    "paid_on": Look(14, "date"),
    "balance": Look(15, "amount"),
    "surcharge": Look(13, "amount"),
    "reminder_count": Look(11, "count"),
    "reminder_dates": Look(26, "code"),
    "status": Look(20, "choice"),
    "promise": Look(13, "date"),
    "comment": Look(46),
    "contact": Look(24),
    "email": Look(34),
    "phone": Look(17, "code"),
    "address": Look(44),
    "language": Look(12, "choice"),
    "kind": Look(17, "choice"),
    "hold": Look(17, "free"),
}
_BOUNDS = {
    "date": ("date", "36526", "73415"),  # 2000 to 2100, as Excel counts days
    "amount": ("decimal", "-1000000000", "1000000000"),
    "count": ("whole", "0", "99"),
}


def letters_of(headers: dict[str, str], role: str) -> str:
    """The letters of the column that plays a role, the table beginning in A."""
    return column_letters(list(headers).index(role) + 1)


def add_choices(sheet: Worksheet, texts: dict[str, Any], headers: dict[str, str], rows: range, names: str = "") -> None:
    """What may be typed: lists for the words, dates and numbers where they belong; a client who is not among `names`
    (a range) is asked about."""
    for role in headers:
        rule = _client_rule(texts, names) if role == "client" and names else _rule(texts, role)
        if rule:
            letters = letters_of(headers, role)
            rule.errorTitle = texts["refused"]["title"]
            rule.add(f"{letters}{rows[0]}:{letters}{rows[-1]}")
            sheet.add_data_validation(rule)


def _client_rule(texts: dict[str, Any], names: str) -> DataValidation:
    return _validation("list", (names,), texts["refused"]["client"], strict=False)


def _rule(texts: dict[str, Any], role: str) -> DataValidation | None:
    refused, kind = texts["refused"], LOOKS[role].kind
    if kind == "choice":
        return _validation("list", (f'"{",".join(texts["words"][role])}"',), refused[role])
    if role == "balance" or kind not in _BOUNDS:
        return None
    allowed, *bounds = _BOUNDS[kind]
    return _validation(allowed, bounds, refused[kind])


def _validation(kind: Any, bounds: Iterable[str], message: str, *, strict: bool = True) -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - only init needs it

    rule = DataValidation(kind, allow_blank=True, showErrorMessage=True)
    rule.formula1, *rest = bounds
    if rest:
        rule.operator, rule.formula2 = "between", rest[0]
    rule.error, rule.errorStyle = message, "stop" if strict else "warning"
    return rule


def add_colours(sheet: Worksheet, texts: dict[str, Any], rows: range) -> None:
    """Settled rows grey, disputed ones amber, and in red what is overdue."""
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415 - only init needs it

    headers, words = texts["invoices"]["headers"], texts["words"]
    first, last = rows[0], rows[-1]
    status, due, balance = (f"${letters_of(headers, role)}{first}" for role in ("status", "due", "balance"))
    whole = f"A{first}:{column_letters(len(headers))}{last}"
    settled = ",".join(f'{status}="{word}"' for word in words["settled"])
    _colour(sheet, whole, f"OR({settled})", Font(color=_GREY))
    disputed = PatternFill("solid", bgColor=_AMBER)
    _colour(sheet, whole, f'{status}="{words["disputed"]}"', Font(color=_BROWN), disputed)
    late = f"AND(ISNUMBER({due}),ISNUMBER({balance}),{balance}>0,{due}<TODAY())"
    for letters in (letters_of(headers, role) for role in ("due", "balance")):
        _colour(sheet, f"{letters}{first}:{letters}{last}", late, Font(bold=True, color=_RED))


def _colour(sheet: Worksheet, cells: str, formula: str, font: Font, fill: PatternFill | None = None) -> None:
    from openpyxl.formatting.rule import Rule  # noqa: PLC0415 - only init needs it
    from openpyxl.styles.differential import DifferentialStyle  # noqa: PLC0415 - only init needs it

    look = DifferentialStyle(font=font, fill=fill)
    sheet.conditional_formatting.add(cells, Rule("expression", formula=[formula], dxf=look, stopIfTrue=True))

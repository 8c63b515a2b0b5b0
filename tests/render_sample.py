"""A view like the one of `relance status`, with everything a renderer meets; the renderers' tests share it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from relance.errors import Problem, Severity, Where, msg, msg_n
from relance.money import Money
from relance.reports.view import Align, Bar, Column, Facts, Lateness, Line, Part, Section, Table, Tone, View

TODAY = date(2026, 11, 20)
EURO = "EUR"


def euros(text: str) -> Money:
    return Money(Decimal(text), EURO)


CHASE_COLUMNS = (
    Column("client", msg("Client")),
    Column("contact", msg("Contact"), fold=True),
    Column("phone", msg("Telephone"), fold=True, whole=True),
    Column("numbers", msg("Invoices"), fold=True, whole=True),
    Column("open", msg("Open amount"), Align.RIGHT),
    Column("days_late", msg("Days late"), Align.RIGHT),
    Column("step", msg("Step")),
)
CHASE_ROWS: tuple[tuple[Any, ...], ...] = (
    ("Imprimerie Vasseur & Fils", "Mme Odile Vasseur", "04 78 11 22 33", ("F-2026-031", "F-2026-038"),
     euros("12480.00"), Lateness(127), msg("formal notice")),
    ("Hôtel du Lac", "M. Perrin", "06 12 34 56 78", ("F-2026-052",), euros("3215.40"), Lateness(64),
     msg("second reminder")),
    ("Boulangerie Le Fournil", None, "04 72 00 00 01", ("F-2026-060", "F-2026-061", "F-2026-064"),
     euros("954.06"), Lateness(33), msg("first reminder")),
    ("Northwind Trading Ltd", "Jane O'Neill", "+44 20 7946 0018", ("F-2026-066",), Money(Decimal("7800"), "GBP"),
     Lateness(8), msg("first reminder")),
)  # fmt: skip
WAITING_ROWS: tuple[tuple[Any, ...], ...] = (
    ("F-2026-047", "Menuiserie Blanc", euros("2100.00"), msg("promise of payment"), date(2026, 11, 27)),
    ("F-2026-055", "Commune de Saint-Rémy", euros("18450.00"), msg("reminded 3 days ago, the next step is not due"),
     date(2026, 12, 2)),
    ("F-2026-058", "株式会社サンプル", euros("640.00"), msg("dispute, a person decides"), None),
)  # fmt: skip
FIX_ROWS: tuple[tuple[Any, ...], ...] = (
    (Where("Factures", 23, "E").__str__(), "F-2026-049", "1.2O0,00",
     msg("this amount cannot be read; type it again as a number")),
    (Where("Factures", 37, "C").__str__(), "F-2026-063", "31/02/2026", msg("this date does not exist")),
)  # fmt: skip


def sections() -> tuple[Section, ...]:
    return (
        Facts(items=(
            (msg("Open"), euros("84312.50"), Tone.PLAIN),
            (msg("Overdue"), euros("41207.10"), Tone.BAD),
            (msg("Late fees"), euros("1204.33"), Tone.PLAIN),
            (msg("Last payment"), date(2026, 11, 18), Tone.PLAIN),
        )),
        Bar(title=msg("Ageing"), currency=EURO, parts=(
            Part(msg("not due"), Decimal("43105.40"), Tone.GOOD, 18),
            Part(msg("1-30 days"), Decimal("15210.00"), Tone.NOTICE, 7),
            Part(msg("31-60 days"), Decimal("9301.70"), Tone.WARNING, 4),
            Part(msg("61-90 days"), Decimal("4215.40"), Tone.WARNING, 2),
            Part(msg("over 90 days"), Decimal("12480.00"), Tone.BAD, 2),
        )),
        Table(title=msg_n("To chase today: {n} client", "To chase today: {n} clients", 4), columns=CHASE_COLUMNS,
              rows=CHASE_ROWS, tones=(Tone.BAD, Tone.WARNING, Tone.PLAIN, Tone.PLAIN), export=True),
        Table(title=msg("Waiting"), columns=(
            Column("number", msg("Invoice"), whole=True),
            Column("client", msg("Client")),
            Column("open", msg("Open amount"), Align.RIGHT),
            Column("reason", msg("Why")),
            Column("until", msg("Until")),
        ), rows=WAITING_ROWS, tones=(Tone.PLAIN, Tone.PLAIN, Tone.FAINT),
              totals=((None, None, euros("21190.00"), None, None),)),
        Table(title=msg("To fix"), columns=(
            Column("where", msg("Cell"), whole=True),
            Column("number", msg("Invoice"), whole=True),
            Column("value", msg("Value")),
            Column("hint", msg("What to do")),
        ), rows=FIX_ROWS, tones=(Tone.BAD, Tone.WARNING)),
        Table(title=msg("Never shown"), columns=CHASE_COLUMNS, rows=()),
        Line(msg("2 rows are set aside and in no total."), Tone.WARNING),
        Line(msg("“relance remind” drafts these 4 messages.")),
    )  # fmt: skip


def data() -> dict[str, Any]:
    return {
        "totals": [{"currency": EURO, "open": Decimal("84312.5"), "overdue": Decimal(41207), "rate": Decimal("2.125")}],
        "day": TODAY, "count": 3, "late": True, "phone": None, "numbers": ("F-1", "F-2"),
    }  # fmt: skip


PROBLEM = Problem(
    "amount_unreadable", Severity.ERROR, msg("The amount cannot be read."), msg("Type it again."),
    Where("Factures", 23, "E"), "1.2O0,00",
)  # fmt: skip


def sample() -> View:
    return View(command="status", title=msg("Receivables"), data=data, sections=sections, problems=(PROBLEM,))


HOSTILE = "<script>alert(1)</script>\x1b[31m\"'&\n| [x](javascript:1) \u202e=1+1"
"""What an enemy would write in the name of a client."""


def of_table(table: Table) -> View:
    """A view of one table."""
    return View(command="invoices", title=msg("Invoices"), data=dict, sections=lambda: (table,))

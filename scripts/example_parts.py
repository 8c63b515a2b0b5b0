"""What the sheets of the example share: its day, its rows, its looks, and the amounts the formulas give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from example_firm import INVOICES, InvoiceLine
from relance.dates import parse_date

TODAY = date(2026, 11, 20)
HEADER_ROW = 5  # as Excel numbers them
FIRST, LAST = HEADER_ROW + 1, 500  # formats, rules and totals reach row 500, as the firm prepared them
END = HEADER_ROW + len(INVOICES)
INK, PAPER, RULE = "#1F3A4D", "#EAF0F4", "#D5DDE3"


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


def moment(day: date) -> datetime:
    """A day as XlsxWriter takes it."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a spreadsheet has no time zone


def is_late(line: InvoiceLine) -> bool:
    """Whether the due date can be read and is past."""
    due = parse_date(line.due)
    return due is not None and due < TODAY


class Formats:
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

    def rule(self, look: dict[str, Any]) -> Any:
        """The look a conditional colour gives."""
        return self._book.add_format(look)

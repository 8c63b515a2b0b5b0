"""The columns of the tracking table by what they are for: numbers, amounts, holds, reminders, currencies.

What one role needs to know of another is settled here. It must not know which rows are invoices.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any

from relance.domain.model import Hold
from relance.money import ZERO, parse_currency
from relance.workbook.reading.amounts import read_amount_column, read_amounts
from relance.workbook.reading.cells import Cells, SumsLike, currencies_in
from relance.workbook.reading.grid import Grid, Weight
from relance.workbook.reading.headers import header_currency
from relance.workbook.reading.reminders import Reminders, merge_reminders, parse_count, reminder_parser
from relance.workbook.reading.statuses import parse_kind_of_document
from relance.workbook.reading.stops import (
    asks_for_a_day,
    ends_before,
    parse_dispute,
    parse_hold,
    parse_promise,
    parse_wanted,
)
from relance.workbook.reading.values import Unread, date_parser, parse_number, parse_sum, parse_text
from relance.workbook.reading.words import numbers_nothing, says_direct_debit, says_more

_LEAST_TAX, _MOST_TAX = Decimal("0.015"), Decimal("0.28")  # around the rates in force in Europe
TEXTS = ("policy", "terms", "order", "comment", "file", "payment_link")
_TEXT_WEIGHTS = {"terms": Weight.LIGHT}
_AMOUNT_ROLES = ("total", "deposit", "paid", "balance", "surcharge")


class Reader:
    """The columns of one table, each read for what it is."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid

    def numbers(self) -> Cells | None:
        """The invoice numbers; a dash or "to be invoiced" in their place is none."""
        found = Cells(self.grid.read("number", parse_number, Weight.GRAVE) or [])
        column = self.grid.table.column("total") or self.grid.table.column("total_excl_tax")
        amounts = self.grid.raw(column) if column else ()
        odd = {sign for sign in set(map(itemgetter(-1), filter(None, found))) if not sign.isdigit()}
        for place, number in [(at, text) for at, text in enumerate(found) if text and text[-1] in odd] if odd else ():
            if numbers_nothing(number):
                found[place] = ""
            elif amounts and amounts[place] != "" and says_more(number):
                self.grid.set_aside(place, "number-doubt", number, role="number")
        if None in found:
            found = Cells(text or "" for text in found)
        return found if self.grid.has("number") else None

    def days(self, role: str) -> list[date | None] | None:
        """The dates of a role; None where no column plays it."""
        return self.grid.read_dates(role, date_parser, Weight.DATE)

    def paid(self, total: list[Decimal | None]) -> list[Decimal | None] | None:
        """What was paid: on most rows what was asked for, read already."""
        column = self.grid.table.column("total")
        return read_amounts(
            self.grid, "paid", Weight.GRAVE, SumsLike(self.grid.raw(column), total) if column else parse_sum
        )

    def extras(self) -> dict[str, list[Any]]:
        """The columns present whose cells an invoice carries, by its field."""
        grid = self.grid
        found = {
            "deposit": read_amounts(grid, "deposit", Weight.GRAVE),
            "balance": read_amounts(grid, "balance", self._balance_weight(), computed=True),
            "surcharge": read_amounts(grid, "surcharge", Weight.LIGHT, computed=True),
            "promise": grid.read_dates("promise", lambda order: partial(parse_promise, order), Weight.DATE),
            "hold": self._stopped(),
            "dispute": grid.read("dispute", parse_dispute, Weight.GRAVE),
        }
        texts = {role: grid.read(role, parse_text, _TEXT_WEIGHTS.get(role, Weight.NONE)) for role in TEXTS}
        found["direct_debit"] = _direct_debits(texts["terms"], grid.read("method", parse_text, Weight.GRAVE))
        return {role: values for role, values in (found | texts).items() if values is not None}

    def _stopped(self) -> list[Hold | None] | None:
        """The holds, and those of a column "to be chased: yes or no" that says no."""
        holds, wanted = self._holds(), self.grid.read("to_chase", parse_wanted, Weight.GRAVE)
        if wanted is None or holds is None:
            return wanted if holds is None else holds
        return [hold or unwanted for hold, unwanted in zip(holds, wanted, strict=True)]

    def _holds(self) -> list[Hold | None] | None:
        """The holds; in a column that asks for a day, a text that gives none holds without end, and is told."""
        column = self.grid.table.column("hold")
        if column is None:
            return None
        before = ends_before(column.header)
        make = partial(partial, parse_hold, before=before)
        holds: list[Hold | None] = self.grid.read_date_column(column, make, Weight.GRAVE)
        for place, hold in enumerate(holds) if asks_for_a_day(column.header) else ():
            if hold and hold.until is None and hold.reason:
                self.grid.warn(place, "hold-without-day", hold.reason, role="hold")
        return holds

    def _balance_weight(self) -> Weight:
        """A balance that cannot be read matters where it alone says what was paid; elsewhere relance computes it."""
        return Weight.LIGHT if any(map(self.grid.has, ("paid", "paid_on", "status", "paid_flag"))) else Weight.GRAVE

    def total(self) -> list[Decimal | None]:
        """The amounts incl. tax: their column, else excl. tax + VAT where every VAT column is known; never a guess."""
        found = read_amounts(self.grid, "total", Weight.GRAVE)
        if found is not None:
            return found
        net = read_amounts(self.grid, "total_excl_tax", Weight.GRAVE) or []
        taxes = [read_amount_column(self.grid, column, Weight.GRAVE) for column in self.grid.table.all("vat")]
        pairs = [(amount, sum((tax or ZERO for tax in row), ZERO)) for amount, *row in zip(net, *taxes, strict=True)]
        if taxes and all(amount is None or _likely_tax(amount, tax) for amount, tax in pairs):
            return [None if amount is None else amount + tax for amount, tax in pairs]
        for place, amount in enumerate(net):
            if amount is not None:
                self.grid.set_aside(place, "amount-excl-tax-only", amount, role="total_excl_tax")
        return net

    def tell_nameless(self, number: list[str | None], total: list[Decimal | None], out: set[int]) -> None:
        """Set aside the rows of a sheet without numbers that have no date either: nothing tells them apart."""
        for place, (name, amount) in enumerate(zip(number, total, strict=True)):
            if name is None and amount is not None and place not in out and place not in self.grid.dates:
                self.grid.set_aside(place, "number-missing", role="number")

    def credit_words(self) -> list[bool]:
        """Which rows their type of document calls a credit note."""
        types = self.grid.read("type", parse_kind_of_document, Weight.NONE)
        return [kind == "credit_note" for kind in types] if types else [False] * self.grid.size

    def counts(self, reminders: list[Reminders | None] | None) -> list[int | None] | None:
        """The reminder counts. A formula whose result is not in the file is a blank where it counts the dates of its
        row, which relance does itself: as nearly every count of the column that can be read does."""
        column = self.grid.table.column("reminder_count")
        if column is None:
            return None
        counts: list[int | None] = self.grid.read_column(column, parse_count, Weight.GRAVE, computed=True)
        pairs = [pair for pair in zip(counts, reminders or (), strict=False) if pair[0] is not None]
        known = [count == (len(cell.dates) if cell else 0) for count, cell in pairs]
        if not known or 5 * sum(known) < 4 * len(known):
            for row in self.grid.marks.valueless.get(column.index, ()):
                place = row - self.grid.table.first_row
                self.grid.note(place, column, "formula-without-value", "", Weight.GRAVE)
        return counts

    def reminders(self) -> list[Reminders | None] | None:
        """The reminders of each row, those of several columns together."""
        grid = self.grid
        columns = [
            grid.read_date_column(column, reminder_parser, Weight.DATE) for column in grid.table.all("reminder_dates")
        ]
        if last := self.days("last_reminder"):
            columns.append([Reminders((day,)) if day else None for day in last])
        if len(columns) < 2:
            return columns[0] if columns else None
        return [merge_reminders(cells) for cells in zip(*columns, strict=True)]

    def currency(self) -> list[str]:
        """The currency of each row: its column, what its amounts say, the header; else the configured one."""
        grid, total = self.grid, self.grid.table.column("total")
        default = (header_currency(total.header) if total else "") or grid.mapping.currency
        typed = grid.read("currency", _currency, Weight.GRAVE)
        found = [code or default for code in typed] if typed else [default] * grid.size
        for place, codes in self._named().items():
            known = {typed[place]} if typed and typed[place] else set()
            if len(codes | known) > 1:
                grid.set_aside(place, "currency-contradiction", ", ".join(sorted(codes | known)), role="currency")
            else:
                found[place] = next(iter(codes))
        return found

    def _named(self) -> dict[int, set[str]]:
        """The currencies that amounts name, as text or by the format of their cell."""
        grid = self.grid
        named: dict[int, set[str]] = {}
        for column in (found for role in _AMOUNT_ROLES if (found := grid.table.column(role))):
            for place, code in currencies_in(grid.raw(column)).items():
                named.setdefault(place, set()).add(code)
            for row, code in grid.marks.formats.get(column.index, {}).items():
                place = row - grid.table.first_row
                if code != "%" and 0 <= place < grid.size and grid.raw(column)[place] != "":
                    named.setdefault(place, set()).add(code)
        return named


def _likely_tax(net: Decimal, tax: Decimal) -> bool:
    """Whether a VAT cell can be an amount: one that holds a rate (20, or 0.2) is far from any tax on that amount."""
    return not tax or (bool(net) and _LEAST_TAX <= tax / net <= _MOST_TAX)


def _direct_debits(*columns: list[str] | None) -> list[str | None] | None:
    """What terms or method say of a direct debit, row by row; None where no row says so."""
    present = [column for column in columns if column is not None]
    known = {text for column in present for text in set(column) if text and says_direct_debit(text)}
    if not known:
        return None
    return [next((text for text in row if text in known), None) for row in zip(*present, strict=True)]


def _currency(value: Any) -> str | Unread | None:
    text = parse_text(value)
    if not text:
        return None
    code = parse_currency(text)
    if code is None and len(text) == 3 and text.isalpha() and text.isupper():
        return text
    return code or Unread("currency-unknown")

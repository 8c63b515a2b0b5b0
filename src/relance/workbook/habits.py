"""How one tracking sheet is written: its columns, its status words, its ways with dates and amounts.

Values to write come out as a person of that sheet would type them. It must not know the acts, nor files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from relance.domain.model import State, Status
from relance.domain.names import fold
from relance.errors import ConflictError, Where, msg
from relance.money import ZERO
from relance.workbook.choices import choices_of
from relance.workbook.reading.columns import Column
from relance.workbook.reading.rows import Reading
from relance.workbook.reading.sections import title_of
from relance.workbook.reading.values import parse_sum, parse_text
from relance.workbook.reading.words import load_words, parse_answer, parse_level, parse_status
from relance.workbook.spelling import amount_like, count_like, day_like, list_with
from relance.workbook.xlsx.book import Book, has_formula, inside
from relance.workbook.xlsx.markup import text_of
from relance.workbook.xlsx.refs import parse_cell
from relance.workbook.xlsx.values import CellError, Value


class Habits:
    """A tracking table as it is written: `book` for its cells one by one, `reading` for its columns."""

    def __init__(self, book: Book, reading: Reading, date_order: str | None = None) -> None:
        self.book = book
        self.table = reading.table
        self.date_order = date_order
        sheet = reading.workbook.sheet(reading.table.sheet)
        self._rows = sheet.rows() if sheet else []

    def column(self, role: str) -> Column | None:
        """The column of a role, or None."""
        return self.table.column(role)

    def has(self, *roles: str) -> bool:
        """Whether one of these roles has a column."""
        return any(self.table.column(role) for role in roles)

    def cell(self, column: Column, row: int) -> str:
        """The name of a cell of a column."""
        return f"{column.letters}{row}"

    def held(self, column: Column, row: int) -> Value:
        """What a cell holds. ConflictError when it shows an error."""
        value = self.book.value(self.table.sheet, self.cell(column, row))
        if isinstance(value, CellError):
            raise self._refused(
                column, row, msg("Cell {cell} shows the error {error}.", cell=self._name(column, row), error=value.text)
            )
        return value

    def is_formula(self, column: Column, row: int) -> bool:
        """Whether a cell is computed by the sheet."""
        number, place = parse_cell(self.cell(column, row))
        cell = self.book.sheet(self.table.sheet).cell(number, place)
        return cell is not None and has_formula(cell)

    def reads(self, column: Column, row: int, other: Column) -> bool:
        """Whether the formula of a cell names the cell of another column in the same row; False where it is a copy of
        a formula written elsewhere."""
        cell = self.book.sheet(self.table.sheet).cells(row).get(column.index + 1)
        element = inside(cell, b"f") if cell else None
        text = text_of(element.content(cell.body)) if cell and element else ""
        named = rf"(?<![A-Z$])\$?{other.letters}\$?{row}(?!\d)|\[{re.escape(other.header)}\]"
        return re.search(named, text) is not None

    def refuse_formula(self, column: Column, row: int) -> None:
        """Nothing when the cell is typed; ConflictError naming it when the sheet computes it."""
        if self.is_formula(column, row):
            name = self._name(column, row)
            raise self._refused(
                column, row, msg("Cell {cell} holds a formula, which relance never overwrites.", cell=name)
            )

    def _name(self, column: Column, row: int) -> str:
        return str(Where(self.table.sheet, row, column.letters))

    def _refused(self, column: Column, row: int, reason: Any) -> ConflictError:
        return ConflictError(
            "cell-refused",
            msg("{message}", message=reason),
            msg("Change that cell by hand in Excel or LibreOffice, or free it, then run the command again."),
        )

    def values(self, column: Column) -> list[Any]:
        """What the cells of a column hold that are not blank, top to bottom."""
        rows = self._rows[self.table.first_row - 1 : self.table.last_row]
        return [value for row in rows if column.index < len(row) and (value := row[column.index]) != ""]

    def text(self, column: Column, row: int) -> str:
        """What a cell holds as text, as it was read; "" for a blank."""
        if not 0 < row <= len(self._rows) or column.index >= len(self._rows[row - 1]):
            return ""
        return parse_text(self._rows[row - 1][column.index])

    def is_blank(self, row: int) -> bool:
        """Whether a row holds nothing, as it was read."""
        return row > len(self._rows) or not any(cell != "" for cell in self._rows[row - 1])

    @cached_property
    def titles(self) -> list[tuple[int, Status]]:
        """The titles between and under the rows that tell of a status: their row, and what they say."""
        found = ((row, title_of(self.table, cells)) for row, cells in enumerate(self._rows, start=1))
        return [(row, status) for row, status in found if status and row >= self.table.first_row]

    def day(self, column: Column, day: date) -> Value:
        """A day as the column writes days."""
        return day_like(self.values(column), day, self.date_order)

    def amount(self, column: Column, amount: Decimal) -> Value:
        """An amount as the column writes amounts."""
        return amount_like(self.values(column), amount)

    def count(self, column: Column, row: int, count: int) -> Value:
        """A count as the cell writes it."""
        return count_like(self.held(column, row), count)

    def reminder(self, row: int, day: date) -> tuple[Column, Value] | None:
        """Where the day of one more reminder goes and what that cell becomes: the next numbered column, or the cell
        that lists them; None without such a column, or when the numbered ones are full."""
        columns = self.table.all("reminder_dates")
        if not columns:
            return None
        if len(columns) == 1:
            column = columns[0]
            return column, list_with(self.values(column), self.held(column, row), day, self.date_order)
        filled = [place for place, column in enumerate(columns) if self.held(column, row) not in (None, "")]
        free = columns[max(filled, default=-1) + 1 :]
        days = [value for column in columns for value in self.values(column)]
        return (free[0], day_like(days, day, self.date_order)) if free else None

    def word(self, row: int, state: State, level: int = 0) -> str | None:
        """The word of this sheet for a state: from the drop-down list of the cell, else of those used in the column the
        most frequent one. For `reminded` the one that names the level, else a general one. None when there is none.
        """
        fits = _names_level(level) if state is State.REMINDED and level else _names_state(state)
        found = self._first(row, fits)
        if found is None and state is State.REMINDED and level:
            found = self._numbered(row, level) or self._first(row, _is_general)
        return found

    def _first(self, row: int, fits: Callable[[str], bool]) -> str | None:
        column = self.column("status")
        listed = choices_of(self.book, self.table.sheet, self.cell(column, row)) if column else None
        found = [word for word in listed or () if fits(word)]
        used = [word for word in self.words if fits(word)]
        return next((word for word in used if word in found), None) or next(iter(found or used), None)

    def _numbered(self, row: int, level: int) -> str | None:
        """A word of another level with its figure changed, where any word may be typed."""
        if self.is_listed(row):
            return None
        other = next((word for word in self.words if parse_level(word) and any(map(str.isdigit, word))), None)
        return "".join(str(level) if letter.isdigit() else letter for letter in other) if other else None

    def is_listed(self, row: int) -> bool:
        """Whether the status cell only takes the words of a list."""
        column = self.column("status")
        return column is not None and choices_of(self.book, self.table.sheet, self.cell(column, row)) is not None

    def word_or_usual(self, row: int, state: State) -> str | None:
        """As `word`; where nobody wrote such a word and the cell takes any, the usual one of the sheet's language."""
        return self.word(row, state) or (
            None if self.is_listed(row) else _typed_words()[self.language].get(state.value)
        )

    @cached_property
    def words(self) -> list[str]:
        """The texts of the status column, the most frequent first."""
        column = self.column("status")
        words: Counter[str] = Counter()
        for text, count in Counter(self.values(column) if column else ()).items():
            if isinstance(text, str):
                words[text.strip()] += count
        return [word for word, _ in words.most_common()]

    def yes(self, column: Column) -> Value:
        """Yes as the column says it: a tick, a word, true."""
        values = self.values(column)
        if any(isinstance(value, bool) for value in values):
            return True
        said = Counter(value.strip() for value in values if isinstance(value, str) and _says_yes(value))
        return said.most_common(1)[0][0] if said else _typed_words()[self.language]["yes"]

    @cached_property
    def language(self) -> str:
        """The language of the headers: "fr" or "en"."""
        words = {word for header in self.table.headers for word in fold(header).split()}
        return "fr" if words & _typed_words()["french_headers"] else "en"

    def usual_header(self, role: str) -> str:
        """The header of a column added for a role, in the language of the others."""
        header: str = _typed_words()["headers"][self.language][role]
        return header

    def typed_amount(self, column: Column, row: int) -> Decimal | None:
        """The amount of a cell that somebody typed; None for a blank or a formula."""
        held = self.held(column, row)
        if held in (None, "") or self.is_formula(column, row):
            return None
        amount = parse_sum(float(held) if isinstance(held, Decimal) else held)
        return amount if isinstance(amount, Decimal) else None

    def paid(self, row: int) -> Decimal:
        """What the payment column holds; 0 for a blank."""
        column = self.column("paid")
        return (self.typed_amount(column, row) if column else None) or ZERO


def _names_state(state: State) -> Callable[[str], bool]:
    def fits(word: str) -> bool:
        status = parse_status(word)
        return status is not None and status.state is state and not any(map(str.isdigit, word))

    return fits


def _names_level(level: int) -> Callable[[str], bool]:
    return lambda word: parse_level(word) == level and not _is_general(word)


def _is_general(word: str) -> bool:
    """A word that says reminded without saying how often: "Relancée"."""
    status = parse_status(word)
    return status is not None and status.state is State.REMINDED and parse_level(word) is None


def _says_yes(text: str) -> bool:
    status = parse_status(text)
    return parse_answer(text) is True or (status is not None and status.state is State.PAID)


@lru_cache(maxsize=1)
def _typed_words() -> dict[str, Any]:
    typed = load_words().typed
    return typed | {"french_headers": {word.strip() for word in typed["french_headers"].split(",")}}

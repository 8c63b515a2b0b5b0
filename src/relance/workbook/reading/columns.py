"""One header row becomes the columns that play a role: by their headers, by the values below where a header can
mean two things, and by what the configuration says, which wins.

It must not choose among rows or sheets (module `table` does).
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from relance.dates import parse_date
from relance.domain.names import fold
from relance.errors import ConfigError, msg
from relance.money import parse_amount
from relance.workbook.reading.headers import Meaning, fold_header, load_spellings, meaning
from relance.workbook.reading.read import Cell, Row
from relance.workbook.reading.roles import AMOUNTS, DATES, HARMLESS, PEOPLE, REPEATED, ROLES, Mapping
from relance.workbook.reading.values import DATE_TOKENS
from relance.workbook.reading.words import parse_answer, parse_kind, parse_status, parse_type
from relance.workbook.xlsx.refs import column_letters, column_number

SAMPLE = 300  # rows looked at to tell what a column holds
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_CODE = re.compile(r"[A-Za-z]{0,4}[-_ ]?\d{1,10}")


class Column(Struct, frozen=True):
    """A column of the sheet that plays a role: its index (A is 0), its letters, its header as typed, how it was
    found ("header" or "config"), and its place among numbered reminder columns."""

    role: str
    index: int
    letters: str
    header: str
    source: str = "header"
    place: int = 0


class Profile(Struct, frozen=True):
    """What a column's cells look like: how many are filled, and of those how many read as a date, an amount, a small
    count, a status word, a kind of debtor, a type of document, a code, a yes or a no (`ticked`: a yes at least)."""

    filled: int
    dates: int
    amounts: int
    counts: int
    statuses: int
    kinds: int
    types: int
    codes: int
    answers: int
    ticked: bool

    def mostly(self, number: int) -> bool:
        """Whether at least half of the filled cells are among `number`; an empty column is anything."""
        return 2 * number >= self.filled

    @property
    def kind(self) -> str:
        """ "amount", "date", "count", "word", or "" for an empty column."""
        if not self.filled:
            return ""
        if self.mostly(self.dates):
            return "date"
        if self.mostly(self.counts):
            return "count"
        return "amount" if self.mostly(self.amounts) else "word"


def profile(values: Sequence[Cell]) -> Profile:
    """Look at a column's cells."""
    filled = [value.strip() if isinstance(value, str) else value for value in values]
    filled = [value for value in filled if value != ""]
    texts = [value for value in filled if isinstance(value, str)]
    numbers = [value for value in filled if isinstance(value, float | int) and not isinstance(value, bool)]
    answers = [value for value in filled if isinstance(value, bool)] + [
        value == 1 for value in numbers if value in {0, 1}
    ]
    answers += [answer for text in texts if (answer := parse_answer(text)) is not None]
    dates = sum(1 for text in texts if _reads_as_days(text))
    return Profile(
        len(filled),
        dates + sum(1 for value in filled if isinstance(value, date) or _is_packed(value)),
        len(numbers) + sum(1 for text in texts if parse_amount(text) is not None),
        sum(1 for value in numbers if 0 <= value <= 20 and value == int(value)),
        sum(1 for text in texts if parse_status(text)),
        sum(1 for text in texts if parse_kind(text)),
        sum(1 for text in texts if parse_type(text)),
        len(numbers) + sum(1 for text in texts if _CODE.fullmatch(text)),
        len(answers),
        any(answers),
    )


def _reads_as_days(text: str) -> bool:
    """Whether a text is a day, in one order or the other, or several days one after the other."""
    if parse_date(text) or parse_date(text, month_first=True):
        return True
    days = DATE_TOKENS.findall(text)
    return len(days) > 1 and all(parse_date(day) or parse_date(day, month_first=True) for day in days)


def _is_packed(value: Cell) -> bool:
    """Whether a number is a date written yyyymmdd."""
    return isinstance(value, float) and 19900101 <= value <= 20991231 and value == int(value)


def header_text(cell: Cell) -> str:
    """The header a cell holds, on one line; "" for anything but text."""
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def find_columns(header: Row, below: Sequence[Row], mapping: Mapping) -> tuple[Column, ...]:
    """The columns of a header row, in sheet order, one per role (several for reminder dates and VAT).

    Headers that can mean one thing come first, then those whose values decide, then loose ones for the roles left.
    ConfigError when the configuration names a column that is not there: see `configured`.
    """
    finder = _Finder(header, below)
    for role, index in configured(header, mapping):
        finder.take(role, index, "config")
    finder.refused = set(mapping.columns)
    finder.take_sure()
    finder.take_by_value()
    finder.take_loose()
    finder.take_first()
    return tuple(sorted(finder.found, key=lambda column: (column.role, column.place, column.index)))


class _Finder:
    """The columns of one header row, as they are being found."""

    def __init__(self, header: Row, below: Sequence[Row]) -> None:
        self.below = below[:SAMPLE]
        self.headers = [header_text(cell) for cell in header]
        self.meanings = {index: meaning(text) for index, text in enumerate(self.headers) if text}
        self.found: list[Column] = []
        self.refused: set[str] = set()
        self._profiles: dict[int, Profile] = {}

    def profile(self, index: int) -> Profile:
        if index not in self._profiles:
            self._profiles[index] = profile([row[index] for row in self.below if index < len(row)])
        return self._profiles[index]

    def has(self, role: str) -> bool:
        return role in self.refused or any(column.role == role for column in self.found)

    def free(self) -> list[tuple[int, Meaning]]:
        """The columns that play no role yet and have a header we know."""
        used = {column.index for column in self.found}
        return [(index, meant) for index, meant in self.meanings.items() if meant and index not in used]

    def take(self, role: str, index: int, source: str = "header", place: int = 0) -> None:
        self.found.append(Column(role, index, column_letters(index + 1), self.headers[index], source, place))

    def take_sure(self) -> None:
        sure = [(index, meant) for index, meant in self.free() if meant.sure or meant.place]
        wanted = Counter(meant.sure for _, meant in sure)
        # the values below need a look only where two columns want one role
        sure.sort(
            key=lambda item: wanted[item[1].sure] > 1 and not self._fits(item[1].sure or "reminder_dates", item[0])
        )
        for index, meant in sure:
            role = meant.sure or "reminder_dates"
            if role not in self.refused and (role in REPEATED or not self.has(role)):
                self.take(role, index, place=meant.place)
            elif role == "client" and not self.has("client_code"):
                self._take_code(index)

    def _take_code(self, index: int) -> None:
        """Of two columns called client, the one that holds codes is the client code."""
        other = next((column for column in self.found if column.role == "client"), None)
        codes = [place for place in (index, other.index if other else index) if self._holds_codes(place)]
        if other and len(codes) == 1:
            self.found.remove(other)
            self.take("client_code", codes[0])
            self.take("client", index if codes[0] == other.index else other.index)

    def _holds_codes(self, index: int) -> bool:
        found = self.profile(index)
        return found.filled > 0 and 5 * found.codes >= 4 * found.filled

    def take_by_value(self) -> None:
        for index, meant in self.free():
            role = self._by_value(index, meant.by_value)
            if role and not self.has(role):
                self.take(role, index)

    def _by_value(self, index: int, roles: dict[str, str]) -> str:
        found = self.profile(index)
        kind = found.kind
        if kind == "count" and "count" not in roles:
            kind = "amount"
        if kind == "amount" and "amount" not in roles:
            kind = "count"
        role = roles.get(kind) or next(iter(roles.values()), "")
        if role == "terms" and self.has("terms"):
            role = "due"  # unreadable dates are problems; a due date column overlooked would be a date assumed
        if role in {"paid", "status"} and self._answers(found):
            return "paid_flag"
        if role == "status" and self._status_elsewhere(index):
            return "reminder_count" if "count" in roles else "paid_flag"
        return role

    def _answers(self, found: Profile) -> bool:
        """Whether a column "paid" holds nothing but ticks and figures that say yes or no, not all of them statuses."""
        return found.ticked and found.filled == found.answers and found.statuses < found.filled

    def _status_elsewhere(self, index: int) -> bool:
        return self.has("status") or any(
            "status" in meant.loose and other != index and self._fits("status", other) for other, meant in self.free()
        )

    def take_loose(self) -> None:
        for index, meant in self.free():
            for role in meant.loose:
                if not self.has(role) and self._fits(role, index):
                    self.take(role, index)
                    break

    def take_first(self) -> None:
        """The first of several instalments, where nothing else is the due date or the amount."""
        for index, meant in self.free():
            if meant.first and not self.has(meant.first) and self._fits(meant.first, index):
                self.take(meant.first, index)

    def _fits(self, role: str, index: int) -> bool:
        """Whether the values below can be those of the role."""
        found = self.profile(index)
        numbers = {"status": found.statuses, "type": found.types, "kind": found.kinds, "reminder_count": found.counts}
        if role in AMOUNTS:
            return found.mostly(found.amounts)
        if role in DATES:
            return found.mostly(found.dates)
        if role in PEOPLE and role != "kind":
            return not found.filled or not found.mostly(found.dates)
        return found.mostly(numbers.get(role, found.filled))


def configured(header: Row, mapping: Mapping) -> list[tuple[str, int]]:
    """The columns the configuration names, as (role, index): by header text first, else by letters.

    A role mapped to "" is played by no column. ConfigError column-not-found, with the nearest header.
    """
    return [
        (role, _configured_index(header, role, name.strip()))
        for role, text in mapping.columns.items()
        for name in (text.split(",") if role in REPEATED else [text])
        if name.strip()
    ]


def _configured_index(header: Row, role: str, name: str) -> int:
    texts = [header_text(cell) for cell in header]
    if name in texts:
        return texts.index(name)
    folded = [fold(text) for text in texts]
    if fold(name) in folded:
        return folded.index(fold(name))
    if _LETTERS.fullmatch(name) and column_number(name) <= len(header) and texts[column_number(name) - 1]:
        return column_number(name) - 1
    near = difflib.get_close_matches(name, [text for text in texts if text], n=1, cutoff=0.0)
    raise ConfigError(
        "column-not-found",
        msg(
            "The configuration says that “{column}” is the column of the {role}, but no header reads so.",
            column=name,
            role=ROLES[role],
        ),
        msg(
            "The nearest header is “{header}”: correct columns.{key} in relance.toml.",
            header=near[0] if near else "",
            key=role,
        ),
    )


def find_rivals(
    headers: Sequence[str], columns: Sequence[Column], within: tuple[int, int] | None = None
) -> tuple[Column, ...]:
    """Columns that play no role, but whose header is that of a column read for its role, where two values could mean
    two debts. `within` are the first and last column of an Excel table, counted from 1."""
    used = {column.index for column in columns}
    named = {
        fold_header(column.header): column
        for column in columns
        if column.source == "header" and column.role not in REPEATED | HARMLESS
    }
    left, right = within or (1, len(headers))
    found = ((index, named.get(fold_header(text))) for index, text in enumerate(headers) if text and index not in used)
    return tuple(
        Column(twin.role, index, column_letters(index + 1), headers[index])
        for index, twin in found
        if twin and left <= index + 1 <= right
    )


def nearest_header(role: str, headers: Sequence[str]) -> str:
    """The header most like those usual for a role, or "" when none comes near.

    >>> nearest_header("due", ["Clent", "Echéansse", "Couleur"])
    'Echéansse'
    """
    usual = [word for word, meant in load_spellings().sure.items() if meant == role]
    usual += [word for word, roles in load_spellings().ambiguous.items() if role in roles.values()]
    scored = [
        (difflib.SequenceMatcher(None, fold(header), word).ratio(), header)
        for header in headers
        if header
        for word in usual
    ]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= 0.6 else ""

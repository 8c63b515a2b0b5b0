"""Where a table ends: before another one begins, or with the Excel table it is; rows that repeat its header are inside.

It must not read a row's values beyond what tells a header from data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

from relance.errors import Problem, Severity, Where, msg
from relance.workbook.reading.candidates import Candidate
from relance.workbook.reading.columns import header_text
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.inside import ExcelTable
from relance.workbook.reading.read import Row
from relance.workbook.reading.words import sums_up

_NUMBERS = frozenset({float, int, bool})
_OF_INVOICES = frozenset({"number", "due", "issued"})
_THAT_SETTLE = frozenset({"paid", "paid_on", "paid_flag", "balance", "status", "deposit"})

_TOGETHER = msg(
    "If these rows are your invoices, put them in one table with the others, with the same columns; else move them to "
    "a sheet of their own."
)


def rows_below(rows: Sequence[Row], found: Candidate, excel: ExcelTable) -> Iterator[Problem]:
    """A warning for invoices typed under an Excel table that did not grow to hold them: they are not in it."""
    by_role = {column.role: column for column in reversed(found.columns)}
    number, total = by_role.get("number"), by_role.get("total")
    if number is None or total is None:
        return
    for place in range(excel.bottom, len(rows)):
        label, amount = rows[place][number.index], rows[place][total.index]
        if isinstance(amount, float) and label != "" and not (isinstance(label, str) and sums_up(label)):
            yield Problem(
                "row-below-table",
                Severity.WARNING,
                msg(
                    "Row {row} stands below the Excel table “{table}” and is not read.",
                    row=str(place + 1),
                    table=excel.name,
                ),
                msg("Extend the table to that row (drag its lower right corner) if it is an invoice."),
                Where(found.sheet.name, place + 1),
                str(label),
            )


def end_of_table(rows: Sequence[Row], found: Candidate) -> tuple[int, frozenset[int], tuple[Problem, ...]]:
    """The last row before another table begins, the rows inside that repeat this table's header, and a warning where
    that other table holds invoices too: it may be that of the suppliers, or a part of ours that nobody would read."""
    amounts = [column.index for column in found.columns if column.role in {"total", "total_excl_tax"}]
    repeated = set()
    kinds = map(type, map(itemgetter(amounts[0]), islice(rows, found.header_row, None)))
    numbers = [number for number, kind in enumerate(kinds, found.header_row + 1) if kind not in _NUMBERS]
    for number in numbers:
        row = rows[number - 1]
        headers = {
            index: text for index, cell in enumerate(row) if isinstance(cell, str) and (text := header_text(cell))
        }
        known = [text for text in headers.values() if meaning(text)]
        if len(known) < 2:
            continue
        if _repeats(headers, rows[found.header_row - 1], found):
            repeated.add(number)
        elif 2 * len(known) >= sum(1 for cell in row if cell != ""):
            others = _OF_INVOICES & {meaning(text).sure for text in known}
            told = (_other_table(found.sheet.name, number),) if others else ()
            return number - 1, frozenset(repeated), told
    return len(rows), frozenset(repeated), ()


def tables_above(found: Candidate, complete: Iterable[Candidate]) -> Iterator[Problem]:
    """A warning for each table of invoices that stands above the one that is read, on the same sheet."""
    rows = found.sheet.rows()
    above = [
        other
        for other in complete
        if other.sheet is found.sheet and other.header_row < found.header_row and "number" in other.roles
    ]
    for other in above:
        amounts = [column.index for column in other.columns if column.role in {"total", "total_excl_tax"}]
        end = next((later.header_row for later in above if later.header_row > other.header_row), found.header_row)
        held = [place for place in range(other.header_row, end - 1) if type(rows[place][amounts[0]]) in _NUMBERS]
        if held:
            yield Problem(
                "other-table-above",
                Severity.WARNING,
                msg(
                    "Another table with invoices stands in rows {first} to {last}, above the one that is read.",
                    first=str(other.header_row),
                    last=str(held[-1] + 1),
                ),
                _TOGETHER,
                Where(found.sheet.name, other.header_row),
            )


def _repeats(headers: dict[int, str], first: Row, found: Candidate) -> bool:
    """Whether a row says again what the header says, at least for half of the columns, and nothing else for any; one
    that adds a column of payments begins a table of its own, whose payments would not be read here."""
    own = {column.index: column.role for column in found.columns}
    same = {index for index in own if index in headers and headers[index] == header_text(first[index])}
    if any(_settles(text) for index, text in headers.items() if index not in own and header_text(first[index]) == ""):
        return False
    others = [(own[index], meaning(text)) for index, text in headers.items() if index in own and index not in same]
    if any(role not in {said.sure, *said.loose, *said.by_value.values()} for role, said in others):
        return False
    return len(same) >= 2 and 2 * len(same) >= len(own)


def _settles(header: str) -> bool:
    said = meaning(header)
    return not _THAT_SETTLE.isdisjoint({said.sure, *said.loose, *said.by_value.values()})


def _other_table(sheet: str, row: int) -> Problem:
    return Problem(
        "other-table-below",
        Severity.WARNING,
        msg("Another table begins at row {row}; what stands below is not read.", row=str(row)),
        _TOGETHER,
        Where(sheet, row),
    )

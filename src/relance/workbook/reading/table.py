"""Where the tracking table is: the sheet among several, the header row wherever it stands, the rows that belong to it.

Titles above, blank rows inside, a second table or notes below, an Excel table's own range: settled here. It must not
read a row's values beyond what tells where the table ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from relance.errors import Message, Problem, WorkbookError, msg
from relance.workbook.reading.candidates import DEEPEST, Candidate, candidates_on, sheets_to_read
from relance.workbook.reading.choice import choose, trackers
from relance.workbook.reading.columns import SAMPLE, Column, find_columns, find_rivals, header_text, nearest_header
from relance.workbook.reading.ends import end_of_table, rows_below, tables_above
from relance.workbook.reading.inside import ExcelTable, Inside
from relance.workbook.reading.read import Sheet, Workbook
from relance.workbook.reading.roles import ROLES, Mapping

_INDISPENSABLE = ("number", "total", "due")


class Table(Struct, frozen=True, kw_only=True):
    """The tracking table: its sheet, its header row and first and last data rows (as Excel numbers them), its columns.

    `repeated` are rows inside that repeat the header. `rivals` are further columns of the same header as one of
    `columns`, which nobody said which of the two to read. `excel` is the Excel table it is, if any.
    `others` are the other sheets that look like trackers too.
    """

    sheet: str
    header_row: int
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    headers: tuple[str, ...] = ()
    repeated: frozenset[int] = frozenset()
    rivals: tuple[Column, ...] = ()
    excel: ExcelTable | None = None
    problems: tuple[Problem, ...] = ()
    others: tuple[str, ...] = ()

    def column(self, role: str) -> Column | None:
        """The column that plays a role (the first one, for numbered columns), or None."""
        return next((column for column in self.columns if column.role == role), None)

    def all(self, role: str) -> tuple[Column, ...]:
        """All columns that play a role, numbered ones in their order."""
        return tuple(column for column in self.columns if column.role == role)


def find_table(workbook: Workbook, mapping: Mapping, inside: Inside | None = None) -> Table:
    """The tracking table of a workbook.

    WorkbookError no-tracking-table, with what is missing on each sheet and the nearest header; ConfigError
    sheet-not-found or column-not-found when the configuration names what is not there.
    """
    candidates = [
        candidate for sheet in sheets_to_read(workbook, mapping) for candidate in candidates_on(sheet, mapping, inside)
    ]
    complete = [candidate for candidate in candidates if not candidate.missing]
    if not complete:
        raise _no_table(workbook, mapping, candidates)
    best = choose(complete)
    others = tuple(other.sheet.name for other in trackers(complete, but=best))
    return _extent(best, tuple(tables_above(best, complete)), others)


def _extent(found: Candidate, problems: tuple[Problem, ...], others: tuple[str, ...]) -> Table:
    rows = found.sheet.rows()
    headers = tuple(header_text(cell) for cell in found.header or rows[found.header_row - 1])
    last, repeated = len(rows), frozenset[int]()
    if found.excel:
        last = min(last, found.excel.bottom - found.excel.total_rows)
        problems = (*problems, *rows_below(rows, found, found.excel))
    else:
        last, repeated, told = end_of_table(rows, found)
        problems = (*problems, *told)
    return Table(
        sheet=found.sheet.name,
        header_row=found.header_row,
        first_row=found.header_row + 1,
        last_row=last,
        columns=found.columns,
        headers=headers,
        repeated=repeated,
        rivals=find_rivals(headers, found.columns, (found.excel.left, found.excel.right) if found.excel else None),
        excel=found.excel,
        problems=problems,
        others=others,
    )


def _no_table(workbook: Workbook, mapping: Mapping, candidates: Sequence[Candidate]) -> Exception:
    if mapping.columns:
        _raise_configured(workbook, mapping, candidates)
    details = tuple(_what_is_missing(sheet, candidates) for sheet in sheets_to_read(workbook, mapping))
    return WorkbookError(
        "no-tracking-table",
        msg("{file} holds no tracking table: {details}.", file=workbook.path.name, details=details),
        msg("A tracking table has a header row with at least an invoice number or a client, an amount and a date. "
            "Name its columns under [columns] in relance.toml."),
    )  # fmt: skip


def _raise_configured(workbook: Workbook, mapping: Mapping, candidates: Sequence[Candidate]) -> None:
    """When a configured column is why no table was found, say that."""
    plain = Mapping(sheet=mapping.sheet, clients_sheet=mapping.clients_sheet)
    if candidates or not mapping.columns:
        return
    found = [item for sheet in sheets_to_read(workbook, plain) for item in candidates_on(sheet, plain, None)]
    if found:
        best = max(found, key=lambda candidate: candidate.rank)
        head = best.sheet.head(DEEPEST + SAMPLE)
        find_columns(head[best.header_row - 1], head[best.header_row :], mapping)


def _what_is_missing(sheet: Sheet, candidates: Sequence[Candidate]) -> Message:
    own = [candidate for candidate in candidates if candidate.sheet is sheet]
    if not own and (guessed := _misspelled(sheet)):
        return guessed
    if not own:
        return msg("sheet “{sheet}” has no header row", sheet=sheet.name)
    best = max(own, key=lambda candidate: (-len(candidate.missing), len(candidate.columns)))
    headers = [header_text(cell) for cell in sheet.head(best.header_row)[best.header_row - 1]]
    return _lacking(sheet, best.header_row, best.missing, headers)


def _misspelled(sheet: Sheet) -> Message | None:
    """The row whose cells come nearest to the headers that are indispensable, though none of them is one."""
    rows = [[text for cell in row if (text := header_text(cell))] for row in sheet.head(DEEPEST)]
    found = {at: [role for role in _INDISPENSABLE if nearest_header(role, row)] for at, row in enumerate(rows) if row}
    at = max(found, key=lambda place: len(found[place]), default=0)
    return _lacking(sheet, at + 1, _INDISPENSABLE, rows[at]) if found and len(found[at]) > 1 else None


def _lacking(sheet: Sheet, row: int, roles: Sequence[str], headers: Sequence[str]) -> Message:
    near = {role: nearest_header(role, headers) for role in roles}
    missing = tuple(
        msg("{role} (nearest header: “{header}”)", role=ROLES[role], header=near[role]) if near[role] else ROLES[role]
        for role in roles
    )
    return msg("sheet “{sheet}”, row {row}, lacks {missing}", sheet=sheet.name, row=str(row), missing=missing)

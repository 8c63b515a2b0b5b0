"""The header rows a sheet may have, each with the columns it would make: one line, or two joined.

It must not choose among them (module `table` does), nor look further down than what tells what a column holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from relance.errors import ConfigError, msg
from relance.workbook.reading.columns import SAMPLE, Column, find_columns, header_text
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.inside import ExcelTable, Inside
from relance.workbook.reading.read import Row, Sheet, Workbook
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.twoline import joined_header, may_be_header

DEEPEST = 40  # header rows stand on rows 1 to 15 in the tables seen


class Candidate(Struct, frozen=True):
    """A row that may be the header: its sheet, its columns, the Excel table it heads if any, and both its lines joined
    where it has two (the lower one being the header row)."""

    sheet: Sheet
    header_row: int
    columns: tuple[Column, ...]
    excel: ExcelTable | None = None
    header: Row = []

    @property
    def roles(self) -> set[str]:
        """The roles its columns play."""
        return {column.role for column in self.columns}

    @property
    def missing(self) -> tuple[str, ...]:
        """The indispensable roles no column plays: number or client, an amount, a date."""
        wanted = (("number", "client"), ("total", "total_excl_tax"), ("due", "issued"))
        return tuple(roles[0] for roles in wanted if not self.roles & set(roles))

    @property
    def rank(self) -> tuple[int, int, int]:
        """How much it looks like the tracking table; more is better."""
        telling = {"due", "status", "number", "reminder_count", "reminder_dates", "balance", "client"}
        roles = self.roles
        return (
            len(roles) + 2 * len(roles & telling) + 3 * self.sheet.visible,
            self.sheet.height,
            -self.header_row,
        )


def sheets_to_read(workbook: Workbook, mapping: Mapping) -> list[Sheet]:
    """The sheets that may hold the invoices: the configured one, else all but that of the clients."""
    if mapping.sheet:
        return [configured_sheet(workbook, mapping.sheet, "workbook.sheet")]
    return [sheet for sheet in workbook.sheets if sheet.name != (mapping.clients_sheet or "")]


def configured_sheet(workbook: Workbook, name: str, key: str) -> Sheet:
    """The sheet the configuration names under `key`; ConfigError sheet-not-found."""
    sheet = workbook.sheet(name)
    if sheet is None:
        raise ConfigError(
            "sheet-not-found",
            msg(
                "The configuration names the sheet “{sheet}”, which {file} does not have.",
                sheet=name,
                file=workbook.path.name,
            ),
            msg(
                "Its sheets are: {sheets}. Correct {key} in relance.toml.",
                sheets=tuple(s.name for s in workbook.sheets),
                key=key,
            ),
        )
    return sheet


def candidates_on(sheet: Sheet, mapping: Mapping, inside: Inside | None) -> Iterator[Candidate]:
    """The header rows a sheet may have, best guess per row; rows with fewer than two known headers are not headers."""
    head = sheet.head(max(DEEPEST, mapping.header_row or 0) + SAMPLE)
    excel = {table.top: table for table in (inside.tables(sheet.name) if inside else ()) if table.has_header}
    if mapping.header_row:
        rows: Sequence[int] = [mapping.header_row] if mapping.header_row <= len(head) else []
        if rows and rows[0] > 1 and (two := _two_lines(sheet, head, rows[0] - 1, mapping)):
            rows = [rows[0] - 1]
    else:
        rows = sorted({*range(1, min(DEEPEST, len(head)) + 1), *(top for top in excel if top <= len(head))})
    for number in rows:
        row, table = head[number - 1], excel.get(number)
        if table:
            row = [cell if table.left <= index <= table.right else "" for index, cell in enumerate(row, start=1)]
        two = None if table else _two_lines(sheet, head, number, mapping)
        columns: tuple[Column, ...] = ()
        if _known(row) >= 2 or mapping.columns:
            columns = _columns(row, head[number:], mapping, certain=bool(mapping.header_row and not two))
        if columns:
            yield Candidate(sheet, number, columns, table)
        if two and _told(two.columns) > _told(columns):
            yield two


def _known(row: Row) -> int:
    """How many cells of a row are headers that people use."""
    return sum(1 for cell in row if isinstance(cell, str) and cell and meaning(header_text(cell)))


def _two_lines(sheet: Sheet, head: Sequence[Row], number: int, mapping: Mapping) -> Candidate | None:
    """The header that a row makes with the next one, where that tells more than the lower line alone."""
    if number + 1 >= len(head) or _known(head[number]) < 2 or not may_be_header(head[number]):
        return None
    header = joined_header(head[number - 1], head[number], sheet.merged(), number)
    if header == list(map(header_text, head[number])) or _known(header) < 2:
        return None
    alone, columns = (_columns(row, head[number + 1 :], mapping) for row in (head[number], header))
    return Candidate(sheet, number + 1, columns, None, header) if _told(columns) > _told(alone) else None


def _told(columns: Sequence[Column]) -> int:
    return len({column.role for column in columns})


def _columns(row: Row, below: Sequence[Row], mapping: Mapping, *, certain: bool = False) -> tuple[Column, ...]:
    """The columns of a row; where it is certainly the header, a configured column not found is an error, else another
    row has it."""
    try:
        return find_columns(row, below, mapping)
    except ConfigError:
        if certain:
            raise
        return ()

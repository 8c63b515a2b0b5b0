"""A hold on a client as a whole, in the clients sheet where it has a column for it."""

from __future__ import annotations

from relance.domain.model import Client, Hold
from relance.domain.names import fold
from relance.errors import Message, msg
from relance.workbook.habits import Habits
from relance.workbook.plans import Planned, Row
from relance.workbook.plans_stops import hold_value
from relance.workbook.reading.directory import find_directory
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.rows import Reading
from relance.workbook.reading.table import Table
from relance.workbook.xlsx.book import Book


def plan_client_hold(habits: Habits | None, client: Client, hold: Hold | None) -> Planned | None:
    """The hold of a client written into its row of the clients sheet (None: emptied), `habits` being those of that
    sheet; None where there is no such column, or the client has not exactly one row there."""
    column = habits.column("hold") if habits else None
    rows = _rows_of(habits, client) if habits else []
    if habits is None or column is None or len(rows) != 1:
        return None
    row = Row(habits, rows[0])
    why: Message = msg("on hold") if hold else msg("released")
    row.put("hold", hold_value(habits, column, hold) if hold else None, why)
    return row.planned(shown=True)


def directory_habits(book: Book, reading: Reading, mapping: Mapping) -> Habits | None:
    """How the clients sheet is written; None without one."""
    found = find_directory(reading.workbook, reading.table, mapping)
    if found is None:
        return None
    sheet, header, columns = found
    table = Table(
        sheet=sheet.name,
        header_row=header,
        first_row=header + 1,
        last_row=len(sheet.rows()),
        columns=columns,
        headers=reading.table.headers,
    )
    return Habits(book, Reading(reading.workbook, table, reading.ledger), mapping.date_order)


def _rows_of(habits: Habits, client: Client) -> list[int]:
    """The rows of a client: by code where both have one, else by name."""
    for role, wanted in (("client_code", client.code), ("client", client.name)):
        column = habits.column(role)
        if column and wanted:
            rows = range(habits.table.first_row, habits.table.last_row + 1)
            return [row for row in rows if fold(habits.text(column, row)) == fold(wanted)]
    return []

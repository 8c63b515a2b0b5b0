"""A workbook becomes a ledger: each row of the tracking table an invoice, or set aside with its problems.

What cannot be read with certainty is a problem at its cell; an amount is never guessed; a stop that cannot be read
stops. It must not know policies, fees or the day.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.model import ColumnFound, Ledger
from relance.errors import Problem
from relance.workbook.reading.columns import Column
from relance.workbook.reading.directory import read_clients
from relance.workbook.reading.gather import gather
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.inside import Inside
from relance.workbook.reading.invoices import build
from relance.workbook.reading.marks import Look, Seer
from relance.workbook.reading.notices import missing_columns
from relance.workbook.reading.others import tell_others
from relance.workbook.reading.read import Workbook, open_sheets
from relance.workbook.reading.roles import PEOPLE, Mapping
from relance.workbook.reading.table import Table, find_table


class Reading(Struct, frozen=True):
    """A workbook read: the file as it was, where its table is, and what it says."""

    workbook: Workbook
    table: Table
    ledger: Ledger


def read_ledger(source: Path | str | Workbook, mapping: Mapping | None = None) -> Ledger:
    """Everything a workbook says, in sheet order.

    WorkbookError and ConfigError: see `open_sheets` and `find_table`.
    """
    return read_tracking(source, mapping).ledger


def read_tracking(source: Path | str | Workbook, mapping: Mapping | None = None) -> Reading:
    """As `read_ledger`, with the table's place and the file's fingerprint, which writing needs."""
    mapping = mapping or Mapping()
    workbook = source if isinstance(source, Workbook) else open_sheets(source)
    with _collector_paused():
        inside = Inside(workbook.data, workbook.inflated) if workbook.format == "xlsx" else None
        look = Look(inside) if inside else _other_look(workbook)
        if isinstance(look, Look):
            named = workbook.sheet(mapping.sheet) if mapping.sheet else None
            look.begin([named] if named else workbook.sheets)
        table = find_table(workbook, mapping, inside)
        ledger = _read(workbook, table, mapping, look)
        if table.others:
            ledger = replace(ledger, problems=(*_others(workbook, table, mapping, look, ledger), *ledger.problems))
        return Reading(workbook, table, ledger)


def _others(workbook: Workbook, table: Table, mapping: Mapping, look: Seer, ledger: Ledger) -> Iterator[Problem]:
    inside = Inside(workbook.data, workbook.inflated) if workbook.format == "xlsx" else None

    def read(name: str) -> Ledger:
        alone = replace(mapping, sheet=name)
        return _read(workbook, find_table(workbook, alone, inside), alone, look)

    return tell_others(ledger, table.others, read)


def _other_look(workbook: Workbook) -> Seer:
    from relance.workbook.reading.marks_other import OtherLook  # noqa: PLC0415 - few keep their invoices in .ods or .xls

    return OtherLook(workbook)


def _read(workbook: Workbook, table: Table, mapping: Mapping, look: Seer) -> Ledger:
    sheet = workbook.sheet(table.sheet)
    assert sheet is not None  # find_table chose it among them
    rows = sheet.rows()
    grid = Grid(table, rows, look.marks(table.sheet), mapping)
    grid.fill_down(sheet.merged(), PEOPLE)
    register = read_clients(workbook, table, mapping, look)
    read = gather(grid, register)
    clients = register.clients()
    invoices, credit_notes, set_aside = build(grid, read, clients, register)
    return Ledger(
        sheet=table.sheet,
        invoices=invoices,
        credits=tuple(credit_notes),
        set_aside=tuple(set_aside),
        clients=tuple(clients.values()),
        columns=_columns_found(table.columns),
        header_row=table.header_row,
        clients_sheet=register.sheet,
        client_columns=_columns_found(register.columns),
        problems=(
            *table.problems,
            *missing_columns(
                grid,
                has_email=any(column.role == "email" for column in register.columns),
                blind=look.blind,
            ),
            *grid.light,
            *register.problems,
        ),
    )


def _columns_found(columns: Sequence[Column]) -> tuple[ColumnFound, ...]:
    return tuple(
        ColumnFound(column.role, column.letters, column.header, column.source)
        for column in sorted(columns, key=lambda column: column.index)
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Many small values are made and none of them is garbage: looking for some would take half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()

"""The columns of the tracking table, parsed and lined up row by row, before rows become invoices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from relance.domain.model import State, Status
from relance.money import ZERO
from relance.workbook.reading.cells import Cells
from relance.workbook.reading.clients import Register
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.instalments import check_instalments, instalment_columns
from relance.workbook.reading.people import join, names_of, note_insolvency, read_people
from relance.workbook.reading.reader import Reader
from relance.workbook.reading.reminders import Reminders
from relance.workbook.reading.retention import read_retentions
from relance.workbook.reading.rivals import check_rivals
from relance.workbook.reading.sift import Core, left_out
from relance.workbook.reading.statuses import read_status
from relance.workbook.reading.told_days import days_told, with_paid_days, with_reminder_days
from relance.workbook.reading.unnumbered import designations
from relance.workbook.reading.unread import check_unread, unread_columns


class Read(Struct, frozen=True, kw_only=True):
    """The table column by column, all of one length; a column the sheet lacks is full of None (or ""). `extras` are
    the columns present that an invoice merely carries, by its field."""

    number: Cells
    key: list[str]
    client: list[str]
    total: list[Decimal | None]
    currency: list[str]
    issued: list[date | None]
    due: list[date | None]
    terms: list[str]
    deposit: list[Decimal | None]
    paid: list[Decimal | None]
    paid_on: list[date | None]
    balance: list[Decimal | None]
    reminders: list[Reminders | None]
    status: list[Status | None]
    extras: dict[str, list[Any]]
    credit: list[bool]
    left_out: set[int]
    retained: dict[int, Decimal]


def gather(grid: Grid, register: Register) -> Read:
    """Parse every column, tell what is no invoice, and introduce the clients to the register."""
    reader, blank = Reader(grid), [""] * grid.size
    nothing: list[Any] = [None] * grid.size
    number, total, status = reader.numbers(), reader.total(), read_status(grid)
    people = read_people(grid)
    names = names_of(people)
    issued, due = reader.days("issued"), reader.days("due")
    extras = reader.extras()
    deposit, paid, paid_on = extras.get("deposit", nothing), reader.paid(total), reader.days("paid_on")
    reminders = reader.reminders()
    if status:
        told = days_told(status, grid.mapping.date_order)
        paid_on = with_paid_days(paid_on, told.get(State.PAID, {}), grid.size)
        reminders = with_reminder_days(reminders, told.get(State.REMINDED, {}), grid.size)
    if counts := reader.counts(reminders):
        extras["count"] = counts
    out = left_out(grid, Core(number, names, total, issued, due, status))
    check_rivals(grid)
    retained = _check_others(grid, (total, deposit, paid or nothing), due or nothing, status or nothing, out)
    currency = reader.currency()
    if number is None:
        number = Cells(designations(issued or nothing, due or nothing, total, currency))
        reader.tell_nameless(number, total, out)
        number = Cells(name or "" for name in number)
    keys = join(grid, people, register, out)
    note_insolvency(grid, keys, register)
    return Read(
        number=number,
        key=keys,
        client=names or blank,
        total=total,
        currency=currency,
        issued=issued or nothing,
        due=due or nothing,
        terms=extras.get("terms", blank),
        deposit=deposit,
        paid=paid or nothing,
        paid_on=paid_on or nothing,
        balance=extras.get("balance", nothing),
        reminders=reminders or nothing,
        status=status or nothing,
        extras=extras,
        credit=reader.credit_words(),
        left_out=out,
        retained=retained,
    )


def _check_others(
    grid: Grid,
    amounts: tuple[list[Decimal | None], list[Decimal | None], list[Decimal | None]],
    due: list[date | None],
    status: list[Status | None],
    out: set[int],
) -> dict[int, Decimal]:
    """Set aside the rows of which columns that play no role say more than those read; the guarantees kept back, by
    position. `amounts` are the totals, the deposits and what was paid."""
    unread, parts = unread_columns(grid), instalment_columns(grid)
    if not (unread or parts or grid.has("retention")):
        return {}
    left = [(total or ZERO) - (deposit or ZERO) - (paid or ZERO) for total, deposit, paid in zip(*amounts, strict=True)]
    owed = [ZERO if place in out else rest for place, rest in enumerate(left)]
    check_unread(grid, unread, amounts[0], owed, status)
    check_instalments(grid, parts, (amounts[0], owed), due, status)
    return read_retentions(grid, owed, status)

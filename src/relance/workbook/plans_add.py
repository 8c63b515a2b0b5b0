"""A new invoice as the cells of its row: what goes into which column, in the ways of the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Client, Ledger, State, Status
from relance.errors import ConflictError, Message, msg
from relance.workbook.habits import Habits
from relance.workbook.plans import lacking
from relance.workbook.reading.roles import ROLES
from relance.workbook.reading.sections import closed_by
from relance.workbook.reading.words import sums_up
from relance.workbook.xlsx.newrow import Place
from relance.workbook.xlsx.values import Value


class New(Struct, frozen=True, kw_only=True):
    """A new invoice: the client as the workbook knows it, amounts tax included."""

    client: Client
    number: str
    issued: date
    due: date | None
    total: Decimal
    deposit: Decimal
    order: str = ""
    comment: str = ""


def last_row(habits: Habits, ledger: Ledger) -> Place:
    """The row of the last invoice, credit notes and rows set aside included; those under a title such as "Factures
    payées" are not counted. ConflictError when such a title leaves no free row."""
    table, titles = habits.table, habits.titles
    rows = [invoice.where.row for invoice in (*ledger.invoices, *ledger.credits)]
    rows += [row.where.row for row in ledger.set_aside]
    last = max((row for row in rows if not closed_by(titles, row)), default=table.header_row)
    column = habits.column("number") or habits.column("client")
    places = {row for row, _ in titles}
    while column and last < table.last_row and last + 1 not in places and _is_typed(habits.text(column, last + 1)):
        last += 1  # credit notes that lower another row are invoices of nobody
    if below := [title for title in titles if title[0] > last and closed_by(titles, title[0] + 1)]:
        _refuse_title(habits, last + 1, below[0])
    return Place(table.sheet, table.header_row, last)


def _is_typed(text: str) -> bool:
    return bool(text) and not sums_up(text)


def _refuse_title(habits: Habits, row: int, title: tuple[int, Status]) -> None:
    """ConflictError unless the row above that title is blank."""
    if row < title[0] and habits.is_blank(row):
        return
    raise ConflictError(
        "row-under-title",
        msg("Row {row} of sheet {sheet} is not free, and what stands further down is under the title “{title}”.",
            row=row, sheet=habits.table.sheet, title=title[1].word),
        msg("Insert a blank row {row} in Excel or LibreOffice, above that title, then run the command again.", row=row),
    )  # fmt: skip


def plan_values(habits: Habits, last: int, new: New) -> tuple[dict[str, Value], tuple[Message, ...]]:
    """The values of the new row by column letters, and what should be known; `last` is the row of the last invoice,
    whose formulas are filled down: what the sheet computes is not typed."""
    values: dict[str, Value] = {}
    remarks: list[Message] = []
    for role, value in _by_role(habits, last, new):
        column = habits.column(role)
        if value in (None, ""):
            continue
        if column is None:
            if role in ("due", "deposit"):
                remarks.append(lacking(role))
        elif last > habits.table.header_row and habits.is_formula(column, last):
            remarks.append(msg("The sheet computes the {role} itself: it is not typed.", role=ROLES[role]))
        else:
            values[column.letters] = value
    return values, tuple(remarks)


def _by_role(habits: Habits, last: int, new: New) -> Iterator[tuple[str, Value]]:
    client = new.client
    yield "number", _number(habits, new.number)
    yield "client", client.name
    yield "client_code", client.code
    for role in ("email", "phone", "contact"):
        if habits.has(role):
            yield role, getattr(client, role)
    yield "order", new.order
    yield "comment", new.comment
    for role, day in (("issued", new.issued), ("due", new.due)):
        column = habits.column(role)
        yield role, habits.day(column, day) if column and day else day
    for role, amount in (("total", new.total), ("deposit", new.deposit)):
        column = habits.column(role)
        yield role, (habits.amount(column, amount) if column else amount) if amount else None
    row = max(last, habits.table.header_row + 1)  # the first invoice of a new workbook has none above it
    yield "status", habits.word(row, State.OPEN) if habits.has("status") else None


def _number(habits: Habits, number: str) -> Value:
    """The number as text, or as a number where the column holds numbers."""
    column = habits.column("number")
    values = habits.values(column) if column else []
    plain = number.isdigit() and not number.startswith("0")
    return int(number) if plain and values and _are_numbers(values) else number


def _are_numbers(values: list[object]) -> bool:
    return 2 * sum(isinstance(value, float | int) for value in values) > len(values)

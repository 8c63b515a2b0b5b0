"""An act on one row becomes the cells to write: the row's columns, in the ways of its sheet.

What the sheet has no column for is left to the journal, and said. Nothing is written here; it must not know files.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Invoice, State
from relance.domain.owed import VOID
from relance.errors import Message, Where, msg
from relance.money import Money
from relance.workbook.habits import Habits
from relance.workbook.reading.roles import ROLES
from relance.workbook.xlsx.edits import Edit, Plan, unchanged
from relance.workbook.xlsx.values import Value

_ADDED = frozenset(
    {"reminder_count", "reminder_dates", "status", "surcharge", "paid", "promise"}
)  # by adopt, all alike
_ASKED_FOR = frozenset({"paid_on", "deposit", "dispute", "hold", "comment"})  # columns adopt adds when they are named
_REPLACEABLE = frozenset({None, State.OPEN, State.LATE, State.REMINDED, State.PARTIAL})


class Planned(Struct, frozen=True):
    """The plan of an act, whether the sheet will show what it says, and what a person should know of it."""

    plan: Plan
    shown: bool
    remarks: tuple[Message, ...] = ()


class Row:
    """The edits of one row as they are put together."""

    def __init__(self, habits: Habits, row: int) -> None:
        self.habits = habits
        self.row = row
        self.edits: list[Edit] = []
        self.remarks: list[Message] = []

    def put(self, role: str, value: Value, why: Message) -> bool:
        """Write the cell of a role; False when no column plays it. ConflictError when the sheet computes it."""
        column = self.habits.column(role)
        if column is None:
            return False
        self.put_in(f"{column.letters}{self.row}", self.habits.held(column, self.row), value, why)
        self.habits.refuse_formula(column, self.row)
        return True

    def put_in(self, cell: str, before: Value, after: Value, why: Message) -> None:
        """Write a cell, unless it holds that already."""
        edit = Edit(self.habits.table.sheet, cell, before, after, why)
        if not unchanged(edit):
            self.edits.append(edit)

    def put_day(self, role: str, day: date, why: Message) -> bool:
        """Write a day as its column writes days."""
        column = self.habits.column(role)
        return column is not None and self.put(role, self.habits.day(column, day), why)

    def put_amount(self, role: str, amount: Decimal, why: Message) -> bool:
        """Write an amount as its column writes amounts."""
        column = self.habits.column(role)
        return column is not None and self.put(role, self.habits.amount(column, amount), why)

    def put_status(self, word: str | None, why: Message) -> bool:
        """Write the status, where the sheet has a word for it and does not compute it."""
        column = self.habits.column("status")
        if column is None:
            return False
        if self.habits.is_formula(column, self.row):
            self.remark(
                msg("The status {cell} is computed by the sheet: it follows by itself.", cell=self.where("status"))
            )
            return False
        if word is None:
            self.remark(
                msg("The status {cell} stays as it is: its list has no word for this.", cell=self.where("status"))
            )
            return False
        return self.put("status", word, why)

    def where(self, role: str) -> str:
        """The name of the cell of a role, sheet included."""
        column = self.habits.column(role)
        return str(Where(self.habits.table.sheet, self.row, column.letters if column else ""))

    def remark(self, text: Message) -> None:
        """Something the person should know."""
        self.remarks.append(text)

    def lacks(self, *roles: str) -> None:
        """Say that the sheet has no column for these, so that the journal alone knows."""
        self.remark(lacking(*roles))

    def planned(self, *, shown: bool) -> Planned:
        """The edits as a plan."""
        table = self.habits.table
        return Planned(Plan(tuple(self.edits), (), {table.sheet: table.header_row}), shown, tuple(self.remarks))


def lacking(*roles: str) -> Message:
    """The remark that the sheet has no column for these roles, and how to add one."""
    names = tuple(ROLES[role] for role in roles)
    if roles[0] in _ASKED_FOR:
        return msg(
            "The sheet has no column for this ({roles}): the journal alone knows it. "
            "To add one: relance adopt --add {key}.",
            roles=names,
            key=roles[0],
        )
    if not _ADDED.intersection(roles):
        return msg(
            "The sheet has no column for this ({roles}): the journal alone knows it. "
            "So that colleagues see it, add such a column by hand.",
            roles=names,
        )
    return msg(
        "The sheet has no column for this ({roles}): the journal alone knows it. To add one: relance adopt.",
        roles=names,
    )


class Received(Struct, frozen=True):
    """Money received: the amount, the day, and what is left to pay after it."""

    amount: Decimal
    on: date
    left: Decimal
    settles: bool


def plan_payment(habits: Habits, invoice: Invoice, received: Received) -> Planned:
    """The cells a payment changes: amount paid, payment date, status, and a balance that somebody typed.

    ConflictError when one of them is a formula where its value is needed.
    """
    row = Row(habits, invoice.where.row)
    why = msg(
        "{amount} received on {day}",
        amount=Money(received.amount, invoice.currency), day=received.on,
    )  # fmt: skip
    summed = row.put_amount("paid", habits.paid(row.row) + received.amount, why)
    summed = _lower_balance(row, received, why) or summed
    dated = (received.settles or (summed and not _date_settles(row))) and row.put_day("paid_on", received.on, why)
    settled = received.settles and _say_paid(row, invoice, why)
    if not received.settles and summed:
        _say_partly(row, invoice, why)
    shown = summed or settled or (received.settles and dated)
    if not shown:
        row.lacks("paid")
    return row.planned(shown=shown)


def _lower_balance(row: Row, received: Received, why: Message) -> bool:
    """A balance that somebody typed falls by the payment; one the sheet computes follows by itself."""
    column = row.habits.column("balance")
    held = row.habits.typed_amount(column, row.row) if column else None
    if column is None or held is None:
        return False
    return row.put("balance", row.habits.amount(column, held - received.amount), why)


def _date_settles(row: Row) -> bool:
    """Whether the sheet computes the balance from the payment date and not from the amounts: a date beside a part
    payment would make it show nothing owed."""
    habits = row.habits
    balance, day, paid = (habits.column(role) for role in ("balance", "paid_on", "paid"))
    if not (balance and paid and habits.is_formula(balance, row.row)) or habits.reads(balance, row.row, paid):
        return False
    row.remark(
        msg("The balance {cell} does not count the amounts paid: correct its formula.", cell=row.where("balance"))
    )
    return day is not None and habits.reads(balance, row.row, day)


def _say_paid(row: Row, invoice: Invoice, why: Message) -> bool:
    habits, said = row.habits, False
    state = invoice.status.state if invoice.status else None
    if habits.has("status") and state not in VOID | {State.PAID}:
        said = row.put_status(habits.word_or_usual(row.row, State.PAID), why)
    flag = habits.column("paid_flag")
    if flag and not habits.is_formula(flag, row.row):
        said = row.put("paid_flag", habits.yes(flag), why) or said
    return said


def _say_partly(row: Row, invoice: Invoice, why: Message) -> None:
    """The word for a part payment, where the sheet uses one and no level nor stop would be lost."""
    status = invoice.status
    word = row.habits.word(row.row, State.PARTIAL)
    keeps_level = row.habits.has("reminder_count", "reminder_dates") or not (status and status.level)
    if word and keeps_level and (status.state if status else None) in _REPLACEABLE:
        row.put_status(word, why)

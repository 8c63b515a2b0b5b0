"""A reminder that went out, and the late fees claimed, as the cells to write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Invoice, State
from relance.errors import Message, msg
from relance.money import Money
from relance.workbook.habits import Habits
from relance.workbook.plans import Planned, Row
from relance.workbook.reading.columns import Column

_CHASED = frozenset({None, State.OPEN, State.LATE, State.REMINDED})


class Went(Struct, frozen=True, kw_only=True):
    """A reminder that went out: its step, the day, the level it brings the invoice to, the late fees it claims (None:
    it claims none); `dates_last` when only the day of a reminder already counted is given."""

    step: int
    on: date
    level: int
    fees: Decimal | None = None
    dates_last: bool = False


def plan_reminder(habits: Habits, invoice: Invoice, went: Went) -> Planned:
    """The cells a reminder changes: count, dates, status, surcharge. A courtesy note (step 0) counts as none and
    changes nothing.

    ConflictError when one of them is a formula where its value is needed.
    """
    row = Row(habits, invoice.where.row)
    if went.step == 0:
        row.remark(msg("A courtesy note is no reminder: the journal alone is written."))
        return row.planned(shown=False)
    why = msg("reminder {level} sent on {day}", level=went.level, day=went.on)
    dated = _date(row, went, why)
    counted = not went.dates_last and _count(row, went, why)
    named = not went.dates_last and _say_reminded(row, invoice, went, why)
    if went.fees is not None:
        put_surcharge(row, invoice, went.fees)
    if not (dated or counted or named):
        row.lacks("reminder_count", "reminder_dates")
    return row.planned(shown=dated or counted or named)


def _count(row: Row, went: Went, why: Message) -> bool:
    column = row.habits.column("reminder_count")
    if column is None or _follows(row, column):
        return column is not None
    return row.put("reminder_count", row.habits.count(column, row.row, went.level), why)


def _follows(row: Row, column: Column) -> bool:
    """Whether the sheet computes the cell from the dates that are written."""
    if not (row.habits.is_formula(column, row.row) and row.habits.has("reminder_dates")):
        return False
    row.remark(msg("{cell} is computed by the sheet: it follows by itself.", cell=row.where(column.role)))
    return True


def _date(row: Row, went: Went, why: Message) -> bool:
    habits, written = row.habits, False
    last = habits.column("last_reminder")
    if last:
        written = _follows(row, last) or row.put_day("last_reminder", went.on, why)
    place = habits.reminder(row.row, went.on)
    if place:
        column, value = place
        habits.refuse_formula(column, row.row)
        row.put_in(habits.cell(column, row.row), habits.held(column, row.row), value, why)
        written = True
    elif habits.has("reminder_dates"):
        row.remark(msg("Every reminder column of this row is full: the journal alone knows the day."))
    return written


def _say_reminded(row: Row, invoice: Invoice, went: Went, why: Message) -> bool:
    state = invoice.status.state if invoice.status else None
    if state not in _CHASED:
        return False
    word = row.habits.word(row.row, State.REMINDED, went.level)
    return word is not None and row.put_status(word, why)


def put_surcharge(row: Row, invoice: Invoice, fees: Decimal) -> bool:
    """Write the late fees into the surcharge column; False without one, or where the sheet computes it."""
    column = row.habits.column("surcharge")
    if column is None:
        return False
    if row.habits.is_formula(column, row.row):
        row.remark(msg("{cell} is computed by the sheet: it follows by itself.", cell=row.where("surcharge")))
        return False
    why = msg("late fees of {amount}", amount=Money(fees, invoice.currency))
    return row.put_amount("surcharge", fees, why)


def plan_surcharge(habits: Habits, invoice: Invoice, fees: Decimal) -> Planned:
    """The surcharge of one invoice brought up to date. ConflictError when that cell is a formula."""
    row = Row(habits, invoice.where.row)
    why = msg("late fees of {amount}", amount=Money(fees, invoice.currency))
    return row.planned(shown=row.put_amount("surcharge", fees, why))

"""What stops or ends the chase of one invoice, as the cells to write: promise, hold, dispute, release, end."""

from __future__ import annotations

from datetime import date
from typing import Any

from relance.dates import DAY
from relance.domain.model import Dispute, Hold, Invoice, State
from relance.errors import Message, msg
from relance.workbook.habits import Habits
from relance.workbook.plans import Planned, Row
from relance.workbook.reading.columns import Column
from relance.workbook.reading.stops import ends_before, parse_dispute, parse_hold
from relance.workbook.reading.values import Order
from relance.workbook.xlsx.values import Value

_STOPPED = frozenset({State.DISPUTED, State.ON_HOLD})
_ENDED = frozenset({State.CANCELLED, State.WRITTEN_OFF})
_REPLACEABLE = frozenset({None, State.OPEN, State.LATE, State.REMINDED})


def plan_promise(habits: Habits, invoice: Invoice, until: date) -> Planned:
    """The day by which a payment was promised, in the promise column."""
    row = Row(habits, invoice.where.row)
    shown = row.put_day("promise", until, msg("payment promised for {day}", day=until))
    if not shown:
        row.lacks("promise")
    return row.planned(shown=shown)


def plan_hold(habits: Habits, invoice: Invoice, hold: Hold) -> Planned:
    """A hold in its column: its last day as that column writes days, else its reason or a yes; without such a column,
    the status word for it, where the sheet uses one and the hold has no end."""
    row, why = Row(habits, invoice.where.row), msg("on hold")
    column = habits.column("hold")
    if column:
        return _done(row, "hold", shown=row.put("hold", hold_value(habits, column, hold), why))
    word = habits.word(row.row, State.ON_HOLD)
    return _done(row, "hold", shown=hold.until is None and _say(row, invoice, word, why))


def hold_value(habits: Habits, column: Column, hold: Hold) -> Value:
    """What the cell of a hold becomes: its last day as the column writes days, the day after in a column that says "not
    before"; without end its reason, else a yes."""
    if hold.until is None:
        return worded_hold(hold.reason, habits.yes(column))
    return habits.day(column, hold.until + DAY if ends_before(column.header) else hold.until)


def plan_dispute(habits: Habits, invoice: Invoice, dispute: Dispute) -> Planned:
    """A dispute in its column: the amount contested, else the reason or a yes; without such a column, the status word
    for it when the whole invoice is contested."""
    row, why = Row(habits, invoice.where.row), msg("disputed")
    column = habits.column("dispute")
    if column:
        value: Value = _worded(dispute.reason, _disputes, habits.yes(column))
        if dispute.amount is not None:
            value = habits.amount(column, dispute.amount)
        return _done(row, "dispute", shown=row.put("dispute", value, why))
    word = habits.word_or_usual(row.row, State.DISPUTED)
    return _done(row, "dispute", shown=dispute.amount is None and _say(row, invoice, word, why))


def _done(row: Row, role: str, *, shown: bool) -> Planned:
    if not shown:
        row.lacks(role)
    return row.planned(shown=shown)


def _say(row: Row, invoice: Invoice, word: str | None, why: Message) -> bool:
    """Put a status word, unless the status says something that must not be lost."""
    state = invoice.status.state if invoice.status else None
    return word is not None and state in _REPLACEABLE and row.put_status(word, why)


def _worded(reason: str, reads_so: Any, yes: Value) -> Value:
    """The reason, where the sheet will be read as meant with it; else a yes."""
    return reason if reason and reads_so(reason) else yes


def worded_hold(reason: str, yes: Value) -> Value:
    """A hold without end as a cell says it: its reason where it will be read as one, else a yes."""
    return _worded(reason, _holds, yes)


def _holds(text: str) -> bool:
    hold = parse_hold(Order(), text)
    return isinstance(hold, Hold) and hold.until is None


def _disputes(text: str) -> bool:
    return parse_dispute(text) == Dispute(None, text)


def loses_level(habits: Habits, invoice: Invoice, planned: Planned) -> bool:
    """Whether the plan replaces the only word that told the reminder level."""
    column = habits.column("status")
    replaced = column is not None and any(
        edit.cell == habits.cell(column, invoice.where.row) for edit in planned.plan.edits
    )
    return replaced and not habits.has("reminder_count", "reminder_dates")


def plan_release(habits: Habits, invoice: Invoice, before: str | None) -> Planned:
    """Promise, hold and dispute emptied; a status that says disputed or on hold becomes what it was `before`, else the
    word for an open invoice."""
    row, why = Row(habits, invoice.where.row), msg("released")
    for role in ("promise", "hold", "dispute"):
        column = habits.column(role)
        if column and getattr(invoice, role) is not None and habits.held(column, row.row) not in (None, ""):
            row.put(role, None, why)
    state = invoice.status.state if invoice.status else None
    if habits.has("status") and (state in _STOPPED or (state in _ENDED and before)):
        row.put_status(before or _open_word(habits, invoice), why)
    return row.planned(shown=bool(row.edits))


def _open_word(habits: Habits, invoice: Invoice) -> str | None:
    row = invoice.where.row
    reminded = habits.word(row, State.REMINDED, invoice.level) if invoice.level else None
    return reminded or habits.word_or_usual(row, State.OPEN)


def plan_end(habits: Habits, invoice: Invoice, state: State) -> Planned:
    """The status word for a claim given up."""
    row = Row(habits, invoice.where.row)
    why = msg("cancelled") if state is State.CANCELLED else msg("written off")
    shown = habits.has("status") and row.put_status(habits.word_or_usual(row.row, state), why)
    if not habits.has("status"):
        row.lacks("status")
    return row.planned(shown=shown)

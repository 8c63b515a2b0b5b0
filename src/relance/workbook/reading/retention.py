"""The column "Retenue de garantie": what a client may keep back until long after the due date, told apart.

A contractor's client keeps up to 5 % for a year after acceptance (loi 71-584 du 16 juillet 1971, art. 1 and 2). It must
not know when it is released: the cell is emptied then.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from relance.domain.model import State, Status
from relance.errors import Problem, Severity, Where, msg, msg_n
from relance.money import ZERO, Money
from relance.workbook.reading.columns import Column
from relance.workbook.reading.grid import Grid, Weight
from relance.workbook.reading.settle import Evidence
from relance.workbook.reading.unread import OVER, is_nothing, shown_by
from relance.workbook.reading.values import Unread, parse_sum

_LARGEST_RATE = 10  # a figure up to it, under a header with a percent sign, is a rate


def read_retentions(grid: Grid, owed: Sequence[Decimal], status: Sequence[Status | None]) -> dict[int, Decimal]:
    """The amount kept back of each row on which something is left to pay, by position. A row whose cell cannot be read
    with certainty, or gives a rate, is set aside; what is settled needs no reading."""
    column = grid.table.column("retention")
    if column is None:
        return {}
    found: dict[int, Decimal] = {}
    odd, formats = shown_by(grid, column.index), grid.marks.formats.get(column.index, {})
    for place, cell in enumerate(grid.raw(column)):
        said = status[place]
        state = said.state if said else None
        if (
            owed[place] <= ZERO
            or (state in OVER and state is not State.PAID)
            or (place not in odd and is_nothing(cell))
        ):
            continue
        amount = parse_sum(cell)
        code = _doubt(column, cell, amount, percent=formats.get(grid.table.first_row + place) == "%")
        if place in odd:
            code = "cell-error"
        if code and state is not State.PAID:
            grid.note(place, column, code, odd.get(place, cell), Weight.GRAVE)
        elif not code and isinstance(amount, Decimal):
            found[place] = abs(amount)
    return found


def _doubt(column: Column, cell: Any, amount: Decimal | Unread | None, *, percent: bool) -> str:
    if isinstance(amount, Unread):
        return "amount-percent" if isinstance(cell, str) and "%" in cell else amount.code
    if amount is None:
        return ""
    rate = ZERO < abs(amount) < 1 or ("%" in column.header and abs(amount) <= _LARGEST_RATE)
    return "amount-percent" if percent or rate else ""


def without(row: Evidence, kept: Decimal) -> Evidence:
    """What a row shows of the payment of all but the amount kept back: a status "paid" and a balance may mean that."""
    balance = row.balance
    if balance is not None and balance == kept and row.state is State.PAID:
        balance = ZERO
    return Evidence(row.rest - kept, row.paid, row.paid_on, balance, row.state, row.reduced)


def tell_retentions(grid: Grid, kept: dict[str, list[Decimal]]) -> None:
    """Say once, per currency, what is kept back: it is in no total and nobody is asked for it."""
    column = grid.table.column("retention")
    for currency, amounts in kept.items() if column else ():
        text = msg_n(
            "{amount} is retained as a guarantee on {n} invoice: it is in no total, and nobody is asked for it.",
            "{amount} are retained as guarantees on {n} invoices: they are in no total, and nobody is asked for them.",
            len(amounts),
            amount=Money(sum(amounts, ZERO), currency),
        )
        hint = msg("Empty the cell when the guarantee falls due: the amount is then owed like the rest.")
        where = Where(grid.table.sheet, grid.table.header_row, column.letters if column else "")
        grid.light.append(Problem("retention-read", Severity.WARNING, text, hint, where))

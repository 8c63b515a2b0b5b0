"""What one row says was paid: its amounts, payment date, balance and status together, or why they contradict.

Never chased on a doubt, never silently settled: where two cells disagree the row has a problem. It must not know
where cells are.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Payment, State
from relance.money import ZERO

STANDING = frozenset({State.OPEN, State.LATE, State.REMINDED})


class Evidence(Struct, frozen=True, gc=False):
    """What a row shows of its payment: `rest` is amount incl. tax - deposit - credit notes that name it; `paid`,
    `paid_on`, `balance` are None where blank; `reduced` whether a deposit or a credit note lowers the rest."""

    rest: Decimal
    paid: Decimal | None
    paid_on: date | None
    balance: Decimal | None
    state: State | None
    reduced: bool = False


class Sheet(Struct, frozen=True):
    """What the sheet as a whole shows: whether it has a column for payments; whether blanks of that column beside a
    status "paid" mean paid in full, because most are; and the amount that counts as nothing."""

    has_paid: bool = False
    status_alone: bool = False
    tolerance: Decimal = Decimal("0.10")


def payments_of(row: Evidence, sheet: Sheet) -> tuple[Payment, ...] | str:
    """The payments of a row, or the code of the contradiction it holds.

    >>> open_row = Evidence(Decimal(100), None, None, None, State.OPEN)
    >>> payments_of(open_row, Sheet()), payments_of(Evidence(Decimal(100), None, None, None, State.PAID), Sheet())
    ((), (Payment(amount=Decimal('100'), on=None),))
    >>> payments_of(Evidence(Decimal(100), Decimal(40), None, None, State.PAID), Sheet(has_paid=True))
    'paid-contradicted'
    """
    if row.state is State.PAID:
        return _settled(row, sheet)
    return _from_amounts(row) if sheet.has_paid else _without_amounts(row, sheet)


def _all(row: Evidence) -> tuple[Payment, ...]:
    return (Payment(row.rest, row.paid_on),) if row.rest else ()


def _settled(row: Evidence, sheet: Sheet) -> tuple[Payment, ...] | str:
    if row.balance is not None and row.balance > sheet.tolerance:
        return "paid-contradicted"
    if not sheet.has_paid:
        return _all(row)
    if row.paid is None:
        confirmed = row.paid_on or row.balance is not None or row.rest <= sheet.tolerance or sheet.status_alone
        return _all(row) if confirmed else "paid-without-amount"
    if row.rest - row.paid > sheet.tolerance:
        return "paid-contradicted"
    return (Payment(row.paid, row.paid_on),) if row.paid else ()


def _from_amounts(row: Evidence) -> tuple[Payment, ...] | str:
    if row.paid:
        return (Payment(row.paid, row.paid_on),)
    if row.state is None or row.state in STANDING or row.state is State.PARTIAL:
        if row.paid_on and row.rest > 0:
            return "payment-without-amount"
        if row.state is State.PARTIAL and not row.reduced:
            return "partial-without-amount"
    return ()


def _without_amounts(row: Evidence, sheet: Sheet) -> tuple[Payment, ...] | str:
    """A sheet without a payment column: a payment date says paid in full, a balance says what is left."""
    if row.state in STANDING:
        says_paid = row.paid_on or (row.balance is not None and row.balance <= sheet.tolerance < row.rest)
        if says_paid and row.rest > sheet.tolerance:
            return "status-contradicted"
    if row.balance is not None and ZERO <= row.balance < row.rest:
        return (Payment(row.rest - row.balance, row.paid_on),)
    if row.state is State.PARTIAL and not row.reduced:
        return "partial-without-amount"
    if row.paid_on and row.state is None and row.balance is None:
        return _all(row)
    return ()

"""What each payment settled: an invoice and its late fees in, one movement of the base per payment out.

The bases of the fee lines can be followed from here with a pocket calculator. It must not compute interest: the lines
are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from relance.dates import DAY
from relance.domain.late_fees.accrual import from_cents
from relance.domain.late_fees.contracts import Order
from relance.domain.late_fees.fee_values import Fees
from relance.domain.model import Invoice
from relance.money import ZERO


class Move(StrEnum):
    """What reduces a debt."""

    DEPOSIT = "deposit"
    RETAINED = "retained"
    PAYMENT = "payment"
    CREDIT = "credit"


class Movement(Struct, frozen=True):
    """A payment, a credit note or the deposit: its day (None = not known, taken from the start), its amount, the part
    that settled interest run so far, and the base that is left."""

    kind: Move
    on: date | None
    amount: Decimal
    on_interest: Decimal
    left: Decimal


def movements_of(invoice: Invoice, fees: Fees, as_of: date) -> tuple[Movement, ...]:
    """Everything that reduced a late invoice by the end of a day, in the order in which it counts.

    `amount` - `on_interest` is what came off the base, `left` the base of the line that follows.
    """
    if invoice.due is None or not fees.late:
        return ()
    found, left, settled = [], invoice.total, ZERO
    for cut, kind, on, amount in sorted(_reductions(invoice, invoice.due + DAY), key=lambda move: move[0]):
        if on is not None and on > as_of:
            continue
        share = ZERO
        if kind is Move.PAYMENT and fees.order is Order.INTEREST_FIRST:
            share = min(max(amount, ZERO), _run_before(fees, cut) - settled)
        settled += share
        left -= amount - share
        found.append(Movement(kind, on, amount, share, left))
    return tuple(found)


def _reductions(invoice: Invoice, late_from: date) -> Iterator[tuple[date, Move, date | None, Decimal]]:
    """(first day on which the debt is smaller, what, its day, its amount)."""
    if invoice.deposit:
        yield date.min, Move.DEPOSIT, None, invoice.deposit
    if invoice.retained:
        yield date.min, Move.RETAINED, None, invoice.retained
    for payment in invoice.payments:
        cut = max(late_from, payment.on + DAY) if payment.on else late_from
        yield cut, Move.PAYMENT, payment.on, payment.amount
    for credit in invoice.credits:
        yield max(late_from, credit.on) if credit.on else late_from, Move.CREDIT, credit.on, credit.amount


def _run_before(fees: Fees, day: date) -> Decimal:
    """The interest of the lines that end before a day."""
    pieces = (piece for piece in (*fees.earlier, *fees.pieces) if piece.run.last < day)
    return from_cents(sum(piece.interest for piece in pieces))

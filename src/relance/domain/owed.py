"""What an invoice still brings in, once its status word has been heard: amounts in its own currency, tax included.

The amounts are the sheet's; a status word settles a row whose payments nobody typed. It must not decide whether
anybody is chased.
"""

from __future__ import annotations

from decimal import Decimal

from relance.domain.model import Invoice, State
from relance.money import CENT, ZERO

_PAID, _DISPUTED = State.PAID, State.DISPUTED  # by its name a member costs more than what is done with it here
VOID = frozenset({State.CANCELLED, State.DRAFT, State.CREDIT_NOTE, State.WRITTEN_OFF})


def owed(invoice: Invoice) -> Decimal:
    """The open amount that counts on the day: as the sheet says, but 0 for an invoice of a later day, and with what was
    typed as paid or credited on a later one still owed."""
    if invoice.ahead:
        return ZERO
    amount = owed_in_sheet(invoice)
    return amount + invoice.coming + invoice.uncredited if invoice.coming or invoice.uncredited else amount


def owed_in_sheet(invoice: Invoice) -> Decimal:
    """The open amount that the row gives, whatever its dates: 0 for a row that is no claim (cancelled, draft, written
    off, credit note) and for one its status calls paid where no payment is typed. Negative when overpaid."""
    status = invoice.status
    if status is not None and (status.state in VOID or (status.state is _PAID and not invoice.payments)):
        return ZERO
    if invoice.is_credit_note:
        return ZERO
    open_amount = invoice.total
    if invoice.deposit:
        open_amount -= invoice.deposit
    for payment in invoice.payments:
        open_amount -= payment.amount
    for credit in invoice.credits:
        open_amount -= credit.amount
    if invoice.retained:
        open_amount -= min(invoice.retained, max(open_amount, ZERO))
    return open_amount + invoice.fees_received if invoice.fees_received else open_amount


def disputed(invoice: Invoice) -> Decimal:
    """The part of what is owed that the client contests: all of it unless an amount is named.

    A dispute of 0 contests nothing.
    """
    if invoice.dispute is None:
        whole = invoice.status is not None and invoice.status.state is _DISPUTED
        return owed(invoice) if whole else ZERO
    if invoice.dispute.amount is None:
        return owed(invoice)
    return min(invoice.dispute.amount, owed(invoice))


def claimable(invoice: Invoice) -> Decimal:
    """What may be asked for today: what is owed and not disputed."""
    return owed(invoice) - disputed(invoice)


def credit_left(note: Invoice) -> Decimal:
    """What a credit note that names no invoice still takes off the client's debt: a positive amount, 0 once settled
    or cancelled, and for one of a later day."""
    state = note.status.state if note.status else None
    if note.ahead or state in {State.PAID, State.CANCELLED, State.DRAFT, State.WRITTEN_OFF}:
        return ZERO
    return max(ZERO, -note.open)


def balance_agrees(invoice: Invoice, amount: Decimal) -> bool:
    """Whether the sheet's own balance column says the amount owed, to the cent.

    A balance that leaves out the credit notes of other rows, counts a payment or a credit note of a later day, adds
    the surcharge, counts late fees as payments, or stops at 0 where too much was paid, still agrees: it is explained to
    the cent by the row itself.
    """
    balance = invoice.balance
    if balance is None or balance == amount:
        return True
    if invoice.retained and abs(balance - amount - invoice.retained) <= CENT:
        return True
    if abs(balance + invoice.fees_received - amount) <= CENT or (amount < ZERO and balance == ZERO):
        return True
    later = invoice.coming + invoice.uncredited
    explained = (
        amount + invoice.credited,
        amount - invoice.coming,
        amount - invoice.uncredited,
        amount - later,
        amount + (invoice.surcharge or ZERO),
    )
    return amount != ZERO and any(abs(balance - other) <= CENT for other in explained)

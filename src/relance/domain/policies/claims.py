"""The first rules, which need the row alone: is there a claim, is its amount certain, is anything left.

Most rows of an old workbook are settled, and go no further. Each rule turns an invoice and what is owed into a `Rule`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from relance.domain.model import Invoice, Rule, State
from relance.domain.owed import balance_agrees
from relance.money import ZERO

Figure = date | Decimal | int | str | None
"""What a rule compares: a date, an amount, a number of days, a word."""


def passes(code: str) -> Rule:
    """A rule that lets the reminder go, without figures: made once, since nearly every row has it."""
    return Rule(code, ok=True)


def stops(code: str, value: Figure = None, limit: Figure = None) -> Rule:
    """A rule that stops the reminder until a person changes something."""
    return Rule(code, ok=False, value=value, limit=limit)


_VOID = {
    State.CANCELLED: stops("cancelled"),
    State.DRAFT: stops("not-issued"),
    State.WRITTEN_OFF: stops("written-off"),
    State.CREDIT_NOTE: stops("credit-note"),
}
_IS_CLAIM = passes("cancelled")
_ISSUED = passes("issued-later")
_BALANCE = passes("balance-disagrees")


def is_claim(invoice: Invoice, _: Decimal) -> Rule:
    """Cancelled, not issued, written off, or a credit note: there is no claim."""
    status = invoice.status
    if status is not None and status.state in _VOID:
        return _VOID[status.state]
    return _VOID[State.CREDIT_NOTE] if invoice.is_credit_note else _IS_CLAIM


def issued(invoice: Invoice, _: Decimal) -> Rule:
    """An invoice of a later day is not owed yet."""
    if not invoice.ahead:
        return _ISSUED
    return Rule("issued-later", ok=False, value=invoice.issued, true_from=invoice.issued)


def balance(invoice: Invoice, amount: Decimal) -> Rule:
    """The sheet's own balance column says another amount than its inputs: nobody knows what is owed."""
    if invoice.balance is None or balance_agrees(invoice, amount):
        return _BALANCE
    return stops("balance-disagrees", invoice.balance, amount)


def paid(_: Invoice, amount: Decimal) -> Rule:
    """Nothing is left, or too much was paid."""
    return Rule("paid", amount > ZERO, amount, ZERO)


CLAIM_RULES: tuple[Callable[[Invoice, Decimal], Rule], ...] = (is_claim, issued, balance, paid)
"""The first rules, which need the row alone: most rows of an old workbook are settled, and go no further."""

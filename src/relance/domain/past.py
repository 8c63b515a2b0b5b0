"""Invoices with their payment dates -> what was owed, and what was late, on days past.

An invoice paid since was open on such a day. It must not know which days a reader compares, nor draw anything. What
nobody dated (a payment, a credit note) counts as received from the start, as `ledger_on` has it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

from msgspec import Struct

from relance.domain.model import Invoice, Ledger
from relance.domain.owed import VOID
from relance.domain.settled import Invoices
from relance.money import ZERO


class Balance(Struct, frozen=True):
    """What was owed at the end of a day in one currency, and the part of it that was past its due date."""

    on: date
    open: Decimal
    overdue: Decimal


def balances_on(ledger: Ledger, days: Sequence[date]) -> dict[str, tuple[Balance, ...]]:
    """The balance of each day, oldest first, by currency; the days as given, sorted, each once.

    The same sums as the ageing of the ledger on that day. A currency is there when something was owed in it.
    """
    asked = sorted(set(days))
    if not asked:
        return {}
    sums: dict[str, _Steps] = defaultdict(lambda: _Steps(len(asked)))
    for invoice in _open_after(Invoices.of(ledger.invoices), asked[0]):
        for amount, until in _stretches(invoice):
            _count(sums[invoice.currency], asked, invoice, amount, until)
    found = {currency: steps.balances(asked) for currency, steps in sums.items()}
    return {currency: days for currency, days in found.items() if any(day.open for day in days)}


def _open_after(invoices: Invoices, day: date) -> Iterator[Invoice]:
    """The invoices on which something may have been owed on a day or later: those settled before are not even made."""
    columns = invoices.columns
    dated = zip(columns.settled, columns.paid_on, strict=True)
    yield from invoices.pick([position for position, paid_on in dated if paid_on is not None and paid_on > day])
    for _, invoice in invoices.unsettled:
        yield invoice


def _stretches(invoice: Invoice) -> Iterator[tuple[Decimal, date]]:
    """The amount of an invoice cut in pieces, each with the day from which it was not owed any more.

    >>> from relance.domain.model import Client, Payment
    >>> from relance.errors import Where
    >>> paid = Payment(Decimal(40), date(2026, 5, 1))
    >>> invoice = Invoice(number="F-1", client=Client("d", "D"), where=Where("S"), total=Decimal(100), payments=(paid,))
    >>> list(_stretches(invoice)) == [(Decimal(40), date(2026, 5, 1)), (Decimal(60), date.max)]
    True
    """
    if invoice.is_credit_note or (invoice.status is not None and invoice.status.state in VOID):
        return
    left = invoice.total - invoice.deposit - invoice.credited
    left -= sum((payment.amount for payment in invoice.payments if payment.on is None), ZERO)
    for payment in sorted((p for p in invoice.payments if p.on is not None), key=lambda p: p.on or date.max):
        if left <= ZERO:
            return
        amount = min(payment.amount, left)
        left -= amount
        yield amount, payment.on or date.max
    if left > ZERO and not _is_called_paid(invoice):
        yield left, date.max


def _is_called_paid(invoice: Invoice) -> bool:
    """Whether the status alone settles the row: nobody knows since when, so it was never owed."""
    return invoice.status is not None and invoice.status.state == "paid" and not invoice.payments


def _count(steps: _Steps, days: Sequence[date], invoice: Invoice, amount: Decimal, until: date) -> None:
    start, end = bisect_left(days, invoice.issued or date.min), bisect_left(days, until)
    if start >= end:
        return
    steps.open[start] += amount
    steps.open[end] -= amount
    if invoice.due is None:
        return
    late = max(start, bisect_right(days, invoice.due))
    if late < end:
        steps.overdue[late] += amount
        steps.overdue[end] -= amount


class _Steps:
    """What is added and taken off from one day to the next."""

    def __init__(self, size: int) -> None:
        self.open = [ZERO] * (size + 1)
        self.overdue = [ZERO] * (size + 1)

    def balances(self, days: Sequence[date]) -> tuple[Balance, ...]:
        sums = zip(days, accumulate(self.open), accumulate(self.overdue), strict=False)
        return tuple(Balance(day, owed, late) for day, owed, late in sums)

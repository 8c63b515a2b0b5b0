"""Invoices -> what is owed per currency, by how late it is; and how fresh the payments typed are.

Buckets never overlap, and their sums are the totals to the cent. It must not mix currencies, nor know how a bar is
drawn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Ledger
from relance.domain.owed import credit_left, owed
from relance.domain.settled import Invoices
from relance.money import ZERO

NOT_DUE = "not_due"
BOUNDS = (30, 60, 90)
"""The last day late of each bucket but the last, which has no end."""


class Bucket(Struct, frozen=True):
    """What is late by `first` to `last` days, both included: amount and number of invoices. `key` is `not_due`,
    `1-30`, ... or `91+`; `first` is None for what is not due, `last` for what has no end."""

    key: str
    first: int | None
    last: int | None
    open: Decimal
    count: int


class Ageing(Struct, frozen=True, kw_only=True):
    """What is owed in one currency: `open` = `overdue` + `not_due` = the sum of the buckets, each with its number of
    invoices.

    An invoice without due date is late for nobody: it counts as not due, and `undated` tells how much of `not_due` that
    is. `credits` (credit notes that name no invoice, and what was paid too much) are apart, in none of the others.
    """

    currency: str
    open: Decimal
    overdue: Decimal
    not_due: Decimal
    count: int
    overdue_count: int
    buckets: tuple[Bucket, ...]
    undated: Decimal = ZERO
    undated_count: int = 0
    credits: Decimal = ZERO


class Freshness(Struct, frozen=True):
    """How up to date the payments are: the last payment date typed, and the days since; None when there is none."""

    last_payment: date | None
    days: int | None


def compute_ageing(ledger: Ledger, today: date, bounds: Sequence[int] = BOUNDS) -> tuple[Ageing, ...]:
    """The ageing of the ledger per currency, the currency of most invoices first.

    `bounds` are days late in rising order, from 1: (30, 60, 90) gives 1-30, 31-60, 61-90, 91+. ValueError otherwise.
    """
    if not bounds or any(after <= before for before, after in zip((0, *bounds), bounds, strict=False)):
        raise ValueError(bounds)
    sheets: dict[str, _Sheet] = defaultdict(lambda: _Sheet(len(bounds) + 2))
    for _, invoice in Invoices.of(ledger.invoices).unsettled:
        amount = owed(invoice)
        if not amount:
            continue
        sheet = sheets[invoice.currency]
        if amount < ZERO:
            sheet.credits -= amount
        else:
            late = (today - invoice.due).days if invoice.due else 0
            sheet.add(bisect_left(bounds, late) + 1 if late > 0 else 0, amount, dated=invoice.due is not None)
    for note in ledger.credits:
        if left := credit_left(note):
            sheets[note.currency].credits += left
    found = [sheet.close(currency, bounds) for currency, sheet in sheets.items()]
    return tuple(sorted(found, key=lambda ageing: (-ageing.count, ageing.currency)))


def bucket_keys(bounds: Sequence[int] = BOUNDS) -> tuple[tuple[str, int | None, int | None], ...]:
    """The buckets of given bounds: (key, first day late, last day late).

    >>> [key for key, _, _ in bucket_keys((30, 60))]
    ['not_due', '1-30', '31-60', '61+']
    """
    starts = (1, *(bound + 1 for bound in bounds))
    closed = tuple((f"{first}-{last}", first, last) for first, last in zip(starts, bounds, strict=False))
    return (NOT_DUE, None, None), *closed, (f"{starts[-1]}+", starts[-1], None)


def compute_freshness(ledger: Ledger, today: date) -> Freshness:
    """How old the last payment typed is; payments dated in the future are slips and tell nothing."""
    invoices = Invoices.of(ledger.invoices)
    typed = (payment.on for _, invoice in invoices.unsettled for payment in invoice.payments)
    last = max((day for day in (*invoices.columns.paid_on, *typed) if day is not None and day <= today), default=None)
    return Freshness(last, (today - last).days if last else None)


class _Sheet:
    """The running sums of one currency, by position of the bucket."""

    def __init__(self, buckets: int) -> None:
        self.open = [ZERO] * buckets
        self.count = [0] * buckets
        self.undated = ZERO
        self.undated_count = 0
        self.credits = ZERO

    def add(self, position: int, amount: Decimal, *, dated: bool) -> None:
        self.open[position] += amount
        self.count[position] += 1
        if not dated:
            self.undated += amount
            self.undated_count += 1

    def close(self, currency: str, bounds: Sequence[int]) -> Ageing:
        buckets = [
            Bucket(key, first, last, self.open[position], self.count[position])
            for position, (key, first, last) in enumerate(bucket_keys(bounds))
        ]
        return Ageing(
            currency=currency,
            open=sum(self.open, ZERO),
            overdue=sum(self.open[1:], ZERO),
            not_due=self.open[0],
            count=sum(self.count),
            overdue_count=sum(self.count[1:]),
            buckets=tuple(buckets),
            undated=self.undated,
            undated_count=self.undated_count,
            credits=self.credits,
        )

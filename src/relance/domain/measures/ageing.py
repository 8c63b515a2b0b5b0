"""Invoices -> what is owed per currency, by how late or how old it is; and how fresh the payments typed are.

Buckets never overlap, and their sums are the totals to the cent. It must not mix currencies, nor know how a bar is
drawn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from relance.domain.model import Client, Invoice, Ledger
from relance.domain.owed import credit_left
from relance.domain.settled import Invoices
from relance.money import ZERO


class Basis(StrEnum):
    """What age is counted from: the due date (days late) or the invoice date."""

    DUE = "due"
    ISSUE = "issue"


NOT_DUE, UNDATED = "not_due", "undated"
BOUNDS = (30, 60, 90)
"""The last day late of each bucket but the last, which has no end."""


class Bucket(Struct, frozen=True):
    """What is late by `first` to `last` days, both included, or as old by its invoice date: amount and number of
    invoices. `key` is `not_due`, `1-30`, ... or `91+`; by invoice date `0-30` ... and `undated` for what has none.
    `first` is None for what is in no stretch of days, `last` for what has no end."""

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


def compute_ageing(
    ledger: Ledger, today: date, bounds: Sequence[int] = BOUNDS, *, by: Basis = Basis.DUE
) -> tuple[Ageing, ...]:
    """The ageing of the ledger per currency, the currency of most invoices first.

    `bounds` are days late in rising order, from 1: (30, 60, 90) gives 1-30, 31-60, 61-90, 91+. ValueError otherwise.
    """
    found = _fold(ledger, today, (bounds, by), lambda _: "").values()
    return tuple(sorted(found, key=lambda ageing: (-ageing.count, ageing.currency)))


def compute_client_ageing(
    ledger: Ledger, today: date, bounds: Sequence[int] = BOUNDS, *, by: Basis = Basis.DUE
) -> tuple[tuple[Client, Ageing], ...]:
    """As `compute_ageing`, per client and currency: the largest overdue amount first, then the largest open one. What
    the clients of a currency owe sums up to its ageing."""
    clients: dict[str, Client] = {}

    def key_of(row: Invoice) -> str:
        clients.setdefault(row.client.key, row.client)
        return row.client.key

    found = [(clients[key], ageing) for (key, _), ageing in _fold(ledger, today, (bounds, by), key_of).items()]
    return tuple(sorted(found, key=lambda one: (-one[1].overdue, -one[1].open, one[0].name, one[1].currency)))


def _fold(
    ledger: Ledger, today: date, cut: tuple[Sequence[int], Basis], key_of: Callable[[Invoice], str]
) -> dict[tuple[str, str], Ageing]:
    """The ageings by (what `key_of` says, currency)."""
    bounds, by = cut
    if not bounds or any(after <= before for before, after in zip((0, *bounds), bounds, strict=False)):
        raise ValueError(bounds)
    sheets: dict[tuple[str, str], _Sheet] = defaultdict(lambda: _Sheet(len(bounds) + 2))
    alike: dict[tuple[str, str, date | None, date | None], list[Decimal]] = defaultdict(list)
    for invoice, amount in Invoices.of(ledger.invoices).owing:
        if amount:
            alike[key_of(invoice), invoice.currency, invoice.issued, invoice.due].append(amount)
    for (key, currency, issued, due), amounts in alike.items():
        position = _days_late(due, today, bounds) if by is Basis.DUE else _days_old(issued, today, bounds)
        sheets[key, currency].add(position, amounts, late=due is not None and due < today, dated=due is not None)
    for note in ledger.credits:
        if left := credit_left(note):
            sheets[key_of(note), note.currency].credits += left
    keys = bucket_keys(bounds, by)
    return {key: sheet.close(key[1], keys) for key, sheet in sheets.items()}


def _days_late(due: date | None, today: date, bounds: Sequence[int]) -> int:
    """The bucket of what is due on a date: the first holds what is not due."""
    late = (today - due).days if due else 0
    return bisect_left(bounds, late) + 1 if late > 0 else 0


def _days_old(issued: date | None, today: date, bounds: Sequence[int]) -> int:
    """The bucket of what was issued on a date: the last holds what has none."""
    return len(bounds) + 1 if issued is None else bisect_left(bounds, (today - issued).days)


def bucket_keys(
    bounds: Sequence[int] = BOUNDS, by: Basis = Basis.DUE
) -> tuple[tuple[str, int | None, int | None], ...]:
    """The buckets of given bounds: (key, first day, last day), days late or, by invoice date, days old.

    >>> [key for key, _, _ in bucket_keys((30, 60))]
    ['not_due', '1-30', '31-60', '61+']
    >>> [key for key, _, _ in bucket_keys((30, 60), Basis.ISSUE)]
    ['0-30', '31-60', '61+', 'undated']
    """
    starts = (1 if by is Basis.DUE else 0, *(bound + 1 for bound in bounds))
    closed = tuple((f"{first}-{last}", first, last) for first, last in zip(starts, bounds, strict=False))
    days = (*closed, (f"{starts[-1]}+", starts[-1], None))
    return ((NOT_DUE, None, None), *days) if by is Basis.DUE else (*days, (UNDATED, None, None))


def compute_freshness(ledger: Ledger, today: date) -> Freshness:
    """How old the last payment typed is; payments dated in the future are slips and tell nothing."""
    invoices = Invoices.of(ledger.invoices)
    typed = (payment.on for _, invoice in invoices.unsettled for payment in invoice.payments)
    days = {*invoices.columns.paid_on, *typed}
    last = max((day for day in days if day is not None and day <= today), default=None)
    return Freshness(last, (today - last).days if last else None)


class _Sheet:
    """The running sums of one currency, or of a client in it, by position of the bucket."""

    def __init__(self, buckets: int) -> None:
        self.open = [ZERO] * buckets
        self.count = [0] * buckets
        self.overdue = ZERO
        self.overdue_count = 0
        self.undated = ZERO
        self.undated_count = 0
        self.credits = ZERO

    def add(self, position: int, amounts: Sequence[Decimal], *, late: bool, dated: bool) -> None:
        """Count what is owed on invoices of the same dates; amounts below zero were paid too much."""
        owed = [amount for amount in amounts if amount > ZERO]
        total = sum(owed, ZERO)
        self.credits += total - sum(amounts, ZERO)
        self.open[position] += total
        self.count[position] += len(owed)
        if late:
            self.overdue += total
            self.overdue_count += len(owed)
        elif not dated:
            self.undated += total
            self.undated_count += len(owed)

    def close(self, currency: str, keys: Iterable[tuple[str, int | None, int | None]]) -> Ageing:
        buckets = [
            Bucket(key, first, last, self.open[position], self.count[position])
            for position, (key, first, last) in enumerate(keys)
        ]
        total = sum(self.open, ZERO)
        return Ageing(
            currency=currency,
            open=total,
            overdue=self.overdue,
            not_due=total - self.overdue,
            count=sum(self.count),
            overdue_count=self.overdue_count,
            buckets=tuple(buckets),
            undated=self.undated,
            undated_count=self.undated_count,
            credits=self.credits,
        )

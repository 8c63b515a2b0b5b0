"""A ledger on a day -> the figures of its clients and of the whole, each by its stated formula.

The figures about lateness look at the invoices that fell due in the last 365 days. What has no payment date is counted
as unknown and enters none of them. Amounts of different currencies are never added. It must not know how a figure is
shown, nor who is chased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from msgspec import Struct

from relance.domain.measures.figures_dso import Dso, compute_dso
from relance.domain.measures.figures_receipts import Receipts, compute_receipts
from relance.domain.measures.figures_risk import Concentration, compute_concentration
from relance.domain.measures.habits import YEAR, Habit, Habits, compute_habits, paid_in_full, paid_on
from relance.domain.model import Client, Invoice, Ledger, State
from relance.domain.owed import VOID, credit_left, owed
from relance.domain.settled import Invoices
from relance.money import ZERO

_TENTH = Decimal("0.1")


class Owing(Struct, frozen=True, kw_only=True):
    """What a client, or everybody, owes in one currency; `credits` are apart. `weighted` is the average days late where
    each payment weighs its amount, and what is open the days so far; None where nothing can be weighed."""

    currency: str
    open: Decimal
    overdue: Decimal
    credits: Decimal
    weighted: Decimal | None


class Punctuality(Struct, frozen=True, kw_only=True):
    """How punctually invoices that fell due in the last 365 days were paid: `known` of them, `on_time` by their due
    date. `late_days` is their average days late, one paid in time counting as 0, one still open with its days so far.
    `unknown` ones are paid on days nobody typed; where they are more than one in twenty, what is left would mislead
    (the open ones, mostly): the average and the share are unknown too. `oldest` is the days late of the latest open
    invoice of all times."""

    known: int = 0
    on_time: int = 0
    late_days: Decimal | None = None
    unknown: int = 0
    oldest: int = 0

    @property
    def share(self) -> Decimal | None:
        """The part paid on time, in percent without decimals: on_time / known."""
        if not self.known or not enough_known(self.known, self.unknown):
            return None
        return (Decimal(self.on_time) * 100 / self.known).quantize(Decimal(1))


class ClientFigures(Struct, frozen=True, kw_only=True):
    """The figures of one client: what it owes per currency (the largest first), how punctual it was, how it usually
    pays; `own` whether that habit is its own or, for want of history, that of all clients."""

    client: Client
    owing: tuple[Owing, ...]
    punctuality: Punctuality
    habit: Habit | None
    own: bool


class Total(Struct, frozen=True, kw_only=True):
    """The figures of one currency as a whole."""

    owing: Owing
    dso: Dso
    concentration: Concentration | None
    receipts: Receipts | None


class Figures(Struct, frozen=True, kw_only=True):
    """Everything: the clients (those without any invoice left out), the totals per currency, and how all clients
    together pay."""

    clients: tuple[ClientFigures, ...]
    totals: tuple[Total, ...]
    punctuality: Punctuality
    habit: Habit | None


def compute_figures(ledger: Ledger, today: date) -> Figures:
    """The figures of a ledger held on a day; the clients in the order of the sheet."""
    tallies: dict[str, _Tally] = {}
    for invoice in (*ledger.invoices, *ledger.credits):
        if (tally := tallies.get(invoice.client.key)) is None:
            tally = tallies[invoice.client.key] = _Tally(today, invoice.client)
        if invoice.is_credit_note:
            tally.credit(invoice)
        elif not invoice.ahead and (invoice.status is None or invoice.status.state not in VOID):
            tally.add(invoice)
    whole = _Tally(today)
    for tally in tallies.values():
        whole.merge(tally)
    habits = compute_habits({key: tally.days for key, tally in tallies.items()})
    return Figures(
        clients=tuple(tally.close(habits) for tally in tallies.values()),
        totals=tuple(_totals(whole, tallies.values(), Invoices.of(ledger.invoices), habits)),
        punctuality=whole.punctuality,
        habit=habits.everybody,
    )


_NO_NOTE = VOID - {State.CREDIT_NOTE}


def _totals(whole: _Tally, tallies: Iterable[_Tally], invoices: Invoices, habits: Habits) -> Iterable[Total]:
    live = (invoice for _, invoice in invoices.unsettled)
    receipts = {one.currency: one for one in compute_receipts(live, habits, whole.today)}
    owing = sorted(whole.owing, key=lambda one: (-one.open, one.currency))
    for one in owing:
        undated, amount = whole.undated[one.currency]
        yield Total(
            owing=one,
            dso=compute_dso(
                one.currency, one.open - amount - one.credits, whole.sales_in(one.currency), whole.today, undated
            ),
            concentration=compute_concentration(tally.open[one.currency] for tally in tallies),
            receipts=receipts.get(one.currency),
        )


_SUMS = ("open", "overdue", "credits", "sales")
_COUNTS = ("known", "on_time", "unknown", "late_sum")


class _Tally:
    """The running sums of one client, or of everybody."""

    def __init__(self, today: date, client: Client | None = None) -> None:
        self.today, self.client = today, client
        self.since = today - YEAR
        self.open: dict[str, Decimal] = defaultdict(lambda: ZERO)
        self.overdue: dict[str, Decimal] = defaultdict(lambda: ZERO)
        self.credits: dict[str, Decimal] = defaultdict(lambda: ZERO)
        self.weights: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        self.sales: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
        self.undated: dict[str, list[Any]] = defaultdict(lambda: [0, ZERO])
        self.days: list[int] = []
        self.known = self.on_time = self.unknown = self.late_sum = self.oldest = 0

    def add(self, invoice: Invoice) -> None:
        """Count one claim of the day."""
        amount, currency = owed(invoice), invoice.currency
        if amount < ZERO:
            self.credits[currency] -= amount
        elif amount:
            self.open[currency] += amount
            if late := invoice.days_late(self.today):
                self.overdue[currency] += amount
                self.oldest = max(self.oldest, late)
        if invoice.issued:
            less = invoice.credited if invoice.credits else ZERO
            self.sales[currency, invoice.issued] += invoice.total - less
        elif amount > ZERO:
            self.undated[currency][0] += 1
            self.undated[currency][1] += amount
        if invoice.due:
            self._weigh(invoice, invoice.due, amount)

    def credit(self, note: Invoice) -> None:
        """Count a credit note that names no invoice."""
        if left := credit_left(note):
            self.credits[note.currency] += left
        if not note.ahead and note.issued and not (note.status is not None and note.status.state in _NO_NOTE):
            self.sales[note.currency, note.issued] -= abs(note.total)

    def merge(self, other: _Tally) -> None:
        """Add what another one counted."""
        for mine, theirs in ((getattr(self, name), getattr(other, name)) for name in _SUMS):
            for key, amount in theirs.items():
                mine[key] += amount
        for pairs, others in ((self.weights, other.weights), (self.undated, other.undated)):
            for key, (first, second) in others.items():
                pairs[key][0] += first
                pairs[key][1] += second
        self.days += other.days
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.oldest = max(self.oldest, other.oldest)

    def _weigh(self, invoice: Invoice, due: date, amount: Decimal) -> None:
        """Count how late an invoice was, or is, paid."""
        settled = paid_in_full(amount)
        last = paid_on(invoice, self.today) if settled else None
        if last is not None and last > self.since:
            self.days.append((last - due).days)
        if not self.since < due < self.today:
            return
        if settled and last is None:
            self.unknown += 1
            return
        late = max(0, ((last or self.today) - due).days)
        self.known += 1
        self.on_time += late == 0
        self.late_sum += late
        weight = self.weights[invoice.currency]
        for payment in invoice.payments:
            if payment.on is not None and payment.on <= self.today:
                weight[0] += payment.amount
                weight[1] += payment.amount * max(0, (payment.on - due).days)
        if amount > ZERO and not settled:
            weight[0] += amount
            weight[1] += amount * late

    def sales_in(self, currency: str) -> dict[date, Decimal]:
        """What was invoiced in a currency, by day."""
        return {day: amount for (code, day), amount in self.sales.items() if code == currency}

    @property
    def owing(self) -> list[Owing]:
        """What is owed per currency, every currency of the claims among them."""
        currencies = dict.fromkeys((*(currency for currency, _ in self.sales), *self.open, *self.credits))
        found = [
            Owing(
                currency=currency,
                open=self.open[currency],
                overdue=self.overdue[currency],
                credits=self.credits[currency],
                weighted=weighted_days(*self.weights[currency]) if enough_known(self.known, self.unknown) else None,
            )
            for currency in currencies
        ]
        return sorted(found, key=lambda one: (-one.open, one.currency))

    @cached_property
    def punctuality(self) -> Punctuality:
        """How punctual the payments were."""
        told = self.known and enough_known(self.known, self.unknown)
        late = (Decimal(self.late_sum) / self.known).quantize(_TENTH) if told else None
        return Punctuality(
            known=self.known, on_time=self.on_time, late_days=late, unknown=self.unknown, oldest=self.oldest
        )

    def close(self, habits: Habits) -> ClientFigures:
        assert self.client is not None  # only those of clients are closed
        habit, own = habits.of(self.client.key)
        return ClientFigures(
            client=self.client, owing=tuple(self.owing), punctuality=self.punctuality, habit=habit, own=own
        )


def enough_known(known: int, unknown: int) -> bool:
    """Whether at most one payment day in twenty is unknown.

    >>> enough_known(19, 1), enough_known(18, 1), enough_known(0, 0)
    (True, False, True)
    """
    return 20 * unknown <= known + unknown


def weighted_days(amounts: Decimal, amount_days: Decimal) -> Decimal | None:
    """The weighted average days late = the sum of (amount x days late) / the sum of the amounts.

    >>> weighted_days(Decimal(1000), Decimal(900) * 0 + Decimal(100) * 30)
    Decimal('3.0')
    """
    return (amount_days / amounts).quantize(_TENTH) if amounts > ZERO else None

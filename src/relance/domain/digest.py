"""One day of a workbook and what an earlier report saw -> everything the owner's report says, computed once.

What changed, whom to call, what was owed a week, a month and a year ago, who owes most. It must not know how a report
is shown, nor where the earlier one was kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from relance.domain.changes import Change, find_changes, waiting_drafts
from relance.domain.day import Day, Entry
from relance.domain.measures.figures_outstanding import Outstanding, compute_outstanding, last_months
from relance.domain.measures.figures_receipts import Receipts, compute_receipts
from relance.domain.measures.habits import YEAR, compute_habits, paid_in_full, paid_on
from relance.domain.model import Channel, Client, Draft, Invoice
from relance.domain.noted import CallNoted
from relance.domain.owed import claimable, owed
from relance.domain.policies.chase import Item, net_of
from relance.domain.policies.policy import Step
from relance.domain.settled import Invoices
from relance.domain.snapshot import Snapshot
from relance.money import ZERO, Money

BY_PHONE = frozenset({Channel.EMAIL_CALL, Channel.CALL})
"""The channels by which a person telephones."""


class Call(Struct, frozen=True, kw_only=True):
    """A call to make today: the step it belongs to, the invoices with what may be asked for, the sums per currency, and
    the last call noted with this client. `drafted` is the day on which the message of that step was drafted."""

    client: Client
    step: Step
    items: tuple[Item, ...]
    totals: tuple[Money, ...]
    last: CallNoted | None = None
    drafted: date | None = None


class Debtor(Struct, frozen=True, kw_only=True):
    """What one client owes in one currency: open, overdue, the days late of the oldest invoice, how many invoices, and
    the part of everything owed in that currency (0 to 1)."""

    client: Client
    currency: str
    open: Decimal
    overdue: Decimal
    late: int
    count: int
    share: Decimal


class Digest:
    """The report of a day: the day, what an earlier report saw (`then`), and the calls that the journal knows of."""

    def __init__(self, day: Day, then: Snapshot, calls: Sequence[CallNoted] = ()) -> None:
        self.day = day
        self.then = then
        self._calls = calls

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What is otherwise than the earlier report saw it."""
        return find_changes(self.then, self.day)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Whom to telephone today: the steps that ask for a call, ready now or drafted and not yet followed by one."""
        last = self.last_calls
        ready = [
            Call(client=c.client, step=c.step, items=c.ready, totals=c.totals, last=last.get(c.client.key))
            for c in self.day.chases
            if c.channel in BY_PHONE
        ]
        calls = sorted([*ready, *self._drafted_calls()], key=_rank)
        return tuple(call for call in calls if not (call.last and call.last.on >= (call.drafted or self.day.today)))

    def _drafted_calls(self) -> Iterable[Call]:
        drafts = {(draft.number, draft.client): draft for draft in self.drafts}
        groups: dict[str, list[tuple[Item, Draft]]] = defaultdict(list)
        for invoice, decision in self.day.live:
            draft = drafts.get((invoice.number, invoice.client.key))
            step = self.day.policies.policy_for(invoice).step(draft.step) if draft else None
            if draft and step and step.channel in BY_PHONE and decision.reason == "awaiting-confirmation":
                groups[invoice.client.key].append((Item(invoice, decision, claimable(invoice), step), draft))
        for key, found in groups.items():
            items = tuple(item for item, _ in found)
            top = max((item.step for item in items if item.step), key=lambda step: step.number)
            yield Call(
                client=items[0].invoice.client,
                step=top,
                items=items,
                totals=net_of(items, ()),
                last=self.last_calls.get(key),
                drafted=max(draft.on for _, draft in found),
            )

    @cached_property
    def last_calls(self) -> dict[str, CallNoted]:
        """The last call noted with each client, by key."""
        owners = {invoice.number: invoice.client.key for invoice, _ in self.day.live}
        found: dict[str, CallNoted] = {}
        for call in sorted(self._calls, key=lambda call: call.on):
            if call.on <= self.day.today:
                found[call.client or owners.get(call.number, "")] = call
        return found

    @cached_property
    def drafts(self) -> tuple[Draft, ...]:
        """The drafts of which nobody said yet whether they were sent."""
        return tuple(waiting_drafts(self.day))

    @cached_property
    def courses(self) -> tuple[Outstanding, ...]:
        """What was owed a week ago, a month ago, and at the end of each month of a year, per currency."""
        days = {self.week_ago, self.month_ago, *self.months}
        return compute_outstanding(self.day.ledger, sorted(days))

    @property
    def months(self) -> tuple[date, ...]:
        """The ends of the last twelve months, oldest first, then today."""
        return last_months(self.day.today)

    @property
    def week_ago(self) -> date:
        """The same day of last week."""
        return self.day.today - timedelta(7)

    @property
    def month_ago(self) -> date:
        """The same day of last month, or its last day."""
        return self.day.today - relativedelta(months=1)

    @cached_property
    def receipts(self) -> tuple[Receipts, ...]:
        """What may be received week by week, per currency, by the habits of the last year."""
        today, days = self.day.today, defaultdict[str, list[int]](list)
        invoices = Invoices.of(self.day.ledger.invoices)
        settled = (invoice for _, invoice in invoices.dated_after(today - YEAR))
        for invoice in (*settled, *(invoice for _, invoice in invoices.unsettled)):
            paid = paid_on(invoice, today) if paid_in_full(owed(invoice)) else None
            if paid and invoice.due and today - YEAR < paid:
                days[invoice.client.key].append((paid - invoice.due).days)
        return compute_receipts((invoice for invoice, _ in self.day.live), compute_habits(days), today)

    @cached_property
    def debtors(self) -> tuple[Debtor, ...]:
        """Every client who owes something, per currency, those who owe most first."""
        return rank_debtors(self.day.live, self.day.today)


def _rank(call: Call) -> tuple[int, Decimal, str]:
    """The highest step first, then the largest amount in one currency."""
    return -call.step.number, -max((total.amount for total in call.totals), default=ZERO), call.client.name


def rank_debtors(entries: Iterable[Entry], today: date) -> tuple[Debtor, ...]:
    """The clients of some invoices by what they owe, per currency; the currency of most debtors first."""
    groups: dict[str, dict[str, list[Invoice]]] = defaultdict(lambda: defaultdict(list))
    for invoice, _ in entries:
        if owed(invoice) > ZERO:
            groups[invoice.currency][invoice.client.key].append(invoice)
    found: list[Debtor] = []
    for currency, clients in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        total = sum((owed(invoice) for rows in clients.values() for invoice in rows), ZERO)
        debtors = [_debtor(rows, currency, total, today) for rows in clients.values()]
        found += sorted(debtors, key=lambda debtor: (-debtor.open, debtor.client.name))
    return tuple(found)


def _debtor(rows: list[Invoice], currency: str, total: Decimal, today: date) -> Debtor:
    open_amount = sum((owed(invoice) for invoice in rows), ZERO)
    return Debtor(
        client=rows[0].client,
        currency=currency,
        open=open_amount,
        overdue=sum((owed(invoice) for invoice in rows if invoice.days_late(today)), ZERO),
        late=max(invoice.days_late(today) for invoice in rows),
        count=len(rows),
        share=open_amount / total,
    )

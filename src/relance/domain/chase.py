"""Decisions of today -> one message per client: what is ready, what waits and is listed with it, what stays out.

The value that status, remind and the letters show. It must not know how a letter is written or leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Action, Channel, Client, Decision, Invoice, Ledger
from relance.domain.owed import claimable, credit_left
from relance.domain.policy import PolicySet, Step
from relance.domain.settled import Invoices
from relance.money import ZERO, Money

LISTED = frozenset(
    {
        "below-minimum", "promise-pending", "ladder-done", "awaiting-confirmation", "last-reminder-unknown",
        "reminder-in-future", "delay", "spacing", "deadline", "client-gap",
    }
)  # fmt: skip
"""The reasons for which an overdue invoice stands in the message without advancing a step."""

LEFT_OUT = frozenset(
    {
        "balance-disagrees", "status-disagrees", "payment-missing", "part-payment-unknown", "duplicate-number",
        "due-before-issued", "direct-debit", "handed-over", "disputed", "on-hold", "unknown-policy", "never-chased",
    }
)  # fmt: skip
"""The reasons for which an overdue invoice stays out of the message, and is said to the owner."""

_WEIGHT = (Channel.EMAIL, Channel.EMAIL_CALL, Channel.CALL, Channel.LETTER, Channel.FILE)


class Item(Struct, frozen=True, gc=False):
    """An invoice with its decision and the amount that may be asked for (open, less any disputed part)."""

    invoice: Invoice
    decision: Decision
    amount: Decimal


class Chase(Struct, frozen=True, kw_only=True):
    """One message to one client today: the tone is that of the highest `step` taken now.

    `ready` invoices advance one step, each its own (a courtesy note only where nothing else is ready); `listed` ones
    are overdue and wait, until their decision's next date; `left_out` ones are overdue and not in the message.
    `credits` are the client's credit notes that name no invoice. Oldest due date first.
    """

    client: Client
    step: Step
    channel: Channel
    ready: tuple[Item, ...]
    listed: tuple[Item, ...] = ()
    left_out: tuple[Item, ...] = ()
    credits: tuple[Invoice, ...] = ()

    @property
    def totals(self) -> tuple[Money, ...]:
        """What the message asks for, per currency: ready and listed invoices less the credit notes."""
        credit = [(note.currency, -credit_left(note)) for note in self.credits]
        return _sum([(item.invoice.currency, item.amount) for item in (*self.ready, *self.listed)] + credit)

    @property
    def ready_totals(self) -> tuple[Money, ...]:
        """What the invoices that advance a step amount to, per currency."""
        return _sum((item.invoice.currency, item.amount) for item in self.ready)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the invoices that advance a step."""
        return tuple(item.invoice.number for item in self.ready)


def chase_groups(ledger: Ledger, decisions: Sequence[Decision], policies: PolicySet, today: date) -> tuple[Chase, ...]:
    """One `Chase` per client with at least one invoice ready, what matters most first: highest step, then largest
    amount asked for in one currency."""
    entries = [(invoice, decisions[position]) for position, invoice in Invoices.of(ledger.invoices).unsettled]
    ready = {invoice.client.key for invoice, decision in entries if decision.action is Action.CHASE}
    overdue: dict[str, list[Item]] = defaultdict(list)
    for invoice, decision in entries:
        if invoice.client.key in ready and _concerns(invoice, decision, today):
            overdue[invoice.client.key].append(Item(invoice, decision, claimable(invoice)))
    credits_of: dict[str, list[Invoice]] = defaultdict(list)
    for note in ledger.credits:
        if credit_left(note):
            credits_of[note.client.key].append(note)
    groups = [_group(items, tuple(credits_of[key]), policies) for key, items in overdue.items()]
    return tuple(sorted(groups, key=_rank))


def _concerns(invoice: Invoice, decision: Decision, today: date) -> bool:
    if decision.action is Action.CHASE:
        return True
    return decision.reason in LISTED | LEFT_OUT and invoice.days_late(today) > 0


def _group(items: list[Item], notes: tuple[Invoice, ...], policies: PolicySet) -> Chase:
    items.sort(key=lambda item: (item.invoice.due or date.max, item.invoice.number))
    ready = [item for item in items if item.decision.action is Action.CHASE]
    top = max(ready, key=lambda item: (item.decision.step or 0, _weight(item)))
    if top.decision.step:
        ready = [item for item in ready if item.decision.step]
    step = policies.policy_for(top.invoice).step(top.decision.step or 0)
    if step is None or top.decision.channel is None:  # impossible: a decision to chase names a step of its policy
        raise AssertionError(top)
    return Chase(
        client=top.invoice.client,
        step=step,
        channel=top.decision.channel,
        ready=tuple(ready),
        listed=tuple(item for item in items if item.decision.reason in LISTED and step.number),
        left_out=tuple(item for item in items if item.decision.reason in LEFT_OUT),
        credits=notes,
    )


def _weight(item: Item) -> int:
    return _WEIGHT.index(item.decision.channel) if item.decision.channel else 0


def _rank(chase: Chase) -> tuple[int, Decimal, str]:
    largest = max((money.amount for money in chase.totals), default=ZERO)
    return -chase.step.number, -largest, chase.client.name


def _sum(amounts: Iterable[tuple[str, Decimal]]) -> tuple[Money, ...]:
    totals: dict[str, Decimal] = {}
    for currency, amount in amounts:
        totals[currency] = totals.get(currency, ZERO) + amount
    return tuple(Money(amount, currency) for currency, amount in totals.items())

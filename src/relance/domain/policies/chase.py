"""Decisions of today -> one message per client: what is ready, what waits and is listed with it, what stays out.

The value that status, remind and the letters show. It must not know how a letter is written or leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from msgspec import Struct

from relance.domain.model import Action, Channel, Client, Decision, Invoice, Ledger
from relance.domain.owed import claimable, credit_left, owed
from relance.domain.policies.policy import Manner, PolicySet, Step
from relance.domain.settled import Invoices
from relance.money import ZERO, Money

LISTED = frozenset(
    {
        "below-minimum", "promise-pending", "ladder-done", "awaiting-confirmation", "draft-astray",
        "last-reminder-unknown", "reminder-in-future", "delay", "spacing", "deadline", "client-gap",
    }
)  # fmt: skip
"""The reasons for which an overdue invoice stands in the message without advancing a step."""

LEFT_OUT = frozenset(
    {
        "balance-disagrees", "status-disagrees", "payment-missing", "payment-in-future", "part-payment-unknown",
        "duplicate-number", "due-before-issued", "direct-debit", "handed-over", "disputed", "on-hold",
        "unknown-policy", "never-chased",
    }
)  # fmt: skip
"""The reasons for which an overdue invoice stays out of the message, and is said to the owner."""

TOLD = LISTED | LEFT_OUT
"""The reasons for which an overdue invoice that is not chased is spoken of."""

_FORMAL, _CHASE = Manner.FORMAL, Action.CHASE  # by its name a member costs more than what is done with it here
_WEIGHT = (Channel.EMAIL, Channel.EMAIL_CALL, Channel.CALL, Channel.LETTER, Channel.FILE)


class Asking(Protocol):
    """An invoice of a message, with the amount that may be asked for."""

    @property
    def invoice(self) -> Invoice:
        """The invoice."""

    @property
    def amount(self) -> Decimal:
        """Open, less any disputed part."""


Asked = TypeVar("Asked", bound=Asking)


class Item(Struct, frozen=True, gc=False):
    """An invoice with its decision, the amount that may be asked for (open, less any disputed part), and the step of
    its own policy that it takes now (None while it waits)."""

    invoice: Invoice
    decision: Decision
    amount: Decimal
    step: Step | None = None


class Chase(Struct, frozen=True, kw_only=True):
    """One message to one client today: the tone is that of the highest `step` taken now.

    `ready` invoices advance one step, each its own (a courtesy note only where nothing else is ready). A formal notice
    puts in default those that take that very step; the others that advance stand `beside` it, outside its sums.
    `listed` ones are overdue and wait, until their decision's next date; `left_out` ones are overdue and not in the
    message. `credits` are the client's credit notes that name no invoice. Oldest due date first. `asked` are the
    invoices whose payment is asked for, `totals` what the message asks for per currency, credits deducted: the amount
    that lists and letter both give; a currency with nothing left to pay is not there.
    """

    client: Client
    step: Step
    channel: Channel
    ready: tuple[Item, ...]
    asked: tuple[Item, ...]
    totals: tuple[Money, ...]
    beside: tuple[Item, ...] = ()
    listed: tuple[Item, ...] = ()
    left_out: tuple[Item, ...] = ()
    credits: tuple[Invoice, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the invoices that take the step."""
        return tuple(item.invoice.number for item in self.ready)


def asked_of(
    ready: tuple[Asked, ...], waiting: tuple[Asked, ...], notes: Sequence[Invoice], step: Step
) -> tuple[tuple[Asked, ...], tuple[Money, ...]]:
    """The invoices whose payment is asked for, and what they amount to (`net_of`): those that take the step, and the
    waiting ones too where the credits cover all the others (a credit settles the debt as a whole); a formal notice
    claims nothing but what takes it."""
    totals = net_of(ready, notes)
    if totals or not waiting or _is_formal(step):
        return ready, totals
    return (*ready, *waiting), net_of((*ready, *waiting), notes)


def net_of(asked: Iterable[Asking], notes: Iterable[Invoice]) -> tuple[Money, ...]:
    """What invoices amount to per currency, credits deducted; a currency with nothing left to pay is not there."""
    sums: dict[str, Decimal] = {}
    for one in asked:
        sums[one.invoice.currency] = sums.get(one.invoice.currency, ZERO) + one.amount
    for note in notes:
        if note.currency in sums:
            sums[note.currency] -= credit_amount(note)
    return tuple(Money(amount, currency) for currency, amount in sums.items() if amount > ZERO)


def credit_amount(credit: Invoice) -> Decimal:
    """What a credit note, or an overpaid invoice, takes off the client's debt: a positive amount or 0."""
    return credit_left(credit) if credit.is_credit_note else max(ZERO, -owed(credit))


def chase_groups(ledger: Ledger, decisions: Sequence[Decision], policies: PolicySet, today: date) -> tuple[Chase, ...]:
    """One `Chase` per client with at least one invoice ready, what matters most first: highest step, then largest
    amount asked for in one currency."""
    entries = [(invoice, decisions[position]) for position, invoice in Invoices.of(ledger.invoices).unsettled]
    ready = {invoice.client.key for invoice, decision in entries if decision.action is _CHASE}
    overdue: dict[str, list[Item]] = defaultdict(list)
    for invoice, decision in entries:
        if invoice.client.key in ready and _concerns(invoice, decision, today):
            step = policies.policy_for(invoice).step(decision.step or 0) if decision.action is _CHASE else None
            overdue[invoice.client.key].append(Item(invoice, decision, claimable(invoice), step))
    credits_of: dict[str, list[Invoice]] = defaultdict(list)
    for note in ledger.credits:
        if credit_left(note):
            credits_of[note.client.key].append(note)
    groups = [_group(items, tuple(credits_of[key])) for key, items in overdue.items()]
    return tuple(sorted(groups, key=_rank))


def _concerns(invoice: Invoice, decision: Decision, today: date) -> bool:
    if decision.action is _CHASE:
        return True
    return decision.reason in TOLD and invoice.is_late(today)


def _group(items: list[Item], notes: tuple[Invoice, ...]) -> Chase:
    items.sort(key=lambda item: (item.invoice.due or date.max, item.invoice.number))
    ready = [item for item in items if item.decision.action is _CHASE]
    top = max(ready, key=lambda item: (item.decision.step or 0, _weight(item)))
    if top.decision.step:
        ready = [item for item in ready if item.decision.step]
    step = top.step
    if step is None or top.decision.channel is None:  # impossible: a decision to chase names a step of its policy
        raise AssertionError(top)
    formal = _is_formal(step)
    own = tuple([item for item in ready if not formal or _is_formal(item.step)])
    listed = tuple([item for item in items if item.decision.reason in LISTED] if step.number else [])
    asked, totals = asked_of(own, listed, notes, step)
    return Chase(
        client=top.invoice.client,
        step=step,
        channel=top.decision.channel,
        ready=own,
        asked=asked,
        totals=totals,
        beside=tuple([item for item in ready if formal and not _is_formal(item.step)]),
        listed=listed,
        left_out=tuple([item for item in items if item.decision.reason in LEFT_OUT]),
        credits=notes,
    )


def _is_formal(step: Step | None) -> bool:
    return step is not None and step.tone is _FORMAL


def _weight(item: Item) -> int:
    return _WEIGHT.index(item.decision.channel) if item.decision.channel else 0


def _rank(chase: Chase) -> tuple[int, Decimal, str]:
    largest = max((money.amount for money in chase.totals), default=ZERO)
    return -chase.step.number, -largest, chase.client.name

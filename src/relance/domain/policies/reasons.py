"""Reason codes in plain words: for `why`, `status`, `remind` and the letters' report.

Every code of `claims`, `rules`, `pace` and `decide` has its words here, and only here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.model import Decision, DueSource, Invoice, Rule
from relance.errors import Message, msg, msg_n
from relance.money import Money


class Reason(Struct, frozen=True):
    """A code in words: `text` when it stops or delays a reminder, `label` as the title of the rule it stands for.

    `text` may name {value} and {limit} of the rule and {until} (the decision's next date); one with a plural counts by
    the rule's limit, or its value, given as {n}.
    """

    label: Message
    text: Message


UNREADABLE = "unreadable"

REASONS: Mapping[str, Reason] = {
    "ready": Reason(msg("Ready"), msg("to be chased today")),
    UNREADABLE: Reason(msg("Readable"), msg("set aside: a cell of this row cannot be read with certainty")),
    "cancelled": Reason(msg("A claim, not cancelled"), msg("cancelled")),
    "not-issued": Reason(msg("Issued"), msg("not issued yet: a draft or a proforma")),
    "written-off": Reason(msg("Not written off"), msg("written off")),
    "credit-note": Reason(msg("Not a credit note"), msg("a credit note, not a claim")),
    "issued-later": Reason(msg("Issued by today"), msg("dated {value}, after today: not owed yet")),
    "balance-disagrees": Reason(
        msg("Balance column"), msg("to fix: the balance column says {value}, the amounts of the row give {limit}")
    ),
    "paid": Reason(msg("Something is owed"), msg("paid")),
    "nothing-due": Reason(
        msg("More than the tolerance"), msg("what is left ({value}) is within the tolerance of {limit}")
    ),
    "status-disagrees": Reason(
        msg("Status and payments"), msg("to fix: the status says “{value}”, yet {limit} is left")
    ),
    "payment-missing": Reason(
        msg("Payments of the journal"), msg("to fix: the journal knows of {value} paid that the sheet does not show")
    ),
    "payment-in-future": Reason(
        msg("Payments in the past"),
        msg("to fix: {value} is typed as paid on {limit}, in the future; it is not deducted"),
    ),
    "part-payment-unknown": Reason(
        msg("Part payment known"), msg("to fix: the status says “{value}”, and no column says how much was paid")
    ),
    "below-minimum": Reason(msg("At least the minimum"), msg("{value} is under the minimum of {limit} of the policy")),
    "duplicate-number": Reason(msg("Number used once"), msg("to fix: number {value} stands twice for this client")),
    "due-before-issued": Reason(
        msg("Order of dates"), msg("to fix: the due date {value} is before the invoice date {limit}")
    ),
    "not-due": Reason(msg("Due date past"), msg("falls due on {value}")),
    "no-due-date": Reason(msg("Due date known"), msg("no due date")),
    "client-in-credit": Reason(
        msg("The client owes more than their credits"),
        msg("the client's credit notes and overpayments cover what is due"),
    ),
    "direct-debit": Reason(msg("Not by direct debit"), msg("collected by direct debit")),
    "handed-over": Reason(msg("Not handed over"), msg("handed over for recovery")),
    "disputed": Reason(msg("Not disputed"), msg("disputed by the client")),
    "on-hold": Reason(msg("Not on hold"), msg("on hold")),
    "promise-pending": Reason(
        msg("No promise pending"),
        msg_n(
            "promised for {value}, + {n} day for the transfer; waits until {until}",
            "promised for {value}, + {n} days for the transfer; waits until {until}",
            0,
        ),
    ),
    "unknown-policy": Reason(msg("Policy known"), msg("to fix: nobody defined a policy called “{value}”")),
    "never-chased": Reason(msg("Policy chases"), msg("never chased, under the policy “{value}”")),
    "ladder-done": Reason(msg("A step is left"), msg("every reminder was sent; a person decides what comes next")),
    "awaiting-confirmation": Reason(
        msg("Last draft confirmed"), msg("step {limit} was drafted on {value}; waits until somebody says it was sent")
    ),
    "draft-astray": Reason(
        msg("Drafts of invoices still there"),
        msg("a draft of {limit} names {value}, which is no longer in the workbook; waits until somebody settles it"),
    ),
    "last-reminder-unknown": Reason(
        msg("Last reminder dated"),
        msg_n(
            "{n} reminder was counted without its date: type it in the workbook",
            "{n} reminders were counted without dates: type the last one in the workbook",
            0,
        ),
    ),
    "reminder-in-future": Reason(
        msg("Reminders in the past"), msg("to fix: a reminder is dated {value}, in the future; waits until {until}")
    ),
    "delay": Reason(
        msg("Delay of the step"),
        msg_n("waits until {until}: {n} day after the due date", "waits until {until}: {n} days after the due date", 0),
    ),
    "spacing": Reason(
        msg("Since the last reminder"),
        msg_n(
            "waits until {until}: {n} day after the reminder of {value}",
            "waits until {until}: {n} days after the reminder of {value}",
            0,
        ),
    ),
    "deadline": Reason(msg("Deadline given"), msg("waits until {until}: the last letter gave until {value} to pay")),
    "client-gap": Reason(
        msg("Since the last message to the client"),
        msg_n(
            "waits until {until}: {n} day between two messages to the same client or address",
            "waits until {until}: {n} days between two messages to the same client or address",
            0,
        ),
    ),
    "not-a-sending-day": Reason(
        msg("A sending day"), msg("waits until {until}: no message at the week-end or on a public holiday")
    ),
}

PACE = frozenset({"delay", "spacing", "deadline", "client-gap"})
"""The reasons that are only a matter of days since something; of several, the longest is told."""

SETTLED = frozenset({"cancelled", "not-issued", "issued-later", "written-off", "credit-note", "paid", "nothing-due"})
"""The reasons that leave nothing to do."""


def say_reason(invoice: Invoice, decision: Decision) -> Message:
    """Why the invoice is, or is not, chased: one sentence, its dates and amounts as arguments."""
    rule = _rule_to_tell(decision)
    if decision.reason == "ready" and invoice.due_source is DueSource.ASSUMED:
        return msg("to be chased today; its due date {due} is assumed, the workbook has none", due=invoice.due)
    if decision.reason == "on-hold":
        return _say_hold(rule)
    if decision.reason == "not-due":
        return _say_not_due(invoice, decision)
    until = decision.next_date or rule.true_from
    if rule.code == "spacing" and rule.value == invoice.left_out_on:
        return _say_left_out(invoice, rule, until)
    return _fill(rule, invoice.currency, until)


def say_due(invoice: Invoice) -> date | Message | None:
    """The due date in a sentence, said to be assumed where it is."""
    if invoice.due and invoice.due_source is DueSource.ASSUMED:
        return msg("{day} (assumed)", day=invoice.due)
    return invoice.due


def _rule_to_tell(decision: Decision) -> Rule:
    """The rule that stops; among those that only count days, the one that lasts longest."""
    told: Rule | None = None
    for rule in decision.rules:
        if rule.ok:
            continue
        if told is None:
            told = rule if rule.code == decision.reason else None
        elif told.code not in PACE:
            break
        elif rule.code in PACE and rule.true_from and told.true_from and rule.true_from > told.true_from:
            told = rule
    return told or Rule(decision.reason, ok=True)


def label_of(code: str) -> Message:
    """The title of a rule, told so that "yes" lets the reminder go."""
    return REASONS[code].label


def _say_not_due(invoice: Invoice, decision: Decision) -> Message:
    """The due date, and the day of the first step where nothing but days is in its way."""
    if decision.next_date is None or any(not rule.ok and rule.true_from is None for rule in decision.rules):
        return msg("falls due on {value}", value=say_due(invoice))
    return msg("falls due on {value}; first step on {until}", value=say_due(invoice), until=decision.next_date)


def _say_left_out(invoice: Invoice, rule: Rule, until: date | None) -> Message:
    return msg_n(
        "waits until {until}: {n} day after step {step} was left out, on {value}",
        "waits until {until}: {n} days after step {step} was left out, on {value}",
        rule.limit if isinstance(rule.limit, int) else 0,
        step=invoice.skipped,
        value=rule.value,
        until=until,
    )


def _say_hold(rule: Rule) -> Message:
    if rule.value and rule.limit:
        return msg("on hold until {value}: {limit}", value=rule.value, limit=rule.limit)
    if rule.value:
        return msg("on hold until {value}", value=rule.value)
    return msg("on hold: {limit}", limit=rule.limit) if rule.limit else msg("on hold")


@lru_cache(maxsize=4096)
def _fill(rule: Rule, currency: str, until: date | None) -> Message:
    """The sentence of a rule; thousands of invoices wait for the same few days, and share it."""
    reason = REASONS[rule.code]

    def figure(value: object) -> object:
        return Money(value, currency) if isinstance(value, Decimal) else value

    args = {"value": figure(rule.value), "limit": figure(rule.limit), "until": until}
    if reason.text.plural:
        n = rule.limit if isinstance(rule.limit, int) else rule.value
        args["n"] = n if isinstance(n, int) else 0
    return replace(reason.text, args=args)

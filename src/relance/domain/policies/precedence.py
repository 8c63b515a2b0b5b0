"""The rules of `rules` and `pace` in order of precedence: the first that is not ok gives the reason."""

from __future__ import annotations

from collections.abc import Callable

from relance.domain.model import Rule, State
from relance.domain.policies.case import Case
from relance.domain.policies.pace import (
    astray,
    confirmation,
    deadline,
    delay,
    gap,
    ladder,
    last_known,
    last_past,
    sending_day,
    spacing,
)
from relance.domain.policies.rules import (
    chased,
    credit,
    direct_debit,
    dispute,
    due,
    due_known,
    handed_over,
    hold,
    minimum,
    nothing_due,
    number,
    order_of_dates,
    part_payment,
    payment_seen,
    policy_known,
    promise,
    received,
    status,
)

CASE_RULES: tuple[Callable[[Case], Rule], ...] = (
    nothing_due,
    received,
    status,
    payment_seen,
    part_payment,
    minimum,
    number,
    order_of_dates,
    due,
    due_known,
    credit,
    direct_debit,
    handed_over,
    dispute,
    hold,
    promise,
    policy_known,
    chased,
    ladder,
    confirmation,
    astray,
    last_known,
    last_past,
    delay,
    spacing,
    deadline,
    gap,
    sending_day,
)
"""After those of `claims`, in order of precedence."""

_SELDOM = frozenset(
    (
        received, status, payment_seen, part_payment, number, order_of_dates, credit, direct_debit, handed_over,
        dispute, hold, promise, policy_known, chased, confirmation, last_past,
    )
)  # fmt: skip
_PLAIN_RULES = tuple(rule_of for rule_of in CASE_RULES if rule_of not in _SELDOM)
_PLAIN_STATES = frozenset({State.OPEN, State.LATE, State.REMINDED})


def rules_for(case: Case) -> tuple[Callable[[Case], Rule], ...]:
    """The rules that can stop a case, in their order: of a plain one, as most are, less than half of them."""
    return _PLAIN_RULES if _is_plain(case) else CASE_RULES


def _is_plain(case: Case) -> bool:
    """Whether nothing is there of what the seldom rules look for; what they would say is then known."""
    invoice, facts = case.invoice, case.facts
    client, word = invoice.client, invoice.status
    if word is not None and word.state not in _PLAIN_STATES:
        return False
    if facts.doubled or facts.owes_from or facts.drafts or not case.policy.steps:
        return False
    if invoice.hold or invoice.promise or invoice.dispute or invoice.direct_debit or client.hold or client.direct_debit:
        return False
    if invoice.coming or invoice.unseen or not case.policy.known:
        return False
    if invoice.issued is not None and invoice.due is not None and invoice.due < invoice.issued:
        return False
    return not invoice.reminders or invoice.reminders[-1] <= facts.today

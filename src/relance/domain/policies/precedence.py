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

CALENDAR_RULES: tuple[Callable[[Case], Rule], ...] = (due, delay, spacing, deadline, gap, sending_day)
"""Those of `CASE_RULES` that a day makes true in any case, in their order."""

_PLAIN_STATES = (State.OPEN, State.LATE, State.REMINDED)


def is_plain(case: Case) -> bool:
    """Whether only the calendar can be in the way of a reminder, as it is of most: a claim with an amount nobody doubts
    and a step left to take, without a word of what any rule but `CALENDAR_RULES` looks for."""
    invoice = case.invoice
    if case.step is None or invoice.due is None or (case.level and case.last is None):
        return False
    if invoice.status is not None and invoice.status.state not in _PLAIN_STATES:
        return False
    if invoice.balance is not None and invoice.balance != case.owed:
        return False
    if invoice.hold or invoice.promise or invoice.dispute or invoice.direct_debit or invoice.coming or invoice.unseen:
        return False
    if invoice.issued is not None and invoice.due < invoice.issued:
        return False
    if invoice.reminders and invoice.reminders[-1] > case.facts.today:
        return False
    return _is_plain_client(case) and case.owed > case.policy.tolerance and case.owed >= case.policy.minimum


def _is_plain_client(case: Case) -> bool:
    """Whether nothing about the client, the policy or the sheet as a whole waits for a person."""
    client, facts = case.invoice.client, case.facts
    if client.hold or client.direct_debit or case.policy.max_reminders is not None:
        return False
    return not (facts.doubled or facts.owes_from or facts.drafts or facts.astray)

"""The pace of the ladder: whether a step is left, whether the one before it is known to have gone out, and the days
that must pass before the next. Each turns one case into one `Rule`.

It must not look beyond its case; what concerns the client as a whole is in `Facts`.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from relance.dates import DAY
from relance.domain.model import Rule
from relance.domain.policies.case import Case, days_after
from relance.domain.policies.claims import passes, stops
from relance.domain.policies.facts import is_pending

_DRAFT = passes("awaiting-confirmation")
_ASTRAY = passes("draft-astray")
_LAST = passes("last-reminder-unknown")
_FUTURE = passes("reminder-in-future")
_DELAY = passes("delay")
_SPACING = passes("spacing")
_DEADLINE = passes("deadline")
_GAP = passes("client-gap")


def ladder(case: Case) -> Rule:
    """No step is left, or the most reminders were sent: a person decides what comes next."""
    most = case.policy.max_reminders
    if most is not None and case.level >= most:
        return stops("ladder-done", case.level, most)
    return Rule("ladder-done", case.step is not None or not case.policy.steps, case.level, case.policy.last)


def confirmation(case: Case) -> Rule:
    """A draft of ours is not known to have been sent: nothing escalates before that."""
    drafts = case.facts.drafts and case.facts.drafts.get((case.invoice.client.key, case.invoice.number))
    if not drafts:
        return _DRAFT
    last = case.policy.last
    pending = [draft for draft in drafts if is_pending(draft, case.invoice, repeated=draft.step >= last)]
    return stops("awaiting-confirmation", pending[-1].on, pending[-1].step) if pending else _DRAFT


def astray(case: Case) -> Rule:
    """A draft to this client waits, of an invoice that the workbook no longer has. This one may be that debt under
    another number, where it was issued by then and does not show the step: its reminder would go out twice."""
    invoice = case.invoice
    for draft in case.facts.astray.get(invoice.client.key, ()) if case.facts.astray else ():
        if case.level < draft.step and (invoice.issued is None or invoice.issued <= draft.on):
            return stops("draft-astray", draft.number, draft.on)
    return _ASTRAY


def last_known(case: Case) -> Rule:
    """Reminders were counted and none is dated: nobody knows whether the last one was yesterday."""
    return stops("last-reminder-unknown", case.level) if case.level and case.last is None else _LAST


def last_past(case: Case) -> Rule:
    """A reminder dated in the future is a slip; until it is mended, or past, nothing leaves."""
    dates = case.invoice.reminders
    if not dates or dates[-1] <= case.facts.today:
        return _FUTURE
    return Rule("reminder-in-future", ok=False, value=dates[-1], limit=case.facts.today, true_from=dates[-1])


def delay(case: Case) -> Rule:
    """The due date and the step's delay."""
    day, step = case.invoice.due, case.step
    if day is None or step is None:
        return _DELAY
    return days_after("delay", case.facts.today, day, step.after_days)


def spacing(case: Case) -> Rule:
    """The last reminder and the days between its step and this one, so that a late one does not squeeze the next."""
    if case.last is None or case.step is None:
        return _SPACING
    return days_after("spacing", case.facts.today, case.last, case.policy.spacing(case.level))


def deadline(case: Case) -> Rule:
    """The time to pay that the last letter gave; a step left out gave none."""
    level, last, invoice = case.level, case.last, case.invoice
    if invoice.left_out_on:
        level, last = invoice.reminded, invoice.reminders[-1] if invoice.reminders else None
    step = case.policy.step(level) if last and level else None
    if step is None or last is None or not step.deadline_days:
        return _DEADLINE
    return _time_to_pay(case.facts.today, last, step.deadline_days)


@lru_cache(maxsize=65536)
def _time_to_pay(today: date, given_on: date, days: int) -> Rule:
    """The rule of a deadline, shared by the many invoices to which it was given on the same day."""
    end = given_on + days * DAY
    return Rule("deadline", today > end, end, days, end + DAY)


def gap(case: Case) -> Rule:
    """The last message to this client about any invoice, settled ones included, or to another client at the same
    e-mail address, and the policy's least gap."""
    contact = case.facts.contacts.get(case.invoice.client.key)
    if contact is None:
        return _GAP
    return days_after("client-gap", case.facts.today, contact, case.policy.gap_days)


def sending_day(case: Case) -> Rule:
    """No message leaves at the week-end or on a public holiday."""
    return case.facts.leaves_today

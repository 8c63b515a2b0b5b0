"""The rules a reminder must pass, in order of precedence: each turns one case into one `Rule`.

The first rule that is not ok gives the reason. A rule whose `true_from` is None can only be changed by a person. It
must not look beyond its case; what concerns the client as a whole is in `Facts`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from relance.dates import DAY
from relance.domain.model import Invoice, Rule, State
from relance.domain.owed import disputed
from relance.domain.policies.claims import passes, stops
from relance.domain.policies.facts import Facts, is_pending
from relance.domain.policies.policy import Policy, Step


class Case(Struct, frozen=True, gc=False):
    """One invoice before its rules: what is owed, the level reached, the step that would follow it, and the day of the
    last reminder (None when none was sent or nobody knows when)."""

    invoice: Invoice
    policy: Policy
    facts: Facts
    owed: Decimal
    level: int
    step: Step | None
    last: date | None


_STATUS = passes("status-disagrees")
_PART = passes("part-payment-unknown")
_SEEN = passes("payment-missing")
_RECEIVED = passes("payment-in-future")
_NUMBER = passes("duplicate-number")
_ORDER = passes("due-before-issued")
_CREDIT = passes("client-in-credit")
_DEBIT = passes("direct-debit")
_HANDED = passes("handed-over")
_DISPUTE = passes("disputed")
_HOLD = passes("on-hold")
_PROMISE = passes("promise-pending")
_POLICY = passes("unknown-policy")
_CHASED = passes("never-chased")
_DRAFT = passes("awaiting-confirmation")
_ASTRAY = passes("draft-astray")
_LAST = passes("last-reminder-unknown")
_FUTURE = passes("reminder-in-future")
_DELAY = passes("delay")
_SPACING = passes("spacing")
_DEADLINE = passes("deadline")
_GAP = passes("client-gap")


def status(case: Case) -> Rule:
    """The status says paid, the payments say not all of it."""
    word = case.invoice.status
    if word is None or word.state is not State.PAID or case.owed - case.invoice.coming <= case.policy.tolerance:
        return _STATUS
    return stops("status-disagrees", word.word or "paid", case.owed)


def payment_seen(case: Case) -> Rule:
    """The journal knows of a payment that the sheet, restored or retyped since, does not show."""
    return stops("payment-missing", case.invoice.unseen) if case.invoice.unseen else _SEEN


def received(case: Case) -> Rule:
    """A payment is dated after today, by a slip or because it is expected: it is not received, nor asked for."""
    invoice = case.invoice
    if not invoice.coming:
        return _RECEIVED
    last = max(payment.on for payment in invoice.payments if payment.on)
    return Rule("payment-in-future", ok=False, value=invoice.coming, limit=last, true_from=last)


def part_payment(case: Case) -> Rule:
    """The status says partly paid, and no column says how much."""
    invoice = case.invoice
    if invoice.status is None or invoice.status.state is not State.PARTIAL:
        return _PART
    if invoice.payments or invoice.deposit or invoice.credits or invoice.balance is not None:
        return _PART
    return stops("part-payment-unknown", invoice.status.word)


def nothing_due(case: Case) -> Rule:
    """What is left is not worth a message."""
    return Rule("nothing-due", case.owed > case.policy.tolerance, case.owed, case.policy.tolerance)


def minimum(case: Case) -> Rule:
    """What is left is under the policy's minimum."""
    return Rule("below-minimum", case.owed >= case.policy.minimum, case.owed, case.policy.minimum)


def number(case: Case) -> Rule:
    """The same number stands twice for the same client: nobody knows which row is the debt."""
    invoice = case.invoice
    if not case.facts.doubled or (invoice.client.key, invoice.number) not in case.facts.doubled:
        return _NUMBER
    return stops("duplicate-number", invoice.number)


def order_of_dates(case: Case) -> Rule:
    """A due date before the invoice date: one of the two is a slip, often of the year."""
    invoice = case.invoice
    if invoice.due is None or invoice.issued is None or invoice.due >= invoice.issued:
        return _ORDER
    return stops("due-before-issued", invoice.due, invoice.issued)


def due(case: Case) -> Rule:
    """Late from the day after the due date; a courtesy note leaves before it."""
    day = case.invoice.due
    if day is None or (case.step is not None and case.step.number == 0):
        return Rule("not-due", ok=True, value=day)
    return Rule("not-due", case.facts.today > day, day, case.facts.today, day + DAY)


def due_known(case: Case) -> Rule:
    """Without a due date nobody is late. The limit tells where the date comes from: sheet, terms or assumed."""
    invoice = case.invoice
    return Rule("no-due-date", invoice.due is not None, invoice.due, invoice.due_source if invoice.due else None)


def credit(case: Case) -> Rule:
    """The client's credit notes and overpayments cover what is overdue."""
    key = (case.invoice.client.key, case.invoice.currency)
    if not case.facts.owes_from or key not in case.facts.owes_from:
        return _CREDIT
    day = case.facts.owes_from[key]
    return Rule("client-in-credit", day is not None and case.facts.today >= day, None, None, day)


def direct_debit(case: Case) -> Rule:
    """The bank collects it; nobody is asked to pay."""
    word = case.invoice.status
    if word and word.state is State.DIRECT_DEBIT:
        return stops("direct-debit", word.word)
    said = case.invoice.direct_debit or case.invoice.client.direct_debit
    return stops("direct-debit", said) if said else _DEBIT


def handed_over(case: Case) -> Rule:
    """A lawyer, a commissaire de justice or an agency has it."""
    word = case.invoice.status
    return stops("handed-over", word.word) if word and word.state is State.HANDED_OVER else _HANDED


def dispute(case: Case) -> Rule:
    """Contested as a whole; when only a part is, the rest is chased."""
    invoice = case.invoice
    if invoice.dispute is None and (invoice.status is None or invoice.status.state is not State.DISPUTED):
        return _DISPUTE
    part = disputed(invoice)
    return Rule("disputed", case.owed - part > case.policy.tolerance, part, case.owed)


def hold(case: Case) -> Rule:
    """Somebody asked not to chase this invoice or this client; the limit is the reason given."""
    invoice = case.invoice
    mine, whole = invoice.hold, invoice.client.hold
    if mine is None and whole is None:
        word = invoice.status
        return stops("on-hold", None, word.word) if word and word.state is State.ON_HOLD else _HOLD
    holds = [hold for hold in (mine, whole) if hold]
    reason = next((hold.reason for hold in holds if hold.reason), None)
    days = [hold.until for hold in holds if hold.until]
    if len(days) < len(holds):
        return stops("on-hold", None, reason)
    last = max(days)
    return Rule("on-hold", case.facts.today > last, last, reason, last + DAY)


def promise(case: Case) -> Rule:
    """A payment was promised for a day that is not past, with the days a transfer takes."""
    day = case.invoice.promise
    if day is None:
        return _PROMISE
    grace = case.policy.promise_grace_days
    return _from("promise-pending", case, day + timedelta(grace + 1), (day, grace))


def policy_known(case: Case) -> Rule:
    """The workbook names a policy that nobody defined: a wish that cannot be understood stops."""
    return _POLICY if case.policy.known else stops("unknown-policy", case.policy.name)


def chased(case: Case) -> Rule:
    """The policy is not to chase."""
    return _CHASED if case.policy.steps or not case.policy.known else stops("never-chased", case.policy.name)


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
    return _from("delay", case, day + timedelta(step.after_days), (day, step.after_days))


def spacing(case: Case) -> Rule:
    """The last reminder and the days between its step and this one, so that a late one does not squeeze the next."""
    if case.last is None or case.step is None:
        return _SPACING
    days = case.policy.spacing(case.level)
    return _from("spacing", case, case.last + timedelta(days), (case.last, days))


def deadline(case: Case) -> Rule:
    """The time to pay that the last letter gave; a step left out gave none."""
    level, last, invoice = case.level, case.last, case.invoice
    if invoice.left_out_on:
        level, last = invoice.reminded, invoice.reminders[-1] if invoice.reminders else None
    step = case.policy.step(level) if last and level else None
    if step is None or last is None or not step.deadline_days:
        return _DEADLINE
    end = last + timedelta(step.deadline_days)
    return _from("deadline", case, end + DAY, (end, step.deadline_days))


def gap(case: Case) -> Rule:
    """The last message to this client about any invoice, settled ones included, or to another client at the same
    e-mail address, and the policy's least gap."""
    contact = case.facts.contacts.get(case.invoice.client.key)
    if contact is None:
        return _GAP
    return _from("client-gap", case, contact + timedelta(case.policy.gap_days), (contact, case.policy.gap_days))


def sending_day(case: Case) -> Rule:
    """No message leaves at the week-end or on a public holiday."""
    return case.facts.leaves_today


def _from(code: str, case: Case, day: date, figures: tuple[date, int]) -> Rule:
    """A rule that a day makes true: ok from `day` on; the figures are the date counted from and the days counted."""
    return Rule(code, case.facts.today >= day, figures[0], figures[1], day)


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
"""The others, in order of precedence."""

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

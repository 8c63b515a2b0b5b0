"""The stops of a debt: what in the row, or in what is known of the client, keeps a reminder from leaving at all. Each
turns one case into one `Rule`.

A rule whose `true_from` is None can only be changed by a person. It must not look beyond its case; what concerns the
client as a whole is in `Facts`.
"""

from __future__ import annotations

from relance.dates import DAY
from relance.domain.model import Rule, State
from relance.domain.owed import disputed
from relance.domain.policies.case import Case
from relance.domain.policies.claims import passes, stops

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
    last = day + grace * DAY
    return Rule("promise-pending", case.facts.today > last, day, grace, last + DAY)


def policy_known(case: Case) -> Rule:
    """The workbook names a policy that nobody defined: a wish that cannot be understood stops."""
    return _POLICY if case.policy.known else stops("unknown-policy", case.policy.name)


def chased(case: Case) -> Rule:
    """The policy is not to chase."""
    return _CHASED if case.policy.steps or not case.policy.known else stops("never-chased", case.policy.name)

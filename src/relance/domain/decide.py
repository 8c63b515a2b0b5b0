"""Invoices and policies -> what to do about each invoice today, and why.

A fold over `rules.RULES`. The step to take is the one after the level reached, never skipped, one at a time, however
late it is. It must not know how a decision is shown or carried out.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from relance.dates import SendingCalendar
from relance.domain.facts import Facts, gather_facts
from relance.domain.model import Action, Channel, Decision, DueSource, Invoice, Ledger, Rule
from relance.domain.owed import owed
from relance.domain.policy import Policy, PolicySet, Step
from relance.domain.rules import RULES, Case, due_known

READY = "ready"
_WRITTEN = frozenset({Channel.EMAIL, Channel.EMAIL_CALL})
_WAITS_FOR_A_PERSON = frozenset({"awaiting-confirmation"})


def decide_all(ledger: Ledger, policies: PolicySet, calendar: SendingCalendar, today: date) -> tuple[Decision, ...]:
    """One decision per invoice, in the ledger's order. A decision keeps only the rule that stopped it (or the note
    that its due date is assumed); `explain` gives them all."""
    facts = gather_facts(ledger, calendar, today)
    return tuple([_decide(invoice, policies.policy_for(invoice), facts) for invoice in ledger.invoices])


def explain(invoice: Invoice, ledger: Ledger, policies: PolicySet, calendar: SendingCalendar, today: date) -> Decision:
    """The same decision with every rule evaluated: its value, its limit and the first day on which it becomes true."""
    return _decide(invoice, policies.policy_for(invoice), gather_facts(ledger, calendar, today), full=True)


def _decide(invoice: Invoice, policy: Policy, facts: Facts, *, full: bool = False) -> Decision:
    amount = owed(invoice)
    level = invoice.level
    note = _courtesy(invoice, policy, facts) if level == 0 else None
    decision = _judge(_case(invoice, policy, facts, amount, note or policy.step_after(level)), full=full)
    if note and invoice.due and decision.next_date and decision.next_date > invoice.due:
        return _judge(_case(invoice, policy, facts, amount, policy.step(1)), full=full)
    return decision


def _case(invoice: Invoice, policy: Policy, facts: Facts, amount: Decimal, step: Step | None) -> Case:
    level = invoice.level
    last = invoice.reminders[-1] if invoice.reminders else None
    if level and last is None and policy.assume_schedule and invoice.due:
        taken = policy.step(min(level, policy.last))
        last = invoice.due + timedelta(taken.after_days) if taken else None
    return Case(invoice, policy, facts, amount, level, step, last)


def _courtesy(invoice: Invoice, policy: Policy, facts: Facts) -> Step | None:
    """The courtesy note, where the policy has one and its time is not past nor its draft made."""
    step = policy.step(0)
    if step is None or invoice.due is None or facts.today > invoice.due:
        return None
    drafts = facts.drafts.get((invoice.client.key, invoice.number), ())
    return None if any(draft.step == 0 for draft in drafts) else step


def _judge(case: Case, *, full: bool) -> Decision:
    """Folds the rules: the first that fails is the reason, and the days they name give the next date. Without `full`
    it stops as soon as nothing can change the answer."""
    first: Rule | None = None
    seen: list[Rule] = []
    until: date | None = None
    blocked = False
    for rule_of in RULES:
        rule = rule_of(case)
        if full:
            seen.append(rule)
        if rule.ok:
            continue
        first = first or rule
        if rule.true_from is None:
            blocked = True
            if not full:
                break
        elif not blocked and (until is None or rule.true_from > until):
            until = rule.true_from
    if first is None:
        return _chase(case, tuple(seen))
    if until is not None and not blocked:
        until = case.facts.sending_day(until)
    return _hold_back(case, first, until, tuple(seen) or (first,))


def _chase(case: Case, rules: tuple[Rule, ...]) -> Decision:
    step = case.step
    if step is None:  # the ladder rule stops every invoice without a step, except under a policy without steps
        raise AssertionError(case)
    if not rules and case.invoice.due_source is DueSource.ASSUMED:
        rules = (due_known(case),)
    return Decision(action=Action.CHASE, reason=READY, step=step.number, channel=_channel(case, step), rules=rules)


def _hold_back(case: Case, first: Rule, until: date | None, rules: tuple[Rule, ...]) -> Decision:
    if until is None and first.code not in _WAITS_FOR_A_PERSON:
        return Decision(action=Action.STOP, reason=first.code, rules=rules)
    step = case.step
    return Decision(
        action=Action.WAIT,
        reason=first.code,
        step=step.number if step else None,
        channel=_channel(case, step) if step else None,
        next_date=until,
        rules=rules,
    )


def _channel(case: Case, step: Step) -> Channel:
    """The step's channel; a client without e-mail address is called."""
    return Channel.CALL if step.channel in _WRITTEN and not case.invoice.client.email else step.channel

"""Invoices and policies -> what to do about each invoice today, and why.

A fold over the rules of `claims`, then those of `precedence`. The step to take is the one after the level reached,
never skipped, one at a time, however late it is. It must not know how a decision is shown or carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from relance.dates import SendingCalendar
from relance.domain.model import Action, Channel, Decision, DueSource, Invoice, Ledger, Rule, State
from relance.domain.owed import owed
from relance.domain.policies.case import Case
from relance.domain.policies.claims import CLAIM_RULES
from relance.domain.policies.facts import Facts, gather_facts
from relance.domain.policies.policy import Policy, PolicySet, Step
from relance.domain.policies.precedence import CALENDAR_RULES, CASE_RULES, is_plain
from relance.domain.policies.rules import due_known
from relance.domain.settled import Invoices
from relance.money import ZERO

READY = "ready"
_CHASE, _WAIT = Action.CHASE, Action.WAIT  # by its name a member costs more than what is done with it here
_WRITTEN = frozenset({Channel.EMAIL, Channel.EMAIL_CALL})
_WAITS_FOR_A_PERSON = frozenset({"awaiting-confirmation", "draft-astray"})


def decide_all(ledger: Ledger, policies: PolicySet, calendar: SendingCalendar, today: date) -> tuple[Decision, ...]:
    """One decision per invoice, in the ledger's order. A decision keeps only the rule that stopped it, and the one that
    only a person can lift or else lasts longest (or the note that its due date is assumed); `explain` gives them
    all."""
    invoices = Invoices.of(ledger.invoices)
    rows = invoices.owing
    facts = gather_facts(ledger, rows, calendar, today)
    decisions = [_PAID] * len(invoices)
    for (position, _), (invoice, amount) in zip(invoices.unsettled, rows, strict=True):
        if amount or not _is_plainly_paid(invoice):
            decisions[position] = _decide(_case(invoice, amount, policies.policy_for(invoice), facts), _judge)
    for position, invoice in _second_in_mailbox(invoices, decisions, facts):
        policy = policies.policy_for(invoice)
        decisions[position] = _wait_for_mailbox(decisions[position], policy, facts, full=False)
    return tuple(decisions)


def explain(invoice: Invoice, ledger: Ledger, policies: PolicySet, calendar: SendingCalendar, today: date) -> Decision:
    """The same decision with every rule evaluated: its value, its limit and the first day on which it becomes true."""
    facts = gather_facts(ledger, Invoices.of(ledger.invoices).owing, calendar, today)
    decision = _decide(_case(invoice, owed(invoice), policies.policy_for(invoice), facts), _judge_fully)
    if decision.action is not Action.CHASE or invoice.client.key not in facts.mailboxes:
        return decision
    decided = decide_all(ledger, policies, calendar, today)
    unsettled = Invoices.of(ledger.invoices).unsettled
    if any(other == invoice and decided[at].action is Action.CHASE for at, other in unsettled):
        return decision
    return _wait_for_mailbox(decision, policies.policy_for(invoice), facts, full=True)


def _second_in_mailbox(invoices: Invoices, decisions: list[Decision], facts: Facts) -> list[tuple[int, Invoice]]:
    """Of clients with the same e-mail address, the one whose step weighs most is written to today; what is ready of the
    others, with its position."""
    if not facts.mailboxes:
        return []
    ready: dict[str, dict[str, list[tuple[int, Invoice]]]] = {}
    for position, invoice in invoices.unsettled:
        box = facts.mailboxes.get(invoice.client.key)
        if box and decisions[position].action is Action.CHASE:
            ready.setdefault(box, {}).setdefault(invoice.client.key, []).append((position, invoice))
    later: list[tuple[int, Invoice]] = []
    for clients in ready.values():
        ranked = sorted(clients.values(), key=lambda rows: -max(decisions[position].step or 0 for position, _ in rows))
        later += [row for rows in ranked[1:] for row in rows]
    return later


def _wait_for_mailbox(decision: Decision, policy: Policy, facts: Facts, *, full: bool) -> Decision:
    """The decision of an invoice that is ready, when another client with the same address is written to today."""
    days = max(1, policy.gap_days)
    rule = Rule("client-gap", ok=False, value=facts.today, limit=days, true_from=facts.today + timedelta(days))
    rules = [rule if other.code == rule.code else other for other in decision.rules] if full else [rule]
    until = facts.sending_day(facts.today + timedelta(days))
    return replace(decision, action=Action.WAIT, reason=rule.code, next_date=until, rules=tuple(rules))


_PAID = Decision(action=Action.STOP, reason="paid", rules=(Rule("paid", ok=False, value=ZERO, limit=ZERO),))


def _is_plainly_paid(invoice: Invoice) -> bool:
    """Nothing in a row on which nothing is owed says otherwise: the many rows of past years, decided at a glance."""
    status = invoice.status
    return (
        not invoice.ahead
        and not invoice.balance
        and not invoice.is_credit_note
        and (status is None or status.state is State.PAID)
    )


def _decide(case: Case, judge: Callable[[Case], Decision]) -> Decision:
    decision = judge(case)
    later = _after_courtesy(case, decision)
    return judge(later) if later else decision


def _case(invoice: Invoice, amount: Decimal, policy: Policy, facts: Facts) -> Case:
    level = invoice.level
    last = invoice.reminders[-1] if invoice.reminders else None
    if invoice.skipped_on:
        last = max(last or invoice.skipped_on, invoice.skipped_on)
    if level == 0:
        return Case(invoice, policy, facts, amount, level, _first_step(invoice, policy, facts), last)
    if last is None and policy.assume_schedule and invoice.due:
        taken = policy.step(min(level, policy.last))
        last = invoice.due + timedelta(taken.after_days) if taken else None
    return Case(invoice, policy, facts, amount, level, policy.step_after(level), last)


def _first_step(invoice: Invoice, policy: Policy, facts: Facts) -> Step | None:
    """Step 1, or the courtesy note where the policy has one, its time is not past and its draft is not made."""
    courtesy = policy.step(0)
    if courtesy is None or invoice.due is None or facts.today > invoice.due:
        return policy.step(1)
    drafts = facts.drafts.get((invoice.client.key, invoice.number), ())
    return policy.step(1) if any(draft.step == 0 for draft in drafts) else courtesy


def _after_courtesy(case: Case, decision: Decision) -> Case | None:
    """The case with step 1, where the courtesy note could only leave after the due date."""
    if case.step is None or case.step.number or not decision.next_date:
        return None
    due = case.invoice.due
    return replace(case, step=case.policy.step(1)) if due and decision.next_date > due else None


def _judge(case: Case) -> Decision:
    """The decision with the rules that tell it: of a plain case only those of the calendar are asked."""
    if is_plain(case):
        return _conclude(case, [rule for rule_of in CALENDAR_RULES if not (rule := rule_of(case)).ok])
    for claim_rule in CLAIM_RULES:
        rule = claim_rule(case.invoice, case.owed)
        if not rule.ok:
            return Decision(action=Action.STOP, reason=rule.code, rules=(rule,))
    return _conclude(case, [rule for rule_of in CASE_RULES if not (rule := rule_of(case)).ok])


def _judge_fully(case: Case) -> Decision:
    """The same decision with every rule."""
    claim = [rule_of(case.invoice, case.owed) for rule_of in CLAIM_RULES]
    rules = (*claim, *[rule_of(case) for rule_of in CASE_RULES])
    broken = next((rule for rule in claim if not rule.ok), None)
    if broken:
        return Decision(action=Action.STOP, reason=broken.code, rules=rules)
    return _conclude(case, [rule for rule in rules if not rule.ok], rules)


def _conclude(case: Case, failing: Sequence[Rule], rules: tuple[Rule, ...] = ()) -> Decision:
    """What the rules that fail come to, in their order: the first is the reason, and the days they name give the next
    date. Where not all `rules` are told, those are that stopped it and that only a person can lift or lasts longest."""
    if not failing:
        return _chase(case, rules)
    until, last = None, failing[0]
    for rule in failing:
        if rule.true_from is None:  # only a person can lift it: nothing after it changes the answer
            last = rule
            break
        if until is None or rule.true_from > until:
            until, last = rule.true_from, rule
    else:
        until = case.facts.sending_day(until) if until else None
    told = (failing[0],) if last is failing[0] else (failing[0], last)
    return _hold_back(case, failing[0], until, rules or told)


def _chase(case: Case, rules: tuple[Rule, ...]) -> Decision:
    step = case.step
    if step is None:  # impossible: the ladder and the policy rules stop what has no step
        raise AssertionError(case)
    if not rules and case.invoice.due_source is DueSource.ASSUMED:
        rules = (due_known(case),)
    return Decision(action=_CHASE, reason=READY, step=step.number, channel=_channel(case, step), rules=rules)


def _hold_back(case: Case, first: Rule, until: date | None, rules: tuple[Rule, ...]) -> Decision:
    if until is None and first.code not in _WAITS_FOR_A_PERSON:
        return Decision(action=Action.STOP, reason=first.code, rules=rules)
    step = case.step
    return Decision(
        action=_WAIT,
        reason=first.code,
        step=step.number if step else None,
        channel=_channel(case, step) if step else None,
        next_date=until,
        rules=rules,
    )


def _channel(case: Case, step: Step) -> Channel:
    """The step's channel; a client without e-mail address is called."""
    return step.channel if case.invoice.client.email or step.channel not in _WRITTEN else Channel.CALL

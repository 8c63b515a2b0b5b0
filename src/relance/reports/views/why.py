"""relance why: every rule for one invoice, its inputs, its result, the first date on which it becomes true."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from relance.domain.day import Day
from relance.domain.model import Action, Credit, Decision, Invoice, Rule, SetAside
from relance.domain.owed import owed
from relance.domain.policies.reasons import REASONS, UNREADABLE, label_of, say_due, say_reason
from relance.errors import Message, Problem, msg
from relance.money import ZERO, Money
from relance.reports.view import Column, Facts, Line, Section, Table, Tone, View
from relance.reports.views.check import problem_table
from relance.reports.views.invoices import decision_data, invoice_data, said_today
from relance.reports.views.why_rules import show_rule

_TONES = {Action.CHASE: Tone.WARNING, Action.WAIT: Tone.NOTICE, Action.STOP: Tone.GOOD}


def why_view(day: Day, invoice: Invoice, decision: Decision, problems: tuple[Problem, ...]) -> View:
    """One invoice with all its rules in their order of precedence; `problems` are those of its own row."""
    return View(
        command="why",
        title=msg("{number} · {client}", number=invoice.number, client=invoice.client.shown),
        data=lambda: {
            "number": invoice.number,
            "rules": [_rule_data(rule) for rule in decision.rules],
            "decision": decision_data(decision),
            "invoice": invoice_data(day, invoice, decision),
        },
        sections=lambda: _sections(day, invoice, decision, problems),
        problems=problems,
    )


def set_aside_view(row: SetAside) -> View:
    """A row that cannot be read with certainty: what is wrong in which cell; it is never chased until mended."""
    reason = row.problems[0].code if row.problems and row.problems[0].code in REASONS else UNREADABLE
    told = replace(REASONS[reason].text, args={"value": row.number})
    decision = {"action": Action.STOP, "step": None, "channel": None, "reason": reason, "next_date": None}
    return View(
        command="why",
        title=msg("{number} · {client}", number=row.number, client=row.client),
        data=lambda: {"number": row.number, "rules": [], "decision": decision, "invoice": None},
        sections=lambda: (
            Line(msg("Not chased: {reason}", reason=told), Tone.WARNING),
            problem_table(row.problems),
        ),
        problems=row.problems,
    )


def credit_view(credit: Credit, invoice: Invoice) -> View:
    """A credit note that names an invoice: no claim of its own, it reduces that one."""
    decision = {"action": Action.STOP, "step": None, "channel": None, "reason": "credit-note", "next_date": None}
    amount = Money(credit.amount, invoice.currency)
    return View(
        command="why",
        title=msg("{number} · {client}", number=credit.number, client=invoice.client.shown),
        data=lambda: {"number": credit.number, "rules": [], "decision": decision, "invoice": None},
        sections=lambda: (
            Line(
                msg(
                    "credit note {number}: {amount} off invoice {invoice}",
                    number=credit.number, amount=amount, invoice=invoice.number,
                )
            ),
            Line(msg("It is no claim: it reduces what is owed on that invoice."), Tone.FAINT),
        ),
    )  # fmt: skip


def _rule_data(rule: Rule) -> dict[str, Any]:
    return {"code": rule.code, "ok": rule.ok, "value": rule.value, "limit": rule.limit, "true_from": rule.true_from}


def _sections(day: Day, invoice: Invoice, decision: Decision, problems: tuple[Problem, ...]) -> tuple[Section, ...]:
    return (
        Line(msg("{reason}.", reason=_conclusion(day, invoice, decision)), _TONES[decision.action]),
        _amounts(day, invoice),
        _rules(day, invoice, decision),
        *(Line(problem.message, Tone.WARNING) for problem in problems),
    )


def _conclusion(day: Day, invoice: Invoice, decision: Decision) -> Message:
    if decision.action is Action.CHASE:
        return msg("Today, {decision}", decision=said_today(day, invoice, decision))
    if decision.action is Action.WAIT and decision.next_date:
        reason = say_reason(invoice, decision)
        if "until" in reason.args:
            return msg("Not today: {reason}", reason=reason)
        return msg("Not today: {reason}; to be looked at again on {day}", reason=reason, day=decision.next_date)
    return msg("Not chased: {reason}", reason=say_reason(invoice, decision))


def _amounts(day: Day, invoice: Invoice) -> Facts:
    """The open amount as it is made, and where it stands in the workbook."""
    currency = invoice.currency
    figures: list[tuple[Message, Any, Tone]] = [(msg("amount incl. tax"), Money(invoice.total, currency), Tone.PLAIN)]
    parts = (
        (msg("deposit"), invoice.deposit),
        (msg("payments"), invoice.received),
        (msg("credit notes"), invoice.credited),
        (msg("guarantee retained"), invoice.retained),
    )
    figures += [(label, Money(-amount, currency), Tone.PLAIN) for label, amount in parts if amount]
    figures.append((msg("open"), Money(owed(invoice), currency), Tone.PLAIN))
    figures.append((msg("due date"), say_due(invoice), Tone.PLAIN))
    if owed(invoice) > ZERO and (late := invoice.days_late(day.today)):
        figures.append((msg("days late"), late, Tone.WARNING))
    figures.append((msg("level reached"), invoice.level, Tone.PLAIN))
    if invoice.reminders:
        figures.append((msg("reminders of"), invoice.reminders, Tone.PLAIN))
    if invoice.status:
        figures.append((msg("status in the workbook"), invoice.status.word, Tone.PLAIN))
    if invoice.surcharge is not None:
        figures.append((msg("late fees in the workbook"), Money(invoice.surcharge, currency), Tone.PLAIN))
    if invoice.comment:
        figures.append((msg("comment"), invoice.comment, Tone.PLAIN))
    figures.append((msg("where"), str(invoice.where), Tone.PLAIN))
    return Facts(items=tuple(figures))


def _rules(day: Day, invoice: Invoice, decision: Decision) -> Table:
    columns = (
        Column("rule", msg("rule")),
        Column("ok", msg("holds")),
        Column("value", msg("found")),
        Column("limit", msg("compared with")),
        Column("true_from", msg("holds from")),
        Column("code", msg("code"), fold=True),
    )
    rows = tuple(
        (
            label_of(rule.code),
            msg("yes") if rule.ok else msg("no"),
            *show_rule(rule, invoice, day.today),
            rule.true_from,
            rule.code,
        )
        for rule in decision.rules
    )
    tones = tuple(Tone.PLAIN if rule.ok else Tone.WARNING for rule in decision.rules)
    return Table(title=msg("Rules, in their order"), columns=columns, rows=rows, tones=tones, export=True)

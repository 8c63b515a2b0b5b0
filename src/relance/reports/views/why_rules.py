"""The figures of a rule as a reader compares them: dates with dates, amounts with amounts, each with its unit.

The machine values of the JSON contract stay those of the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.model import DueSource, Invoice, Rule
from relance.domain.policies.reasons import say_due
from relance.errors import Message, msg, msg_n
from relance.money import Money
from relance.reports.views.invoices import DUE_SOURCES

Shown = tuple[Any, Any]
"""What was found, and what it is compared with."""


def show_rule(rule: Rule, invoice: Invoice, today: date) -> Shown:
    """The two figures of a rule, as people compare them; None for nothing."""
    if rule.value is None and rule.limit is None:
        return None, None
    show = _SHOWN.get(rule.code)
    if show is not None:
        return show(rule, invoice, today)
    return _figure(rule.value, invoice), _figure(rule.limit, invoice)


def _figure(value: Any, invoice: Invoice) -> Any:
    return Money(value, invoice.currency) if isinstance(value, Decimal) else value


def _counted_days(rule: Rule, _: Invoice, today: date) -> Shown:
    """A day and the days counted from it, against today."""
    if not rule.limit:
        return rule.value, today
    counted = msg_n("{day} + {n} day", "{day} + {n} days", _whole(rule.limit), day=rule.value)
    return counted, today


def _since_last(rule: Rule, invoice: Invoice, today: date) -> Shown:
    """The last reminder and the days counted from it; or the day on which a step was left out."""
    if rule.limit and rule.value == invoice.left_out_on:
        left_out = msg_n(
            "step {step} left out on {day} + {n} day",
            "step {step} left out on {day} + {n} days",
            _whole(rule.limit),
            step=invoice.skipped,
            day=rule.value,
        )
        return left_out, today
    return _counted_days(rule, invoice, today)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _above(rule: Rule, invoice: Invoice, _: date) -> Shown:
    return _figure(rule.value, invoice), msg("more than {amount}", amount=_figure(rule.limit, invoice))


def _at_least(rule: Rule, invoice: Invoice, _: date) -> Shown:
    return _figure(rule.value, invoice), msg("at least {amount}", amount=_figure(rule.limit, invoice))


def _due_known(rule: Rule, invoice: Invoice, _: date) -> Shown:
    source: Message | None = DUE_SOURCES[rule.limit] if isinstance(rule.limit, DueSource) else None
    return (msg("{day}, {source}", day=rule.value, source=source), None) if source else (rule.value, None)


def _due(rule: Rule, invoice: Invoice, today: date) -> Shown:
    return say_due(invoice), today


def _steps(rule: Rule, _: Invoice, __: date) -> Shown:
    taken = msg_n("{n} step taken", "{n} steps taken", _whole(rule.value))
    return taken, msg_n("{n} step in all", "{n} steps in all", _whole(rule.limit))


def _until(rule: Rule, _: Invoice, today: date) -> Shown:
    if rule.value is None:
        return rule.limit, None
    if isinstance(rule.limit, str) and rule.limit:
        return msg("until {day}: {reason}", day=rule.value, reason=rule.limit), today
    return msg("until {day}", day=rule.value), today


def _coming(rule: Rule, invoice: Invoice, today: date) -> Shown:
    return msg("{amount} on {day}", amount=_figure(rule.value, invoice), day=rule.limit), today


def _left(rule: Rule, invoice: Invoice, _: date) -> Shown:
    return rule.value, msg("{amount} left", amount=_figure(rule.limit, invoice))


def _contested(rule: Rule, invoice: Invoice, _: date) -> Shown:
    found = msg("{amount} disputed", amount=_figure(rule.value, invoice))
    return found, msg("{amount} owed", amount=_figure(rule.limit, invoice))


def _drafted(rule: Rule, _: Invoice, __: date) -> Shown:
    return msg("step {step} drafted on {day}", step=rule.limit, day=rule.value), None


def _undated(rule: Rule, _: Invoice, __: date) -> Shown:
    return msg_n("{n} reminder without date", "{n} reminders without date", _whole(rule.value)), None


def _against_today(rule: Rule, _: Invoice, today: date) -> Shown:
    return rule.value, today


_SHOWN: dict[str, Callable[[Rule, Invoice, date], Shown]] = {
    "issued-later": _against_today,
    "paid": _above,
    "nothing-due": _above,
    "below-minimum": _at_least,
    "payment-in-future": _coming,
    "status-disagrees": _left,
    "not-due": _due,
    "no-due-date": _due_known,
    "disputed": _contested,
    "on-hold": _until,
    "promise-pending": _counted_days,
    "ladder-done": _steps,
    "awaiting-confirmation": _drafted,
    "last-reminder-unknown": _undated,
    "delay": _counted_days,
    "spacing": _since_last,
    "deadline": lambda rule, _, today: (msg("until {day}", day=rule.value), today),
    "client-gap": _counted_days,
}

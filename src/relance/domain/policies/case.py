"""One invoice before its rules: what the rules look at, gathered once.

It must not judge: that is for `rules`, `pace` and their order in `precedence`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Invoice, Rule
from relance.domain.policies.facts import Facts
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


def from_day(code: str, case: Case, day: date, figures: tuple[date, int]) -> Rule:
    """A rule that a day makes true: ok from `day` on; the figures are the date counted from and the days counted."""
    return Rule(code, case.facts.today >= day, figures[0], figures[1], day)

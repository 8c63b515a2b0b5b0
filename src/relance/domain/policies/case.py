"""One invoice before its rules: what the rules look at, gathered once.

It must not judge: that is for `rules`, `pace` and their order in `precedence`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from relance.dates import DAY
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


@lru_cache(maxsize=65536)
def days_after(code: str, today: date, start: date, days: int) -> Rule:
    """A rule that a day makes true, so many days after another; thousands of invoices count from the same few days, and
    share it."""
    day = start + days * DAY
    return Rule(code, today >= day, start, days, day)

"""The law of a country as data: its file (parsed) in, the rule for each kind of debtor out.

A country is a TOML file of `data/law/`, never code: whether interest runs from the due date or from a formal notice, at
which rate, split or constant over the half-years, with which indemnity. It must not know invoices or contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from relance.domain.model import Kind
from relance.errors import Message, msg
from relance.money import ZERO


class Per(StrEnum):
    """The period a rate is said for. A year has 12 months, 52 weeks, 365 days."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"

    @property
    def times_a_year(self) -> int:
        return _TIMES_A_YEAR[self]


_TIMES_A_YEAR = {Per.YEAR: 1, Per.MONTH: 12, Per.WEEK: 52, Per.DAY: 365}


class RateSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """How an annual rate is made: `times` the published rate of table `table` ("" = none), plus `points` percent per
    `per`, rounded up to a multiple of `step` (0 = not rounded).

    >>> RateSpec(table="ecb", points=Decimal(8), step=Decimal("0.5")).annual(Decimal("4.25"))
    Decimal('12.5')
    >>> RateSpec(points=Decimal(5), per=Per.WEEK).annual(ZERO)
    Decimal('260')
    """

    table: str = ""
    times: Decimal = Decimal(1)
    points: Decimal = ZERO
    per: Per = Per.YEAR
    step: Decimal = ZERO

    @property
    def varies(self) -> bool:
        """Whether the rate changes with the half-year."""
        return bool(self.table)

    def annual(self, published: Decimal) -> Decimal:
        """The annual rate in percent, given the published rate of the half-year (ignored by a constant rate)."""
        rate = self.points * self.per.times_a_year
        if self.table:
            rate += self.times * published
        if self.step:
            rate = (rate / self.step).to_integral_value(ROUND_CEILING) * self.step
        return rate


class Start(StrEnum):
    """What makes interest run: the day after the due date, or the day the formal notice is received."""

    DUE = "due"
    NOTICE = "notice"


class Tier(Struct, frozen=True, forbid_unknown_fields=True):
    """The flat indemnity of debts from an amount on (incl. tax, in the law's own currency)."""

    amount: Decimal
    above: Decimal = ZERO


class TermLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """The payment terms the law allows, in calendar days from the invoice date; None where it sets no limit.

    `usual` when nothing was agreed; `days` the longest agreed term; `end_of_month` the longest "n days end of month";
    `special` shorter or longer limits by usage (summary invoices, transport, hospitals ...).
    """

    usual: int
    days: int | None = None
    end_of_month: int | None = None
    special: Mapping[str, int] = {}
    source: str = ""


class Counting(StrEnum):
    """From when a limitation period is counted: the earliest date known of the debt, or the next 1 January."""

    EARLIEST = "earliest"
    NEXT_JANUARY = "next-january"


class LimitationRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A limitation period in years, and what interrupts it: `court`, `acknowledgement`, `written-claim`."""

    years: int
    source: str
    counted_from: Counting = Counting.EARLIEST
    interrupted_by: tuple[str, ...] = ("court", "acknowledgement")


class FeeRule(Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """What a late debtor of one kind owes by law. Compared and cached by identity.

    `basis` cites the texts. `rate` None: no interest is known for this kind of debtor. `split`: each half-year at its
    own rate, else the rate of the half-year in which interest started, for the whole delay. `since` is the first
    half-year whose rates are vouched for ("" = all there are). `contract`: whether a contract may set the rate. `floor`
    binds a contract rate only; above `excess` a judge may well reduce it. `insolvency` cites the text by which
    interest stops when the debtor's insolvency proceedings open, `imputation` the one that settles interest first.
    `currency` is that of the indemnity, whatever the currency of the debt.
    """

    kind: Kind
    basis: str = ""
    start: Start = Start.DUE
    rate: RateSpec | None = None
    split: bool = True
    since: str = ""
    contract: bool = True
    floor: RateSpec | None = None
    excess: RateSpec | None = None
    indemnity: tuple[Tier, ...] = ()
    costs: bool = True
    year_days: int = 365
    insolvency: str = ""
    imputation: str = ""
    terms: TermLimits | None = None
    limitation: LimitationRule | None = None
    currency: str = "EUR"

    def indemnity_for(self, debt: Decimal) -> Decimal:
        """The flat indemnity of one late invoice of that amount."""
        found = ZERO
        for tier in self.indemnity:
            if debt > tier.above and tier.amount > found:
                found = tier.amount
        return found


class Law(Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """The law of one country, chosen by an explicit setting, never guessed from an address."""

    country: str
    name: str
    rules: tuple[FeeRule, ...]
    currency: str = "EUR"

    def rule(self, kind: Kind) -> FeeRule:
        """The rule for a kind of debtor; one that claims nothing where this law file has none for that kind."""
        for rule in self.rules:
            if rule.kind is kind:
                return rule
        return _NO_RULES[kind]


_NO_RULES = {kind: FeeRule(kind, costs=False) for kind in Kind}


def build_law(data: Mapping[str, Any]) -> Law:
    """The law of a country from its parsed file. Raises msgspec.ValidationError (a ValueError) naming the key at fault.

    >>> law = build_law({"country": "FR", "name": "France", "rules": [{"kind": "business", "rate": {"points": "10"}}]})
    >>> law.rule(Kind.BUSINESS).rate.points, law.rule(Kind.CONSUMER).rate
    (Decimal('10'), None)
    """
    rules = [{"currency": data.get("currency", "EUR"), **rule} for rule in data.get("rules", ())]
    return msgspec.convert({**data, "rules": rules}, Law, strict=False)


_NAMES = {
    "ecb": msg("ECB refinancing rate"),
    "legal-other": msg("legal interest rate (professional creditors)"),
    "legal-individual": msg("legal interest rate (private creditors)"),
}
_PLAIN = {
    Per.YEAR: msg("per year"),
    Per.MONTH: msg("per month, times 12"),
    Per.WEEK: msg("per week, times 52"),
    Per.DAY: msg("per day, times 365"),
}


def describe_rate(spec: RateSpec) -> Message:
    """How the rate is made, for people.

    >>> str(describe_rate(RateSpec(table="legal-other", times=Decimal(3))))
    '3 times the legal interest rate (professional creditors)'
    """
    if not spec.table:
        return msg("{points} % {period}", points=spec.points, period=_PLAIN[spec.per])
    made = name = _NAMES.get(spec.table) or msg("{name} rate", name=spec.table)
    if spec.times != 1:
        made = msg("{times} times the {rate}", times=spec.times, rate=name)
    if spec.points:
        made = msg("{rate} + {points} points", rate=made, points=spec.points * spec.per.times_a_year)
    return msg("{rate}, rounded up to a multiple of {step}", rate=made, step=spec.step) if spec.step else made

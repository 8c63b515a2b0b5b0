"""Late fees computed a second time, day by day with fractions, straight from the published files: both must agree.

Nothing here is shared with the program but the invoices put in: no table, no rule, no segment, no rounding.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fee_cases import BUSINESS, CONSUMER, PUBLIC, fees, invoice, law
from relance.domain.late_fees.contracts import Contract, Order
from relance.domain.late_fees.law import FeeRule, Per, RateSpec
from relance.domain.model import Credit, Kind, Payment

FILES = Path(__file__).parent.parent / "src" / "relance" / "data" / "rates"
DAY = timedelta(days=1)


@cache
def published(file: str, column: str) -> dict[str, Fraction]:
    """Half-year -> rate in percent."""
    lines = [line for line in (FILES / file).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["half_year"]: Fraction(row[column]) for row in csv.DictReader(lines)}


def half_year(on: date) -> str:
    return f"{on.year}-S{1 if on.month < 7 else 2}"


def ecb(on: date) -> Fraction:
    return published("ecb_refinancing_rate.csv", "ecb")[half_year(on)]


def legal(on: date) -> Fraction:
    return published("legal_interest_rate.csv", "legal-other")[half_year(on)]


class Way(NamedTuple):
    """One way to owe: the program's rule and contract, and, said again by hand, the rate of a day given the first day
    of interest, whether lines are cut at half-years, and the indemnity."""

    rule: FeeRule
    contract: dict[str, Any]
    rate: Any
    cut: bool
    indemnity: int


WAYS = {
    "business": Way(BUSINESS, {}, lambda on, _: ecb(on) + 10, True, 40),
    "business, one rate": Way(BUSINESS, {"single_rate": True}, lambda _, first: ecb(first) + 10, False, 40),
    "public": Way(PUBLIC, {}, lambda _, first: ecb(first) + 8, False, 40),
    "consumer": Way(CONSUMER, {}, lambda on, _: legal(on), True, 0),
    "12 %": Way(BUSINESS, {"rate": RateSpec(points=Decimal(12))}, lambda *_: Fraction(12), False, 40),
    "1.25 % a month": Way(
        BUSINESS, {"rate": RateSpec(points=Decimal("1.25"), per=Per.MONTH)}, lambda *_: Fraction(15), False, 40
    ),
    "5 % a week": Way(
        BUSINESS, {"rate": RateSpec(points=Decimal(5), per=Per.WEEK)}, lambda *_: Fraction(260), False, 40
    ),
    "3 x legal": Way(
        BUSINESS, {"rate": RateSpec(table="legal-other", times=Decimal(3))}, lambda on, _: 3 * legal(on), True, 40
    ),
    "ECB + 7.5": Way(
        BUSINESS,
        {"rate": RateSpec(table="ecb", points=Decimal("7.5"))},
        lambda on, _: ecb(on) + Fraction(15, 2),
        True,
        40,
    ),
    "Belgium": Way(
        law("be").rule(Kind.BUSINESS), {}, lambda on, _: Fraction(-((-2 * (ecb(on) + 8)) // 1), 2), True, 40
    ),
}


class Case(NamedTuple):
    """A random debt, in cents and dates."""

    way: str
    total: int
    deposit: int
    due: date
    as_of: date
    payments: tuple[tuple[int, date], ...]
    credits: tuple[tuple[int, date], ...]
    interest_first: bool
    notice: date
    insolvency: date | None


def half_up(amount: Fraction) -> int:
    return int((2 * amount + 1) // 2)


def day_by_day(case: Case) -> tuple[list[tuple[date, date, int, int]], int]:
    """(from, to, base, amount in cents) of each line, and the indemnity: one day at a time."""
    way = WAYS[case.way]
    first = case.notice if case.way == "consumer" else case.due + DAY
    put_on_notice = case.way != "consumer" or case.notice > case.due
    nominal = principal = case.total - case.deposit
    unpaid, lines, late = 0, [], False
    line: tuple[date, date, int, str, Fraction] | None = None
    if case.insolvency and case.due >= case.insolvency:
        return [], 0
    last = min(case.as_of, case.insolvency) if case.insolvency else case.as_of
    on = case.due + DAY
    opening = True
    while on <= last:
        movements = [
            *((amount, True) for amount, when in case.payments if (when < on if opening else when == on - DAY)),
            *((amount, False) for amount, when in case.credits if (when <= on if opening else when == on)),
        ]
        if line and (movements or (way.cut and line[3] != half_year(on))):
            amount = half_up(line[4])
            lines.append((line[0], line[1], line[2], amount))
            unpaid, line = unpaid + amount, None
        for amount, is_payment in movements:
            on_interest = min(amount, unpaid) if is_payment and case.interest_first else 0
            unpaid -= on_interest
            principal -= amount - on_interest
            nominal -= amount
        if opening:
            late, opening = nominal > 0, False
        if late and nominal > 0 and put_on_notice and on >= first:
            today = Fraction(principal) * way.rate(on, first) / 36500
            line = (line[0], on, principal, half_year(on), line[4] + today) if line else (
                on, on, principal, half_year(on), today)  # fmt: skip
        on += DAY
    if line:
        lines.append((line[0], line[1], line[2], half_up(line[4])))
    return lines, way.indemnity if late else 0


def money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def programs_answer(case: Case) -> tuple[list[tuple[date, date, int, int]], int]:
    of = invoice(
        str(money(case.total)),
        case.due,
        deposit=money(case.deposit),
        payments=tuple(Payment(money(amount), on) for amount, on in case.payments),
        credits=tuple(Credit(money(amount), on) for amount, on in case.credits),
    )
    order = Order.INTEREST_FIRST if case.interest_first else Order.PRINCIPAL_FIRST
    way = WAYS[case.way]
    contract = Contract(order=order, formal_notice=case.notice, insolvency=case.insolvency, **way.contract)
    found = fees(of, case.as_of, rule=way.rule, contract=contract)
    lines = [(line.start, line.end, int(line.base * 100), int(line.amount * 100)) for line in found.lines]
    assert found.interest == money(sum(amount for *_, amount in lines))
    assert found.total == found.interest + found.indemnity
    return lines, int(found.indemnity)


def random_case(random: Random, way: str) -> Case:
    total = random.choice([random.randint(1, 5_000), random.randint(10_000, 3_000_000), random.randint(1, 10**9)])
    due = date(2023, 1, 1) + timedelta(random.randint(0, 1200))
    as_of = min(due + timedelta(random.randint(0, random.choice([40, 200, 700]))), date(2026, 12, 31))

    def movements(most: int) -> tuple[tuple[int, date], ...]:
        return tuple(
            (random.choice([random.randint(1, total), total // random.randint(1, 4) + 1, random.randint(1, 5_000)]),
             due + timedelta(random.choice([0, 1, random.randint(-30, 300)])))
            for _ in range(random.choice([0, 1, random.randint(0, most)]))
        )  # fmt: skip

    return Case(
        way,
        total,
        random.choice([0, 0, random.randint(0, total)]),
        due,
        as_of,
        movements(4),
        movements(1),
        random.random() < 0.5,
        due + timedelta(random.randint(-20, 200)),
        due + timedelta(random.randint(-5, 300)) if random.random() < 0.1 else None,
    )


@pytest.mark.parametrize("way", WAYS)
def test_three_hundred_random_debts_agree(way: str) -> None:
    random = Random(f"late fees, {way}")
    accruing = 0
    for _ in range(300):
        case = random_case(random, way)
        expected = day_by_day(case)
        assert programs_answer(case) == expected, case
        accruing += bool(expected[0])
    assert accruing > 80


days_ = st.integers(-10, 250)
moves_ = st.lists(st.tuples(st.integers(1, 200_000), days_), max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WAYS)), st.dates(date(2023, 1, 1), date(2026, 6, 30)), st.data())
def test_searched_debts_agree(way: str, due: date, data: st.DataObject) -> None:
    def moves() -> tuple[tuple[int, date], ...]:
        return tuple((amount, due + timedelta(offset)) for amount, offset in data.draw(moves_))

    late, noticed = data.draw(st.integers(0, 180)), data.draw(days_)
    case = Case(
        way, data.draw(st.integers(1, 500_000)), 0, due, due + timedelta(late), moves(), moves(),
        data.draw(st.booleans()), due + timedelta(noticed), None,
    )  # fmt: skip
    assert programs_answer(case) == day_by_day(case)

"""What letters claimed, what was given up and received of late fees; what each payment settled; rates in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from fee_cases import CLIENT, credited, day, fees, invoice, paid
from relance.domain.late_fees.contracts import NO_CONTRACT, Contract, Order
from relance.domain.late_fees.fee_account import FeeAccount, FeesClaimed, FeesSettled, is_confirmed
from relance.domain.late_fees.imputation import movements_of
from relance.domain.late_fees.law import Per, RateSpec, describe_rate

LETTER = day("01/10/2026")


def claim(on: date = LETTER, until: str = "30/09/2026", **more: Any) -> FeesClaimed:
    start: dict[str, Any] = {
        "number": "F-041",
        "client": CLIENT.key,
        "step": 3,
        "level": 2,
        "interest": Decimal(10),
        "indemnity": Decimal(40),
    }
    return FeesClaimed(on=on, until=day(until), **(start | more))


@pytest.mark.parametrize(
    ("step", "level", "reminders", "confirmed"),
    [
        (3, 2, 2, False),  # the sheet does not show the letter
        (3, 2, 3, True),
        (3, 2, 4, True),
        (3, 3, 3, True),  # the last step again: the last reminder is of the letter's day
        (3, 4, 3, False),  # again, and the last reminder is older than the letter
    ],
)
def test_a_claim_counts_once_the_sheet_shows_its_letter(step: int, level: int, reminders: int, confirmed: bool) -> None:
    last = LETTER if level == 3 else day("30/09/2026")
    of = invoice("1000", "01/05/2026", reminders=(*[day("01/06/2026")] * (reminders - 1), last))
    assert is_confirmed(claim(step=step, level=level), of) == confirmed


def test_what_was_claimed_waived_and_paid_is_laid_over_the_contract() -> None:
    of = invoice("1000", "01/05/2026", count=4)
    claims = (claim(until="31/10/2026", on=day("01/11/2026")), claim(indemnity=Decimal(0)))
    settled = tuple(
        FeesSettled(number="F-041", client=CLIENT.key, on=LETTER, amount=Decimal(amount), waived=waived)
        for amount, waived in ((5, True), (6, True), (7, False), (8, False))
    )
    account = FeeAccount(claims, settled)
    found = account.contract_with(NO_CONTRACT, of, day("01/12/2026"))
    assert (found.claimed_until, found.indemnity_claimed) == (day("31/10/2026"), True)
    assert (found.waived, found.fees_paid) == (11, 15)
    earlier = account.contract_with(NO_CONTRACT, of, LETTER)
    assert (earlier.claimed_until, earlier.indemnity_claimed) == (day("30/09/2026"), False)
    assert account.contract_with(NO_CONTRACT, of, day("30/09/2026")) is NO_CONTRACT
    another = replace(of, client=replace(CLIENT, key="another", name="Another", code=""))
    assert account.contract_with(NO_CONTRACT, another, day("01/12/2026")) is NO_CONTRACT


def moves(order: Order) -> list[tuple[str, str, str, str]]:
    of = invoice(
        "1000", "01/05/2026", deposit=Decimal(100),
        payments=paid(("200", "15/07/2026"), ("50", "01/04/2026")),
        credits=credited(("30", "01/06/2026"), ("20", None)),
    )  # fmt: skip
    found = movements_of(of, fees(of, "31/08/2026", contract=Contract(order=order)), day("31/08/2026"))
    return [(move.kind, f"{move.on:%d/%m}" if move.on else "", str(move.amount), str(move.left)) for move in found]


def test_each_payment_and_credit_lowers_the_base_in_its_order() -> None:
    assert moves(Order.PRINCIPAL_FIRST) == [
        ("deposit", "", "100", "900"),
        ("payment", "01/04", "50", "850"),
        ("credit", "", "20", "830"),
        ("credit", "01/06", "30", "800"),
        ("payment", "15/07", "200", "600"),
    ]


def test_only_payments_settle_interest_first() -> None:
    found = moves(Order.INTEREST_FIRST)
    assert [Decimal(left) for _, _, _, left in found[:-1]] == [900, 850, 830, 800]
    assert Decimal(600) < Decimal(found[-1][3]) < Decimal(700)


def test_interest_once_settled_is_not_settled_again() -> None:
    of = invoice("1000", "01/05/2026", payments=paid(("200", "15/07/2026"), ("100", "16/07/2026")))
    found = fees(of, "31/08/2026", contract=Contract(order=Order.INTEREST_FIRST))
    first, second = movements_of(of, found, day("31/08/2026"))
    assert first.on_interest > 20
    assert 0 < second.on_interest < 1


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (RateSpec(points=Decimal(12)), "12 % per year"),
        (RateSpec(points=Decimal("1.5"), per=Per.MONTH), "1.5 % per month, times 12"),
        (RateSpec(table="ecb", points=Decimal(10)), "ECB refinancing rate + 10 points"),
        (RateSpec(table="ecb", points=Decimal(1), per=Per.MONTH), "ECB refinancing rate + 12 points"),
        (RateSpec(table="own", times=Decimal(2)), "2 times the own rate"),
    ],
)
def test_a_rate_is_told_as_it_is_made(spec: RateSpec, said: str) -> None:
    assert str(describe_rate(spec)) == said

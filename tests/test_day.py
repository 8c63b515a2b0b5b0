"""A workbook on a day: which invoices wait and are told, which are overdue, what their late fees come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from cases import CALENDAR, POLICIES, TODAY, ago, client, invoice, ledger
from fee_cases import BUSINESS
from relance.domain.day import Day
from relance.domain.late_fees.contracts import Order
from relance.domain.late_fees.fee_values import Fees
from relance.domain.model import Credit, Draft, Hold, Invoice, Payment, State, Status
from relance.errors import Problem, Severity, msg
from relance.money import Money

FEES = Fees(rule=BUSINESS, order=Order.INTEREST_FIRST)


def day_of(*rows: Invoice, fees: dict[str, Fees] | None = None, **more: Any) -> Day:
    """The day of a sheet of these rows; `fees` are the late fees by number."""
    of = fees or {}
    return Day(ledger(*rows, **more), TODAY, (POLICIES, CALENDAR), lambda row: of.get(row.number, FEES), lambda _: ())


def numbers(entries: tuple[tuple[Invoice, Any], ...]) -> list[str]:
    return [row.number for row, _ in entries]


@pytest.mark.parametrize(
    ("change", "waits", "overdue"),
    [
        ({}, False, True),  # chased
        ({"late": 2}, True, True),
        ({"hold": Hold()}, True, True),
        ({"late": 0}, False, False),
        ({"late": 0, "hold": Hold()}, False, False),
        ({"due": None}, True, False),
        ({"status": Status(State.CANCELLED)}, False, False),
        ({"status": Status(State.DRAFT)}, False, False),
        ({"payments": (Payment(Decimal(1000)),)}, False, False),
        ({"payments": (Payment(Decimal(1200)),)}, False, False),
        ({"payments": (Payment(Decimal("999.95")),)}, False, True),  # within the tolerance: owed, and nothing to do
    ],
)
def test_an_overdue_invoice_is_chased_or_told_to_wait(change: dict[str, Any], waits: bool, overdue: bool) -> None:
    day = day_of(invoice(**change))
    assert (numbers(day.waiting), numbers(day.overdue)) == (["F-1"] * waits, ["F-1"] * overdue)


def test_those_that_wait_for_a_day_come_first_by_day_and_the_overdue_the_latest_first() -> None:
    day = day_of(
        invoice("held", late=90, hold=Hold()),
        invoice("later", promise=ago(-9), late=20),
        invoice("soon", late=2, client=client("Martin")),
        invoice("held too", late=99, hold=Hold()),
    )
    assert numbers(day.waiting) == ["soon", "later", "held too", "held"]
    assert numbers(day.overdue) == ["held too", "held", "later", "soon"]


def test_late_fees_are_summed_per_currency_and_one_provisional_makes_the_sum_so() -> None:
    provisional = replace(FEES, owed=Decimal(5), provisional=True)
    flat = replace(FEES, owed=Decimal(2), apart=Money(Decimal(40), "EUR"))
    day = day_of(
        invoice("1"),
        invoice("2"),
        invoice("3", currency="CHF"),
        invoice("4", currency="CHF"),
        invoice("5", late=0),
        fees={
            "1": provisional,
            "2": replace(FEES, owed=Decimal(7)),
            "3": flat,
            "4": flat,
            "5": replace(FEES, owed=Decimal(99)),
        },
    )
    assert day.fees == {"EUR": (12, True), "CHF": (4, False)}
    assert day.apart == {"CHF": (Money(Decimal(80), "EUR"),)}


def test_a_draft_is_told_after_three_days_and_one_in_doubt_at_once() -> None:
    def told(**more: Any) -> list[str]:
        draft = Draft(number="F-1", client="Dupont", step=1, **more)
        return [found.number for found in day_of(invoice(), drafts=(draft,)).unconfirmed]

    assert (told(on=ago(3)), told(on=ago(4))) == ([], ["F-1"])
    assert told(on=TODAY, doubtful=True) == ["F-1"]
    sent = day_of(invoice(reminders=(ago(4),)), drafts=(Draft(number="F-1", client="Dupont", step=1, on=ago(4)),))
    assert sent.unconfirmed == ()


def test_a_problem_of_several_rows_is_told_once_and_those_of_the_checks_last() -> None:
    read, checked = (Problem(code, Severity.ERROR, msg("x"), msg("y")) for code in ("read", "checked"))
    sheet = replace(ledger(invoice()), problems=(read, read))
    assert Day(sheet, TODAY, (POLICIES, CALENDAR), lambda _: FEES, lambda _: (checked,)).problems == (read, checked)


def test_what_is_open_is_the_total_less_what_was_received_and_credited() -> None:
    row = invoice(
        deposit=Decimal(100),
        payments=(Payment(Decimal(200)),),
        credits=(Credit(Decimal(50)),),
        fees_received=Decimal(20),
    )
    assert (row.open, row.paid, row.credited) == (670, 200, 50)
    assert (row.days_late(TODAY), replace(row, due=None).days_late(TODAY), row.days_late(ago(9))) == (5, 0, 0)

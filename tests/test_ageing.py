"""Ageing: buckets that do not overlap, sums that are the totals, nothing that vanishes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import TODAY, ago, invoice, ledger
from relance.domain.measures.ageing import bucket_keys, compute_ageing, compute_freshness
from relance.domain.model import Credit, Invoice, Payment, State, Status
from relance.errors import Where


@pytest.mark.parametrize(
    ("late", "key"),
    [(-3, "not_due"), (0, "not_due"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"),
     (90, "61-90"), (91, "91+"), (4000, "91+")],
)  # fmt: skip
def test_each_day_late_has_one_bucket(late: int, key: str) -> None:
    (ageing,) = compute_ageing(ledger(invoice(late=late)), TODAY)
    assert [(bucket.key, bucket.open) for bucket in ageing.buckets if bucket.count] == [(key, Decimal(1000))]


def test_bounds_are_the_users() -> None:
    (ageing,) = compute_ageing(ledger(invoice(late=15), invoice("F-2", late=16)), TODAY, (15, 45))
    assert [(bucket.key, bucket.count) for bucket in ageing.buckets] == [
        ("not_due", 0), ("1-15", 1), ("16-45", 1), ("46+", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("bounds", [(), (0, 30), (30, 30), (60, 30)])
def test_bounds_that_overlap_are_refused(bounds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        compute_ageing(ledger(), TODAY, bounds)


def test_what_is_open_counts_not_what_was_billed() -> None:
    rows = ledger(
        invoice("part", payments=(Payment(Decimal(300)),), deposit=Decimal(200), credits=(Credit(Decimal(50)),)),
        invoice("paid", payments=(Payment(Decimal(1000)),)),
        invoice("word", status=Status(State.PAID)),
        invoice("void", status=Status(State.CANCELLED)),
        invoice("note", total=Decimal(-100), is_credit_note=True),
    )
    (ageing,) = compute_ageing(rows, TODAY)
    assert (ageing.open, ageing.count, ageing.overdue) == (Decimal(450), 1, Decimal(450))


def test_credits_and_overpayments_are_apart() -> None:
    note = invoice("A-1", total=Decimal(-120), is_credit_note=True)
    (ageing,) = compute_ageing(ledger(invoice(), invoice("F-2", deposit=Decimal(1030)), notes=(note,)), TODAY)
    assert (ageing.open, ageing.credits) == (Decimal(1000), Decimal(150))


def test_an_invoice_without_due_date_does_not_vanish() -> None:
    (ageing,) = compute_ageing(ledger(invoice(due=None)), TODAY)
    assert (ageing.open, ageing.not_due, ageing.undated, ageing.undated_count) == (1000, 1000, 1000, 1)


def test_currencies_are_never_added() -> None:
    rows = ledger(invoice(), invoice("F-2"), invoice("F-3", currency="CHF"))
    assert [(ageing.currency, ageing.open) for ageing in compute_ageing(rows, TODAY)] == [("EUR", 2000), ("CHF", 1000)]


ROWS = st.builds(
    Invoice,
    number=st.text(max_size=3),
    client=st.just(invoice().client),
    where=st.just(Where("S", 2)),
    total=st.decimals(-5000, 5000, places=2),
    deposit=st.decimals(0, 100, places=2),
    currency=st.sampled_from(["EUR", "USD"]),
    due=st.none() | st.integers(-200, 200).map(lambda late: TODAY - timedelta(late)),
    payments=st.lists(st.builds(Payment, st.decimals(0, 2000, places=2)), max_size=2).map(tuple),
)


@given(st.lists(ROWS, max_size=20), st.sets(st.integers(1, 300), min_size=1, max_size=5).map(sorted))
def test_buckets_sum_to_the_totals(rows: list[Invoice], bounds: list[int]) -> None:
    for ageing in compute_ageing(ledger(*rows), TODAY, bounds):
        mine = [row for row in rows if row.currency == ageing.currency]
        assert ageing.open - ageing.credits == sum(row.open for row in mine)
        assert ageing.open == ageing.overdue + ageing.not_due == sum(bucket.open for bucket in ageing.buckets)
        assert ageing.count == sum(bucket.count for bucket in ageing.buckets) == sum(row.open > 0 for row in mine)
        assert ageing.overdue == sum(row.open for row in mine if row.open > 0 and row.days_late(TODAY))
    assert {ageing.currency for ageing in compute_ageing(ledger(*rows), TODAY)} == {
        row.currency for row in rows if row.open
    }


@given(st.sets(st.integers(1, 300), min_size=1, max_size=5).map(sorted), st.integers(1, 500))
def test_each_day_falls_in_exactly_one_bucket(bounds: list[int], late: int) -> None:
    ends = [(first, last) for _, first, last in bucket_keys(bounds) if first is not None]
    assert sum(first <= late and (last is None or late <= last) for first, last in ends) == 1


def test_freshness_is_the_last_payment_not_in_the_future() -> None:
    days = (ago(12), ago(40), TODAY + timedelta(3), None)
    rows = ledger(*(invoice(str(day), payments=(Payment(Decimal(10), day),)) for day in days))
    found = compute_freshness(rows, TODAY)
    assert (found.last_payment, found.days) == (date(2026, 11, 8), 12)


def test_no_payment_date_is_no_freshness() -> None:
    assert compute_freshness(ledger(invoice()), TODAY).days is None

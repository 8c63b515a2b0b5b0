"""The figures of clients: each is what its formula says, sums are the totals, and what is unknown is not guessed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import TODAY, ago, client, invoice, ledger
from relance.domain.as_of import ledger_on, undated_payments
from relance.domain.measures.ageing import Basis, bucket_keys, compute_ageing, compute_client_ageing
from relance.domain.measures.figures import ClientFigures, Figures, compute_figures
from relance.domain.measures.figures_dso import compute_dso
from relance.domain.measures.figures_receipts import compute_receipts, expect
from relance.domain.measures.habits import Habit, Habits, habit_of
from relance.domain.model import Dispute, Invoice, Payment, State, Status
from test_statement import BUSY, rows

DUPONT, MARTIN = client("Dupont"), client("Martin")


def paid(late: int, days: int = 100, **more: object) -> Invoice:
    """An invoice of 1 000 due so many days ago, paid in full so many days late."""
    due = ago(days)
    return invoice(
        f"P-{days}", due=due, issued=ago(days + 30), **more, payments=(Payment(Decimal(1000), due + timedelta(late)),)
    )


def figures(*found: Invoice, notes: tuple[Invoice, ...] = ()) -> Figures:
    return compute_figures(ledger_on(ledger(*found, notes=notes), TODAY), TODAY)


def one(*found: Invoice) -> ClientFigures:
    (only,) = figures(*found).clients
    return only


def test_lateness_counts_what_fell_due_in_a_year_and_what_is_open_with_its_days_so_far() -> None:
    found = one(paid(-5, 90), paid(0, 80), paid(12, 70), invoice(late=40), paid(300, 400), invoice("F-9", late=0))
    known = found.punctuality
    assert (known.known, known.on_time, known.share) == (4, 2, 50)
    assert known.late_days == Decimal("13.0")  # (0 + 0 + 12 + 40) / 4
    assert found.owing[0].weighted == Decimal("13.0")
    assert known.oldest == 40


def test_the_weighted_average_weighs_each_payment_and_what_is_open() -> None:
    part = invoice(late=20, payments=(Payment(Decimal(600), ago(20)), Payment(Decimal(100), ago(10))))
    assert one(part).owing[0].weighted == Decimal("7.0")  # (600 x 0 + 100 x 10 + 300 x 20) / 1000


def test_a_payment_without_a_day_is_unknown_and_in_no_figure() -> None:
    found = one(invoice(late=50, payments=(Payment(Decimal(1000)),)), invoice("W", late=9, status=Status(State.PAID)))
    assert (found.punctuality.known, found.punctuality.unknown) == (0, 2)
    assert (found.punctuality.share, found.punctuality.late_days, found.owing[0].weighted) == (None, None, None)
    assert (found.habit, found.own) == (None, False)


def test_where_more_than_one_day_in_twenty_is_unknown_the_averages_are_too() -> None:
    known = [paid(10, 20 + n) for n in range(19)]
    one_in_twenty = one(*known, invoice("U", payments=(Payment(Decimal(1000)),)))
    assert (one_in_twenty.punctuality.share, one_in_twenty.punctuality.late_days) == (0, 10)
    more = one(*known[1:], invoice("U", payments=(Payment(Decimal(1000)),)))
    assert (more.punctuality.known, more.punctuality.unknown) == (18, 1)
    assert (more.punctuality.share, more.punctuality.late_days, more.owing[0].weighted) == (None, None, None)


def test_a_habit_needs_three_invoices_else_that_of_all_stands_in() -> None:
    mine = [paid(late, 60 + late) for late in (4, 10, 30)]
    few = [paid(late, 50 + late, client=MARTIN) for late in (0, 1)]
    dupont, martin = figures(*mine, *few).clients
    assert (dupont.habit, dupont.own) == (Habit(3, 10, 4, 30, 4, 30), True)
    assert (martin.habit, martin.own) == (Habit(5, 4, 1, 10, 0, 30), False)
    assert one(paid(3, 400), paid(3, 401), paid(3, 402)).habit is None  # older than a year


@given(st.lists(st.integers(-60, 400), min_size=3))
def test_half_of_the_days_lie_between_the_quartiles(days: list[int]) -> None:
    habit = habit_of(days)
    assert habit is not None
    assert habit.first <= habit.early <= habit.median <= habit.late <= habit.last
    inside = sum(habit.early <= day <= habit.late for day in days)
    assert 2 * inside >= len(days)
    assert 2 * sum(day <= habit.median for day in days) >= len(days) <= 2 * sum(day >= habit.median for day in days)


def test_concentration_and_totals_are_per_currency() -> None:
    found = figures(
        invoice("1"), invoice("2", client=MARTIN, total=Decimal(3000)), invoice("3", client=MARTIN, currency="CHF"),
        notes=(invoice("A", total=Decimal(-100), is_credit_note=True),),
    )  # fmt: skip
    euros, francs = found.totals
    assert (euros.owing.open, euros.owing.credits, francs.owing.open) == (4000, 100, 1000)
    assert euros.concentration is not None and francs.concentration is not None
    assert (euros.concentration.largest, francs.concentration.largest) == (75, 100)
    assert [[owing.currency for owing in row.owing] for row in found.clients] == [["EUR"], ["EUR", "CHF"]]


def test_dso_counts_the_sales_of_the_latest_months_back() -> None:
    found = figures(
        invoice("1", issued=TODAY.replace(day=3), due=TODAY, total=Decimal(1000)),
        invoice("2", issued=TODAY.replace(month=10, day=5), due=TODAY, total=Decimal(500)),
        paid(0, 16, total=Decimal(1000)),  # invoiced on 5 October
        paid(0, 60),
        notes=(invoice("A", issued=TODAY.replace(month=10, day=9), total=Decimal(-300), is_credit_note=True),),
    )
    dso = found.totals[0].dso
    assert [(month.first.month, month.sales, month.taken) for month in dso.months] == [
        (11, 1000, 1000),
        (10, 1200, 200),
    ]
    assert dso.days == Decimal("25.2")  # 20 days, then 31 x 200 / 1200
    assert dso.receivables == 1200


def test_dso_is_unknown_where_the_sales_do_not_account_for_what_is_owed() -> None:
    dso = figures(invoice(issued=None, due=ago(3))).totals[0].dso
    assert (dso.days, dso.undated, dso.receivables, dso.simple) == (None, 1, 0, None)
    short = compute_dso("EUR", Decimal(100), {TODAY: Decimal(40)}, TODAY)
    assert (short.days, short.simple) == (None, Decimal("2.5"))


HABIT = Habit(count=9, median=10, early=2, late=20, first=-5, last=40)


@pytest.mark.parametrize(("late", "shift"), [(-30, 10), (10, 10), (11, 20), (21, 40), (40, 40), (41, None)])
def test_an_invoice_is_expected_by_the_habit_until_it_is_later_than_ever(late: int, shift: int | None) -> None:
    row = invoice(late=late)
    when = expect(row, HABIT, TODAY)
    assert row.due is not None
    if shift is None:
        assert when is None
        return
    assert when is not None
    assert when.on == row.due + timedelta(shift)
    assert TODAY <= when.early <= when.on <= when.late


def test_a_promise_comes_before_the_habit_and_a_broken_one_does_not() -> None:
    promised = expect(invoice(late=90, promise=TODAY), HABIT, TODAY)
    assert promised is not None and (promised.on, promised.promised) == (TODAY, True)
    assert expect(invoice(late=90, promise=ago(1)), HABIT, TODAY) is None
    assert expect(invoice(due=None), HABIT, TODAY) is None
    assert expect(invoice(late=-3), None, TODAY) is None


def test_the_first_week_ends_on_sunday() -> None:
    (found,) = compute_receipts([invoice(late=8), invoice("2", late=7)], Habits({}, HABIT), TODAY, weeks=2)
    sunday = TODAY + timedelta(2)
    assert [(week.first, week.last) for week in found.weeks] == [
        (TODAY, sunday), (sunday + timedelta(1), sunday + timedelta(7)),
    ]  # fmt: skip
    assert [week.expected for week in found.weeks] == [1000, 1000]


@BUSY
@given(
    st.lists(rows, max_size=8, unique_by=lambda row: row.number),
    st.none() | st.lists(st.integers(-20, 60), min_size=3, max_size=9),
)
def test_the_receipts_add_up_to_what_is_owed(found: list[Invoice], days: list[int] | None) -> None:
    book = ledger_on(ledger(*found), TODAY)
    ageings = {ageing.currency: ageing for ageing in compute_ageing(book, TODAY) if ageing.open}
    receipts = compute_receipts(book.invoices, Habits({}, habit_of(days or [])), TODAY)
    assert {one.currency: one.open for one in receipts} == {code: ageing.open for code, ageing in ageings.items()}
    for one in receipts:
        parts = (one.later, one.unplaced, one.disputed, one.undated)
        assert sum(week.expected for week in one.weeks) + sum(parts) == one.open
        assert all(week.at_least <= week.at_most for week in one.weeks)
        running = Decimal(0)
        for week in one.weeks:
            running += week.expected
            assert week.at_least <= running <= week.at_most


def test_what_is_disputed_is_expected_in_no_week() -> None:
    row = invoice(late=-3, dispute=Dispute(Decimal(400)))
    (found,) = compute_receipts([row], Habits({}, HABIT), TODAY)
    assert (found.disputed, sum(week.expected for week in found.weeks)) == (400, 600)


@BUSY
@given(st.lists(rows, max_size=8, unique_by=lambda row: row.number), st.sampled_from(Basis), st.integers(0, 60))
def test_clients_and_buckets_add_up_to_the_totals(found: list[Invoice], by: Basis, back: int) -> None:
    on = ago(back)
    mixed = [row if at % 2 else invoice_of(row) for at, row in enumerate(found)]
    book = ledger_on(ledger(*mixed), on)
    totals, clients = compute_ageing(book, on, by=by), compute_client_ageing(book, on, by=by)
    due = {ageing.currency: ageing for ageing in compute_ageing(book, on)}
    for total in totals:
        mine = [ageing for _, ageing in clients if ageing.currency == total.currency]
        assert [bucket.key for bucket in total.buckets] == [key for key, _, _ in bucket_keys(by=by)]
        assert sum(bucket.open for bucket in total.buckets) == total.open == total.overdue + total.not_due
        for name in ("open", "overdue", "not_due", "undated", "credits", "count"):
            assert sum(getattr(ageing, name) for ageing in mine) == getattr(total, name)
            assert getattr(total, name) == getattr(due[total.currency], name)
        for at, bucket in enumerate(total.buckets):
            assert sum(ageing.buckets[at].open for ageing in mine) == bucket.open


def invoice_of(row: Invoice) -> Invoice:
    from msgspec.structs import replace

    return replace(row, client=MARTIN)


@pytest.mark.parametrize(("age", "key"), [(0, "0-30"), (30, "0-30"), (31, "31-60"), (91, "91+"), (None, "undated")])
def test_by_invoice_date_each_age_has_one_bucket(age: int | None, key: str) -> None:
    row = invoice(issued=None if age is None else ago(age), due=TODAY)
    (ageing,) = compute_ageing(ledger(row), TODAY, by=Basis.ISSUE)
    assert [bucket.key for bucket in ageing.buckets if bucket.count] == [key]


def test_payments_without_a_day_are_counted_on_past_days() -> None:
    book = ledger(
        invoice("1", issued=ago(50), payments=(Payment(Decimal(1000)),)),
        invoice("2", issued=ago(50), status=Status(State.PAID)),
        invoice("3", issued=ago(2), payments=(Payment(Decimal(1000)),)),
        invoice("4", issued=ago(50), payments=(Payment(Decimal(1000), ago(1)),)),
    )
    assert [undated_payments(book, day) for day in (ago(60), ago(10), TODAY)] == [0, 2, 3]

"""What changed between a report and a later day: each kind of change, told once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import CALENDAR, POLICIES, TODAY, ago, client, invoice, ledger
from relance.domain.changes import Change, What, find_changes
from relance.domain.day import Day
from relance.domain.late_fees.fee_values import Fees
from relance.domain.model import Draft, Hold, Invoice, Ledger, Payment, SetAside, State, Status
from relance.domain.snapshot import Seen, Snapshot, add, compute_snapshot, subtract, take_snapshot
from relance.errors import Problem, Severity, Where, msg

YESTERDAY = ago(1)


def no_fees(_: Invoice) -> Fees:
    raise AssertionError


def day_of(rows: Ledger, today: date = TODAY, problems: tuple[Problem, ...] = ()) -> Day:
    return Day(rows, today, (POLICIES, CALENDAR), no_fees, lambda _: problems)


def told(before: Ledger, after: Ledger, **more: Any) -> list[tuple[What, str]]:
    then = take_snapshot(day_of(before, YESTERDAY))
    return [(change.what, change.number) for change in find_changes(then, day_of(after, **more))]


def aside(number: str = "F-9", amount: str | None = "120") -> SetAside:
    where = Where("Factures", 9)
    problem = Problem("x", Severity.ERROR, msg("x"), msg("y"), where)
    value = Decimal(amount) if amount else None
    return SetAside(where=where, number=number, client="Dupont", amount=value, currency="EUR", problems=(problem,))


PAID = (Payment(Decimal(1000)),)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ({"late": 5}, {"late": 5, "payments": PAID}, What.PAID),
        ({"late": 5}, {"late": 5, "status": Status(State.PAID)}, What.PAID),
        ({"late": 5}, {"late": 5, "payments": (Payment(Decimal(400)),)}, What.PART_PAID),
        ({"late": 5}, {"late": 5, "total": Decimal(1100)}, What.CHANGED),
        ({"late": 5}, {"late": 5, "status": Status(State.CANCELLED)}, What.CLOSED),
        ({"late": 5}, {"late": 5, "hold": Hold(None, "x")}, What.STOPPED),
        ({"late": 5, "hold": Hold(None, "x")}, {"late": 5}, What.RESUMED),
        ({"late": 1}, {"late": 1}, What.OVERDUE),
        ({"late": 5, "promise": ago(3)}, {"late": 5, "promise": ago(3)}, What.PROMISE_BROKEN),
        ({"late": 5}, {"late": 5, "promise": ago(-4)}, What.PROMISED),
        ({"late": 5}, {"late": 5, "count": 1, "reminders": (YESTERDAY,)}, What.REMINDED),
        ({"late": 3}, {"late": 3}, What.STEP),
    ],
)
def test_each_change_of_an_invoice_is_told(before: dict[str, Any], after: dict[str, Any], what: What) -> None:
    found = told(ledger(invoice(**before)), ledger(invoice(**after)))
    assert (what, "F-1") in found
    assert (what, "F-1") not in told(ledger(invoice(**after)), ledger(invoice(**after))) or what in {
        What.OVERDUE, What.PROMISE_BROKEN, What.STEP,
    }  # fmt: skip


@pytest.mark.parametrize("late", [0, 2, 4, 11, 200])
def test_a_day_on_which_nothing_happens_tells_nothing(late: int) -> None:
    rows = ledger(invoice(late=late, promise=ago(-9)), invoice("F-2", late=400, status=Status(State.DISPUTED)))
    assert told(rows, rows) == []


def test_a_week_end_puts_steps_off_and_reaches_none_again() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    rows = ledger(invoice(late=5))
    then = take_snapshot(day_of(rows, friday))
    saturday = take_snapshot(day_of(rows, friday + timedelta(1)))
    assert then.seen == saturday.seen
    assert find_changes(saturday, day_of(rows, monday)) == ()


def test_what_is_new_and_what_is_gone() -> None:
    assert told(ledger(invoice()), ledger(invoice(), invoice("F-2", late=-9))) == [(What.NEW, "F-2")]
    assert told(ledger(invoice(), invoice("F-2")), ledger(invoice())) == [(What.GONE, "F-2")]


def test_a_client_written_otherwise_is_the_same_debt() -> None:
    renamed = invoice(client=client("Dupond"))
    assert told(ledger(invoice()), ledger(renamed)) == []


def test_a_row_becomes_unreadable_and_is_mended() -> None:
    whole, broken = ledger(invoice("F-9", late=-9)), ledger()
    broken = Ledger(sheet="Factures", invoices=(), set_aside=(aside(),))
    assert told(whole, broken) == [(What.ASIDE, "F-9")]
    assert told(broken, whole) == [(What.MENDED, "F-9")]
    assert told(broken, broken) == []


def test_a_draft_nobody_confirmed_is_told_the_day_after_and_not_again() -> None:
    draft = Draft(number="F-1", client="dupont", step=1, on=YESTERDAY)
    rows = ledger(invoice(), drafts=(draft,))
    assert told(rows, rows) == [(What.UNCONFIRMED, "F-1")]
    then = take_snapshot(day_of(rows, TODAY))
    assert find_changes(then, day_of(rows, ago(-1))) == ()
    same_day = ledger(invoice(), drafts=(Draft(number="F-1", client="dupont", step=1, on=TODAY),))
    assert told(ledger(invoice()), same_day) == []


@pytest.mark.parametrize(("days", "seen"), [(365, True), (366, False), (0, True), (364, False), (200, False)])
def test_a_limitation_date_is_told_when_it_comes_within_a_year_and_when_it_is_there(days: int, seen: bool) -> None:
    until = TODAY + timedelta(days)
    problem = Problem("limitation", Severity.NOTICE, msg("x"), msg("y"), Where("Factures", 2), until.isoformat())
    rows = ledger(invoice())
    assert ((What.LIMITATION, "F-1") in told(rows, rows, problems=(problem,))) is seen


def test_a_remainder_within_the_tolerance_is_paid_once() -> None:
    almost = ledger(invoice(payments=(Payment(Decimal("999.95")),)))
    assert told(ledger(invoice()), almost) == [(What.PAID, "F-1")]
    assert told(almost, almost) == []


def test_without_a_report_the_dates_of_the_sheet_tell() -> None:
    rows = ledger(
        invoice("paid", late=30, payments=(Payment(Decimal(1000), ago(2)),)),
        invoice("part", late=30, payments=(Payment(Decimal(100), ago(2)), Payment(Decimal(50), ago(20)))),
        invoice("late", late=4),
        invoice("early", late=30, count=1, reminders=(ago(20),)),
        invoice("told", late=30, count=2, reminders=(ago(20), ago(3))),
        invoice("new", late=-40, issued=ago(1)),
        invoice("void", late=3, status=Status(State.CANCELLED)),
    )
    then = compute_snapshot(day_of(rows), ago(7))
    assert then.computed
    found = {(change.what, change.number): change for change in find_changes(then, day_of(rows))}
    assert set(found) == {
        (What.PAID, "paid"), (What.PART_PAID, "part"), (What.OVERDUE, "late"), (What.REMINDED, "told"),
        (What.NEW, "new"),
    }  # fmt: skip
    part: Change = found[What.PART_PAID, "part"]
    assert (part.amount.amount if part.amount else None, part.on) == (Decimal(100), ago(2))


seen_rows = st.builds(
    Seen,
    number=st.sampled_from(["F-1", "F-2", "F-3"]),
    client=st.sampled_from(["a", "b"]),
    open=st.integers(1, 3).map(Decimal),
    currency=st.just("EUR"),
    level=st.integers(0, 2),
)


def snapshot(rows: list[Seen]) -> Snapshot:
    return Snapshot(TODAY, {(row.number, row.client): row for row in rows})


@given(st.lists(seen_rows), st.lists(seen_rows))
def test_a_difference_makes_the_snapshot_again(before: list[Seen], after: list[Seen]) -> None:
    base, now = snapshot(before), snapshot(after)
    difference = subtract(now, base)
    assert add(base.seen, difference.seen, difference.gone) == now.seen

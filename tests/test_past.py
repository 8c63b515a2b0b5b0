"""What was owed on days past: the same sums as the ageing of that day."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cases import TODAY, ago, invoice, ledger
from relance.domain.ageing import compute_ageing
from relance.domain.as_of import ledger_on
from relance.domain.model import Credit, Invoice, Payment, State, Status
from relance.domain.past import Balance, balances_on


def test_an_invoice_paid_since_was_open_and_late_on_that_day() -> None:
    rows = ledger(invoice(late=20, payments=(Payment(Decimal(1000), ago(5)),)))
    assert balances_on(rows, [TODAY, ago(6), ago(5), ago(20), ago(19), ago(60)]) == {
        "EUR": (
            Balance(ago(60), Decimal(0), Decimal(0)),
            Balance(ago(20), Decimal(1000), Decimal(0)),
            Balance(ago(19), Decimal(1000), Decimal(1000)),
            Balance(ago(6), Decimal(1000), Decimal(1000)),
            Balance(ago(5), Decimal(0), Decimal(0)),
            Balance(TODAY, Decimal(0), Decimal(0)),
        )
    }


def test_currencies_are_apart_and_one_without_debt_is_left_out() -> None:
    rows = ledger(invoice(), invoice("F-2", currency="GBP"), invoice("F-3", currency="USD", total=Decimal(0)))
    assert set(balances_on(rows, [TODAY])) == {"EUR", "GBP"}
    assert balances_on(rows, []) == {}


days = st.integers(-40, 200).map(lambda late: TODAY - timedelta(late))
amounts = st.integers(1, 900).map(Decimal)


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    due = draw(st.none() | days)
    issued = draw(st.none() | days)
    payments = tuple(
        Payment(draw(amounts), draw(st.none() | days)) for _ in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    status = draw(st.sampled_from([None, Status(State.OPEN), Status(State.PAID), Status(State.CANCELLED)]))
    notes = (Credit(draw(amounts)),) if draw(st.booleans()) else ()
    return invoice(f"F-{draw(st.integers(0, 10**9))}", due=due, issued=issued, payments=payments, status=status,
                   credits=notes, deposit=draw(st.sampled_from([Decimal(0), Decimal(300)])))  # fmt: skip


@given(st.lists(invoices(), max_size=6, unique_by=lambda one: one.number), st.lists(days, min_size=1, max_size=4))
def test_each_balance_is_the_ageing_of_its_day(rows: list[Invoice], asked: list[date]) -> None:
    found = balances_on(ledger(*rows), asked).get("EUR", ())
    assert [balance.on for balance in found] == (sorted(set(asked)) if found else [])
    by_day = {balance.on: (balance.open, balance.overdue) for balance in found}
    for day in asked:
        ageing = [one for one in compute_ageing(ledger_on(ledger(*rows), day), day) if one.currency == "EUR"]
        assert by_day.get(day, (0, 0)) == ((ageing[0].open, ageing[0].overdue) if ageing else (0, 0))

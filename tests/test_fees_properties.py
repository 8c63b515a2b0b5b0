"""What late fees must be for any debt: nothing on the due date, never less a day later, proportional, order-free."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from fee_cases import fees, invoice, paid, shown
from relance.domain.late_fees.contracts import Contract, Order

PRINCIPAL_FIRST = Contract(order=Order.PRINCIPAL_FIRST)
CENTS = Decimal("0.01")

amounts = st.decimals(Decimal("0.01"), Decimal(500_000), places=2)
days_ = st.dates(date(2016, 1, 1), date(2026, 12, 31))
payments_ = st.lists(
    st.tuples(st.integers(-20, 500), st.decimals(Decimal("0.01"), Decimal(50_000), places=2)), max_size=4
)


def dated(due: date, moves: list[tuple[int, Decimal]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(amount), f"{due + timedelta(offset):%d/%m/%Y}") for offset, amount in moves)


class TestProperties:
    @given(amounts, days_)
    def test_zero_on_the_due_date(self, total: Decimal, due: date) -> None:
        assert fees(invoice(str(total), due), due).total == 0

    @given(amounts, days_, payments_, st.integers(0, 600))
    def test_monotone_in_days(self, total: Decimal, due: date, moves: list[tuple[int, Decimal]], late: int) -> None:
        of = invoice(str(total), due, payments=paid(*dated(due, moves)))
        as_of = due + timedelta(late)
        assert fees(of, as_of).total <= fees(of, as_of + timedelta(1)).total

    @given(amounts, days_, st.integers(2, 600), st.data())
    def test_splitting_a_period_changes_nothing_but_rounding(
        self, total: Decimal, due: date, late: int, data: st.DataObject
    ) -> None:
        of, as_of = invoice(str(total), due), due + timedelta(late)
        claimed = due + timedelta(data.draw(st.integers(1, late - 1)))
        whole, rest = fees(of, as_of), fees(of, as_of, contract=Contract(claimed_until=claimed))
        assert abs(rest.claimed + rest.interest - whole.interest) <= CENTS
        assert all(line.start > claimed for line in rest.lines)

    @given(amounts, days_, st.integers(1, 600), st.integers(2, 9))
    def test_proportional_to_the_base(self, total: Decimal, due: date, late: int, times: int) -> None:
        as_of = due + timedelta(late)
        one, many = fees(invoice(str(total), due), as_of), fees(invoice(str(total * times), due), as_of)
        assert abs(many.interest - one.interest * times) <= CENTS / 2 * len(one.lines) * (times + 1)

    @given(amounts, days_, payments_, st.integers(1, 600))
    def test_interest_first_is_never_less_than_principal_first(
        self, total: Decimal, due: date, moves: list[tuple[int, Decimal]], late: int
    ) -> None:
        of, as_of = invoice(str(total), due, payments=paid(*dated(due, moves))), due + timedelta(late)
        first, other = fees(of, as_of), fees(of, as_of, contract=PRINCIPAL_FIRST)
        assert first.total >= other.total
        assert (first.other_total, other.other_total) == (other.total, first.total)

    @given(amounts, days_, payments_, st.integers(1, 600))
    def test_nothing_before_a_payment_depends_on_what_comes_after(
        self, total: Decimal, due: date, moves: list[tuple[int, Decimal]], late: int
    ) -> None:
        as_of = due + timedelta(late)
        moves = sorted(moves)
        of = invoice(str(total), due, payments=paid(*dated(due, moves)))
        for count, (offset, _) in enumerate(moves):
            earlier = invoice(str(total), due, payments=paid(*dated(due, moves[:count])))
            until = min(as_of, due + timedelta(offset))
            before = [line for line in fees(of, as_of).lines if line.end <= until]
            assert tuple(before) == fees(earlier, until).lines

    @given(amounts, days_, st.integers(1, 90), st.lists(amounts, min_size=2, max_size=3), st.integers(1, 300))
    def test_permuting_payments_of_one_day_changes_nothing(
        self, total: Decimal, due: date, offset: int, parts: list[Decimal], late: int
    ) -> None:
        found = {
            tuple(shown(fees(invoice(str(total), due, payments=paid(*dated(due, [(offset, part) for part in order]))),
                             due + timedelta(late))))
            for order in permutations(parts)
        }  # fmt: skip
        assert len(found) == 1

    @given(amounts, days_, payments_, st.integers(0, 600))
    def test_the_lines_add_up_and_the_claim_counts_nothing_twice(
        self, total: Decimal, due: date, moves: list[tuple[int, Decimal]], late: int
    ) -> None:
        of, as_of = invoice(str(total), due, payments=paid(*dated(due, moves))), due + timedelta(late)
        found = fees(of, as_of)
        assert sum(line.amount for line in found.lines) == found.interest
        assert found.total == found.interest + found.indemnity
        covered = [line.start + timedelta(n) for line in found.lines for n in range(line.days)]
        assert len(covered) == len(set(covered))
        assert all(due < line.start <= line.end <= as_of for line in found.lines)

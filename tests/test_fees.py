"""Late fees against the published examples, the published errors, and at the boundaries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from fee_cases import BUSINESS, CONSUMER, PUBLIC, RATES, codes, credited, day, fees, invoice, law, paid, shown
from relance.dates import HalfYear
from relance.domain.late_fees.contracts import NO_CONTRACT, Contract, Cost, Order
from relance.domain.late_fees.fees import compute_fees, open_on
from relance.domain.late_fees.law import FeeRule, Per, RateSpec, Tier
from relance.domain.model import Dispute, DueSource, Kind, State, Status
from relance.money import Money

PRINCIPAL_FIRST = Contract(order=Order.PRINCIPAL_FIRST)


def yearly(percent: str) -> Contract:
    return Contract(rate=RateSpec(points=Decimal(percent)))


class TestPublishedExamples:
    """Every row of the table of worked examples."""

    def test_15_000_at_15_percent_for_30_days(self) -> None:
        assert fees(invoice("15000", "01/03/2026"), "31/03/2026", contract=yearly("15")).interest == Decimal("184.93")

    def test_5_000_at_10_percent_for_30_days(self) -> None:
        assert fees(invoice("5000", "01/03/2026"), "31/03/2026", contract=yearly("10")).interest == Decimal("41.10")

    def test_over_a_change_of_rate(self) -> None:
        found = fees(invoice("10000", "20/06/2026", payments=paid(("10000", "10/07/2026"))), "20/11/2026")
        assert shown(found) == [
            ("21/06/2026", "30/06/2026", 10, "10000.00", "12.15", "2026-S1", "33.29"),
            ("01/07/2026", "10/07/2026", 10, "10000.00", "12.40", "2026-S2", "33.97"),
        ]
        assert (found.interest, found.indemnity, found.total) == (Decimal("67.26"), 40, Decimal("107.26"))

    def test_due_on_the_last_day_of_a_half_year(self) -> None:
        found = fees(invoice("10000", "30/06/2026", payments=paid(("10000", "01/07/2026"))), "20/11/2026")
        assert shown(found) == [("01/07/2026", "01/07/2026", 1, "10000.00", "12.40", "2026-S2", "3.40")]

    def test_a_part_payment_interest_first(self) -> None:
        part = invoice("10000", "01/05/2026", payments=paid(("4000", "01/07/2026")))
        found = fees(part, "03/09/2026")
        assert shown(found) == [
            ("02/05/2026", "30/06/2026", 60, "10000.00", "12.15", "2026-S1", "199.73"),
            ("01/07/2026", "01/07/2026", 1, "10000.00", "12.40", "2026-S2", "3.40"),
            ("02/07/2026", "03/09/2026", 64, "6203.13", "12.40", "2026-S2", "134.87"),
        ]
        assert part.open + found.interest == Decimal("6338.00")
        assert found.other_total == Decimal("373.58")

    def test_a_part_payment_principal_first(self) -> None:
        part = invoice("10000", "01/05/2026", payments=paid(("4000", "01/07/2026")))
        found = fees(part, "03/09/2026", contract=PRINCIPAL_FIRST)
        assert shown(found)[-1] == ("02/07/2026", "03/09/2026", 64, "6000.00", "12.40", "2026-S2", "130.45")
        assert part.open + found.interest == Decimal("6333.58")
        assert found.other_total == Decimal("378.00")

    def test_8_percent_is_under_the_floor_and_applied_all_the_same(self) -> None:
        found = fees(invoice("10000", "30/06/2026"), "30/07/2026", contract=yearly("8"))
        assert codes(found) == ["rate-under-floor"]
        assert [str(figure) for figure in found.notices[0].message.args["figures"]] == ["8 % against 8.25 % in 2026-S2"]
        assert found.lines[0].rate == 8

    def test_12_percent_is_fine(self) -> None:
        assert not fees(invoice("10000", "30/06/2026"), "30/07/2026", contract=yearly("12")).notices


class TestPublishedErrors:
    """What pages and programs get wrong."""

    def test_the_default_rate_is_not_the_legal_rate_plus_ten(self) -> None:
        assert [line.rate for line in fees(invoice("1000", "30/06/2026"), "31/07/2026").lines] == [Decimal("12.40")]

    def test_2024_s2_is_at_the_rate_of_1_july_not_of_september(self) -> None:
        assert [line.rate for line in fees(invoice("1000", "30/09/2024"), "31/12/2024").lines] == [Decimal("14.25")]

    def test_2025_is_not_at_one_rate(self) -> None:
        found = fees(invoice("1000", "31/12/2024"), "31/12/2025")
        assert [line.rate for line in found.lines] == [Decimal("13.15"), Decimal("12.15")]

    def test_a_consumer_pays_no_indemnity(self) -> None:
        noticed = Contract(formal_notice=day("01/09/2026"), indemnity=Decimal(40))
        found = fees(invoice("1000", "30/06/2026"), "31/12/2026", rule=CONSUMER, contract=noticed)
        assert found.indemnity == 0
        assert found.total == found.interest > 0
        assert codes(found) == ["contract-ignored"]

    def test_interest_runs_on_saturdays_sundays_and_holidays(self) -> None:
        assert [line.days for line in fees(invoice("1000", "30/04/2026"), "03/05/2026").lines] == [3]

    def test_the_base_is_tax_included(self) -> None:
        assert fees(invoice("1200", "30/06/2026"), "31/07/2026").lines[0].base == Decimal("1200.00")

    def test_the_floor_never_raises_the_default_rate(self) -> None:
        found = fees(invoice("1000", "31/12/2023"), "31/12/2024")
        assert [line.rate for line in found.lines] == [Decimal("14.50"), Decimal("14.25")]

    def test_leap_years_count_365_days(self) -> None:
        found = fees(invoice("36500", "31/12/2023"), "31/12/2024", contract=yearly("10"))
        assert (found.lines[0].days, found.interest) == (366, Decimal("3660.00"))


class TestKindsOfDebtor:
    def test_a_consumer_owes_nothing_before_the_formal_notice_is_received(self) -> None:
        of = invoice("10000", "31/03/2026")
        before = fees(of, "31/08/2026", rule=CONSUMER)
        assert (before.interest, before.total, codes(before)) == (0, 0, ["formal-notice-missing"])
        settled = invoice("10000", "31/03/2026", payments=paid(("10000", "01/05/2026")))
        assert not fees(settled, "31/08/2026", rule=CONSUMER).notices
        noticed = Contract(formal_notice=day("10/06/2026"))
        assert fees(of, "09/06/2026", rule=CONSUMER, contract=noticed).total == 0
        found = fees(of, "10/07/2026", rule=CONSUMER, contract=noticed)
        assert shown(found) == [
            ("10/06/2026", "30/06/2026", 21, "10000.00", "2.62", "2026-S1", "15.07"),
            ("01/07/2026", "10/07/2026", 10, "10000.00", "2.75", "2026-S2", "7.53"),
        ]

    @pytest.mark.parametrize("received", ["01/06/2026", "30/06/2026"])
    def test_nobody_is_put_on_notice_of_a_debt_that_is_not_late_yet(self, received: str) -> None:
        of = invoice("10000", "30/06/2026")
        found = fees(of, "10/07/2026", rule=CONSUMER, contract=Contract(formal_notice=day(received)))
        assert (found.interest, codes(found)) == (0, ["formal-notice-missing"])
        next_day = fees(of, "10/07/2026", rule=CONSUMER, contract=Contract(formal_notice=day("01/07/2026")))
        assert shown(next_day)[0][:3] == ("01/07/2026", "10/07/2026", 10)

    def test_the_indemnity_of_a_public_buyer_cannot_be_given_up_by_contract(self) -> None:
        of, given_up = invoice("10000", "31/03/2026"), Contract(indemnity=Decimal(0))
        found = fees(of, "10/07/2026", rule=PUBLIC, contract=given_up)
        assert (found.indemnity, codes(found)) == (40, ["contract-ignored"])
        assert fees(of, "10/07/2026", contract=given_up).indemnity == 0

    def test_payments_of_a_consumer_before_the_notice_reduce_the_base(self) -> None:
        of = invoice("10000", "31/03/2026", payments=paid(("4000", "01/05/2026"), ("1000", "15/07/2026")))
        found = fees(of, "31/07/2026", rule=CONSUMER, contract=Contract(formal_notice=day("01/07/2026")))
        assert [(line.days, line.base) for line in found.lines] == [(15, 6000), (16, Decimal("5006.78"))]

    @pytest.mark.parametrize(("due", "rate"), [("29/06/2026", "10.15"), ("30/06/2026", "10.40")])
    def test_a_public_buyer_pays_one_rate_that_of_the_half_year_in_which_interest_started(
        self, due: str, rate: str
    ) -> None:
        found = fees(invoice("10000", due), "31/12/2026", rule=PUBLIC)
        assert [(str(line.rate), line.half_year) for line in found.lines] == [(rate, None)]
        assert found.indemnity == 40

    def test_a_public_buyers_rate_cannot_be_waived_by_contract(self) -> None:
        found = fees(invoice("10000", "30/06/2026"), "31/12/2026", rule=PUBLIC, contract=yearly("2"))
        assert [str(line.rate) for line in found.lines] == ["10.40"]
        assert codes(found) == ["contract-ignored"]

    def test_a_belgian_debtor_is_rounded_up_to_the_half_point(self) -> None:
        found = fees(invoice("10000", "30/06/2024"), "31/12/2024", rule=law("be").rule(Kind.BUSINESS))
        assert [str(line.rate) for line in found.lines] == ["12.5"]
        assert (found.interest, found.indemnity) == (Decimal("630.14"), 40)

    def test_a_luxembourg_debtor(self) -> None:
        found = fees(invoice("10000", "30/06/2024"), "31/12/2024", rule=law("lu").rule(Kind.BUSINESS))
        assert [str(line.rate) for line in found.lines] == ["12.25"]

    def test_a_foreign_law_is_vouched_for_from_2023_only(self) -> None:
        found = fees(invoice("10000", "01/11/2022"), "31/01/2023", rule=law("be").rule(Kind.BUSINESS))
        assert [line.provisional for line in found.lines] == [True, False]
        assert codes(found) == ["rate-provisional"]

    def test_a_kind_without_rule_claims_nothing_and_says_so(self) -> None:
        found = fees(invoice("10000", "30/06/2024"), "31/12/2024", rule=law("be").rule(Kind.CONSUMER))
        assert (found.total, codes(found)) == (0, ["fee-rule-missing"])

    def test_an_indemnity_may_depend_on_the_debt(self) -> None:
        tiers = (Tier(Decimal(40)), Tier(Decimal(70), above=Decimal(1000)), Tier(Decimal(100), above=Decimal(10000)))
        rule = FeeRule(Kind.BUSINESS, rate=RateSpec(points=Decimal(8)), indemnity=tiers)
        assert [fees(invoice(total, "30/06/2024"), "01/07/2024", rule=rule).indemnity for total in
                ("999", "5000", "20000")] == [40, 70, 100]  # fmt: skip


class TestContractRates:
    @pytest.mark.parametrize(
        ("rate", "percent"),
        [
            (RateSpec(points=Decimal(12)), ["12"]),
            (RateSpec(points=Decimal("1.5"), per=Per.MONTH), ["18.0"]),
            (RateSpec(points=Decimal(5), per=Per.WEEK), ["260"]),
            (RateSpec(table="legal-other", times=Decimal(3)), ["7.86", "8.25"]),
            (RateSpec(table="ecb", points=Decimal(8)), ["10.15", "10.40"]),
        ],
    )
    def test_a_varying_rate_is_cut_at_half_years_a_constant_one_is_not(
        self, rate: RateSpec, percent: list[str]
    ) -> None:
        found = fees(invoice("10000", "31/05/2026"), "31/07/2026", contract=Contract(rate=rate))
        assert [str(line.rate) for line in found.lines] == percent
        assert [line.half_year is None for line in found.lines] == [not rate.varies] * len(percent)

    def test_half_years_at_equal_rates_are_cut_all_the_same(self) -> None:
        found = fees(invoice("10000", "01/12/2025"), "31/01/2026")
        assert [(str(line.half_year), str(line.rate)) for line in found.lines] == [
            ("2025-S2", "12.15"), ("2026-S1", "12.15"),
        ]  # fmt: skip

    def test_the_single_rate_variant_keeps_the_rate_of_the_start(self) -> None:
        found = fees(invoice("10000", "20/06/2026"), "10/07/2026", contract=Contract(single_rate=True))
        assert shown(found) == [("21/06/2026", "10/07/2026", 20, "10000.00", "12.15", None, "66.58")]

    def test_five_percent_a_week_is_applied_with_a_warning(self) -> None:
        weekly = Contract(rate=RateSpec(points=Decimal(5), per=Per.WEEK))
        found = fees(invoice("1000", "30/06/2026"), "07/07/2026", contract=weekly)
        assert found.interest == Decimal("49.86")
        assert codes(found) == ["rate-high"]

    def test_a_zero_rate_leaves_the_indemnity(self) -> None:
        found = fees(invoice("1000", "30/06/2026"), "07/07/2026", contract=yearly("0"))
        assert (found.interest, found.total) == (0, 40)

    def test_the_floor_is_that_of_each_half_year(self) -> None:
        found = fees(invoice("1000", "31/05/2026"), "07/07/2026", contract=yearly("8"))
        assert [str(figure) for figure in found.notices[0].message.args["figures"]] == ["8 % against 8.25 % in 2026-S2"]

    def test_every_line_says_where_its_rate_comes_from(self) -> None:
        (line,) = fees(invoice("1000", "30/06/2026"), "07/07/2026").lines
        assert str(line.source).startswith("ECB refinancing rate + 10 points; published 2.40%")


class TestPaymentsAndCredits:
    def test_a_payment_before_or_on_the_due_date_reduces_the_base_from_the_start(self) -> None:
        for on in ("01/06/2026", "30/06/2026"):
            found = fees(invoice("1000", "30/06/2026", payments=paid(("400", on))), "10/07/2026")
            assert [(line.days, line.base) for line in found.lines] == [(10, 600)]

    def test_a_deposit_reduces_the_base_from_the_start(self) -> None:
        assert fees(invoice("1000", "30/06/2026", deposit=Decimal(300)), "10/07/2026").lines[0].base == 700

    def test_a_credit_note_reduces_the_principal_from_its_own_day_in_both_orders(self) -> None:
        of = invoice("1000", "30/06/2026", credits=credited(("400", "06/07/2026")))
        for contract in (NO_CONTRACT, PRINCIPAL_FIRST):
            found = fees(of, "10/07/2026", contract=contract)
            assert [(line.days, line.base) for line in found.lines] == [(5, 1000), (5, 600)]

    def test_paid_late_the_fees_stay_owed_and_do_not_accrue(self) -> None:
        of = invoice("10000", "20/06/2026", payments=paid(("10000", "10/07/2026")))
        assert of.open == 0
        assert fees(of, "10/07/2026").total == fees(of, "31/12/2026").total == Decimal("107.26")

    def test_interest_first_stops_with_the_open_amount_though_interest_is_left(self) -> None:
        of = invoice("9000", "31/05/2026", payments=paid(("3000", "15/06/2026"), ("3000", "15/07/2026"),
                                                         ("3000", "15/08/2026")))  # fmt: skip
        found = fees(of, "31/12/2026")
        assert shown(found) == [
            ("01/06/2026", "15/06/2026", 15, "9000.00", "12.15", "2026-S1", "44.94"),
            ("16/06/2026", "30/06/2026", 15, "6044.94", "12.15", "2026-S1", "30.18"),
            ("01/07/2026", "15/07/2026", 15, "6044.94", "12.40", "2026-S2", "30.80"),
            ("16/07/2026", "15/08/2026", 31, "3105.92", "12.40", "2026-S2", "32.71"),
        ]

    def test_a_payment_smaller_than_the_interest_leaves_the_principal_whole(self) -> None:
        of = invoice("10000", "31/12/2024", payments=paid(("100", "30/06/2025"), ("100", "31/07/2025")))
        found = fees(of, "31/08/2025")
        assert {line.base for line in found.lines} == {Decimal(10000)}

    def test_an_undated_payment_counts_as_received_by_the_due_date_with_a_warning(self) -> None:
        found = fees(invoice("1000", "30/06/2026", payments=paid(("400", None))), "10/07/2026")
        assert (found.lines[0].base, found.provisional, codes(found)) == (600, True, ["payment-undated"])
        settled = fees(invoice("1000", "30/06/2026", payments=paid(("1000", None))), "10/07/2026")
        assert (settled.total, settled.provisional, settled.late) == (0, True, False)

    def test_an_undated_credit_note_counts_from_the_start_with_a_warning(self) -> None:
        found = fees(invoice("1000", "30/06/2026", credits=credited(("400", None))), "10/07/2026")
        assert (found.lines[0].base, found.provisional, codes(found)) == (600, True, ["credit-undated"])

    def test_the_status_paid_alone_settles(self) -> None:
        found = fees(invoice("1000", "30/06/2026", status=Status(State.PAID)), "10/07/2026")
        assert (found.total, found.provisional, found.notices) == (0, False, ())
        typed = invoice("1000", "30/06/2026", status=Status(State.PAID), payments=paid(("1000", None)))
        assert not fees(typed, "10/07/2026").notices

    def test_the_status_paid_does_not_silence_a_payment_that_says_otherwise(self) -> None:
        of = invoice("1000", "30/06/2026", status=Status(State.PAID), payments=paid(("400", None)))
        found = fees(of, "10/07/2026")
        assert (found.lines[0].base, codes(found)) == (600, ["payment-undated"])

    def test_an_over_payment_covers_the_fees(self) -> None:
        of = invoice("10000", "20/06/2026", payments=paid(("10100", "10/07/2026")))
        found = fees(of, "31/12/2026")
        assert (found.total, found.owed) == (Decimal("107.26"), Decimal("7.26"))

    def test_a_later_payment_does_not_exist_yet_on_an_earlier_day(self) -> None:
        of = invoice("10000", "20/06/2026", payments=paid(("10000", "10/07/2026")))
        assert fees(of, "30/06/2026").lines == fees(invoice("10000", "20/06/2026"), "30/06/2026").lines
        assert [open_on(of, day(on)) for on in ("09/07/2026", "10/07/2026")] == [10000, 0]

    def test_a_few_cents_within_the_tolerance_are_settled(self) -> None:
        of = invoice("1000", "30/06/2026", payments=paid(("999.95", "30/06/2026")))
        assert fees(of, "10/07/2026").total == 40
        assert fees(of, "10/07/2026", contract=Contract(tolerance=Decimal("0.10"))).total == 0

    def test_the_disputed_part_is_shown_apart(self) -> None:
        part = invoice("1000", "30/06/2026", dispute=Dispute(Decimal(250)))
        found = fees(part, "30/07/2026")
        assert (found.interest, found.disputed) == (Decimal("10.19"), Decimal("2.55"))
        for whole in (Dispute(), None):
            of = invoice("1000", "30/06/2026", dispute=whole, status=Status(State.DISPUTED))
            assert fees(of, "30/07/2026").disputed == Decimal("10.19")


class TestLateness:
    def test_nothing_on_the_due_date_and_before(self) -> None:
        for as_of in ("01/06/2026", "30/06/2026"):
            found = fees(invoice("1000", "30/06/2026"), as_of)
            assert (found.total, found.indemnity, found.lines, found.late) == (0, 0, (), False)

    def test_one_day_late(self) -> None:
        found = fees(invoice("1000", "30/06/2026"), "01/07/2026")
        assert (found.lines[0].days, found.indemnity) == (1, 40)

    def test_without_due_date_nothing(self) -> None:
        of = invoice("1000", "30/06/2026")
        undated = type(of)(number="X", client=of.client, where=of.where, total=of.total)
        assert compute_fees(undated, BUSINESS, NO_CONTRACT, RATES, day("01/07/2026")).total == 0

    @pytest.mark.parametrize("state", [State.CANCELLED, State.DRAFT, State.CREDIT_NOTE, State.WRITTEN_OFF])
    def test_what_is_no_claim_bears_no_fees(self, state: State) -> None:
        assert fees(invoice("1000", "30/06/2026", status=Status(state)), "31/12/2026").total == 0

    def test_a_credit_note_bears_no_fees(self) -> None:
        assert fees(invoice("-1000", "30/06/2026", is_credit_note=True), "31/12/2026").total == 0
        assert fees(invoice("-1000", "30/06/2026"), "31/12/2026").total == 0

    def test_an_assumed_due_date_makes_the_fees_provisional(self) -> None:
        found = fees(invoice("1000", "30/06/2026", due_source=DueSource.ASSUMED), "31/07/2026")
        assert (found.provisional, codes(found)) == (True, ["due-assumed"])

    def test_a_rate_not_published_yet_makes_the_fees_provisional(self) -> None:
        found = fees(invoice("1000", "30/11/2026"), "31/01/2027")
        assert [(str(line.half_year), str(line.rate), line.provisional) for line in found.lines] == [
            ("2026-S2", "12.40", False), ("2027-S1", "12.40", True),
        ]  # fmt: skip
        assert (found.provisional, codes(found)) == (True, ["rate-provisional"])
        assert not fees(invoice("1000", "30/11/2026"), "31/12/2026").provisional

    def test_insolvency_stops_interest_on_earlier_debts_and_bars_later_ones(self) -> None:
        opened = Contract(insolvency=day("10/07/2026"))
        earlier = fees(invoice("1000", "30/06/2026"), "31/12/2026", contract=opened)
        assert [(f"{line.end:%d/%m/%Y}", line.days) for line in earlier.lines] == [("10/07/2026", 10)]
        assert (earlier.indemnity, codes(earlier)) == (40, ["insolvency"])
        for due in ("10/07/2026", "31/07/2026"):
            later = fees(invoice("1000", due), "31/12/2026", contract=opened)
            assert (later.total, codes(later)) == (0, ["insolvency"])


class TestIndemnityCostsAndClaims:
    def test_the_indemnity_is_whole_after_a_part_payment_and_not_in_the_base(self) -> None:
        found = fees(invoice("1000", "30/06/2026", payments=paid(("999", "15/07/2026"))), "31/12/2026")
        assert found.indemnity == 40
        assert found.lines[-1].base < 10

    def test_an_indemnity_given_up(self) -> None:
        found = fees(invoice("1000", "30/06/2026"), "31/07/2026", contract=Contract(indemnity=Decimal(0)))
        assert found.total == found.interest > 0

    def test_recovery_costs_come_with_their_evidence_and_never_from_a_consumer(self) -> None:
        costs = (Cost(Decimal("75.50"), "facture de l’étude"),)
        found = fees(invoice("1000", "30/06/2026"), "31/07/2026", contract=Contract(costs=costs))
        assert (found.costs, found.total) == (costs, found.interest + 40 + Decimal("75.50"))
        spared = fees(invoice("1000", "30/06/2026"), "31/07/2026", rule=CONSUMER,
                      contract=Contract(costs=costs, formal_notice=day("01/07/2026")))  # fmt: skip
        assert (spared.costs, spared.total, codes(spared)) == ((), spared.interest, ["contract-ignored"])

    def test_a_later_claim_starts_after_what_was_claimed(self) -> None:
        of = invoice("10000", "01/05/2026", payments=paid(("4000", "01/07/2026")))
        claimed = Contract(claimed_until=day("31/07/2026"), indemnity_claimed=True)
        first, again = fees(of, "31/07/2026"), fees(of, "03/09/2026", contract=claimed)
        assert again.lines[0].start == day("01/08/2026")
        assert (again.claimed, again.indemnity) == (first.total, 0)
        assert again.owed == again.total + again.claimed
        assert {line.start for line in again.lines}.isdisjoint(line.start for line in first.lines)

    def test_fees_paid_and_waived_come_off_what_is_owed(self) -> None:
        of = invoice("10000", "20/06/2026", payments=paid(("10000", "10/07/2026")))
        found = fees(of, "31/12/2026", contract=Contract(fees_paid=Decimal("67.26"), waived=Decimal(40)))
        assert (found.total, found.owed) == (Decimal("107.26"), 0)


class TestBoundaries:
    def test_29_february(self) -> None:
        assert fees(invoice("1000", "29/02/2024"), "01/03/2024").lines[0].days == 1
        assert fees(invoice("1000", "28/02/2024"), "01/03/2024").lines[0].days == 2
        assert fees(invoice("1000", "28/02/2023"), "01/03/2023").lines[0].days == 1

    def test_31_december(self) -> None:
        found = fees(invoice("1000", "31/12/2025"), "01/01/2026")
        assert [(line.days, line.half_year) for line in found.lines] == [(1, HalfYear(2026, 1))]
        found = fees(invoice("1000", "30/12/2025"), "01/01/2026")
        assert [(line.days, line.half_year) for line in found.lines] == [(1, HalfYear(2025, 2)), (1, HalfYear(2026, 1))]

    def test_due_on_the_first_day_of_a_new_rate(self) -> None:
        found = fees(invoice("1000", "01/07/2026"), "02/07/2026")
        assert shown(found) == [("02/07/2026", "02/07/2026", 1, "1000.00", "12.40", "2026-S2", "0.34")]

    def test_paid_on_the_last_day_of_a_rate(self) -> None:
        found = fees(invoice("1000", "20/06/2026", payments=paid(("500", "30/06/2026"))), "01/07/2026")
        assert [(f"{line.start:%d/%m}", line.days, str(line.half_year)) for line in found.lines] == [
            ("21/06", 10, "2026-S1"), ("01/07", 1, "2026-S2"),
        ]  # fmt: skip

    def test_the_end_of_the_calendar(self) -> None:
        assert fees(invoice("1000", "30/12/2026"), date.max).provisional

    def test_halves_of_a_cent_are_rounded_up(self) -> None:
        assert fees(invoice("36.50", "30/06/2026"), "01/07/2026", contract=yearly("5")).interest == Decimal("0.01")
        assert fees(invoice("36.49", "30/06/2026"), "01/07/2026", contract=yearly("5")).interest == Decimal("0.00")


@pytest.mark.parametrize("paid_in_part", [False, True])
def test_the_indemnity_of_a_debt_in_another_currency_is_due_besides_in_euros(paid_in_part: bool) -> None:
    moves = paid(("100", "01/11/2026")) if paid_in_part else ()
    pounds = fees(invoice("1000", "01/10/2026", currency="GBP", payments=moves), "20/11/2026")
    euros = fees(invoice("1000", "01/10/2026", payments=moves), "20/11/2026")
    assert (pounds.indemnity, pounds.apart) == (0, Money(Decimal(40), "EUR"))
    assert (euros.indemnity, euros.apart) == (40, None)
    assert pounds.total == pounds.interest == pounds.owed == euros.interest == euros.total - 40


def test_an_indemnity_agreed_is_due_besides_and_none_from_a_consumer() -> None:
    late = invoice("1000", "01/10/2026", currency="USD")
    assert fees(late, "20/11/2026", contract=Contract(indemnity=Decimal(60))).apart == Money(Decimal(60), "EUR")
    assert fees(late, "20/11/2026", contract=Contract(indemnity=Decimal(0))).apart is None
    assert fees(late, "20/11/2026", rule=law().rule(Kind.CONSUMER)).apart is None

"""The rate tables: what is shipped, what a user adds, what does not load, what is not known yet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from fee_cases import FRANCE, RATES, law
from relance.dates import HalfYear
from relance.domain.late_fees.law import Per, RateSpec, build_law
from relance.domain.late_fees.rate_text import parse_rate
from relance.domain.late_fees.rates import (
    OwnRate,
    RatesError,
    add_own_rates,
    build_rates,
    build_table,
    check_own_rate,
    next_change,
    shipped_rate,
)
from relance.domain.model import Kind

H2026 = HalfYear(2026, 2)


def test_every_shipped_row_has_a_source() -> None:
    assert {name: len(table.rows) for name, table in RATES.tables.items()} == {
        "ecb": 36,
        "legal-individual": 24,
        "legal-other": 24,
    }
    assert all(row.source and not row.own for table in RATES.tables.values() for row in table.rows)


@pytest.mark.parametrize(
    ("table", "half_year", "percent"),
    [
        ("ecb", "2013-S1", "0.75"),
        ("ecb", "2024-S2", "4.25"),
        ("ecb", "2025-S1", "3.15"),
        ("ecb", "2026-S2", "2.40"),
        ("legal-other", "2024-S1", "5.07"),
        ("legal-other", "2026-S2", "2.75"),
        ("legal-individual", "2026-S2", "6.84"),
    ],
)
def test_shipped_figures(table: str, half_year: str, percent: str) -> None:
    quote = RATES[table].at(HalfYear.parse(half_year))
    assert (quote.rate.percent, quote.provisional) == (Decimal(percent), False)


def test_an_unknown_half_year_is_answered_with_the_last_known_rate_and_said_so() -> None:
    quote = RATES["ecb"].at(HalfYear(2027, 2))
    assert (quote.rate.percent, quote.rate.half_year, quote.provisional) == (Decimal("2.40"), H2026, True)


def test_a_half_year_before_the_table_is_provisional_too() -> None:
    quote = RATES["legal-other"].at(HalfYear(2014, 2))
    assert (quote.rate.half_year, quote.provisional) == (HalfYear(2015, 1), True)


def test_half_year_in_force_and_next_change() -> None:
    assert RATES["ecb"].in_force(date(2026, 6, 30)).rate.half_year == HalfYear(2026, 1)
    assert RATES["ecb"].in_force(date(2026, 7, 1)).rate.half_year == H2026
    assert next_change(date(2026, 6, 30)) == date(2026, 7, 1)
    assert next_change(date(2026, 12, 31)) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("2025-S1", "1", "x"), ("2026-S1", "1", "x")], "add 2025-S2"),
        ([("2025-S1", "1", "x"), ("2025-S1", "2", "x")], "one row"),
        ([("2025-S2", "1", "x"), ("2025-S1", "2", "x")], "one row"),
        ([("2025", "1", "x")], "half-year"),
        ([("2025-S3", "1", "x")], "half-year"),
        ([("2025-S1", "", "x")], "not a rate"),
        ([("2025-S1", "NaN", "x")], "not a rate"),
        ([], "no row"),
    ],
)
def test_a_table_with_a_gap_an_overlap_or_a_wrong_row_does_not_load(
    rows: list[tuple[str, str, str]], words: str
) -> None:
    with pytest.raises(RatesError, match=words):
        build_table("ecb", rows)


def test_a_file_of_rates_may_hold_several_tables() -> None:
    rates = build_rates([[{"half_year": "2026-S2", "a": "1", "b": "2", "source": "here"}]])
    assert [rates[name].rows[0].percent for name in ("a", "b")] == [1, 2]


def test_the_users_own_rate_fills_a_half_year_to_come() -> None:
    rates, problems = add_own_rates(RATES, [OwnRate("ecb", "2027-S1", "2,65", "our file")])
    quote = rates["ecb"].at(HalfYear(2027, 1))
    assert (quote.rate.percent, quote.rate.own, quote.rate.source, quote.provisional) == (
        Decimal("2.65"), True, "our file", False,
    )  # fmt: skip
    assert not problems
    assert RATES["ecb"].at(HalfYear(2027, 1)).provisional


def test_a_shipped_rate_is_never_overridden_in_silence() -> None:
    rates, problems = add_own_rates(RATES, [OwnRate("ecb", "2026-S2", "2.65", "our file")])
    assert rates["ecb"].at(H2026).rate.percent == Decimal("2.40")
    assert [problem.code for problem in problems] == ["rate-conflict"]
    same, none = add_own_rates(RATES, [OwnRate("ecb", "2026-S2", "2.4", "our file")])
    assert not none
    assert not same["ecb"].at(H2026).rate.own


def test_what_a_user_may_not_add() -> None:
    with pytest.raises(RatesError, match="add 2027-S1"):
        add_own_rates(RATES, [OwnRate("ecb", "2027-S2", "2.65", "us")])
    for name, half_year, percent in (("ecb", "2027-S1", "265"), ("ecb", "2027-S1", "-1"), ("ecb", "1er", "2"),
                                     ("euribor", "2027-S1", "2")):  # fmt: skip
        with pytest.raises(RatesError):
            check_own_rate(RATES, OwnRate(name, half_year, percent, "us"))


def test_the_shipped_row_can_be_asked_for_before_adding_one() -> None:
    shipped = shipped_rate(RATES, "ecb", H2026)
    assert shipped is not None
    assert shipped.percent == Decimal("2.40")
    assert shipped_rate(RATES, "ecb", HalfYear(2027, 1)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 %", RateSpec(points=Decimal(12))),
        ("12,5 % l’an", RateSpec(points=Decimal("12.5"))),
        ("taux annuel de 10 %", RateSpec(points=Decimal(10))),
        ("1,5 % par mois", RateSpec(points=Decimal("1.5"), per=Per.MONTH)),
        ("5 % par semaine", RateSpec(points=Decimal(5), per=Per.WEEK)),
        ("5% per week", RateSpec(points=Decimal(5), per=Per.WEEK)),
        ("Pénalités de 5 % par semaine de retard et indemnité de 40 €", RateSpec(points=Decimal(5), per=Per.WEEK)),
        ("3 fois le taux légal", RateSpec(table="legal-other", times=Decimal(3))),
        ("3 x taux légal", RateSpec(table="legal-other", times=Decimal(3))),
        ("trois fois le taux d'intérêt légal", RateSpec(table="legal-other", times=Decimal(3))),
        ("three times the legal interest rate", RateSpec(table="legal-other", times=Decimal(3))),
        ("taux légal majoré de 5 points", RateSpec(table="legal-other", points=Decimal(5))),
        ("BCE + 10", RateSpec(table="ecb", points=Decimal(10))),
        ("taux directeur de la BCE majoré de 10 points", RateSpec(table="ecb", points=Decimal(10))),
        ("ECB + 8 points", RateSpec(table="ecb", points=Decimal(8))),
        ("12", None),
        ("10 % du montant", None),
        ("12 % ou 3 fois le taux légal", None),
        ("12 %, au minimum 3 fois le taux légal", None),
        ("1 % par mois ou 12 % par an", None),
        ("5 % par semaine entamée", None),
        ("BCE majoré de 10 %", None),
        ("L441-10 taux légal", None),
        ("3 fois le taux légal + 2 points", None),
        ("", None),
    ],
)
def test_the_rate_a_contract_states(text: str, expected: RateSpec | None) -> None:
    assert parse_rate(text) == expected


def test_periods_of_a_contract_rate_make_a_yearly_rate() -> None:
    yearly = {per: RateSpec(points=Decimal(1), per=per).annual(Decimal(0)) for per in Per}
    assert yearly == {Per.YEAR: 1, Per.MONTH: 12, Per.WEEK: 52, Per.DAY: 365}


@pytest.mark.parametrize(
    ("half_year", "percent"),
    [
        ("2023-S1", "10.5"),
        ("2023-S2", "12"),
        ("2024-S1", "12.5"),
        ("2024-S2", "12.5"),
        ("2025-S1", "11.5"),
        ("2025-S2", "10.5"),
    ],
)
def test_belgium_rounds_up_to_the_half_point_as_published(half_year: str, percent: str) -> None:
    spec = law("be").rule(Kind.BUSINESS).rate
    assert spec is not None
    assert spec.annual(RATES["ecb"].at(HalfYear.parse(half_year)).rate.percent) == Decimal(percent)


def test_every_country_is_a_file_of_data() -> None:
    folder = Path(__file__).parent.parent / "src" / "relance" / "data" / "law"
    found = {path.stem for path in folder.glob("*.toml")}
    assert found == {"fr", "be", "lu"}
    for name in found:
        assert law(name).country == name.upper()
        assert all(rule.basis for rule in law(name).rules)
    assert {rule.kind for rule in FRANCE.rules} == set(Kind)


def test_a_misspelt_key_in_a_law_file_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="indemnite"):
        build_law({"country": "FR", "name": "France", "rules": [{"kind": "business", "indemnite": "40"}]})

"""The marks kept in the code are CLDR's own, as babel gives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from relance.errors import msg, msg_n
from relance.language import Language
from relance.money import Money

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
amounts = st.decimals(-(10**9), 10**9, places=2)


def plain(text: str) -> str:
    return text.replace("\u202f", "\u00a0")


@pytest.mark.parametrize("code", LOCALES)
@given(amount=amounts, currency=st.sampled_from(["EUR", "USD", "GBP", "CHF", "JPY", "TND"]))
def test_amounts_are_written_as_babel_writes_them(code: str, amount: Decimal, currency: str) -> None:
    if currency == "JPY":
        amount = Decimal(int(amount))
    if amount == 0:
        amount = abs(amount)
    assert Language(code).money(amount, currency) == plain(format_currency(amount, currency, locale=LOCALES[code]))


@pytest.mark.parametrize("code", LOCALES)
@given(value=st.integers(-(10**9), 10**9))
def test_counts_are_written_as_babel_writes_them(code: str, value: int) -> None:
    assert Language(code).number(value) == plain(format_decimal(value, locale=LOCALES[code]))


@pytest.mark.parametrize("code", LOCALES)
@given(day=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_long_dates_are_written_as_babel_writes_them(code: str, day: date) -> None:
    expected = format_date(day, "d MMMM y", locale=LOCALES[code])
    if code == "fr" and day.day == 1:
        expected = "1er" + expected.removeprefix("1")
    assert Language(code).long_date(day) == expected


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    first = date(2025, 11, 1)
    assert [Language(code).long_date(first) for code in LOCALES] == ["1er novembre 2025", "1 November 2025"]
    assert Language("fr").long_date(date(2025, 11, 11)) == "11 novembre 2025"


def test_a_rate_keeps_the_decimals_it_is_written_with() -> None:
    assert Language("fr").number(Decimal("12.40")) == "12,40"
    assert Language("en").number(Decimal("3")) == "3"


def test_arguments_are_said_in_the_readers_way() -> None:
    text = msg("{a} {b} {c} {d}", a=Money(Decimal("1234.5")), b=date(2026, 11, 2), c=("x", "y"), d=msg("yes"))
    assert plain(Language("fr").say(text)) == "1\u00a0234,50\u00a0€ 02/11/2026 x, y oui"
    assert Language("en").say(text) == "€1,234.50 02/11/2026 x, y yes"


def test_counts_choose_the_plural_of_the_language() -> None:
    def sentence(n: int) -> str:
        return Language("fr").say(msg_n("{n} error", "{n} errors", n))

    assert [sentence(n) for n in (0, 1, 2)] == ["0 erreur", "1 erreur", "2 erreurs"]

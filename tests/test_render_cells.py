"""Texts made harmless and measured; amounts written as babel writes them."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from babel.core import Locale
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from relance.language import Language
from relance.reports.cells import clean, width, wrap


@given(st.text())
def test_a_clean_text_cannot_act_on_a_screen(text: str) -> None:
    kept = clean(text)
    assert not [c for c in kept if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not set(kept) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert clean(kept) == kept


@pytest.mark.parametrize(
    "text",
    ["plain", "Société Générale", "Socie\u0301te\u0301", "株式会社", "한국", "日本 SARL", "caf\u00e9 🍕",
     "1\u00a0234,56\u00a0€",
     "👍🏽", "👩\u200d🔬 labo", "Łódź", "Москва", "ｆｕｌｌ", "„Krause“ – GmbH…"],
)  # fmt: skip
def test_the_width_is_the_one_rich_measures(text: str) -> None:
    assert width(text) == cell_len(text)


@given(st.lists(st.text("abcé €", min_size=1, max_size=12).map(str.strip), min_size=1), st.integers(12, 40))
def test_wrapping_loses_nothing_and_fits(pieces: list[str], room: int) -> None:
    lines = wrap(pieces, room)
    assert " ".join(lines).split() == " ".join(pieces).split()
    assert all(width(line) <= room for line in lines)


@given(st.text("abcdefgh", min_size=1, max_size=90), st.integers(2, 20))
def test_a_long_word_is_broken_only_when_asked(word: str, room: int) -> None:
    assert wrap([word], room) == [word]
    broken = wrap([word], room, hard=True)
    assert "".join(broken) == word
    assert all(len(line) <= room for line in broken)


@pytest.mark.parametrize("code", ["fr", "en"])
@given(
    amount=st.decimals(-(10**12), 10**12, places=2),
    currency=st.sampled_from(["EUR", "USD", "GBP", "CHF", "JPY", "TND"]),
)
def test_money_is_written_as_babel_writes_it(code: str, amount: Decimal, currency: str) -> None:
    locale = Locale.parse({"fr": "fr_FR", "en": "en_GB"}[code])
    expected = str(format_currency(amount, currency, locale=locale)).replace("\u202f", "\u00a0")
    if amount or not amount.is_signed():
        assert Language(code).money(amount, currency) == expected

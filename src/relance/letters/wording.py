"""How one letter writes amounts and dates, in the language of the client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from relance.language import Language
from relance.money import Money

Values = dict[str, Any]
"""What a template sees, by the names it uses."""


class Wording:
    """How one letter writes amounts and dates. French dates in lists are figures; English ones are words, because
    no reader can then mistake the order of day and month."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.day: Callable[[date], str] = language.day if language.code == "fr" else language.long_date

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount, or "" for nothing."""
        return self.language.money(amount, currency) if amount else ""

    def sum(self, totals: tuple[Money, ...]) -> str:
        """Totals of several currencies, side by side."""
        return " + ".join(self.language.money(total.amount, total.currency) for total in totals)

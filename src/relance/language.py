"""Messages, money and dates in the reader's language: French by default, English complete beside it.

Catalogues are gettext files in `locale/`, keyed by the English sentence; number and date patterns are those of
CLDR, through babel. Only this module knows both.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from relance.errors import Message
from relance.money import Money

LANGUAGES = ("fr", "en")
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_NO_BREAK = str.maketrans({"\u202f": "\u00a0"})  # one no-break space: every console code page has U+00A0


class Language:
    """How one reader is spoken to. `code` is "fr" or "en"; `signs` puts what the reader's screen lacks into signs that
    it has, for who counts columns."""

    def __init__(self, code: str, signs: Callable[[str], str] | None = None) -> None:
        self.code = code
        self.signs = signs
        self._catalogue = _load_catalogue(code)

    @cached_property
    def _locale(self) -> Any:
        from babel.core import Locale  # noqa: PLC0415 - only other currencies than the euro need it

        return Locale.parse(_LOCALES[self.code])

    def say(self, message: Message | str) -> str:
        """The sentence in this language, its arguments written as this reader writes them."""
        if isinstance(message, str):
            return self._catalogue.gettext(message) if message else ""
        if not message.text:
            return ""
        if message.plural:
            text = self._catalogue.ngettext(message.text, message.plural, message.args["n"])
        else:
            text = self._catalogue.gettext(message.text)
        if not message.args:
            return text
        return text.format(**{name: self.show(value) for name, value in message.args.items()})

    def show(self, value: object) -> str:
        """Any value as a person reads it: Money, dates, decimals, counts, messages; text stays itself."""
        if type(value) is int:  # the usual ones first: a long list holds thousands
            return self._marked(f"{value:,}")
        if type(value) is date:
            return self.day(value)
        if isinstance(value, str):
            return str(value)
        if isinstance(value, Money):
            return self.money(value.amount, value.currency)
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, datetime):
            return f"{self.day(value.date())} {value:%H:%M}"
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, bool):
            return self.say("yes") if value else self.say("no")
        if isinstance(value, int | Decimal):
            return self.number(value)
        if isinstance(value, list | tuple):
            return ", ".join(self.show(item) for item in value)
        return "" if value is None else str(value)

    def money(self, amount: Decimal, currency: str) -> str:
        """`1 234,56 €` in French, `€1,234.56` in English (CLDR patterns; the space is U+00A0)."""
        if currency == "EUR":
            sign, (before, after) = "-" if amount < 0 else "", _EUROS[self.code]
            return f"{sign}{before}{self._marked(f'{abs(amount):,.2f}')}{after}"
        before, after, decimals = _money_pattern(self._locale, currency, amount < 0)
        return f"{before}{self._marked(f'{abs(amount):,.{decimals}f}')}{after}"

    def number(self, value: Decimal | int) -> str:
        """A count or a rate with this language's marks and the decimals it is written with: `12,40`."""
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return self._marked(f"{value:,.{places}f}")

    def _marked(self, figures: str) -> str:
        """Figures as Python writes them, with this language's marks."""
        for sign, ours in _MARKS[self.code]:
            figures = figures.replace(sign, ours)
        return figures

    def day(self, day: date) -> str:
        """`22/11/2026`: day first with four figures for the year in both languages."""
        return f"{day.day:02}/{day.month:02}/{day.year:04}"

    def long_date(self, day: date) -> str:
        """`22 novembre 2026`, `1er mars 2026`, `22 November 2026`: for letters, where no order of figures misleads."""
        first = "1er" if self.code == "fr" and day.day == 1 else str(day.day)
        return f"{first} {_MONTHS[self.code][day.month - 1]} {day.year}"


# CLDR's own marks for our two languages, kept here because babel needs 40 ms to say them; a test compares them with it.
# What stands for the comma between thousands, then for the decimal point.
_MARKS = {"fr": ((",", "\u00a0"), (".", ",")), "en": ()}
_EUROS = {"fr": ("", "\u00a0€"), "en": ("€", "")}
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),  # noqa: SIM905
    "en": "January February March April May June July August September October November December".split(),  # noqa: SIM905
}


@lru_cache(maxsize=256)
def _money_pattern(locale: Any, currency: str, negative: bool) -> tuple[str, str, int]:  # noqa: FBT001 - a cache key
    """What stands before and after the figures of another currency, and how many decimals it has: babel knows."""
    from babel.numbers import format_currency, get_currency_precision  # noqa: PLC0415 - most workbooks hold euros only

    text = str(format_currency(-7 if negative else 7, currency, locale=locale)).translate(_NO_BREAK)
    decimals = get_currency_precision(currency)
    first = text.index("7")
    return text[:first], text[first + 1 + (decimals + 1 if decimals else 0) :], decimals


@lru_cache(maxsize=4)
def _load_catalogue(code: str) -> gettext.NullTranslations:
    catalogue = resources.files("relance") / "locale" / code / "LC_MESSAGES" / "relance.mo"
    if not catalogue.is_file():
        return gettext.NullTranslations()
    with catalogue.open("rb") as stream:
        return gettext.GNUTranslations(stream)

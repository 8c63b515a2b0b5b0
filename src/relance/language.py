"""Messages, money and dates in the reader's language: French by default, English complete beside it.

Catalogues are gettext files in `locale/`, keyed by the English sentence; number and date patterns come
from babel (CLDR). Only this module knows both.
"""

from __future__ import annotations

import gettext
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
    """How one reader is spoken to. `code` is "fr" or "en"."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._catalogue = _load_catalogue(code)

    @cached_property
    def _locale(self) -> Any:
        from babel.core import Locale  # noqa: PLC0415 - 20 ms, and JSON needs none of it

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
        return _money(self._locale, amount, currency)

    def number(self, value: Decimal | int) -> str:
        """A count or a rate with this language's marks and the decimals it is written with: `12,40`."""
        from babel.numbers import format_decimal  # noqa: PLC0415

        if isinstance(value, int) and -1000 < value < 1000:
            return str(value)
        exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        pattern = "#,##0." + "0" * places if places else "#,##0"
        return str(format_decimal(value, pattern, locale=self._locale)).translate(_NO_BREAK)

    def day(self, day: date) -> str:
        """`22/11/2026`: day first with four figures for the year in both languages."""
        return f"{day.day:02}/{day.month:02}/{day.year:04}"

    def long_date(self, day: date) -> str:
        """`22 novembre 2026`, `22 November 2026`: for letters, where no order of figures can be mistaken."""
        from babel.dates import format_date  # noqa: PLC0415

        return str(format_date(day, "d MMMM y", locale=self._locale))


@lru_cache(maxsize=4096)
def _money(locale: Any, amount: Decimal, currency: str) -> str:
    """babel's own writing, from a pattern it gave once: a list of 20 000 invoices has 40 000 amounts."""
    before, after, group, mark, decimals = _money_pattern(locale, currency, amount < 0)
    whole, _, cents = f"{abs(amount):,.{decimals}f}".partition(".")
    return f"{before}{whole.replace(',', group)}{mark}{cents}{after}"


@lru_cache(maxsize=256)
def _money_pattern(locale: Any, currency: str, negative: bool) -> tuple[str, str, str, str, int]:  # noqa: FBT001 - a cache key
    """What stands before and after the figures, between thousands and before the decimals, and how many these are."""
    from babel.numbers import format_currency, get_currency_precision, get_decimal_symbol  # noqa: PLC0415

    text = str(format_currency(-1234567 if negative else 1234567, currency, locale=locale)).translate(_NO_BREAK)
    first, decimals = text.index("1"), get_currency_precision(currency)
    mark = get_decimal_symbol(locale) if decimals else ""
    end = text.index("567") + 3 + len(mark) + decimals
    return text[:first], text[end:], text[first + 1], mark, decimals


@lru_cache(maxsize=4)
def _load_catalogue(code: str) -> gettext.NullTranslations:
    catalogue = resources.files("relance") / "locale" / code / "LC_MESSAGES" / "relance.mo"
    if not catalogue.is_file():
        return gettext.NullTranslations()
    with catalogue.open("rb") as stream:
        return gettext.GNUTranslations(stream)

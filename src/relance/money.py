"""Money: exact decimals with a currency. Floats die here and never come back.

Amounts travel as `Decimal` in major units with at most two decimals; a `Money` is an amount that needs its
currency beside it (a message, a total). `parse_amount` reads what people type; it refuses what is not certain.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

CENT = Decimal("0.01")
ZERO = Decimal(0)


class Money(Struct, frozen=True):
    """An amount in a currency (ISO 4217 code). Never added across currencies: totals are kept per currency."""

    amount: Decimal
    currency: str = "EUR"

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


def to_cents(amount: Decimal) -> Decimal:
    """The amount rounded half-up to the cent, as the law's examples are.

    >>> to_cents(Decimal("33.285"))
    Decimal('33.29')
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def from_float(value: float) -> Decimal:
    """The decimal a spreadsheet shows for a stored double: the shortest text that gives the same double.

    A computed cell may hold 0.1 + 0.2; an amount has cents, so what differs by less than a millionth of
    a unit from whole cents is taken as those cents.

    >>> from_float(1499.5), from_float(0.1 + 0.2)
    (Decimal('1499.5'), Decimal('0.30'))
    """
    exact = Decimal(repr(value))
    if -exact.as_tuple().exponent <= 2:  # type: ignore[operator]  # never NaN or infinity in a sheet
        return exact
    cents = to_cents(exact)
    return cents if abs(exact - cents) < Decimal("0.000001") else exact


_SPACES = "[\\s\u00a0\u202f\u2009]+"  # compiled when first used: most amounts are numbers
_CURRENCIES = {"€": "EUR", "EUR": "EUR", "$": "USD", "USD": "USD", "£": "GBP", "GBP": "GBP", "CHF": "CHF"}
_MARK = re.compile(r"€|\$|£|\b(?:EUR|USD|GBP|CHF)\b", re.IGNORECASE)
_GROUPED = r"\d{1,3}(?:([., '’])\d{3})(?:\1\d{3})*(?:([.,])\d{1,2})?"
_PLAIN = r"\d+(?:[.,]\d{1,2})?"


_OPEN = re.compile(r"[^\d.,]*(\d{1,3})([.,])\d{3}[^\d.,]*")


def thousands_or_decimals(text: str) -> re.Match[str] | None:
    """The match of an amount whose only mark stands before three figures, a thousand to some and a little over one to
    others (groups: what stands before the mark, the mark); None for any other.

    >>> [bool(thousands_or_decimals(text)) for text in ("1.234 €", "1.234,50", "1 234", "1.234.567")]
    [True, False, False, False]
    """
    return _OPEN.fullmatch(text)


def parse_amount(text: str) -> Decimal | None:
    """The amount a person typed, or None when it is not certain.

    Blanks (no-break ones too), apostrophes, `.` or `,` group thousands; `,` or `.` before one or two final
    digits is the decimal mark; a currency mark may stand on either side; a trailing minus or parentheses
    mean negative. `1.234` and `1,234` are read as thousands, the only reading with whole groups of three; where nothing
    else tells what the mark means, `thousands_or_decimals` says that they are doubtful.

    >>> parse_amount("1 650,00 €"), parse_amount("1.650,00"), parse_amount("1,020.00"), parse_amount("1’234.50")
    (Decimal('1650.00'), Decimal('1650.00'), Decimal('1020.00'), Decimal('1234.50'))
    >>> parse_amount("(12,5)"), parse_amount("12,5-"), parse_amount("300000 (Advance)"), parse_amount("27281/-")
    (Decimal('-12.5'), Decimal('-12.5'), None, None)
    """
    body = re.sub(_SPACES, " ", _MARK.sub("", text)).strip()
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1].strip(), True
    if body.endswith(("-", "−")):
        body, negative = body[:-1].strip(), not negative
    elif body.startswith(("-", "−", "+")):
        body, negative = body[1:].strip(), negative != (body[0] != "+")
    if re.fullmatch(_PLAIN, body):
        digits = body.replace(",", ".")
    elif found := re.fullmatch(_GROUPED, body):
        group, mark = found.group(1), found.group(2)
        if mark == group:
            return None
        digits = body.replace(group, "").replace(",", ".")
    else:
        return None
    return -Decimal(digits) if negative else Decimal(digits)


def parse_currency(text: str) -> str | None:
    """The ISO code of a currency mark or code found in the text, or None.

    >>> parse_currency("1 650,00 €"), parse_currency("chf"), parse_currency("12,00")
    ('EUR', 'CHF', None)
    """
    found = _MARK.search(text)
    return _CURRENCIES[found.group().upper()] if found else None

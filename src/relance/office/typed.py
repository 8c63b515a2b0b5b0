"""What a person types on the command line becomes a value, or a UsageError that says how to write it."""

from __future__ import annotations

from decimal import Decimal

from relance.errors import UsageError, msg
from relance.money import ZERO, parse_amount, thousands_or_decimals


def typed_amount(text: str) -> Decimal:
    """An amount above zero. UsageError amount-not-understood on anything else, and on what can be read two ways:
    no column of other amounts tells what the mark of 1.234 means.

    >>> typed_amount("1 240,50"), typed_amount("1.234,00")
    (Decimal('1240.50'), Decimal('1234.00'))
    """
    amount = parse_amount(text)
    if amount is None or amount <= ZERO:
        raise UsageError(
            "amount-not-understood",
            msg("“{text}” is not an amount.", text=text),
            msg("Write it as 1240,50 or 1240.50."),
        )
    if thousands_or_decimals(text):
        raise UsageError(
            "amount-not-understood",
            msg("“{text}” can be read as thousands or as decimals.", text=text),
            msg("Write it with its cents and no other mark: 1234,00 or 1,23."),
        )
    return amount

"""What an invoice is called where the sheet has no column of numbers: its date and its amount, the same in every
language, so that the journal knows it again. It must not know clients: two of them may be billed alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal


def designate(day: date | None, total: Decimal | None, currency: str) -> str | None:
    """The designation of one invoice by its invoice date, else its due date; None when date or amount are not known.

    >>> designate(date(2026, 9, 1), Decimal("1100.5"), "EUR"), designate(date(2026, 9, 1), Decimal(5), "USD")
    ('01/09/2026 · 1100,50 €', '01/09/2026 · 5,00 USD')
    """
    if day is None or total is None:
        return None
    amount = f"{total:.2f}".replace(".", ",")
    return f"{day:%d/%m/%Y} · {amount} {'€' if currency == 'EUR' else currency}"


def designations(
    issued: Iterable[date | None], due: Iterable[date | None], total: Iterable[Decimal | None], currency: Iterable[str]
) -> list[str | None]:
    """The designation of each row of a sheet."""
    rows = zip(issued, due, total, currency, strict=True)
    return [designate(first or last, amount, code) for first, last, amount, code in rows]

"""What each client owes -> how much of the receivables hangs on few of them. It must not know who they are."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from relance.money import ZERO

_TENTH = Decimal("0.1")


class Concentration(Struct, frozen=True):
    """How concentrated the receivables of one currency are: the part of the `largest` debtor and of the `top_five`, in
    percent; `equal`, the number of debtors of one size that would be as concentrated (1 / the sum of the squared
    parts, the inverse of the Herfindahl-Hirschman index: 4 where HHI is 2 500 of 10 000)."""

    clients: int
    largest: Decimal
    top_five: Decimal
    equal: Decimal


def compute_concentration(amounts: Iterable[Decimal]) -> Concentration | None:
    """The concentration of what clients owe, one amount each in one currency; None where nobody owes anything.

    >>> compute_concentration([Decimal(50), Decimal(30), Decimal(20)])
    Concentration(clients=3, largest=Decimal('50.0'), top_five=Decimal('100.0'), equal=Decimal('2.6'))
    """
    owing = sorted((amount for amount in amounts if amount > ZERO), reverse=True)
    total = sum(owing, ZERO)
    if not total:
        return None
    return Concentration(
        clients=len(owing),
        largest=(owing[0] * 100 / total).quantize(_TENTH),
        top_five=(sum(owing[:5], ZERO) * 100 / total).quantize(_TENTH),
        equal=(total * total / sum((amount * amount for amount in owing), ZERO)).quantize(_TENTH),
    )

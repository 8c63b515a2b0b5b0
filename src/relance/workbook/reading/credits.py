"""Credit notes find the invoice they name, in their number, order, comment or reference; the others stay apart.

A note that names two invoices, or one of another client or currency, names none: nothing is shared out by guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Credit
from relance.domain.names import fold, fold_number

_TOKENS = re.compile(r"[\s,;:()\[\]|]+")
_CUES = {
    "facture",
    "factures",
    "fact",
    "fac",
    "fa",
    "invoice",
    "inv",
    "n",
    "no",
    "num",
    "numero",
    "sur",
    "ref",
    "for",
    "on",
}


class Note(Struct, frozen=True):
    """A credit note of the sheet: where it stands, what it says (number first), and its positive amount."""

    place: int
    texts: tuple[str, ...]
    client: str
    currency: str
    amount: Decimal
    on: date | None
    number: str


class Named(Struct, frozen=True, gc=False):
    """An invoice that a credit note may name."""

    place: int
    client: str
    currency: str


def known_numbers(numbers: Iterable[tuple[str, Named]]) -> dict[str, list[Named]]:
    """The invoices by their number, folded and without blanks."""
    found: dict[str, list[Named]] = {}
    for number, named in numbers:
        found.setdefault(fold_number(number), []).append(named)
    return found


def net(notes: Sequence[Note], invoices: Mapping[str, list[Named]]) -> tuple[dict[int, list[Credit]], set[int]]:
    """The credits of each invoice by its place, and the places of the notes that were netted."""
    credits_of: dict[int, list[Credit]] = {}
    netted = set()
    for note in notes:
        places = {
            named.place
            for key in named_in(note.texts, invoices)
            for named in invoices[key]
            if named.client == note.client and named.currency == note.currency
        }
        if len(places) == 1:
            netted.add(note.place)
            credits_of.setdefault(places.pop(), []).append(Credit(note.amount, note.on, note.number))
    return credits_of, netted


def named_in(texts: Sequence[str], known: Mapping[str, object]) -> set[str]:
    """The known numbers that the texts of a note name. A bare figure counts only as the whole of a text, or after a
    word such as "facture": "avoir de 151 €" does not name the invoice 151.

    >>> sorted(named_in(("AV-7", "avoir sur F 041, geste"), {"f041": 1, "151": 1}))
    ['f041']
    >>> sorted(named_in(("AV-8", "remise de 151 €"), {"151": 1})), sorted(named_in(("AV-9", "facture 151"), {"151": 1}))
    ([], ['151'])
    """
    found = {key for text in texts if (key := fold_number(text)) in known}
    for text in texts:
        tokens = [token for token in _TOKENS.split(text) if token]
        for place, token in enumerate(tokens):
            before = fold(tokens[place - 1]) if place else ""
            pair = fold_number(token + (tokens[place + 1] if place + 1 < len(tokens) else ""))
            for key in (fold_number(token), pair):
                if key in known and (not key.isdigit() or before in _CUES):
                    found.add(key)
    return found

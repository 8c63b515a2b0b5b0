"""A header as typed becomes the roles it may play, from the spellings in data/headers.toml.

It must not look at values: `columns` settles what one word leaves open.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

from msgspec import Struct

from relance.domain.names import fold

_CURRENCY_WORD = re.compile(r"(?: (?:en )?(?:eur|euro|euros|usd|gbp|chf|dollars))+$")
_CURRENCY_CODE = re.compile(r"\b(EUR|USD|GBP|CHF)\b|([€£$])")
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
_ORDINAL = re.compile(r"([1-9])(?:er|ere|e|eme|ieme|nd|nde|st|rd|th)?")
_FIRST = {"due": "due", "amount": "total"}
_NUMERO = re.compile(r"(?i)\bn\s*[°º]|№")


class Spellings(Struct, frozen=True):
    """The tables of data/headers.toml, ready to be asked."""

    sure: dict[str, str]
    loose: dict[str, tuple[str, ...]]
    ambiguous: dict[str, dict[str, str]]
    numbered: tuple[str, ...]
    ordinals: dict[str, int]
    codes_of_clients: tuple[str, ...]
    instalments: dict[str, Any]


class Meaning(Struct, frozen=True):
    """What a header may mean: `sure` role, `loose` ones in order, `by_value` (kind of values -> role), or the
    `place` of a column that holds one reminder each (1 first). `first` is what the first of several instalments stands
    for where no other column does."""

    sure: str = ""
    loose: tuple[str, ...] = ()
    by_value: dict[str, str] = {}
    place: int = 0
    first: str = ""

    def __bool__(self) -> bool:
        return bool(self.sure or self.loose or self.by_value or self.place or self.first)


@lru_cache(maxsize=1)
def load_spellings() -> Spellings:
    """Read data/headers.toml."""
    given: dict[str, Any] = tomllib.loads((resources.files("relance") / "data" / "headers.toml").read_text("utf-8"))
    ambiguous, numbered, instalments = (given.pop(name) for name in ("ambiguous", "numbered", "instalments"))
    loose: dict[str, tuple[str, ...]] = {}
    for strength in ("loose", "taken"):
        for role, words in given.items():
            for word in listed(words.get(strength, "")):
                loose[word] = (*loose.get(word, ()), role)
    return Spellings(
        {word: role for role, words in given.items() for word in listed(words.get("sure", ""))},
        loose,
        {word: group["roles"] for group in ambiguous for word in listed(group["words"])},
        tuple(numbered["patterns"]),
        numbered["words"],
        tuple(listed(given["client_code"]["on_a_clients_sheet"])),
        {name: listed(words) if isinstance(words, str) else words for name, words in instalments.items()},
    )


def listed(text: str) -> list[str]:
    """The items of a text separated by commas.

    >>> listed("n facture, no facture")
    ['n facture', 'no facture']
    """
    return [item for part in text.split(",") if (item := part.strip())]


def fold_header(text: str) -> str:
    """A header reduced to what is compared: folded, "N°" written n, a currency at the end left out.

    >>> fold_header("Montant TTC (€)"), fold_header("N° de facture"), fold_header("Amount EUR")
    ('montant ttc', 'n de facture', 'amount')
    """
    return _CURRENCY_WORD.sub("", fold(_NUMERO.sub("n ", text)))


def header_currency(text: str) -> str:
    """The currency a header names, or "".

    >>> header_currency("Amount (USD)"), header_currency("Montant TTC")
    ('USD', '')
    """
    found = {_SIGNS.get(sign, code) for code, sign in _CURRENCY_CODE.findall(text)}
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=4096)
def meaning(text: str) -> Meaning:
    """What a header may mean; an empty Meaning when nobody uses it that way.

    >>> meaning("Échéance facture").sure, meaning("N° Facture").sure, meaning("Relance 2").place
    ('due', 'number', 2)
    >>> meaning("Payé").by_value["amount"], meaning("Date").loose, bool(meaning("Couleur"))
    ('paid', ('issued',), False)
    """
    spellings, word = load_spellings(), fold_header(text)
    if not word:
        return Meaning()
    if place := _place(word, spellings):
        return Meaning(place=place)
    loose = spellings.loose.get(word, ())
    if by_value := spellings.ambiguous.get(word):
        return Meaning(by_value=by_value, loose=loose)
    if sure := spellings.sure.get(word, ""):
        return Meaning(sure=sure, loose=loose)
    kind, place = instalment(text)
    return Meaning(loose=loose, first=_FIRST.get(kind, "") if place == 1 else "")


@lru_cache(maxsize=4096)
def instalment(text: str) -> tuple[str, int]:
    """What a header says of instalments on one row: "due", "amount" or "part", and which one (1 first); ("", 0) for
    any other.

    >>> instalment("Échéance 2"), instalment("Montant 1ère échéance"), instalment("2e tranche"), instalment("Échéance")
    (('due', 2), ('amount', 1), ('part', 2), ('', 0))
    """
    words = load_spellings().instalments
    named = [word for word in fold_header(text).split() if word not in words["beside"]]
    kinds = {kind for kind in ("due", "amount", "part") for word in named if word in words[kind]}
    rest = [word for word in named if not any(word in words[kind] for kind in kinds)]
    kind = next((kind for kind in ("amount", "part", "due") if kind in kinds), "")
    if len(rest) != 1 or not kind:
        return "", 0
    ordinal = _ORDINAL.fullmatch(rest[0])
    dates = words["dates"] if kind == "due" else {}
    place = int(ordinal[1]) if ordinal else words["ordinals"].get(rest[0]) or dates.get(rest[0], 0)
    return (kind, place) if place else ("", 0)


def _place(word: str, spellings: Spellings) -> int:
    first, _, rest = word.removeprefix("date ").partition(" ")
    if first in spellings.ordinals and rest.split(" ")[0] in {"relance", "rappel", "reminder"}:
        return spellings.ordinals[first]
    found = next((match for pattern in spellings.numbered if (match := re.fullmatch(pattern, word))), None)
    return int(found[1]) if found else 0

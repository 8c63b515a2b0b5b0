"""The contact cell of a client -> the person to greet, or nobody where that is not certain.

The words it knows are in `data/templates/contacts.toml`. It must not know languages: a title is "mr", "ms", "dr"
(doctor) or "me" (maître).
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources

from msgspec import Struct

from relance.domain.names import fold_name
from relance.letters.text import clean


class _Words(Struct, frozen=True):
    titles: dict[str, str]
    particles: frozenset[str]
    nobody: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    source = resources.files("relance") / "data" / "templates" / "contacts.toml"
    data = tomllib.loads(source.read_text("utf-8"))
    words = "|".join(word.replace("*", r"\w*") for word in data["nobody"]["words"])
    return _Words(
        {word: title for title, words in data["titles"].items() for word in words},
        frozenset(data["surnames"]["particles"]),
        re.compile(rf"[\d@/;&,()<>{{}}|]|\b(?:{words})\b", re.IGNORECASE),
    )


def contact_values(text: str) -> dict[str, str]:
    """The person a contact cell names: `title` (mr | ms | dr | me | ""), `name`, `first`, `last`; all empty for a
    department, for several people, or for what does not look like one name.

    >>> contact_values("Mme Claire LE GOFF")["last"], contact_values("Claire Durand")["first"]
    ('Le Goff', 'Claire')
    >>> contact_values("Service comptabilité")["name"]
    ''
    """
    words = clean(text).split()
    title = ""
    while words and (named := _words().titles.get(words[0].rstrip(".").lower(), "")):
        title, words = named, words[1:]
    if not words or len(words) > 5 or _words().nobody.search(" ".join(words)):
        return {"title": title if not words else "", "name": "", "first": "", "last": ""}
    last = _surname(words, titled=bool(title))
    first = next((word for word in words if not word.isupper()), "") if len(words) > len(last) or not title else ""
    return {
        "title": title,
        "name": " ".join(_capital(word) for word in words),
        "first": first,
        "last": " ".join(_capital(word) for word in last),
    }


def addressed(client: str, contact: str) -> dict[str, str | bool]:
    """As `contact_values`, with whether the address names the person under the client (`named`): not where the client
    is that very person.

    >>> addressed("Mme Hélène Garnier", "Hélène GARNIER")["named"], addressed("Dupont SA", "Mme Garnier")["named"]
    (False, True)
    """
    person, itself = contact_values(contact), contact_values(client)
    return {
        **person,
        "named": bool(person["name"]) and fold_name(person["name"]) != fold_name(itself["name"] or client),
    }


def _surname(words: list[str], *, titled: bool) -> list[str]:
    """The words of the surname: those in capitals, else from the first particle, else all but the first name."""
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        return capitals
    for place, word in enumerate(words):
        if word.lower() in _words().particles:
            return words[place:]
    return words[1:] if len(words) > 1 else (words if titled else [])


def _capital(word: str) -> str:
    return word.title() if word.isupper() and len(word) > 1 else word

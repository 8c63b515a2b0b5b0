"""What a letter cites, a law or where a rate was published -> the same in the language of the letter.

The law is cited in French, which is what it is; a reader of another language is told which code of which country, with
the articles as that country names them. It must not know which law applies.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib import resources

from relance.language import Language

_DAY = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b")


def cite_law(basis: str, language: Language) -> str:
    """The articles a claim rests on; as they are where the language has no words for them.

    >>> cite_law("Code civil 1231-6, 1344-1", Language("en"))
    'French Civil Code, art. 1231-6 and 1344-1'
    >>> cite_law("Code civil 1231-6, 1344-1", Language("fr"))
    'Code civil 1231-6, 1344-1'
    """
    return _words(language.code).get("laws", {}).get(basis, basis)


def cite_source(source: str, language: Language) -> str:
    """Where a rate was published, its days written so that no reader mistakes the month.

    >>> cite_source("ecb.europa.eu, 01/07/2026", Language("en"))
    'ecb.europa.eu, 1 July 2026'
    """
    words = _words(language.code).get("sources", {})
    for french, other in words.items():
        source = source.replace(french, other)
    return _DAY.sub(lambda found: _day(found, language), source) if words else source


def _day(found: re.Match[str], language: Language) -> str:
    try:
        return language.long_date(date(int(found[3]), int(found[2]), int(found[1])))
    except ValueError:  # the user's own words: no day of a calendar
        return found[0]


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((resources.files("relance") / "data" / "citations.toml").read_text(encoding="utf-8"))


def _words(language: str) -> dict[str, dict[str, str]]:
    return _tables().get(language, {})

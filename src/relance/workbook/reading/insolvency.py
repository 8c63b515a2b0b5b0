"""A client's name as typed -> whether it tells of insolvency proceedings, and the name without that.

The words are those of data/status_words.toml. It must not know what follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from relance.domain.names import fold, fold_name
from relance.workbook.reading.words import load_words

_PART = re.compile(r"\s*[(\[][^()\[\]]*[)\]]|\s*[-–—:/,]\s*[^-–—:/,()\[\]]*$")


def is_insolvent(name: str) -> bool:
    """Whether a name tells of proceedings: by their words in full, or by initials between brackets or after a dash.

    >>> [is_insolvent(name) for name in ("Dupont (LJ)", "SARL X - en liquidation judiciaire", "Dupont – RJ 2026")]
    [True, True, True]
    >>> [is_insolvent(name) for name in ("LJ Conseil", "Martin - RJ Transports", "Martin (ex LJ Bois)")]
    [False, False, False]
    """
    return without_insolvency(name) != name


def telling(texts: Iterable[object]) -> set[str]:
    """Those of many remarks that tell of proceedings, quickly: by the words, or as nothing but the initials.

    >>> sorted(telling(["LJ", "Redressement judiciaire le 3/10", "RJ : rappelé", ""]))
    ['LJ', 'Redressement judiciaire le 3/10']
    """
    distinct = {text for text in texts if isinstance(text, str) and text}
    whole = "\n".join(distinct).lower()
    if not _signs().search(whole):
        return set()
    return {text for text in distinct if is_insolvent(f"({text.strip()})")}


@lru_cache(maxsize=65536)
def without_insolvency(name: str) -> str:
    """The name itself, by which rows typed before and after the proceedings are those of one client.

    >>> without_insolvency("Dupont (LJ)"), without_insolvency("SARL X - en liquidation judiciaire")
    ('Dupont', 'SARL X')
    """
    bare = name
    if not _signs().search(name.lower()):
        return name
    for part in _PART.findall(name):
        if _tells(part):
            bare = bare.replace(part, "")
    if _in_words().search(fold(bare)):
        bare = _in_words().sub(" ", fold(bare))
    return bare.strip()


def _tells(part: str) -> bool:
    words = load_words().insolvency
    if _in_words().search(fold(part)):
        return True
    rest = [word for word in fold_name(part).split() if word not in words["beside"] and not word.isdigit()]
    return len(rest) == 1 and rest[0] in words["marks"]


@lru_cache(maxsize=1)
def _signs() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load_words().insolvency["signs"])))


@lru_cache(maxsize=1)
def _in_words() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load_words().insolvency['words'])})\b")

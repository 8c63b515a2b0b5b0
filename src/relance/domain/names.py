"""Names as people mean them: the same client typed with other capitals, accents or punctuation is the same.

It must not guess further: two names that differ by a letter are two names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT_A_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A name reduced to its letters and figures: lower case, no accents, punctuation to single blanks.

    >>> fold("  Société  DUPONT-Martin "), fold("S.A.R.L. Été")
    ('societe dupont martin', 's a r l ete')
    """
    return _NOT_A_WORD.sub(" ", unaccented(text)).strip()


def unaccented(text: str) -> str:
    """The text in lower case without accents, blanks collapsed, punctuation kept.

    >>> unaccented("À  RÉCEPTION, 12 %")
    'a reception, 12 %'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(mark for mark in letters if not unicodedata.combining(mark)).split())

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
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))
    return _NOT_A_WORD.sub(" ", bare).strip()

"""Names as people mean them: the same client typed with other capitals, accents or punctuation is the same.

It must not guess further: two names that differ by a letter are two names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT_A_WORD = re.compile(r"[\W_]+")
_INITIALS = re.compile(r"(?<=\b[^\W\d_]) (?=[^\W\d_]\b)")  # the blanks of "s a r l"


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A name reduced to its letters and figures: lower case, no accents, punctuation to single blanks.

    >>> fold("  Société  DUPONT-Martin "), fold("S.A.R.L. Été")
    ('societe dupont martin', 's a r l ete')
    """
    return _NOT_A_WORD.sub(" ", unaccented(text)).strip()


@lru_cache(maxsize=65536)
def fold_name(text: str) -> str:
    """The name of a client as it is compared everywhere: folded, and initials with points as without them.

    >>> fold_name("DUPONT S.A."), fold_name("Dupont SA"), fold_name("L'Atelier A. & B.")
    ('dupont sa', 'dupont sa', 'l atelier ab')
    """
    return _INITIALS.sub("", fold(text))


def unaccented(text: str) -> str:
    """The text in lower case without accents, blanks collapsed, punctuation kept.

    >>> unaccented("À  RÉCEPTION, 12 %")
    'a reception, 12 %'
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(mark for mark in letters if not unicodedata.combining(mark)).split())

"""Names as people mean them: the same client typed with other capitals, accents or punctuation is the same.

It must not guess further: two names that differ by a letter are two names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from itertools import filterfalse

HIDDEN = "~"
_NOT_A_WORD = re.compile(r"[\W_]+")
_INITIALS = re.compile(r" (?<=\b[^\W\d_] )(?=[^\W\d_]\b)")  # the blanks of "s a r l"


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


def fold_number(number: str) -> str:
    """The number of an invoice as it is compared everywhere: its letters and figures alone, in lower case. Most are
    plain ASCII, which needs no unfolding of accents.

    >>> fold_number("F-2026/041"), fold_number("Facture n° 41 (été)"), fold_number("F_41 ")
    ('f2026041', 'facturen41ete', 'f41')
    """
    return _NOT_A_WORD.sub("", number.lower()) if number.isascii() else fold(number).replace(" ", "")


def unaccented(text: str) -> str:
    """The text in lower case without accents, blanks collapsed, punctuation kept.

    >>> unaccented("À  RÉCEPTION, 12 %")
    'a reception, 12 %'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(filterfalse(unicodedata.combining, letters)).split())


def hidden(name: str) -> str:
    """A name as a mark that can be compared and not read; a mark stays itself.

    >>> hidden("Dupont SA") == hidden("DUPONT S.A.") == hidden(hidden("Dupont SA")), hidden("Dupont SA")[0]
    (True, '~')
    """
    return name if name.startswith(HIDDEN) else HIDDEN + sha256(fold_name(name).encode()).hexdigest()[:16]


def is_one_of(named: str, names: tuple[str, ...]) -> bool:
    """Whether a name noted somewhere, hidden or not, is one of these; nobody noted is anybody.

    >>> is_one_of("dupont sa", ("D42", "Dupont S.A.")), is_one_of(hidden("Dupont SA"), ("Dupont SA",))
    (True, True)
    """
    if named.startswith(HIDDEN):
        return named in {hidden(name) for name in names if name}
    return not named or fold_name(named) in {fold_name(name) for name in names}

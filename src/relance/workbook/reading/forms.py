"""The words of a column that tells how French letters address each client -> "tu" or "vous".

It must not know whom a row is about, nor what is done where nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relance.domain.names import fold
from relance.workbook.reading.headers import fold_header
from relance.workbook.reading.words import load_words, parse_answer

FORMAL, FAMILIAR = "vous", "tu"


def read_forms(header: str, texts: Sequence[str], unseen: Iterable[int] = ()) -> list[str]:
    """ "tu" or "vous" for each cell; "" for a blank one; what is neither stays as it is typed. The cells `unseen`
    show no value (an error, a formula without result), which is told elsewhere: they count as formal.

    >>> read_forms("Tu/Vous", ["Tu", "vous", "", "oui"]), read_forms("Tutoiement", ["oui", "non", "peut-être"])
    (['tu', 'vous', '', 'oui'], ['tu', 'vous', 'peut-être'])
    """
    words = load_words()
    named = words.form_headers.get(fold_header(header), "")
    hidden = set(unseen)
    return [
        FORMAL if place in hidden else words.forms.get(fold(text)) or _answered(text, named) or text
        for place, text in enumerate(texts)
    ]


def _answered(text: str, named: str) -> str:
    """What yes or no means under a header that names one of the forms; "" for anything else."""
    said = parse_answer(text) if text and named else None
    if said is None:
        return ""
    return FAMILIAR if said == (named == FAMILIAR) else FORMAL

"""Words people type in cells become states, answers, kinds and languages; an unknown word becomes None, not a guess.

A cell is compared as a whole with whole phrases (data/status_words.toml), so that "non payée" can never be read as
"payée".
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from msgspec import Struct

from relance.dates import parse_date
from relance.domain.model import Kind, State, Status
from relance.domain.names import fold
from relance.workbook.reading.headers import listed

_ENDING = re.compile(r"(?:e?es?|(?<=[^i])s|e)$")  # "émis" is no plural: it keeps its s, as "émise" does
_DATE = re.compile(r"\b(?:le |on |du )?(\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2})\b")
_NTH = re.compile(r"\b(?:\d ?(?:er|ere|e|eme|ieme|nd|nde|st|rd|th)|premier|deuxieme|second|troisieme|first|third) ")
_STILL_CHASED = {State.OPEN, State.LATE, State.REMINDED, State.PARTIAL}
_BEFORE_A_NUMBER = {"n", "no", "num", "numero", "number"}
_TICKS = {"x", "✓", "✔", "☑", "✅"}


class Comment(Struct, frozen=True):
    """What stops a reminder in a comment: a plain order, a doubt about the debt, a payment, a promise; and the phrases
    that say that such a thing is over or not so. Separated by commas, for `_anywhere`."""

    hold: str
    doubt: str
    handed_over: str
    paid: str
    promise: str
    over: str


class Words(Struct, frozen=True):
    """The tables of data/status_words.toml, ready to be asked; what is searched for in longer texts is a text itself,
    made a pattern by the first who searches."""

    states: dict[str, State]
    levels: dict[str, int]
    level_patterns: tuple[str, ...]
    yes: frozenset[str]
    no: frozenset[str]
    beside_dates: frozenset[str]
    types: dict[str, str]
    nameless: frozenset[str]
    repeated: frozenset[str]
    kinds: dict[str, Kind]
    languages: dict[str, str]
    before: frozenset[str]
    until: frozenset[str]
    direct_debit: str
    not_direct_debit: str
    comment: Comment
    payments: frozenset[str]
    insolvency: dict[str, list[str]]
    totals: tuple[str, ...]
    total_initials: frozenset[str]
    forms: dict[str, str]
    form_headers: dict[str, str]
    typed: dict[str, Any]


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read data/status_words.toml."""
    given: dict[str, Any] = tomllib.loads(
        (resources.files("relance") / "data" / "status_words.toml").read_text("utf-8")
    )
    totals = listed(given["totals"]["words"])
    states = {word: State(state) for state, words in given["status"].items() for word in listed(words)}
    return Words(
        states,
        given["level"]["phrases"],
        tuple(given["level"]["patterns"]),
        frozenset(listed(given["answer"]["yes"])),
        frozenset(listed(given["answer"]["no"])),
        frozenset(listed(given["reminder"]["words"])),
        _by_word(given["type"]),
        frozenset(listed(given["nameless"]["words"])),
        frozenset(listed(given["nameless"]["repeated"])),
        {word: Kind(kind) for kind, words in given["kind"].items() for word in listed(words)},
        _by_word(given["language"]),
        frozenset(listed(given["hold"]["before"])),
        frozenset(listed(given["hold"]["until"])),
        given["direct_debit"]["words"],
        given["direct_debit"]["not"],
        Comment(**given["comment"]),
        frozenset(listed(given["unread"]["payments"])),
        {name: listed(words) for name, words in given["insolvency"].items()},
        tuple(totals),
        frozenset(mark for word in totals for mark in word[0] + word[0].upper()) | set("*-=#> _[("),
        _by_word(given["form_of_address"]),
        _by_word(given["form_of_address_headers"]),
        given["typed"],
    )


def _by_word(words: dict[str, str]) -> dict[str, str]:
    return {word: name for name, several in words.items() for word in listed(several)}


@lru_cache(maxsize=16)
def _anywhere(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(listed(words))})\b")


@lru_cache(maxsize=1)
def _totals() -> re.Pattern[str]:
    words = "|".join(load_words().totals)
    return re.compile(rf"[\W_]*(?:{words})(?![^\W_])".replace(" ", r"[\W_]+"), re.IGNORECASE)


@lru_cache(maxsize=1)
def _stems() -> dict[str, State]:
    return {_stem(word): state for word, state in load_words().states.items()}


def _phrase(text: str) -> str:
    """The text as it is compared: folded, but for a question mark, beside which no word is certain.

    >>> _phrase("Non payée"), _phrase("Payée ?")
    ('non payee', 'payee ?')
    """
    return f"{fold(text)} ?" if "?" in text else fold(text)


def _stem(phrase: str) -> str:
    """The phrase without the endings of gender and number: "partiellement payées" is "partiellement pay"."""
    return " ".join(_ENDING.sub("", word) for word in phrase.split())


def parse_level(text: str) -> int | None:
    """The reminder level a phrase names, or None.

    >>> parse_level("Relancée 2"), parse_level("2ème relance"), parse_level("Mise en demeure"), parse_level("payée")
    (2, 2, 5, None)
    """
    words, phrase = load_words(), _phrase(text)
    if phrase in words.levels:
        return words.levels[phrase]
    found = next((match for pattern in words.level_patterns if (match := re.fullmatch(pattern, phrase))), None)
    return int(found[1]) if found else None


@lru_cache(maxsize=4096)
def parse_status(text: str) -> Status | None:
    """A status cell understood, or None when its word is not one we know.

    >>> parse_status("Non payée").state.value, parse_status("Payées").state.value, parse_status("vu avec Paul")
    ('open', 'paid', None)
    >>> parse_status("Relancée 2").level, parse_status("Relancée").level, parse_status("Payée le 12/03/2026").level
    (2, 1, 0)
    """
    word = " ".join(text.split())
    phrase = _phrase(_DATE.sub(" ", word))
    state = load_words().states.get(phrase) or _stems().get(_stem(phrase))
    if state is State.REMINDED:
        return Status(state, 1, word)
    if state:
        return Status(state, 0, word)
    level = parse_level(_DATE.sub(" ", word))
    return None if level is None else Status(State.REMINDED if level else State.OPEN, level, word)


def holds_back(comment: str) -> bool:
    """Whether a comment asks not to chase.

    >>> holds_back("Ne pas relancer"), holds_back("Vu Paul : ne pas relancer avant Noël"), holds_back("à relancer")
    (True, True, False)
    """
    phrase, words = fold(comment), load_words()
    return words.states.get(phrase) is State.ON_HOLD or _anywhere(words.comment.hold).search(phrase) is not None


def doubted_by(comment: str, *, paid: bool = False, promised: bool = False, level: int = 0) -> str:
    """Why a comment makes it prudent to wait, or "": "doubt" about the debt (a dispute, a lawyer, a payment not told
    elsewhere), or "promise". `paid` and `promised` say that the row tells of a payment or a promise itself; `level` is
    the one its status names.

    >>> doubted_by("Payé le 12/10"), doubted_by("Payé le 12/10", paid=True), doubted_by("Promesse pour le 30/11")
    ('doubt', '', 'promise')
    >>> doubted_by("LITIGE en cours"), doubted_by("litige réglé"), doubted_by("a rappeler")
    ('doubt', '', '')
    """
    words, status = load_words().comment, parse_status(comment)
    phrase = _anywhere(words.over).sub(" ", fold(comment))
    state = status.state if status else State.OPEN
    if _anywhere(words.doubt).search(phrase) or state not in {*_STILL_CHASED, State.PAID}:
        return "doubt"
    if level < max(load_words().levels.values()) and _anywhere(words.handed_over).search(phrase):
        return "doubt"
    if not paid and (state is State.PAID or _anywhere(words.paid).search(_anywhere(words.promise).sub(" ", phrase))):
        return "doubt"
    return "promise" if not promised and _anywhere(words.promise).search(phrase) else ""


def date_in(text: str, *, month_first: bool = False) -> date | None:
    """The only date a phrase contains, or None.

    >>> date_in("promis le 15/12/2026"), date_in("du 01/12/2026 au 15/12/2026")
    (datetime.date(2026, 12, 15), None)
    """
    whole = parse_date(text, month_first=month_first)
    found = _DATE.findall(text)
    return whole or (parse_date(found[0], month_first=month_first) if len(found) == 1 else None)


def parse_answer(text: str) -> bool | None:
    """Yes, no, or None for anything else; a lone dash says no.

    >>> parse_answer("Oui"), parse_answer("-"), parse_answer("peut-être")
    (True, False, None)
    """
    bare, words = text.strip().lower(), load_words()
    if bare in _TICKS or _phrase(bare) in words.yes:
        return True
    if bare in words.no or _phrase(bare) in words.no or not bare.strip("-–—./ "):
        return False
    return None


def parse_kind(text: str) -> Kind | None:
    """The kind of debtor a word names, or None."""
    return load_words().kinds.get(_phrase(text))


def parse_language(text: str) -> str | None:
    """ "fr" or "en", or None."""
    return load_words().languages.get(fold(text))


def parse_type(text: str) -> str | None:
    """ "invoice", "credit_note" or "draft", or None; a number may follow, and anything a credit note.

    >>> parse_type("Avoir sur F-2026-021"), parse_type("Situation n° 2"), parse_type("Facture à annuler")
    ('credit_note', 'invoice', None)
    """
    types, phrase = load_words().types, _phrase(text)
    if phrase in types:
        return types[phrase]
    begun = [word for word in types if len(word) > 2 and phrase.startswith(f"{word} ")]
    longest = max(begun, key=len, default="")
    rest = set(phrase.removeprefix(longest).split()) - _BEFORE_A_NUMBER
    certain = longest and "?" not in rest and (types[longest] == "credit_note" or all(word.isdigit() for word in rest))
    return types[longest] if certain else None


def says_more(text: str) -> bool:
    """Whether an invoice number says more than a number: "F-2 ANNULÉE", "F-4 (payée)".

    >>> says_more("F-2 ANNULÉE"), says_more("F-4 avoir"), says_more("F-3 bis")
    (True, True, False)
    """
    comment, words = load_words().comment, fold(text).split()
    states = [state for word in words[1:] if (state := _stems().get(_stem(word)))]
    doubtful = _anywhere(comment.doubt).search(" ".join(words[1:])) is not None
    return doubtful or any(state not in _STILL_CHASED for state in states)


def asks_not_to_chase(name: str) -> bool:
    """Whether a client's name carries the order not to chase: "Martin - NE PAS RELANCER"."""
    return _anywhere(load_words().comment.hold).search(fold(name)) is not None


def tells_of_payments(header: str) -> bool:
    """Whether a header is that of a column of payments, one of several or not.

    >>> [tells_of_payments(text) for text in ("Date paiement 2", "1er versement", "Lettrage", "Retard de paiement")]
    [True, True, True, False]
    """
    return _NTH.sub("", fold(header)).strip(" 0123456789") in load_words().payments


def numbers_nothing(text: str) -> bool:
    """Whether what stands where an invoice number belongs is none: a mark, or words that wait for one.

    >>> [numbers_nothing(text) for text in ("?", "à facturer", "F-1", "NC-12")]
    [True, True, False, False]
    """
    return names_nothing(text) or fold(text) in load_words().nameless


def names_nothing(text: str) -> bool:
    """Whether what stands where a name belongs is none: a mark, or a word that repeats the cell above.

    >>> [names_nothing(text) for text in ('"', "idem", "Dupont")]
    [True, True, False]
    """
    return bool(text) and (not any(map(str.isalnum, text)) or fold(text) in load_words().repeated)


def says_direct_debit(text: str) -> bool:
    """Whether payment terms or a payment method say that the bank collects.

    >>> [says_direct_debit(text) for text in ("Prélèvement 30 jours", "Virement SEPA", "pas de prélèvement")]
    [True, False, False]
    """
    words, phrase = load_words(), fold(text)
    return bool(_anywhere(words.direct_debit).search(phrase)) and not _anywhere(words.not_direct_debit).search(phrase)


def sums_up(text: str) -> bool:
    """Whether a label is that of a total row: a total word, alone or followed by what it totals.

    >>> sums_up("Total général :"), sums_up("Sous-total Dupont"), sums_up("Dupont total"), sums_up("Totalement")
    (True, True, False, False)
    """
    return _totals().match(text) is not None

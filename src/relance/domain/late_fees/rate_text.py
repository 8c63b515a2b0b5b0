"""The rate a contract states, in words, in; the rate as a formula, out, or None where it is not certain.

It must not know the law: whether such a rate holds is told by the notices of the fees.
"""

from __future__ import annotations

import re
from decimal import Decimal

from relance.domain.late_fees.law import Per, RateSpec
from relance.domain.names import unaccented

_FIGURE = r"(\d{1,3}(?:[.,]\d{1,4})?)"
_COUNTS = {"double": 2, "deux": 2, "two": 2, "twice": 2, "triple": 3, "trois": 3, "three": 3, "quatre": 4, "four": 4,
           "cinq": 5, "five": 5}  # fmt: skip
_COUNT = rf"(?:{_FIGURE}|({'|'.join(_COUNTS)}))"
_TIMES = rf"(?:{_COUNT} ?(?:x|×|\*|fois|times)|(double|triple|twice)) ?(?:le |du |the )?"
_LEGAL = r"(?:taux (?:(?:d['’]|de l['’]) ?interets? )?legal|interets? legal|legal (?:interest )?rate)"
_BANK = r"(?:bce|banque centrale europeenne|ecb|european central bank)"
_ADDED = (
    rf"(?:\+ ?{_FIGURE}(?: ?%| points?\b(?: de pourcentage)?)?"
    rf"|(?:plus|majore de|augmente de|increased by) {_FIGURE}(?! ?%)(?: points?\b)?)"
)
_LEGAL_TIMES = re.compile(rf"(?<![\d.,]){_TIMES}{_LEGAL}")
_TIMES_LEGAL = re.compile(rf"{_LEGAL} (?:x|×|\*|multiplie par) ?{_COUNT}(?: fois)?(?!\d)")
_LEGAL_PLUS = re.compile(rf"{_LEGAL} ?{_ADDED}(?![\d%])")
_LEGAL_ALONE = re.compile(rf"(?:au |le |the )?{_LEGAL}")
_BANK_PLUS = re.compile(rf"{_BANK}[^\d%+.;]{{0,100}}?{_ADDED}(?![\d%])")
_PERCENT = re.compile(rf"(?<![\d.,+-]){_FIGURE} ?(?:%|pour ?cents?\b|per ?cent\b)")
_PERIODS = {
    Per.YEAR: re.compile(r"\b(?:par an(?:nee)?|l['’]an|annuels?|annuelles?|per year|a year|per annum|yearly|annual)\b"),
    Per.MONTH: re.compile(r"\b(?:par mois|mensuels?|mensuelles?|per month|a month|monthly)\b|/ ?(?:mois|month)\b"),
    Per.WEEK: re.compile(r"\b(?:par semaine|hebdomadaires?|per week|a week|weekly)\b|/ ?(?:semaine|week)\b"),
    Per.DAY: re.compile(r"\b(?:par jour|journaliers?|journalieres?|per day|a day|daily)\b|/ ?(?:jour|day)\b"),
}
_UNSURE = re.compile(
    r"\b(?:entamee?s?|commencee?s?|begun|started|part thereof"  # a period begun counts whole: not simple interest
    r"|ouvres?|ouvrables?|working|capitalis\w*|compound\w*"
    r"|minim\w*|maxim\w*|infer\w*|super\w*|less than|at least|au moins)\b"
)
_OF_THE_SUM = re.compile(
    r"(?:du|de la|des|of the|of) (?:montant|somme|total|prix|facture|sommes|amount|sum|price|invoice)"
)


def parse_rate(text: str) -> RateSpec | None:
    """The rate stated by a phrase or a contract's sentence; None where none, or more than one, can be meant.

    A percentage is per year unless another period is named; with neither a period nor the yearly reading certain
    ("10 % du montant": a lump sum) the answer is None. A week counts 52 times, a month 12 times a year.

    >>> parse_rate("5 % par semaine").annual(Decimal(0)), parse_rate("12 %").annual(Decimal(0))
    (Decimal('260'), Decimal('12'))
    >>> parse_rate("3 fois le taux d’intérêt légal").times, parse_rate("BCE + 10").points
    (Decimal('3'), Decimal('10'))
    >>> parse_rate("10 % du montant"), parse_rate("12 % ou 3 fois le taux légal"), parse_rate("à voir")
    (None, None, None)
    """
    plain = unaccented(text)
    if _UNSURE.search(plain):
        return None
    for read in (_read_legal, _read_bank, _read_percent):
        if (found := read(plain)) is not None:
            spec, rest = found
            return None if _mentions_rate(rest) else spec
    return None


def _read_legal(plain: str) -> tuple[RateSpec, str] | None:
    if found := _LEGAL_TIMES.search(plain) or _TIMES_LEGAL.search(plain):
        return RateSpec(table="legal-other", times=_count(found)), _without(plain, found)
    if found := _LEGAL_PLUS.search(plain):
        return RateSpec(table="legal-other", points=_figure(found)), _without(plain, found)
    return (RateSpec(table="legal-other"), "") if _LEGAL_ALONE.fullmatch(plain) else None


def _read_bank(plain: str) -> tuple[RateSpec, str] | None:
    found = _BANK_PLUS.search(plain)
    return (RateSpec(table="ecb", points=_figure(found)), _without(plain, found)) if found else None


def _read_percent(plain: str) -> tuple[RateSpec, str] | None:
    found = _PERCENT.search(plain)
    periods = [per for per, words in _PERIODS.items() if words.search(plain)]
    if not found or len(periods) > 1 or (not periods and _OF_THE_SUM.search(plain)):
        return None
    return RateSpec(points=_figure(found), per=periods[0] if periods else Per.YEAR), _without(plain, found)


def _mentions_rate(rest: str) -> bool:
    return bool(re.search(rf"%|\+ ?\d|\bpoints?\b(?! de pourcentage)|{_LEGAL}|{_BANK}", rest))


def _count(found: re.Match[str]) -> Decimal:
    said = next(group for group in found.groups() if group)
    return Decimal(_COUNTS.get(said) or said.replace(",", "."))


def _figure(found: re.Match[str]) -> Decimal:
    return Decimal(next(group for group in found.groups() if group).replace(",", "."))


def _without(plain: str, found: re.Match[str]) -> str:
    return plain[: found.start()] + plain[found.end() :]

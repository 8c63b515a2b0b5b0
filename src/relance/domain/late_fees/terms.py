"""Payment terms: the words of a cell or a contract in, a due date out; and the longest term the law allows.

It must not know late fees: a due date is where they begin.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from relance.dates import DAY, month_end
from relance.domain.late_fees.law import FeeRule
from relance.domain.model import Invoice
from relance.domain.names import unaccented
from relance.errors import Message, Problem, Severity, msg, msg_n


class Reading(StrEnum):
    """The two lawful readings of "45 days end of month": A adds the days, then goes to the end of that month; B goes to
    the end of the month of the invoice, then adds the days."""

    A = "A"
    B = "B"


class Terms(Struct, frozen=True, gc=False):
    """When an invoice falls due: `days` calendar days and `months` after its date, moved to the end of the month when
    `end_of_month`, then to the next day `day` of a month (0 = none). `reading` is set where the words leave no choice.
    """

    days: int = 0
    months: int = 0
    end_of_month: bool = False
    day: int = 0
    reading: Reading | None = None


# The forms below are matched on what is left of a phrase once its idle words are taken out; they are compiled when
# first used, since most sheets type due dates.
_DAYS = r"(\d{1,3}) ?(?:j|jrs?|jours?|d|days?)"
_MONTHS = r"(\d{1,2}) ?(?:mois|months?)"
_END = r"(?:fin (?:du )?mois|fdm|end (?:the )?month|eom|month end)"
_ON = r"(?:le|on the|the) (\d{1,2})(?:er|st|nd|rd|th)?"
_NEXT = r"(?:(?:du )?mois suivant|(?:the )?(?:next|following) month)"
_IDLE = (
    r"\b(?:paiement|payable|payment|reglement|delai|terms?|nets?|sous|dans|within|due|virement|cheque|prelevement|sepa"
    r"|direct debit|par|from|after|of"
    r"|date (?:de |d['’])?(?:la )?facture|factures?|recapitulatives?|summary"
    r"|invoice date|invoices?|des|apres|a compter de(?: la)?|calendaires?"
    r"|calendar|a|au|at|in|(?:de )?reception|receipt(?: of)?|emission|de|la|l)\b['’]?"
)
_NOW = (
    r"(?:(?:payable |paiement |reglement )?(?:a|des|sur) (?:la )?reception(?: de (?:la )?facture)?"
    r"|(?:payable |payment )?(?:due )?(?:up)?on receipt(?: of (?:the )?invoice)?"
    r"|(?:au |paiement |reglement )?comptant|immediat(?:ement)?|paiement immediat|immediate(?: payment)?|cash|due now)"
)
_FORMS = (
    (r"(\d{1,3})|n(\d{1,3})", "days"),
    (_DAYS, "days"),
    (_MONTHS, "months"),
    (_END, "end"),
    (r"fin (?:du )?mois suivant|end (?:the )?(?:next|following) month", "next"),
    (rf"(?:{_DAYS}|(\d{{1,3}})) {_END}", "days end"),
    (rf"{_MONTHS} {_END}", "months end"),
    (rf"{_END} ?(?:\+|plus|puis)? ?{_DAYS}", "end_then_days"),
    (rf"{_END} {_ON}(?: {_NEXT})?", "end day"),
    (rf"{_ON} {_NEXT}", "end day"),
    (rf"{_DAYS} {_END} {_ON}(?: {_NEXT})?", "days end day"),
)


def parse_terms(text: str) -> Terms | None:
    """The terms a person typed, in French or English; None where they are not certain (working days, discounts ...).

    >>> parse_terms("30 jours"), parse_terms("net 30") == parse_terms("30 days net") == parse_terms("30 j")
    (Terms(days=30, months=0, end_of_month=False, day=0, reading=None), True)
    >>> parse_terms("45 jours fin de mois").end_of_month, parse_terms("fin de mois le 10").day
    (True, 10)
    >>> parse_terms("à réception"), parse_terms("30 jours ouvrés"), parse_terms("2/10 net 30")
    (Terms(days=0, months=0, end_of_month=False, day=0, reading=None), None, None)
    """
    plain = unaccented(text)
    if re.fullmatch(_NOW, plain):
        return Terms()
    body = " ".join(re.sub(_IDLE, " ", re.sub("[,:.()]| [-–—] ", " ", plain)).split())
    for pattern, fields in _FORMS:
        if found := re.fullmatch(pattern, body):
            return _build(fields, [int(group) for group in found.groups() if group])
    return None


def is_summary(text: str) -> bool:
    """Whether terms speak of a summary invoice, whose longest lawful term is its own (Code de commerce L441-10 I).

    >>> is_summary("45 jours, facture récapitulative"), is_summary("45 jours")
    (True, False)
    """
    return bool(text) and re.search("recapitulati|summary", unaccented(text)) is not None


def _build(fields: str, figures: list[int]) -> Terms | None:
    built = {
        "days": lambda: Terms(days=figures[0]),
        "months": lambda: Terms(months=figures[0]),
        "end": lambda: Terms(end_of_month=True),
        "next": lambda: Terms(months=1, end_of_month=True),
        "days end": lambda: Terms(days=figures[0], end_of_month=True),
        "months end": lambda: Terms(months=figures[0], end_of_month=True),
        "end_then_days": lambda: Terms(days=figures[0], end_of_month=True, reading=Reading.B),
        "end day": lambda: Terms(end_of_month=True, day=figures[0]),
        "days end day": lambda: Terms(days=figures[0], end_of_month=True, day=figures[1]),
    }[fields]()
    return built if built.days <= 365 and built.months <= 12 and built.day <= 31 else None


def due_date(terms: Terms, issued: date, reading: Reading = Reading.A) -> date:
    """The due date of an invoice of that date; `reading` settles "n days end of month" where the words do not.

    >>> terms = Terms(days=45, end_of_month=True)
    >>> str(due_date(terms, date(2026, 2, 15))), str(due_date(terms, date(2026, 2, 15), Reading.B))
    ('2026-04-30', '2026-04-14')
    >>> str(due_date(Terms(end_of_month=True, day=10), date(2026, 2, 15)))
    '2026-03-10'
    """
    if terms.end_of_month and (terms.reading or reading) is Reading.B:
        due = month_end(month_end(issued) + relativedelta(months=terms.months)) + timedelta(days=terms.days)
    else:
        due = issued + relativedelta(months=terms.months) + timedelta(days=terms.days)
        due = month_end(due) if terms.end_of_month else due
    return _next_day(due, terms.day) if terms.day else due


def _next_day(after: date, day: int) -> date:
    """The first day of that number strictly after a date; the end of a month too short for it."""
    month = after if _in_month(after, day) > after else month_end(after) + DAY
    return _in_month(month, day)


def _in_month(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


class Latest(Struct, frozen=True):
    """The last due date the law allows for an invoice, the rule that gives it, and its source."""

    due: date
    rule: Message
    source: str


def latest_lawful_due(issued: date, rule: FeeRule, *, terms: Terms | None = None, usage: str = "") -> Latest | None:
    """The last lawful due date of an invoice of that date, for one kind of debtor; None where the law sets no limit.

    `usage` names a special limit of that law (summary, transport, hospital, undertaking). Without `terms`, the longest
    of the lawful forms counts: 60 days, or the longer reading of 45 days end of month. Source: the rule's own.
    """
    limits = rule.terms
    if limits is None or limits.days is None:
        return None
    days = limits.special.get(usage, limits.days)
    found = Latest(issued + timedelta(days=days), _days_from_invoice(days), limits.source)
    if usage in limits.special or limits.end_of_month is None or (terms and not terms.end_of_month):
        return found
    text = msg("{days} days end of month, in the longer of its two lawful readings", days=limits.end_of_month)
    longest = Latest(_longest(limits.end_of_month, issued), text, limits.source)
    return longest if terms or longest.due > found.due else found


@lru_cache(maxsize=4096)
def _longest(days: int, issued: date) -> date:
    agreed = Terms(days=days, end_of_month=True)
    return max(due_date(agreed, issued, reading) for reading in Reading)


def _is_short(invoice: Invoice, rule: FeeRule, terms: Terms | None, usage: str) -> bool:
    """Whether the term is within every limit that may hold, the usual case: a quick look that spares the calendar."""
    limits = rule.terms
    if limits is None or limits.days is None or invoice.due is None or invoice.issued is None:
        return True
    days = limits.special.get(usage, limits.days)
    if terms and terms.end_of_month and limits.end_of_month:
        days = min(days, limits.end_of_month)
    return (invoice.due - invoice.issued).days <= days


def check_term(invoice: Invoice, rule: FeeRule, *, terms: Terms | None = None, usage: str = "") -> Problem | None:
    """A warning (`term-too-long`) when an invoice of ours falls due later than the law allows; None otherwise."""
    if (
        invoice.issued is None
        or invoice.due is None
        or invoice.is_credit_note
        or _is_short(invoice, rule, terms, usage)
    ):
        return None
    latest = latest_lawful_due(invoice.issued, rule, terms=terms, usage=usage)
    if latest is None or invoice.due <= latest.due:
        return None
    return Problem(
        "term-too-long",
        Severity.WARNING,
        msg(
            "{number} falls due on {due}, later than the law allows: {latest}, {rule} ({source}).",
            number=invoice.number, due=invoice.due, latest=latest.due, rule=latest.rule, source=latest.source,
        ),
        msg("Check the date and the terms agreed: the text cited says what a longer term exposes to."),
        invoice.where,
        invoice.due.isoformat(),
    )  # fmt: skip


def _days_from_invoice(days: int) -> Message:
    return msg_n("{n} calendar day from the invoice date", "{n} calendar days from the invoice date", days)

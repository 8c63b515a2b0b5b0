"""Limitation: the last day of the period the law counts for a debt, with the rule and its source.

Information only, to be checked by a person: it must not conclude that a debt is, or is not, time-barred.
"""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta
from msgspec import Struct

from relance.dates import DAY
from relance.domain.late_fees.law import Counting, FeeRule
from relance.domain.model import Invoice
from relance.domain.owed import owed
from relance.errors import Message, Problem, Severity, msg, msg_n


class Limitation(Struct, frozen=True):
    """A limitation period counted from `start`, over at the end of the day `until`; the rule, what interrupts it, and
    the source. What may have interrupted it is not known here."""

    start: date
    until: date
    rule: Message
    interrupted_by: tuple[Message, ...]
    source: str


_INTERRUPTIONS = {
    "court": msg("a claim in court"),
    "acknowledgement": msg("the debtor’s acknowledgement of the debt"),
    "written-claim": msg("a written claim"),
}


def count_limitation(invoice: Invoice, rule: FeeRule, *, performed: date | None = None) -> Limitation | None:
    """The limitation period of an invoice, counted from the earliest date known: performance, invoice or due date.

    None without any date, or where the law file gives no period. A public buyer's period is counted from the following
    1 January. Source: Code de commerce L110-4, Code de la consommation L218-2, loi 68-1250; Cass. com. 18-25.036.
    """
    known = [day for day in (performed, invoice.issued, invoice.due) if day]
    limit = rule.limitation
    if not known or limit is None:
        return None
    start = min(known)
    if limit.counted_from is Counting.NEXT_JANUARY:
        start = date(start.year + 1, 1, 1)
        until = date(start.year + limit.years, 1, 1) - DAY
        text = msg_n("{n} year from the following 1 January", "{n} years from the following 1 January", limit.years)
    else:
        until = start + relativedelta(years=limit.years)
        text = msg_n("{n} year from the earliest date known", "{n} years from the earliest date known", limit.years)
    interrupted_by = tuple(_INTERRUPTIONS[name] for name in limit.interrupted_by)
    return Limitation(start, until, text, interrupted_by, limit.source)


def is_near(invoice: Invoice, rule: FeeRule, today: date, *, performed: date | None = None) -> bool:
    """Whether the period may end within a year: a quick look that spares the calendar nearly every invoice."""
    known = [day for day in (performed, invoice.issued, invoice.due) if day]
    return bool(known) and rule.limitation is not None and today.year - min(known).year >= rule.limitation.years - 1


def limitation_notice(invoice: Invoice, limitation: Limitation, today: date) -> Problem | None:
    """A notice (`limitation`) in the last year of the period and after it; None before, or when nothing is owed."""
    if owed(invoice) <= 0 or today + relativedelta(years=1) < limitation.until:
        return None
    return Problem(
        "limitation",
        Severity.NOTICE,
        msg(
            "Limitation of {number}, to be checked: {rule}, counted from {start}, ends on {until} ({source}).",
            number=invoice.number, rule=limitation.rule, start=limitation.start, until=limitation.until,
            source=limitation.source,
        ),
        _hint(limitation),
        invoice.where,
        limitation.until.isoformat(),
    )  # fmt: skip


def _hint(limitation: Limitation) -> Message:
    if _INTERRUPTIONS["written-claim"] in limitation.interrupted_by:
        return msg("What interrupts it: {acts}.", acts=limitation.interrupted_by)
    return msg(
        "What interrupts it: {acts}; a formal notice (mise en demeure) does not.", acts=limitation.interrupted_by
    )

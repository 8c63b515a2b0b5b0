"""What is owed and how that moved: figures against last week and last month, a year of months, who owes most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.ageing import Ageing
from relance.domain.digest import Debtor, Digest
from relance.domain.past import Balance
from relance.errors import Message, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import (
    Align,
    Bar,
    Chart,
    Column,
    Facts,
    Figure,
    Lateness,
    Line,
    Section,
    Series,
    Shape,
    Table,
    Tone,
)  # fmt: skip
from relance.reports.views.status import parts_of

MOST = 10
"""How many debtors the table of those who owe most tells."""

_MONTHS = (
    msg("Jan {year}"), msg("Feb {year}"), msg("Mar {year}"), msg("Apr {year}"), msg("May {year}"), msg("Jun {year}"),
    msg("Jul {year}"), msg("Aug {year}"), msg("Sep {year}"), msg("Oct {year}"), msg("Nov {year}"), msg("Dec {year}"),
)  # fmt: skip


def figure_sections(digest: Digest) -> Iterator[Section]:
    """Per currency: the figures with what changed, the ageing bar, the last twelve months; then the top debtors."""
    for ageing in digest.day.ageing:
        yield _facts(digest, ageing)
        if ageing.open:
            yield Bar(title=_titled(digest, ageing), currency=ageing.currency, parts=tuple(parts_of(ageing)))
        yield from _year(digest, ageing.currency)
    yield from _most(digest)


def _titled(digest: Digest, ageing: Ageing) -> Message:
    if len(digest.day.ageing) == 1:
        return msg("Ageing")
    return msg("Ageing in {currency}", currency=ageing.currency)


def _facts(digest: Digest, ageing: Ageing) -> Facts:
    currency, past = ageing.currency, digest.past.get(ageing.currency, {})
    fees, provisional = digest.day.fees.get(currency, (ZERO, False))
    before = past.get(digest.week_ago), past.get(digest.month_ago)
    items: list[tuple[Message, Any, Tone]] = [
        (msg("owed"), _trend(ageing.open, currency, before, lambda balance: balance.open), Tone.PLAIN),
        (
            msg("overdue"),
            _trend(ageing.overdue, currency, before, lambda balance: balance.overdue),
            Tone.BAD if ageing.overdue else Tone.GOOD,
        ),
        (
            msg("not due"),
            _trend(ageing.not_due, currency, before, lambda balance: balance.open - balance.overdue),
            Tone.PLAIN,
        ),
    ]
    if fees:
        label = msg("late fees (provisional)") if provisional else msg("late fees")
        items.append((label, Money(fees, currency), Tone.PLAIN))
    if flat := digest.day.apart.get(currency):
        items.append((msg("flat indemnities besides"), flat, Tone.PLAIN))
    if ageing.credits:
        items.append((msg("credits of clients"), Money(-ageing.credits, currency), Tone.PLAIN))
    return Facts(items=tuple(items))


def _trend(now: Decimal, currency: str, before: tuple[Balance | None, ...], of: Callable[[Balance], Decimal]) -> Figure:
    """A figure with what it grew by since last week and last month; no earlier figure, no growth told."""
    since = msg("in a week"), msg("in a month")
    notes = (
        (_moved(now - of(old), currency, word), Tone.PLAIN) for old, word in zip(before, since, strict=True) if old
    )
    return Figure(Money(now, currency), tuple(notes))


def _moved(by: Decimal, currency: str, since: Message) -> Message:
    if not by:
        return msg("unchanged {since}", since=since)
    amount = Money(abs(by), currency)
    if by > ZERO:
        return msg("+{amount} {since}", amount=amount, since=since)
    return msg("−{amount} {since}", amount=amount, since=since)


def _year(digest: Digest, currency: str) -> Iterator[Section]:
    """What was owed and overdue at the end of each month, and today."""
    past = digest.past.get(currency, {})
    days = [day for day in (*digest.month_ends, digest.day.today) if day in past]
    if len(days) < 2 or not any(past[day].open for day in days):
        return
    yield Chart(
        title=msg("Owed and overdue over twelve months"),
        currency=currency,
        axis=msg("at the end of"),
        periods=tuple(_month(day, digest) for day in days),
        ticks=tuple(_tick(day) for day in days),
        series=(
            Series(msg("owed"), tuple(past[day].open for day in days), Tone.NOTICE),
            Series(msg("overdue"), tuple(past[day].overdue for day in days), Tone.BAD),
        ),
        shape=Shape.LINES,
        note=_undated(digest, currency),
    )


def _month(day: date, digest: Digest) -> Message:
    return msg("today") if day == digest.day.today else Message(_MONTHS[day.month - 1].text, {"year": str(day.year)})


def _tick(day: date) -> Message:
    return msg("{text}", text=f"{day.month}/{day.year % 100:02}")


def _undated(digest: Digest, currency: str) -> Message | None:
    """That the past is told without payments nobody dated, where there are any."""
    undated = sum(
        any(payment.on is None for payment in invoice.payments)
        for invoice, _ in digest.day.live
        if invoice.currency == currency
    )
    if not undated:
        return None
    return msg_n(
        "{n} invoice has a payment without its day: it counts as received from the start.",
        "{n} invoices have payments without their day: these count as received from the start.",
        undated,
    )


def _most(digest: Digest) -> Iterator[Section]:
    """Those who owe most."""
    if not digest.debtors:
        return
    columns = (
        Column("client", msg("client")),
        Column("open", msg("open"), Align.RIGHT),
        Column("share", msg("share"), Align.RIGHT),
        Column("overdue", msg("overdue"), Align.RIGHT),
        Column("late", msg("latest"), Align.RIGHT),
        Column("count", msg("invoices"), Align.RIGHT, fold=True),
    )
    rows = tuple(
        (
            debtor.client.name,
            Money(debtor.open, debtor.currency),
            msg("{percent} %", percent=round(debtor.share * 100)),
            Money(debtor.overdue, debtor.currency) if debtor.overdue else None,
            Lateness(debtor.late) if debtor.late else None,
            debtor.count,
        )
        for debtor in digest.debtors[:MOST]
    )
    yield Table(title=msg("Who owes most"), columns=columns, rows=rows)
    left = len(digest.debtors) - MOST
    if left > 0:
        text = msg_n("{n} more client owes something.", "{n} more clients owe something.", left)
        yield Line(text, Tone.FAINT)


def freshness_line(digest: Digest) -> Line:
    """How fresh the payments are, old or not."""
    fresh = digest.day.freshness
    if fresh.last_payment is None or fresh.days is None:
        return Line(msg("No payment date is typed in the workbook: nobody can tell how fresh it is."), Tone.NOTICE)
    if fresh.days > digest.day.fresh_days:
        text = msg_n(
            "The last payment typed is {n} day old ({day}): type in the newer ones before chasing anybody.",
            "The last payment typed is {n} days old ({day}): type in the newer ones before chasing anybody.",
            fresh.days,
            day=fresh.last_payment,
        )
        return Line(text, Tone.WARNING)
    return Line(msg("Payments are known up to {day}.", day=fresh.last_payment), Tone.GOOD)


def figures_data(digest: Digest) -> dict[str, Any]:
    """`compared[]`, `history[]` and `debtors[]`."""
    return {
        "compared": [
            {"currency": currency, "since": name, "on": day, "open": past[day].open, "overdue": past[day].overdue}
            for currency, past in digest.past.items()
            for name, day in (("week", digest.week_ago), ("month", digest.month_ago))
        ],
        "history": [
            {"currency": currency, "on": day, "open": past[day].open, "overdue": past[day].overdue}
            for currency, past in digest.past.items()
            for day in (*digest.month_ends, digest.day.today)
        ],
        "debtors": [_debtor_data(debtor) for debtor in digest.debtors[:MOST]],
    }


def _debtor_data(debtor: Debtor) -> dict[str, Any]:
    return {
        "client": debtor.client.name,
        "open": debtor.open,
        "overdue": debtor.overdue,
        "currency": debtor.currency,
        "days_late": debtor.late,
        "count": debtor.count,
        "percent": round(debtor.share * 100, 1),
    }

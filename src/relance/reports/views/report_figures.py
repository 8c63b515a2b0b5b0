"""What is owed and how that moved: figures against last week and last month, a year of months, who owes most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.digest import Debtor, Digest
from relance.domain.measures.ageing import Ageing
from relance.domain.measures.figures_outstanding import Outstanding, Point
from relance.domain.measures.figures_receipts import Receipts, Week
from relance.errors import Message, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import (
    Align,
    Bar,
    Chart,
    Column,
    Facts,
    Figure,
    Line,
    Section,
    Series,
    Shape,
    Table,
    Tone,
    lateness,
)  # fmt: skip
from relance.reports.views.ageing_bar import parts_of
from relance.reports.views.figures import percent
from relance.reports.views.remarks import stale_lines

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
            yield Bar(
                title=_titled(digest, msg("Ageing"), ageing.currency),
                currency=ageing.currency,
                parts=tuple(parts_of(ageing)),
            )
        yield from _year(digest, ageing.currency)
        yield from _weeks(digest, ageing.currency)
    yield from _most(digest)


def _titled(digest: Digest, title: Message, currency: str) -> Message:
    """A title that names the currency where there are several."""
    return title if len(digest.day.ageing) == 1 else msg("{title} in {currency}", title=title, currency=currency)


def _facts(digest: Digest, ageing: Ageing) -> Facts:
    currency, past = ageing.currency, _points(digest, ageing.currency)
    fees, provisional = digest.day.fees.get(currency, (ZERO, False))
    before = past.get(digest.week_ago), past.get(digest.month_ago)
    items: list[tuple[Message, Any, Tone]] = [
        (msg("owed"), _trend(ageing.open, currency, before, lambda point: point.open), Tone.PLAIN),
        (
            msg("overdue"),
            _trend(ageing.overdue, currency, before, lambda point: point.overdue),
            Tone.BAD if ageing.overdue else Tone.GOOD,
        ),
        (
            msg("not due"),
            _trend(ageing.not_due, currency, before, lambda point: point.open - point.overdue),
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


def _trend(now: Decimal, currency: str, before: tuple[Point | None, ...], of: Callable[[Point], Decimal]) -> Figure:
    """A figure with what it grew by since last week and last month; no earlier figure, no growth told."""
    since = msg("in 7 d"), msg("in 1 month")
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


def _course(digest: Digest, currency: str) -> Outstanding | None:
    return next((course for course in digest.courses if course.currency == currency), None)


def _points(digest: Digest, currency: str) -> dict[date, Point]:
    """What was owed on the days compared, where the dates of the payments tell it."""
    course = _course(digest, currency)
    return {point.on: point for point in course.points} if course and course.is_known else {}


def _year(digest: Digest, currency: str) -> Iterator[Section]:
    """What was owed and overdue at the end of each month, and today; nothing where too few payments have their day."""
    past = _points(digest, currency)
    days = [day for day in digest.months if day in past]
    if not any(past[day].open for day in days[:-1]):
        return
    yield Chart(
        title=_titled(digest, msg("Owed and overdue over twelve months"), currency),
        currency=currency,
        axis=msg("at the end of"),
        periods=tuple(_month(day, digest) for day in days),
        ticks=tuple(_tick(day) for day in days),
        series=(
            Series(msg("owed"), tuple(past[day].open for day in days), Tone.NOTICE),
            Series(msg("overdue"), tuple(past[day].overdue for day in days), Tone.BAD),
        ),
        shape=Shape.LINES,
        note=_undated(_course(digest, currency)),
        name=_titled(digest, msg("Twelve months"), currency),
    )


def _month(day: date, digest: Digest) -> Message:
    return msg("today") if day == digest.day.today else Message(_MONTHS[day.month - 1].text, {"year": str(day.year)})


def _tick(day: date) -> Message:
    """The month alone: the table under the chart tells the years."""
    return Message(_MONTHS[day.month - 1].text, {"year": ""})


def _undated(course: Outstanding | None) -> Message | None:
    """That the past is told without payments nobody dated, where there are any."""
    if course is None or not course.undated:
        return None
    return msg_n(
        "{n} payment without its day is left out of the months before.",
        "{n} payments without their day are left out of the months before.",
        course.undated,
    )


def _weeks(digest: Digest, currency: str) -> Iterator[Section]:
    """What may be received in the weeks to come; what falls due in them, where nobody's habits are known."""
    receipts = next((one for one in digest.receipts if one.currency == currency), None)
    if receipts is None:
        return
    estimated = any(week.expected for week in receipts.weeks)
    if not estimated and not any(week.due for week in receipts.weeks):
        return
    title = msg("Receipts expected per week (estimate)") if estimated else msg("Falling due per week")
    values = tuple(week.expected if estimated else week.due for week in receipts.weeks)
    yield Chart(
        title=_titled(digest, title, currency),
        currency=currency,
        axis=msg("week"),
        periods=tuple(_days(week) for week in receipts.weeks),
        ticks=tuple(Message(f"{week.first:%d/%m}") for week in receipts.weeks),
        series=(Series(msg("expected") if estimated else msg("due"), values, Tone.GOOD),),
        shape=Shape.COLUMNS,
        note=_said_receipts(receipts) if estimated else None,
        name=_titled(digest, msg("Receipts expected") if estimated else msg("Falling due"), currency),
    )


def _days(week: Week) -> Message:
    """The days of a week; what is left of this one may be its last day alone."""
    if week.first == week.last:
        return msg("{day}", day=week.first)
    return msg("{first} to {last}", first=week.first, last=week.last)


def _said_receipts(receipts: Receipts) -> Message:
    """How the estimate is made, and what it leaves out."""
    apart = receipts.unplaced + receipts.disputed + receipts.undated
    text = msg("Due dates shifted by each client's own habit, or the day promised.")
    if not apart:
        return text
    return msg(
        "{text} {amount} have no week: later than the client ever paid, disputed, or without due date.",
        text=text,
        amount=Money(apart, receipts.currency),
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
        Column("late", msg("late"), Align.RIGHT),
    )
    rows = tuple(
        (
            debtor.client.name,
            Money(debtor.open, debtor.currency),
            percent((debtor.share * 100).quantize(Decimal("0.1"))),
            Money(debtor.overdue, debtor.currency) if debtor.overdue else None,
            lateness(debtor.late),
        )
        for debtor in digest.debtors[:MOST]
    )
    yield Table(title=msg("Who owes most"), columns=columns, rows=rows)
    left = len(digest.debtors) - MOST
    if left > 0:
        text = msg_n("{n} more client owes something.", "{n} more clients owe something.", left)
        yield Line(text, Tone.FAINT)


def freshness_lines(digest: Digest) -> Iterator[Line]:
    """How fresh the payments are, old or not."""
    fresh = digest.day.freshness
    if fresh.last_payment is None or fresh.days is None:
        text = msg("No payment date is typed in the workbook: nobody can tell how fresh it is.")
        yield Line(text, Tone.NOTICE)
    elif fresh.days > digest.day.fresh_days:
        yield from stale_lines(digest.day)
    else:
        yield Line(msg("Payments are known up to {day}.", day=fresh.last_payment), Tone.GOOD)


def figures_data(digest: Digest) -> dict[str, Any]:
    """`compared[]`, `history[]`, `expected[]` and `debtors[]`."""
    return {
        "compared": [
            {"currency": course.currency, "since": name, **_point_data(point)}
            for course in digest.courses
            for name, day in (("week", digest.week_ago), ("month", digest.month_ago))
            for point in course.points
            if point.on == day and course.is_known
        ],
        "history": [
            {"currency": course.currency, **_point_data(point)}
            for course in digest.courses
            for point in course.points
            if point.on in digest.months and course.is_known
        ],
        "expected": [
            {
                "currency": receipts.currency,
                "from": week.first,
                "to": week.last,
                "due": week.due,
                "expected": week.expected,
                "at_least": week.at_least,
                "at_most": week.at_most,
            }
            for receipts in digest.receipts
            for week in receipts.weeks
        ],
        "debtors": [_debtor_data(debtor) for debtor in digest.debtors[:MOST]],
    }


def _point_data(point: Point) -> dict[str, Any]:
    return {"on": point.on, "open": point.open, "overdue": point.overdue}


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

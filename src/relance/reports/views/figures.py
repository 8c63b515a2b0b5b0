"""The figures of clients as people and programs read them: cells, JSON, expected receipts, how each is computed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from relance.domain.measures.figures import Figures, Owing, Punctuality, Total
from relance.domain.measures.figures_dso import Dso
from relance.domain.measures.figures_receipts import Receipts, Week
from relance.domain.measures.habits import ENOUGH, Habit
from relance.errors import Message, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Facts, Figure, Line, Measure, Section, Table, Tone, Unit

_FIVE = 5


def owing_data(owing: Owing) -> dict[str, Any]:
    """What a client, or everybody, owes in one currency."""
    return {
        "currency": owing.currency,
        "open": owing.open,
        "overdue": owing.overdue,
        "credits": owing.credits,
        "late_days_weighted": plain(owing.weighted),
    }


def punctuality_data(punctuality: Punctuality) -> dict[str, Any]:
    """How punctual a client, or everybody, was."""
    return {
        "fell_due": punctuality.known,
        "on_time": punctuality.on_time,
        "on_time_percent": plain(punctuality.share),
        "late_days": plain(punctuality.late_days),
        "paid_on_unknown_days": punctuality.unknown,
        "oldest_days_late": punctuality.oldest,
    }


def habit_data(habit: Habit | None) -> dict[str, int] | None:
    """A habit in days from the due date; null where history is too short."""
    if habit is None:
        return None
    return {"count": habit.count, "median": habit.median, "early": habit.early, "late": habit.late}


def plain(value: Decimal | None) -> str | None:
    """Days and percents with the decimals they have: they are no amounts."""
    return None if value is None else f"{value:f}"


def total_data(total: Total) -> dict[str, Any]:
    """The figures of one currency as a whole."""
    dso, risk = total.dso, total.concentration
    return {
        **owing_data(total.owing),
        "dso": {
            "days": plain(dso.days),
            "receivables": dso.receivables,
            "months": [
                {
                    "month": f"{month.first:%Y-%m}",
                    "days": month.span,
                    "sales": month.sales,
                    "taken": month.taken,
                    "counted": plain(month.days),
                }
                for month in dso.months
            ],
            "simple_days": plain(dso.simple),
            "sales": dso.sales,
            "period": dso.period,
            "undated": dso.undated,
        },
        "concentration": {
            "clients": risk.clients,
            "largest_percent": plain(risk.largest),
            "top_five_percent": plain(risk.top_five),
            "equal_clients": plain(risk.equal),
        }
        if risk
        else None,
        "receipts": receipts_data(total.receipts) if total.receipts else None,
    }


def receipts_data(receipts: Receipts) -> dict[str, Any]:
    """The estimate of receipts of one currency."""
    return {
        "weeks": [
            {
                "from": week.first,
                "to": week.last,
                "due": week.due,
                "expected": week.expected,
                "at_least_by_then": week.at_least,
                "at_most_by_then": week.at_most,
            }
            for week in receipts.weeks
        ],
        "later": receipts.later,
        "unplaced": receipts.unplaced,
        "disputed": receipts.disputed,
        "undated": receipts.undated,
        "promised": receipts.promised,
        "borrowed": receipts.borrowed,
    }


def total_facts(total: Total, punctuality: Punctuality) -> Facts:
    """The figures of one currency as a whole, side by side."""
    owing, dso, risk = total.owing, total.dso, total.concentration
    items: list[tuple[Message, Any, Tone]] = [
        (msg("owed"), Money(owing.open, owing.currency), Tone.PLAIN),
        (msg("overdue"), Money(owing.overdue, owing.currency), Tone.BAD if owing.overdue else Tone.GOOD),
        (msg("DSO"), days_cell(dso.days) or msg("unknown"), Tone.PLAIN),
        (msg("paid on time"), on_time_figure(punctuality), Tone.PLAIN),
        (msg("average delay"), days_cell(punctuality.late_days) or msg("unknown"), Tone.PLAIN),
    ]
    if risk:
        items.append((msg("largest debtor"), percent(risk.largest), Tone.PLAIN))
        if risk.clients > _FIVE:
            items.append((msg("five largest"), percent(risk.top_five), Tone.PLAIN))
    return Facts(items=tuple(items))


def percent(value: Decimal | int | None) -> Measure | None:
    """`17.5 %`."""
    return None if value is None else Measure(value, Unit.PERCENT, msg("{value} %", value=value))


def days_cell(value: Decimal | int | None) -> Measure | None:
    """`12.5 days`."""
    return None if value is None else Measure(value, Unit.DAYS, msg("{days} days", days=value))


def on_time_cell(punctuality: Punctuality) -> Figure | None:
    """`26 % of 34`; `unknown` where no payment has a date, nothing where nothing fell due."""
    if punctuality.share is None:
        return Figure(msg("unknown")) if punctuality.unknown else None
    return Figure(msg("{share} % of {count}", share=punctuality.share, count=punctuality.known))


def on_time_figure(punctuality: Punctuality) -> Figure:
    """The share paid on time, and of how many invoices."""
    if punctuality.share is None:
        return Figure(msg("unknown"), ((msg("payment dates are lacking"), Tone.PLAIN),) if punctuality.unknown else ())
    due = msg_n("of {n} invoice fallen due", "of {n} invoices fallen due", punctuality.known)
    return Figure(percent(punctuality.share), ((due, Tone.PLAIN),))


def habit_cell(habit: Habit | None) -> Message | None:
    """`+12 d (3 to 20)`: the median and the middle half, from the due date."""
    if habit is None:
        return None
    median = f"{habit.median:+}" if habit.median else "0"
    return msg("{median} d ({early} to {late})", median=median, early=habit.early, late=habit.late)


def receipts_section(receipts: Receipts) -> Section:
    """The receipts expected, or that none can be."""
    if receipts.later or any(week.expected or week.due for week in receipts.weeks):
        return receipts_table(receipts)
    text = msg(
        "No date can be given for the receipts in {currency}: payment dates are lacking, or what is owed is later than "
        "its clients ever were.",
        currency=receipts.currency,
    )
    return Line(text, Tone.NOTICE)


def receipts_table(receipts: Receipts) -> Table:
    """The weeks to come, and what has no week; the expected amounts sum up to what is owed."""

    def money(amount: Decimal) -> Money | None:
        return Money(amount, receipts.currency) if amount else None

    def row(week: Week) -> tuple[Any, ...]:
        sums = (Money(week.at_least, receipts.currency), Money(week.at_most, receipts.currency))
        return week.last, money(week.due), money(week.expected), *sums

    columns = (
        Column("to", msg("week until")),
        Column("due", msg("falls due"), Align.RIGHT),
        Column("expected", msg("expected"), Align.RIGHT),
        Column("at_least", msg("received by then, at least"), Align.RIGHT, fold=True),
        Column("at_most", msg("at most"), Align.RIGHT, fold=True),
    )
    apart = (
        (msg("later"), receipts.later),
        (msg("no date can be given"), receipts.unplaced),
        (msg("in dispute"), receipts.disputed),
        (msg("without due date"), receipts.undated),
    )
    rows = (*map(row, receipts.weeks), *((label, None, money(amount), None, None) for label, amount in apart if amount))
    totals = ((msg("owed"), None, Money(receipts.open, receipts.currency), None, None),)
    title = msg("Receipts expected in {currency}: an estimate, not a promise", currency=receipts.currency)
    return Table(title=title, columns=columns, rows=rows, totals=totals)


def figure_notes(figures: Figures) -> Iterator[Line]:
    """How each figure is computed, and what could not be."""
    yield from unknown_note(figures.punctuality)
    yield Line(
        msg(
            "Average delay: the invoices that fell due in the last 365 days; one paid in time counts as 0, one still "
            "open with its days so far. Weighted: each payment weighs its amount."
        ),
        Tone.FAINT,
    )
    yield Line(
        msg(
            "Usually pays: the median days from the due date to the payment in full over the last 365 days, and "
            "between which days half of the invoices were paid; {n} invoices at least, else nothing is said.",
            n=ENOUGH,
        ),
        Tone.FAINT,
    )
    yield from _receipts_notes(figures)
    for total in figures.totals:
        yield from dso_note(total.dso)
        if total.concentration and total.concentration.clients > 1:
            yield Line(
                msg(
                    "Concentration: {count} clients weigh as {equal} clients of one size would.",
                    count=total.concentration.clients,
                    equal=total.concentration.equal,
                ),
                Tone.FAINT,
            )


def _receipts_notes(figures: Figures) -> Iterator[Line]:
    """How receipts are estimated, and how much of them rests on a promise or on the habit of others."""
    if any(total.receipts for total in figures.totals):
        yield Line(
            msg(
                "Expected: the day promised, else the due date and the client's habit (that of all clients where its "
                "own is too short). At least, at most: if all pay at the late, or the early, end of their usual days."
            ),
            Tone.FAINT,
        )
    for total in figures.totals:
        if total.receipts and (total.receipts.promised or total.receipts.borrowed):
            yield Line(
                msg(
                    "Of what is expected, {promised} is promised by clients, {borrowed} follows the habit of all "
                    "clients.",
                    promised=Money(total.receipts.promised, total.receipts.currency),
                    borrowed=Money(total.receipts.borrowed, total.receipts.currency),
                ),
                Tone.FAINT,
            )


def unknown_note(punctuality: Punctuality) -> Iterator[Line]:
    """What payments without dates leave unknown."""
    if punctuality.unknown:
        yield Line(
            msg_n(
                "{n} invoice was paid on a day nobody typed: how late it was is unknown.",
                "{n} invoices were paid on days nobody typed: how late they were is unknown.",
                punctuality.unknown,
            ),
            Tone.WARNING,
        )


def dso_note(dso: Dso) -> Iterator[Line]:
    """The count of a DSO that a person can redo, and the simple one beside it; or why there is none."""
    if dso.days is None:
        if dso.undated or dso.receivables > ZERO:
            text = msg(
                "DSO unknown: {count} open invoices have no invoice date, and the others do not account for {amount}.",
                count=dso.undated,
                amount=Money(dso.receivables, dso.currency),
            )
            yield Line(text, Tone.WARNING)
        return
    *whole, last = dso.months
    text = msg(
        "DSO, counted back: the sales of the latest months are taken off the {amount} owed until nothing is left; "
        "{whole} days, then {part} of the {span} days of the month begun on {month}. Owed / sales × days would give "
        "{simple}.",
        amount=Money(dso.receivables, dso.currency),
        whole=sum(month.span for month in whole),
        part=last.days,
        span=last.span,
        month=last.first,
        simple=dso.simple if dso.simple is not None else "?",
    )
    yield Line(text, Tone.FAINT)

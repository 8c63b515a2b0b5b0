"""relance status: what is owed, what is late, whom to chase today and why, what waits, what to fix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relance.domain.day import Day
from relance.domain.measures.ageing import Ageing
from relance.domain.model import SetAside
from relance.domain.owed import owed
from relance.domain.policies.chase import Chase, Item
from relance.errors import Message, msg
from relance.money import ZERO, Money
from relance.reports.view import (
    Bar,
    Chart,
    Facts,
    Section,
    Series,
    Shape,
    Tone,
    View,
)  # fmt: skip
from relance.reports.views.ageing_bar import parts_of
from relance.reports.views.remarks import nothing_owed, pointer, remarks
from relance.reports.views.today import amounts_of, chase_sections, to_fix_table, waiting_table


def status_view(day: Day) -> View:
    """The home screen of the morning."""
    return View(
        command="status",
        title=msg("Receivables · {name}", name=day.name),
        data=lambda: status_data(day),
        sections=lambda: tuple(_sections(day)),
        remarks=lambda: pointer(day),
        problems=day.problems,
    )


def status_data(day: Day) -> dict[str, Any]:
    """`data` of status: totals, ageing, chase, waiting, to_fix, freshness."""
    return {
        "totals": [_total_data(day, ageing) for ageing in day.ageing],
        "ageing": [
            {"currency": ageing.currency, "bucket": bucket.key, "open": bucket.open, "count": bucket.count}
            for ageing in day.ageing
            for bucket in ageing.buckets
        ],
        "chase": [entry for chase in day.chases for entry in _chase_data(chase)],
        "waiting": [
            {
                "number": invoice.number,
                "client": invoice.client.name,
                "reason": decision.reason,
                "until": decision.next_date,
                "open": owed(invoice),
                "currency": invoice.currency,
            }
            for invoice, decision in day.waiting
        ],
        "to_fix": [
            {
                "number": row.number,
                "client": row.client,
                "where": {"sheet": row.where.sheet, "cell": _problem_cell(row)},
                "open": row.amount,
                "currency": row.currency,
            }
            for row in day.ledger.set_aside
        ],
        "freshness": {"last_payment": day.freshness.last_payment, "days": day.freshness.days},
    }


def _total_data(day: Day, ageing: Ageing) -> dict[str, Any]:
    fees, provisional = day.fees.get(ageing.currency, (ZERO, False))
    return {
        "currency": ageing.currency,
        "open": ageing.open,
        "overdue": ageing.overdue,
        "not_due": ageing.not_due,
        "fees": fees,
        "fees_provisional": provisional,
        "undated": ageing.undated,
        "credits": ageing.credits,
        "count": ageing.count,
    }


def _chase_data(chase: Chase) -> Iterator[dict[str, Any]]:
    """One entry per currency: amounts of different currencies are never added."""
    for total in amounts_of(chase):
        yield {
            "client": chase.client.name,
            "contact": chase.client.contact,
            "email": chase.client.email,
            "phone": chase.client.phone,
            "step": chase.step.number,
            "channel": chase.channel,
            "open": total.amount,
            "currency": total.currency,
            "numbers": _numbers(chase.ready, total.currency),
            "beside": _numbers(chase.beside, total.currency),
            "listed": _numbers(chase.listed, total.currency),
        }


def _numbers(items: tuple[Item, ...], currency: str) -> list[str]:
    return [item.invoice.number for item in items if item.invoice.currency == currency]


def _problem_cell(row: SetAside) -> str:
    where = row.problems[0].where if row.problems and row.problems[0].where else row.where
    return where.cell


def _sections(day: Day) -> Iterator[Section]:
    if not day.ageing and not day.ledger.set_aside:
        yield from nothing_owed(day)
        return
    yield from figures(day)
    yield from round_of(day)


def figures(day: Day) -> Iterator[Section]:
    """What is owed, per currency, and the ageing bar."""
    for ageing in day.ageing:
        fees, provisional = day.fees.get(ageing.currency, (ZERO, False))
        items: list[tuple[Message, Any, Tone]] = [
            (msg("owed"), Money(ageing.open, ageing.currency), Tone.PLAIN),
            (msg("overdue"), Money(ageing.overdue, ageing.currency), Tone.BAD if ageing.overdue else Tone.GOOD),
            (msg("not due"), Money(ageing.not_due, ageing.currency), Tone.PLAIN),
        ]
        if fees:
            label = msg("late fees (provisional)") if provisional else msg("late fees")
            items.append((label, Money(fees, ageing.currency), Tone.PLAIN))
        if flat := day.apart.get(ageing.currency):
            items.append((msg("flat indemnities besides"), flat, Tone.PLAIN))
        if ageing.credits:
            items.append((msg("credits of clients"), Money(-ageing.credits, ageing.currency), Tone.PLAIN))
        yield Facts(items=tuple(items))
        if ageing.open:
            yield Bar(currency=ageing.currency, parts=tuple(parts_of(ageing)))
        yield from _year(day, ageing.currency)


def _year(day: Day, currency: str) -> Iterator[Chart]:
    """What was owed at the end of each of the last twelve months, and today; nothing where the payments lack their
    days, or where nothing was owed before."""
    course = next((course for course in day.course if course.currency == currency), None)
    if course is None or not course.is_known or not any(point.open for point in course.points[:-1]):
        return
    yield Chart(
        title=msg("Owed at the end of each month, over a year"),
        currency=currency,
        axis=msg("at the end of"),
        periods=tuple(msg("{day}", day=point.on) for point in course.points),
        ticks=tuple(Message(f"{point.on.month}/{point.on.year % 100:02}") for point in course.points),
        series=(Series(msg("owed"), tuple(point.open for point in course.points)),),
        shape=Shape.SPARK,
    )


def round_of(day: Day) -> Iterator[Section]:
    """Whom to chase, what waits, what to fix, how fresh the payments are."""
    yield from chase_sections(day)
    if day.waiting:
        yield waiting_table(day)
    if day.ledger.set_aside:
        yield to_fix_table(day)
    yield from remarks(day)

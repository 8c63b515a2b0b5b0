"""The lists of a day: whom to chase, what waits and why, which rows to fix. Shown by status, remind and the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relance.domain.day import Day
from relance.domain.model import Channel
from relance.domain.owed import owed
from relance.domain.policies.chase import Chase
from relance.domain.policies.policy import Step
from relance.domain.policies.reasons import say_reason
from relance.errors import Message, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Lateness, Line, Section, Table, Tone, lateness

CHANNELS: dict[Channel, Message] = {
    Channel.EMAIL: msg("e-mail"),
    Channel.EMAIL_CALL: msg("e-mail + call"),
    Channel.CALL: msg("call"),
    Channel.LETTER: msg("registered letter"),
    Channel.FILE: msg("case file"),
}
"""How a step is taken, in words."""


def amounts_of(chase: Chase) -> tuple[Money, ...]:
    """What the message to a client asks for, per currency; 0 where credits cover it."""
    return chase.totals or (Money(ZERO, chase.ready[0].invoice.currency),)


def beside(chases: tuple[Chase, ...]) -> Iterator[Line]:
    """The invoices that a formal notice recalls without claiming them."""
    for chase in chases:
        for item in chase.beside:
            text = msg(
                "{client}: the formal notice recalls {number} without claiming it; it takes step {step}.",
                client=chase.client.name,
                number=item.invoice.number,
                step=item.decision.step,
            )
            yield Line(text)


def chase_sections(day: Day) -> Iterator[Section]:
    """Whom to chase today; or that it is nobody, and when messages leave again."""
    if day.chases:
        yield chase_table(day)
        yield from beside(day.chases)
    elif day.calendar.is_sending_day(day.today):
        yield Line(msg("Nobody to chase today."), Tone.GOOD)
    else:
        opening = day.calendar.next_sending_day(day.today)
        yield Line(msg("Nobody to chase today: messages leave again on {day}.", day=opening), Tone.GOOD)


def chase_table(day: Day) -> Table:
    """One row per client to chase today, one per currency where there are several."""
    columns = (
        Column("client", msg("client")),
        Column("step", msg("step")),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("channel", msg("by"), fold=True),
        Column("numbers", msg("invoices"), fold=True, whole=True),
        Column("contact", msg("contact"), fold=True),
        Column("phone", msg("telephone"), fold=True, whole=True),
    )
    labels = {id(chase.step): _label(chase.step) for chase in day.chases}  # rows of one step share its label
    rows = tuple([row for chase in day.chases for row in _chase_rows(day, chase, labels[id(chase.step)])])
    title = msg_n("To chase today: {n} client", "To chase today: {n} clients", len(day.chases))
    return Table(title=title, columns=columns, rows=rows, export=True)


def _label(step: Step) -> Message:
    return msg("{number}. {name}", number=step.number, name=step.name)


def _chase_rows(day: Day, chase: Chase, label: Message) -> Iterator[tuple[Any, ...]]:
    for total in amounts_of(chase):
        ready = [item.invoice for item in chase.ready if item.invoice.currency == total.currency]
        late = max([invoice.days_late(day.today) for invoice in ready], default=0)
        yield (
            chase.client.shown,
            label,
            total,
            lateness(late) or Lateness(0),
            CHANNELS[chase.channel],
            tuple([invoice.number for invoice in ready]),
            chase.client.contact or None,
            chase.client.phone or None,
        )


def waiting_table(day: Day) -> Table:
    """One row per overdue invoice that is not chased today, and why."""
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("reason", msg("why"), fold=True),
    )
    rows = tuple(
        [
            (
                invoice.number,
                invoice.client.shown,
                Money(owed(invoice), invoice.currency),
                lateness(invoice.days_late(day.today)),
                say_reason(invoice, decision),
            )
            for invoice, decision in day.waiting
        ]
    )
    title = msg_n("Not today: {n} invoice", "Not today: {n} invoices", len(rows))
    return Table(title=title, columns=columns, rows=rows)


def to_fix_table(day: Day) -> Table:
    """One row per row set aside: in no total, never chased, until its cell is mended."""
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("open", msg("amount"), Align.RIGHT),
        Column("where", msg("cell"), whole=True),
        Column("problem", msg("what is wrong"), fold=True),
    )
    rows = tuple(
        (
            row.number or None,
            row.client or None,
            Money(row.amount, row.currency) if row.amount is not None else None,
            str(row.problems[0].where if row.problems and row.problems[0].where else row.where),
            row.problems[0].message if row.problems else None,
        )
        for row in day.ledger.set_aside
    )
    title = msg_n("To fix: {n} row, in no total", "To fix: {n} rows, in no total", len(rows))
    return Table(title=title, columns=columns, rows=rows, tones=(Tone.WARNING,) * len(rows))

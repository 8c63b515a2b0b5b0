"""relance clients: what each client owes, how late it pays, and the figures of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.measures.figures import ClientFigures, Figures, Owing
from relance.domain.measures.habits import Habit
from relance.domain.names import fold
from relance.errors import Problem, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Figure, Lateness, Section, Table, View
from relance.reports.views.figures import (
    figure_notes,
    habit_cell,
    habit_data,
    on_time_cell,
    owing_data,
    percent,
    punctuality_data,
    receipts_section,
    total_data,
    total_facts,
)

Row = tuple[ClientFigures, Owing]
SORT_KEYS: dict[str, Callable[[Row], Any]] = {
    "overdue": lambda row: (-row[1].overdue, -row[1].open),
    "open": lambda row: -row[1].open,
    "name": lambda row: fold(row[0].client.name),
    "late": lambda row: -(row[0].punctuality.late_days or ZERO),
    "habit": lambda row: -(row[0].habit.median if row[0].habit and row[0].own else -9999),
    "on-time": lambda row: (row[0].punctuality.share is None, row[0].punctuality.share or ZERO),
}
"""The keys of --sort, what deserves a look first: the largest amounts, the latest payers, the least punctual."""


def clients_view(figures: Figures, about: tuple[str, date, str], problems: tuple[Problem, ...], *, every: bool) -> View:
    """The clients that owe something, or all; `about` is the name of the workbook, the day and the sort key."""
    name, _, key = about
    pairs = ((one, owing) for one in figures.clients for owing in one.owing)
    rows = tuple(sorted((row for row in pairs if every or row[1].open or row[1].credits), key=SORT_KEYS[key]))
    return View(
        command="clients",
        title=msg("Clients · {name}", name=name),
        data=lambda: _data(figures, rows),
        sections=lambda: tuple(_sections(figures, rows)),
        export=lambda: _export(figures, rows),
        problems=problems,
    )


def _data(figures: Figures, rows: tuple[Row, ...]) -> dict[str, Any]:
    shares = _shares(figures)
    return {
        "totals": [total_data(total) for total in figures.totals],
        **punctuality_data(figures.punctuality),
        "habit": habit_data(figures.habit),
        "clients": [
            {
                "client": one.client.name,
                "code": one.client.code,
                **owing_data(owing),
                "share": shares.get(owing.currency, _no_share)(owing.open),
                **punctuality_data(one.punctuality),
                "habit": habit_data(one.habit if one.own else None),
            }
            for one, owing in rows
        ],
    }


def _sections(figures: Figures, rows: tuple[Row, ...]) -> Iterator[Section]:
    for total in figures.totals:
        if total.owing.open or total.owing.credits:
            yield total_facts(total, figures.punctuality)
    yield _table(figures, rows)
    for total in figures.totals:
        if total.receipts:
            yield receipts_section(total.receipts)
    yield from figure_notes(figures)


def _table(figures: Figures, rows: tuple[Row, ...]) -> Table:
    shares = _shares(figures)
    columns = (
        Column("client", msg("client")),
        Column("open", msg("open"), Align.RIGHT),
        Column("share", msg("share"), Align.RIGHT, fold=True),
        Column("overdue", msg("overdue"), Align.RIGHT),
        Column("oldest", msg("late"), Align.RIGHT, fold=True),
        Column("late", msg("average delay"), Align.RIGHT, fold=True),
        Column("weighted", msg("weighted"), Align.RIGHT, fold=True),
        Column("on_time", msg("on time"), Align.RIGHT, fold=True),
        Column("habit", msg("usually pays"), fold=True),
    )
    body = tuple(
        (
            one.client.name or one.client.code,
            Money(owing.open, owing.currency),
            percent(shares.get(owing.currency, _no_share)(owing.open)),
            Money(owing.overdue, owing.currency) if owing.overdue else None,
            Lateness(one.punctuality.oldest) if owing.overdue else None,
            one.punctuality.late_days,
            owing.weighted,
            on_time_cell(one.punctuality),
            _habit(one.habit if one.own else None),
        )
        for one, owing in rows
    )
    totals = tuple(
        (
            msg("total"), Money(total.owing.open, total.owing.currency), None,
            Money(total.owing.overdue, total.owing.currency), None, figures.punctuality.late_days,
            total.owing.weighted, on_time_cell(figures.punctuality), _habit(figures.habit),
        )
        for total in figures.totals
        if total.owing.open
    )  # fmt: skip
    title = msg_n("{n} client", "{n} clients", len({one.client.key for one, _ in rows}))
    return Table(
        title=title, columns=columns, rows=body, totals=totals, empty=msg("No client owes anything."), export=True
    )


def _habit(habit: Habit | None) -> Figure | None:
    said = habit_cell(habit)
    return Figure(said) if said else None


def _shares(figures: Figures) -> dict[str, Callable[[Decimal], Decimal | None]]:
    """How to tell the part of an amount in what is owed in its currency, in percent."""

    def part_of(whole: Decimal) -> Callable[[Decimal], Decimal | None]:
        return lambda amount: (amount * 100 / whole).quantize(Decimal("0.1")) if whole > ZERO else None

    return {total.owing.currency: part_of(total.owing.open) for total in figures.totals}


def _no_share(_: Decimal) -> None:
    return None


def _export(figures: Figures, rows: tuple[Row, ...]) -> Table:
    """csv: one figure per column."""
    titles = (
        ("client", msg("client")), ("code", msg("client code")), ("open", msg("open")), ("overdue", msg("overdue")),
        ("credits", msg("credits of clients")), ("share", msg("share in percent")),
        ("oldest", msg("latest, days late")),
        ("fell_due", msg("invoices fallen due")), ("on_time", msg("of them paid on time")),
        ("unknown", msg("paid on unknown days")), ("late", msg("average days late")), ("weighted", msg("weighted")),
        ("median", msg("median days from the due date")), ("early", msg("first quartile")),
        ("late_quartile", msg("third quartile")), ("history", msg("invoices behind it")),
    )  # fmt: skip
    shares = _shares(figures)
    body = []
    for one, owing in rows:
        known, habit = one.punctuality, one.habit if one.own else None
        pays = (habit.median, habit.early, habit.late, habit.count) if habit else (None,) * 4
        sums = tuple(Money(amount, owing.currency) for amount in (owing.open, owing.overdue, owing.credits))
        share = shares.get(owing.currency, _no_share)(owing.open)
        told = (share, known.oldest, known.known, known.on_time, known.unknown, known.late_days, owing.weighted)
        body.append((one.client.name, one.client.code, *sums, *told, *pays))
    return Table(columns=tuple(Column(key, title) for key, title in titles), rows=tuple(body))

"""relance rates: the rate tables the program ships, their sources, and the half-year in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from relance.dates import HalfYear
from relance.domain.late_fees.rates import Rate, Rates, next_change
from relance.errors import Message, Problem, msg
from relance.reports.view import Align, Column, Facts, Line, Section, Table, Tone, View

NAMES: dict[str, Message] = {
    "ecb": msg("ECB refinancing rate"),
    "legal-other": msg("legal interest rate (professional creditors)"),
    "legal-individual": msg("legal interest rate (private creditors)"),
}


def rates_view(rates: Rates, today: date, problems: tuple[Problem, ...] = ()) -> View:
    """Every table, newest half-year first, with the rate in force on a day and the next change; `problems` are rows of
    the user's own that a published rate contradicts."""
    return View(
        command="rates",
        title=msg("Rates"),
        data=lambda: _data(rates, today),
        sections=lambda: (*_sections(rates, today), *(Line(p.message, Tone.WARNING) for p in problems)),
        problems=problems,
    )


def _data(rates: Rates, today: date) -> dict[str, Any]:
    return {
        "half_year": str(HalfYear.of(today)),
        "next_change": next_change(today),
        "tables": [
            {
                "name": name,
                "in_force": table.in_force(today).rate.percent,
                "provisional": table.in_force(today).provisional,
                "rows": [_row_data(rate) for rate in reversed(table.rows)],
            }
            for name, table in rates.tables.items()
        ],
    }


def _row_data(rate: Rate) -> dict[str, Any]:
    return {"half_year": str(rate.half_year), "percent": rate.percent, "source": rate.source, "own": rate.own}


def _sections(rates: Rates, today: date) -> tuple[Section, ...]:
    figures: list[tuple[Message, Any, Tone]] = [(msg("half-year in force"), str(HalfYear.of(today)), Tone.PLAIN)]
    remarks: list[Section] = []
    for name, table in rates.tables.items():
        quote = table.in_force(today)
        figures.append((_name(name), msg("{rate} %", rate=quote.rate.percent), Tone.PLAIN))
        if quote.provisional:
            remarks.append(_unknown(name, quote.rate, today))
    figures.append((msg("next change"), next_change(today), Tone.PLAIN))
    return Facts(items=tuple(figures)), *remarks, _table(rates)


def _unknown(name: str, last: Rate, today: date) -> Line:
    return Line(
        msg(
            "{name}: no rate is known for {half_year}; fees are computed with that of {last} and marked provisional.",
            name=_name(name),
            half_year=str(HalfYear.of(today)),
            last=str(last.half_year),
        ),
        Tone.WARNING,
    )


def _table(rates: Rates) -> Table:
    """One row per half-year, the newest first, one column per table, then where each figure comes from."""
    names = list(rates.tables)
    by_half: dict[HalfYear, dict[str, Rate]] = {}
    for name, table in rates.tables.items():
        for rate in table.rows:
            by_half.setdefault(rate.half_year, {})[name] = rate
    columns = (
        Column("half_year", msg("half-year"), whole=True),
        *(Column(name, _name(name), Align.RIGHT) for name in names),
        Column("source", msg("source"), fold=True),
    )
    rows = tuple(
        (str(half), *(_percent(by_half[half].get(name)) for name in names), _sources(by_half[half]))
        for half in sorted(by_half, reverse=True)
    )
    return Table(columns=columns, rows=rows, title=msg("Published rates, in percent"), export=True)


def _percent(rate: Rate | None) -> Decimal | None:
    return rate.percent if rate else None


def _sources(row: dict[str, Rate]) -> tuple[str | Message, ...]:
    shipped = dict.fromkeys(rate.source for rate in row.values() if not rate.own)
    own = dict.fromkeys(rate.source for rate in row.values() if rate.own)
    return (*shipped, *(msg("{source} (entered by you)", source=source) for source in own))


def _name(name: str) -> Message:
    return NAMES.get(name, msg("{name}", name=name))

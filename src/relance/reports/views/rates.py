"""relance rates: the rate tables the program ships, their sources, and the half-year in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import Struct

from relance.dates import HalfYear
from relance.domain.late_fees.rates import OwnRate, Rate, Rates, next_change
from relance.errors import Message, Problem, msg
from relance.reports.view import Align, Column, Facts, Line, Section, Table, Tone, View

NAMES: dict[str, Message] = {
    "ecb": msg("ECB refinancing rate"),
    "legal-other": msg("legal interest rate (professional creditors)"),
    "legal-individual": msg("legal interest rate (private creditors)"),
}


class Entered(Struct, frozen=True):
    """Rates of the user's own that were entered, each with the one it takes the place of (None: there was none), and
    whether they were written."""

    pairs: tuple[tuple[OwnRate, OwnRate | None], ...] = ()
    applied: bool = False


def rates_view(rates: Rates, today: date, problems: tuple[Problem, ...] = (), entered: Entered | None = None) -> View:
    """Every table, newest half-year first, with the rate in force on a day and the next change; `problems` are rows of
    the user's own that a published rate contradicts."""
    typed = entered or Entered()
    return View(
        command="rates",
        title=msg("Rates"),
        data=lambda: _data(rates, today, typed),
        sections=lambda: (
            *_entered_lines(typed),
            *_sections(rates, today),
            *(Line(p.message, Tone.WARNING) for p in problems),
        ),
        problems=problems,
    )


def asking_view(entered: Entered) -> View:
    """What a person is asked about before a rate entered earlier is replaced."""
    return View(
        command="rates",
        title=msg("Rates"),
        data=lambda: {"entered": [_entered_data(*pair) for pair in entered.pairs]},
        sections=lambda: tuple(Line(_said(*pair)) for pair in entered.pairs),
    )


def _entered_lines(entered: Entered) -> Iterator[Line]:
    yield from (Line(_said(*pair), Tone.GOOD if entered.applied else Tone.PLAIN) for pair in entered.pairs)
    if entered.pairs and not entered.applied:
        yield Line(msg("Nothing was written."), Tone.NOTICE)


def _said(entry: OwnRate, earlier: OwnRate | None) -> Message:
    said = {"name": _name(entry.table), "half_year": entry.half_year, "percent": _read(entry), "source": entry.source}
    if earlier is None:
        return msg("{name}, {half_year}: {percent} % ({source}).", **said)
    if earlier == entry:
        return msg("{name}, {half_year}: {percent} %, as you entered it before ({source}).", **said)
    return msg(
        "{name}, {half_year}: {percent} % ({source}), instead of the {before} % that you entered before ({earlier}).",
        **said, before=_read(earlier), earlier=earlier.source,
    )  # fmt: skip


def _read(entry: OwnRate) -> Decimal | str:
    """The figure of a rate; one that somebody mistyped in the file stays as it was typed."""
    try:
        return Decimal(entry.percent.replace(",", "."))
    except InvalidOperation:
        return entry.percent


def _entered_data(entry: OwnRate, earlier: OwnRate | None) -> dict[str, Any]:
    return {
        "name": entry.table,
        "half_year": entry.half_year,
        "percent": _read(entry),
        "source": entry.source,
        "before": {"percent": _read(earlier), "source": earlier.source} if earlier else None,
    }


def _data(rates: Rates, today: date, entered: Entered) -> dict[str, Any]:
    return {
        "entered": [_entered_data(*pair) for pair in entered.pairs],
        "applied": entered.applied,
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

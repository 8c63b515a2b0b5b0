"""A view -> a workbook of typed cells: its tables a sheet each, its figures and sentences on the first one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from relance.errors import msg
from relance.language import Language
from relance.money import Money
from relance.reports.cells import show
from relance.reports.charts import bar_as_table, chart_as_table
from relance.reports.layout import spoken_sections
from relance.reports.view import (
    Bar,
    Chart,
    Facts,
    Figure,
    Lateness,
    Line,
    Measure,
    Supposed,
    Table,
    Unit,
    Verbatim,
    View,
)
from relance.workbook.export import Number, Sheet, export_workbook, money_format, money_format_before


def workbook_of(view: View, language: Language, today: date) -> bytes:
    """The bytes of the workbook, in the reader's language."""
    subtitle = f"relance {view.command} · {language.long_date(today)}"
    money = money_format_before if language.code == "en" else money_format
    return export_workbook(_sheets(view, language), subtitle, today, money=money)


def _sheets(view: View, language: Language) -> Iterator[Sheet]:
    sections = spoken_sections(view)
    title = show(view.title, language)
    figures = [row for section in sections if isinstance(section, Facts) for row in _figures(section, language)]
    rows = [*figures, *((show(section.text, language),) for section in sections if isinstance(section, Line))]
    yield Sheet(name=language.say(msg("Summary")), heading=title, titles=(), rows=rows)
    export = view.export() if view.export else None
    last = ""
    for section in sections:
        if isinstance(section, Line | Facts | Verbatim):
            last = show(section.title, language) if isinstance(section, Facts) and section.title else last
            continue
        table = _as_table(section)
        heading = show(section.title, language) if section.title else last or title
        if export and table.title and export.title and table.title.text == export.title.text:
            table, export = export, None
        yield _sheet(table, heading, language)
    if export:
        yield _sheet(export, show(export.title, language) or title, language)


def _as_table(section: Table | Bar | Chart) -> Table:
    if isinstance(section, Table):
        return section
    return bar_as_table(section) if isinstance(section, Bar) else chart_as_table(section)


def _sheet(table: Table, heading: str, language: Language) -> Sheet:
    name = show(table.name, language) if table.name else heading.partition(":")[0]
    return Sheet(
        name=name.strip(" \u00a0"),
        heading=heading,
        titles=tuple(show(column.title, language) for column in table.columns),
        rows=[tuple(_cell(value, language) for value in row) for row in table.rows],
        totals=[tuple(_cell(value, language) for value in row) for row in table.totals],
    )


def _figures(facts: Facts, language: Language) -> Iterator[tuple[Any, ...]]:
    """The rows of figures on the first sheet, with their notes; the sentences stand under them."""
    if facts.title:
        yield (show(facts.title, language),)
    for label, value, _ in facts.items:
        figure = Figure.of(value)
        notes = (show(note, language) for note, _ in figure.notes)
        yield (show(label, language), _cell(figure.value, language), *notes)
    yield ()


def _cell(value: Any, language: Language) -> Any:
    """A value as the cell of a workbook holds it."""
    if value is None or isinstance(value, Money):
        return value
    if isinstance(value, Supposed):
        return value.day
    if isinstance(value, Lateness):
        return value.days
    if isinstance(value, date | Decimal) or type(value) is int:
        return value
    if isinstance(value, Measure):
        return _measured(value, language)
    return show(value, language)


def _measured(measure: Measure, language: Language) -> Number:
    """A part as a number that Excel shows in percent, days as a number that says so."""
    value = Decimal(measure.value)
    if measure.unit is Unit.PERCENT:
        return Number(value / 100, "0%" if value == value.to_integral_value() else "0.0%")
    word = language.say(msg("days"))
    return Number(value, f'0\\ "{word}"' if value == value.to_integral_value() else f'0.0\\ "{word}"')

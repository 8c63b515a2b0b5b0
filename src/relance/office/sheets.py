"""A view -> a workbook of typed cells: its tables a sheet each, its figures and sentences on the first one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from relance.errors import msg
from relance.language import Language
from relance.money import Money
from relance.reports.cells import show
from relance.reports.charts import bar_as_table, chart_as_table
from relance.reports.layout import is_silent
from relance.reports.view import Bar, Chart, Facts, Figure, Lateness, Line, Section, Supposed, Table, Verbatim, View
from relance.workbook.export import Sheet, export_workbook


def workbook_of(view: View, language: Language, today: date) -> bytes:
    """The bytes of the workbook, in the reader's language."""
    return export_workbook(_sheets(view, language), f"relance {view.command} · {language.long_date(today)}", today)


def _sheets(view: View, language: Language) -> Iterator[Sheet]:
    sections = [section for section in (*view.sections(), *view.remarks()) if not is_silent(section)]
    title = show(view.title, language)
    rows = [row for section in sections for row in _summary(section, language)]
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


def _summary(section: Section, language: Language) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet: sentences, and figures with their notes."""
    if isinstance(section, Line):
        yield (show(section.text, language),)
    elif isinstance(section, Facts):
        if section.title:
            yield (show(section.title, language),)
        for label, value, _ in section.items:
            figure = value if isinstance(value, Figure) else Figure(value)
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
    if isinstance(value, date) or type(value) is int:
        return value
    return show(value, language)

"""A view as lines of spans: title, then its sections with a blank line between, for text and terminal alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.errors import Message
from relance.reports.blocks import typeset_bar, typeset_facts, typeset_line
from relance.reports.cells import clean, show, width, wrap
from relance.reports.charts import chart_as_table
from relance.reports.grid import typeset_table
from relance.reports.paper import BETWEEN, LINK, Paper, Span, indent
from relance.reports.spark import typeset_spark
from relance.reports.view import Bar, Chart, Facts, Line, Section, Shape, Table, Tone, Verbatim, View


def typeset(view: View, paper: Paper, today: date) -> Iterator[list[Span]]:
    """Every line of a view. Sentences that follow each other stay together; a table without rows is its `empty`
    sentence, or nothing."""
    day = f" {paper.draw(BETWEEN)} {paper.language.long_date(today)}"
    file = f" {LINK}{paper.places.workbook}" if paper.places and paper.places.workbook else ""
    title = show(view.title, paper.language)
    if paper.room is None or width(title + day) <= paper.room:
        yield indent([(title, f"title{file}"), (day, "faint")])
    else:
        yield from _titled(title, paper, file)
        yield indent([(paper.language.long_date(today), "faint")])
    last: Section | None = None
    for section in view.sections():
        if is_silent(section):
            continue
        if not (isinstance(section, Line) and isinstance(last, Line)):
            yield []
        yield from _typeset_section(section, paper)
        last = section


def _titled(text: str, paper: Paper, link: str = "") -> Iterator[list[Span]]:
    """A title, broken between words where the screen is narrower."""
    lines = [text] if paper.room is None else wrap(text.split(" "), paper.room)
    yield from (indent([(line, f"title{link}")]) for line in lines)


def spoken_sections(view: View) -> list[Section]:
    """The sections of a view that say something, the remarks on the day after them."""
    return [section for section in (*view.sections(), *view.remarks()) if not is_silent(section)]


def is_silent(section: Section) -> bool:
    """Whether a section has nothing to show: a table without rows nor a sentence for that case, or no figures."""
    if isinstance(section, Table):
        return not section.rows and section.empty is None
    return (isinstance(section, Bar) and not section.parts) or (isinstance(section, Facts) and not section.items)


def _typeset_section(section: Section, paper: Paper) -> Iterator[list[Span]]:
    if isinstance(section, Line):
        yield from typeset_line(section, paper)
        return
    if section.title is not None:
        yield from _titled(show(section.title, paper.language), paper)
    if isinstance(section, Facts):
        yield from typeset_facts(section, paper)
    elif isinstance(section, Bar):
        yield from typeset_bar(section, paper)
    elif isinstance(section, Verbatim):
        yield from ([(clean(line), "")] for line in section.text.splitlines())
    elif isinstance(section, Chart) and section.shape is Shape.SPARK:
        yield from typeset_spark(section, paper)
    elif isinstance(section, Chart):
        yield from typeset_table(chart_as_table(section, drawn=paper), paper)
        if section.note:
            yield from typeset_line(Line(section.note, Tone.FAINT), paper)
    elif section.rows:
        yield from typeset_table(section, paper)
    else:
        yield from typeset_line(Line(section.empty or Message("")), paper)

"""relance check: every problem with its sheet and cell, the value found, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from relance.errors import Message, Problem, Severity, msg, msg_n
from relance.reports.view import Column, Line, Section, Table, Tone, View

SEVERITIES: dict[Severity, Message] = {
    Severity.ERROR: msg("error"),
    Severity.WARNING: msg("warning"),
    Severity.NOTICE: msg("notice"),
}
SEVERITY_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WARNING, Severity.NOTICE: Tone.NOTICE}
_ORDER = tuple(Severity)


def check_view(file: str, problems: Iterable[Problem], today: date) -> View:
    """All problems of a workbook, errors first, then in sheet order; exit code 1 when there is an error."""
    found = tuple(sorted(problems, key=_rank))
    errors = sum(problem.severity is Severity.ERROR for problem in found)
    return View(
        command="check",
        title=msg("What to fix · {name}", name=file),
        data=lambda: {"errors": errors, "warnings": sum(p.severity is Severity.WARNING for p in found)},
        sections=lambda: _sections(found, errors),
        problems=found,
        exit_code=1 if errors else 0,
    )


def _rank(problem: Problem) -> tuple[int, str, int, str]:
    where = problem.where
    place = (where.sheet, where.row, where.column) if where else ("", 0, "")
    return (_ORDER.index(problem.severity), *place)


def _sections(found: tuple[Problem, ...], errors: int) -> tuple[Section, ...]:
    if not found:
        return (Line(msg("Nothing to fix."), Tone.GOOD),)
    others = len(found) - errors
    summary = msg(
        "{errors}, {others}.",
        errors=msg_n("{n} error", "{n} errors", errors),
        others=msg_n("{n} remark", "{n} remarks", others),
    )
    return problem_table(found), Line(summary, Tone.BAD if errors else Tone.PLAIN)


def problem_table(found: tuple[Problem, ...]) -> Table:
    """One row per problem: how bad, where, the value found, what is wrong, what to do."""
    columns = (
        Column("severity", msg("severity"), whole=True),
        Column("where", msg("cell"), whole=True),
        Column("value", msg("found")),
        Column("message", msg("what"), fold=True),
        Column("hint", msg("what to do"), fold=True),
        Column("code", msg("code"), fold=True),
    )
    rows = tuple(
        (SEVERITIES[p.severity], str(p.where) if p.where else None, _found(p.value), p.message, p.hint, p.code)
        for p in found
    )
    return Table(columns=columns, rows=rows, tones=tuple(SEVERITY_TONES[p.severity] for p in found), export=True)


def _found(value: str) -> date | str | None:
    """What a cell holds, as it is shown; a day that was read is a day, written as the reader writes days."""
    try:
        return date.fromisoformat(value) if len(value) == len("2026-01-31") else value or None
    except ValueError:
        return value

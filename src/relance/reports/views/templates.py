"""relance templates: the texts of letters in force, those copied out, what is wrong in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from relance.errors import Message, Problem, Severity, msg, msg_n
from relance.reports.view import Align, Column, Line, Table, Tone, View
from relance.reports.views.check import SEVERITIES, SEVERITY_TONES

_FATES = {"written": msg("copied"), "same": msg("was there, as shipped"), "kept": msg("was there, changed: kept")}


def list_view(templates: Iterable[tuple[str, str, bool]]) -> View:
    """The templates in force: (language, name, whether it is the user's own)."""
    rows = tuple(templates)
    columns = (
        Column("language", msg("language")),
        Column("name", msg("template"), whole=True),
        Column("own", msg("whose")),
    )
    table = Table(
        columns=columns,
        rows=tuple((language, name, msg("yours") if own else msg("of relance")) for language, name, own in rows),
        export=True,
    )
    return View(
        command="templates",
        title=msg("Texts of letters"),
        data=lambda: {"templates": [{"language": one, "name": name, "own": own} for one, name, own in rows]},
        sections=lambda: (table, Line(msg("To change one: relance templates export {name}", name="fr/courteous.txt"))),
    )


def export_view(copied: Iterable[tuple[str, str]]) -> View:
    """What became of each file: (file, "written", "same" or "kept")."""
    rows = tuple(copied)
    count = Counter(fate for _, fate in rows)
    table = Table(
        columns=(Column("file", msg("file"), whole=True), Column("fate", msg("what happened"))),
        rows=tuple((file, _FATES[fate]) for file, fate in rows),
        tones=tuple(Tone.NOTICE if fate == "kept" else Tone.PLAIN for _, fate in rows),
        export=True,
    )
    said = msg_n(
        "{n} template copied; edit it, then: relance templates check",
        "{n} templates copied; edit them, then: relance templates check",
        count["written"],
    )
    return View(
        command="templates",
        title=msg("Texts of letters"),
        data=lambda: {"files": [{"file": file, "fate": fate} for file, fate in rows]},
        sections=lambda: (table, Line(said if count["written"] else msg("Nothing was copied: every file is there."))),
    )


def check_view(problems: Iterable[Problem]) -> View:
    """What is wrong in the templates, with file and line; exit code 1 when there is an error."""
    found = tuple(problems)
    errors = sum(problem.severity is Severity.ERROR for problem in found)
    columns = (
        Column("severity", msg("severity"), whole=True),
        Column("file", msg("file"), whole=True),
        Column("line", msg("line"), Align.RIGHT),
        Column("message", msg("what"), fold=True),
        Column("hint", msg("what to do"), fold=True),
        Column("code", msg("code"), fold=True),
    )
    table = Table(
        columns=columns,
        rows=tuple(map(_row, found)),
        tones=tuple(SEVERITY_TONES[p.severity] for p in found),
        export=True,
    )
    return View(
        command="templates",
        title=msg("Texts of letters"),
        data=lambda: {"errors": errors},
        sections=lambda: (table, _summary(len(found), errors)) if found else (Line(msg("Nothing to fix."), Tone.GOOD),),
        problems=found,
        exit_code=1 if errors else 0,
    )


def _summary(count: int, errors: int) -> Line:
    said: Message = msg(
        "{errors}, {others}.",
        errors=msg_n("{n} error", "{n} errors", errors),
        others=msg_n("{n} remark", "{n} remarks", count - errors),
    )
    return Line(said, Tone.BAD if errors else Tone.PLAIN)


def _row(problem: Problem) -> tuple[object, ...]:
    where = problem.where
    return (
        SEVERITIES[problem.severity],
        where.sheet if where else None,
        where.row if where and where.row else None,
        problem.message,
        problem.hint,
        problem.code,
    )

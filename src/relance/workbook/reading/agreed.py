"""What a clients sheet says of all invoices of a client: the terms agreed, a dispute, a remark that stops.

A dispute that cannot be read is one. Terms that cannot be read matter only where a due date must be computed from
them, which `invoices` knows. It must not know invoices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from relance.domain.model import Dispute, Hold, State
from relance.errors import Problem, Severity, Where, msg
from relance.workbook.reading.insolvency import is_insolvent
from relance.workbook.reading.stops import parse_dispute
from relance.workbook.reading.trouble import trouble
from relance.workbook.reading.values import Unread, parse_text
from relance.workbook.reading.words import doubted_by, holds_back, parse_status

_STOPPING = frozenset({State.DISPUTED, State.ON_HOLD, State.HANDED_OVER})

CLIENT_DISPUTES = msg("Type yes or no, or a reason; until then every invoice of this client counts as disputed.")


class Agreed(Struct, frozen=True):
    """Payment terms as typed, the cell that holds them, and why that cell cannot be read, if so."""

    terms: str
    where: Where
    problem: Problem | None = None


def read_terms(cells: Sequence[Any], wheres: Sequence[Where], bad: dict[int, tuple[str, str]]) -> list[Agreed | None]:
    """The terms of each row; None where blank. `bad` are the cells that show no value: code and what they show."""
    found: list[Agreed | None] = []
    for place, (cell, where) in enumerate(zip(cells, wheres, strict=True)):
        code, shown = bad.get(place, ("", ""))
        text = parse_text(cell) if not code else shown
        problem = trouble(code, where, shown, role="terms") if code else None
        found.append(Agreed(text, where, problem) if text or problem else None)
    return found


def read_disputes(
    cells: Sequence[Any], wheres: Sequence[Where], bad: dict[int, tuple[str, str]]
) -> tuple[list[Dispute | None], list[Problem]]:
    """The dispute of each row, which contests all that the client owes, and the problems of cells that say it badly.

    An amount contests the whole too: nobody can say which invoice it is about.
    """
    found: list[Dispute | None] = []
    problems: list[Problem] = []
    for place, (cell, where) in enumerate(zip(cells, wheres, strict=True)):
        read = parse_dispute(cell) if cell != "" else None
        code, shown = bad.get(place, ("dispute-unreadable" if isinstance(read, Unread) else "", parse_text(cell)))
        if code:
            told = trouble(code, where, shown, role="dispute", severity=Severity.WARNING)
            problems.append(Problem(code, told.severity, told.message, CLIENT_DISPUTES, where, told.value))
        if isinstance(read, Dispute):
            found.append(Dispute(None, read.reason or (parse_text(cell) if read.amount else "")))
        else:
            found.append(Dispute(None, shown) if code else None)
    return found, problems


def read_remarks(cells: Sequence[Any], wheres: Sequence[Where]) -> tuple[list[Hold | None], list[Problem]]:
    """The hold that a remark or a status on the clients sheet makes prudent, row by row, and each one told."""
    found: list[Hold | None] = []
    problems: list[Problem] = []
    for cell, where in zip(cells, wheres, strict=True):
        text = parse_text(cell)
        found.append(Hold(None, text) if text and _stops(text) else None)
        if found[-1]:
            problems.append(trouble("client-note", where, text, severity=Severity.WARNING))
    return found, problems


def _stops(text: str) -> bool:
    status = parse_status(text)
    if status and status.state not in _STOPPING:
        return False
    return bool(status) or is_insolvent(text) or holds_back(text) or doubted_by(text, paid=True, promised=True) != ""

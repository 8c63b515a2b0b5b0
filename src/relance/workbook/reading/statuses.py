"""The status of each row: its word, a column "paid: yes or no", the type of document, the title it stands under.

It must not know amounts.
"""

from __future__ import annotations

from typing import Any

from relance.domain.model import State, Status
from relance.workbook.reading.grid import Grid, Weight
from relance.workbook.reading.sections import read_titles
from relance.workbook.reading.settle import STANDING
from relance.workbook.reading.values import Unread, parse_text
from relance.workbook.reading.words import parse_answer, parse_status, parse_type


def read_status(grid: Grid) -> list[Status | None] | None:
    """The status words, completed by a column "paid: yes or no" and by the type of document."""
    found = grid.read("status", _status, Weight.GRAVE)
    flags = grid.read("paid_flag", _flag, Weight.GRAVE)
    if flags:
        found = found or [None] * grid.size
        for place, flag in enumerate(flags):
            found[place] = _with_flag(grid, place, found[place], flag)
    types = grid.read("type", parse_kind_of_document, Weight.GRAVE)
    if types and "draft" in types:
        found = found or [None] * grid.size
        for place, kind in enumerate(types):
            if kind == "draft" and (found[place] is None or found[place].state in STANDING):
                found[place] = Status(State.DRAFT, 0, kind)
    if titled := read_titles(grid):
        found = found or [None] * grid.size
        for place, status in titled.items():
            found[place] = found[place] or status
    return found


def _with_flag(grid: Grid, place: int, status: Status | None, flag: bool | None) -> Status | None:  # noqa: FBT001
    if flag is None or (status and (status.state is State.PAID) == flag):
        return status
    if flag and (status is None or status.state not in {*STANDING, State.PARTIAL}):
        return status or Status(State.PAID, 0, "")
    if not flag and (status is None or status.state is not State.PAID):
        return status or Status(State.OPEN, 0, "")
    grid.set_aside(place, "status-contradicted", status.word if status else "", role="status")
    return status


def _status(value: Any) -> Status | Unread | None:
    text = parse_text(value)
    if not text or not text.strip("-–—."):
        return None
    return parse_status(text) or Unread("status-unknown")


def _flag(value: Any) -> bool | Unread | None:
    text = parse_text(value)
    if not text:
        return None
    status = parse_status(text)
    answer = parse_answer(text) if status is None else status.state is State.PAID
    return Unread("status-unknown") if answer is None else answer


def parse_kind_of_document(value: Any) -> str | Unread | None:
    """ "invoice", "credit_note" or "draft"; None for a blank."""
    text = parse_text(value)
    return (parse_type(text) or Unread("type-unknown")) if text else None

"""A comment beside an invoice -> the hold it asks for or makes prudent, told so that a person can lift it.

It must not know amounts, nor other rows.
"""

from __future__ import annotations

from msgspec import Struct

from relance.domain.model import Hold
from relance.errors import Severity
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.insolvency import telling
from relance.workbook.reading.stops import parse_hold
from relance.workbook.reading.trouble import trouble
from relance.workbook.reading.values import Order
from relance.workbook.reading.words import date_in, doubted_by, holds_back


class Remark(Struct, frozen=True, kw_only=True):
    """A comment and what its row says beside it: whether something was paid or promised, the level of its status;
    `doubtful` whether a doubt counts there, `of_client` whether the row has a client whose proceedings are told of."""

    comment: str
    paid: bool
    promised: bool
    level: int
    doubtful: bool
    of_client: bool


def hold_by(row: Remark, grid: Grid, place: int) -> Hold | None:
    """The hold that the comment of a row comes to; a problem says so at its cell."""
    where = grid.where(place, "comment")
    if holds_back(row.comment):
        grid.light.append(trouble("comment-holds", where, row.comment, severity=Severity.NOTICE))
        found = parse_hold(Order(), row.comment)
        return found if isinstance(found, Hold) else Hold(None, row.comment)
    if not row.doubtful:
        return None
    why = doubted_by(row.comment, paid=row.paid, promised=row.promised, level=row.level)
    if not why:
        return None
    if not (row.of_client and telling((row.comment,))):  # told already, of the client as a whole
        grid.light.append(trouble("comment-doubt", where, row.comment, severity=Severity.WARNING))
    return Hold(date_in(row.comment) if why == "promise" else None, row.comment)

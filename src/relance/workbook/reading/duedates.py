"""The due date of a row whose own is blank or has no column: computed from terms, or assumed and said so.

The terms of the row come first, then those the clients sheet gives. It must not read cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from relance.domain.model import DueSource
from relance.workbook.reading.agreed import Agreed
from relance.workbook.reading.gather import Read
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.trouble import trouble


class DueDates:
    """The due dates of one table; `agreed` are the terms of each client by key, `assumed` how many dates were."""

    def __init__(self, grid: Grid, read: Read, agreed: Mapping[str, Agreed]) -> None:
        self.grid, self.read, self.agreed = grid, read, agreed
        self.has_column = grid.has("due")
        self.assumed = 0

    def of(self, place: int, issued: date, extra: dict[str, Any], *, settled: bool) -> tuple[date | None, DueSource]:
        """By the terms of the row, else of its client; else, in a sheet without due date column, by those of the
        configuration or the usual days (assumed). A blank cell in a column of due dates or of terms gives none.

        The client's terms are put among what the invoice carries. Terms that cannot be read are noted at their cell.
        """
        mapping, text = self.grid.mapping, self.read.terms[place]
        agreed = self.agreed.get(self.read.key[place]) if self.agreed and not text else None
        if agreed:
            text = extra["terms"] = agreed.terms
        if self.has_column:
            due = _due_by(text, issued, mapping.terms_reading) if text else None
            return due, DueSource.TERMS if due else DueSource.SHEET
        text = text or ("" if agreed else mapping.terms)
        if not text and not agreed:
            return self._usual(issued, settled=settled)
        due = _due_by(text, issued, mapping.terms_reading)
        if due is None and not settled:
            self._unread(place, text, agreed)
        return due, DueSource.TERMS

    def _usual(self, issued: date, *, settled: bool) -> tuple[date | None, DueSource]:
        if self.grid.has("terms"):
            return None, DueSource.SHEET
        self.assumed += not settled
        return issued + timedelta(days=self.grid.mapping.usual_days), DueSource.ASSUMED

    def _unread(self, place: int, text: str, agreed: Agreed | None) -> None:
        if agreed is None:
            self.grid.set_aside(place, "terms-unreadable", text, role="terms")
        else:
            problem = agreed.problem or trouble("terms-unreadable", agreed.where, text, role="terms")
            self.grid.grave.setdefault(place, []).append(problem)


@lru_cache(maxsize=8192)
def _due_by(text: str, issued: date, reading: str) -> date | None:
    from relance.domain.late_fees.terms import Reading, due_date, parse_terms  # noqa: PLC0415 - most sheets have a due column

    terms = parse_terms(text)
    return due_date(terms, issued, Reading(reading)) if terms else None

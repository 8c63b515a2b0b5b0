"""Which of several sheets holds the invoices to read, where a firm keeps one sheet a month or a year.

The columns decide; among sheets that have about the same, the newest invoices do. It must not read cells beyond dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from relance.dates import parse_date
from relance.domain.model import State, Status
from relance.domain.names import fold
from relance.workbook.reading.candidates import Candidate
from relance.workbook.reading.words import parse_status

_ALIKE = 3  # how much less telling the columns of a sheet may be for it to be one of a series: one column
_OVER = frozenset({State.PAID, State.CANCELLED, State.DRAFT, State.WRITTEN_OFF, State.CREDIT_NOTE})
_BESIDE = frozenset({"facture", "factures", "les", "liste", "des", "invoice", "invoices", "en"})


def choose(complete: Sequence[Candidate]) -> Candidate:
    """The table to read, of those that lack nothing: that with the most telling columns; of a series of sheets alike,
    that of the newest invoices, a sheet called "Factures payées" or "Annulées" last."""
    best = max(complete, key=lambda candidate: candidate.rank)
    series = [best, *(other for other in trackers(complete, but=best) if other.rank[0] + _ALIKE >= best.rank[0])]
    if len(series) == 1:
        return best
    return max(series, key=lambda candidate: (not is_over(candidate.sheet.name), _age(candidate), candidate.rank))


def trackers(complete: Sequence[Candidate], *, but: Candidate) -> list[Candidate]:
    """The best table of each other sheet that looks like a tracker too."""
    found: dict[str, Candidate] = {}
    for candidate in complete:
        named = {"number", "client"} <= candidate.roles and candidate.roles & {"due", "status"}
        if named and candidate.sheet is not but.sheet:
            known = found.setdefault(candidate.sheet.name, candidate)
            found[candidate.sheet.name] = max(known, candidate, key=lambda one: one.rank)
    return list(found.values())


def is_over(title: str) -> bool:
    """Whether a title or the name of a sheet says that nothing there is asked for any more.

    >>> is_over("Factures payées"), is_over("Impayés"), is_over("2025")
    (True, False, False)
    """
    status = status_of(title)
    return status is not None and status.state in _OVER


def status_of(title: str) -> Status | None:
    """The status that a title names, whatever it calls the invoices."""
    words = [word for word in fold(title).split() if word not in _BESIDE and not word.isdigit()]
    return parse_status(" ".join(words)) or parse_status(fold(title))


def _age(candidate: Candidate) -> date:
    """The middle one of the invoice dates, else of the due dates: a slip of the year moves it little."""
    for role in ("issued", "due"):
        columns = [column for column in candidate.columns if column.role == role]
        if days := sorted(day for column in columns for day in _days(candidate, column.index)):
            return days[len(days) // 2]
    return date.min


def _days(candidate: Candidate, index: int) -> Iterator[date]:
    for row in candidate.sheet.rows()[candidate.header_row :]:
        cell = row[index]
        day = parse_date(cell) if isinstance(cell, str) and cell else cell
        if isinstance(day, date):
            yield date(day.year, day.month, day.day)

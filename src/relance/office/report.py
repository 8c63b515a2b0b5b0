"""The owner's report: the book and the reports that the journal remembers in, what changed out; and the report noted.

A report is compared with the last one of an earlier day, so that making it twice in a day changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct

from relance.domain.digest import Digest
from relance.domain.noted import CallNoted
from relance.domain.snapshot import Snapshot, compute_snapshot, take_snapshot
from relance.errors import ConflictError, Message, UsageError, msg
from relance.office.book import Book
from relance.workbook.events import Reported
from relance.workbook.journal import append_events, new_id
from relance.workbook.messages import known_facts
from relance.workbook.report_events import last_report, report_event, reports_of, says_the_same, snapshot_of

FIRST_DAYS = 7
"""How many days back the first report looks, by the dates of the sheet."""


class Compared(Struct, frozen=True):
    """A report of a day against an earlier one; `base` is the report it is noted as a difference from."""

    digest: Digest
    base: tuple[Reported, Snapshot] | None


def compare(book: Book, since: date | None = None) -> Compared:
    """The report of the book's day against the last one noted on an earlier day, or on `since` or before it; where
    none is noted, against what the dates of the sheet tell of `since`, or of a week ago.

    UsageError when `since` is not before the day of the report.
    """
    today = book.day.today
    if since is not None and since >= today:
        raise UsageError(
            "since-not-before",
            msg("{since} is not before {today}, the day of the report.", since=since, today=today),
            msg("Give a day before it: the changes since then are told."),
        )
    yesterday = today - timedelta(1)
    base = _noted(book, yesterday)
    chosen = _noted(book, since) if since else base
    then = chosen[1] if chosen else compute_snapshot(book.day, since or today - timedelta(FIRST_DAYS))
    calls = [fact for fact in known_facts(book.journal.events) if isinstance(fact, CallNoted)]
    return Compared(Digest(book.day, then, calls), base)


def _noted(book: Book, upto: date) -> tuple[Reported, Snapshot] | None:
    """The last report noted on a day or before, with what it saw; one whose base is lost is passed over."""
    reports = reports_of(book.journal.events, book.path.name)
    while report := last_report(reports, upto):
        if snapshot := snapshot_of(report, reports):
            return report, snapshot
        reports = [other for other in reports if other is not report]
    return None


def note_report(book: Book, compared: Compared, at: datetime) -> Message | None:
    """Note in the journal what this report saw, for the next one to compare with; the reason where that cannot be.

    A day before one already noted is somebody looking back, and is noted only if it is really today (`at`).
    """
    today = book.day.today
    reports = reports_of(book.journal.events, book.path.name)
    if any(report.day > today for report in reports) and today != at.date():
        return None
    event = report_event(take_snapshot(book.day), compared.base, id_=new_id(at), at=at, workbook=book.path.name)
    last = last_report(reports, today)
    if last and says_the_same(event, last):
        return None
    try:
        append_events(book.path.parent, [event])
    except ConflictError as error:
        return msg("This report is not noted, the next one will compare with an earlier day. {reason}",
                   reason=error.message)  # fmt: skip
    return None

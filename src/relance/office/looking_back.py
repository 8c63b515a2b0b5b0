"""A book opened on a day gone by, and what the report of that day saw -> the book as it stood that evening.

The sheet keeps no history of its levels, promises and stops; the reports noted in the journal do. What they do not
know (rows corrected since, payments without a day) stays as the sheet tells it now.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from relance.domain.day import Day
from relance.domain.model import Invoice
from relance.domain.settled import Invoices
from relance.domain.snapshot import Seen, Snapshot
from relance.office.book import Book
from relance.workbook.messages import pending_drafts
from relance.workbook.report_events import last_report, reports_of, snapshot_of


def as_it_stood(book: Book) -> Book:
    """The book with the levels, promises and stops that the report of its day noted, and the drafts that waited then;
    the same book where no report of that day is noted, or none of a later day: nobody looks back then."""
    today = book.day.today
    reports = reports_of(book.journal.events, book.path.name)
    report = last_report(reports, today)
    if report is None or report.day != today or not any(other.day > today for other in reports):
        return book
    noted = snapshot_of(report, reports)
    return replace(book, day=_day_of(book, noted)) if noted else book


def _day_of(book: Book, noted: Snapshot) -> Day:
    day = book.day
    invoices = Invoices.of(day.ledger.invoices)
    found = ((at, invoice, noted.seen.get((invoice.number, invoice.client.key))) for at, invoice in invoices.unsettled)
    then = {at: _as_seen(invoice, seen, day.today) for at, invoice, seen in found if seen}
    drafts = pending_drafts([event for event in book.journal.events if event.day <= day.today])
    ledger = replace(day.ledger, invoices=invoices.changed(then), drafts=drafts)
    return Day(
        ledger,
        day.today,
        (day.policies, day.calendar),
        day.fees_of,
        day.check,
        name=day.name,
        bounds=day.bounds,
        fresh_days=day.fresh_days,
    )


def _as_seen(invoice: Invoice, seen: Seen, today: date) -> Invoice:
    """An invoice without the reminders, the promise and the stops that came later."""
    status, stopped = invoice.status, bool(seen.stop)
    return replace(
        invoice,
        count=min(invoice.count, seen.level) if invoice.count else invoice.count,
        reminders=tuple(day for day in invoice.reminders if day <= today)[: seen.level],
        status=replace(status, level=min(status.level, seen.level)) if status else None,
        skipped=min(invoice.skipped, seen.level),
        promise=seen.promise,
        dispute=invoice.dispute if stopped or (invoice.dispute and invoice.dispute.amount is not None) else None,
        hold=invoice.hold if stopped else None,
    )

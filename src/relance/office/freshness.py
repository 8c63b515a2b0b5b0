"""Whether the payments are known up to today: how old the last one typed is, and whether a bank file is newer than the
sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from relance.errors import Problem, Severity, msg, msg_n
from relance.office.book import Book


def check_freshness(book: Book) -> tuple[Problem, ...]:
    """What speaks against chasing anybody before payments are typed in: `payments-old`, `bank-newer`."""
    return tuple(_found(book))


def _found(book: Book) -> Iterator[Problem]:
    fresh = book.day.freshness
    if fresh.last_payment is not None and fresh.days is not None and fresh.days > book.day.fresh_days:
        yield Problem(
            "payments-old",
            Severity.WARNING,
            msg_n(
                "The last payment typed is {n} day old ({day}): type in the newer ones before chasing anybody.",
                "The last payment typed is {n} days old ({day}): type in the newer ones before chasing anybody.",
                fresh.days,
                day=fresh.last_payment,
            ),
            msg("relance paid NUMBER AMOUNT; or type them into the workbook."),
        )
    if bank := newer_bank_file(book.path, book.config.get("letters.bank_files")):
        yield Problem(
            "bank-newer",
            Severity.WARNING,
            msg("The bank file {file} is newer than the workbook: it may tell of payments.", file=bank.name),
            msg("Look at it, and type the payments in before chasing anybody."),
            value=bank.name,
        )


def newer_bank_file(workbook: Path, patterns: str) -> Path | None:
    """The latest file beside a workbook that one of the patterns (separated by blanks) names, if it was written after
    the workbook."""
    named = {file for pattern in patterns.split() for file in workbook.parent.glob(pattern) if file.is_file()}
    latest = max(named, key=lambda file: (file.stat().st_mtime, file.name), default=None)
    return latest if latest and latest.stat().st_mtime > workbook.stat().st_mtime else None

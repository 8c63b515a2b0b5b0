"""Many drafts at once: announced in the journal by one append, written, noted by another; what comes too late because
the workbook changed meanwhile is released by it.

A run that stops in between leaves what `settle_crashes` settles one by one. It must not know whom to chase.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from msgspec import Struct

from relance.office.book import Book
from relance.office.outbox import Drafted, content_of, draft_event, event_head, note_outcome, reservation
from relance.office.ways import Files
from relance.workbook.events import Known, Released
from relance.workbook.journal import append_events

_DISK = 8  # files that the disk is waited for at a time


class Together(Struct, frozen=True):
    """The letters, by id, whose drafts were written, and the journal's new size."""

    written: frozenset[str]
    size: int


def draft_together(files: Files, book: Book, several: Sequence[Drafted], at: datetime, size: int) -> Together:
    """Drafts of a plan in which every client has a letter, each written only while the workbook is the one read.

    Where a file cannot be written, or somebody else wrote in the journal meanwhile, what was done is noted before the
    ConflictError is raised; whether that file is there or not is for the next run to see.
    """
    if not several:
        return Together(frozenset(), size)
    folder = book.path.parent
    contents = [content_of(book, planned, at) for planned in several]
    size = append_events(folder, [reservation(book, planned, at) for planned in several], after=size)
    with ThreadPoolExecutor(_DISK) as pool:
        jobs = [pool.submit(files.write, book, *pair) for pair in zip(several, contents, strict=True)]
    outcome = [(planned, job) for planned, job in zip(several, jobs, strict=True) if not job.exception()]
    size = note_outcome(folder, [_event(book, planned, at, job) for planned, job in outcome], size)
    for job in jobs:
        job.result()
    return Together(frozenset(planned.letter.id for planned, job in outcome if planned.letter and job.result()), size)


def _event(book: Book, planned: Drafted, at: datetime, job: Future[str]) -> Known:
    if digest := job.result():
        return draft_event(book, planned, at, digest)
    return Released(**event_head(book, planned, at), reason="the workbook changed before it was written")

"""relance forget: what will be forgotten, then what was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from relance.errors import Message, msg, msg_n
from relance.reports.view import Column, Line, Section, Table, Tone, View


class Forgotten(Struct, frozen=True, kw_only=True):
    """What is forgotten of a client or before a day: invoice numbers, how many messages and acts of the journal, how
    many of the invoices that reports saw, the files of the folder `relance/`; whether it was done, or is being
    asked."""

    client: str = ""
    before: date | None = None
    numbers: tuple[str, ...] = ()
    messages: int = 0
    acts: int = 0
    seen: int = 0
    files: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    applied: bool = False
    asking: bool = False


def forget_view(shown: Forgotten) -> View:
    """The plan, before it or after it."""
    return View(
        command="forget",
        title=_title(shown),
        data=lambda: _data(shown),
        sections=lambda: tuple(_sections(shown)),
        export=lambda: _files(shown),
    )


def _title(shown: Forgotten) -> Message:
    if shown.client:
        return msg("Forgetting {client}", client=shown.client)
    return msg("Forgetting what was over before {day}", day=shown.before)


def _data(shown: Forgotten) -> dict[str, Any]:
    return {
        "client": shown.client,
        "before": shown.before,
        "numbers": list(shown.numbers),
        "messages": shown.messages,
        "acts": shown.acts,
        "seen": shown.seen,
        "files": list(shown.files),
        "backups": list(shown.backups),
        "applied": shown.applied,
    }


def _files(shown: Forgotten) -> Table:
    rows = (
        *((msg("draft or letter"), file) for file in shown.files),
        *((msg("copy of the workbook"), file) for file in shown.backups),
    )
    return Table(
        title=msg("Files deleted from the folder relance/"),
        columns=(Column("kind", msg("kind of file")), Column("file", msg("file"), whole=True)),
        rows=rows,
    )


def _sections(shown: Forgotten) -> Iterator[Section]:
    if not (shown.messages or shown.acts or shown.seen or shown.files or shown.backups):
        yield Line(msg("Nothing to forget."), Tone.NOTICE)
        return
    if shown.numbers:
        yield Line(msg("Invoices: {numbers}.", numbers=shown.numbers))
    if shown.messages:
        yield Line(msg_n("{n} message: names, addresses and files go.", "{n} messages: names, addresses and files go.",
                         shown.messages))  # fmt: skip
    if shown.acts:
        yield Line(msg_n("{n} act of the journal: notes and reasons go; it can no longer be undone.",
                         "{n} acts of the journal: notes and reasons go; they can no longer be undone.",
                         shown.acts))  # fmt: skip
    if shown.seen:
        yield Line(msg_n("{n} invoice that reports saw: its client is hidden.",
                         "{n} invoices that reports saw: their clients are hidden.", shown.seen))  # fmt: skip
    yield _files(shown)
    yield Line(msg("Numbers, steps, days and amounts paid stay, so that nothing is ever sent twice."), Tone.NOTICE)
    yield Line(msg("The workbook is not touched: delete the rows yourself if nobody needs them."), Tone.NOTICE)
    if shown.applied:
        yield Line(msg("Done. This cannot be taken back."), Tone.GOOD)
    elif not shown.asking:
        yield Line(msg("Nothing was deleted."), Tone.NOTICE)

"""Personal data that is not needed any more: drafts and letters, backups, and the words of the journal, of debts that
are over.

The workbook is never touched. Files go first, the journal last and all at once, so that a crash leaves nothing that the
next run cannot finish. What never-twice needs stays (`workbook.forget`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from msgspec import Struct

from relance.config import Config
from relance.domain.model import Client, Invoice
from relance.domain.names import fold_name, is_one_of
from relance.errors import ConflictError, UsageError, msg, os_reason
from relance.files import write_whole
from relance.office.book import Book, open_book
from relance.office.find import find_client
from relance.office.tidy import companions
from relance.workbook.backup import backups_of
from relance.workbook.folder import list_workbooks
from relance.workbook.forget import Debt, Line, Trace, debts_of, forget, read_lines, trace_of
from relance.workbook.journal import FOLDER, hold_lock, journal_path, refuse_unread
from relance.workbook.lock import hold_workbook


class Forgetting(Struct, frozen=True, kw_only=True):
    """What is about to be forgotten: of a client (its name) or of what is over since before a day; the invoice numbers,
    the messages and acts of the journal, the files (paths from `relance/`), the size of the journal this was decided
    on."""

    client: str = ""
    before: date | None = None
    numbers: tuple[str, ...] = ()
    trace: Trace = Trace()
    files: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    size: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing left to forget."""
        return not (self.trace.messages or self.trace.acts or self.trace.seen or self.files or self.backups)


def plan_forgetting(config: Config, today: date, client: str, before: date | None) -> Forgetting:
    """What there is to forget of one client, or of what is over since before a day.

    UsageError where neither or both are given, the day is to come, or the client is not known; ConflictError where the
    client still owes something or has a row that cannot be read, or the journal cannot be read whole.
    """
    if bool(client) == bool(before):
        raise UsageError(
            "forget-what",
            msg("Say what to forget: a client, or --before and a day."),
            msg("For example: relance forget --before 2023-01-01"),
        )
    if before and before > today:
        raise UsageError(
            "date-in-future", msg("{date} is still to come.", date=before), msg("Give today or a day before it.")
        )
    book = open_book(config, today)
    refuse_unread(book.journal)
    lines, size = _lines(book.path.parent)
    known = debts_of(lines, _others(book))
    if before:
        over = set(_over_before(book, known, before))
        return _planned(book, lines, over, size, Forgetting(before=before))
    names = _names_of(book, client, known)
    _refuse_open(book, names)
    over = {debt for debt in known if debt[1] and is_one_of(debt[1], names)}
    return _planned(book, lines, over, size, Forgetting(client=names[0]))


def _lines(folder: Path) -> tuple[list[Line], int]:
    try:
        data = journal_path(folder).read_bytes()
    except FileNotFoundError:
        return [], 0
    return read_lines(data), len(data)


def _others(book: Book) -> frozenset[str]:
    """The other workbooks of the folder, which share its journal."""
    return frozenset(file.name for file in list_workbooks(book.path.parent)) - {book.path.name}


def _planned(book: Book, lines: list[Line], over: set[Debt], size: int, what: Forgetting) -> Forgetting:
    trace = trace_of(lines, over.__contains__)
    beside = book.path.parent / FOLDER
    return Forgetting(
        client=what.client,
        before=what.before,
        numbers=tuple(sorted({number for number, _ in over if number})),
        trace=trace,
        files=tuple(sorted({found for file in trace.files for found in companions(beside, file)})),
        backups=tuple(backups_of(book.path, what.before)),
        size=size,
    )


def _is_open(book: Book) -> Callable[[Invoice], bool]:
    live = {id(invoice) for invoice, decision in book.day.live if decision.reason != "nothing-due"}
    return lambda invoice: id(invoice) in live


def _over_before(book: Book, known: dict[Debt, str], before: date) -> Iterator[Debt]:
    """The debts of the journal of which nothing happened on that day or later, and that are not owed any more."""
    owed, aside = _is_open(book), {row.number for row in book.day.ledger.set_aside}
    rows: dict[str, list[Invoice]] = {}
    for invoice in book.day.ledger.invoices:
        rows.setdefault(invoice.number, []).append(invoice)
    for debt, last in known.items():
        mine = [row for row in rows.get(debt[0], ()) if is_one_of(debt[1], _called(row.client))]
        quiet = debt[0] and last < before.isoformat() and debt[0] not in aside
        if quiet and not any(owed(row) or _last_day(row) >= before for row in mine):
            yield debt


def _last_day(invoice: Invoice) -> date:
    days = [payment.on for payment in invoice.payments if payment.on]
    return max([*days, *(day for day in (invoice.due, invoice.issued) if day)], default=date.min)


def _called(client: Client) -> tuple[str, ...]:
    return client.key, client.name, client.code


def _names_of(book: Book, wanted: str, known: Iterable[Debt]) -> tuple[str, ...]:
    """What the client is called, its name first; one that is only in the journal any more is found there."""
    try:
        client = find_client(book.day, wanted)
    except UsageError:
        if any(fold_name(wanted) == fold_name(name) for _, name in known):
            return (wanted,)
        raise
    return tuple(dict.fromkeys(name for name in (client.name, client.key, client.code) if name))


def _refuse_open(book: Book, names: tuple[str, ...]) -> None:
    owed = _is_open(book)
    mine = [row.number for row in book.day.ledger.invoices if is_one_of(row.client.key, names) and owed(row)]
    aside = [row for row in book.day.ledger.set_aside if row.client and is_one_of(row.client, names)]
    mine += [row.number or str(row.where) for row in aside]
    if mine:
        raise ConflictError(
            "client-owes",
            msg("{client} still owes something: {numbers}.", client=names[0], numbers=mine[:5]),
            msg("Nothing was forgotten. Settle these first: relance paid, writeoff or cancel."),
        )


def carry_out(config: Config, today: date, plan: Forgetting) -> None:
    """Forget what was planned. ConflictError, and nothing done, where the journal changed since."""
    book = open_book(config, today)
    folder = book.path.parent
    with hold_workbook(book.path), hold_lock(folder, "remind"), hold_lock(folder, "journal"):
        lines, size = _lines(folder)
        if size != plan.size:
            raise ConflictError(
                "journal-moved",
                msg("Somebody else drafted or noted something for these invoices a moment ago."),
                msg("Nothing was forgotten. Run the command again: it will decide on what is known now."),
            )
        try:
            _delete(folder / FOLDER, (*plan.files, *plan.backups))
            if size:
                _rewrite(folder, lines, _decided(book, lines, plan))
        except OSError as error:
            raise ConflictError(
                "forget-unfinished",
                msg("{file} cannot be deleted: {reason}.", file=str(error.filename), reason=os_reason(error)),
                msg("Get the right to write there, then run the command again: it goes on where it stopped."),
            ) from error


def _decided(book: Book, lines: list[Line], plan: Forgetting) -> Callable[[Debt], bool]:
    known = debts_of(lines, _others(book))
    if plan.before:
        return set(_over_before(book, known, plan.before)).__contains__
    names = _names_of(book, plan.client, known)
    return {debt for debt in known if debt[1] and is_one_of(debt[1], names)}.__contains__


def _delete(beside: Path, files: Iterable[str]) -> None:
    for file in files:
        (beside / file).unlink(missing_ok=True)
        with suppress(OSError):  # a day's folder goes with its last draft
            (beside / file).parent.rmdir()


def _rewrite(folder: Path, lines: list[Line], gone: Callable[[Debt], bool]) -> None:
    path = journal_path(folder)
    new = forget(lines, gone)
    if new != b"".join(line.raw + b"\n" for line in lines):
        write_whole(path, new)

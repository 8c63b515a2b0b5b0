"""The reminders of a day, from decisions to messages that leave: planned, shown, then one by one on the strength of the
workbook as it is at that instant.

A dry run is the plan; a real run is the same plan handed to a way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.config import Config
from relance.domain.model import Channel
from relance.domain.policies.chase import Chase
from relance.errors import ConflictError, Problem, Severity, msg
from relance.letters.compose import Composed, compose_letter
from relance.letters.documents import find_documents
from relance.letters.drafts import plan_draft
from relance.letters.reminder import Reminder, reminder_from
from relance.letters.templates import Templates
from relance.office.beside import check_journal
from relance.office.book import Book, locate, open_book
from relance.office.crashes import settle_crashes
from relance.office.outbox import DRAFTS, Drafted
from relance.office.side_by_side import side_by_side
from relance.office.stationery import sender_of, setting_for, shelf_of
from relance.office.together import draft_together
from relance.office.ways import Files, Way
from relance.workbook.events import FeesAsked
from relance.workbook.journal import FOLDER, hold_lock, refuse_unread
from relance.workbook.threads import first_messages, first_of

_TOGETHER = 50  # drafts announced at once


class Drafts(Struct, frozen=True, kw_only=True):
    """The book as it was when the messages were made, and what became of each client to be chased; `declined` where
    the person asked said no."""

    book: Book
    clients: tuple[Drafted, ...]
    declined: bool = False
    problems: tuple[Problem, ...] = ()


class Wish(Struct, frozen=True, kw_only=True):
    """What is asked of a run: the `way` out (None: a dry run, nothing goes anywhere), the `folder` under `relance/` of
    the files it makes, and whether a formal notice may claim interest at a rate not published yet. `agree` is asked
    with the plan before anything is written."""

    way: Way | None = None
    folder: str = DRAFTS
    provisional: bool = False
    agree: Callable[[Drafts], bool] | None = None


def draft_reminders(config: Config, at: datetime, today: date, wish: Wish) -> Drafts:
    """One message per client to be chased today, each announced in the journal before it exists.

    One relance drafts at a time in a folder, and reads workbook and journal only when it is its turn. Before each
    message the workbook is looked at again; where it changed, it is read and decided upon anew, and a message that is
    no more the same is left out and said. ConflictError when the journal cannot be understood or when another relance
    is drafting; what was done until then is in the journal: nothing comes twice.
    """
    if wish.way is None:
        book = open_book(config, today)
        return Drafts(book=book, clients=tuple(_planned(book, wish)))
    folder = locate(config).parent
    with hold_lock(folder, "remind"):
        settle_crashes(folder, at, today, wish.way)
        problems = list(note_taken(config, at, today))
        book = open_book(config, today)
        refuse_blocked(book)
        drafts = Drafts(book=book, clients=tuple(_planned(book, wish)))
        if wish.agree and not wish.agree(drafts):
            return replace(drafts, declined=True, problems=tuple(problems))
        run = _Run(config, at, book, wish, wish.way)
        done = tuple(run.carry_out(drafts.clients))
        problems += note_taken(config, at, today)
        return Drafts(book=run.book, clients=done, problems=tuple(problems))


def note_taken(config: Config, at: datetime, today: date) -> tuple[Problem, ...]:
    """Write into the workbook the reminders that a mail server took; where it cannot be written they count all the
    same, and it is said."""
    from relance.office.acts.sent import note_delivered  # noqa: PLC0415 - it opens the workbook to write

    return note_delivered(config, at, today)


class _Run:
    """The messages of a plan handed to their way out, each on the workbook of that instant."""

    def __init__(self, config: Config, at: datetime, book: Book, wish: Wish, way: Way) -> None:
        self.config, self.at, self.book, self.wish, self.way = config, at, book, wish, way
        self.files = way if isinstance(way, Files) else Files()
        self.size = book.journal.size
        self.closed = False
        self._anew: Mapping[str, Drafted] | None = None

    def carry_out(self, clients: Iterable[Drafted]) -> Iterator[Drafted]:
        """What became of the clients of the plan, in its order: files by many at a time, the others one by one."""
        for way, same in groupby(clients, self._way_of):
            while way is self.files and (several := tuple(islice(same, _TOGETHER))):
                yield from self._together(several)
            yield from map(self._one, same)

    def _way_of(self, planned: Drafted) -> Way:
        on_paper = planned.letter is not None and planned.letter.channel is Channel.LETTER
        return self.files if on_paper else self.way

    def _together(self, several: tuple[Drafted, ...]) -> Iterator[Drafted]:
        self._look_again()
        decided = [self._as_decided_now(planned) for planned in several]
        ready = [now for now in decided if now and now.letter]
        done = draft_together(self.files, self.book, ready, self.at, self.size)
        self.size = done.size
        for planned, now in zip(several, decided, strict=True):
            written = now is not None and now.letter is not None and now.letter.id in done.written
            yield replace(now, state="drafted") if now is not None and written else self._one(planned)

    def _one(self, planned: Drafted) -> Drafted:
        if planned.letter is None:
            return planned
        way = self._way_of(planned)
        if self.closed and way is self.way:
            return replace(planned, state="held")
        self._look_again()
        now = self._as_decided_now(planned)
        if now is None:
            return replace(planned, state="changed", problems=(*planned.problems, _changed(planned, self.book)))
        left = way.leave(self.book, now, self.at, self.size)
        self.size, self.closed = left.size, self.closed or left.closed
        return replace(now, state=left.state, mailbox=left.mailbox, problems=(*now.problems, *left.problems))

    def _look_again(self) -> None:
        """Read the workbook and decide anew where it is no longer the one read."""
        if not self.book.fingerprint.still_holds(self.book.path):
            self.book = open_book(self.config, self.book.day.today)
            refuse_blocked(self.book)
            self.size = self.book.journal.size
            self._anew = {made.letter.id: made for made in _planned(self.book, self.wish) if made.letter}

    def _as_decided_now(self, planned: Drafted) -> Drafted | None:
        """The message as the workbook last read has it; None where it would be another one, or none."""
        if self._anew is None or planned.letter is None:
            return planned
        now = self._anew.get(planned.letter.id)
        return now if now is not None and _asked(now) == _asked(planned) else None


def _asked(planned: Drafted) -> Any:
    """What a message asks of whom: what must not change between the plan and the act."""
    letter, chase = planned.letter, planned.chase
    items = (*chase.ready, *chase.beside, *chase.listed)
    amounts = [(item.invoice.number, item.amount) for item in items]
    return letter and (letter.to, letter.language, letter.totals, letter.pay_by, amounts, planned.fees)


def _changed(planned: Drafted, book: Book) -> Problem:
    return Problem(
        "changed-meanwhile",
        Severity.WARNING,
        msg("{client}: {file} changed meanwhile; this message was left out.", client=planned.chase.client.name,
            file=book.path.name),
        msg("Run relance remind again: it decides on the workbook as it is now."),
    )  # fmt: skip


def refuse_blocked(book: Book) -> None:
    """A journal that cannot be understood, or that has lost what it announced, stops every message: ConflictError
    `journal-blocked`, `journal-lost`."""
    refuse_unread(book.journal)
    for problem in check_journal(book.path, book.journal):
        raise ConflictError("journal-lost", problem.message, problem.hint)


def _planned(book: Book, wish: Wish) -> Iterator[Drafted]:
    """What would be drafted: the letters, and the free path of each."""

    day, folder, taken = book.day, book.path.parent, set[Path]()
    firsts = first_messages(book.journal.events)
    composing = side_by_side(_composer(book, wish), day.chases)
    for chase, (composed, fees) in zip(day.chases, composing, strict=True):
        if composed.letter is None:
            yield Drafted(chase=chase, problems=composed.problems)
            continue
        thread = first_of(firsts, composed.letter.client, (number for number, _ in composed.letter.invoices))
        letter = replace(composed.letter, thread=thread)
        place = DRAFTS if letter.channel is Channel.LETTER else wish.folder
        file = ""
        if place:
            path = plan_draft(folder / FOLDER / place, letter, day.today, taken)
            taken.add(path)
            file = path.relative_to(folder / FOLDER).as_posix()
        yield Drafted(chase=chase, letter=letter, fees=fees, file=file, problems=composed.problems)


def _composer(book: Book, wish: Wish) -> Callable[[Chase], tuple[Composed, tuple[FeesAsked, ...]]]:
    """What makes the letter to a client of this book, with the late fees it claims."""
    clause_of = book.tariff.agreements.sentence_for
    sender, templates, shelf = sender_of(book.config), Templates.beside(book.path.parent), shelf_of(book)

    def compose(chase: Chase) -> tuple[Composed, tuple[FeesAsked, ...]]:
        setting = setting_for(book, chase.client, provisional=wish.provisional)
        reminder = reminder_from(chase, book.day.fees_of, clause_of)
        documents = find_documents((owing.invoice for owing in reminder.asked), shelf)
        composed = compose_letter(reminder, sender, setting, templates, documents)
        return composed, tuple(fees_asked(reminder, book.day.today))

    return compose


def fees_asked(reminder: Reminder, today: date) -> Iterator[FeesAsked]:
    """What a letter claims of late fees, so that a later one claims what came after."""
    for owing in reminder.asked:
        if owing.fees and owing.fees.total and owing.fees.owed:
            invoice, fees = owing.invoice, owing.fees
            yield FeesAsked(invoice.number, invoice.level, today, fees.interest, fees.indemnity)

"""Make one client's letter on paper, announced in the journal as a draft is; made again the same day, it is the same
letter and is not announced twice.

It never leaves by itself: a person prints it, signs it, posts it, then says so (`relance sent --by letter`).
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from relance.config import Config
from relance.domain.model import Channel
from relance.domain.policies.chase import Chase
from relance.domain.policies.policy import Manner
from relance.errors import Message, UsageError, msg
from relance.letters.compose import Composed, Letter, compose_letter
from relance.letters.drafts import paper_letter, plan_draft, slug, write_draft
from relance.letters.pdf import require_pdf
from relance.letters.reminder import Reminder, reminder_from
from relance.letters.templates import Templates
from relance.office.book import Book, locate, open_book
from relance.office.crashes import settle_crashes
from relance.office.find import find_client
from relance.office.letter_chase import REMEDY_WHY, Asked, chase_again, chase_now, message_waiting
from relance.office.outbox import DRAFTS, Drafted, draft_one, refuse_changed
from relance.office.remind import fees_asked, refuse_blocked
from relance.office.stationery import sender_of, setting_for
from relance.workbook.events import Released, Reserved
from relance.workbook.journal import FOLDER, append_events, hold_lock
from relance.workbook.messages import Outgoing


class Made(Struct, frozen=True, kw_only=True):
    """A letter made: the book, whom and what it chases, its text, the fees it claims, its file; `first` is the message
    that was announced before, where this is that one made again, `replaced` the one whose place it takes."""

    book: Book
    drafted: Drafted
    letter: Letter
    path: Path
    first: Outgoing | None = None
    replaced: Outgoing | None = None


def make_letter(config: Config, at: datetime, today: date, asked: Asked) -> Made:
    """Make the letter as PDF among the drafts of the day, announced in the journal first.

    A message to that client that waits for its confirmation is not made twice: one of today is put on paper again,
    without a second announcement unless its sums changed since; one of another day is refused unless `anew`, one that
    may have left always. UsageError `pdf-missing`, `client-unknown`, `letter-none`, `letter-step`, `letter-waiting`,
    `letter-doubtful`, `letter-refused`; ConflictError as `draft_reminders`.
    """
    require_pdf()
    folder = locate(config).parent
    with hold_lock(folder, "remind"):
        settle_crashes(folder, at, today)
        book = open_book(config, today)
        refuse_blocked(book)
        client = find_client(book.day, asked.client)
        waiting = message_waiting(book, client, asked)
        chase = chase_again(book, client, waiting) if waiting else chase_now(book, client, asked.step)
        drafted = _plan(book, chase, asked)
        assert drafted.letter is not None
        if waiting and waiting.message.day == today and _says_the_same(waiting.unnoted, drafted):
            return _again(book, drafted, waiting)
        size = book.journal.size
        if waiting:
            size = append_events(folder, [_released(book, waiting.message, at)], after=size)
        refuse_changed(book)
        draft_one(book, drafted, at, size)
        path = folder / FOLDER / drafted.file
        return Made(book=book, drafted=drafted, letter=drafted.letter, path=path, replaced=waiting)


def _plan(book: Book, chase: Chase, asked: Asked) -> Drafted:
    """The letter and its free path; UsageError where this step is no letter, or a problem forbids it."""
    folder, day = book.path.parent, book.day
    reminder = replace(reminder_from(chase, day.fees_of, book.tariff.agreements.sentence_for), channel=Channel.LETTER)
    setting = setting_for(book, chase.client, provisional=asked.provisional)
    composed = compose_letter(reminder, sender_of(book.config), setting, Templates.beside(folder))
    if composed.letter is None:
        raise _refused(chase, reminder, composed)
    path = plan_draft(folder / FOLDER / DRAFTS, composed.letter, day.today)
    return Drafted(
        chase=chase,
        letter=composed.letter,
        fees=tuple(fees_asked(reminder, day.today)),
        file=path.relative_to(folder / FOLDER).as_posix(),
        problems=composed.problems,
    )


def _says_the_same(message: Reserved, drafted: Drafted) -> bool:
    """Whether a message announced before takes the same invoices to the same steps and claims the same fees."""
    letter = drafted.letter
    steps = tuple((one.number, one.step) for one in message.invoices)
    return letter is not None and sorted(steps) == sorted(letter.invoices) and message.fees == drafted.fees


def _again(book: Book, drafted: Drafted, first: Outgoing) -> Made:
    """The letter announced before, put on paper again where it was: a PDF of the same name. ConflictError as
    `write_draft`."""
    assert drafted.letter is not None
    refuse_changed(book)
    own = f"{DRAFTS}/{book.day.today}/{slug(drafted.letter.name)}-{drafted.letter.step}.pdf"
    path = (book.path.parent / FOLDER / (own if first.kept else first.file or own)).with_suffix(".pdf")
    content = paper_letter(drafted.letter)
    if not path.is_file() or sha256(path.read_bytes()).digest() != sha256(content).digest():
        path.unlink(missing_ok=True)
        write_draft(path, content)
    return Made(book=book, drafted=drafted, letter=drafted.letter, path=path, first=first)


def _released(book: Book, message: Reserved, at: datetime) -> Released:
    return Released(
        at=at, day=book.day.today, workbook=book.path.name, id=message.id, reason="made anew as a letter on paper"
    )


def _refused(chase: Chase, reminder: Reminder, composed: Composed) -> UsageError:
    if reminder.step.tone is Manner.HANDOVER:
        message: Message = msg("Step {step} is no letter: a person hands the file over.", step=chase.step.number)
        return UsageError("letter-refused", message, REMEDY_WHY)
    problem = composed.problems[0]
    hint = problem.hint
    if problem.code == "letter-provisional":
        hint = msg("{hint} Or add --provisional: the letter then says that the amount is provisional.", hint=hint)
    return UsageError("letter-refused", problem.message, hint)

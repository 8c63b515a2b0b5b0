"""Make one client's letter on paper, announced in the journal as a draft is; made again the same day, it is the same
letter and is not announced twice.

It never leaves by itself: a person prints it, signs it, posts it, then says so (`relance sent --by letter`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.config import Config
from relance.domain.day import Day
from relance.domain.model import Action, Channel, Client, Decision, Invoice
from relance.domain.noted import is_client
from relance.domain.policies.chase import Chase, chase_groups
from relance.domain.policies.policy import Manner
from relance.domain.settled import Invoices
from relance.errors import Message, UsageError, msg
from relance.letters.compose import Composed, Letter, compose_letter
from relance.letters.drafts import paper_letter, plan_draft, slug, write_draft
from relance.letters.pdf import require_pdf
from relance.letters.reminder import Reminder, reminder_from
from relance.letters.templates import Templates
from relance.office.book import Book, locate, mapping_of, open_book
from relance.office.find import find_client
from relance.office.remind import (
    DRAFTS,
    Drafted,
    draft_one,
    fees_asked,
    refuse_blocked,
    refuse_changed,
    sender_of,
    setting_for,
    settle_crashes,
)
from relance.workbook.events import Released, Reserved
from relance.workbook.journal import FOLDER, append_events, hold_lock
from relance.workbook.messages import FREE, SENDING, SENT, UNKNOWN, Outgoing, outgoing

PATIENCE = frozenset({"delay", "spacing", "client-gap", "not-a-sending-day"})
"""The rules that only make a step wait, and that a person who names the step may go before."""

CONFIRMED = frozenset({"awaiting-confirmation"})
"""What stops the invoices of a message that is made again: that message itself."""


class Asked(Struct, frozen=True, kw_only=True):
    """What the person asks for: a client, a step (None = the one to take today), interest at a rate not published yet,
    and a letter in the place of one of another day that was not sent."""

    client: str
    step: int | None = None
    provisional: bool = False
    anew: bool = False


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
    folder = locate(config, mapping_of(config)).parent
    with hold_lock(folder, "remind"):
        settle_crashes(folder, at, today)
        book = open_book(config, today)
        refuse_blocked(book)
        client = find_client(book.day, asked.client)
        waiting = _waiting(book, client, asked)
        chase = _chase_again(book, client, waiting) if waiting else _chase_now(book, client, asked.step)
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


def _waiting(book: Book, client: Client, asked: Asked) -> Outgoing | None:
    """The message to this client that is not confirmed and stands for the step asked for: one of today, else an older
    one where nothing else is to be chased."""
    mine = [
        known
        for known in outgoing(book.journal.events).values()
        if known.state not in {FREE, SENT} and known.unnoted.invoices and is_client(known.message.client, client)
        if asked.step in {None, *(one.step for one in known.unnoted.invoices)}
    ]
    if doubtful := [known for known in mine if known.state in {SENDING, UNKNOWN}]:
        raise _doubtful(doubtful[-1].message, client)
    if today := [known for known in mine if known.message.day == book.day.today]:
        return today[-1]
    ready = _chase_of(book.day.chases, client)
    if not mine or (ready and asked.step in {None, ready.step.number}):
        return None
    if not asked.anew:
        raise _waits(mine[-1], client)
    return mine[-1]


def _chase_again(book: Book, client: Client, waiting: Outgoing) -> Chase:
    """The chase a message was made of: its invoices at the steps it takes them to."""
    steps = {one.number: one.step for one in waiting.unnoted.invoices}

    def still(invoice: Invoice, _: Decision) -> int | None:
        step = steps.get(invoice.number)
        return step if step is not None and _only_waits(book.day, invoice, CONFIRMED) else None

    chase = _chase_with(book.day, still, client.key)
    if chase is None:
        raise UsageError(
            "letter-none",
            msg("Nothing is left to ask of {client} by this letter.", client=client.name),
            _REMEDY_WHY,
        )
    return chase


def _chase_now(book: Book, client: Client, step: int | None) -> Chase:
    """The chase of today, or, where a person names the step, the one that only waits for its day."""
    day = book.day
    ready = _chase_of(day.chases, client)
    if ready and step in {None, ready.step.number}:
        return ready
    if step is None:
        raise _none(day, client)

    def forced(invoice: Invoice, decision: Decision) -> int | None:
        mine = invoice.client.key == client.key and decision.step == step
        return step if mine and _only_waits(day, invoice) else None

    chase = None if ready and ready.step.number > step else _chase_with(day, forced, client.key)
    if chase is None or chase.step.number != step:
        raise _not_that_step(day, client, step)
    return chase


def _only_waits(day: Day, invoice: Invoice, unless: frozenset[str] = frozenset()) -> bool:
    """Whether nothing but patience, or one of these reasons, keeps the step from being taken."""
    return all(rule.ok or rule.code in PATIENCE or rule.code in unless for rule in day.explain(invoice).rules)


def _chase_with(day: Day, step_of: Any, key: str) -> Chase | None:
    """The client's chase when the invoices for which `step_of` gives a step take it now."""
    decisions = list(day.decisions)
    for at, invoice in Invoices.of(day.ledger.invoices).unsettled:
        step = step_of(invoice, decisions[at]) if invoice.client.key == key else None
        taken = day.policies.policy_for(invoice).step(step) if step is not None else None
        if taken:
            decisions[at] = Decision(action=Action.CHASE, reason="ready", step=taken.number, channel=taken.channel)
    groups = chase_groups(day.ledger, decisions, day.policies, day.today)
    return next((chase for chase in groups if chase.client.key == key), None)


def _chase_of(chases: Sequence[Chase], client: Client) -> Chase | None:
    return next((chase for chase in chases if chase.client.key == client.key), None)


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
    path = (book.path.parent / FOLDER / (first.file or own)).with_suffix(".pdf")
    content = paper_letter(drafted.letter)
    if not path.is_file() or sha256(path.read_bytes()).digest() != sha256(content).digest():
        path.unlink(missing_ok=True)
        write_draft(path, content)
    return Made(book=book, drafted=drafted, letter=drafted.letter, path=path, first=first)


def place_of(known: Outgoing) -> str:
    """Where the draft of a message is: a file from the workbook's folder, else the folder of the mailbox."""
    return f"{FOLDER}/{known.file}" if known.file else known.mailbox


def _released(book: Book, message: Reserved, at: datetime) -> Released:
    return Released(
        at=at, day=book.day.today, workbook=book.path.name, id=message.id, reason="made anew as a letter on paper"
    )


_REMEDY_WHY = msg("relance why NUMBER tells what each invoice waits for.")


def _none(day: Day, client: Client) -> UsageError:
    """Nothing is to be sent to this client today."""
    mine = [(invoice, decision) for invoice, decision in day.overdue if invoice.client.key == client.key]
    steps = sorted({decision.step or 0 for invoice, decision in mine if _only_waits(day, invoice)})
    return UsageError(
        "letter-none",
        msg("No step is to be taken today for {client}.", client=client.name),
        msg(
            "relance why NUMBER tells what each invoice waits for. To go before its day: relance letter --step {step}.",
            step=steps[-1],
        )
        if steps
        else _REMEDY_WHY,
    )


def _not_that_step(day: Day, client: Client, step: int) -> UsageError:
    """No invoice of this client can take that step now: told with the step that each can."""
    live = [(invoice, decision) for invoice, decision in day.overdue if invoice.client.key == client.key]
    nexts = [
        msg("{number}: step {step}", number=invoice.number, step=decision.step)
        for invoice, decision in live
        if decision.step is not None
    ]
    return UsageError(
        "letter-step",
        msg("No invoice of {client} can take step {step} now.", client=client.name, step=step),
        msg("What can be next: {steps}. No step is skipped, and a stop holds: relance why NUMBER.", steps=nexts)
        if nexts
        else _REMEDY_WHY,
    )


def _doubtful(message: Reserved, client: Client) -> UsageError:
    return UsageError(
        "letter-doubtful",
        msg("Nobody knows whether the message to {client} of {day} left.", client=client.name, day=message.day),
        msg(
            'Ask, or look in the mailbox; then: relance sent --client "{client}", or relance failed.',
            client=client.name,
        ),
    )


def _waits(known: Outgoing, client: Client) -> UsageError:
    message = known.message
    return UsageError(
        "letter-waiting",
        msg(
            "A message to {client} of {day} waits for its confirmation: {file}.",
            client=client.name, day=message.day, file=place_of(known),
        ),
        msg(
            'If it went out: relance sent --client "{client}" --on {day}. If it did not, add --anew: a letter of today '
            "takes its place.",
            client=client.name, day=message.day.isoformat(),
        ),
    )  # fmt: skip


def _refused(chase: Chase, reminder: Reminder, composed: Composed) -> UsageError:
    if reminder.step.tone is Manner.HANDOVER:
        message: Message = msg("Step {step} is no letter: a person hands the file over.", step=chase.step.number)
        return UsageError("letter-refused", message, _REMEDY_WHY)
    problem = composed.problems[0]
    hint = problem.hint
    if problem.code == "letter-provisional":
        hint = msg("{hint} Or add --provisional: the letter then says that the amount is provisional.", hint=hint)
    return UsageError("letter-refused", problem.message, hint)

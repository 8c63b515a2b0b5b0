"""Draft the reminders of a day: announce each in the journal, write it, note that it was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.config import Config
from relance.domain.chase import Chase
from relance.domain.model import Channel, Client
from relance.domain.names import fold_name
from relance.errors import ConflictError, Problem, msg
from relance.letters.compose import Letter, Setting, compose_letter
from relance.letters.documents import Shelf, find_documents
from relance.letters.drafts import paper_letter, plan_draft, write_draft
from relance.letters.eml import message_bytes, message_id
from relance.letters.reminder import Reminder, reminder_from
from relance.letters.sender import Sender, check_sender
from relance.letters.templates import Templates
from relance.office.book import Book, locate, mapping_of, open_book
from relance.workbook.events import Drafted as DraftedEvent
from relance.workbook.events import FeesAsked, InvoiceStep, Released, Reserved, unfinished
from relance.workbook.journal import FOLDER, append_events, hold_lock, read_journal
from relance.workbook.threads import first_messages, first_of

DRAFTS = "drafts"


class Drafted(Struct, frozen=True, kw_only=True):
    """What became of one client to be chased: a draft (its letter and file, relative to the folder `relance/`), or
    nothing to draft: `letter` None means a person calls, hands the file over, or mends a problem first. `fees` are the
    late fees that the letter claims."""

    chase: Chase
    letter: Letter | None = None
    fees: tuple[FeesAsked, ...] = ()
    file: str = ""
    problems: tuple[Problem, ...] = ()


class Drafts(Struct, frozen=True):
    """The book as it was when the drafts were made, and what became of each client to be chased."""

    book: Book
    clients: tuple[Drafted, ...]


def draft_reminders(
    config: Config, at: datetime, today: date, *, dry_run: bool = False, provisional: bool = False
) -> Drafts:
    """Draft one message per client to be chased today, each announced in the journal before its file exists.

    One relance drafts at a time in a folder, and reads workbook and journal only when it is its turn. A dry run is the
    same minus the writing; `provisional` lets a formal notice claim interest at a rate not published yet. ConflictError
    when the journal cannot be understood, when another relance is drafting, or when the workbook changed since it was
    read; what was drafted until then is in the journal: nothing comes twice.
    """
    if dry_run:
        book = open_book(config, today)
        return Drafts(book, tuple(_planned(book, provisional=provisional)))
    folder = locate(config, mapping_of(config)).parent
    with hold_lock(folder, "remind"):
        settle_crashes(folder, at, today)
        book = open_book(config, today)
        refuse_blocked(book)
        size = book.journal.size
        drafted = []
        for planned in list(_planned(book, provisional=provisional)):
            size = draft_one(book, planned, at, size)
            drafted.append(planned)
        return Drafts(book, tuple(drafted))


def refuse_blocked(book: Book) -> None:
    """A journal that cannot be understood stops every message: ConflictError `journal-blocked`."""
    if book.journal.blocked:
        problem = next(problem for problem in book.journal.problems if problem.code == "journal-line")
        raise ConflictError("journal-blocked", problem.message, problem.hint)


def _planned(book: Book, *, provisional: bool) -> Iterator[Drafted]:
    """What would be drafted: the letters, and the free path of each."""

    day, folder = book.day, book.path.parent
    clause_of = book.tariff.agreements.sentence_for
    sender, templates, taken = sender_of(book.config), Templates.beside(folder), set[Path]()
    firsts, shelf = first_messages(book.journal.events), shelf_of(book)
    for chase in day.chases:
        setting = setting_for(book, chase.client, provisional=provisional)
        reminder = reminder_from(chase, day.fees_of, clause_of)
        documents = find_documents((owing.invoice for owing in reminder.asked), shelf)
        composed = compose_letter(reminder, sender, setting, templates, documents)
        if composed.letter is None:
            yield Drafted(chase=chase, problems=composed.problems)
            continue
        thread = first_of(firsts, composed.letter.client, (number for number, _ in composed.letter.invoices))
        letter = replace(composed.letter, thread=thread)
        path = plan_draft(folder / FOLDER / DRAFTS, letter, day.today, taken)
        taken.add(path)
        file = path.relative_to(folder / FOLDER).as_posix()
        fees = tuple(fees_asked(reminder, day.today))
        yield Drafted(chase=chase, letter=letter, fees=fees, file=file, problems=composed.problems)


def setting_for(book: Book, client: Client, *, provisional: bool = False) -> Setting:
    """What the letter of a client shares with the others of the day."""
    return Setting(
        today=book.day.today,
        calendar=book.day.calendar,
        language=book.config.get("letters.language"),
        payments_known_until=book.day.freshness.last_payment,
        familiar=_form_of_address(book.config, client) == "tu",
        allow_provisional=provisional,
    )


def shelf_of(book: Book) -> Shelf:
    """Where the invoices of a book are as PDF, and how much of them a message may carry."""
    config = book.config
    return Shelf(
        folder=book.path.parent,
        pattern=config.get("letters.attachments"),
        megabytes=config.get("letters.attachments_mb"),
    )


def fees_asked(reminder: Reminder, today: date) -> Iterator[FeesAsked]:
    """What a letter claims of late fees, so that a later one claims what came after."""
    for owing in reminder.asked:
        if owing.fees and owing.fees.total and owing.fees.owed:
            invoice, fees = owing.invoice, owing.fees
            yield FeesAsked(invoice.number, invoice.level, today, fees.interest, fees.indemnity)


def draft_one(book: Book, planned: Drafted, at: datetime, size: int) -> int:
    """Announce the message in the journal of that size, write it, note that it was written; the journal's new size."""

    if (letter := planned.letter) is None:
        return size
    refuse_changed(book)
    sender, folder = sender_of(book.config), book.path.parent
    on_paper = letter.channel is Channel.LETTER
    content = paper_letter(letter) if on_paper else message_bytes(letter, sender, at)
    head: dict[str, Any] = {"at": at, "day": book.day.today, "workbook": book.path.name, "id": letter.id}
    reserved = Reserved(
        **head,
        client=letter.client,
        name=letter.name,
        invoices=tuple(InvoiceStep(number, step) for number, step in letter.invoices),
        file=planned.file,
        message_id="" if on_paper else message_id(letter, sender),
        to=tuple(address.email for address in letter.to),
        fees=planned.fees,
    )
    size = append_events(folder, [reserved], after=size)
    digest = write_draft(folder / FOLDER / planned.file, content)
    return append_events(folder, [DraftedEvent(**head, file=planned.file, sha256=digest)], after=size)


def settle_crashes(folder: Path, at: datetime, today: date) -> None:
    """A run that stopped between announcing a message and noting it: where the file is there the draft stands, where
    it is not nobody could send it and the step is free again. What it had half written goes."""
    for half in (folder / FOLDER / DRAFTS).rglob(".relance-*.tmp"):
        half.unlink(missing_ok=True)
    for left in unfinished(read_journal(folder).events):
        head: dict[str, Any] = {"at": at, "day": today, "workbook": left.workbook, "id": left.id}
        file = folder / FOLDER / left.file
        event = (
            DraftedEvent(**head, file=left.file, sha256=sha256(file.read_bytes()).hexdigest())
            if file.is_file()
            else Released(**head, reason="the run that announced it stopped before writing it")
        )
        append_events(folder, [event])


def refuse_changed(book: Book) -> None:
    """Nobody is written to on the strength of a workbook that is no longer the one read."""
    if not book.fingerprint.still_holds(book.path):
        raise ConflictError(
            "workbook-changed",
            msg("{file} was changed while the reminders were being drafted.", file=book.path.name),
            msg("Run relance remind again: it reads the workbook anew, and drafts nothing twice."),
        )


def _form_of_address(config: Config, client: Client) -> str:
    named = {fold_name(name): table for name, table in config.table("clients").items()}
    table = named.get(fold_name(client.name)) or named.get(fold_name(client.code)) or {}
    return str(table.get("form_of_address") or config.get("company.form_of_address"))


def sender_of(config: Config) -> Sender:
    """Who we are, from the configuration."""

    return Sender(**{name: config.get(f"company.{name}") for name in Sender.__struct_fields__})


def check_sender_of(config: Config) -> tuple[Problem, ...]:
    """What our own letterhead lacks for the letters to be complete."""

    return check_sender(sender_of(config))

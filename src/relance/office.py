"""The acts of the day, one function each: open the book, draft the reminders, make a new workbook.

The only place where the edges meet: the workbook and its journal, the letters, the configuration and the domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from relance.config import Config
from relance.domain.chase import Chase
from relance.domain.day import Day
from relance.domain.fee_values import Fees
from relance.domain.fees import compute_fees
from relance.domain.model import Client, Hold, Invoice, Kind, Ledger, SetAside
from relance.domain.names import fold
from relance.errors import ConfigError, ConflictError, Problem, UsageError, WorkbookError, msg
from relance.rulebook import Terms, load_calendar, load_policies, load_rates, load_terms
from relance.workbook.events import Drafted as DraftedEvent
from relance.workbook.events import InvoiceStep, Released, Reserved, pending_drafts, unfinished
from relance.workbook.folder import find_workbook
from relance.workbook.journal import FOLDER, Journal, append_events, hold_lock, read_journal
from relance.workbook.read import Fingerprint, open_sheets
from relance.workbook.roles import ROLES, Mapping
from relance.workbook.rows import read_ledger

if TYPE_CHECKING:
    from relance.letters.compose import Letter
    from relance.letters.sender import Sender

DRAFTS = "drafts"


class Book(Struct, frozen=True):
    """An open workbook: its file as it was read, its journal, and everything the rules say of it on a day."""

    path: Path
    fingerprint: Fingerprint
    config: Config
    journal: Journal
    terms: Terms
    day: Day


def open_book(config: Config, today: date) -> Book:
    """Find the workbook, read it and its journal, and lay the rules beside them."""
    mapping = mapping_of(config)
    path = locate(config, mapping)
    workbook = open_sheets(path)
    journal = read_journal(path.parent)
    ledger = read_ledger(workbook, mapping)
    ledger = replace(
        _with_wishes(ledger, config),
        drafts=pending_drafts(journal.events),
        problems=(*ledger.problems, *journal.problems),
    )
    terms = load_terms(config)
    day = Day(
        ledger,
        today,
        (load_policies(config), load_calendar()),
        _fees_of(terms, today),
        name=path.name,
        bounds=config.get("report.buckets"),
        fresh_days=config.get("report.freshness_days"),
    )
    return Book(path, workbook.fingerprint, config, journal, terms, day)


def locate(config: Config, mapping: Mapping) -> Path:
    """The workbook named by flag, environment or configuration, else the only tracking workbook of the folder."""

    def is_tracker(path: Path) -> bool:
        try:
            read_ledger(open_sheets(path), mapping)
        except WorkbookError:
            return False
        return True

    return find_workbook(config.folder, config.get("workbook.file"), is_tracker)


def mapping_of(config: Config) -> Mapping:
    """What the configuration says of the workbook's sheets and columns; ConfigError on an unknown role."""
    columns = config.names("columns")
    for role in columns:
        if role not in ROLES:
            raise _unknown_role(role, config)
    return Mapping(
        sheet=config.get("workbook.sheet") or None,
        header_row=config.get("workbook.header_row") or None,
        columns=columns,
        date_order=config.get("workbook.date_order") or None,
        currency=config.get("workbook.currency"),
        terms=config.get("workbook.terms"),
        clients_sheet=config.get("workbook.clients_sheet") or None,
    )


def _unknown_role(role: str, config: Config) -> ConfigError:
    setting = config.settings[f"columns.{role}"]
    near = get_close_matches(role, list(ROLES), 1, 0.5)
    return ConfigError(
        "config-unknown-role",
        msg(
            "{file}, line {line}: {role} is not a role of a column.",
            file=setting.file, line=str(setting.line), role=role,
        ),
        msg("Did you mean {key}? relance config lists the roles.", key=near[0])
        if near
        else msg("relance config lists the roles."),
    )  # fmt: skip


def _fees_of(terms: Terms, today: date) -> Callable[[Invoice], Fees]:
    rates = load_rates()

    def fees_of(invoice: Invoice) -> Fees:
        return compute_fees(invoice, terms.rule_for(invoice), terms.contract_for(invoice), rates, today)

    return fees_of


def _with_wishes(ledger: Ledger, config: Config) -> Ledger:
    """The ledger with what relance.toml says of its clients, where the workbook says nothing."""
    wishes = {fold(name): table for name, table in config.table("clients").items()}
    if not wishes:
        return ledger
    changed: dict[str, Client] = {}
    for client in ledger.clients:
        names = (fold(name) for name in (client.code, client.key, client.name) if name)
        if table := next((wishes[name] for name in names if name in wishes), None):
            changed[client.key] = _client_with(client, table)
    return replace(
        ledger,
        clients=tuple(changed.get(client.key, client) for client in ledger.clients),
        invoices=tuple(_for_client(invoice, changed) for invoice in ledger.invoices),
        credits=tuple(_for_client(note, changed) for note in ledger.credits),
    )


def _client_with(client: Client, table: dict[str, Any]) -> Client:
    said = {name: table[name] for name in ("email", "phone", "contact", "language") if table.get(name)}
    missing = {name: value for name, value in said.items() if not getattr(client, name)}
    if table.get("kind") and client.kind is None:
        missing["kind"] = Kind(table["kind"])
    if table.get("hold") and client.hold is None:
        missing["hold"] = Hold(reason="relance.toml")
    return replace(client, **missing)


def _for_client(invoice: Invoice, changed: dict[str, Client]) -> Invoice:
    client = changed.get(invoice.client.key)
    return replace(invoice, client=client) if client else invoice


class Drafted(Struct, frozen=True, kw_only=True):
    """What became of one client to be chased: a draft (its letter and file, relative to the folder `relance/`), or
    nothing to draft: `letter` None means a person calls, hands the file over, or mends a problem first."""

    chase: Chase
    letter: Letter | None = None
    file: str = ""
    problems: tuple[Problem, ...] = ()


class Drafts(Struct, frozen=True):
    """The book as it was when the drafts were made, and what became of each client to be chased."""

    book: Book
    clients: tuple[Drafted, ...]


def draft_reminders(config: Config, at: datetime, today: date, *, dry_run: bool = False) -> Drafts:
    """Draft one message per client to be chased today, each announced in the journal before its file exists.

    One relance drafts at a time in a folder, and reads workbook and journal only when it is its turn. A dry run is the
    same minus the writing. ConflictError when the journal cannot be understood, when another relance is drafting, or
    when the workbook changed since it was read; what was drafted until then is in the journal: nothing comes twice.
    """
    if dry_run:
        book = open_book(config, today)
        return Drafts(book, tuple(_planned(book)))
    folder = locate(config, mapping_of(config)).parent
    with hold_lock(folder, "remind"):
        _settle_crashes(folder, at, today)
        book = open_book(config, today)
        _refuse_blocked(book)
        size = book.journal.size
        drafted = []
        for planned in list(_planned(book)):
            size = _draft(book, planned, at, size)
            drafted.append(planned)
        return Drafts(book, tuple(drafted))


def _refuse_blocked(book: Book) -> None:
    if book.journal.blocked:
        problem = next(problem for problem in book.journal.problems if problem.code == "journal-line")
        raise ConflictError("journal-blocked", problem.message, problem.hint)


def _planned(book: Book) -> Iterator[Drafted]:
    """What would be drafted: the letters, and the free path of each."""
    from relance.letters.compose import Setting, compose_letter  # noqa: PLC0415 - only remind writes letters
    from relance.letters.drafts import plan_draft  # noqa: PLC0415
    from relance.letters.reminder import reminder_from  # noqa: PLC0415
    from relance.letters.templates import Templates  # noqa: PLC0415

    day, folder = book.day, book.path.parent
    sender, templates, taken = sender_of(book.config), Templates.beside(folder), set[Path]()
    for chase in day.chases:
        setting = Setting(
            today=day.today,
            calendar=day.calendar,
            language=book.config.get("letters.language"),
            payments_known_until=day.freshness.last_payment,
            familiar=_form_of_address(book.config, chase.client) == "tu",
        )
        reminder = reminder_from(chase, day.fees_of, lambda invoice: book.terms.contract_for(invoice).sentence)
        composed = compose_letter(reminder, sender, setting, templates)
        if composed.letter is None:
            yield Drafted(chase=chase, problems=composed.problems)
            continue
        path = plan_draft(folder / FOLDER / DRAFTS, composed.letter, day.today, taken)
        taken.add(path)
        file = path.relative_to(folder / FOLDER).as_posix()
        yield Drafted(chase=chase, letter=composed.letter, file=file, problems=composed.problems)


def _draft(book: Book, planned: Drafted, at: datetime, size: int) -> int:
    """Announce the message in the journal of that size, write it, note that it was written; the journal's new size."""
    from relance.letters.drafts import paper_letter, write_draft  # noqa: PLC0415
    from relance.letters.eml import draft_message, message_id  # noqa: PLC0415

    if (letter := planned.letter) is None:
        return size
    _refuse_changed(book)
    sender, folder = sender_of(book.config), book.path.parent
    on_paper = planned.file.endswith(".txt")
    content = paper_letter(letter) if on_paper else draft_message(letter, sender, at)
    head: dict[str, Any] = {"at": at, "day": book.day.today, "workbook": book.path.name, "id": letter.id}
    reserved = Reserved(
        **head,
        client=letter.client,
        name=letter.name,
        invoices=tuple(InvoiceStep(number, step) for number, step in letter.invoices),
        file=planned.file,
        message_id="" if on_paper else message_id(letter, sender),
        to=tuple(address.email for address in letter.to),
    )
    size = append_events(folder, [reserved], after=size)
    digest = write_draft(folder / FOLDER / planned.file, content)
    return append_events(folder, [DraftedEvent(**head, file=planned.file, sha256=digest)], after=size)


def _settle_crashes(folder: Path, at: datetime, today: date) -> None:
    """A run that stopped between announcing a message and noting it: where the file is there the draft stands, where
    it is not nobody could send it and the step is free again."""
    from hashlib import sha256  # noqa: PLC0415

    for left in unfinished(read_journal(folder).events):
        head: dict[str, Any] = {"at": at, "day": today, "workbook": left.workbook, "id": left.id}
        file = folder / FOLDER / left.file
        event = (
            DraftedEvent(**head, file=left.file, sha256=sha256(file.read_bytes()).hexdigest())
            if file.is_file()
            else Released(**head, reason="the run that announced it stopped before writing it")
        )
        append_events(folder, [event])


def _refuse_changed(book: Book) -> None:
    """Nobody is written to on the strength of a workbook that is no longer the one read."""
    if not book.fingerprint.still_holds(book.path):
        raise ConflictError(
            "workbook-changed",
            msg("{file} was changed while the reminders were being drafted.", file=book.path.name),
            msg("Run relance remind again: it reads the workbook anew, and drafts nothing twice."),
        )


def _form_of_address(config: Config, client: Client) -> str:
    named = {fold(name): table for name, table in config.table("clients").items()}
    table = named.get(fold(client.name)) or named.get(fold(client.code)) or {}
    return str(table.get("form_of_address") or config.get("company.form_of_address"))


def sender_of(config: Config) -> Sender:
    """Who we are, from the configuration."""
    from relance.letters.sender import Sender  # noqa: PLC0415 - only remind writes letters

    return Sender(**{name: config.get(f"company.{name}") for name in Sender.__struct_fields__})


def check_sender_of(config: Config) -> tuple[Problem, ...]:
    """What our own letterhead lacks for the letters to be complete."""
    from relance.letters.sender import check_sender  # noqa: PLC0415 - only remind writes letters

    return check_sender(sender_of(config))


def find_invoices(day: Day, wanted: Iterable[str]) -> list[Invoice | SetAside]:
    """The invoices of these numbers, in the order asked, rows set aside included; UsageError names the nearest ones for
    an unknown number.

    Capitals, blanks and punctuation do not count, and a short form will do where it means one number: `f41` finds
    `F-2026-041`. A number that stands on several rows gives them all.
    """
    by_name: dict[str, list[Invoice | SetAside]] = {}
    for row in (*day.ledger.invoices, *day.ledger.credits, *day.ledger.set_aside):
        if row.number:
            by_name.setdefault(_bare(row.number), []).append(row)
    found: list[Invoice | SetAside] = []
    for number in wanted:
        key = _bare(number)
        if key not in by_name:
            alike = [name for name in by_name if key and _is_short_for(key, name)]
            if len(alike) != 1:
                raise _unknown_invoice(number, day, by_name)
            key = alike[0]
        found += by_name[key]
    return found


def _bare(number: str) -> str:
    return fold(number).replace(" ", "")


def _is_short_for(key: str, name: str) -> bool:
    """Whether a short form means this number: same letters, and the figures end alike (`f41` for `f2026041`)."""
    letters, figures = re.fullmatch(r"(\D*)(.*)", key).groups()  # type: ignore[union-attr]  # matches everything
    return (
        bool(figures)
        and name.startswith(letters)
        and re.search(rf"(?:^|\D|\d{{4}})0*{re.escape(figures)}$", name) is not None
    )


def _unknown_invoice(number: str, day: Day, by_name: dict[str, list[Invoice | SetAside]]) -> UsageError:
    near = [by_name[name][0].number for name in get_close_matches(_bare(number), list(by_name), 3, 0.6)]
    return UsageError(
        "invoice-unknown",
        msg("There is no invoice {number} in {file}.", number=number, file=day.name),
        msg("The nearest are: {numbers}.", numbers=near) if near else msg("relance invoices --all lists them."),
    )

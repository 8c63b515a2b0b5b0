"""The statement of account of a client: the book and our letterhead in, the value that is shown or printed out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from relance.config import Config
from relance.domain.measures.statement import Creditor, Statement, compute_accounts
from relance.domain.model import Client
from relance.domain.names import fold_name
from relance.domain.settled import Invoices
from relance.errors import Message, msg, msg_n
from relance.language import LANGUAGES
from relance.office.book import Book
from relance.office.find import find_client, names_of

if TYPE_CHECKING:
    from relance.letters.sender import Sender


def make_statement(book: Book, who: str, start: date | None = None, language: str = "") -> Statement:
    """The statement of the client named, as of the day of the book, in `language` or else the client's own. UsageError
    when no client, or several, are called so."""
    day, client = book.day, find_client(book.day, who)
    return Statement(
        client=client,
        creditor=creditor_of(book.config),
        language=language or language_of(client, book.config),
        start=start,
        until=day.today,
        accounts=compute_accounts(day.ledger, client, day.today, start),
        left_out=tuple(
            row.number or str(row.where) for row in day.ledger.set_aside if fold_name(row.client) in names_of(client)
        ),
    )


def print_statement(book: Book, statement: Statement) -> bytes:
    """The statement as PDF, with the templates beside the workbook where there are some. UsageError `pdf-missing`,
    ConfigError `template-broken`."""
    from relance.letters.pdf_statement import statement_pdf  # noqa: PLC0415 - only what is sent needs the letters

    return statement_pdf(statement, book.path.parent)


def cautions_of(book: Book, statement: Statement) -> Iterator[Message]:
    """What the owner should know before this statement leaves, and the client need not."""
    if statement.left_out:
        yield msg_n(
            "{n} row of this client cannot be read with certainty and is not in the statement: {numbers}.",
            "{n} rows of this client cannot be read with certainty and are not in the statement: {numbers}.",
            len(statement.left_out),
            numbers=statement.left_out,
        )
    rows = Invoices.of(book.day.ledger.invoices).unsettled
    unseen = tuple(row.number for _, row in rows if row.unseen and row.client.key == statement.client.key)
    if unseen:
        yield msg(
            "The journal knows of payments that the workbook does not show: the statement still asks for {numbers}.",
            numbers=unseen,
        )
    if not statement.creditor.iban:
        yield msg("The statement cannot say where to pay: write your IBAN in relance.toml, [company] iban.")


def language_of(client: Client, config: Config) -> str:
    """The language a client reads: its own where somebody said it, else that of letters."""
    return client.language if client.language in LANGUAGES else str(config.get("letters.language"))


def creditor_of(config: Config) -> Creditor:
    """Our letterhead, from the configuration."""
    from relance.office.stationery import sender_of  # noqa: PLC0415 - only what is sent needs the letters

    return creditor_from(sender_of(config))


def creditor_from(sender: Sender) -> Creditor:
    """A letterhead; an IBAN whose check digits do not hold is left out."""
    from relance.letters.sender import sender_variables  # noqa: PLC0415 - only what is sent needs the letters

    known = sender_variables(sender)
    plain = {name: str(known[name]) for name in Creditor.__struct_fields__ if name != "address"}
    lines = known["address"]
    return Creditor(**plain, address=lines if isinstance(lines, tuple) else ())

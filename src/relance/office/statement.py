"""The statement of account of a client: the book and our letterhead in, the value that is shown or printed out."""

from __future__ import annotations

from datetime import date

from relance.config import Config
from relance.domain.model import Client
from relance.domain.names import fold_name
from relance.domain.statement import Creditor, Statement, compute_accounts
from relance.language import LANGUAGES
from relance.office.book import Book
from relance.office.find import find_client, names_of


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


def language_of(client: Client, config: Config) -> str:
    """The language a client reads: its own where somebody said it, else that of letters."""
    return client.language if client.language in LANGUAGES else str(config.get("letters.language"))


def creditor_of(config: Config) -> Creditor:
    """Our letterhead, from the configuration; an IBAN whose check digits do not hold is left out."""
    from relance.letters.sender import sender_variables  # noqa: PLC0415 - only what is sent needs the letters
    from relance.office.remind import sender_of  # noqa: PLC0415

    known = sender_variables(sender_of(config))
    plain = {name: str(known[name]) for name in Creditor.__struct_fields__ if name != "address"}
    lines = known["address"]
    return Creditor(**plain, address=lines if isinstance(lines, tuple) else ())

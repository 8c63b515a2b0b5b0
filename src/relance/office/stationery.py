"""What the configuration gives every letter: who writes, in which form of address, with which enclosures.

It must not know whom to write to, nor what the letter says.
"""

from __future__ import annotations

from relance.config import Config
from relance.domain.model import Client
from relance.errors import Problem
from relance.letters.compose import Setting
from relance.letters.documents import Shelf
from relance.letters.sender import Sender, check_sender
from relance.office.book import Book


def sender_of(config: Config) -> Sender:
    """Who we are, from the configuration."""
    return Sender(**{name: config.get(f"company.{name}") for name in Sender.__struct_fields__})


def check_sender_of(config: Config) -> tuple[Problem, ...]:
    """What our own letterhead lacks for the letters to be complete."""
    return check_sender(sender_of(config))


def setting_for(book: Book, client: Client, *, provisional: bool = False) -> Setting:
    """What the letter of a client shares with the others of the day."""
    return Setting(
        today=book.day.today,
        calendar=book.day.calendar,
        language=book.config.get("letters.language"),
        payments_known_until=book.day.freshness.last_payment,
        familiar=(client.form_of_address or book.config.get("company.form_of_address")) == "tu",
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

"""Messages of ours found again in a mailbox: by their Message-ID, else by the mark in their text, since some mail
programs replace the Message-ID when a draft is sent.

It must not know what is noted of them.
"""

from __future__ import annotations

from datetime import date
from email.utils import parsedate_to_datetime

from msgspec import Struct

from relance.letters.imap import Folder, Mailbox, parse_message
from relance.letters.references import reference_of, references_in


class Found(Struct, frozen=True):
    """A message found: its bytes, and the local day of its Date header (None where it has none that can be read)."""

    content: bytes
    on: date | None


def find_message(mailbox: Mailbox, folder: Folder, id_: str, message_id: str) -> Found | None:
    """The message of that id, as it stands in a folder; None where it is not there.

    The mark counts only where the message bears it itself: an answer that quotes it is another message.
    """
    for uid in mailbox.with_id(folder, message_id):
        if content := mailbox.fetch(folder, uid):
            return Found(content, _day(content))
    mark = reference_of(id_)
    for uid in mailbox.with_text(folder, mark):
        content = mailbox.fetch(folder, uid)
        if mark in references_in(parse_message(content)):
            return Found(content, _day(content))
    return None


def _day(content: bytes) -> date | None:
    try:
        return parsedate_to_datetime(str(parse_message(content)["Date"])).astimezone().date()
    except (TypeError, ValueError, IndexError):
        return None

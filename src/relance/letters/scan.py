"""Messages of ours found again in a mailbox: by their Message-ID, else by the mark in their text, since some mail
programs replace the Message-ID when a draft is sent.

It must not know what is noted of them.
"""

from __future__ import annotations

import re
from datetime import date
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from msgspec import Struct

from relance.letters.imap import Folder, Mailbox, parse_message
from relance.letters.references import reference_of, references_in

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


class Found(Struct, frozen=True):
    """A message found: its bytes, the local day of its Date header (None where it has none that can be read), and its
    Message-ID ("" where it has none that others could answer to)."""

    content: bytes
    on: date | None
    message_id: str


def find_message(mailbox: Mailbox, folder: Folder, id_: str, message_id: str) -> Found | None:
    """The message of that id, as it stands in a folder; None where it is not there.

    The mark counts only where the message bears it itself: an answer that quotes it is another message.
    """
    for uid in mailbox.with_id(folder, message_id):
        if content := mailbox.fetch(folder, uid):
            return _found(content)
    mark = reference_of(id_)
    for uid in mailbox.with_text(folder, mark):
        content = mailbox.fetch(folder, uid)
        if mark in references_in(parse_message(content)):
            return _found(content)
    return None


def _found(content: bytes) -> Found:
    message = parse_message(content)
    written = str(message["Message-ID"] or "").strip()
    return Found(content, _day(message), written if _MESSAGE_ID.fullmatch(written) else "")


def _day(message: EmailMessage) -> date | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).astimezone().date()
    except (TypeError, ValueError, IndexError):
        return None

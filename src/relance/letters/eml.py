"""A letter -> the bytes of an e-mail: a draft that a person opens, edits and sends, or the message a server takes.

RFC 5322, lines of CR LF, ASCII throughout. X-Unsent is Outlook's and Thunderbird's mark of an unsent message. There is
no Auto-Submitted: a person sends each message, or confirms it. Values reach headers clean of line breaks, as RFC 2047
words where they are not plain ASCII. Documents are read when the bytes are made. It must not know where files lie.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime

from relance.letters.addresses import Address, check_email, parse_recipients
from relance.letters.compose import Letter, code_id
from relance.letters.documents import read_document
from relance.letters.mime import file_part, join_parts, text_part
from relance.letters.qr import transfer_picture
from relance.letters.sender import Sender
from relance.letters.text import clean, one_line

_NO_DOMAIN = "relance.invalid"  # RFC 2606: a name that is nobody's
_LINE = 76
_WORD = 45  # bytes that make an encoded word of 72 signs
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}>")


def message_id(letter: Letter, sender: Sender) -> str:
    """The Message-ID of a letter, under the sender's own domain: the same whenever it is made again.

    >>> _domain(Sender(email="compta@dupont.fr")), _domain(Sender())
    ('dupont.fr', 'relance.invalid')
    """
    return f"<relance.{letter.id}@{_domain(sender)}>"


def message_bytes(letter: Letter, sender: Sender, at: datetime, *, unsent: bool = True) -> bytes:
    """The message; `at` is the local time, with its offset.

    `unsent` marks a file as an editable draft (X-Unsent); not for a mailbox's Drafts folder nor for a server. Hidden
    copies stand in a header, which a draft needs; `smtp.envelope_of` reads them and takes them out.
    From and Reply-To are left to the mail program where the sender's address is not set. The body keeps one line per
    paragraph: the reader's window wraps it, and the sender edits it as written. ConflictError `attachment-changed`.
    """
    head = [*_people(letter, sender), *_identity(letter, sender, at, unsent=unsent)]
    lines = "".join(f"{name}: {value}\r\n" for name, value in head)
    return lines.encode("ascii") + _content(letter)


def _content(letter: Letter) -> bytes:
    """The text alone, or text and page side by side, with the code of the transfer beside the page; then the
    documents."""
    part = text_part("plain", letter.body)
    if letter.html:
        shown = text_part("html", letter.html)
        if letter.payload:
            picture = file_part("image/png", transfer_picture(letter.payload), "virement.png", code_id(letter.id))
            shown = join_parts("related", (shown, picture), letter.id)
        part = join_parts("alternative", (part, shown), letter.id)
    if letter.attachments:
        files = (file_part("application/pdf", read_document(one), one.name) for one in letter.attachments)
        part = join_parts("mixed", (part, *files), letter.id)
    return b"MIME-Version: 1.0\r\n" + part.to_bytes()


def _people(letter: Letter, sender: Sender) -> Iterator[tuple[str, str]]:
    """The headers that hold names and subject, encoded here: folding by `EmailMessage` loses blanks beside words that
    are not ASCII."""
    name, own, answers = clean(sender.name), check_email(clean(sender.email)), check_email(clean(sender.reply_to))
    if own:
        yield "From", _write_address(Address(own, name))
    if answers and answers != own:
        yield "Reply-To", _write_address(Address(answers, name))
    yield "To", _write_addresses(letter.to)
    if copies := _copies(letter, sender.cc):
        yield "Cc", _write_addresses(copies)
    shown = {address.email.lower() for address in copies}
    hidden = tuple(address for address in _copies(letter, sender.bcc) if address.email.lower() not in shown)
    if hidden:
        yield "Bcc", _write_addresses(hidden)
    yield "Subject", _encode(one_line(letter.subject), "Subject")


def _identity(letter: Letter, sender: Sender, at: datetime, *, unsent: bool) -> Iterator[tuple[str, str]]:
    yield "Date", format_datetime(at)
    yield "Message-ID", message_id(letter, sender)
    if _MESSAGE_ID.fullmatch(letter.thread) and letter.thread != message_id(letter, sender):
        yield "In-Reply-To", letter.thread
        yield "References", letter.thread
    yield "Content-Language", letter.language
    if unsent:
        yield "X-Unsent", "1"


def _copies(letter: Letter, cell: str) -> tuple[Address, ...]:
    """The addresses of a setting that are not those the letter is for."""
    written = {address.email.lower() for address in letter.to}
    return tuple(address for address in parse_recipients(cell).addresses if address.email.lower() not in written)


def _write_addresses(addresses: tuple[Address, ...]) -> str:
    return ",\r\n ".join(map(_write_address, addresses))


def _write_address(address: Address) -> str:
    name = clean(address.name)
    if not name:
        return address.email
    if _is_plain(name):
        return '"' + name.replace("\\", r"\\").replace('"', r"\"") + f'" <{address.email}>'
    return f"{_encode(name, 'Reply-To')}\r\n <{address.email}>"


def _encode(text: str, header: str) -> str:
    """The text as it stands where it is plain and short; else as encoded words (RFC 2047), a line each, none of which
    cuts a character. (`email.header` gives the same, ten times slower.)"""
    if _is_plain(text) and len(text) < _LINE - len(header):
        return text
    words, word, room = [], "", _WORD - len(header)
    for mark in text:
        if len((word + mark).encode()) > room:
            words.append(word)
            word, room = "", _WORD
        word += mark
    encoded = (b2a_base64(one.encode(), newline=False).decode() for one in (*words, word))
    return "\r\n ".join(f"=?utf-8?b?{one}?=" for one in encoded)


def _is_plain(text: str) -> bool:
    return text.isascii() and len(text) < _LINE - len("Reply-To: ") and "=?" not in text


def _domain(sender: Sender) -> str:
    own = check_email(clean(sender.email))
    return own.rpartition("@")[2] if own else _NO_DOMAIN

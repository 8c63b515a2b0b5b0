"""A letter -> the bytes of an e-mail that a mail program opens as a draft (RFC 5322; X-Unsent is Outlook's and
Thunderbird's mark of an unsent message).

Values reach headers clean of line breaks, as RFC 2047 words where they are not plain ASCII. It must not know files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP

from relance.letters.addresses import Address, check_email
from relance.letters.compose import Letter
from relance.letters.sender import Sender
from relance.letters.text import clean, one_line

_NO_DOMAIN = "relance.invalid"  # RFC 2606: a name that is nobody's
_LINE = 76


def message_id(letter: Letter, sender: Sender) -> str:
    """The Message-ID of a letter, under the sender's own domain: the same whenever it is made again.

    >>> _domain(Sender(email="compta@dupont.fr")), _domain(Sender())
    ('dupont.fr', 'relance.invalid')
    """
    return f"<relance.{letter.id}@{_domain(sender)}>"


def draft_message(letter: Letter, sender: Sender, at: datetime) -> bytes:
    """The message with its headers and CR LF lines; `at` is the local time, with its offset.

    From and Reply-To are left to the mail program where the sender's address is not set. The body keeps one line per
    paragraph: the reader's window wraps it, and the sender edits it as written.
    """
    message = EmailMessage(policy=SMTP)
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = letter.language
    message["Date"] = at
    message["Message-ID"] = message_id(letter, sender)
    message["X-Unsent"] = "1"
    lines = "".join(f"{name}: {value}\r\n" for name, value in _people_and_subject(letter, sender))
    return lines.encode("ascii") + message.as_bytes()


def _people_and_subject(letter: Letter, sender: Sender) -> Iterator[tuple[str, str]]:
    """The headers that hold names and subject, encoded here: folding by `EmailMessage` loses blanks beside words that
    are not ASCII."""
    name, own, answers = clean(sender.name), check_email(clean(sender.email)), check_email(clean(sender.reply_to))
    if own:
        yield "From", _write_address(Address(own, name))
    yield "To", ",\r\n ".join(_write_address(to) for to in letter.to)
    if answers and answers != own:
        yield "Reply-To", _write_address(Address(answers, name))
    yield "Subject", _encode(one_line(letter.subject), "Subject")


def _write_address(address: Address) -> str:
    name = clean(address.name)
    if not name:
        return address.email
    if _is_plain(name):
        return '"' + name.replace("\\", r"\\").replace('"', r"\"") + f'" <{address.email}>'
    return f"{_encode(name, 'Reply-To')}\r\n <{address.email}>"


def _encode(text: str, header: str) -> str:
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, maxlinelen=_LINE, header_name=header).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    return text.isascii() and len(text) < _LINE - len("Reply-To: ") and "=?" not in text


def _domain(sender: Sender) -> str:
    own = check_email(clean(sender.email))
    return own.rpartition("@")[2] if own else _NO_DOMAIN

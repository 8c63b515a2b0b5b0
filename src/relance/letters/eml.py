"""A letter -> the bytes of an e-mail that a mail program opens as a draft (RFC 5322; X-Unsent is Outlook's and
Thunderbird's mark of an unsent message).

Values reach headers only through `email`'s own types, clean of line breaks. It must not know files.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP

from relance.letters.addresses import check_email
from relance.letters.compose import Letter
from relance.letters.sender import Sender
from relance.letters.text import clean

_NO_DOMAIN = "relance.invalid"  # RFC 2606: a name that is nobody's


def message_id(letter: Letter, sender: Sender) -> str:
    """The Message-ID of a letter, under the sender's own domain: the same whenever it is made again.

    >>> from relance.letters.sender import Sender
    >>> _domain(Sender(email="compta@dupont.fr")), _domain(Sender())
    ('dupont.fr', 'relance.invalid')
    """
    return f"<relance.{letter.id}@{_domain(sender)}>"


def draft_message(letter: Letter, sender: Sender, at: datetime) -> bytes:
    """The message with its headers and CR LF lines; `at` is the local time, with its offset.

    From and Reply-To are left to the mail program where the sender's address is not set.
    """
    message = EmailMessage(policy=SMTP)
    own, answers = check_email(clean(sender.email)), check_email(clean(sender.reply_to))
    if own:
        message["From"] = MailAddress(clean(sender.name), addr_spec=own)
    message["To"] = [MailAddress(clean(to.name), addr_spec=to.email) for to in letter.to]
    if answers and answers != own:
        message["Reply-To"] = MailAddress(clean(sender.name), addr_spec=answers)
    message["Subject"] = clean(letter.subject)
    message["Date"] = at
    message["Message-ID"] = message_id(letter, sender)
    message["X-Unsent"] = "1"
    message["Content-Language"] = letter.language
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def _domain(sender: Sender) -> str:
    own = check_email(clean(sender.email))
    return own.rpartition("@")[2] if own else _NO_DOMAIN

"""A finished message handed to a mail server (RFC 5321), and what is certain afterwards: taken, not taken, or unknown.

The message is given as the bytes that are kept; Bcc and X-Unsent stay out of what travels. It must not know why a
message is sent, nor what is noted of it.
"""

from __future__ import annotations

import re
import smtplib
import time
from base64 import b64encode
from contextlib import suppress
from email import policy
from email.parser import BytesHeaderParser
from types import TracebackType

from msgspec import Struct

from relance.errors import DoubtfulError, Message, NotTakenError, msg
from relance.letters.accounts import (
    TIMEOUT,
    Account,
    as_sentence,
    check_account,
    dropped,
    login_refused,
    no_greeting,
    no_login,
    no_starttls,
    not_reached,
    verified,
)

_PRIVATE = re.compile(rb"^(?:Bcc|X-Unsent):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.IGNORECASE | re.MULTILINE)
_DOT = re.compile(rb"^\.", re.MULTILINE)
_LAST_ANSWER_SECONDS = 600  # RFC 5321, 4.5.3.2.6: a server may take ten minutes to acknowledge


class Refused(Struct, frozen=True):
    """A recipient the server refused, and what it answered; the message went to the others."""

    email: str
    answer: str


class Envelope(Struct, frozen=True):
    """Who sends to whom, and the bytes that travel."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


def envelope_of(message: bytes) -> Envelope:
    """The envelope of a message: sender from From, recipients from To, Cc and Bcc, each once; Bcc does not travel.

    NotTakenError `mail-no-sender` or `mail-no-recipient` where one is missing.

    >>> envelope_of(b"From: a@x.fr\\r\\nTo: b@y.fr\\r\\nBcc: c@x.fr\\r\\n\\r\\nHello\\r\\n").recipients
    ('b@y.fr', 'c@x.fr')
    """
    head, _, body = message.partition(b"\r\n\r\n")
    parsed = BytesHeaderParser(policy=policy.default).parsebytes(head + b"\r\n\r\n")
    named = {
        name: [address.addr_spec for header in parsed.get_all(name, []) for address in header.addresses]
        for name in ("From", "To", "Cc", "Bcc")
    }
    if not named["From"]:
        raise NotTakenError(
            "mail-no-sender",
            msg("The message has no sender."),
            msg("Write your address in relance.toml: [company] email"),
        )
    recipients = tuple(dict.fromkeys([*named["To"], *named["Cc"], *named["Bcc"]]))
    if not recipients:
        raise NotTakenError(
            "mail-no-recipient",
            msg("The message has no recipient."),
            msg("Write the client’s e-mail address in the workbook."),
        )
    return Envelope(named["From"][0], recipients, _PRIVATE.sub(b"", head + b"\r\n") + b"\r\n" + body)


class Relay:
    """A conversation with a mail server: opened at the first message, opened anew after it broke, no faster than the
    account allows."""

    def __init__(self, account: Account, password: str) -> None:
        self.account = check_account(account)
        self._password = password
        self._server: smtplib.SMTP | None = None
        self._last = 0.0

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server.close()
            self._server = None

    def open(self) -> smtplib.SMTP:
        """The conversation, logged in. DeliveryError in words when it cannot be had."""
        if self._server is None:
            self._server = _connect(self.account, self._password)
        return self._server

    def send(self, message: bytes) -> tuple[Refused, ...]:
        """Send one message; the recipients refused while others were taken.

        NotTakenError when it certainly did not leave, DoubtfulError when nobody can tell; another DeliveryError when
        the server could not be reached or refuses the login (it did not leave either).
        """
        envelope = envelope_of(message)
        self._wait()
        server = self._usable()
        try:
            refused = self._announce(server, envelope)
            server.send(_ended(envelope.content))
        except smtplib.SMTPResponseException as error:
            raise self._not_taken(_said(error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._not_taken(msg("it ended the connection.")) from error
        self._finish(server)
        return refused

    def _usable(self) -> smtplib.SMTP:
        """The conversation, opened anew where the server ended it while nothing was under way."""
        server = self.open()
        with suppress(OSError, smtplib.SMTPException):
            if server.noop()[0] == 250:
                return server
        self._close()
        return self.open()

    def _wait(self) -> None:
        if self.account.per_minute and self._last:
            time.sleep(max(0.0, self._last + 60 / self.account.per_minute - time.monotonic()))
        self._last = time.monotonic()

    def _announce(self, server: smtplib.SMTP, envelope: Envelope) -> tuple[Refused, ...]:
        """Everything before the text: nothing of it counts until the text has ended."""
        _expect(server.mail(envelope.sender), {250})
        refused = []
        for email in envelope.recipients:
            code, answer = server.rcpt(email)
            if code == 421:
                raise smtplib.SMTPResponseException(code, answer)
            if code not in {250, 251}:
                refused.append(Refused(email, _said(code, answer)))
        if len(refused) == len(envelope.recipients):
            raise self._all_refused(server, refused)
        _expect(server.docmd("DATA"), {354})
        return tuple(refused)

    def _all_refused(self, server: smtplib.SMTP, refused: list[Refused]) -> NotTakenError:
        with suppress(OSError, smtplib.SMTPException):
            server.rset()
        return NotTakenError(
            "mail-recipients",
            msg(
                "{host} refuses {emails}: {answer}",
                host=self.account.host,
                emails=[one.email for one in refused],
                answer=refused[0].answer,
            ),
            msg("Correct the address in the workbook, or call the client; nothing was sent."),
        )

    def _finish(self, server: smtplib.SMTP) -> None:
        """The line that ends the text: from here on the server may have the message."""
        try:
            if server.sock:
                server.sock.settimeout(_LAST_ANSWER_SECONDS)
            server.send(b".\r\n")
            code, answer = server.getreply()
            if server.sock:
                server.sock.settimeout(TIMEOUT)
        except (OSError, smtplib.SMTPException) as error:
            raise self._doubtful() from error
        if 400 <= code <= 599:
            raise self._not_taken(_said(code, answer), server=server if code != 421 else None)
        if not 200 <= code <= 299:
            raise self._doubtful()

    def _not_taken(self, answer: Message | str, server: smtplib.SMTP | None = None) -> NotTakenError:
        if server is None:
            self._close()
        return NotTakenError(
            "mail-not-taken",
            msg("{host} did not take the message: {answer}", host=self.account.host, answer=answer),
            msg("It did not leave; the next relance remind tries again."),
        )

    def _doubtful(self) -> DoubtfulError:
        self._close()
        return DoubtfulError(
            "mail-unknown",
            msg("{host} broke off before it said whether it took the message.", host=self.account.host),
            msg("It is not sent again by itself. Ask the client, then: relance sent NUMBER, or relance failed NUMBER."),
        )

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _connect(account: Account, password: str) -> smtplib.SMTP:
    """A server reached, encrypted and logged in."""
    host, port = account.address
    try:
        if account.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, local_hostname="[127.0.0.1]", timeout=TIMEOUT, context=verified()
            )
        else:
            server = _greeted(account)
        if account.security == "starttls":
            server.ehlo()
            if not server.has_extn("starttls"):
                server.close()
                raise no_starttls(account)
            server.starttls(context=verified())
        server.ehlo_or_helo_if_needed()
        _log_in(server, account, password)
    except OSError as error:  # smtplib's own errors are OSErrors too
        if isinstance(error, smtplib.SMTPAuthenticationError):
            raise login_refused(account, _said(error.smtp_code, error.smtp_error)) from error
        if isinstance(error, smtplib.SMTPResponseException):
            raise dropped(account, _said(error.smtp_code, error.smtp_error)) from error
        if isinstance(error, smtplib.SMTPException):
            raise dropped(account) from error
        raise not_reached(error, account) from error
    return server


def _greeted(account: Account) -> smtplib.SMTP:
    """A server reached in clear that said its first word."""
    host, port = account.address
    try:
        return smtplib.SMTP(host, port, local_hostname="[127.0.0.1]", timeout=TIMEOUT)
    except (smtplib.SMTPServerDisconnected, ConnectionResetError) as error:
        raise no_greeting(account) from error


def _log_in(server: smtplib.SMTP, account: Account, password: str) -> None:
    """PLAIN (RFC 4616), else LOGIN, in UTF-8, which smtplib cannot; XOAUTH2 for a token; else what smtplib knows."""
    if not account.user:
        return
    offered = server.esmtp_features.get("auth", "").upper().split()
    if not offered:
        raise no_login(account)
    if account.login == "token":
        reply = server.docmd("AUTH", "XOAUTH2 " + _base64(f"user={account.user}\1auth=Bearer {password}\1\1"))
        reply = server.docmd("") if reply[0] == 334 else reply
    elif "PLAIN" in offered:
        reply = server.docmd("AUTH", "PLAIN " + _base64(f"\0{account.user}\0{password}"))
    elif "LOGIN" in offered:
        reply = server.docmd("AUTH", "LOGIN " + _base64(account.user))
        reply = server.docmd(_base64(password)) if reply[0] == 334 else reply
    else:
        reply = server.login(account.user, password)
    if reply[0] not in {235, 503}:
        raise smtplib.SMTPAuthenticationError(*reply)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


def _expect(reply: tuple[int, bytes], codes: set[int]) -> None:
    if reply[0] not in codes:
        raise smtplib.SMTPResponseException(*reply)


def _ended(content: bytes) -> bytes:
    """The text as it travels, without the line that ends it: CR LF, points at line starts doubled."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return _DOT.sub(b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return as_sentence(f"{code} {text}")

"""The cases of errors met on the way to a mail server."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

from error_folders import DAY, Case, configure
from mail_servers import Authority, Received, scripted_server, smtp_server
from relance.letters.accounts import Account, check_account, keep_password, not_reached, password_of
from relance.letters.smtp import deliver

TEXT = b"From: a@x.example\r\nTo: b@y.example\r\n\r\nBonjour\r\n"
ACCOUNT = Account(protocol="smtp", host="localhost", port=9, security="none")
KNOWN = Account(protocol="imap", host="mail.x.example", user="compta")
COMMANDED = Account(protocol="imap", host="mail.x.example", user="compta", password_command="exit 1")


def _sent(message: bytes = TEXT, **said: Any) -> Callable[[Path], object]:
    """A message given to a server that misbehaves as `answer`, `drop` or `refuse` say."""

    def send(_folder: Path) -> object:
        received = Received()
        for name, value in said.items():
            setattr(received, name, copy(value))
        with smtp_server(None, received) as port:
            return deliver(Account(protocol="smtp", host="localhost", port=port, security="none"), "", message)

    return send


def _talking(line: bytes, security: str = "none") -> Callable[[Path], object]:
    """A server that says one line, then ends."""

    def send(_folder: Path) -> object:
        with scripted_server(lambda connection: connection.sendall(line)) as port:
            return deliver(Account(protocol="smtp", host="localhost", port=port, security=security), "", TEXT)

    return send


def _failing(error: OSError) -> Callable[[Path], object]:
    def fail(_folder: Path) -> object:
        raise not_reached(error, ACCOUNT)

    return fail


def _login(_folder: Path) -> object:
    with smtp_server(None, Received()) as port:
        return deliver(Account(protocol="smtp", host="localhost", port=port, security="none", user="x"), "y", TEXT)


def _strange_certificate(folder: Path) -> object:
    with smtp_server(Authority(folder), Received(), tls="tls") as port:
        return deliver(Account(protocol="smtp", host="localhost", port=port), "", TEXT)


def _starttls(_folder: Path) -> object:
    with smtp_server(None, Received()) as port:
        return deliver(Account(protocol="smtp", host="localhost", port=port, security="starttls"), "", TEXT)


def _without_keyring(_folder: Path) -> object:
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    try:
        return keep_password(KNOWN, "secret")
    finally:
        del os.environ["PYTHON_KEYRING_BACKEND"]


MAIL: tuple[Case, ...] = (
    Case("config-password", 4, ("status", *DAY), configure('[smtp]\npassword = "azerty"\n')),
    Case("config-own-only", 4, ("status", *DAY), configure('[smtp]\nhost = "smtp.x.example"\n')),
    Case("mail-no-account", 4, (), act=lambda _: check_account(Account(protocol="smtp", host=""))),
    Case("mail-clear", 4, (), act=lambda _: check_account(Account(protocol="imap", host="x.example", security="none"))),
    Case("mail-password", 4, (), act=lambda _: password_of(KNOWN)),
    Case("mail-password-command", 4, (), act=lambda _: password_of(COMMANDED)),
    Case("mail-keyring", 4, (), act=_without_keyring),
    Case("mail-host", 6, (), act=_failing(socket.gaierror(-2, "Name or service not known"))),
    Case("mail-refused", 6, (), act=lambda _: deliver(ACCOUNT, "", TEXT)),
    Case("mail-silent", 6, (), act=_failing(TimeoutError("timed out"))),
    Case("mail-network", 6, (), act=_failing(OSError(101, "Network is unreachable"))),
    Case("mail-certificate", 6, (), act=_strange_certificate),
    Case("mail-tls", 6, (), act=_talking(b"220 not TLS\r\n", "tls")),
    Case("mail-no-starttls", 6, (), act=_starttls),
    Case("mail-login", 6, (), act=_login),
    Case("mail-answer", 6, (), act=_talking(b"554 go away\r\n")),
    Case("mail-no-sender", 6, (), act=_sent(b"To: b@y.example\r\n\r\nBonjour\r\n")),
    Case("mail-no-recipient", 6, (), act=_sent(b"From: a@x.example\r\n\r\nBonjour\r\n")),
    Case("mail-recipients", 6, (), act=_sent(refuse={"b@y.example"})),
    Case("mail-not-taken", 6, (), act=_sent(answers=["451 try later"])),
    Case("mail-unknown", 6, (), act=_sent(drop="after-taking")),
)  # fmt: skip

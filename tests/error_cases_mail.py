"""The cases of errors met on the way to a mail server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from copy import copy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from error_folders import DAY, Case, configure, without_library
from mail_servers import Authority, Received, deliver, own_configuration, scripted_server, smtp_server
from relance.cli import main
from relance.config import Environment, load_config
from relance.language import Language
from relance.letters.accounts import Account, check_account, keep_password, not_reached, password_of
from relance.letters.imap import Folder, Mailbox
from relance.office.acts.record import open_desk
from relance.office.acts.scan import Scan
from relance.office.book import locate, open_book
from relance.office.report import compare
from relance.office.report_mail import mail_report
from relance.reports.views.report import report_view
from relance.settings_file import user_folder

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


def _login_refused(_folder: Path) -> object:
    def talk(connection: Any) -> None:
        connection.sendall(b"220 ready\r\n")
        for line in connection.makefile("rb"):
            said = b"250-hello\r\n250 AUTH PLAIN\r\n" if line.upper().startswith(b"EHLO") else b"535 5.7.8 wrong.\r\n"
            connection.sendall(said)

    with scripted_server(talk) as port:
        return deliver(Account(protocol="smtp", host="localhost", port=port, security="none", user="x"), "y", TEXT)


def _strange_certificate(folder: Path) -> object:
    with smtp_server(Authority(folder), Received(), tls="tls") as port:
        return deliver(Account(protocol="smtp", host="localhost", port=port), "", TEXT)


def _starttls(_folder: Path) -> object:
    with smtp_server(None, Received()) as port:
        return deliver(Account(protocol="smtp", host="localhost", port=port, security="starttls"), "", TEXT)


def _without_keyring(_folder: Path) -> object:
    with without_library("keyring"):
        return keep_password(KNOWN, "secret")


def _mailbox(use: Callable[[Mailbox], object]) -> Callable[[Path], object]:
    """A mailbox without folders of drafts or sent messages, which takes nothing."""
    answers = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1",
        "LIST": '* LIST (\\HasNoChildren) "/" "INBOX"\r\n* LIST (\\HasNoChildren) "/" "Clients"',
    }

    def talk(connection: Any) -> None:
        reader = connection.makefile("rb")
        connection.sendall(b"* OK ready\r\n")
        for line in reader:
            tag, command, *_ = line.decode().split()
            said = answers.get(command.upper(), "")
            end = "NO mailbox full" if command.upper() == "APPEND" else "OK done"
            connection.sendall((said + "\r\n" if said else "").encode() + f"{tag} {end}\r\n".encode())

    def open_it(_folder: Path) -> object:
        with scripted_server(talk) as port:
            account = Account(protocol="imap", host="localhost", port=port, security="none", user="compta")
            with Mailbox(account, "secret") as mailbox:
                return use(mailbox)

    return open_it


def _draft_waiting(folder: Path) -> None:
    assert main(("remind", "--quiet", *DAY)) == 0


def _scan_nothing(folder: Path) -> object:
    config = load_config(folder, Environment())
    path = locate(config)
    desk = open_desk(config, path, datetime(2026, 11, 20, 8, 15).astimezone(), date(2026, 11, 20))
    return _mailbox(lambda mailbox: Scan(mailbox).decide(desk))(folder)


def _report_refused(folder: Path) -> object:
    """One of two addresses is not known to the server."""
    received = Received()
    received.refuse = {"paul@x.example"}
    with smtp_server(None, received) as port:
        own_configuration(f'[smtp]\nhost = "localhost"\nport = {port}\nsecurity = "none"\n')
        config = load_config(folder, Environment(), user_folder())
        book = open_book(config, date(2026, 11, 20))
        view = report_view(compare(book).digest)
        to = ("marie@x.example", "paul@x.example")
        return mail_report(
            book, view, Language("fr"), to, datetime(2026, 11, 20, 7, tzinfo=UTC), passwords={}, again=True
        )


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
    Case("mail-login", 6, (), act=_login_refused),
    Case("mail-no-login", 6, (), act=_login),
    Case("mail-no-greeting", 6, (), act=_talking(b"", "starttls")),
    Case("mail-answer", 6, (), act=_talking(b"554 go away\r\n")),
    Case("mail-no-sender", 6, (), act=_sent(b"To: b@y.example\r\n\r\nBonjour\r\n")),
    Case("mail-no-recipient", 6, (), act=_sent(b"From: a@x.example\r\n\r\nBonjour\r\n")),
    Case("mail-recipients", 6, (), act=_sent(refuse={"b@y.example"})),
    Case("mail-not-taken", 6, (), act=_sent(answers=["451 try later"])),
    Case("report-refused", 6, (), act=_report_refused),
    Case("mail-unknown", 6, (), act=_sent(drop="after-taking")),
    Case("mail-no-drafts", 6, (), act=_mailbox(lambda mailbox: mailbox.drafts)),
    Case("mail-no-sent", 6, (), act=_mailbox(lambda mailbox: mailbox.sent)),
    Case("mail-draft-refused", 6, (), act=_mailbox(lambda mailbox: mailbox.append(Folder("Drafts", "Drafts"), TEXT))),
    Case("account-missing", 2, ("mail", "password")),
    Case("send-not-asked", 2, ("remind", "--to", "smtp", *DAY)),
    Case("send-without-smtp", 2, ("remind", "--send", *DAY)),
    Case("no-message", 2, ("failed", "F-2026-024", "--yes", *DAY)),
    Case("draft-waits", 2, ("skip", "F-2026-024", "--reason", "geste", "--yes", *DAY), _draft_waiting),
    Case("no-step-left", 2, ("skip", "F-2026-012", "--reason", "geste", "--yes", *DAY)),
    Case("nothing-found", 2, (), act=_scan_nothing),
)  # fmt: skip

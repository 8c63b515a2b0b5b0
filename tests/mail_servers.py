"""Real mail servers for the tests: SMTP with TLS and logins (aiosmtpd), in a thread of the test's process, with a
certificate of an authority made for the test."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from relance.letters.accounts import Account
from relance.letters.smtp import Refused, Relay

logging.getLogger("mail.log").setLevel(logging.ERROR)

USER, PASSWORD = "compta@atelier-moreau.example", "mot de passe très secret"


class Authority:
    """A certificate authority of one's own, with a certificate for localhost; `file` is what SSL_CERT_FILE names."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.file = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(self.file))
        issued = self.authority.issue_cert("localhost", "127.0.0.1")
        self.key, self.chain = folder / "server.key", folder / "server.pem"
        issued.private_key_pem.write_to_path(str(self.key))
        self.chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))

    @classmethod
    def of(cls, folder: Path) -> Authority:
        """The authority made in that folder before."""
        known = cls.__new__(cls)
        known.file, known.key, known.chain = (folder / name for name in ("authority.pem", "server.key", "server.pem"))
        return known

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain, self.key)
        return context


class Received:
    """What a mail server took: each message with its recipients, and how it misbehaves. `refuse` holds addresses it
    refuses, `answers` what it says to the next messages instead of taking them; `meanwhile` is done once, while the
    first message it took waits for its answer."""

    def __init__(self) -> None:
        self.messages: list[tuple[tuple[str, ...], bytes]] = []
        self.refuse: set[str] = set()
        self.answers: list[str] = []
        self.drop: str = ""
        self.meanwhile: Callable[[], object] | None = None

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _said: Any) -> str:  # noqa: N802
        if to in self.refuse:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        content = envelope.original_content or b""
        if self.drop == "before-taking":
            server.transport.abort()
            await asyncio.sleep(0)
            return "250 lost"
        self.messages.append((tuple(envelope.rcpt_tos), content))
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act()
        if self.drop == "after-taking":
            server.transport.abort()
        return "250 OK"


def _authenticate(_server: SMTP, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
    return AuthResult(success=good, handled=good)


@contextmanager
def smtp_server(authority: Authority | None, received: Received, *, tls: str = "starttls") -> Iterator[int]:
    """An SMTP server on localhost: its port. With an authority it wants TLS and a login; `tls` is tls or starttls."""
    settings: dict[str, Any] = {}
    if authority:
        context = authority.server_context()
        settings = {"authenticator": _authenticate, "auth_required": True}
        settings |= {"ssl_context": context} if tls == "tls" else {"tls_context": context, "require_starttls": True}
        settings |= {"auth_require_tls": tls != "tls"}
    controller = Controller(received, hostname="127.0.0.1", port=0, **settings)
    controller.port = free_port()
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def own_configuration(text: str) -> Path:
    """The user's own relance.toml, where the program looks for it."""
    from relance.settings_file import user_folder

    folder = user_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "relance.toml").write_text(text, encoding="utf-8")
    return folder


def smtp_configuration(port: int, security: str = "starttls", host: str = "localhost", user: str = USER) -> str:
    return f'[smtp]\nhost = "{host}"\nport = {port}\nsecurity = "{security}"\nuser = "{user}"\nper_minute = 0\n'


def trusting(authority: Authority) -> dict[str, str]:
    """The environment of a process that trusts the authority and knows the passwords."""
    return {
        **os.environ,
        "SSL_CERT_FILE": str(authority.file),
        "RELANCE_SMTP_PASSWORD": PASSWORD,
        "RELANCE_IMAP_PASSWORD": PASSWORD,
    }


Talk = Callable[[Any], None]
"""What a scripted server does with a connection."""


@contextmanager
def scripted_server(talk: Talk) -> Iterator[int]:
    """A server that does what a test tells it with each connection, in a thread: its port."""
    import socket
    import threading

    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
        thread.join(0.2)


def deliver(account: Account, password: str, message: bytes) -> tuple[Refused, ...]:
    """One message in a conversation of its own."""
    with Relay(account, password) as relay:
        return relay.send(message)

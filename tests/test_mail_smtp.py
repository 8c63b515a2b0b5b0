"""Messages handed to a real SMTP server: encrypted, logged in, each outcome certain or said to be unknown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import posix
from mail_servers import PASSWORD, USER, Authority, Received, deliver, scripted_server, smtp_server
from relance.errors import ConfigError, DeliveryError, DoubtfulError, NotTakenError
from relance.letters.accounts import Account, password_of
from relance.letters.imap import Mailbox
from relance.letters.smtp import Refused, Relay, envelope_of

MESSAGE = (
    b"From: =?utf-8?q?Atelier_Moreau?= <compta@atelier-moreau.example>\r\n"
    b"To: a@client.example,\r\n b@client.example\r\nBcc: preuve@atelier-moreau.example\r\nX-Unsent: 1\r\n"
    b"Subject: Facture F-1\r\n\r\nBonjour,\r\n.une ligne qui commence par un point\r\n"
)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


def account(port: int, security: str = "starttls", **said: Any) -> Account:
    return Account(
        **{"protocol": "smtp", "host": "localhost", "port": port, "security": security, "user": USER, **said}
    )


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_message_arrives_encrypted_without_its_blind_copies(authority: Authority, security: str) -> None:
    received = Received()
    with smtp_server(authority, received, tls=security) as port:
        assert deliver(account(port, security), PASSWORD, MESSAGE) == ()
    [(recipients, content)] = received.messages
    assert recipients == ("a@client.example", "b@client.example", "preuve@atelier-moreau.example")
    assert content == MESSAGE.replace(b"Bcc: preuve@atelier-moreau.example\r\nX-Unsent: 1\r\n", b"")


def test_a_folded_blind_copy_does_not_travel() -> None:
    message = b"From: a@x.fr\r\nBcc: b@x.fr,\r\n c@x.fr\r\nTo: d@x.fr\r\n\r\nBcc: this line is text\r\n"
    envelope = envelope_of(message)
    assert envelope.recipients == ("d@x.fr", "b@x.fr", "c@x.fr")
    assert envelope.content == b"From: a@x.fr\r\nTo: d@x.fr\r\n\r\nBcc: this line is text\r\n"


def test_some_recipients_refused_are_told_and_the_others_receive(authority: Authority) -> None:
    received = Received()
    received.refuse = {"a@client.example"}
    with smtp_server(authority, received) as port:
        refused = deliver(account(port), PASSWORD, MESSAGE)
    assert refused == (Refused("a@client.example", "550 5.1.1 no such mailbox here."),)
    assert len(received.messages) == 1


def test_nothing_leaves_when_all_are_refused_and_the_next_message_does(authority: Authority) -> None:
    received = Received()
    received.refuse = {"a@client.example", "b@client.example", "preuve@atelier-moreau.example"}
    with smtp_server(authority, received) as port, Relay(account(port), PASSWORD) as relay:
        with pytest.raises(NotTakenError) as caught:
            relay.send(MESSAGE)
        assert caught.value.code == "mail-recipients"
        received.refuse = set()
        relay.send(MESSAGE)
    assert len(received.messages) == 1


@pytest.mark.parametrize("answer", ["451 4.3.0 try later", "554 5.7.1 spam", "421 4.3.2 closing"])
def test_a_message_not_taken_certainly_did_not_leave(authority: Authority, answer: str) -> None:
    received = Received()
    received.answers = [answer]
    with smtp_server(authority, received) as port, Relay(account(port), PASSWORD) as relay:
        with pytest.raises(NotTakenError) as caught:
            relay.send(MESSAGE)
        assert answer in str(caught.value.message)
        assert received.messages == []
        relay.send(MESSAGE)
    assert len(received.messages) == 1


@pytest.mark.parametrize("drop", ["before-taking", "after-taking"])
def test_a_connection_that_breaks_at_the_end_leaves_a_doubt(authority: Authority, drop: str) -> None:
    received = Received()
    received.drop = drop
    with smtp_server(authority, received) as port, pytest.raises(DoubtfulError):
        deliver(account(port), PASSWORD, MESSAGE)
    assert len(received.messages) == (drop == "after-taking")


def spoken(last: str) -> Callable[[Any], None]:
    """A server that ends the connection after the command that begins with `last` ("." = in the midst of the text)."""

    def talk(connection: Any) -> None:
        reader = connection.makefile("rb")
        connection.sendall(b"220 ready\r\n")
        for line in reader:
            if line.upper().startswith(last.encode()):
                return
            if line.startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
                if last == ".":
                    reader.readline()
                    return
            else:
                connection.sendall(b"250 OK\r\n")

    return talk


@pytest.mark.parametrize("last", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_that_breaks_before_the_text_is_certain(last: str) -> None:
    with scripted_server(spoken(last)) as port, pytest.raises(DeliveryError) as caught:
        deliver(account(port, "none", user=""), "", MESSAGE)
    assert not isinstance(caught.value, DoubtfulError)


def test_a_certificate_of_nobody_known_is_refused(tmp_path: Path) -> None:
    stranger = Authority(tmp_path)
    received = Received()
    with smtp_server(stranger, received) as port, pytest.raises(DeliveryError) as caught:
        deliver(account(port), PASSWORD, MESSAGE)
    assert caught.value.code == "mail-certificate"
    assert received.messages == []


def test_a_wrong_password_is_told(authority: Authority) -> None:
    with smtp_server(authority, Received()) as port, pytest.raises(DeliveryError) as caught:
        deliver(account(port), "autre", MESSAGE)
    assert caught.value.code == "mail-login"


def test_without_encryption_nothing_is_said(authority: Authority) -> None:
    with smtp_server(None, Received()) as port:
        with pytest.raises(DeliveryError) as caught:
            deliver(account(port), PASSWORD, MESSAGE)
        assert caught.value.code == "mail-no-starttls"
        with pytest.raises(DeliveryError) as caught:
            deliver(account(port, "tls"), PASSWORD, MESSAGE)
        assert caught.value.code == "mail-tls"
    with pytest.raises(ConfigError) as clear:
        deliver(account(25, "none", host="mail.client.example"), PASSWORD, MESSAGE)
    assert clear.value.code == "mail-clear"


@posix
def test_the_password_comes_from_the_environment_then_the_command() -> None:
    known = account(0, password_command="echo secret; echo another line")
    assert password_of(known, "given") == "given"
    assert password_of(known) == "secret"
    assert password_of(account(0, user="")) == ""
    assert password_of(account(0, password_command="printf 'é\\303\\251'")) == "éé"
    for command in ("echo", "echo denied >&2; exit 3", "printf '\\377'", "printf '\\377' >&2; exit 3"):
        with pytest.raises(ConfigError) as caught:
            password_of(account(0, password_command=command))
        assert caught.value.code == "mail-password-command"


@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_a_server_that_waits_for_tls_at_once_is_not_taken_for_one_that_is_down(protocol: str) -> None:
    with scripted_server(lambda connection: None) as port, pytest.raises(DeliveryError) as caught:
        one = Account(protocol=protocol, host="localhost", port=port, security="starttls", user="x")
        deliver(one, "y", MESSAGE) if protocol == "smtp" else Mailbox(one, "y")
    assert caught.value.code == "mail-no-greeting"

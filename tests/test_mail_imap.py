"""The IMAP conversation against a real dovecot: encrypted from the start or on request, or not at all; and each way in
which it fails, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imap_server import configuration_for, imap_server
from mail_servers import PASSWORD, USER, Authority
from relance.errors import RelanceError
from relance.letters.accounts import Account
from relance.letters.imap import Mailbox

FOLDERS = {"Brouillons": "\\Drafts", "Envoyés": "\\Sent"}
DRAFT = b"From: a@x.example\r\nTo: b@y.example\r\nMessage-ID: <r.1@x.example>\r\n\r\nBonjour\r\n"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    (tmp_path / "ours").mkdir()
    made = Authority(tmp_path / "ours")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


@pytest.fixture(params=["tls", "starttls"])
def encrypted(request: pytest.FixtureRequest, authority: Authority) -> Iterator[tuple[str, int]]:
    """A server that speaks only encrypted: how, and its port."""
    with imap_server(authority, FOLDERS, security=request.param) as port:
        yield request.param, port


def account(port: int, security: str, host: str = "localhost") -> Account:
    return Account(protocol="imap", host=host, port=port, user=USER, security=security)


def refusal(port: int, security: str, password: str = PASSWORD) -> RelanceError:
    with pytest.raises(RelanceError) as caught:
        Mailbox(account(port, security), password)
    return caught.value


def test_a_draft_is_put_and_found_over_either_encryption(encrypted: tuple[str, int]) -> None:
    security, port = encrypted
    with Mailbox(account(port, security), PASSWORD) as mailbox:
        mailbox.append(mailbox.drafts, DRAFT)
        (uid,) = mailbox.with_id(mailbox.drafts, "<r.1@x.example>")
        assert mailbox.fetch(mailbox.drafts, uid) == DRAFT
        assert mailbox.sent.shown == "Envoyés"


def test_a_wrong_password_is_told(encrypted: tuple[str, int]) -> None:
    security, port = encrypted
    assert refusal(port, security, "autre").code == "mail-login"


def test_where_it_is_encrypted_on_request_only_the_other_security_is_told(authority: Authority) -> None:
    with imap_server(authority, FOLDERS, security="starttls") as port:
        error = refusal(port, "tls")
    assert error.code == "mail-tls"
    assert "starttls" in str(error.remedy)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_nobody_known_is_refused_before_the_password(
    authority: Authority, tmp_path: Path, security: str
) -> None:
    (tmp_path / "stranger").mkdir()
    stranger = Authority(tmp_path / "stranger")
    assert stranger.file != authority.file
    with imap_server(stranger, FOLDERS, security=security) as port:
        assert refusal(port, security).code == "mail-certificate"


def test_a_server_that_cannot_encrypt_hears_no_password_unless_it_is_this_machine(authority: Authority) -> None:
    with imap_server(authority, FOLDERS, security="none") as port:
        assert refusal(port, "starttls").code == "mail-no-starttls"
        with Mailbox(account(port, "none"), PASSWORD) as mailbox:
            assert mailbox.drafts.shown == "Brouillons"
    with pytest.raises(RelanceError) as caught:
        Mailbox(account(port, "none", host="imap.example.fr"), PASSWORD)
    assert caught.value.code == "mail-clear"


@pytest.mark.parametrize(
    ("version", "word"), [("2.3.19.1 (9b53102964)", "ssl_cert = <"), ("2.4.1-4 (7d8c0e5759)", "ssl_server_cert_file")]
)
def test_the_server_of_the_tests_is_told_in_the_words_of_its_version(version: str, word: str) -> None:
    template = configuration_for(version)
    assert word in template
    assert template.startswith("dovecot_config_version") == version.startswith("2.4")

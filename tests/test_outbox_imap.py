"""Drafts in a real mailbox: whatever the server calls its folders, put there once, found again once sent."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Run, posix
from imap_server import imap_server, messages_in, person
from mail_servers import PASSWORD, USER, Authority, own_configuration, trusting
from recording import DAY, journal
from relance.errors import DeliveryError
from relance.letters.accounts import Account
from relance.letters.imap import Mailbox, decode_name

MAILS = 6  # of the example on 20 November
FRENCH = {"Brouillons": "\\Drafts", "Éléments envoyés": "\\Sent"}


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path_factory.mktemp("authority"))
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    monkeypatch.setenv("RELANCE_IMAP_PASSWORD", PASSWORD)
    return made


@pytest.fixture
def port(authority: Authority) -> Iterator[int]:
    """A French mailbox, whose account is the user's."""
    with imap_server(authority, FRENCH) as chosen:
        own_configuration(configuration(chosen))
        yield chosen


def configuration(port: int, more: str = "") -> str:
    return f'[imap]\nhost = "localhost"\nport = {port}\nuser = "{USER}"\n{more}'


def mailbox(port: int) -> Mailbox:
    return Mailbox(Account(protocol="imap", host="localhost", port=port, user=USER), PASSWORD)


@pytest.mark.parametrize(
    ("folders", "separator", "drafts", "sent"),
    [
        ({"Entwürfe von mir": "\\Drafts", "Drafts": "", "Post 東京": "\\Sent"}, "/", "Entwürfe von mir", "Post 東京"),
        ({"INBOX.Brouillons": "", "INBOX.&Co": "", "INBOX.Messages envoyés": ""}, ".", "INBOX.Brouillons",
         "INBOX.Messages envoyés"),
        ({"Draft": "", "Sent Items": ""}, "/", "Draft", "Sent Items"),
    ],
    ids=["marked by the server", "french names under INBOX", "english names"],
)  # fmt: skip
def test_the_folders_are_found_whatever_their_names(
    authority: Authority, folders: dict[str, str], separator: str, drafts: str, sent: str
) -> None:
    with imap_server(authority, folders, separator=separator) as port, mailbox(port) as box:
        assert (box.drafts.shown, box.sent.shown) == (drafts, sent)
        box.append(box.drafts, b"From: a@x.example\r\nMessage-ID: <1@x>\r\n\r\nBonjour\r\n")
        assert len(box.with_id(box.drafts, "<1@x>")) == 1


def test_names_are_written_as_servers_do() -> None:
    names = {  # as a server writes them: RFC 3501, 5.1.3, its own example among them
        "&AMk-l&AOk-ments envoy&AOk-s": "Éléments envoyés",
        "R&-D": "R&D",
        "~peter/mail/&U,BTFw-/&ZeVnLIqe-": "~peter/mail/台北/日本語",
        "a &- &AOk-": "a & é",
        "&AOk": "&AOk",
    }
    assert {name: decode_name(name) for name in names} == names


def test_without_a_folder_of_drafts_it_is_told_and_can_be_named(authority: Authority, folder: Path, run: Any) -> None:
    with imap_server(authority, {"Clients": "", "En cours": ""}) as port:
        own_configuration(configuration(port))
        refused: Run = run("remind", "--to", "imap", *DAY)
        assert refused.code == 6
        assert "mail-no-drafts" in refused.err
        assert "En cours" in refused.err
        assert not (folder / "relance" / "journal.jsonl").exists()
        own_configuration(configuration(port, 'drafts_folder = "En cours"\nsent_folder = "Clients"\n'))
        tested: Run = run("mail", "test", "--json")
        [account] = json.loads(tested.out)["data"]["accounts"]
        assert (tested.code, account["ok"], account["drafts"], account["sent"]) == (0, True, "En cours", "Clients")


def test_drafts_are_real_ones_and_found_by_their_text_where_the_id_was_replaced(
    port: int, authority: Authority, folder: Path, run: Any
) -> None:
    assert run("remind", "--to", "imap", *DAY).code == 0
    with person(port, authority) as server:
        drafts = messages_in(server, "Brouillons")
        assert len(drafts) == MAILS
        assert all("\\Draft" in flags and b"X-Unsent" not in content for flags, content in drafts.values())
        hartwell = next(content for _, content in drafts.values() if b"hartwell" in content)
        sent = re.sub(rb"Message-ID: [^\r]*", b"Message-ID: <elsewhere@outlook.example>", hartwell)
        server.append('"&AMk-l&AOk-ments envoy&AOk-s"', "\\Seen", "", sent)
        garnier = next(content for _, content in drafts.values() if b"garnier" in content)
        quoted = b"\r\n".join(b"> " + line for line in garnier.partition(b"\r\n\r\n")[2].split(b"\r\n"))
        answer = b"From: compta@x.example\r\nTo: h@y.example\r\nMessage-ID: <answer@x>\r\n\r\nVoyez :\r\n" + quoted
        server.append('"&AMk-l&AOk-ments envoy&AOk-s"', "\\Seen", "", answer)
    dry: Run = run("sent", "--scan", "--dry-run", "--json", *DAY)
    assert [fact["number"] for fact in json.loads(dry.out)["data"]["learned"]] == ["F-2026-024"]
    assert run("sent", "--scan", "--yes", *DAY).code == 0
    [kept] = [event for event in journal(folder) if event["event"] == "kept"]
    assert (folder / "relance" / kept["file"]).read_bytes() == sent
    assert kept["message_id"] == "<elsewhere@outlook.example>"
    assert run("sent", "--scan", "--yes", *DAY).code == 2, "nothing more is found"
    assert json.loads(run("remind", "--to", "imap", "--json", *DAY).out)["data"]["drafts"] == []
    assert run("remind", "--to", "imap", "--yes", "--today", "2026-11-30").code == 0
    with person(port, authority) as server:
        drafts = messages_in(server, "Brouillons")
    [next_one] = [content for _, content in drafts.values() if b"Final reminder" in content]
    assert b"In-Reply-To: <elsewhere@outlook.example>" in next_one, "it answers the message that the client has"


DYING = """
import imaplib, os, signal, sys
moment = sys.argv.pop(1)
append = imaplib.IMAP4.append
def dying(self, *words):
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = append(self, *words)
    os.kill(os.getpid(), signal.SIGKILL)
imaplib.IMAP4.append = dying
from relance.cli import main
sys.exit(main(sys.argv[1:]))
"""


@posix
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_the_append_no_draft_is_doubled_nor_lost(
    port: int, authority: Authority, folder: Path, run: Any, moment: str
) -> None:
    command = [sys.executable, "-c", DYING, moment, "remind", "--to", "imap", *DAY]
    killed = subprocess.run(command, cwd=folder, env=trusting(authority), capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert run("remind", *DAY).code == 0, "by another way: the draft in doubt is not made again"
    assert run("remind", "--to", "imap", *DAY).code == 0
    with person(port, authority) as server:
        drafts = messages_in(server, "Brouillons")
    in_mailbox = [event for event in journal(folder) if event["event"] == "drafted" and event.get("mailbox")]
    files = list((folder / "relance" / "drafts").rglob("*.eml"))
    assert len(drafts) == len(in_mailbox) == 1
    assert len(files) == MAILS - 1
    assert not [event for event in journal(folder) if event["event"] == "unknown"]


def test_a_wrong_password_is_told_in_words(port: int, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELANCE_IMAP_PASSWORD", "autre")
    done: Run = run("mail", "test", "imap")
    assert done.code == 6
    assert re.search(r"refuse l’identification de \S+ et dit\s: «\s.+\s»\. Vérifiez", done.out)
    with pytest.raises(DeliveryError):
        Mailbox(Account(protocol="imap", host="localhost", port=port, user=USER), "autre")


def test_the_users_file_is_written_once_and_read_nowhere_else(folder: Path, run: Any) -> None:
    from relance.settings_file import user_folder

    file = user_folder() / "relance.toml"
    assert run("mail", "setup").code == 0
    text = file.read_text(encoding="utf-8")
    assert "[smtp]" in text
    file.write_text(text + "\n# mine\n", encoding="utf-8")
    assert run("mail", "setup").code == 0
    assert file.read_text(encoding="utf-8").endswith("# mine\n")
    assert run("mail", "test").code == 4, "no account yet"
    file.replace(folder / "relance.toml")
    assert run("status", *DAY).code == 0

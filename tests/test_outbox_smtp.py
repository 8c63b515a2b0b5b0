"""Reminders sent by a real SMTP server from a process of their own: each arrives at most once, none is lost without
being listed, whatever the server or the power does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import policy
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from conftest import EXAMPLE, ROOT, Run, posix
from mail_servers import Authority, Received, own_configuration, smtp_configuration, smtp_server, trusting
from recording import DAY, journal

SEND = ("remind", "--to", "smtp", "--send", "--yes")
MAILS, LETTERS = 6, 1  # of the example on 20 November


class Office:
    """A folder with the example, a mail server and its account, and the program run as a process."""

    def __init__(self, folder: Path, authority: Authority, received: Received) -> None:
        self.folder, self.received, self.environment = folder, received, trusting(authority)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "relance", *words]
        settings = {**self.environment, **environment}
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, env=settings)

    def data(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)["data"]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for event in journal(self.folder) if event["event"] == name]

    def arrived(self) -> Counter[str]:
        """How often each message arrived, by its Message-ID."""
        parser = BytesParser(policy=policy.default)
        return Counter(str(parser.parsebytes(content)["Message-ID"]) for _, content in self.received.messages)


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def office(folder: Path, authority: Authority) -> Iterator[Office]:
    received = Received()
    with smtp_server(authority, received) as port:
        own_configuration(smtp_configuration(port))
        yield Office(folder, authority, received)


def test_each_message_is_sent_once_kept_and_noted_in_the_workbook(office: Office) -> None:
    dry = office.data("remind", "--to", "smtp", "--dry-run", *DAY)
    assert not (office.folder / "relance").exists()
    done = office.run(*SEND, "--json", *DAY)
    assert done.returncode == 0, done.stderr
    wet = json.loads(done.stdout)["data"]
    assert [(d["client"], d["subject"]) for d in dry["drafts"]] == [(d["client"], d["subject"]) for d in wet["drafts"]]
    assert Counter(draft["state"] for draft in wet["drafts"]) == {"sent": MAILS, "drafted": LETTERS}
    assert len(office.received.messages) == MAILS
    assert set(office.arrived().values()) == {1}
    for event in office.events("sending"):
        kept = (office.folder / "relance" / event["file"]).read_bytes()
        assert sha256(kept).hexdigest() == event["sha256"]
        assert kept in [content for _, content in office.received.messages]
    page = load_workbook(office.folder / EXAMPLE.name)["Factures"]
    assert [page[cell].value for cell in ("L33", "M33")] == [3, "02/11/2026 ; 09/11/2026 ; 20/11/2026"]
    log = office.data("log", "F-2026-024", *DAY)["entries"]
    assert [entry["sha256"] for entry in log if entry["event"] == "sent" and "file" in entry] == [
        event["sha256"] for event in office.events("sending") if "hartwell" in event["file"]
    ]
    again = office.run(*SEND, *DAY)
    assert again.returncode == 0
    assert len(office.received.messages) == MAILS
    restored = office.folder / "suivi 2026.xlsx"
    (office.folder / EXAMPLE.name).unlink()
    restored.write_bytes(EXAMPLE.read_bytes())  # a backup of before, under another name
    assert office.run(*SEND, *DAY).returncode == 0
    assert len(office.received.messages) == MAILS
    assert office.data("why", "F-2026-024", *DAY)["decision"]["step"] == 4


def test_nothing_is_sent_without_being_asked_twice(office: Office) -> None:
    assert office.run("remind", "--to", "smtp", *DAY).returncode == 2
    assert office.run("remind", "--to", "smtp", "--yes", *DAY).returncode == 2
    unasked = office.run("remind", "--to", "smtp", "--send", *DAY)
    assert (unasked.returncode, "not-confirmed" in unasked.stderr) == (2, True)
    assert not (office.folder / "relance").exists()
    assert office.received.messages == []


def test_on_a_terminal_every_message_is_shown_before_the_question(office: Office) -> None:
    def answered(answer: str) -> tuple[int, str]:
        import pty

        command = [sys.executable, "-m", "relance", "remind", "--to", "smtp", "--send", *DAY]
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            command, cwd=office.folder, env=office.environment, stdin=follower, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        os.write(leader, f"{answer}\n".encode())
        _, said = process.communicate(timeout=60)
        os.close(leader)
        os.close(follower)
        return process.returncode, said

    code, said = answered("n")
    assert (code, office.received.messages) == (0, [])
    assert "accounts@hartwell-dunne.example" in said
    assert "€8,730.00" in said
    assert "Envoyer ces 6 messages ?" in said.replace("\u00a0", " ")
    assert not (office.folder / "relance" / "journal.jsonl").exists()
    code, said = answered("o")
    assert (code, len(office.received.messages)) == (0, MAILS)


def test_some_recipients_refused_are_told_and_a_message_nobody_gets_is_free_again(office: Office) -> None:
    office.received.refuse = {"officine@pharmacie-dubreuil.example"}
    done = office.run(*SEND, "--json", *DAY)
    assert done.returncode == 6
    answer = json.loads(done.stdout)
    states = {draft["client"]: draft["state"] for draft in answer["data"]["drafts"]}
    assert states.pop("Pharmacie Dubreuil") == "failed"
    assert Counter(states.values()) == {"sent": MAILS - 1, "drafted": LETTERS}
    assert "mail-recipients" in {problem["code"] for problem in answer["problems"]}
    office.received.refuse = set()
    assert office.run(*SEND, *DAY).returncode == 0
    assert set(office.arrived().values()) == {1}
    assert len(office.received.messages) == MAILS


@pytest.mark.parametrize("answer", ["451 4.3.0 try later", "421 4.3.2 closing"])
def test_a_server_that_cannot_now_gets_the_message_at_the_next_run(office: Office, answer: str) -> None:
    office.received.answers = [answer]
    assert office.run(*SEND, *DAY).returncode == 6
    assert len(office.received.messages) == MAILS - 1
    assert len(office.events("failed")) == 1
    assert office.run(*SEND, *DAY).returncode == 0
    assert set(office.arrived().values()) == {1}
    assert len(office.received.messages) == MAILS


@pytest.mark.parametrize("drop", ["before-taking", "after-taking"])
def test_a_connection_lost_at_the_end_is_unknown_and_a_person_settles_it(office: Office, drop: str) -> None:
    office.received.drop = drop
    done = office.run(*SEND, "--json", *DAY)
    assert done.returncode == 6
    drafts = json.loads(done.stdout)["data"]["drafts"]
    assert Counter(draft["state"] for draft in drafts) == {"unknown": MAILS, "drafted": LETTERS}
    office.received.drop = ""
    before = len(office.received.messages)
    again = office.data(*SEND, *DAY)
    assert len(office.received.messages) == before, "never retried by itself"
    unknown = {row["number"] for row in again["unconfirmed"] if row["unknown"]}
    assert unknown == {number for draft in drafts if draft["to"] for number in draft["numbers"]}
    assert office.run("sent", "F-2026-024", "--yes", *DAY).returncode == 0
    assert office.run("failed", "F-2026-026", "--reason", "rien reçu", "--yes", *DAY).returncode == 0
    assert office.run(*SEND, *DAY).returncode == 0
    assert len(office.received.messages) == before + 1
    assert "saint-aubry" in office.received.messages[-1][0][0]


def test_a_server_that_is_gone_leaves_everything_as_it_was(office: Office) -> None:
    own_configuration(smtp_configuration(9))
    done = office.run(*SEND, *DAY)
    assert (done.returncode, "mail-refused" in done.stderr) == (6, True)
    assert not (office.folder / "relance" / "journal.jsonl").exists()


def test_a_workbook_open_in_excel_is_noted_later(office: Office) -> None:
    lock = office.folder / f".~lock.{EXAMPLE.name}#"
    lock.write_text("Marie Durand,marie,PC-COMPTA,20.11.2026 09:12,file:///home/marie;", encoding="utf-8")
    done = office.run(*SEND, "--json", *DAY)
    assert (done.returncode, len(office.received.messages)) == (0, MAILS)
    assert "sent-not-noted" in done.stdout
    assert office.data("why", "F-2026-024", *DAY)["decision"]["step"] == 4, "it counts all the same"
    lock.unlink()
    assert office.run(*SEND, *DAY).returncode == 0
    assert len(office.received.messages) == MAILS
    assert load_workbook(office.folder / EXAMPLE.name)["Factures"]["L33"].value == 3


DYING = """
import os, signal, sys
left = int(sys.argv.pop(1))
def watch(event, args):
    global left
    path = str(args[0]) if args else ""
    if event.startswith("socket.") or (event in ("open", "os.rename", "os.link", "os.remove", "os.mkdir") and "relance/" in path):
        if "/site-packages/" not in path and "/src/" not in path:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
write, send = os.write, None
import smtplib
def dying(self, data, send=smtplib.SMTP.send):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    send(self, data)
smtplib.SMTP.send = dying
from relance.cli import main
sys.exit(main(sys.argv[1:]))
"""  # noqa: E501


@posix
def test_killed_at_every_step_of_sending_each_message_arrives_at_most_once(
    tmp_path: Path, authority: Authority
) -> None:
    """kill -9 before each operation on the folder and each thing said to the server; then the run that follows."""
    deaths, unknown_seen = 0, 0
    received = Received()
    with smtp_server(authority, received) as port:
        own_configuration(smtp_configuration(port))
        for instant in range(3, 400, 19):
            folder = tmp_path / str(instant)
            folder.mkdir()
            for file in ("suivi_factures.xlsx", "relance.toml"):
                (folder / file).write_bytes((ROOT / "examples" / file).read_bytes())
            office = Office(folder, authority, received)
            received.messages = []
            command = [sys.executable, "-c", DYING, str(instant), *SEND, *DAY]
            killed = subprocess.run(command, cwd=folder, capture_output=True, check=False, env=office.environment)
            if killed.returncode == 0:
                break
            assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
            deaths += 1
            again = office.data(*SEND, *DAY)
            unknown = {row["client"] for row in again["unconfirmed"] if row["unknown"]}
            unknown_seen += bool(unknown)
            assert set(office.arrived().values()) <= {1}, instant
            assert len(office.received.messages) + len(unknown) >= MAILS, "none is lost without being listed"
            assert len(unknown) <= 1
            drafts = list((folder / "relance" / "drafts").rglob("*-5.*"))
            assert len(drafts) == LETTERS
            halves = [*(folder / "relance" / "drafts").rglob("*.tmp"), *(folder / "relance" / "sent").rglob("*.tmp")]
            assert not halves
        else:
            pytest.fail("the run never ended")
    assert deaths > 8
    assert unknown_seen >= 1


def test_two_runs_at_once_send_each_message_once(office: Office) -> None:
    command = [sys.executable, "-m", "relance", *SEND, *DAY]
    runs = [
        subprocess.Popen(command, cwd=office.folder, env=office.environment, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
        for _ in range(4)
    ]  # fmt: skip
    assert {run.wait(120) for run in runs} <= {0, 5}
    assert set(office.arrived().values()) == {1}
    assert len(office.received.messages) == MAILS


def test_no_more_messages_than_the_account_allows(office: Office, run: Callable[..., Run]) -> None:
    from relance.letters.accounts import Account
    from relance.letters.smtp import Relay

    relay = Relay(Account(protocol="smtp", host="localhost", security="none", per_minute=1200), "")
    started = time.monotonic()
    for _ in range(5):
        relay._wait()
    assert time.monotonic() - started >= 4 * 60 / 1200


def test_what_a_server_took_is_noted_although_a_colleague_noted_a_call_meanwhile(office: Office) -> None:
    call = ("call", "F-2026-021", "--outcome", "message", "--yes", *DAY)
    done: list[int] = []
    office.received.meanwhile = lambda: done.append(office.run(*call).returncode)
    stopped = office.run(*SEND, *DAY)
    assert (stopped.returncode, done) == (5, [0]), stopped.stderr
    assert len(office.received.messages) == len(office.events("sent")) == 1
    assert not office.events("unknown")
    again = office.run(*SEND, *DAY)
    assert again.returncode == 0, again.stderr
    assert not office.events("unknown")
    assert len(office.received.messages) == MAILS
    assert set(office.arrived().values()) == {1}

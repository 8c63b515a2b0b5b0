"""A month of the example replayed day by day, by each way out: every client receives exactly the messages expected,
in the right language and tone, once, and the workbook tells it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from conftest import Run
from imap_server import imap_server, messages_in, person
from mail_servers import (
    PASSWORD,
    USER,
    Authority,
    Received,
    own_configuration,
    smtp_configuration,
    smtp_server,
)
from recording import journal

FIRST, DAYS = date(2026, 11, 20), 31
GOLDEN = Path(__file__).parent / "golden_month.tsv"

Mail = tuple[str, str, str, str]
"""Day, recipient, language, subject."""

Command = Callable[..., Run]


def expected() -> list[Mail]:
    with GOLDEN.open(encoding="utf-8", newline="") as stream:
        return [tuple(row) for row in csv.reader(stream, delimiter="\t")]  # type: ignore[misc]


def told(day: date, content: bytes) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    assert message.get_body(("plain",)) is not None
    return day.isoformat(), str(message["To"]), str(message["Content-Language"]), str(message["Subject"])


def days() -> Iterator[date]:
    return (FIRST + timedelta(number) for number in range(DAYS))


def drafted_today(folder: Path, day: date, ending: str) -> list[Path]:
    return sorted((folder / "relance" / "drafts" / day.isoformat()).glob(f"*{ending}"))


def confirm_letters(folder: Path, run: Command, day: date) -> None:
    """The person posted the letters of the day."""
    numbers = [
        step["number"]
        for event in journal(folder)
        if event["event"] == "reserved" and event["day"] == day.isoformat() and not event.get("to")
        for step in event["invoices"]
    ]
    if numbers:
        assert run("sent", *numbers, "--by", "letter", "--yes", "--today", day.isoformat()).code == 0


def by_files(folder: Path, run: Command, _where: Path) -> list[Mail]:
    """Draft files, each opened and sent by the person, who then says so."""
    mails: list[Mail] = []
    for day in days():
        assert run("remind", "--today", day.isoformat()).code == 0
        mails += [told(day, path.read_bytes()) for path in drafted_today(folder, day, ".eml")]
        if (folder / "relance" / "drafts" / day.isoformat()).exists():
            assert run("sent", "--yes", "--today", day.isoformat()).code == 0
        assert run("remind", "--json", "--today", day.isoformat()).out.count('"state"') == 0, "a second run"
    return mails


def by_server(folder: Path, run: Command, where: Path) -> list[Mail]:
    """Sent by a mail server, which is the confirmation."""
    mails: list[Mail] = []
    received = Received()
    with smtp_server(Authority.of(where), received) as port:
        own_configuration(smtp_configuration(port))
        for day in days():
            assert run("remind", "--to", "smtp", "--send", "--yes", "--today", day.isoformat()).code == 0
            mails += [told(day, content) for _, content in received.messages]
            received.messages.clear()
            confirm_letters(folder, run, day)
    return mails


def by_mailbox(folder: Path, run: Command, where: Path) -> list[Mail]:
    """Drafts in the person's mailbox, sent from there by a program that now and then gives a Message-ID of its own."""
    mails: list[Mail] = []
    authority = Authority.of(where)
    boxes = {"Brouillons": "\\Drafts", "Éléments envoyés": "\\Sent", "Clients": ""}
    with imap_server(authority, boxes) as port:
        own_configuration(f'[imap]\nhost = "localhost"\nport = {port}\nuser = "{USER}"\n')
        for day in days():
            assert run("remind", "--to", "imap", "--today", day.isoformat()).code == 0
            with person(port, authority) as server:
                drafts = messages_in(server, "Brouillons")
                for place, (uid, (flags, content)) in enumerate(sorted(drafts.items())):
                    assert "\\Draft" in flags
                    mails.append(told(day, content))
                    sent = renamed(content) if place % 2 else content
                    server.append('"&AMk-l&AOk-ments envoy&AOk-s"', "\\Seen", "", sent)
                    server.select("Brouillons")
                    server.uid("STORE", uid, "+FLAGS", "\\Deleted")
                server.expunge()
            if drafts:
                assert run("sent", "--scan", "--yes", "--today", day.isoformat()).code == 0
            confirm_letters(folder, run, day)
            assert run("remind", "--to", "imap", "--json", "--today", day.isoformat()).out.count('"state"') == 0
    kept = [event for event in journal(folder) if event["event"] == "kept" and event["file"].endswith(".eml")]
    assert len(kept) == len(mails)
    return mails


def renamed(content: bytes) -> bytes:
    """The message as a program sends it that replaces the Message-ID, writes the text its own way and signs."""
    message = BytesParser(policy=policy.SMTP).parsebytes(content)
    del message["Message-ID"]
    message["Message-ID"] = "<another.name@mail.example>"
    message["X-Mailer"] = "Another Program"
    return message.as_bytes()


@contextmanager
def trusted(where: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    authority = Authority(where)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv("RELANCE_SMTP_PASSWORD", PASSWORD)
    monkeypatch.setenv("RELANCE_IMAP_PASSWORD", PASSWORD)
    yield


@pytest.mark.parametrize("way", [by_files, by_server, by_mailbox], ids=["files", "server", "mailbox"])
def test_a_month_by_each_way_out(
    way: Callable[[Path, Command, Path], list[Mail]],
    folder: Path,
    run: Command,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = tmp_path_factory.mktemp("mail")
    with trusted(where, monkeypatch):
        mails = way(folder, run, where)
    assert sorted(mails) == sorted(expected())
    assert max(Counter(mails).values()) == 1
    shown = run("check", "--json", "--today", (FIRST + timedelta(DAYS)).isoformat()).out
    assert "reminder-missing" not in shown, "the workbook tells every reminder"

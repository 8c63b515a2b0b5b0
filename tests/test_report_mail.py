"""The report by mail: whole, once a day to an address, certain or said to be unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from conftest import Run
from mail_servers import Received, own_configuration, smtp_server

Runner = Callable[..., Run]
DAY = ("--today", "2026-11-20", "--lang", "en")
MARIE, PAUL = ("--mail-to", "marie@x.example"), ("--mail-to", "paul@x.example")
pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def received() -> Iterator[Received]:
    inbox = Received()
    with smtp_server(None, inbox) as port:
        own_configuration(f'[smtp]\nhost = "localhost"\nport = {port}\nsecurity = "none"\n')
        yield inbox


def only(inbox: Received) -> EmailMessage:
    [(_, content)] = inbox.messages
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_it_arrives_as_text_and_page_and_is_not_printed(received: Received, run: Runner) -> None:
    done = run("report", *MARIE, *PAUL, *DAY)
    assert (done.code, done.out) == (0, "")
    assert "Sent to marie@x.example, paul@x.example." in done.err
    message = only(received)
    assert received.messages[0][0] == ("marie@x.example", "paul@x.example")
    assert message["From"] == "compta@ateliers-roussel.example"
    assert message["Subject"] == "Report on receivables · suivi_factures.xlsx · 20/11/2026"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert text is not None
    assert page is not None
    lines = text.get_content().splitlines()
    assert "Overdue: 18 invoices" in text.get_content()
    assert max(map(len, lines)) <= 80
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "suivi_factures-2026-11-20.html"
    assert attached.get_content().startswith("<!doctype html>")
    assert "<svg" in attached.get_content()
    shown = page.get_content()
    assert all(text in shown for text in ("86,538.50", "F-2026-012", "Overdue: 18 invoices", "tel:0261917052"))
    assert not re.search(r"<(style|svg|script|input|nav|details)|class=|var\(", shown)  # what mail programs drop


def test_made_again_it_goes_to_nobody_twice_unless_asked(received: Received, run: Runner) -> None:
    run("report", *MARIE, *DAY)
    again = run("report", *MARIE, *PAUL, *DAY)
    assert again.code == 0
    assert "marie@x.example had today's report at" in again.err
    assert [to for to, _ in received.messages] == [("marie@x.example",), ("paul@x.example",)]
    run("report", *MARIE, "--again", *DAY)
    assert [to for to, _ in received.messages][2:] == [("marie@x.example",)]
    assert run("report", *MARIE, "--today", "2026-11-21").code == 0
    assert len(received.messages) == 4


def test_what_certainly_did_not_leave_can_be_sent_again(received: Received, run: Runner) -> None:
    received.answers = ["451 try later"]
    failed = run("report", *MARIE, *DAY)
    assert (failed.code, failed.out) == (6, "")
    assert "[mail-not-taken]" in failed.err
    assert run("report", *MARIE, *DAY).code == 0
    assert len(received.messages) == 1


def test_what_may_have_left_is_not_sent_again(received: Received, run: Runner) -> None:
    received.drop = "after-taking"
    assert run("report", *MARIE, *DAY).code == 6
    received.drop = ""
    assert run("report", *MARIE, *DAY).code == 0
    assert len(received.messages) == 1


def test_one_address_refused_is_told_and_the_other_has_it_once(received: Received, run: Runner) -> None:
    received.refuse = {"paul@x.example"}
    done = run("report", *MARIE, *PAUL, *DAY)
    assert done.code == 6
    assert "[report-refused]" in done.err
    received.refuse = set()
    assert run("report", *MARIE, *PAUL, *DAY).code == 0
    assert [to for to, _ in received.messages] == [("marie@x.example",), ("paul@x.example",)]


def test_nothing_is_sent_when_nothing_changed(received: Received, run: Runner) -> None:
    run("report", "--today", "2026-11-21")
    done = run("report", "--only-changes", *MARIE, "--today", "2026-11-22")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert received.messages == []


def test_it_is_written_to_its_file_too(received: Received, run: Runner, folder: Path) -> None:
    assert run("report", *MARIE, "--output", "r.html", *DAY).code == 0
    [page] = only(received).iter_attachments()
    assert (folder / "r.html").read_text(encoding="utf-8") == page.get_content().replace("\r\n", "\n")


def test_without_account_nothing_is_noted_nor_printed(run: Runner) -> None:
    done = run("report", *MARIE, *DAY)
    assert (done.code, done.out) == (4, "")
    assert "[mail-no-account]" in done.err

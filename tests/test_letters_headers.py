"""The headers of a message: who gets copies, which message it answers, what marks a draft."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from msgspec.structs import replace

from conftest import Run
from letter_cases import SENDER, case, client, invoice, letter, reminder
from relance.letters.eml import message_bytes, message_id
from relance.letters.sender import check_sender
from relance.letters.smtp import envelope_of
from relance.workbook.events import InvoiceStep, Kept, Released, Reserved
from relance.workbook.threads import first_messages, first_of

AT = datetime.fromisoformat("2026-11-20T08:30:12+01:00")


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def addresses(header: object) -> list[str]:
    return [address.addr_spec for address in header.addresses]  # type: ignore[attr-defined]


COPIED = replace(SENDER, cc="Zoé <zoe@a.fr>; chef@a.fr", bcc="preuve@a.fr, zoe@a.fr")


def test_a_draft_names_its_copies_and_a_server_is_told_the_hidden_ones() -> None:
    written = letter(case(2))
    draft = parsed(message_bytes(written, COPIED, AT))
    assert addresses(draft["Cc"]) == ["zoe@a.fr", "chef@a.fr"]
    assert addresses(draft["Bcc"]) == ["preuve@a.fr"], "nobody twice"
    plain = message_bytes(written, COPIED, AT, unsent=False)
    assert parsed(plain)["X-Unsent"] is None
    envelope = envelope_of(plain)
    assert b"preuve" not in envelope.content
    assert envelope.recipients == ("claire.durand@dupont.example.org", "zoe@a.fr", "chef@a.fr", "preuve@a.fr")
    assert envelope.sender == "compta@atelier-beaumont.fr"


def test_who_is_written_to_gets_no_copy_besides() -> None:
    both = replace(SENDER, cc="CLAIRE.DURAND@dupont.example.org", bcc="claire.durand@dupont.example.org")
    written = letter(case(2))
    message = parsed(message_bytes(written, both, AT))
    assert (message["Cc"], message["Bcc"]) == (None, None)
    assert len(envelope_of(message_bytes(written, both, AT)).recipients) == 1


def test_a_mailbox_draft_is_the_file_without_its_mark() -> None:
    written = letter(case(2))
    marked, plain = message_bytes(written, COPIED, AT), message_bytes(written, COPIED, AT, unsent=False)
    assert marked.replace(b"X-Unsent: 1\r\n", b"") == plain != marked


def test_a_message_is_made_the_same_twice_and_hides_nothing_of_being_written_by_a_person() -> None:
    written = letter(case(2))
    assert message_bytes(written, COPIED, AT) == message_bytes(written, COPIED, AT)
    message = parsed(message_bytes(written, COPIED, AT))
    for absent in ("Auto-Submitted", "Precedence", "Return-Receipt-To", "List-Id"):
        assert message[absent] is None


def test_a_mistyped_copy_is_said() -> None:
    problems = check_sender(replace(SENDER, cc="zoe(at)a.fr", bcc="ok@a.fr; nobody"))
    assert [(problem.code, problem.value) for problem in problems] == [
        ("sender-email-mistyped", "zoe(at)a.fr"),
        ("sender-email-mistyped", "nobody"),
    ]


def test_a_later_message_answers_the_first_of_the_same_debt() -> None:
    later = replace(letter(case(3)), thread="<relance.first@a.fr>")
    message = parsed(message_bytes(later, SENDER, AT))
    assert message["In-Reply-To"] == message["References"] == "<relance.first@a.fr>"
    first = parsed(message_bytes(letter(case(3)), SENDER, AT))
    assert (first["In-Reply-To"], first["References"]) == (None, None)


@pytest.mark.parametrize("thread", ["<a@b>\r\nBcc: x@y.fr", "a@b", "<a b@c>", "<é@b>", "<a@b><c@d>", ""])
def test_what_is_no_message_id_is_not_answered(thread: str) -> None:
    message = parsed(message_bytes(replace(letter(case(3)), thread=thread), replace(SENDER, bcc=""), AT))
    assert (message["In-Reply-To"], message["References"], message["Bcc"]) == (None, None, None)


def test_a_message_does_not_answer_itself() -> None:
    written = letter(case(3))
    again = replace(written, thread=message_id(written, SENDER))
    assert parsed(message_bytes(again, SENDER, AT))["References"] is None


def reserved(id_: str, client_key: str, *numbers: str, day: date = date(2026, 11, 1), by_mail: bool = True) -> Reserved:
    steps = tuple(InvoiceStep(number, 1) for number in numbers)
    mark = f"<{id_}@a.fr>" if by_mail else ""
    return Reserved(at=AT, day=day, id=id_, client=client_key, invoices=steps, message_id=mark)


def test_the_first_message_of_a_debt_is_found_by_client_and_number() -> None:
    firsts = first_messages(
        [
            reserved("paper", "dupont", "F-1", by_mail=False),
            reserved("gone", "dupont", "F-1"),
            Released(at=AT, day=AT.date(), id="gone"),
            reserved("other", "ferry", "F-1"),
            reserved("one", "dupont", "F-1"),
            reserved("two", "dupont", "F-1", "F-2"),
            reserved("three", "dupont", "F-3"),
            reserved("renamed", "martin", "F-4"),
            Kept(
                at=AT,
                day=AT.date(),
                id="renamed",
                file="sent/renamed.eml",
                sha256="0",
                message_id="<received@outlook.example>",
            ),
            Kept(at=AT, day=AT.date(), id="one", file="sent/one.eml", sha256="0"),
        ]
    )
    assert first_of(firsts, "martin", ["F-4"]) == "<received@outlook.example>", "what the client has"
    assert first_of(firsts, "dupont", ["F-2", "F-1"]) == "<one@a.fr>"
    assert first_of(firsts, "dupont", ["F-2"]) == "<two@a.fr>"
    assert first_of(firsts, "dupont", ["F-3", "F-2"]) == "<two@a.fr>"
    assert first_of(firsts, "ferry", ["F-1"]) == "<other@a.fr>"
    assert first_of(firsts, "ferry", ["F-2"]) == ""


def test_the_second_reminder_of_the_example_answers_the_first(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", "--today", "2026-11-20")
    events = [json.loads(line) for line in (folder / "relance" / "journal.jsonl").read_text("utf-8").splitlines()]
    mailed = [event for event in events if event.get("message_id")]
    first = min(mailed, key=lambda event: event["invoices"][0]["step"])
    number = first["invoices"][0]["number"]
    assert run("sent", number, "--on", "2026-11-20", "--today", "2026-11-20", "--yes").code == 0
    run("remind", "--today", "2026-12-08")
    mails = [parsed(path.read_bytes()) for path in (folder / "relance" / "drafts" / "2026-12-08").glob("*.eml")]
    about = [mail for mail in mails if number in str(mail["Subject"])]
    assert [mail["In-Reply-To"] for mail in about] == [first["message_id"]]


def test_a_client_without_name_is_written_to_plainly() -> None:
    written = letter(reminder(1, invoice(client=client(email="a@x.fr"))))
    assert b"To: a@x.fr\r\n" in message_bytes(written, SENDER, AT)

"""What became of each message, told from the events of the journal alone: what waits, what left, what counts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from relance.domain.late_fees.fee_account import FeesClaimed
from relance.domain.noted import Fact, FailedNoted, ReminderNoted
from relance.workbook.events import (
    Delivered,
    Doubted,
    Drafted,
    Event,
    Failed,
    FeesAsked,
    InvoiceStep,
    Kept,
    Known,
    Recorded,
    Released,
    Reserved,
    Sending,
    Undone,
)
from relance.workbook.messages import (
    claims_made,
    known_facts,
    outgoing,
    pending_drafts,
    unfinished,
    unnoted_messages,
    waiting_messages,
)
from relance.workbook.threads import first_messages

DAY, LATER = date(2026, 11, 20), date(2026, 11, 23)
ABOUT: dict[str, Any] = {"at": datetime(2026, 11, 20, 8, 30), "day": DAY}  # noqa: DTZ001 - as journals of before have it


def reserved(message: str = "m", **more: Any) -> Reserved:
    """A message about F-1 at step 1 and F-2 at step 2 of one client."""
    start: dict[str, Any] = {
        "client": "dupont",
        "invoices": (InvoiceStep("F-1", 1), InvoiceStep("F-2", 2)),
        "file": f"drafts/{message}.eml",
        "message_id": f"<{message}@x>",
    }
    return Reserved(**ABOUT, id=message, **(start | more))


DRAFTED = Drafted(**ABOUT, id="m", file="drafts/m-2.eml", sha256="ab")
SENDING = Sending(**ABOUT, id="m", file="sent/m.eml", sha256="cd")
SENT = Delivered(at=ABOUT["at"], day=LATER, id="m")
UNKNOWN = Doubted(**ABOUT, id="m", reason="the run stopped")
FAILED = Failed(**ABOUT, id="m", reason="full")
RELEASED = Released(**ABOUT, id="m")


def act(*facts: Fact, name: str = "a") -> Recorded:
    return Recorded(**ABOUT, id=name, act="sent", facts=facts)


def went(number: str, step: int) -> ReminderNoted:
    return ReminderNoted(number=number, client="dupont", step=step, on=LATER, message="m")


GIVEN_UP = act(FailedNoted(number="F-1", client="dupont", message="m"))


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), "reserved"),
        ((DRAFTED,), "drafted"),
        ((SENDING,), "sending"),
        ((SENDING, SENT), "sent"),
        ((SENDING, UNKNOWN), "unknown"),
        ((SENDING, FAILED), "free"),
        ((RELEASED,), "free"),
        ((DRAFTED, GIVEN_UP), "free"),
        ((DRAFTED, GIVEN_UP, Undone(**ABOUT, undoes="a")), "drafted"),
        ((DRAFTED, replace(RELEASED, id="another")), "drafted"),
    ],
)
def test_the_last_line_tells_what_became_of_a_message(events: tuple[Known, ...], state: str) -> None:
    (known,) = outgoing([reserved(), *events]).values()
    assert known.state == state
    waits = state in {"reserved", "drafted", "sending", "unknown"}
    assert [draft.number for draft in pending_drafts([reserved(), *events])] == ["F-1", "F-2"] * waits
    assert [message.id for message in waiting_messages([reserved(), *events])] == ["m"] * waits
    assert [left.state for left in unfinished([reserved(), *events])] == [state] * (state in {"reserved", "sending"})
    assert all(draft.doubtful == (state in {"sending", "unknown"}) for draft in pending_drafts([reserved(), *events]))


def test_a_message_made_again_starts_anew_and_comes_last() -> None:
    events: list[Known] = [reserved(), act(went("F-1", 1)), RELEASED, reserved("other"), reserved()]
    found = outgoing(events)
    assert list(found) == ["other", "m"]
    assert (found["m"].state, found["m"].noted) == ("reserved", frozenset())


def test_an_invoice_of_which_an_act_says_that_its_reminder_left_waits_no_more() -> None:
    events: list[Known] = [reserved(), DRAFTED, act(went("F-1", 1))]
    (known,) = outgoing(events).values()
    assert (known.noted, known.unnoted.invoices) == ({"F-1"}, (InvoiceStep("F-2", 2),))
    assert [draft.number for draft in pending_drafts(events)] == ["F-2"]
    assert [draft.number for draft in pending_drafts([*events, Undone(**ABOUT, undoes="a")])] == ["F-1", "F-2"]
    assert waiting_messages([*events, act(went("F-2", 2), name="b")]) == ()
    alien = ReminderNoted(number="F-1", client="dupont", step=1, on=LATER, by="phone")
    assert len(pending_drafts([reserved(), act(alien)])) == 2


def test_a_message_that_a_server_took_is_a_reminder_until_an_act_says_so_itself() -> None:
    events: list[Known] = [reserved(), SENDING, SENT]
    mine = ReminderNoted(number="F-2", client="dupont", step=2, on=LATER, by="email", message="m")
    assert known_facts(events) == (replace(mine, number="F-1", step=1), mine)
    assert [known.message.id for known in unnoted_messages(events)] == ["m"]
    noted = act(went("F-1", 1))
    assert known_facts([*events, noted]) == (*noted.facts, mine)
    assert unnoted_messages([*events, act(went("F-1", 1), went("F-2", 2))]) == ()
    assert known_facts([reserved(), SENDING, UNKNOWN]) == ()


def test_a_courtesy_note_stays_a_contact_once_it_left() -> None:
    events: list[Known] = [reserved(invoices=(InvoiceStep("F-1", 0), InvoiceStep("F-2", 1))), SENDING, SENT]
    assert [(draft.number, draft.step) for draft in pending_drafts(events)] == [("F-1", 0)]
    assert pending_drafts([*events, FAILED]) == ()


def test_the_bytes_of_a_message_are_the_last_known_and_go_with_one_that_failed() -> None:
    def file(*events: Known) -> tuple[str, str, bool]:
        (known,) = outgoing([reserved(), *events]).values()
        return known.file, known.sha256, known.kept

    assert file() == ("drafts/m.eml", "", False)
    assert file(DRAFTED) == ("drafts/m-2.eml", "ab", False)
    assert file(Drafted(**ABOUT, id="m", sha256="ab", mailbox="Brouillons")) == ("drafts/m.eml", "ab", False)
    assert file(SENDING, SENT) == ("sent/m.eml", "cd", True)
    assert file(DRAFTED, Kept(**ABOUT, id="m", file="sent/k.eml", sha256="ef")) == ("sent/k.eml", "ef", True)
    assert file(SENDING, FAILED) == ("", "", False)


ASKED = FeesAsked("F-2", 1, DAY, Decimal("7.50"), Decimal(40))
CLAIMED = FeesClaimed(
    number="F-2", client="dupont", on=DAY, step=2, level=1, until=DAY, interest=Decimal("7.50"), indemnity=Decimal(40)
)


def test_fees_are_claimed_by_every_message_that_may_have_left() -> None:
    asking = reserved(fees=(ASKED, replace(ASKED, number="F-9")))
    both = (CLAIMED, replace(CLAIMED, number="F-9"))  # of an invoice it does not name: the step after its level
    assert claims_made([reserved("plain"), asking, SENDING, UNKNOWN]) == both
    assert claims_made([asking, SENDING, SENT]) == both
    for gone in (RELEASED, FAILED, GIVEN_UP):
        assert claims_made([asking, DRAFTED, gone]) == ()


def first(*events: Event) -> str:
    found = first_messages([event for event in events if isinstance(event, Known)])
    return found["dupont", "F-1"][1] if found else ""


def test_a_debt_is_one_conversation_begun_by_the_first_message_that_left() -> None:
    again = reserved("n", invoices=(InvoiceStep("F-1", 2),))
    assert first(reserved(), again) == "<m@x>"
    assert first(reserved(), DRAFTED, Kept(**ABOUT, id="m", file="f", sha256="a", message_id="<outlook@x>")) == (
        "<outlook@x>"
    )
    assert first(reserved(), Kept(**ABOUT, id="m", file="f", sha256="a"), again) == "<m@x>"
    assert first(reserved(message_id=""), again) == "<n@x>"  # a letter on paper begins no conversation
    for gone in (RELEASED, FAILED, GIVEN_UP):
        assert first(reserved(), gone, again) == "<n@x>"
        assert first(reserved(), gone) == ""


def test_what_was_taken_back_counts_no_more() -> None:
    noted = act(went("F-1", 1))
    assert known_facts([noted]) == noted.facts
    assert known_facts([noted, Undone(**ABOUT, undoes="a")]) == ()


def test_of_two_messages_at_one_step_the_first_is_the_draft_that_waits() -> None:
    drafts = pending_drafts([reserved("first"), reserved("second", invoices=(InvoiceStep("F-1", 1),))])
    assert [(draft.number, draft.file) for draft in drafts] == [
        ("F-1", "drafts/first.eml"),
        ("F-2", "drafts/first.eml"),
    ]

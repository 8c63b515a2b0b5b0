"""What a run that stopped left open is settled by the next one: never by guessing that a message did not leave."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from relance.office.crashes import settle_crashes
from relance.office.ways import Files
from relance.workbook.events import Doubted, Drafted, InvoiceStep, Known, Released, Reserved, Sending
from relance.workbook.journal import append_events, read_journal
from relance.workbook.messages import Outgoing

AT, DAY = datetime(2026, 11, 20, 8, 30).astimezone(), date(2026, 11, 20)
ABOUT: dict[str, Any] = {"at": AT, "day": DAY, "workbook": "suivi.xlsx", "id": "m"}
FILE = "drafts/2026-11-20/dupont-1.eml"


class Mailbox(Files):
    """A mailbox in which the message is found, or not."""

    name = "imap"

    def __init__(self, found: tuple[str, str] | None) -> None:
        self.found = found

    def settle(self, left: Outgoing) -> tuple[str, str] | None:
        assert left.message.id == "m"
        return self.found


def settled(folder: Path, way: str, *more: Known, by: Files | None = None, written: bytes | None = None) -> list[Known]:
    """The lines that the next run adds after a reservation and what followed it; run again, it adds nothing."""
    announced = Reserved(**ABOUT, client="dupont", invoices=(InvoiceStep("F-1", 1),), file=FILE, way=way)
    append_events(folder, [announced, *more])
    if written is not None:
        (folder / "relance" / FILE).parent.mkdir(parents=True)
        (folder / "relance" / FILE).write_bytes(written)
    settle_crashes(folder, AT, DAY, by)
    added = list(read_journal(folder).events[1 + len(more) :])
    settle_crashes(folder, AT, DAY, by)
    assert read_journal(folder).events[1 + len(more) :] == tuple(added)
    return added


def test_a_draft_whose_file_is_there_stands_and_one_without_is_free(tmp_path: Path) -> None:
    (drafted,) = settled(tmp_path, "", written=b"Bonjour")
    assert drafted == Drafted(**ABOUT, file=FILE, sha256=sha256(b"Bonjour").hexdigest())
    assert (tmp_path / "relance" / FILE).is_file()
    other = tmp_path / "other"
    other.mkdir()
    (released,) = settled(other, "")
    assert isinstance(released, Released)


def test_a_draft_whose_name_was_claimed_and_not_filled_is_free(tmp_path: Path) -> None:
    (released,) = settled(tmp_path, "", written=b"")
    assert isinstance(released, Released)
    assert not (tmp_path / "relance" / FILE).exists()


def test_a_message_kept_for_a_server_that_was_not_spoken_to_is_free_and_its_bytes_go(tmp_path: Path) -> None:
    (released,) = settled(tmp_path, "smtp", written=b"Bonjour")
    assert isinstance(released, Released)
    assert not (tmp_path / "relance" / FILE).exists()


@pytest.mark.parametrize("by", [None, Files(), Mailbox(("Brouillons", "ab"))])
def test_a_message_that_was_being_sent_is_unknown_whoever_looks(tmp_path: Path, by: Files | None) -> None:
    (doubted,) = settled(tmp_path, "smtp", Sending(**ABOUT, file=FILE, sha256="ab"), by=by, written=b"Bonjour")
    assert isinstance(doubted, Doubted)
    assert (tmp_path / "relance" / FILE).is_file()


@pytest.mark.parametrize("by", [None, Files()])
def test_a_draft_on_its_way_into_a_mailbox_stays_open_until_somebody_looks_there(
    tmp_path: Path, by: Files | None
) -> None:
    assert settled(tmp_path, "imap", by=by) == []
    settle_crashes(tmp_path, AT, DAY, Mailbox(("Brouillons", "ab")))
    assert read_journal(tmp_path).events[1:] == (Drafted(**ABOUT, mailbox="Brouillons", sha256="ab"),)


def test_a_draft_that_is_nowhere_in_the_mailbox_is_free(tmp_path: Path) -> None:
    (released,) = settled(tmp_path, "imap", by=Mailbox(None))
    assert isinstance(released, Released)


def test_what_was_half_written_goes_and_what_others_left_stays(tmp_path: Path) -> None:
    places = [tmp_path / "relance" / name / "2026-11-20" for name in ("drafts", "sent", "elsewhere")]
    for place in places:
        place.mkdir(parents=True)
        (place / ".relance-0a1b.tmp").write_bytes(b"half")
        (place / "mine.tmp").write_bytes(b"mine")
    settle_crashes(tmp_path, AT, DAY)
    left = sorted(file.relative_to(tmp_path / "relance").parts[::2] for file in tmp_path.rglob("*.tmp"))
    assert left == [
        ("drafts", "mine.tmp"),
        ("elsewhere", ".relance-0a1b.tmp"),
        ("elsewhere", "mine.tmp"),
        ("sent", "mine.tmp"),
    ]

"""Carry out an act: its plan made, shown, agreed to, announced in the journal, put into the workbook, noted as done.

The plan that is shown is the object that is applied; all of it or nothing. After a crash at any instant the next act
settles what was announced. It must not know what an act means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.config import Config
from relance.domain.model import ColumnFound, Ledger
from relance.domain.noted import Fact
from relance.errors import ConflictError, Message, RelanceError, msg
from relance.office.book import Book, locate, read_book
from relance.workbook.backup import Keep
from relance.workbook.events import Abandoned, Act, Done, Intent, Recorded, Undone, open_intents
from relance.workbook.habits import Habits
from relance.workbook.journal import append_events, new_id, read_journal, refuse_unread
from relance.workbook.lock import check_free, hold_workbook
from relance.workbook.plans import Planned
from relance.workbook.reading.read import open_sheets
from relance.workbook.reading.rows import Reading
from relance.workbook.save import Saved, Snapshot, read_snapshot, save_plan, undo_plan
from relance.workbook.xlsx.ahead import Ahead
from relance.workbook.xlsx.book import open_book as open_package
from relance.workbook.xlsx.caveats import caveats
from relance.workbook.xlsx.edits import Plan, from_record, to_record, unchanged
from relance.workbook.xlsx.patch import apply_plan


class Desk(Struct, frozen=True):
    """Everything an act is decided on: the book, the workbook's bytes as they are now, how its sheet is written and
    what was read of it, and the real time."""

    book: Book
    snapshot: Snapshot
    habits: Habits
    reading: Reading
    at: datetime

    @property
    def sheet(self) -> Ledger:
        """What the sheet says without the journal."""
        return self.reading.ledger

    @property
    def today(self) -> date:
        """The business day."""
        return self.book.day.today


class Decided(Struct, frozen=True, kw_only=True):
    """An act decided: the command, its title, the plan for the workbook, what the journal learns, what the person
    should know; `takes_back` is the act an undo takes back, `found` the columns `adopt` shows."""

    act: str
    title: Message
    plan: Plan = Plan()
    facts: tuple[Fact, ...] = ()
    remarks: tuple[Message, ...] = ()
    takes_back: Act | None = None
    found: tuple[ColumnFound, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the workbook changes."""
        return bool(self.plan.effective or self.plan.rows)


class Outcome(Struct, frozen=True):
    """What became of an act: done or not, and the backup made before (path from `relance/`, "" for none)."""

    decided: Decided
    applied: bool = False
    backup: str = ""


Decide = Callable[[Desk], Decided]


def combined(several: Sequence[Planned]) -> tuple[Plan, tuple[Message, ...]]:
    """Several plans on one sheet as one, and what should be known of them, each thing said once."""
    plans = [planned.plan for planned in several]
    edits = tuple(edit for plan in plans for edit in plan.edits)
    remarks: list[Message] = []
    for planned in several:
        remarks += [remark for remark in planned.remarks if remark not in remarks]
    return Plan(edits, (), plans[0].headers if plans else {}), tuple(remarks)


def record(
    config: Config, at: datetime, today: date, decide: Decide, agree: Callable[[Decided], bool] | None = None
) -> Outcome:
    """Carry out an act; `at` is the real time.

    `agree` is asked once the plan is made and checked; without it the act is done as decided, after waiting for its
    turn among others. ConflictError, and nothing written: somebody has the workbook open, it changed since it was
    read, a cell may not be written.
    """
    path = locate(config)
    with hold_workbook(path):
        settle(path, at, today)
        if agree is None:
            desk = open_desk(config, path, at, today)
            return carry_out(desk, decided_at(desk, decide))
    desk = open_desk(config, path, at, today)
    decided = decided_at(desk, decide)
    rehearse(desk, decided)
    if decided.writes:
        check_free(desk.book.path)
    if not agree(decided):
        return Outcome(decided)
    with hold_workbook(desk.book.path):
        return carry_out(desk, decided)


def try_out(config: Config, at: datetime, today: date, decide: Decide) -> Outcome:
    """What an act would do; nothing is written."""
    desk = open_desk(config, locate(config), at, today)
    decided = decided_at(desk, decide)
    rehearse(desk, decided)
    return Outcome(decided)


def decided_at(desk: Desk, decide: Decide) -> Decided:
    """The act decided, with what the workbook says of itself where the act writes in it."""
    decided = decide(desk)
    sheets = dict.fromkeys(edit.sheet for edit in decided.plan.effective) if decided.writes else ()
    told: list[Message] = []
    for sheet in sheets:
        told += [said for said in caveats(desk.habits.book, sheet) if said not in told]
    return replace(decided, remarks=(*decided.remarks, *told)) if told else decided


def open_desk(config: Config, path: Path, at: datetime, today: date) -> Desk:
    """Open the book to write in it. ConflictError when the workbook changes while it is read, WorkbookError when
    relance does not write such a file."""
    workbook = open_sheets(path)
    ahead = Ahead(workbook.data)
    book, reading = read_book(config, replace(workbook, inflated=ahead.part), today)
    snapshot = read_snapshot(path)
    if snapshot.data != book.fingerprint.data:
        raise ConflictError(
            "workbook-changed",
            msg("The workbook {file} changed since it was read.", file=book.path.name),
            msg("Nothing was written. Run the command again: it reads the workbook as it is now."),
        )
    refuse_unread(book.journal)
    habits = Habits(ahead.book(), reading, config.get("workbook.date_order"))
    return Desk(book, snapshot, habits, reading, at)


def rehearse(desk: Desk, decided: Decided) -> None:
    """Apply the plan in memory, so that what cannot be written is refused before anybody is asked."""
    if decided.writes:
        apply_plan(desk.snapshot.data, decided.plan, opened=desk.habits.book)


def carry_out(desk: Desk, decided: Decided) -> Outcome:
    """Announce, write, note as done. The folder's workbooks are held by the caller."""
    folder, size = desk.book.path.parent, desk.book.journal.size
    if not (decided.writes or decided.facts or decided.takes_back):
        return Outcome(decided)
    if not decided.writes:
        append_events(folder, [_journal_event(desk, decided)], after=size)
        return Outcome(decided, applied=True)
    id_ = new_id(desk.at)
    announced = False

    def announce(saved: Saved) -> None:
        nonlocal announced
        append_events(folder, [_intent(desk, decided, id_, saved)], after=size)
        announced = True

    try:
        saved = _save(desk, decided, announce)
    except RelanceError:
        with suppress(RelanceError):
            settle(desk.book.path, desk.at, desk.today)
        raise
    if not announced:  # not a byte of the workbook had to change
        append_events(folder, [_journal_event(desk, decided)], after=size)
        return Outcome(decided, applied=True)
    with suppress(RelanceError):  # the act is in the workbook: the next one notes it as done
        append_events(folder, [Done(**_head(desk), id=id_, after=saved.after)])
    return Outcome(decided, applied=True, backup=saved.backup)


def _save(desk: Desk, decided: Decided, announce: Callable[[Saved], None]) -> Saved:
    now, keep = desk.at.replace(tzinfo=None), _keep(desk.book.config)
    act = decided.takes_back
    if act is None or not isinstance(act.event, Intent):
        return save_plan(desk.snapshot, decided.plan, now, keep, announce=announce, opened=desk.habits.book)
    before = act.event
    saved = Saved(before.before, before.after if act.exact else "", before.backup)
    plan = from_record(before.plan, decided.title)
    return undo_plan(desk.snapshot, saved, plan, now, keep, announce=announce)


def _keep(config: Config) -> Keep:
    return Keep(config.get("backups.all_days"), config.get("backups.daily_days"))


def _head(desk: Desk) -> dict[str, Any]:
    return {"at": desk.at, "day": desk.today, "workbook": desk.book.path.name}


def _intent(desk: Desk, decided: Decided, id_: str, saved: Saved) -> Intent:
    return Intent(
        **_head(desk),
        id=id_,
        act=decided.act,
        before=saved.before,
        after=saved.after,
        plan=to_record(decided.plan),
        backup=saved.backup,
        facts=decided.facts,
        undoes=decided.takes_back.event.id if decided.takes_back else "",
    )


def _journal_event(desk: Desk, decided: Decided) -> Recorded | Undone:
    if decided.takes_back:
        return Undone(**_head(desk), undoes=decided.takes_back.event.id)
    return Recorded(**_head(desk), id=new_id(desk.at), act=decided.act, facts=decided.facts)


def settle(path: Path, at: datetime, today: date) -> None:
    """Note what became of the acts announced for a workbook by a run that stopped before it could: done where the
    workbook has them, abandoned where it is as before; one of which nobody can tell stays open, and `check` says so.
    """
    folder = path.parent
    for intent in open_intents(read_journal(folder).events):
        if intent.workbook == path.name:
            event = _what_became(path, intent, {"at": at, "day": today, "workbook": path.name})
            if event:
                append_events(folder, [event])


def _what_became(path: Path, intent: Intent, head: dict[str, Any]) -> Done | Abandoned | None:
    snapshot = read_snapshot(path)
    if snapshot.sha256 == intent.after:
        return Done(**head, id=intent.id, after=intent.after)
    if snapshot.sha256 == intent.before:
        return Abandoned(**head, id=intent.id, reason="the run that announced it stopped before writing it")
    written = _is_written(snapshot.data, from_record(intent.plan, msg("")))
    if written is None:
        return None
    if written:
        return Done(**head, id=intent.id)
    return Abandoned(**head, id=intent.id, reason="the workbook was changed by somebody else, and does not show it")


def _is_written(data: bytes, plan: Plan) -> bool | None:
    """Whether the cells hold what the plan wrote, or what was there before; None where it is neither."""
    book = open_package(data)
    names = {sheet.name for sheet in book.layout.sheets}
    edits = [edit for edit in plan.effective if edit.sheet in names]
    held = [book.value(edit.sheet, edit.cell) for edit in edits]
    if edits and all(unchanged(_as(edit, value)) for edit, value in zip(edits, held, strict=True)):
        return True
    before = [(edit, value) for edit, value in zip(edits, held, strict=True) if not _was(edit, value)]
    return None if before or not edits else False


def _as(edit: Any, value: Any) -> Any:
    from msgspec.structs import replace  # noqa: PLC0415 - only after a crash

    return replace(edit, before=value)


def _was(edit: Any, value: Any) -> bool:
    from relance.workbook.xlsx.values import same_value  # noqa: PLC0415 - only after a crash

    return same_value(value, edit.before)

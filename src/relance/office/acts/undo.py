"""Take back the last act on a workbook: its cells as they were, and what the journal learned with it."""

from __future__ import annotations

from pathlib import Path

from relance.errors import UsageError, msg
from relance.office.acts.record import Decided, Desk
from relance.office.acts.words import name_act
from relance.workbook.events import Act, Forgotten, Intent, list_acts
from relance.workbook.xlsx.edits import from_record, reversed_plan


def decide_undo(desk: Desk) -> Decided:
    """The act of taking back the last one in force on this workbook; UsageError when there is none.

    Whether its cells are still as it left them is seen when the plan is applied: ConflictError names the first that is
    not.
    """
    act = last_act(list_acts(desk.book.journal.events), desk.book.path)
    if act is None:
        raise UsageError(
            "nothing-to-undo",
            msg("The journal knows of no act on {file} to take back.", file=desk.book.path.name),
            msg("relance log shows what was done, and what was taken back."),
        )
    event = act.event
    title = msg("Taking back: {act} of {day}", act=name_act(event.act), day=event.day)
    if not isinstance(event, Intent):
        return Decided(act="undo", title=title, takes_back=act)
    plan = reversed_plan(from_record(event.plan, msg("{act} of {day}", act=name_act(event.act), day=event.day)))
    return Decided(act="undo", title=title, plan=plan, takes_back=act)


def last_act(acts: tuple[Act, ...], path: Path) -> Act | None:
    """The last act in force on a workbook, by its name; on one renamed since, the last of those whose workbook is not
    in the folder any more."""
    standing = [act for act in acts if act.in_force and not isinstance(act.event, Forgotten)]
    mine = [act for act in standing if act.event.workbook == path.name]
    mine = mine or [act for act in standing if not (path.parent / act.event.workbook).exists()]
    return mine[-1] if mine else None

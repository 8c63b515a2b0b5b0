"""What stands beside a workbook and concerns it: second versions of a sync service, acts nobody noted as done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from relance.errors import Problem, Severity, msg
from relance.office.acts.words import name_act
from relance.workbook.events import open_intents
from relance.workbook.journal import FOLDER, Journal
from relance.workbook.lock import conflicted_copies
from relance.workbook.traces import unannounced_message


def check_beside(path: Path, journal: Journal) -> Iterator[Problem]:
    """A problem for each conflicted copy of the workbook, and for each act announced whose end is not known."""
    for copy in conflicted_copies(path):
        yield Problem(
            "conflicted-copy",
            Severity.WARNING,
            msg("A sync service kept a second version of this workbook: {file}.", file=copy.name),
            msg("Compare the two, bring what is missing into {file}, then delete the other one.", file=path.name),
            value=copy.name,
        )
    yield from check_journal(path, journal)
    for intent in open_intents(journal.events):
        if intent.workbook == path.name:
            yield Problem(
                "act-interrupted",
                Severity.WARNING,
                msg(
                    "The act {act} of {day} was interrupted: nobody noted whether the workbook has it.",
                    act=name_act(intent.act),
                    day=intent.day,
                ),
                msg("What it said counts as a stop meanwhile. The next act settles it, or relance undo takes it back."),
                value=intent.act,
            )


def check_journal(path: Path, journal: Journal) -> Iterator[Problem]:
    """An error where a message lies beside the workbook that the journal does not know: it was deleted, or an older
    copy took its place, and what it announced since may have left."""
    message = unannounced_message(path.parent / FOLDER, journal.events)
    if message is not None:
        yield Problem(
            "journal-lost",
            Severity.ERROR,
            msg("The journal knows nothing of {file}: it was deleted, or an older copy took its place.",
                file=message.relative_to(path.parent).as_posix()),
            msg("No reminder is prepared, since some may have left already. Put the last relance/journal.jsonl back "
                "from your backups. If it is lost: type the reminders that left into the workbook, then rename the "
                "folders relance/drafts and relance/sent."),
            value=message.name,
        )  # fmt: skip

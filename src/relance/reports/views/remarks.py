"""What to know of a day before acting: how fresh the payments are, drafts that wait, what the workbook or the settings
leave in doubt. Lines below the lists of status, remind and the report."""

from __future__ import annotations

from collections.abc import Iterator

from relance.domain.day import Day
from relance.domain.model import DueSource
from relance.errors import Problem, Severity, msg, msg_n
from relance.reports.view import Line, Tone

_NOT_READ = frozenset({"other-table-above", "other-table-below", "other-tracking-table", "row-below-table"})
_ASSUMED = DueSource.ASSUMED  # looked up once, not for every invoice
_FEW = 3  # parts not read that are told before the rest is left to relance check


def nothing_owed(day: Day) -> Iterator[Line]:
    """That nothing is owed; or that there is no invoice yet, or that only a part of the workbook was read."""
    unread = tuple(_unread_parts(day))
    if unread:
        yield Line(msg("Nothing is owed in what is read of this workbook."), Tone.NOTICE)
    elif not day.ledger.invoices and not day.ledger.credits:
        yield Line(msg("No invoice yet, nobody to chase: type them in, or use relance add."), Tone.NOTICE)
    else:
        yield Line(msg("Nothing is owed: nobody to chase."), Tone.GOOD)
    yield from unread


def remarks(day: Day) -> Iterator[Line]:
    """How fresh the payments are, which fees are provisional, which limitation dates are near."""
    yield from stale_lines(day)
    yield from cautions(day)


def stale_lines(day: Day) -> Iterator[Line]:
    """That the payments typed are old, where they are."""
    fresh = day.freshness
    if fresh.last_payment is not None and fresh.days is not None and fresh.days > day.fresh_days:
        yield Line(
            msg_n(
                "The last payment typed is {n} day old ({day}): type in the newer ones before chasing anybody.",
                "The last payment typed is {n} days old ({day}): type in the newer ones before chasing anybody.",
                fresh.days,
                day=fresh.last_payment,
            ),
            Tone.WARNING,
        )


def cautions(day: Day) -> Iterator[Line]:
    """What to know before acting: assumed due dates, settings without effect, provisional fees, limitation dates."""
    yield from _unconfirmed(day)
    assumed = sum([invoice.due_source is _ASSUMED for invoice, _ in day.overdue])
    if assumed:
        text = msg_n(
            "{n} invoice is late by an assumed due date: relance invoices marks it with *.",
            "{n} invoices are late by assumed due dates: relance invoices marks them with *.",
            assumed,
        )
        yield Line(text, Tone.NOTICE)
    yield from _unread_parts(day)
    for problem in filter(_is_told, day.problems):
        yield Line(problem.message, Tone.BAD if problem.severity is Severity.ERROR else Tone.WARNING)
    if any(provisional for _, provisional in day.fees.values()):
        yield Line(msg("Some late fees are provisional: relance fees tells which and why."), Tone.NOTICE)
    near = sum(problem.code == "limitation" for problem in day.problems)
    if near:
        text = msg_n(
            "{n} invoice near or past its limitation date, to be verified: relance check.",
            "{n} invoices near or past their limitation dates, to be verified: relance check.",
            near,
        )
        yield Line(text, Tone.NOTICE)


def _unconfirmed(day: Day) -> Iterator[Line]:
    """The drafts that have waited too long, and the messages of which nobody knows whether they left."""
    for draft in day.unconfirmed:
        if draft.doubtful:
            text = msg(
                "{number}: nobody knows whether the message of {day} left. Ask the client, then: "
                "relance sent {number}, or relance failed {number}.",
                number=draft.number,
                day=draft.on,
            )
            yield Line(text, Tone.BAD)
    old = [draft for draft in day.unconfirmed if not draft.doubtful]
    if old:
        text = msg_n(
            "{n} draft has waited since {day}: send it, then relance sent --all; or give it up with relance failed.",
            "{n} drafts have waited since {day}: send them, then relance sent --all; or give them up with relance "
            "failed.",
            len({(draft.client, draft.on, draft.file) for draft in old}),
            day=old[0].on,
        )
        yield Line(text, Tone.WARNING)


def _unread_parts(day: Day) -> Iterator[Line]:
    """The tables of invoices that nobody reads, a few of them: what is owed there is in no total."""
    for problem in _unread(day):
        text = msg("{message} {hint}", message=problem.message, hint=problem.hint)
        yield Line(text, Tone.BAD if problem.severity is Severity.ERROR else Tone.WARNING)


def _unread(day: Day) -> list[Problem]:
    return [problem for problem in day.problems if problem.code in _NOT_READ and not _is_archive(problem)][:_FEW]


def _is_archive(problem: Problem) -> bool:
    """Whether nothing is open on the other sheet."""
    return problem.code == "other-tracking-table" and problem.severity is not Severity.ERROR


def _is_told(problem: Problem) -> bool:
    """Whether a problem of relance.toml stands in the list of the day: somebody may be chased who should not be."""
    grave = problem.code == "setting-without-effect" and problem.severity is Severity.ERROR
    return grave or problem.code in {"named-nobody", "retention-read"}


def pointer(day: Day) -> tuple[Line, ...]:
    """Where the other problems of the workbook are told, beside those shown."""
    told = {id(problem) for row in day.ledger.set_aside for problem in row.problems}
    told |= {id(problem) for problem in (*_unread(day), *filter(_is_told, day.problems))}
    others = sum(id(problem) not in told and problem.code != "limitation" for problem in day.problems)
    if others:
        text = msg_n(
            "{n} more remark on the workbook: relance check.",
            "{n} more remarks on the workbook: relance check.",
            others,
        )
        return (Line(text, Tone.FAINT),)
    return ()

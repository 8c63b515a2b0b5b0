"""relance remind: whom, what and why; and what was left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from relance.domain.day import Day
from relance.domain.model import Channel
from relance.domain.policies.chase import Chase
from relance.errors import ExitCode, Message, Problem, Severity, msg, msg_n
from relance.reports.view import Align, Column, Line, Section, Table, Tone, View
from relance.reports.views.remarks import pointer, remarks
from relance.reports.views.today import CHANNELS, amounts_of, beside, to_fix_table, waiting_table


class Done(Struct, frozen=True, kw_only=True):
    """One client to be chased and what became of it: a `letter` (its file or mailbox folder and its addresses) and its
    `state`, planned, drafted, sent, failed, unknown, changed (left out) or held (not tried); or no letter."""

    chase: Chase
    letter: bool = False
    file: str = ""
    to: tuple[str, ...] = ()
    subject: str = ""
    problems: tuple[Problem, ...] = ()
    state: str = "planned"
    mailbox: str = ""


class Run(Struct, frozen=True, kw_only=True):
    """How the messages were to leave (`way`: eml, imap, smtp), whether nothing was to be written, whether the person
    asked said no, and what is told besides."""

    way: str = "eml"
    dry_run: bool = False
    declined: bool = False
    told: tuple[Problem, ...] = ()


_LEFT = frozenset({"drafted", "sent"})
_MADE = frozenset({"planned", "unknown", *_LEFT})
_STAYED = frozenset({"failed", "unknown", "held"})


def remind_view(day: Day, done: tuple[Done, ...], run: Run) -> View:
    """The messages made (or that would be), the calls left to a person, what waits. Exit code 6 when some messages did
    not leave."""
    problems = (*run.told, *(problem for entry in done for problem in entry.problems))
    return View(
        command="remind",
        title=msg("Reminders · {name}", name=day.name),
        data=lambda: _data(day, done, run),
        sections=lambda: tuple(_sections(day, done, run)),
        remarks=lambda: (*map(_line, filter(_is_new, problems)), *pointer(day)),
        problems=(*day.problems, *problems),
        exit_code=ExitCode.DELIVERY if any(entry.state in _STAYED for entry in done) else ExitCode.DONE,
    )


def _line(problem: Problem) -> Line:
    """What happened, and what to do where a message did not leave."""
    if problem.severity is not Severity.ERROR:
        return Line(problem.message, Tone.WARNING)
    return Line(msg("{text} {hint}", text=problem.message, hint=problem.hint), Tone.BAD)


def _is_new(problem: Problem) -> bool:
    """Whether a problem is not among the remarks on the day, which tell how old the payments are."""
    return problem.code != "payments-old"


def _data(day: Day, done: tuple[Done, ...], run: Run) -> dict[str, Any]:
    return {
        "dry_run": run.dry_run,
        "to": run.way,
        "declined": run.declined,
        "drafts": [
            {
                **_entry(entry),
                "file": entry.file,
                "to": list(entry.to),
                "subject": entry.subject,
                "state": entry.state,
                "mailbox": entry.mailbox or None,
            }
            for entry in done
            if entry.letter
        ],
        "calls": [
            {**_entry(entry), "contact": entry.chase.client.contact, "phone": entry.chase.client.phone}
            for entry in done
            if _to_call(entry)
        ],
        "by_person": [{**_entry(entry), "phone": entry.chase.client.phone} for entry in done if not entry.letter],
        **_left_data(day),
    }


def _left_data(day: Day) -> dict[str, Any]:
    """What gets no message today, and why: it waits, or a draft of it does."""
    return {
        "waiting": [
            {
                "number": invoice.number,
                "client": invoice.client.name,
                "reason": decision.reason,
                "until": decision.next_date,
            }
            for invoice, decision in day.waiting
        ],
        "unconfirmed": [
            {
                "number": draft.number,
                "client": draft.client,
                "step": draft.step,
                "on": draft.on,
                "file": draft.file,
                "unknown": draft.doubtful,
            }
            for draft in day.unconfirmed
        ],
    }


def _entry(entry: Done) -> dict[str, Any]:
    chase = entry.chase
    return {
        "client": chase.client.name,
        "step": chase.step.number,
        "channel": chase.channel,
        "numbers": list(chase.numbers),
        "beside": [item.invoice.number for item in chase.beside],
        "amounts": [{"open": money.amount, "currency": money.currency} for money in amounts_of(chase)],
    }


def _sections(day: Day, done: tuple[Done, ...], run: Run) -> Iterator[Section]:
    letters = [entry for entry in done if entry.letter]
    others = [entry for entry in done if not entry.letter]
    if not letters:
        yield Line(msg("Nothing to draft today."), Tone.GOOD)
    shown = False
    for state in ("planned", "drafted", "sent", "unknown", "failed", "held", "changed"):
        same = [entry for entry in letters if entry.state == state]
        if same:
            yield _letter_table(same, _title(state, len(same), run), export=not shown)
            shown = True
    if letters:
        yield from beside(tuple(entry.chase for entry in letters))
        yield from _what_now(letters, run)
    calls = [entry for entry in done if _to_call(entry)]
    if calls:
        title = msg_n("To call besides the message: {n} client", "To call besides the message: {n} clients", len(calls))
        yield _person_table(calls, title)
    if others:
        title = msg_n("For a person: {n} client", "For a person: {n} clients", len(others))
        yield _person_table(others, title)
    if day.waiting:
        yield waiting_table(day)
    if day.ledger.set_aside:
        yield to_fix_table(day)
    yield from remarks(day)


def _title(state: str, count: int, run: Run) -> Message:
    if state == "planned" and run.way == "smtp":
        return msg_n("{n} message would be sent", "{n} messages would be sent", count)
    titles = {
        "planned": msg_n("{n} message would be drafted", "{n} messages would be drafted", count),
        "drafted": msg_n("{n} message drafted", "{n} messages drafted", count),
        "sent": msg_n("{n} message sent", "{n} messages sent", count),
        "unknown": msg_n("{n} message, perhaps sent", "{n} messages, perhaps sent", count),
        "failed": msg_n("{n} message did not leave", "{n} messages did not leave", count),
        "held": msg_n("{n} message was not tried", "{n} messages were not tried", count),
        "changed": msg_n("{n} message left out", "{n} messages left out", count),
    }
    return titles[state]


def _what_now(letters: list[Done], run: Run) -> Iterator[Line]:
    """Where the messages are, and what is left to do."""
    if run.dry_run:
        yield Line(msg("Nothing was written: this was a dry run."), Tone.NOTICE)
    if run.declined:
        yield Line(msg("Nothing was written, as you wished."), Tone.NOTICE)
    drafted = [entry for entry in letters if entry.state == "drafted"]
    for folder in dict.fromkeys(entry.file.rpartition("/")[0] for entry in drafted if entry.file):
        yield Line(msg("The drafts are in relance/{folder}: open each one, read it, send it.", folder=folder))
    for mailbox in dict.fromkeys(entry.mailbox for entry in drafted if entry.mailbox):
        yield Line(
            msg("The drafts are in the folder {folder} of your mailbox: read each one, send it.", folder=mailbox)
        )
        yield Line(msg("Then relance sent --scan finds them among the messages sent, and notes them."))
    sent = [entry for entry in letters if entry.state == "sent"]
    for folder in dict.fromkeys(entry.file.rpartition("/")[0] for entry in sent):
        yield Line(msg("The messages sent are kept in relance/{folder}.", folder=folder), Tone.GOOD)


_CHASED = (
    Column("client", msg("client")),
    Column("step", msg("step")),
    Column("open", msg("open"), Align.RIGHT),
)


def _chased(entry: Done) -> tuple[Any, ...]:
    """Who is chased, by which step, for how much: the first cells of every row."""
    chase = entry.chase
    return (
        chase.client.shown,
        msg("{number}. {name}", number=chase.step.number, name=chase.step.name),
        amounts_of(chase),
    )


def _letter_table(letters: list[Done], title: Message, *, export: bool) -> Table:
    columns = (
        *_CHASED,
        Column("numbers", msg("invoices"), fold=True, whole=True),
        Column("to", msg("addressed to"), fold=True, whole=True),
        Column("file", msg("file"), fold=True, whole=True),
    )
    rows = tuple(
        (
            *_chased(entry),
            entry.chase.numbers,
            entry.to or CHANNELS[Channel.LETTER],
            (entry.file.rpartition("/")[2] or entry.mailbox or None) if entry.state in _MADE else None,
        )
        for entry in letters
    )
    tone = _TONES.get(letters[0].state)
    return Table(title=title, columns=columns, rows=rows, tones=(tone,) * len(rows) if tone else (), export=export)


_TONES = {"unknown": Tone.BAD, "failed": Tone.BAD, "held": Tone.WARNING, "changed": Tone.WARNING}


def _to_call(entry: Done) -> bool:
    """Whether a step asks for a call beside the message that was drafted."""
    return entry.letter and entry.state in {"planned", *_LEFT} and entry.chase.channel is Channel.EMAIL_CALL


def _person_table(others: list[Done], title: Message) -> Table:
    columns = (
        *_CHASED,
        Column("channel", msg("by")),
        Column("contact", msg("contact"), fold=True),
        Column("phone", msg("telephone"), fold=True, whole=True),
        Column("numbers", msg("invoices"), fold=True, whole=True),
    )
    rows = tuple(
        (
            *_chased(entry),
            CHANNELS[entry.chase.channel],
            entry.chase.client.contact or None,
            entry.chase.client.phone or None,
            entry.chase.numbers,
        )
        for entry in others
    )
    return Table(title=title, columns=columns, rows=rows)

"""relance remind: whom, what and why; and what was left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from relance.domain.chase import Chase
from relance.domain.day import Day
from relance.domain.model import Channel
from relance.errors import Message, Problem, msg, msg_n
from relance.reports.view import Align, Column, Line, Section, Table, Tone, View
from relance.reports.views.status import CHANNELS, amounts_of, beside, pointer, remarks, to_fix_table, waiting_table


class Done(Struct, frozen=True, kw_only=True):
    """One client to be chased and what became of it: the draft's file and addresses, or nothing drafted (`file` "")."""

    chase: Chase
    file: str = ""
    to: tuple[str, ...] = ()
    subject: str = ""
    problems: tuple[Problem, ...] = ()


def remind_view(day: Day, done: tuple[Done, ...], *, dry_run: bool, gaps: tuple[Problem, ...] = ()) -> View:
    """The drafts made (or that would be), the calls left to a person, what waits; `gaps` are what our own letterhead
    lacks."""
    problems = (*gaps, *(problem for entry in done for problem in entry.problems))
    return View(
        command="remind",
        title=msg("Reminders · {name}", name=day.name),
        data=lambda: _data(day, done, dry_run=dry_run),
        sections=lambda: tuple(_sections(day, done, dry_run=dry_run)),
        remarks=lambda: (*(Line(problem.message, Tone.WARNING) for problem in problems), *pointer(day)),
        problems=(*day.problems, *problems),
    )


def _data(day: Day, done: tuple[Done, ...], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "drafts": [
            {**_entry(entry), "file": entry.file, "to": list(entry.to), "subject": entry.subject}
            for entry in done
            if entry.file
        ],
        "calls": [
            {**_entry(entry), "contact": entry.chase.client.contact, "phone": entry.chase.client.phone}
            for entry in done
            if _to_call(entry)
        ],
        "by_person": [{**_entry(entry), "phone": entry.chase.client.phone} for entry in done if not entry.file],
        "waiting": [
            {
                "number": invoice.number,
                "client": invoice.client.name,
                "reason": decision.reason,
                "until": decision.next_date,
            }
            for invoice, decision in day.waiting
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


def _sections(day: Day, done: tuple[Done, ...], *, dry_run: bool) -> Iterator[Section]:
    drafts = [entry for entry in done if entry.file]
    others = [entry for entry in done if not entry.file]
    if not drafts:
        yield Line(msg("Nothing to draft today."), Tone.GOOD)
    if drafts:
        yield _draft_table(drafts, dry_run=dry_run)
        yield from beside(tuple(entry.chase for entry in drafts))
        folder = drafts[0].file.rpartition("/")[0]
        if dry_run:
            yield Line(msg("Nothing was written: this was a dry run."), Tone.NOTICE)
        else:
            yield Line(msg("The drafts are in relance/{folder}: open each one, read it, send it.", folder=folder))
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


def _draft_table(drafts: list[Done], *, dry_run: bool) -> Table:
    columns = (
        Column("client", msg("client")),
        Column("step", msg("step")),
        Column("open", msg("open"), Align.RIGHT),
        Column("numbers", msg("invoices"), fold=True, whole=True),
        Column("to", msg("addressed to"), fold=True, whole=True),
        Column("file", msg("file"), fold=True, whole=True),
    )
    rows = tuple(
        (
            entry.chase.client.name,
            msg("{number}. {name}", number=entry.chase.step.number, name=entry.chase.step.name),
            amounts_of(entry.chase),
            entry.chase.numbers,
            entry.to or CHANNELS[Channel.LETTER],
            entry.file.rpartition("/")[2],
        )
        for entry in drafts
    )
    count = len(drafts)
    title = (
        msg_n("{n} message would be drafted", "{n} messages would be drafted", count)
        if dry_run
        else msg_n("{n} message drafted", "{n} messages drafted", count)
    )
    return Table(title=title, columns=columns, rows=rows, export=True)


def _to_call(entry: Done) -> bool:
    """Whether a step asks for a call beside the message that was drafted."""
    return bool(entry.file) and entry.chase.channel is Channel.EMAIL_CALL


def _person_table(others: list[Done], title: Message) -> Table:
    columns = (
        Column("client", msg("client")),
        Column("step", msg("step")),
        Column("open", msg("open"), Align.RIGHT),
        Column("channel", msg("by")),
        Column("contact", msg("contact"), fold=True),
        Column("phone", msg("telephone"), fold=True, whole=True),
        Column("numbers", msg("invoices"), fold=True, whole=True),
    )
    rows = tuple(
        (
            entry.chase.client.name,
            msg("{number}. {name}", number=entry.chase.step.number, name=entry.chase.step.name),
            amounts_of(entry.chase),
            CHANNELS[entry.chase.channel],
            entry.chase.client.contact or None,
            entry.chase.client.phone or None,
            entry.chase.numbers,
        )
        for entry in others
    )
    return Table(title=title, columns=columns, rows=rows)

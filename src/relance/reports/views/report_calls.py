"""What the report asks a person to do today: whom to call, what to write, which drafts wait for a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relance.domain.digest import Call, Digest
from relance.domain.model import Draft
from relance.domain.noted import OUTCOMES, CallNoted
from relance.errors import Message, msg, msg_n
from relance.money import Money
from relance.reports.view import Align, Column, Lateness, Line, Section, Table, Ticks, Tone
from relance.reports.views.today import chase_sections

TICKS = Ticks((msg("reached"), msg("message"), msg("no answer"), msg("promise for ..."), msg("dispute")))


def today_sections(digest: Digest) -> Iterator[Section]:
    """The call sheet, the messages to write, the drafts to confirm; or that there is nothing to do."""
    if digest.calls:
        yield call_sheet(digest)
        example = digest.calls[0].items[0].invoice.number
        text = msg('After each call: relance call {number} --outcome reached --note "..."', number=example)
        yield Line(text, Tone.FAINT)
    yield from chase_sections(digest.day)
    if digest.drafts:
        yield draft_table(digest)
        yield Line(msg("Once they are sent: relance sent. Until then nothing more goes to these clients."), Tone.FAINT)


def call_sheet(digest: Digest) -> Table:
    """One row per client to call: whom, where, what was said last, what is asked for, and the outcome to tick."""
    columns = (
        Column("client", msg("client")),
        Column("contact", msg("contact")),
        Column("phone", msg("telephone"), whole=True),
        Column("open", msg("to ask for"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("numbers", msg("invoices"), fold=True, whole=True),
        Column("words", msg("last words"), fold=True),
        Column("outcome", msg("outcome"), fold=True),
    )
    rows = tuple(_call_row(digest, call) for call in digest.calls)
    return Table(
        title=msg_n("To call today: {n} client", "To call today: {n} clients", len(rows)),
        columns=columns,
        rows=rows,
        name=msg("Calls"),
    )


def _call_row(digest: Digest, call: Call) -> tuple[Any, ...]:
    return (
        call.client.shown,
        call.client.contact or None,
        call.client.phone or msg("no number"),
        call.totals if len(call.totals) > 1 else call.totals[0] if call.totals else None,
        Lateness(max(item.invoice.days_late(digest.day.today) for item in call.items)),
        tuple(item.invoice.number for item in call.items),
        last_words(call),
        TICKS,
    )


def last_words(call: Call) -> Message | str | None:
    """The last call noted, else what a colleague typed as comment on the oldest of the invoices that has one."""
    if call.last:
        return say_call(call.last)
    return next((item.invoice.comment for item in call.items if item.invoice.comment), None)


def say_call(call: CallNoted) -> Message:
    """A call in a few words: its day, its outcome, what was said."""
    outcome = OUTCOMES.get(call.outcome, Message(call.outcome))
    if call.note:
        return msg("{day}, {outcome}: {note}", day=call.on, outcome=outcome, note=call.note)
    return msg("{day}, {outcome}", day=call.on, outcome=outcome)


def draft_table(digest: Digest) -> Table:
    """One row per draft nobody confirmed yet, oldest first."""
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("step", msg("step"), Align.RIGHT),
        Column("on", msg("drafted on")),
        Column("file", msg("file"), fold=True, whole=True),
    )
    rows = tuple((d.number, _name(digest, d), d.step, d.on, d.file or None) for d in digest.drafts)
    tones = tuple(Tone.WARNING if d.on < digest.day.today else Tone.PLAIN for d in digest.drafts)
    title = msg_n("To confirm: {n} draft", "To confirm: {n} drafts", len(rows))
    return Table(title=title, columns=columns, rows=rows, tones=tones, name=msg("Drafts"))


def _name(digest: Digest, draft: Draft) -> str:
    return next((i.client.name for i, _ in digest.day.live if i.client.key == draft.client), draft.client)


def calls_data(digest: Digest) -> list[dict[str, Any]]:
    """`calls[]`, one entry per client and currency."""
    return [
        {
            "client": call.client.name,
            "contact": call.client.contact,
            "phone": call.client.phone,
            "email": call.client.email,
            "step": call.step.number,
            "open": total.amount,
            "currency": total.currency,
            "numbers": [i.invoice.number for i in call.items if i.invoice.currency == total.currency],
            "drafted": call.drafted,
            "last_words": last_words(call),
        }
        for call in digest.calls
        for total in call.totals or (Money(call.items[0].amount, call.items[0].invoice.currency),)
    ]


def drafts_data(digest: Digest) -> list[dict[str, Any]]:
    """`drafts[]`: those nobody confirmed yet."""
    return [
        {"number": d.number, "client": _name(digest, d), "step": d.step, "on": d.on, "file": d.file or None}
        for d in digest.drafts
    ]

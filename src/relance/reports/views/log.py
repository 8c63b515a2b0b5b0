"""relance log: the journal as people read it, oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from relance.errors import Message, Problem, msg, msg_n
from relance.reports.view import Column, Line, Section, Table, Tone, View


class Entry(Struct, frozen=True, kw_only=True):
    """One thing the journal says: when it was noted, the business day, the kind of event, whom it concerns, in words,
    whether it was taken back since; `data` is the same for programs."""

    at: datetime
    kind: str
    number: str = ""
    client: str = ""
    text: Message
    state: str = "done"
    data: dict[str, Any] = {}


STATES: dict[str, Message] = {
    "done": msg(""),
    "undone": msg("taken back"),
    "open": msg("interrupted"),
    "waiting": msg("not confirmed"),
}


def log_view(name: str, entries: tuple[Entry, ...], problems: tuple[Problem, ...]) -> View:
    """The journal of a workbook, or of one invoice or client."""
    return View(
        command="log",
        title=msg("Journal · {name}", name=name),
        data=lambda: {"entries": [_data(entry) for entry in entries]},
        sections=lambda: _sections(entries),
        problems=problems,
    )


def _data(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "event": entry.kind,
        "number": entry.number,
        "client": entry.client,
        "state": entry.state,
        "text": entry.text,
        **entry.data,
    }


def _sections(entries: tuple[Entry, ...]) -> tuple[Section, ...]:
    if not entries:
        return (Line(msg("The journal says nothing about it yet.")),)
    columns = (
        Column("at", msg("noted on")),
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client"), fold=True),
        Column("text", msg("noted")),
        Column("state", msg("state"), fold=True),
    )
    rows = tuple(
        (e.at, e.number or None, e.client or None, e.text, STATES[e.state] if e.state != "done" else None)
        for e in entries
    )
    tones = tuple(
        Tone.FAINT if e.state == "undone" else Tone.WARNING if e.state == "open" else Tone.PLAIN for e in entries
    )
    title = msg_n("{n} entry", "{n} entries", len(entries))
    return (Table(title=title, columns=columns, rows=rows, tones=tones, export=True),)

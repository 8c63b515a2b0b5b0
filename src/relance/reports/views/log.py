"""relance log: the journal as people read it, oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from relance.errors import Message, Problem, msg, msg_n
from relance.reports.view import Column, Line, Section, Table, Tone, View


class Entry(Struct, frozen=True, kw_only=True):
    """One thing the journal says: when it was noted, the business day, the kind of event, whom it concerns, in words,
    whether it was taken back since; for a message, where its bytes are and their SHA-256; `data` is the same for
    programs."""

    at: datetime
    kind: str
    number: str = ""
    client: str = ""
    text: Message
    state: str = "done"
    kept: str = ""
    sha256: str = ""
    data: dict[str, Any] = {}


STATES: dict[str, Message] = {
    "done": msg(""),
    "undone": msg("taken back"),
    "open": msg("interrupted"),
    "waiting": msg("not confirmed"),
    "unknown": msg("nobody knows whether it left"),
    "failed": msg("did not leave"),
}


_TONES = {"undone": Tone.FAINT, "failed": Tone.FAINT, "open": Tone.WARNING, "unknown": Tone.BAD}


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
        **({"sha256": entry.sha256} if entry.sha256 else {}),
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
        Column("kept", msg("kept in"), fold=True, whole=True),
        Column("sha256", msg("SHA-256"), fold=True, whole=True),
    )
    rows = tuple(
        (
            e.at,
            e.number or None,
            e.client or None,
            e.text,
            STATES[e.state] if e.state != "done" else None,
            e.kept or None,
            e.sha256 or None,
        )
        for e in entries
    )
    tones = tuple(_TONES.get(e.state, Tone.PLAIN) for e in entries)
    title = msg_n("{n} entry", "{n} entries", len(entries))
    return (Table(title=title, columns=columns, rows=rows, tones=tones, export=True),)

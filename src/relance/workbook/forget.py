"""A journal rewritten so that it knows less: what it says of debts that are over, without names, addresses and words.

Turns the lines of a journal and the debts to forget into fewer and barer lines. Every line about other things stays as
it is, byte for byte. What keeps a reminder from going out twice, should an old workbook come back, stays: number, step,
day, what was paid; the client as a mark that can be compared and not read (`domain.names.hidden`). It must not know
files, nor which debts are over.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from relance.domain.names import hidden

Debt = tuple[str, str]
"""An invoice number and the client's key as the journal has it; without number, the client as a whole."""

_ACTS = ("recorded", "intent")
_ABOUT = {"done", "abandoned"}  # events about an act, by its id
_OVER = {"promise", "dispute", "call", "added", "surcharge", "adopted"}
"""What nothing depends on once the debt is settled."""
_WORDS = ("ref", "reason", "note")
_MESSAGE_WORDS = ("name", "message_id", "file", "mailbox", "reason")


class Line(Struct, frozen=True):
    """A line of a journal: its bytes, and what it says; None where that is not understood."""

    raw: bytes
    says: dict[str, Any] | None


class Trace(Struct, frozen=True):
    """What a journal holds of some debts: how many messages and acts, how many of them reports saw and told as over,
    and the files of those messages."""

    messages: int = 0
    acts: int = 0
    seen: int = 0
    files: tuple[str, ...] = ()


def read_lines(data: bytes) -> list[Line]:
    """Every line of a journal that is not blank."""
    return [Line(raw, _parse(raw)) for raw in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if raw.strip()]


def _parse(raw: bytes) -> dict[str, Any] | None:
    try:
        says = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return says if isinstance(says, dict) and isinstance(says.get("event"), str) else None


def debts_of(lines: Iterable[Line], elsewhere: Container[str] = ()) -> dict[Debt, str]:
    """Every debt a journal speaks of, with the last day on which it does (ISO); not those of the workbooks
    `elsewhere`, by file name."""
    found: dict[Debt, str] = {}
    others: set[Debt] = set()
    for line in lines:
        event = line.says or {}
        for debt in (*_debts(event), *_seen(event)):
            found[debt] = max(found.get(debt, ""), str(event.get("day", "")))
            if event.get("workbook") in elsewhere:
                others.add(debt)
    return {debt: day for debt, day in found.items() if debt not in others}


def _debts(event: dict[str, Any]) -> Iterator[Debt]:
    if event.get("event") == "reserved":
        yield from ((step["number"], str(event.get("client", ""))) for step in event.get("invoices", ()))
    if event.get("event") in (*_ACTS, "forgotten"):
        yield from (_debt(fact) for fact in event.get("facts", ()) if fact.get("number") or fact.get("client"))


def _seen(event: dict[str, Any]) -> Iterator[Debt]:
    """The debts a report saw."""
    if event.get("event") == "reported":
        yield from ((row[0], row[1]) for name in ("seen", "gone") for row in event.get(name, ()))


def _debt(fact: dict[str, Any]) -> Debt:
    return fact.get("number", ""), fact.get("client", "")


def trace_of(lines: Iterable[Line], gone: Callable[[Debt], bool]) -> Trace:
    """What forgetting these debts takes away."""
    several = list(lines)
    ids = _messages_gone(several, gone)
    of_messages = [line.says for line in several if line.says and line.says.get("id") in ids]
    files = dict.fromkeys(str(event["file"]) for event in of_messages if event.get("file"))
    acts = [line for line in several if _act_gone(line, gone) and line.says and line.says["event"] != "forgotten"]
    reserved = [event for event in of_messages if event["event"] == "reserved"]
    told = [event for event in reserved if event.get("to") or any(map(event.get, _MESSAGE_WORDS))]
    seen = [debt for debt in _told_over(several) if gone(debt) and hidden(debt[1]) != debt[1]]
    return Trace(len(told), len(acts), len(seen), tuple(files))


def forget(lines: Iterable[Line], gone: Callable[[Debt], bool]) -> bytes:
    """The journal without the words about these debts; forgetting twice changes nothing more."""
    several = list(lines)
    messages, acts = _messages_gone(several, gone), _acts_gone(several, gone)
    told = _told_over(several)
    kept = (
        _hide_keys(line, lambda debt: debt in told and gone(debt))
        if _event(line) == "reported"
        else _line(line, gone, messages, acts)
        for line in _untorn(several)
    )
    return b"".join(raw.strip(b"\r") + b"\n" for raw in kept if raw)


def _untorn(lines: list[Line]) -> Iterator[Line]:
    """The lines without those cut short, which announced nothing that was done."""
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        cut = line.says is None and following is not None and _event(following) == "torn"
        if not cut and _event(line) != "torn":
            yield line


def _event(line: Line) -> str:
    return str(line.says["event"]) if line.says else ""


def _messages_gone(lines: list[Line], gone: Callable[[Debt], bool]) -> set[str]:
    """The messages about these debts alone, that a later event closed: one in the making is left."""
    closed = {line.says.get("id") for line in lines if line.says and line.says["event"] != "reserved"}
    return {
        str(line.says["id"])
        for line in lines
        if line.says and line.says["event"] == "reserved" and line.says.get("id") in closed
        and all(map(gone, _debts(line.says)))
    }  # fmt: skip


def _act_gone(line: Line, gone: Callable[[Debt], bool]) -> bool:
    if line.says is None or line.says["event"] not in (*_ACTS, "forgotten"):
        return False
    debts = list(_debts(line.says))
    return bool(debts) and all(map(gone, debts))


def _acts_gone(lines: list[Line], gone: Callable[[Debt], bool]) -> dict[str, bool]:
    """The acts about these debts alone, by id, and whether they count: not abandoned, not taken back. One of which
    nobody noted the end is left."""
    events = [line.says for line in lines if line.says]
    closed = {event["id"] for event in events if event["event"] in _ABOUT}
    void = {event["id"] for event in events if event["event"] == "abandoned"}
    void |= {event["undoes"] for event in events if event.get("undoes") and event.get("id") not in void}
    found: dict[str, bool] = {}
    for line in lines:
        event = line.says or {}
        if _act_gone(line, gone) and (event["event"] != "intent" or event["id"] in closed):
            found[event["id"]] = event["id"] not in void
        elif event.get("undoes") in found and event["event"] == "intent" and event["id"] in closed:
            found[event["id"]] = False
    return found


def _line(line: Line, gone: Callable[[Debt], bool], messages: set[str], acts: dict[str, bool]) -> bytes:
    """A line as it stays; empty where it goes."""
    event = line.says
    if event is None:
        return line.raw
    id_, kind = event.get("id"), event["event"]
    if kind in (*_ACTS, "forgotten") and id_ in acts:
        bare = _forgotten(event) if acts[id_] else None
        return _encode(bare) if bare else b""
    if (kind in _ABOUT and id_ in acts) or (kind == "undone" and event.get("undoes") in acts):
        return b""
    if id_ in messages:
        return _encode(_bare_message(event))
    if kind in (*_ACTS, "forgotten") and any(map(gone, _debts(event))):
        facts = [bare for fact in event["facts"] if (bare := _bare(fact) if gone(_debt(fact)) else fact)]
        return _encode({**event, "facts": facts})
    return line.raw


def _encode(event: dict[str, Any]) -> bytes:
    return msgspec.json.encode(event)


def _forgotten(event: dict[str, Any]) -> dict[str, Any] | None:
    """An act as an event that keeps its facts and can no longer be taken back; None when nothing of it is needed."""
    facts = [bare for fact in event.get("facts", ()) if (bare := _bare(fact))]
    head: dict[str, Any] = {"event": "forgotten"}
    head |= {name: event[name] for name in ("at", "day", "workbook", "id", "act") if name in event}
    return {**head, "facts": facts} if facts else None


def _bare(fact: dict[str, Any]) -> dict[str, Any] | None:
    """A fact without words, its client hidden; None for one that nothing depends on once the debt is over."""
    if fact.get("fact") in _OVER or (fact.get("fact") == "hold" and fact.get("number")):
        return None
    bare = {name: value for name, value in fact.items() if name not in _WORDS}
    return _with_hidden(bare)


def _with_hidden(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "client": hidden(values["client"])} if values.get("client") else values


def _bare_message(event: dict[str, Any]) -> dict[str, Any]:
    """An event of a message without names, addresses and files."""
    bare = {name: "" if name in _MESSAGE_WORDS else value for name, value in event.items()}
    bare |= {name: [] for name in ("to", "refused") if name in bare}
    return _with_hidden(bare)


def _told_over(lines: Iterable[Line]) -> set[Debt]:
    """The debts of which a report told that they are over: the next one does not compare with them any more."""
    events = [line.says for line in lines if line.says and line.says["event"] == "reported"]
    return {(row[0], row[1]) for event in events for row in event.get("gone", ())}


def _hide_keys(line: Line, over: Callable[[Debt], bool]) -> bytes:
    """What a report saw, with the clients of these debts hidden, there and in the reports that follow."""
    event = line.says or {}
    changed = dict(event)
    for name in ("seen", "gone"):
        rows = [[row[0], hidden(row[1]), *row[2:]] if over((row[0], row[1])) else row for row in event.get(name, ())]
        if rows:
            changed[name] = rows
    return _encode(changed) if changed != event else line.raw

"""What changed since the last report: one sentence, then one row per change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from relance.domain.changes import Change, What
from relance.domain.digest import Digest
from relance.domain.policies.reasons import say_reason
from relance.errors import Message, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Facts, Figure, Line, Section, Table, Tone

NAMES: dict[What, Message] = {
    What.PAID: msg("paid"),
    What.PART_PAID: msg("part paid"),
    What.OVERDUE: msg("newly overdue"),
    What.PROMISE_BROKEN: msg("promise not kept"),
    What.STEP: msg("step reached"),
    What.UNCONFIRMED: msg("draft not confirmed"),
    What.LIMITATION: msg("limitation near"),
    What.ASIDE: msg("row to fix"),
    What.GONE: msg("gone from the sheet"),
    What.CHANGED: msg("amount raised"),
    What.STOPPED: msg("stopped"),
    What.RESUMED: msg("no longer stopped"),
    What.PROMISED: msg("payment promised"),
    What.REMINDED: msg("reminded"),
    What.NEW: msg("new"),
    What.CLOSED: msg("cancelled or written off"),
    What.MENDED: msg("row mended"),
}
_TONES = {
    What.PAID: Tone.GOOD, What.PART_PAID: Tone.GOOD, What.MENDED: Tone.GOOD,
    What.OVERDUE: Tone.WARNING, What.PROMISE_BROKEN: Tone.BAD, What.UNCONFIRMED: Tone.WARNING, What.GONE: Tone.BAD,
    What.LIMITATION: Tone.BAD, What.ASIDE: Tone.WARNING,
}  # fmt: skip

_SEVERAL = 3  # kinds of change from which their sums are told above them


def changes_section(digest: Digest, *, tiles: bool = True) -> Iterator[Section]:
    """Since when, how many changes of each kind and what they amount to, then each one; one sentence where nothing
    changed."""
    if not digest.changes:
        yield _nothing(digest)
        return
    count = len(digest.changes)
    title = msg_n("{n} change {since}", "{n} changes {since}", count, since=since(digest))
    if not tiles:  # other workbooks may be compared with another day
        yield changes_table(digest, msg_n("{n} change", "{n} changes", count))
    elif len({change.what for change in digest.changes}) < _SEVERAL:
        yield changes_table(digest, title)
    else:
        yield Facts(title=title, items=tuple(_tiles(digest.changes)))
        yield changes_table(digest)
    if digest.then.computed:
        yield Line(_no_report(digest), Tone.NOTICE)


def _tiles(changes: Sequence[Change]) -> Iterator[tuple[Message, Any, Tone]]:
    for what, count, sums in summary(changes):
        tone = _TONES.get(what, Tone.PLAIN)
        if not sums:
            yield NAMES[what], count, tone
        else:
            value = sums[0] if len(sums) == 1 else sums
            yield NAMES[what], Figure(value, ((msg_n("{n} invoice", "{n} invoices", count), Tone.PLAIN),)), tone


def since(digest: Digest) -> Message:
    """Since when the changes count, and how that is known."""
    if digest.then.computed:
        return msg("since {day}", day=digest.then.on)
    return msg("since the report of {day}", day=digest.then.on)


def _nothing(digest: Digest) -> Line:
    if digest.then.computed:
        text = msg("No report is noted on {day} or before; by the dates of the workbook, nothing changed since.",
                   day=digest.then.on)  # fmt: skip
        return Line(text, Tone.GOOD)
    return Line(msg("Nothing changed since the report of {day}.", day=digest.then.on), Tone.GOOD)


def _no_report(digest: Digest) -> Message:
    return msg(
        "No report is noted on {day} or before: the changes since are those that the dates of the workbook tell. Rows "
        "to fix and stops of that day are not known.",
        day=digest.then.on,
    )


def summary(changes: Sequence[Change]) -> tuple[tuple[What, int, tuple[Money, ...]], ...]:
    """How many changes of each kind, and what they amount to per currency, in the order of `What`."""
    sums: dict[What, dict[str, Decimal]] = {what: defaultdict(lambda: ZERO) for what in What}
    counts: dict[What, int] = defaultdict(int)
    for change in changes:
        counts[change.what] += 1
        if change.amount:
            sums[change.what][change.amount.currency] += change.amount.amount
    return tuple(
        (what, counts[what], tuple(Money(amount, currency) for currency, amount in sums[what].items()))
        for what in What
        if counts[what]
    )


def changes_table(digest: Digest, title: Message | None = None) -> Table:
    """One row per change."""
    columns = (
        Column("what", msg("change")),
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("amount", msg("amount"), Align.RIGHT),
        Column("detail", msg("in detail"), fold=True),
    )
    rows = tuple(
        (NAMES[change.what], change.number or None, change.client or None, change.amount, say_change(digest, change))
        for change in digest.changes
    )
    tones = tuple(_TONES.get(change.what, Tone.PLAIN) for change in digest.changes)
    return Table(title=title, name=msg("Changes"), columns=columns, rows=rows, tones=tones)


def say_change(digest: Digest, change: Change) -> Message | None:
    """What there is to know of a change besides its name: a day, a step, a reason."""
    on = change.on
    match change.what:
        case What.PAID | What.PART_PAID if on:
            return msg("received on {day}", day=on)
        case What.OVERDUE if on:
            return msg("fell due on {day}", day=on)
        case What.PROMISE_BROKEN:
            return msg("promised for {day}, not received", day=on)
        case What.STEP:
            return _say_step(digest, change)
        case What.UNCONFIRMED:
            return msg("step {step} drafted on {day}: sent? relance sent {number}", step=change.step, day=on,
                       number=change.number)  # fmt: skip
        case What.LIMITATION:
            return msg("ends on {day}, to be verified: relance why {number}", day=on, number=change.number)
        case What.ASIDE:
            return next((p.message for p in _problems(digest, change)), None)
        case What.GONE:
            return msg("no row has this number any more: was it deleted?")
        case What.STOPPED if change.entry:
            return say_reason(*change.entry)
        case What.PROMISED:
            return msg("for {day}", day=on)
        case What.REMINDED:
            return _say_reminded(change)
        case What.NEW if on:
            return _say_new(on, digest)
    return None


def _say_step(digest: Digest, change: Change) -> Message | None:
    if change.entry is None:
        return None
    step = digest.day.policies.policy_for(change.entry[0]).step(change.step)
    return msg("{number}. {name}", number=change.step, name=step.name) if step else None


def _say_new(issued: date, digest: Digest) -> Message:
    if issued <= digest.then.on:
        return msg("invoice of {day}, typed since or owed again", day=issued)
    return msg("invoice of {day}", day=issued)


def _say_reminded(change: Change) -> Message:
    if change.on:
        return msg("step {step} taken on {day}", step=change.step, day=change.on)
    return msg("step {step} taken", step=change.step)


def _problems(digest: Digest, change: Change) -> tuple[Any, ...]:
    rows = digest.day.ledger.set_aside
    return next((r.problems for r in rows if (r.number, r.client) == (change.number, change.client)), ())


def changes_data(digest: Digest) -> list[dict[str, Any]]:
    """`changes[]`: {change, number, client, amount, currency, on, step, detail}."""
    return [
        {
            "change": change.what,
            "number": change.number or None,
            "client": change.client or None,
            "amount": change.amount.amount if change.amount else None,
            "currency": change.amount.currency if change.amount else None,
            "on": change.on,
            "step": change.step or None,
            "detail": say_change(digest, change),
        }
        for change in digest.changes
    ]

"""What a report saw of a workbook, and the workbook on a later day -> what changed between the two.

It must not know where snapshots are kept, nor how a change is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from msgspec import Struct
from msgspec.structs import replace

from relance.domain.day import Day, Entry
from relance.domain.model import Draft, Invoice
from relance.domain.owed import VOID, owed
from relance.domain.settled import Invoices
from relance.domain.snapshot import STOPS, UNKNOWN_STEP, Key, Seen, Snapshot, row_key, step_reached
from relance.money import ZERO, Money


class What(StrEnum):
    """A kind of change, in the order in which they are told."""

    PAID = "paid"
    PART_PAID = "part-paid"
    OVERDUE = "overdue"
    PROMISE_BROKEN = "promise-broken"
    STEP = "step-reached"
    UNCONFIRMED = "draft-unconfirmed"
    LIMITATION = "limitation-near"
    ASIDE = "set-aside"
    GONE = "gone"
    CHANGED = "amount-changed"
    STOPPED = "stopped"
    RESUMED = "resumed"
    PROMISED = "promised"
    REMINDED = "reminded"
    NEW = "new"
    CLOSED = "closed"
    MENDED = "mended"


class Change(Struct, frozen=True, kw_only=True):
    """One thing that changed: for which invoice, the amount it is about, the day and the step it names. `entry` is the
    invoice with its decision where the sheet still shows it open."""

    what: What
    number: str
    client: str
    amount: Money | None = None
    on: date | None = None
    step: int = 0
    entry: Entry | None = None


def find_changes(then: Snapshot, day: Day) -> tuple[Change, ...]:
    """What is otherwise than a report saw it, kind by kind in the order of `What`, largest amount first."""
    then = _renamed(then, day)
    changes = [
        *_on_entries(then, day),
        *_left(then, day),
        *_on_drafts(then, day),
        *_limits(then, day),
        *_rows(then, day),
    ]
    order = {what: place for place, what in enumerate(What)}
    return tuple(sorted(changes, key=lambda one: (order[one.what], -(one.amount.amount if one.amount else ZERO))))


def _renamed(then: Snapshot, day: Day) -> Snapshot:
    """The snapshot with an invoice under its client's key of today, where the client was written otherwise since."""
    keys = {(invoice.number, invoice.client.key) for invoice, _ in day.live}
    fresh: dict[str, list[str]] = {}
    for number, client in keys - then.seen.keys():
        fresh.setdefault(number, []).append(client)
    moved = {key: fresh[key[0]][0] for key in then.seen if key not in keys and len(fresh.get(key[0], ())) == 1}
    if not moved:
        return then
    seen = {(key[0], moved.get(key, key[1])): one for key, one in then.seen.items()}
    return replace(then, seen=seen)


def _on_entries(then: Snapshot, day: Day) -> Iterator[Change]:
    known = {row.partition("\t")[0] for row in then.aside}
    for entry in day.live:
        invoice, decision = entry
        before = then.seen.get((invoice.number, invoice.client.key))
        if owed(invoice) <= ZERO or decision.reason == "nothing-due":
            continue
        if before is None and invoice.number not in known:
            yield _change(What.NEW, entry, on=invoice.issued)
        yield from _on_entry(before, entry, then, day)


def _on_entry(before: Seen | None, entry: Entry, then: Snapshot, day: Day) -> Iterator[Change]:
    invoice, decision = entry
    if before:
        yield from _amounts(before, entry)
        yield from _stops(before, entry, then)
    if _late(invoice.due, day.today) and not (before and _late(before.due, then.on)):
        yield _change(What.OVERDUE, entry, on=invoice.due)
    if _is_broken(invoice, day, day.today) and not (
        before and before.promise == invoice.promise and _is_broken(invoice, day, then.on)
    ):
        yield _change(What.PROMISE_BROKEN, entry, on=invoice.promise)
    if before and invoice.promise and invoice.promise != before.promise and invoice.promise >= day.today:
        yield _change(What.PROMISED, entry, on=invoice.promise)
    if before and invoice.level > before.level:
        last = invoice.reminders[-1] if invoice.reminders else None
        yield _change(What.REMINDED, entry, on=last, step=invoice.level)
    step = step_reached(decision)
    if step and (before is None or before.step not in {step, UNKNOWN_STEP}):
        yield _change(What.STEP, entry, on=invoice.due, step=step)


def _amounts(before: Seen, entry: Entry) -> Iterator[Change]:
    invoice, _ = entry
    less = before.open - owed(invoice)
    if less:
        yield Change(
            what=What.PART_PAID if less > ZERO else What.CHANGED,
            number=invoice.number,
            client=invoice.client.name,
            amount=Money(abs(less), invoice.currency),
            on=max((p.on for p in invoice.payments if p.on), default=None) if less > ZERO else None,
            entry=entry,
        )


def _stops(before: Seen, entry: Entry, then: Snapshot) -> Iterator[Change]:
    stop = entry[1].reason if entry[1].reason in STOPS else ""
    if stop != before.stop and not then.computed:
        yield _change(What.STOPPED if stop else What.RESUMED, entry)


def _change(what: What, entry: Entry, *, on: date | None = None, step: int = 0) -> Change:
    invoice = entry[0]
    amount = Money(owed(invoice), invoice.currency)
    return Change(
        what=what, number=invoice.number, client=invoice.client.name, amount=amount, on=on, step=step, entry=entry
    )


def _late(due: date | None, on: date) -> bool:
    return due is not None and due < on


def _is_broken(invoice: Invoice, day: Day, on: date) -> bool:
    """Whether a promise, with the days a transfer takes, is over at the end of a day."""
    if invoice.promise is None:
        return False
    return invoice.promise + timedelta(day.policies.policy_for(invoice).promise_grace_days) < on


def _left(then: Snapshot, day: Day) -> Iterator[Change]:
    """The invoices on which something was owed and is not any more: paid, given up, or gone from the sheet."""
    open_now = {(i.number, i.client.key) for i, d in day.live if owed(i) > ZERO and d.reason != "nothing-due"}
    left = {key: seen for key, seen in then.seen.items() if key not in open_now and seen.open > ZERO}
    if not left:
        return
    aside = {row.number for row in day.ledger.set_aside}
    found = _found(day, {number for number, _ in left})
    for (number, key), seen in left.items():
        if number in aside:
            continue
        invoice = found.get((number, key))
        yield Change(
            what=_end(invoice),
            number=number,
            client=invoice.client.name if invoice else key,
            amount=Money(seen.open, seen.currency),
            on=max((p.on for p in invoice.payments if p.on), default=None) if invoice else None,
        )


def _found(day: Day, numbers: set[str]) -> dict[Key, Invoice]:
    return {(i.number, i.client.key): i for i in Invoices.of(day.ledger.invoices).numbered(numbers)}


def _end(invoice: Invoice | None) -> What:
    if invoice is None:
        return What.GONE
    return What.CLOSED if invoice.status is not None and invoice.status.state in VOID else What.PAID


def _on_drafts(then: Snapshot, day: Day) -> Iterator[Change]:
    """The drafts made since, on a day before today, of which nobody said whether they were sent."""
    entries = {(invoice.number, invoice.client.key): (invoice, decision) for invoice, decision in day.live}
    for draft in waiting_drafts(day):
        if then.on <= draft.on < day.today:
            yield _change(What.UNCONFIRMED, entries[draft.number, draft.client], on=draft.on, step=draft.step)


def waiting_drafts(day: Day) -> list[Draft]:
    """The drafts of invoices still open for which nobody confirmed that they were sent, oldest first."""
    entries = {(invoice.number, invoice.client.key): invoice for invoice, _ in day.live}
    waiting = [
        draft
        for draft in day.ledger.drafts
        if draft.on <= day.today
        and (invoice := entries.get((draft.number, draft.client))) is not None
        and (draft.step > invoice.level or not draft.step)
    ]
    return sorted(waiting, key=lambda draft: draft.on)


def _limits(then: Snapshot, day: Day) -> Iterator[Change]:
    """The limitation dates that came within a year, or passed, since."""
    horizon = relativedelta(years=1)
    rows = {(e[0].where.sheet, e[0].where.row): e for e in day.live}
    for problem in day.problems:
        if problem.code != "limitation" or problem.where is None:
            continue
        until, entry = date.fromisoformat(problem.value), rows.get((problem.where.sheet, problem.where.row))
        came = then.on + horizon < until <= day.today + horizon
        if entry and (came or then.on < until <= day.today):
            yield _change(What.LIMITATION, entry, on=until)


def _rows(then: Snapshot, day: Day) -> Iterator[Change]:
    """The rows set aside since, and those mended."""
    now = {row_key(row): row for row in day.ledger.set_aside}
    for key, row in now.items():
        if key not in then.aside:
            amount = Money(row.amount, row.currency) if row.amount is not None else None
            yield Change(what=What.ASIDE, number=row.number, client=row.client, amount=amount)
    yield from _mended(then.aside - now.keys(), day)


def _mended(keys: Iterable[str], day: Day) -> Iterator[Change]:
    mended = {number: client for number, tab, client in (key.partition("\t") for key in keys) if tab}
    if not mended:
        return
    for invoice in Invoices.of(day.ledger.invoices).numbered(mended):
        amount = Money(owed(invoice), invoice.currency)
        yield Change(what=What.MENDED, number=invoice.number, client=invoice.client.name, amount=amount)

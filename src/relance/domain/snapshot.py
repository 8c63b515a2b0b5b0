"""What a report saw of a workbook, kept small: what is owed, invoice by invoice, and the rows set aside.

The next report compares with it. It must not know where snapshots are kept, nor what a change is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.day import Day
from relance.domain.model import Decision, Invoice, SetAside
from relance.domain.owed import VOID, owed
from relance.domain.settled import Invoices
from relance.money import ZERO

Key = tuple[str, str]
"""An invoice by its number and the key of its client."""

STOPS = frozenset({"disputed", "on-hold", "handed-over", "direct-debit"})
"""The reasons of a decision by which a person, or the client, took an invoice out of the ladder."""

_AT_ITS_STEP = frozenset({"ready", "not-a-sending-day", "client-gap", "awaiting-confirmation", "draft-astray"})

UNKNOWN_STEP = -1
"""The step an invoice was ready for, where nobody can tell any more."""


class Seen(Struct, frozen=True, array_like=True, gc=False):
    """An invoice on which something was owed, as a report saw it: `level` the step last taken, `step` the one
    whose time had come (0 = none), `stop` one of `STOPS` or ""."""

    number: str
    client: str
    open: Decimal
    currency: str
    due: date | None = None
    level: int = 0
    step: int = 0
    promise: date | None = None
    stop: str = ""


class Snapshot(Struct, frozen=True):
    """What was owed at the end of a day, and the rows that were set aside; `computed` where no report was kept and the
    dates of the sheet had to tell."""

    on: date
    seen: Mapping[Key, Seen]
    aside: frozenset[str] = frozenset()
    computed: bool = False


def take_snapshot(day: Day) -> Snapshot:
    """What a report of this day has to remember, so that the next one can tell what changed."""
    seen = (_see(invoice, decision) for invoice, decision in day.live if decision.reason != "nothing-due")
    return Snapshot(day.today, {(one.number, one.client): one for one in seen if one.open}, aside_of(day))


def compute_snapshot(day: Day, on: date) -> Snapshot:
    """What a report of an earlier day would have seen, as far as the dates of today's sheet can tell: payments,
    reminders and invoices dated after it are taken off. Rows set aside, stops and steps due then are not known."""
    numbers = Invoices.of(day.ledger.invoices)
    columns = numbers.columns
    dated = zip(columns.settled, columns.paid_on, strict=True)
    since = numbers.pick([position for position, paid_on in dated if paid_on is not None and paid_on > on])
    rows = (*since, *(invoice for _, invoice in numbers.unsettled))
    found = ((_see_then(invoice, on), day.policies.policy_for(invoice).tolerance) for invoice in rows)
    seen = {(one.number, one.client): one for one, nothing in found if one is not None and abs(one.open) > nothing}
    return Snapshot(on, seen, aside_of(day), computed=True)


def _see(invoice: Invoice, decision: Decision) -> Seen:
    return Seen(
        invoice.number,
        invoice.client.key,
        owed(invoice),
        invoice.currency,
        invoice.due,
        invoice.level,
        step_reached(decision),
        invoice.promise,
        decision.reason if decision.reason in STOPS else "",
    )


def step_reached(decision: Decision) -> int:
    """The step whose time has come, drafted or not; 0 while it has not. A week-end or the gap with the client only
    puts it off."""
    return (decision.step or 0) if decision.reason in _AT_ITS_STEP else 0


def _see_then(invoice: Invoice, on: date) -> Seen | None:
    if invoice.issued is not None and invoice.issued > on:
        return None
    if invoice.is_credit_note or (invoice.status is not None and invoice.status.state in VOID):
        return None
    later = sum((p.amount for p in invoice.payments if p.on is not None and on < p.on), ZERO)
    reminded = sum(day > on for day in invoice.reminders)
    return Seen(
        invoice.number,
        invoice.client.key,
        owed(invoice) - invoice.coming + later,
        invoice.currency,
        invoice.due,
        max(0, invoice.level - reminded),
        UNKNOWN_STEP,
        invoice.promise,
    )


def aside_of(day: Day) -> frozenset[str]:
    """The rows set aside, as `row_key` names them."""
    return frozenset(map(row_key, day.ledger.set_aside))


def row_key(row: SetAside) -> str:
    """A row set aside: by number and client where it has them, since a sorted sheet moves its rows."""
    return f"{row.number}\t{row.client}" if row.number else str(row.where)


class Difference(Struct, frozen=True):
    """What makes one snapshot of another: the invoices otherwise seen or new, the keys of those not seen any more."""

    seen: tuple[Seen, ...] = ()
    gone: tuple[Key, ...] = ()


def subtract(snapshot: Snapshot, base: Snapshot | None) -> Difference:
    """The difference that `apply` adds to the base again."""
    before: Mapping[Key, Seen] = base.seen if base else {}
    seen = tuple(one for key, one in snapshot.seen.items() if before.get(key) != one)
    return Difference(seen, tuple(key for key in before if key not in snapshot.seen))


def add(base: Mapping[Key, Seen], changed: Iterable[Seen], gone: Iterable[Key]) -> dict[Key, Seen]:
    """The invoices of a base with a difference laid over them."""
    left = set(gone)
    kept = {key: one for key, one in base.items() if key not in left}
    return kept | {(one.number, one.client): one for one in changed}

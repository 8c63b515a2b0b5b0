"""What the journal notes of invoices and clients: one kind of fact each, in the words of the trade.

It must not know how facts are written down (workbook/events.py), nor what they come to (history.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.domain.model import Client, State
from relance.domain.names import is_one_of
from relance.errors import Message, msg


class Noted(Struct, frozen=True, kw_only=True, tag_field="fact", omit_defaults=True, gc=False):
    """One thing learned about an invoice (its number and the key of its client) or, without number, about a client.

    `level` is the reminder level the invoice had when this was noted, where the sheet then lost the word that said so.
    """

    number: str = ""
    client: str = ""
    level: int = 0


class PaymentNoted(Noted, frozen=True, kw_only=True, tag="payment"):
    """Money received: `total` is all that was paid on the invoice with it, in its currency; `shown` whether the sheet
    was given it."""

    amount: Decimal
    on: date
    total: Decimal
    shown: bool = False
    ref: str = ""


class ReminderNoted(Noted, frozen=True, kw_only=True, tag="reminder"):
    """A reminder that went out: its step, the day, the means (email, letter, phone), the id of the message drafted by
    relance that it was ("" otherwise), and its reference: the number of the registered letter."""

    step: int
    on: date
    by: str = ""
    message: str = ""
    ref: str = ""


class PromiseNoted(Noted, frozen=True, kw_only=True, tag="promise"):
    """The day by which the client promised to pay."""

    until: date


class HoldNoted(Noted, frozen=True, kw_only=True, tag="hold"):
    """Not to be chased until a day included (None = until released), for a reason."""

    until: date | None = None
    reason: str = ""


class DisputeNoted(Noted, frozen=True, kw_only=True, tag="dispute"):
    """Contested for a reason: an amount, or the whole invoice (None)."""

    amount: Decimal | None = None
    reason: str = ""


class ReleaseNoted(Noted, frozen=True, kw_only=True, tag="release"):
    """Every hold, dispute, promise and payment only the journal knows, noted before this, stops nothing any more."""


class CallNoted(Noted, frozen=True, kw_only=True, tag="call"):
    """A telephone call: its outcome (reached, message, no-answer, promise, dispute) and a note."""

    outcome: str
    on: date
    note: str = ""


OUTCOMES: dict[str, Message] = {
    "reached": msg("reached"),
    "message": msg("a message left"),
    "no-answer": msg("no answer"),
    "promise": msg("a payment promised"),
    "dispute": msg("a dispute"),
}
"""The outcomes of a call, in words; `relance call --outcome` takes their keys."""


class EndNoted(Noted, frozen=True, kw_only=True, tag="end"):
    """The claim is given up: `state` is cancelled or written_off, for a reason."""

    state: State
    reason: str = ""


class AddedNoted(Noted, frozen=True, kw_only=True, tag="added"):
    """An invoice typed into the workbook by relance."""

    total: Decimal
    due: date | None = None


class SurchargeNoted(Noted, frozen=True, kw_only=True, tag="surcharge"):
    """The late fees claimed, as the surcharge column shows them."""

    amount: Decimal


class FeesWaivedNoted(Noted, frozen=True, kw_only=True, tag="fees-waived"):
    """Late fees given up, in the invoice's currency, for a reason."""

    amount: Decimal
    on: date
    reason: str = ""


class FeesPaidNoted(Noted, frozen=True, kw_only=True, tag="fees-paid"):
    """Late fees received apart from the invoice itself."""

    amount: Decimal
    on: date
    ref: str = ""


class SkippedNoted(Noted, frozen=True, kw_only=True, tag="skipped"):
    """A step left out on purpose, for a reason: the next one may follow."""

    step: int
    on: date
    reason: str = ""


class FailedNoted(Noted, frozen=True, kw_only=True, tag="failed"):
    """The message drafted or sent by relance (its id) did not leave, or was thrown away: its step is free again."""

    message: str
    step: int = 0
    reason: str = ""


class AdoptedNoted(Noted, frozen=True, kw_only=True, tag="adopted"):
    """Columns added to the sheet, by their headers."""

    headers: tuple[str, ...] = ()


Fact = (
    PaymentNoted
    | ReminderNoted
    | PromiseNoted
    | HoldNoted
    | DisputeNoted
    | ReleaseNoted
    | CallNoted
    | EndNoted
    | AddedNoted
    | SurchargeNoted
    | FeesWaivedNoted
    | FeesPaidNoted
    | SkippedNoted
    | FailedNoted
    | AdoptedNoted
)


def is_client(named: str, client: Client) -> bool:
    """Whether a client noted in the journal is this one: by key, name or code; nobody noted is anybody."""
    return is_one_of(named, (client.key, client.name, client.code))

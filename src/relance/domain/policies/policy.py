"""When and how a late invoice is chased: the policy as a value, and which one applies to an invoice.

It must not know where policies are written (`policy_tables` reads the parsed tables) nor whether a reminder may
leave (`decide` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from relance.domain.model import Channel, Client, Invoice, Kind
from relance.domain.names import fold, fold_name
from relance.errors import Message
from relance.money import ZERO

DEFAULT = "default"
_BUSINESS = Kind.BUSINESS  # looked up once: by its name an enum's member costs more than all else here


class Manner(StrEnum):
    """The tone of a step, from a service before the due date to the legal act."""

    SERVICE = "service"
    BENEFIT_OF_DOUBT = "benefit-of-doubt"
    COURTEOUS = "courteous"
    FIRM = "firm"
    LAST = "last"
    FORMAL = "formal"
    HANDOVER = "handover"


class Step(Struct, frozen=True, kw_only=True):
    """One step of a policy. `after_days` counts calendar days from the due date (negative: before it);
    `deadline_days` is the time to pay that its letter gives (0 = none); `show_fees` claims late fees in it."""

    number: int
    name: Message
    after_days: int
    channel: Channel
    tone: Manner
    deadline_days: int = 0
    show_fees: bool = False


class Policy(Struct, frozen=True, kw_only=True):
    """A ladder of steps and the pace at which it is climbed. Without steps it is a policy of never chasing.

    Days are calendar days, amounts are in the invoice's own currency. `steps` are numbered without a hole from 1, or
    from 0 with a courtesy note, which never counts as a reminder. `repeat_last_every` days repeats the last step;
    `max_reminders` leaves the invoice to a person after so many. `known` is False where the workbook names a policy
    that nobody defined.
    """

    name: str
    steps: tuple[Step, ...] = ()
    gap_days: int = 0
    promise_grace_days: int = 0
    tolerance: Decimal = ZERO
    minimum: Decimal = ZERO
    assume_schedule: bool = False
    repeat_last_every: int | None = None
    max_reminders: int | None = None
    known: bool = True

    def step(self, number: int) -> Step | None:
        """The step of that number, or None."""
        first = self.steps[0].number if self.steps else 0
        position = number - first
        return self.steps[position] if 0 <= position < len(self.steps) else None

    @property
    def last(self) -> int:
        """The number of the last step; 0 when there is none."""
        return self.steps[-1].number if self.steps else 0

    def step_after(self, level: int) -> Step | None:
        """The step that follows a level: the next number, the last one again where it repeats, else None."""
        if self.repeat_last_every and level >= self.last:
            return self.step(self.last)
        return self.step(level + 1)

    def spacing(self, level: int) -> int:
        """The days that must pass between the reminder of a level and the next step, so that a late reminder does
        not squeeze the one after it; 0 before the first."""
        if self.repeat_last_every and level >= self.last:
            return self.repeat_last_every
        before, after = self.step(level), self.step(level + 1)
        return after.after_days - before.after_days if level and before and after else 0


class Assigned(Struct, frozen=True):
    """A policy given in the configuration to a kind, a client or an invoice; `name` as typed there."""

    name: str
    policy: Policy


class PolicySet(Struct, frozen=True, kw_only=True):
    """All policies and whom they are for. `named`, `clients` and `invoices` are keyed by folded name, clients by
    `fold_name`."""

    default: Policy
    named: Mapping[str, Policy] = {}
    kinds: Mapping[Kind, Policy] = {}
    clients: Mapping[str, Assigned] = {}
    invoices: Mapping[str, Assigned] = {}

    def policy_for(self, invoice: Invoice) -> Policy:
        """The policy of an invoice: default < kind of client < client < invoice. Where sheet and configuration
        both speak of the same client or invoice, the sheet everybody sees wins."""
        if invoice.policy:
            return self.find(invoice.policy)
        if self.invoices and (assigned := self.invoices.get(fold(invoice.number))):
            return assigned.policy
        return self.policy_for_client(invoice.client)

    def policy_for_client(self, client: Client) -> Policy:
        """The policy of a client's invoices that have none of their own."""
        if client.policy:
            return self.find(client.policy)
        if self.clients:
            for name in (client.code, client.key, client.name):
                if name and (assigned := self.clients.get(fold_name(name))):
                    return assigned.policy
        return self.kinds.get(client.kind or _BUSINESS, self.default)

    def find(self, name: str) -> Policy:
        """The policy of that name or alias. A name nobody defined gives a policy without steps, `known` False: a
        wish that cannot be understood stops."""
        return self.named.get(fold(name)) or Policy(name=name, tolerance=self.default.tolerance, known=False)

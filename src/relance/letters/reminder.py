"""What a letter is asked to say: one client, the step taken now, the invoices it takes there, those that wait.

Pure values between the decisions and the text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.dates import SendingCalendar
from relance.domain.late_fees.fee_values import Fees
from relance.domain.model import Channel, Client, Invoice
from relance.domain.owed import claimable
from relance.domain.policies.chase import Chase, asked_of
from relance.domain.policies.policy import Manner, Step
from relance.errors import Message
from relance.money import Money

USUAL_DEADLINE_DAYS = 5  # shorter than the gap between two steps, so that the date given passes before the next one


class Owing(Struct, frozen=True, kw_only=True):
    """An invoice of a letter. `step` is the number of the step it takes now, `called` its name; a waiting one keeps its
    level and says `until` when it waits. `fees` where the step claims them, with the `clause` of the contract that sets
    their rate."""

    invoice: Invoice
    step: int = 0
    called: Message | None = None
    until: date | None = None
    fees: Fees | None = None
    clause: str = ""

    @property
    def amount(self) -> Decimal:
        """What may be asked for: owed and not disputed."""
        return claimable(self.invoice)


class Reminder(Struct, frozen=True, kw_only=True):
    """One message to one client. `step` is the highest step taken now and gives the tone; `ready` invoices take a step;
    `beside` ones take a lower step than a formal notice, which does not claim them; `waiting` ones are overdue and
    listed apart; `credits` are credit notes that name no invoice, and overpaid invoices."""

    client: Client
    step: Step
    channel: Channel
    ready: tuple[Owing, ...]
    beside: tuple[Owing, ...] = ()
    waiting: tuple[Owing, ...] = ()
    credits: tuple[Invoice, ...] = ()

    @property
    def is_formal(self) -> bool:
        """Whether this is the mise en demeure."""
        return self.step.tone is Manner.FORMAL

    @property
    def asked(self) -> tuple[Owing, ...]:
        """The invoices whose payment is asked for."""
        return asked_of(self.ready, self.waiting, self.credits, self.step)[0]

    @property
    def listed(self) -> tuple[Owing, ...]:
        """The invoices that stand apart, for information."""
        return (*self.beside, *(self.waiting if len(self.asked) == len(self.ready) else ()))

    @property
    def advancing(self) -> tuple[Owing, ...]:
        """The invoices that take a step with this message."""
        return (*self.ready, *self.beside)

    @property
    def totals(self) -> tuple[Money, ...]:
        """What is asked for, per currency, credits deducted; a currency with nothing left to pay is not there."""
        return asked_of(self.ready, self.waiting, self.credits, self.step)[1]


def reminder_from(
    chase: Chase, fees_of: Callable[[Invoice], Fees], clause_of: Callable[[Invoice], str] = lambda _: ""
) -> Reminder:
    """The reminder of a client's chase. Late fees are computed only for the invoices whose own step claims them, in a
    message whose step does; `clause_of` gives the sentence of the contract that sets their rate ("" = the law's)."""
    claims = [chase.step.show_fees and bool(item.step and item.step.show_fees) for item in chase.ready]
    return Reminder(
        client=chase.client,
        step=chase.step,
        channel=chase.channel,
        ready=tuple(
            Owing(
                invoice=item.invoice,
                step=item.decision.step or 0,
                called=item.step.name if item.step else None,
                fees=fees_of(item.invoice) if claimed else None,
                clause=clause_of(item.invoice) if claimed else "",
            )
            for item, claimed in zip(chase.ready, claims, strict=True)
        ),
        beside=tuple(Owing(invoice=item.invoice, step=item.decision.step or 0) for item in chase.beside),
        waiting=tuple(Owing(invoice=item.invoice, until=item.decision.next_date) for item in chase.listed),
        credits=chase.credits,
    )


def pay_by(step: Step, today: date, calendar: SendingCalendar) -> date:
    """The date a letter of this step asks to be paid by: its deadline from today, moved to the next working day.

    >>> from relance.domain.model import Channel
    >>> from relance.errors import msg
    >>> last = Step(number=4, name=msg("last"), after_days=30, channel=Channel.EMAIL, tone=Manner.LAST, deadline_days=8)
    >>> pay_by(last, date(2026, 11, 20), SendingCalendar())
    datetime.date(2026, 11, 30)
    """
    return calendar.next_sending_day(date.fromordinal(today.toordinal() + (step.deadline_days or USUAL_DEADLINE_DAYS)))

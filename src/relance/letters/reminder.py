"""What a letter is asked to say: one client, the step taken now, the invoices it takes there, those that wait.

Pure values between the decisions and the text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.dates import SendingCalendar
from relance.domain.chase import Chase
from relance.domain.fee_values import Fees
from relance.domain.model import Channel, Client, Invoice
from relance.domain.owed import claimable, credit_left, owed
from relance.domain.policy import Manner, Step
from relance.money import ZERO, Money

USUAL_DEADLINE_DAYS = 5  # shorter than the gap between two steps, so that the date given passes before the next one


class Owing(Struct, frozen=True, kw_only=True):
    """An invoice of a letter. `step` is the number of the step it takes now; a waiting one keeps its level and says
    `until` when it waits. `fees` where the step claims them, with the `clause` of the contract that sets their rate."""

    invoice: Invoice
    step: int = 0
    until: date | None = None
    fees: Fees | None = None
    clause: str = ""

    @property
    def amount(self) -> Decimal:
        """What may be asked for: owed and not disputed."""
        return claimable(self.invoice)


class Reminder(Struct, frozen=True, kw_only=True):
    """One message to one client. `step` is the highest step taken now and gives the tone; `ready` invoices take a step,
    `waiting` ones are overdue and listed apart; `credits` are credit notes that name no invoice, and
    overpaid invoices."""

    client: Client
    step: Step
    channel: Channel
    ready: tuple[Owing, ...]
    waiting: tuple[Owing, ...] = ()
    credits: tuple[Invoice, ...] = ()

    @property
    def is_formal(self) -> bool:
        """Whether this is the mise en demeure."""
        return self.step.tone is Manner.FORMAL

    @property
    def asked(self) -> tuple[Owing, ...]:
        """The invoices whose payment is asked for: those that take a step, and the waiting ones too where the credits
        cover all the others (a credit settles the debt as a whole)."""
        return self.ready if _net(self.ready, self.credits) else (*self.ready, *self.waiting)

    @property
    def listed(self) -> tuple[Owing, ...]:
        """The waiting invoices that stand apart, for information."""
        return self.waiting if _net(self.ready, self.credits) else ()

    @property
    def totals(self) -> tuple[Money, ...]:
        """What is asked for, per currency, credits deducted; a currency with nothing left to pay is not there."""
        return _net(self.asked, self.credits)


def reminder_from(
    chase: Chase, fees_of: Callable[[Invoice], Fees], clause_of: Callable[[Invoice], str] = lambda _: ""
) -> Reminder:
    """The reminder of a client's chase. Late fees are computed only where the step claims them; `clause_of` gives the
    sentence of the contract that sets their rate ("" = the law's)."""
    shown = chase.step.show_fees
    return Reminder(
        client=chase.client,
        step=chase.step,
        channel=chase.channel,
        ready=tuple(
            Owing(
                invoice=item.invoice,
                step=item.decision.step or 0,
                fees=fees_of(item.invoice) if shown else None,
                clause=clause_of(item.invoice) if shown else "",
            )
            for item in chase.ready
        ),
        waiting=tuple(Owing(invoice=item.invoice, until=item.decision.next_date) for item in chase.listed),
        credits=chase.credits,
    )


def _net(owings: tuple[Owing, ...], notes: tuple[Invoice, ...]) -> tuple[Money, ...]:
    sums: dict[str, Decimal] = {}
    for owing in owings:
        sums[owing.invoice.currency] = sums.get(owing.invoice.currency, ZERO) + owing.amount
    for credit in notes:
        if credit.currency in sums:
            sums[credit.currency] -= credit_amount(credit)
    return tuple(Money(amount, currency) for currency, amount in sums.items() if amount > 0)


def credit_amount(credit: Invoice) -> Decimal:
    """What a credit note, or an overpaid invoice, takes off the client's debt: a positive amount or 0."""
    return credit_left(credit) if credit.is_credit_note else max(ZERO, -owed(credit))


def pay_by(step: Step, today: date, calendar: SendingCalendar) -> date:
    """The date a letter of this step asks to be paid by: its deadline from today, moved to the next working day.

    >>> from relance.domain.model import Channel
    >>> from relance.errors import msg
    >>> last = Step(number=4, name=msg("last"), after_days=30, channel=Channel.EMAIL, tone=Manner.LAST, deadline_days=8)
    >>> pay_by(last, date(2026, 11, 20), SendingCalendar())
    datetime.date(2026, 11, 30)
    """
    return calendar.next_sending_day(date.fromordinal(today.toordinal() + (step.deadline_days or USUAL_DEADLINE_DAYS)))

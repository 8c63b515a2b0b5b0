"""What a letter is asked to say: one client, the step taken now, the invoices it takes there, those that wait.

Pure values between the decisions and the text.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.dates import SendingCalendar
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
    def totals(self) -> tuple[Money, ...]:
        """What is asked for, per currency, credits deducted; a currency with nothing left to pay is not there."""
        sums: dict[str, Decimal] = {}
        for owing in self.ready:
            sums[owing.invoice.currency] = sums.get(owing.invoice.currency, ZERO) + owing.amount
        for credit in self.credits:
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

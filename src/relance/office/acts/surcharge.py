"""The surcharge column brought up to date with the late fees of the day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from relance.domain.model import Invoice
from relance.domain.noted import SurchargeNoted
from relance.errors import Message, UsageError, msg
from relance.office.acts.record import Decided, Desk, combined
from relance.office.find import find_invoice
from relance.office.late_fees import late_on
from relance.workbook.plans_reminder import plan_surcharge


def decide_surcharge(desk: Desk, numbers: tuple[str, ...] = ()) -> Decided:
    """The act of writing the late fees of the day: of the invoices named, else of all that are late. UsageError when
    the sheet has no surcharge column."""
    if not desk.habits.has("surcharge"):
        raise UsageError(
            "no-surcharge-column",
            msg("The sheet has no surcharge column."),
            msg("To add one: relance adopt. To see the late fees: relance fees."),
        )
    chosen = [find_invoice(desk.book.day, number) for number in dict.fromkeys(numbers)]
    changed = list(_changed(desk, chosen or list(late_on(desk.book.day, desk.today))))
    plan, remarks = combined([plan_surcharge(desk.habits, invoice, fees) for invoice, fees in changed])
    facts = tuple(SurchargeNoted(number=i.number, client=i.client.key, amount=fees) for i, fees in changed)
    told: tuple[Message, ...] = () if facts else (msg("The surcharge column is up to date."),)
    title = msg("Late fees on {day}", day=desk.today)
    return Decided(act="fees", title=title, plan=plan, facts=facts, remarks=(*told, *remarks))


def _changed(desk: Desk, invoices: list[Invoice]) -> Iterator[tuple[Invoice, Decimal]]:
    """The invoices whose surcharge is not what the fees of the day are; a blank is nothing."""
    fees_of = desk.book.tariff.fees_on(desk.today)
    for invoice in invoices:
        fees = fees_of(invoice).owed
        if fees != (invoice.surcharge or 0):
            yield invoice, fees

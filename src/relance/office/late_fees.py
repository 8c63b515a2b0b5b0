"""Late fees of a workbook: agreements, rates and what the journal knows in, the fees of any invoice on any day out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.day import Day
from relance.domain.late_fees.agreements import Agreements
from relance.domain.late_fees.contracts import Cost
from relance.domain.late_fees.fee_account import FeeAccount
from relance.domain.late_fees.fee_values import Fees
from relance.domain.late_fees.fees import compute_fees, open_on
from relance.domain.late_fees.rates import Rates
from relance.domain.model import Invoice
from relance.domain.owed import owed_in_sheet
from relance.errors import UsageError, msg
from relance.money import ZERO, parse_amount
from relance.office.typed import typed_amount


class Tariff(Struct, frozen=True, eq=False):
    """Everything that late fees depend on besides the invoice and the day."""

    agreements: Agreements
    rates: Rates
    account: FeeAccount

    def fees_on(self, as_of: date, costs: tuple[Cost, ...] = ()) -> Callable[[Invoice], Fees]:
        """The late fees of an invoice on a day, past or future; `costs` are recovery costs added to each."""
        terms_for, account, rates = self.agreements.terms_for, self.account, self.rates
        noted = account.numbers

        def fees_of(invoice: Invoice) -> Fees:
            rule, contract = terms_for(invoice)
            if noted and invoice.number in noted:
                contract = account.contract_with(contract, invoice, as_of)
            if costs:
                contract = replace(contract, costs=costs)
            return compute_fees(invoice, rule, contract, rates, as_of)

        return fees_of


def late_on(day: Day, as_of: date) -> list[Invoice]:
    """The invoices overdue on a day, the latest first; those paid since were still open on a day before."""
    if as_of == day.today:
        return [invoice for invoice, _ in day.overdue]
    late = [invoice for invoice in day.ledger.invoices if invoice.due and invoice.due < as_of and _stands(invoice)]
    return sorted(
        (invoice for invoice in late if open_on(invoice, as_of) > ZERO),
        key=lambda invoice: (invoice.due or date.max, invoice.number),
    )


def _stands(invoice: Invoice) -> bool:
    """Whether no status word settled or voided the row whatever its amounts."""
    return owed_in_sheet(invoice) == invoice.open


def parse_costs(texts: Iterable[str], numbers: Sequence[str]) -> tuple[Cost, ...]:
    """Recovery costs as typed, `AMOUNT:EVIDENCE`; they belong to one invoice (Code de commerce D441-5).

    UsageError `costs-not-understood`, or `costs-one-invoice` when they would count for several.

    >>> parse_costs(["125,50:Facture Me Roux no 12"], ["F-1"])
    (Cost(amount=Decimal('125.50'), evidence='Facture Me Roux no 12'),)
    """
    costs = tuple(_parse_cost(text) for text in texts)
    if costs and len(numbers) != 1:
        raise UsageError(
            "costs-one-invoice",
            msg("Recovery costs belong to one invoice: name that one, and no other."),
            msg('For example: relance fees F-041 --costs "125,50:Facture Me Roux no 12"'),
        )
    return costs


def _parse_cost(text: str) -> Cost:
    amount, _, evidence = text.partition(":")
    figure = parse_amount(amount)
    if figure is None or figure <= ZERO or not evidence.strip():
        raise UsageError(
            "costs-not-understood",
            msg("“{text}” is not an amount followed by its evidence.", text=text),
            msg('Write the amount, a colon, what proves it: --costs "125,50:Facture Me Roux no 12".'),
        )
    return Cost(typed_amount(amount), evidence.strip())

"""Late fees of a workbook: agreements, rates and what the journal knows in, the fees of any invoice on any day out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.agreements import Agreements
from relance.domain.contracts import Contract, Cost
from relance.domain.fee_account import FeeAccount
from relance.domain.fee_values import Fees
from relance.domain.fees import compute_fees
from relance.domain.model import Invoice
from relance.domain.rates import Rates


class Tariff(Struct, frozen=True, eq=False):
    """Everything that late fees depend on besides the invoice and the day."""

    agreements: Agreements
    rates: Rates
    account: FeeAccount

    def fees_on(self, as_of: date, costs: tuple[Cost, ...] = ()) -> Callable[[Invoice], Fees]:
        """The late fees of an invoice on a day, past or future; `costs` are recovery costs added to each."""
        agreements, rates = self.agreements, self.rates

        def fees_of(invoice: Invoice) -> Fees:
            contract = self.contract_on(invoice, as_of)
            if costs:
                contract = replace(contract, costs=costs)
            return compute_fees(invoice, agreements.rule_for(invoice), contract, rates, as_of)

        return fees_of

    def contract_on(self, invoice: Invoice, as_of: date) -> Contract:
        """What was agreed for an invoice, with what was claimed, waived and paid of its fees by that day."""
        return self.account.contract_with(self.agreements.contract_for(invoice), invoice, as_of)

"""What `check` says of late fees: contracts a judge would look at, limitation dates to verify.

Information for a person: it must not conclude that a debt is time-barred, nor change a rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.domain.late_fees.agreements import Agreements
from relance.domain.late_fees.contracts import Contract
from relance.domain.late_fees.fees import compute_fees
from relance.domain.late_fees.law import FeeRule
from relance.domain.late_fees.limitation import count_limitation, is_near, limitation_notice
from relance.domain.late_fees.rates import Rates
from relance.domain.model import Invoice, Ledger
from relance.domain.settled import Invoices
from relance.errors import Problem
from relance.money import ZERO

_Governed = tuple[Invoice, FeeRule, Contract]  # an invoice under the rule and the contract that hold for it

_OF_CONTRACTS = frozenset({"rate-under-floor", "rate-high", "contract-ignored"})


def check_fees(ledger: Ledger, agreements: Agreements, rates: Rates, today: date) -> tuple[Problem, ...]:
    """Every remark on the terms under which the open invoices of a ledger bear fees, in the order of the sheet."""
    open_ones = [invoice for invoice, amount in Invoices.of(ledger.invoices).owing if amount > ZERO]
    governed = [(invoice, *agreements.terms_for(invoice)) for invoice in open_ones]
    return (*_contracts(governed, rates, today), *_limitations(governed, agreements, today))


def _contracts(governed: list[_Governed], rates: Rates, today: date) -> Iterator[Problem]:
    """What is doubtful in a contract, told once, on its first late invoice."""
    told: set[tuple[int, int]] = set()
    for invoice, rule, contract in governed:
        if invoice.due is None or invoice.due >= today:
            continue
        if (id(rule), id(contract)) in told or not (contract.rate or contract.indemnity is not None):
            continue
        told.add((id(rule), id(contract)))
        fees = compute_fees(invoice, rule, contract, rates, today)
        yield from (notice for notice in fees.notices if notice.code in _OF_CONTRACTS)


def _limitations(governed: list[_Governed], agreements: Agreements, today: date) -> Iterator[Problem]:
    for invoice, rule, _ in governed:
        performed = agreements.said_of(invoice).performed
        if not is_near(invoice, rule, today, performed=performed):
            continue
        limitation = count_limitation(invoice, rule, performed=performed)
        if limitation and (notice := limitation_notice(invoice, limitation, today)):
            yield notice

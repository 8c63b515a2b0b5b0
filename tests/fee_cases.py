"""What the tests of late fees share: the shipped law and rates, and invoices of few words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from relance.config import read_data
from relance.domain.late_fees.contracts import NO_CONTRACT, Contract
from relance.domain.late_fees.fee_values import Fees
from relance.domain.late_fees.fees import compute_fees
from relance.domain.late_fees.law import Law, build_law
from relance.domain.model import Client, Credit, Invoice, Kind, Payment
from relance.errors import Where
from relance.rulebook import load_rates

RATES = load_rates()
CLIENT = Client(key="martin", name="Menuiserie Martin")


def law(country: str = "fr") -> Law:
    """The shipped law of a country."""
    return build_law(read_data(f"law/{country}.toml"))


FRANCE = law()
BUSINESS, CONSUMER, PUBLIC = (FRANCE.rule(kind) for kind in Kind)


def day(text: str) -> date:
    """`01/05/2026`."""
    figures = [int(part) for part in text.split("/")]
    return date(figures[2], figures[1], figures[0])


def invoice(total: str, due: str | date, **known: Any) -> Invoice:
    """An invoice of which only what matters to late fees is said."""
    when = day(due) if isinstance(due, str) else due
    return Invoice(number="F-041", client=CLIENT, where=Where("Factures", 7), total=Decimal(total), due=when, **known)


def paid(*payments: tuple[str, str | None]) -> tuple[Payment, ...]:
    """Payments from (amount, date) texts."""
    return tuple(Payment(Decimal(amount), day(on) if on else None) for amount, on in payments)


def credited(*credits_: tuple[str, str | None]) -> tuple[Credit, ...]:
    """Credit notes from (amount, date) texts."""
    return tuple(Credit(Decimal(amount), day(on) if on else None) for amount, on in credits_)


def fees(of: Invoice, as_of: str | date, *, contract: Contract = NO_CONTRACT, rule: Any = BUSINESS) -> Fees:
    """The late fees of an invoice, French business debtor unless said otherwise."""
    return compute_fees(of, rule, contract, RATES, day(as_of) if isinstance(as_of, str) else as_of)


def shown(found: Fees) -> list[tuple[str, str, int, str, str, str | None, str]]:
    """The lines as one would write them on paper: from, to, days, base, rate, half-year, amount."""
    return [
        (
            f"{line.start:%d/%m/%Y}", f"{line.end:%d/%m/%Y}", line.days, str(line.base), f"{line.rate:f}",
            str(line.half_year) if line.half_year else None, str(line.amount),
        )
        for line in found.lines
    ]  # fmt: skip


def codes(found: Fees) -> Sequence[str]:
    """The codes of the notices."""
    return [notice.code for notice in found.notices]

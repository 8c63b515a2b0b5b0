"""What a reader must know beside the figures of late fees: provisional, assumed, doubtful or ignored, as problems.

It must not change a figure: a rate under the floor stays the contract's, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from relance.dates import HalfYear
from relance.domain.late_fees.accrual import Run, Scale
from relance.domain.late_fees.contracts import Contract
from relance.domain.late_fees.fee_values import Fees
from relance.domain.late_fees.law import FeeRule, RateSpec, Start, describe_rate
from relance.domain.model import DueSource, Invoice, State
from relance.errors import Message, Problem, Severity, msg
from relance.money import Money

PROVISIONAL = frozenset({"rate-provisional", "payment-undated", "credit-undated", "due-assumed", "payment-unseen"})


def notices_of(invoice: Invoice, contract: Contract, fees: Fees, scale: Scale | None) -> tuple[Problem, ...]:
    """The notices of an invoice past its due date, in a stable order; those coded in PROVISIONAL make its fees so."""
    found: list[Problem] = []
    if invoice.payments or invoice.credits:
        found += _undated(invoice)
    if invoice.unseen:
        found.append(_unseen(invoice))
    if contract.insolvency:
        found += _insolvency(invoice, contract.insolvency, fees)
    if fees.late:
        if invoice.due_source is DueSource.ASSUMED:
            found.append(_due_assumed(invoice))
        if scale is None:
            found.append(_no_rule(invoice))
        for piece in fees.pieces:
            if piece.run.provisional:
                found.append(_rate_provisional(invoice, fees))
                break
        if fees.rule.start is Start.NOTICE and not _has_notice(invoice, contract) and invoice.open > 0:
            found.append(_notice_missing(invoice))
        if contract.rate or contract.indemnity is not None or contract.costs:
            found += _contract(invoice, contract, fees, scale)
    return tuple(found)


def _has_notice(invoice: Invoice, contract: Contract) -> bool:
    notice = contract.formal_notice
    return notice is not None and (invoice.due is None or notice > invoice.due)


def _undated(invoice: Invoice) -> Iterator[Problem]:
    if invoice.status and invoice.status.state is State.PAID and invoice.open <= 0:
        return
    for payment in invoice.payments:
        if payment.on is None and payment.amount:
            yield _problem(
                invoice, "payment-undated", Severity.WARNING,
                msg("{number}: a payment of {amount} has no date, taken as received by the due date; fees provisional.",
                    amount=Money(payment.amount, invoice.currency), number=invoice.number),
                msg("Enter the date of this payment."),
            )  # fmt: skip
    for credit in invoice.credits:
        if credit.on is None and credit.amount:
            yield _problem(
                invoice, "credit-undated", Severity.WARNING,
                msg("{number}: a credit note of {amount} has no date, taken off from the start; fees provisional.",
                    amount=Money(credit.amount, invoice.currency), number=invoice.number),
                msg("Enter the date of this credit note."),
            )  # fmt: skip


def _unseen(invoice: Invoice) -> Problem:
    return _problem(
        invoice, "payment-unseen", Severity.WARNING,
        msg("{number}: {amount} that the journal knows as paid is not in the workbook; fees provisional.",
            amount=Money(invoice.unseen, invoice.currency), number=invoice.number),
        msg("Enter this payment with its date in the workbook."),
    )  # fmt: skip


def _insolvency(invoice: Invoice, opened: date, fees: Fees) -> Iterator[Problem]:
    source = fees.rule.insolvency or fees.rule.basis
    if invoice.due and invoice.due >= opened:
        text = msg("{number} fell due on {due}; insolvency proceedings opened on {opened}: no late fees ({source}).",
                   number=invoice.number, due=invoice.due, opened=opened, source=source)  # fmt: skip
    elif fees.late:
        text = msg("Interest on {number} stops on {opened}, the opening of insolvency proceedings ({source}).",
                   number=invoice.number, opened=opened, source=source)  # fmt: skip
    else:
        return
    yield _problem(invoice, "insolvency", Severity.NOTICE, text,
                   msg("Declare the debt to the insolvency practitioner within the time allowed."))  # fmt: skip


def _due_assumed(invoice: Invoice) -> Problem:
    return _problem(
        invoice, "due-assumed", Severity.NOTICE,
        msg("The due date of {number} is assumed ({due}): its fees are provisional.",
            number=invoice.number, due=invoice.due),
        msg("Enter its due date, or your payment terms in the configuration."),
    )  # fmt: skip


def _no_rule(invoice: Invoice) -> Problem:
    return _problem(
        invoice, "fee-rule-missing", Severity.WARNING,
        msg("No late fees are computed for {number}: no rule is known for this kind of debtor.", number=invoice.number),
        msg("Check the kind of debtor and the law chosen for this client."),
    )  # fmt: skip


def _rate_provisional(invoice: Invoice, fees: Fees) -> Problem:
    missing = {
        str(stretch.applied.half_year or HalfYear.of(stretch.first))
        for piece in fees.pieces for stretch in piece.run.stretches if stretch.applied.provisional
    }  # fmt: skip
    return _problem(
        invoice, "rate-provisional", Severity.WARNING,
        msg("The fees of {number} are provisional: no rate is known for {half_years}, the nearest known one stands in.",
            number=invoice.number, half_years=tuple(sorted(missing))),
        msg("Enter the rate of that half-year once it is published."),
    )  # fmt: skip


def _notice_missing(invoice: Invoice) -> Problem:
    return _problem(
        invoice, "formal-notice-missing", Severity.NOTICE,
        msg("No interest on {number}: for this debtor it runs from the receipt of a formal notice, not recorded.",
            number=invoice.number),
        msg("Record the day the formal notice was received."),
    )  # fmt: skip


def _contract(invoice: Invoice, contract: Contract, fees: Fees, scale: Scale | None) -> Iterator[Problem]:
    rule = fees.rule
    if contract.rate and not rule.contract:
        yield _ignored(invoice, rule, msg("the contract’s rate ({rate})", rate=describe_rate(contract.rate)))
    elif contract.rate and scale:
        yield from _limits(invoice, fees, scale)
    if contract.indemnity is not None and not (rule.indemnity and rule.contract) and rule.rate:
        yield _ignored(invoice, rule, msg("the contract’s flat indemnity"))
    if contract.costs and not rule.costs:
        yield _ignored(invoice, rule, msg("the recovery costs"))


def _ignored(invoice: Invoice, rule: FeeRule, what: Message) -> Problem:
    return _problem(
        invoice, "contract-ignored", Severity.WARNING,
        msg("The law of this kind of debtor sets aside {what} on {number} ({basis}).",
            what=what, number=invoice.number, basis=rule.basis),
        msg("Nothing to do if the kind of debtor is right."),
    )  # fmt: skip


def _limits(invoice: Invoice, fees: Fees, scale: Scale) -> Iterator[Problem]:
    if not fees.pieces:
        return
    first, last = fees.pieces[0].run.first, fees.pieces[-1].run.last
    if under := _crossings(scale, fees.rule.floor, first, last, -1):
        yield _problem(
            invoice, "rate-under-floor", Severity.WARNING,
            msg("The contract’s rate on {number} is under the legal minimum: {figures} ({basis}).",
                number=invoice.number, figures=under, basis=fees.rule.basis),
            msg("It is applied as agreed. Have the contract put right: such a rate can be held unwritten."),
        )  # fmt: skip
    if over := _crossings(scale, fees.rule.excess, first, last, 1):
        yield _problem(
            invoice, "rate-high", Severity.WARNING,
            msg("The contract’s rate on {number} is so high that a judge may reduce it: {figures}.",
                number=invoice.number, figures=over),
            msg("It is applied as agreed."),
        )  # fmt: skip


def warns(rule: FeeRule, contract: Contract, scale: Scale | None, run: Run | None) -> bool:
    """Whether the contract alone calls for a notice on every invoice late over those days."""
    if contract.indemnity is not None and not (rule.indemnity and rule.contract):
        return True
    if contract.rate is None:
        return False
    if not rule.contract or scale is None or run is None:
        return True
    days = run.first, run.last
    return bool(_crossings(scale, rule.floor, *days, -1) or _crossings(scale, rule.excess, *days, 1))


@lru_cache(maxsize=8192)
def _crossings(scale: Scale, limit: RateSpec | None, first: date, last: date, sign: int) -> tuple[Message, ...]:
    """The half-years in which the rate applied is beyond a limit (`sign` 1: above, -1: under), with both figures."""
    found: list[Message] = []
    half_year = HalfYear.of(first)
    while limit and half_year.first <= last:
        rate = scale.applied(half_year if scale.split else HalfYear.of(first)).percent
        bound = _bound(limit, scale, half_year)
        if (rate - bound) * sign > 0:
            found.append(
                msg("{rate} % against {bound} % in {half_year}", rate=rate, bound=bound, half_year=str(half_year))
            )
        half_year = half_year.next
    return tuple(found)


def _bound(limit: RateSpec, scale: Scale, half_year: HalfYear) -> Decimal:
    return limit.annual(scale.rates[limit.table].at(half_year).rate.percent if limit.table else Decimal(0))


def _problem(invoice: Invoice, code: str, severity: Severity, message: Message, hint: Message) -> Problem:
    return Problem(code, severity, message, hint, invoice.where, invoice.number)

"""Late fees of an invoice on a day: an invoice, the rule for its debtor, the contract and the rates in, every line out.

Each line can be re-added by hand: from, to, days, base, rate and where it comes from, amount. It must not know how the
table is shown, nor which letters were sent beyond what the contract says was claimed.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from relance.dates import DAY
from relance.domain.late_fees.accrual import (
    Cut,
    Debt,
    Piece,
    Run,
    Scale,
    Trail,
    cents,
    from_cents,
    interest_of,
    run_of,
    scale_of,
)
from relance.domain.late_fees.contracts import Contract, Order
from relance.domain.late_fees.fee_notices import PROVISIONAL, notices_of, warns
from relance.domain.late_fees.fee_values import Fees
from relance.domain.late_fees.law import FeeRule, Start
from relance.domain.late_fees.rates import Rates
from relance.domain.model import DueSource, Invoice, Payment, State
from relance.domain.owed import VOID
from relance.money import ZERO, Money

_HEARD = (State.PAID, State.DISPUTED)  # status words that settle or contest without an amount
_ASSUMED = DueSource.ASSUMED


def compute_fees(invoice: Invoice, rule: FeeRule, contract: Contract, rates: Rates, as_of: date) -> Fees:
    """The late fees of an invoice on a day, past or future; all zero while it is not late.

    Interest counts from the day after the due date (a consumer: from the receipt of the formal notice) to `as_of`
    included, on the open amount tax included, and stops on the day the open amount reaches 0; fees then stay owed.
    The flat indemnity is due once, whole after a part payment. `notices` say what is provisional, assumed or doubtful.

    Source: Code de commerce L441-10, D441-5; Code civil 1231-6, 1343-1; Code de la commande publique R2192-31 to -36.
    """
    due = invoice.due
    state = invoice.status.state if invoice.status is not None else None
    if due is None or as_of <= due or invoice.is_credit_note or state in VOID:
        return Fees(rule=rule, order=contract.order, contract=contract)
    delay = _delay(rule, contract, rates, due, as_of)
    if delay.plain and state not in _HEARD and _is_untouched(invoice):
        return _untouched(invoice, contract, delay)
    amount, cuts = _movements(invoice, delay.late_from)
    if amount <= delay.tolerance or delay.barred:
        fees = Fees(rule=rule, order=contract.order, contract=contract)
    else:
        trail = None
        if delay.scale and delay.first:
            trail = Trail(_debt((amount, cuts), contract, delay, delay.first), delay.scale)
        fees = _sum_up(invoice, contract, rule, trail)
    left = _left(amount, cuts, as_of)
    return _with_remarks(invoice, fees, from_cents(-left) if left < 0 else ZERO, delay.scale)


def _with_remarks(invoice: Invoice, fees: Fees, over_paid: Decimal, scale: Scale | None) -> Fees:
    """The fees with what was settled of them, what is disputed, and the notices; the same value where nothing is."""
    contract = fees.contract
    notices = notices_of(invoice, contract, fees, scale)
    contested = invoice.dispute or (invoice.status is not None and invoice.status.state is State.DISPUTED)
    settled = contract.fees_paid + contract.waived + over_paid
    if not (notices or contested or settled):
        return fees
    return replace(
        fees,
        disputed=_disputed(invoice, fees.pieces) if contested else ZERO,
        disputed_before=_disputed(invoice, fees.earlier) if contested else ZERO,
        covered=over_paid,
        owed=max(ZERO, fees.owed - settled),
        notices=notices,
        provisional=any(notice.code in PROVISIONAL for notice in notices),
    )


def open_on(invoice: Invoice, day: date) -> Decimal:
    """The open amount as it stood at the end of a day; what has no date counts as received."""
    paid = sum((payment.amount for payment in invoice.payments if not payment.on or payment.on <= day), ZERO)
    credited = sum((credit.amount for credit in invoice.credits if not credit.on or credit.on <= day), ZERO)
    return invoice.total - invoice.deposit - invoice.retained - paid - credited


def notice_after(due: date, contract: Contract) -> date | None:
    """The receipt of the formal notice, where it came after the due date: nobody is put on notice of a debt that is
    not due yet (Code civil 1344)."""
    notice = contract.formal_notice
    return notice if notice and notice > due else None


class _Delay(Struct, frozen=True, eq=False):
    """What all invoices of one due date, rule and contract share on one day.

    Days `first` to `last` bear interest (`first` None: none does); `run` is that period; `plain`: neither the rule nor
    the contract asks for more than the lines and the flat indemnity, without notice; `flat` is the indemnity where it
    does not depend on the amount.
    """

    rule: FeeRule
    late_from: date
    first: date | None
    last: date
    tolerance: int
    barred: bool
    scale: Scale | None
    run: Run | None
    plain: bool
    flat: Decimal | None


@lru_cache(maxsize=65536)
def _delay(rule: FeeRule, contract: Contract, rates: Rates, due: date, as_of: date) -> _Delay:
    late_from, last = due + DAY, as_of
    first = late_from if rule.start is Start.DUE else notice_after(due, contract)
    barred = False
    if contract.insolvency:
        barred, last = due >= contract.insolvency, min(as_of, contract.insolvency)
    if first:
        first = max(first, late_from) if max(first, late_from) <= last else None
    scale = scale_of(rule, contract.rate, rates, contract.single_rate)
    run = run_of(scale, first, last, first) if scale and first else None
    plain = run is not None and not run.provisional and contract.is_plain and not warns(rule, contract, scale, run)
    return _Delay(
        rule, late_from, first, last, cents(contract.tolerance), barred, scale, run, plain, _flat(rule, contract)
    )


def _flat(rule: FeeRule, contract: Contract) -> Decimal | None:
    """The flat indemnity where it is the same for every amount, else None."""
    if contract.indemnity is not None or len(rule.indemnity) != 1 or rule.indemnity[0].above:
        return None
    return rule.indemnity[0].amount


def _is_untouched(invoice: Invoice) -> bool:
    """Whether nothing but the deposit reduced the invoice, and nothing but its status word may need a notice."""
    return not (
        invoice.payments or invoice.credits or invoice.dispute or invoice.unseen or invoice.due_source is _ASSUMED
    )


def _untouched(invoice: Invoice, contract: Contract, delay: _Delay) -> Fees:
    """The fees of an untouched invoice: one base over the whole delay."""
    less = invoice.deposit + invoice.retained if invoice.retained else invoice.deposit
    base = cents(invoice.total - less if less else invoice.total)
    if base <= delay.tolerance or delay.run is None:
        return Fees(rule=delay.rule, order=contract.order, contract=contract)
    piece = Piece(base, delay.run)
    interest = from_cents(piece.interest)
    if invoice.currency != delay.rule.currency:
        return Fees(
            rule=delay.rule, order=contract.order, contract=contract, late=True, interest=interest, total=interest,
            owed=interest, pieces=(piece,), apart=_apart(invoice, delay.rule, contract),
        )  # fmt: skip
    indemnity = delay.flat if delay.flat is not None else _indemnity(invoice, delay.rule, contract)
    total = interest + indemnity
    return Fees(
        rule=delay.rule, order=contract.order, contract=contract, late=True, interest=interest, indemnity=indemnity,
        total=total, owed=total, pieces=(piece,),
    )  # fmt: skip


def _movements(invoice: Invoice, late_from: date) -> tuple[int, tuple[Cut, ...]]:
    """The debt in cents on the day after the due date, and what reduces it later, one cut a day, oldest first.

    A deposit, and what has no date, reduces it from the start; the status "paid" settles where no payment is typed.
    """
    amount = cents(invoice.total - invoice.deposit - invoice.retained)
    if invoice.status and invoice.status.state is State.PAID and not invoice.payments:
        return 0, ()
    if not invoice.payments and not invoice.credits:
        return amount, ()
    if len(invoice.payments) == 1 and not invoice.credits:
        return _after_one(amount, invoice.payments[0], late_from)
    paid: defaultdict[date, int] = defaultdict(int)
    credited: defaultdict[date, int] = defaultdict(int)
    for payment in invoice.payments:
        paid[max(late_from, payment.on + DAY) if payment.on else late_from] += cents(payment.amount)
    for credit in invoice.credits:
        credited[max(late_from, credit.on) if credit.on else late_from] += cents(credit.amount)
    amount -= paid.pop(late_from, 0) + credited.pop(late_from, 0)
    days = sorted({*paid, *credited})
    return amount, tuple(Cut(day, paid.get(day, 0), credited.get(day, 0)) for day in days)


def _after_one(amount: int, payment: Payment, late_from: date) -> tuple[int, tuple[Cut, ...]]:
    """`_movements` of the usual case, one payment."""
    if payment.on is None or payment.on < late_from:
        return amount - cents(payment.amount), ()
    return amount, (Cut(payment.on + DAY, cents(payment.amount), 0),)


def _debt(movements: tuple[int, tuple[Cut, ...]], contract: Contract, delay: _Delay, first: date) -> Debt:
    amount, cuts = movements
    if not cuts or (first < cuts[0].first and cuts[-1].first <= delay.last):
        return Debt(amount, first, delay.last, cuts, contract.claimed_until, delay.tolerance)
    amount -= sum(cut.paid + cut.credited for cut in cuts if cut.first <= first)
    cuts = tuple(cut for cut in cuts if first < cut.first <= delay.last)
    return Debt(amount, first, delay.last, cuts, contract.claimed_until, delay.tolerance)


def _left(amount: int, cuts: tuple[Cut, ...], as_of: date) -> int:
    """What is open in cents at the end of a day: a payment of that very day counts, though its interest ran."""
    for cut in cuts:
        if cut.first <= as_of:
            amount -= cut.paid + cut.credited
        elif cut.first - DAY <= as_of:
            amount -= cut.paid
    return amount


def _sum_up(invoice: Invoice, contract: Contract, rule: FeeRule, trail: Trail | None) -> Fees:
    indemnity, asked = _indemnity(invoice, rule, contract), ZERO
    pieces = trail.pieces(interest_first=contract.order is Order.INTEREST_FIRST) if trail else ()
    earlier: tuple[Piece, ...] = ()
    if contract.claimed_until:
        until = contract.claimed_until
        earlier = tuple([piece for piece in pieces if piece.run.first <= until])
        pieces = tuple([piece for piece in pieces if piece.run.first > until])
    if contract.indemnity_claimed:
        indemnity, asked = ZERO, indemnity
    interest = interest_of(pieces)
    costs = contract.costs if rule.costs else ()
    total = interest + indemnity
    if costs:
        total += sum((cost.amount for cost in costs), ZERO)
    claimed = interest_of(earlier) + asked if earlier or asked else ZERO
    return Fees(
        rule=rule, order=contract.order, contract=contract, late=True, interest=interest, indemnity=indemnity,
        costs=costs, total=total, claimed=claimed, claimed_indemnity=asked, owed=total + claimed if claimed else total,
        pieces=pieces, earlier=earlier, trail=trail, apart=_apart(invoice, rule, contract),
    )  # fmt: skip


def _indemnity(invoice: Invoice, rule: FeeRule, contract: Contract) -> Decimal:
    """The flat indemnity of a late invoice; none, whatever the contract says, where the law gives none, nor in another
    currency than the law's."""
    if invoice.currency != rule.currency:
        return ZERO
    if contract.indemnity is not None and rule.indemnity and rule.contract:
        return contract.indemnity
    return rule.indemnity_for(invoice.total)


def _apart(invoice: Invoice, rule: FeeRule, contract: Contract) -> Money | None:
    """The flat indemnity of an invoice in another currency; None where its amount would depend on that of the debt."""
    if invoice.currency == rule.currency or len(rule.indemnity) != 1 or rule.indemnity[0].above:
        return None
    agreed = contract.indemnity if rule.contract else None
    amount = rule.indemnity[0].amount if agreed is None else agreed
    return Money(amount, rule.currency) if amount else None


def _disputed(invoice: Invoice, pieces: tuple[Piece, ...]) -> Decimal:
    """The part of the interest borne by the disputed amount, recomputed line by line on that amount."""
    if invoice.dispute is None or invoice.dispute.amount is None:
        whole = invoice.dispute or (invoice.status and invoice.status.state is State.DISPUTED)
        return interest_of(pieces) if whole else ZERO
    contested = cents(invoice.dispute.amount)
    return interest_of(tuple(Piece(min(piece.base, contested), piece.run) for piece in pieces))

"""What stands under a table of late fees: how payments moved the base, where each rate comes from, what to know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from relance.domain.late_fees.contracts import Order
from relance.domain.late_fees.fee_values import Fees
from relance.domain.late_fees.imputation import Move, Movement
from relance.domain.late_fees.law import Start
from relance.domain.model import Invoice
from relance.errors import Message, Severity, msg
from relance.money import Money
from relance.reports.view import Align, Column, Line, Table, Tone

_MOVES = {
    Move.DEPOSIT: msg("deposit"),
    Move.RETAINED: msg("guarantee retained"),
    Move.PAYMENT: msg("payment"),
    Move.CREDIT: msg("credit note"),
}


def movement_table(invoice: Invoice, moves: tuple[Movement, ...]) -> Table:
    """How each payment moves the base, from the amount of the invoice on."""

    def money(amount: Decimal) -> Money:
        return Money(amount, invoice.currency)

    columns = (
        Column("on", msg("day")),
        Column("kind", msg("item")),
        Column("amount", msg("amount"), Align.RIGHT),
        Column("on_interest", msg("on interest"), Align.RIGHT),
        Column("on_principal", msg("on principal"), Align.RIGHT),
        Column("left", msg("base left"), Align.RIGHT),
    )
    rows = tuple(
        (
            move.on, _MOVES[move.kind], money(move.amount), money(move.on_interest),
            money(move.amount - move.on_interest), money(move.left),
        )
        for move in moves
    )  # fmt: skip
    first = (invoice.issued, msg("invoice"), money(invoice.total), None, None, money(invoice.total))
    return Table(
        title=msg("How the base of {number} moves", number=invoice.number), columns=columns, rows=(first, *rows)
    )


def remarks_on(invoice: Invoice, fees: Fees) -> Iterator[Line]:
    """Where each rate comes from, the formula, the rule, the other order of imputation, what a reader must know."""
    for line in {(line.half_year, str(line.source)): line for line in fees.lines}.values():
        if line.half_year and line.provisional:
            text = msg("{half_year} (provisional): {source}", half_year=str(line.half_year), source=line.source)
            yield Line(text, Tone.FAINT)
        elif line.half_year:
            yield Line(msg("{half_year}: {source}", half_year=str(line.half_year), source=line.source), Tone.FAINT)
        else:
            yield Line(msg("Rate: {source}", source=line.source), Tone.FAINT)
    basis = fees.rule.basis
    if fees.lines:
        formula = msg(
            "interest = base × rate × days / {year_days}; {basis}", year_days=fees.rule.year_days, basis=basis
        )
        yield Line(formula, Tone.FAINT)
    elif fees.late:
        yield Line(msg("Rule: {basis}", basis=basis), Tone.FAINT)
    if fees.contract.sentence and fees.lines:
        yield Line(msg("Contract: “{clause}”", clause=fees.contract.sentence), Tone.FAINT)
    if fees.rule.start is Start.NOTICE and fees.lines:
        received = fees.contract.formal_notice
        yield Line(msg("Interest runs from the receipt of the formal notice, {day}.", day=received), Tone.FAINT)
    if fees.other_total != fees.total:
        order = _said_order(fees)
        other = Money(fees.other_total, invoice.currency)
        yield Line(msg("Here {order}; in the other order the total is {other}.", order=order, other=other))
    for notice in fees.notices:
        yield Line(notice.message, Tone.NOTICE if notice.severity is Severity.NOTICE else Tone.WARNING)


def _said_order(fees: Fees) -> Message:
    if fees.order is Order.PRINCIPAL_FIRST:
        return msg("payments settle the principal first")
    if fees.rule.imputation:
        return msg("payments settle the interest first ({source})", source=fees.rule.imputation)
    return msg("payments settle the interest first")


def no_fees(invoice: Invoice, as_of: date) -> Message:
    """Why an invoice bears no fees."""
    number = invoice.number
    if invoice.due is None:
        return msg("{number}: no due date is known, no fees.", number=number)
    if as_of <= invoice.due:
        return msg("{number} is not late, no fees.", number=number)
    return msg("{number}: nothing that bears fees was owed after the due date.", number=number)

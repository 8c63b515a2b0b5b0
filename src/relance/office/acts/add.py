"""A new invoice typed where a person would type it: under the last one, in the ways of the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from msgspec import Struct

from relance.domain.model import Client
from relance.domain.names import fold_name, fold_number
from relance.domain.noted import AddedNoted, Fact, PaymentNoted
from relance.errors import Message, UsageError, Where, msg
from relance.money import ZERO, Money
from relance.office.acts.record import Decided, Desk
from relance.workbook.plans_add import New, last_row, plan_values
from relance.workbook.reading.roles import ROLES
from relance.workbook.xlsx.newrow import plan_row


class NewInvoice(Struct, frozen=True, kw_only=True):
    """What the person says of it: amounts tax included, in the sheet's currency."""

    client: str
    number: str
    issued: date
    due: date | None
    total: Decimal
    deposit: Decimal = ZERO
    order: str = ""
    comment: str = ""


def decide_add(desk: Desk, new: NewInvoice) -> Decided:
    """The act of adding an invoice. UsageError: its number is taken, it is due before its date, the sheet has no column
    for its amount or needs its due date. ConflictError: the row under the last invoice is not free.
    """
    _refuse(desk, new)
    client = _client(desk, new.client)
    row = New(
        client=client or Client("", new.client.strip()),
        number=new.number.strip(),
        issued=new.issued,
        due=new.due,
        total=new.total,
        deposit=new.deposit,
        order=new.order,
        comment=new.comment,
    )
    table = desk.habits.table
    place = last_row(desk.habits, desk.sheet)
    values, remarks = plan_values(desk.habits, place.last, row)
    plan = plan_row(desk.habits.book, place, values, msg("new invoice {number}", number=row.number))
    title = msg(
        "New invoice {number}, {client}: row {row} of sheet {sheet}",
        number=row.number, client=row.client.name, row=str(plan.rows[0].row), sheet=table.sheet,
    )  # fmt: skip
    told = (*_about_client(desk, new.client, client), *_about_row(plan.rows[0].moves_totals), *remarks)
    return Decided(act="add", title=title, plan=plan, facts=tuple(_facts(desk, row)), remarks=told)


def _facts(desk: Desk, row: New) -> Iterator[Fact]:
    key = row.client.key or fold_name(row.client.name)
    yield AddedNoted(number=row.number, client=key, total=row.total, due=row.due)
    if row.deposit and not desk.habits.has("deposit"):
        yield PaymentNoted(number=row.number, client=key, amount=row.deposit, on=row.issued, total=row.deposit)


def _refuse(desk: Desk, new: NewInvoice) -> None:
    habits = desk.habits
    taken = _row_of(desk, new.number)
    if taken:
        raise UsageError(
            "number-taken",
            msg("{number} is in the sheet already, in {cell}.", number=new.number, cell=str(taken)),
            msg(
                "Nothing was written. Check the number; a payment is noted with relance paid {number}.",
                number=new.number,
            ),
        )
    if new.due and new.due < new.issued:
        raise UsageError(
            "due-before-issued",
            msg("The due date {due} is before the invoice date {issued}.", due=new.due, issued=new.issued),
            msg("Correct one of the two."),
        )
    if new.deposit > new.total:
        raise UsageError(
            "deposit-too-large",
            msg("The deposit is more than the invoice: {amount}.", amount=Money(new.deposit)),
            msg("Correct the deposit or the amount of the invoice."),
        )
    if not habits.has("total"):
        raise UsageError(
            "no-total-column",
            msg("The sheet has no column for the {role}.", role=ROLES["total"]),
            msg("relance never guesses the VAT: add such a column, or type the invoice by hand."),
        )
    if habits.has("due") and new.due is None:
        raise UsageError(
            "due-date-missing",
            msg("The sheet has a column for the due date, and none was given."),
            msg("Add it: --due DATE. An invoice without due date is never chased."),
        )


def _row_of(desk: Desk, number: str) -> Where | None:
    """Where a number stands already, however it is typed."""
    column = desk.habits.column("number")
    if column is None:
        return None
    wanted = fold_number(number)
    for row in range(desk.habits.table.first_row, desk.habits.table.last_row + 1):
        if fold_number(desk.habits.text(column, row)) == wanted:
            return Where(desk.habits.table.sheet, row, column.letters)
    return None


def _client(desk: Desk, name: str) -> Client | None:
    """The client of that very name or code, as the workbook spells it."""
    key = fold_name(name)
    return next((c for c in desk.sheet.clients if key in map(fold_name, (c.name, c.code, c.key))), None)


def _about_client(desk: Desk, name: str, known: Client | None) -> Iterator[Message]:
    if known:
        return
    near = get_close_matches(name, [client.name for client in desk.sheet.clients], 2, 0.6)
    yield msg("{name} is a new client.", name=name)
    if near:
        yield msg("Clients of a like name: {names}.", names=near)


def _about_row(moves_totals: bool) -> Iterator[Message]:  # noqa: FBT001 - private
    yield msg("The row takes the formats and the formulas of the one above.")
    if moves_totals:
        yield msg("The totals move one row down.")

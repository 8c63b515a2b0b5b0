"""One client's rows -> the statement of account: every movement with the running balance, per currency.

The value that text, HTML and paper show to the client. It must not know how it is shown, nor in which language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.model import Client, Invoice, Ledger, State
from relance.domain.owed import VOID, credit_left, owed
from relance.domain.settled import Invoices
from relance.money import ZERO


class Entry(StrEnum):
    """What moves an account. `RETAINED` is what the client keeps back as a guarantee, not owed until it is released;
    `SETTLED` is a row that its status calls settled while no payment is typed."""

    INVOICE = "invoice"
    DEPOSIT = "deposit"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    REFUND = "refund"
    RETAINED = "retained"
    SETTLED = "settled"


class Movement(Struct, frozen=True, kw_only=True):
    """One line of an account. `on` is its day, None where nobody typed it: the line then stands behind its invoice.
    `number` is that of the invoice, or of the credit note; `about` the invoice that a payment, deposit or credit note
    concerns ("" = none named). `amount` is positive where the client owes more. `balance` is after the line."""

    on: date | None
    entry: Entry
    number: str
    about: str = ""
    order: str = ""
    due: date | None = None
    amount: Decimal
    balance: Decimal = ZERO


class OpenItem(Struct, frozen=True, kw_only=True):
    """An invoice on which something is owed on the day, or a credit not used yet (`open` below zero)."""

    number: str
    order: str
    issued: date | None
    due: date | None
    total: Decimal
    open: Decimal
    days_late: int


class Account(Struct, frozen=True, kw_only=True):
    """The account in one currency: `opening` + the amounts of the movements = `closing` = the sum of the open items =
    `overdue` + `not_due` - `credits`."""

    currency: str
    opening: Decimal
    movements: tuple[Movement, ...]
    closing: Decimal
    overdue: Decimal
    not_due: Decimal
    credits: Decimal
    open_items: tuple[OpenItem, ...]


class Creditor(Struct, frozen=True, kw_only=True):
    """Who sends the statement, as its letterhead says it: clean text, the IBAN in groups of four, "" where unknown."""

    name: str = ""
    legal_form: str = ""
    address: tuple[str, ...] = ()
    siret: str = ""
    register: str = ""
    vat: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    email: str = ""
    phone: str = ""


class Statement(Struct, frozen=True, kw_only=True):
    """The statement of account of a client at the end of the day `until`, with the movements from `start` (None: all).
    `left_out` are the numbers of the client's rows that cannot be read with certainty: they are in no account."""

    client: Client
    creditor: Creditor
    language: str
    start: date | None
    until: date
    accounts: tuple[Account, ...]
    left_out: tuple[str, ...] = ()


def compute_accounts(ledger: Ledger, client: Client, until: date, start: date | None = None) -> tuple[Account, ...]:
    """The accounts of a client, of a ledger held on the day `until`; the currency of most movements first.

    Drafts, cancelled and written off invoices are no movements. Movements before `start` make the opening balance.
    """
    found: dict[str, list[tuple[date, Movement]]] = defaultdict(list)
    items: dict[str, list[OpenItem]] = defaultdict(list)
    for invoice in _rows_of(ledger, client):
        found[invoice.currency] += _movements(invoice, until)
        items[invoice.currency] += _open_items(invoice, until)
    accounts = [_account(currency, moves, items[currency], start) for currency, moves in found.items() if moves]
    return tuple(sorted(accounts, key=lambda account: (-len(account.movements), account.currency)))


def _rows_of(ledger: Ledger, client: Client) -> Iterator[Invoice]:
    """The claims and credit notes of a client that count on the day, in sheet order."""
    invoices = Invoices.of(ledger.invoices)
    places = [at for at, other in enumerate(invoices.columns.clients) if other.key == client.key]
    for row in (*invoices.pick(places), *(note for note in ledger.credits if note.client.key == client.key)):
        void = row.status is not None and row.status.state in VOID and not row.is_credit_note
        dropped = row.is_credit_note and row.status is not None and row.status.state in _NO_NOTE
        if not row.ahead and not void and not dropped:
            yield row


_NO_NOTE = VOID - {State.CREDIT_NOTE}


def _movements(row: Invoice, until: date) -> list[tuple[date, Movement]]:
    """The movements of a row by the end of a day, each with the day that orders it; a last one where only the status
    says that the rest is settled."""
    first = row.issued or row.due or date.min
    found = [(first, _claim_of(row)), *_reductions(row, first, until)]
    if rest := sum((move.amount for _, move in found), ZERO) - _left(row):
        found.append((first, _move(row, Entry.SETTLED, None, -rest)))
    return found


def _claim_of(row: Invoice) -> Movement:
    if row.is_credit_note:
        return _move(row, Entry.CREDIT_NOTE, row.issued, row.total)
    return Movement(
        on=row.issued, entry=Entry.INVOICE, number=row.number, order=row.order, due=row.due, amount=row.total
    )


def _reductions(row: Invoice, first: date, until: date) -> Iterator[tuple[date, Movement]]:
    if row.deposit:
        yield first, _move(row, Entry.DEPOSIT, None, -row.deposit)
    if row.retained:
        yield first, _move(row, Entry.RETAINED, None, -row.retained)
    for payment in row.payments:
        if payment.on is None or payment.on <= until:
            kind = Entry.REFUND if payment.amount < ZERO else Entry.PAYMENT
            yield max(first, payment.on or first), _move(row, kind, payment.on, -payment.amount)
    for credit in row.credits:
        if credit.on is None or credit.on <= until:
            note = Movement(
                on=credit.on, entry=Entry.CREDIT_NOTE, number=credit.number, about=row.number, amount=-credit.amount
            )
            yield max(first, credit.on or first), note


def _left(row: Invoice) -> Decimal:
    """What is open of a row, below zero for a credit not used yet."""
    return -credit_left(row) if row.is_credit_note else owed(row)


def _move(row: Invoice, entry: Entry, on: date | None, amount: Decimal) -> Movement:
    return Movement(
        on=on, entry=entry, number=row.number, about="" if row.is_credit_note else row.number, amount=amount
    )


def _open_items(row: Invoice, until: date) -> Iterator[OpenItem]:
    amount = _left(row)
    if amount:
        yield OpenItem(
            number=row.number,
            order=row.order,
            issued=row.issued,
            due=None if row.is_credit_note else row.due,
            total=row.total,
            open=amount,
            days_late=row.days_late(until) if amount > ZERO else 0,
        )


def _account(currency: str, moves: list[tuple[date, Movement]], items: list[OpenItem], start: date | None) -> Account:
    moves.sort(key=lambda move: move[0])
    opening = sum((move.amount for day, move in moves if start and day < start), ZERO)
    shown = tuple(_running((move for day, move in moves if not start or day >= start), opening))
    items.sort(key=lambda item: (item.due or item.issued or date.max, item.number))
    return Account(
        currency=currency,
        opening=opening,
        movements=shown,
        closing=shown[-1].balance if shown else opening,
        overdue=sum((item.open for item in items if item.days_late), ZERO),
        not_due=sum((item.open for item in items if item.open > ZERO and not item.days_late), ZERO),
        credits=-sum((item.open for item in items if item.open < ZERO), ZERO),
        open_items=tuple(items),
    )


def _running(moves: Iterable[Movement], balance: Decimal) -> Iterator[Movement]:
    for move in moves:
        balance += move.amount
        yield replace(move, balance=balance)

"""relance statement: the account of one client as it is sent to that client, in that client's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict

from relance.domain.measures.statement import Account, Creditor, Entry, Movement, Statement
from relance.errors import Message, msg
from relance.money import ZERO, Money
from relance.reports.view import Align, Column, Facts, Figure, Line, Section, Table, Tone, View, lateness

ENTRIES: dict[Entry, tuple[Message, Message]] = {
    Entry.INVOICE: (msg("Invoice {number}"), msg("Invoice {number}, order {about}")),
    Entry.DEPOSIT: (msg("Deposit"), msg("Deposit on {about}")),
    Entry.PAYMENT: (msg("Payment"), msg("Payment of {about}")),
    Entry.CREDIT_NOTE: (msg("Credit note {number}"), msg("Credit note {number} on {about}")),
    Entry.REFUND: (msg("Refund of {number}"), msg("Refund of {about}")),
    Entry.RETAINED: (msg("Guarantee retained"), msg("Guarantee retained on {about}")),
    Entry.SETTLED: (msg("Settlement of {number}"), msg("Settlement of {about}")),
}
"""How a line of the account is called: alone, and with the invoice (or order) it is about."""


def statement_view(statement: Statement) -> View:
    """The statement as a page to send: both parties, per currency the balance, the movements and what is open, where
    to pay. Nothing in it speaks to the owner."""
    client = statement.client
    return View(
        command="statement",
        title=msg("Statement of account · {client}", client=client.name or client.code),
        data=lambda: _data(statement),
        sections=lambda: tuple(_sections(statement)),
        export=lambda: _export(statement),
    )


def _data(statement: Statement) -> dict[str, Any]:
    return {
        "client": statement.client.name,
        "code": statement.client.code,
        "language": statement.language,
        "from": statement.start,
        "to": statement.until,
        "creditor": asdict(statement.creditor),
        "accounts": [
            {
                "currency": account.currency,
                "opening": account.opening,
                "movements": [_movement_data(move) for move in account.movements],
                "closing": account.closing,
                "overdue": account.overdue,
                "not_due": account.not_due,
                "credits": account.credits,
                "open_items": [asdict(item) for item in account.open_items],
            }
            for account in statement.accounts
        ],
        "left_out": statement.left_out,
    }


def _movement_data(move: Movement) -> dict[str, Any]:
    found = asdict(move)
    return {"on": found.pop("on"), "kind": found.pop("entry"), **found}


def _sections(statement: Statement) -> Iterator[Section]:
    yield _parties(statement)
    if not statement.accounts:
        yield Line(msg("Nothing has been invoiced."), Tone.GOOD)
        return
    for account in statement.accounts:
        yield from _account_sections(account, statement)
    if any(account.closing > ZERO for account in statement.accounts):
        yield from _where_to_pay(statement.creditor)
    yield Line(
        msg(
            "This statement takes into account the payments known to us on {day}. If one is missing, or if an "
            "invoice is not known to you, please tell us.",
            day=statement.until,
        )
    )


def _parties(statement: Statement) -> Facts:
    """Who sends it, and to whom."""
    creditor, client = statement.creditor, statement.client
    ours: list[str | Message] = [creditor.legal_form, *creditor.address, creditor.register]
    ours += [msg("SIRET {number}", number=creditor.siret)] if creditor.siret else []
    ours += [msg("VAT {number}", number=creditor.vat)] if creditor.vat else []
    ours += [creditor.phone, creditor.email]
    theirs: list[str | Message] = [*client.address.splitlines(), client.contact]
    theirs += [msg("client code {code}", code=client.code)] if client.code else []
    items = (
        (msg("From"), _letterhead(creditor.name, ours), Tone.PLAIN),
        (msg("For"), _letterhead(client.name, theirs), Tone.PLAIN),
    )
    return Facts(items=items if creditor.name else items[1:])


def _letterhead(name: str, lines: list[str | Message]) -> Figure:
    known = (line if isinstance(line, Message) else msg("{line}", line=line) for line in lines if line)
    return Figure(name, tuple((line, Tone.PLAIN) for line in known))


def _account_sections(account: Account, statement: Statement) -> Iterator[Section]:
    currency = account.currency
    late = Tone.BAD if account.overdue else Tone.GOOD
    items: list[tuple[Message, Any, Tone]] = [
        (msg("account balance"), Money(account.closing, currency), Tone.PLAIN),
        (msg("overdue"), Money(account.overdue, currency), late),
        (msg("not due"), Money(account.not_due, currency), Tone.PLAIN),
    ]
    if account.credits:
        items.append((msg("credits"), Money(-account.credits, currency), Tone.PLAIN))
    yield Facts(items=tuple(items))
    yield _open_table(account)
    yield _movements_table(account, statement)


def _open_table(account: Account) -> Table:
    columns = (
        Column("number", msg("open invoices"), whole=True),
        Column("order", msg("your order"), fold=True),
        Column("issued", msg("invoiced on"), fold=True),
        Column("due", msg("due date")),
        Column("billed", msg("amount incl. tax"), Align.RIGHT, fold=True),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("days late"), Align.RIGHT),
    )
    shown = [at for at, column in enumerate(columns) if column.key != "order" or _has_orders(account)]
    rows = (
        (
            item.number,
            item.order or None,
            item.issued,
            item.due,
            Money(item.total, account.currency),
            Money(item.open, account.currency),
            lateness(item.days_late),
        )
        for item in account.open_items
    )
    closing = (msg("account balance"), None, None, None, None, Money(account.closing, account.currency), None)
    return Table(
        title=msg("What is open"),
        columns=tuple(columns[at] for at in shown),
        rows=tuple(tuple(row[at] for at in shown) for row in rows),
        totals=(tuple(closing[at] for at in shown),),
    )


def _has_orders(account: Account) -> bool:
    return any(item.order for item in account.open_items)


def _movements_table(account: Account, statement: Statement) -> Table:
    rows = tuple(_row(move, account.currency) for move in account.movements)
    if statement.start:
        before = msg("Balance brought forward")
        rows = ((statement.start, before, None, None, None, Money(account.opening, account.currency)), *rows)
    title = (
        msg("Movements in {currency}, from {day}", currency=account.currency, day=statement.start)
        if statement.start
        else msg("All movements in {currency}", currency=account.currency)
    )
    closing = (statement.until, msg("account balance"), None, None, None, Money(account.closing, account.currency))
    return Table(title=title, columns=_COLUMNS, rows=rows, totals=(closing,))


_COLUMNS = (
    Column("on", msg("date")),
    Column("entry", msg("movement")),
    Column("due", msg("due date"), fold=True),
    Column("debit", msg("owed"), Align.RIGHT),
    Column("credit", msg("settled"), Align.RIGHT),
    Column("balance", msg("account balance"), Align.RIGHT),
)


def _row(move: Movement, currency: str) -> tuple[Any, ...]:
    return (
        move.on,
        entry_name(move),
        move.due,
        Money(move.amount, currency) if move.amount > ZERO else None,
        Money(-move.amount, currency) if move.amount <= ZERO else None,
        Money(move.balance, currency),
    )


def entry_name(move: Movement) -> Message:
    """What a line of the account is called, for the client."""
    about = move.order if move.entry is Entry.INVOICE else move.about
    if move.entry is Entry.CREDIT_NOTE and not move.number:
        return msg("Credit note on {about}", about=about)
    alone, with_about = ENTRIES[move.entry]
    return msg((with_about if about else alone).text, number=move.number, about=about)


def _where_to_pay(creditor: Creditor) -> Iterator[Section]:
    if creditor.iban:
        items = ((msg("IBAN"), creditor.iban), (msg("BIC"), creditor.bic), (msg("bank"), creditor.bank))
        facts = tuple((label, text, Tone.PLAIN) for label, text in items if text)
        yield Facts(title=msg("To pay by transfer, quoting the invoice numbers"), items=facts)


def _export(statement: Statement) -> Table:
    """The movements of all currencies, as csv has them."""
    columns = (*_COLUMNS[:2], Column("number", msg("number")), *_COLUMNS[2:])
    rows = tuple(
        (*row[:2], move.number, *row[2:])
        for account in statement.accounts
        for move in account.movements
        for row in (_row(move, account.currency),)
    )
    return Table(columns=columns, rows=rows)

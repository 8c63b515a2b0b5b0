"""The statement of account of a client -> a PDF to send, on the same paper as the letters.

It must not know how an account is computed, nor where the letterhead is configured.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from relance.domain.measures.statement import Account, Movement, OpenItem, Statement
from relance.language import Language
from relance.letters.contacts import addressed
from relance.letters.pdf import Page, typeset_page
from relance.letters.pdf_letter import paper_values
from relance.letters.templates import FOLDERS
from relance.letters.text import clean, clean_lines
from relance.letters.wording import Wording
from relance.money import ZERO

STATEMENT = "statement.typ"


def statement_pdf(statement: Statement, beside: Path) -> bytes:
    """The statement as PDF, in its language, with the templates of the folder `beside` (that of the workbook). Errors
    as `typeset_page`."""
    return typeset_page(statement_page(statement, tuple(beside / name for name in FOLDERS)))


def statement_page(statement: Statement, folders: tuple[Path, ...]) -> Page:
    """The statement as a page to typeset, with the user's own templates of these folders."""
    return Page(
        template=STATEMENT,
        language=statement.language,
        day=statement.until,
        data=statement_data(statement),
        folders=folders,
    )


def statement_data(statement: Statement) -> dict[str, Any]:
    """The values of `statement.typ`: clean text, amounts and dates as the client writes them; "" for nothing."""
    wording = Wording(Language(statement.language))
    client = statement.client
    values = {
        "sender": {name: clean(value) if isinstance(value, str) else value for name, value in _creditor(statement)},
        "client": {"name": clean(client.name), "code": clean(client.code), "address": clean_lines(client.address)},
        "contact": addressed(client.name, client.contact),
    }
    return {
        **values,
        **paper_values(values),
        "today": wording.language.long_date(statement.until),
        "start": wording.language.long_date(statement.start) if statement.start else "",
        "accounts": [_account(account, wording) for account in statement.accounts],
        "owes": any(account.closing > ZERO for account in statement.accounts),
    }


def _creditor(statement: Statement) -> list[tuple[str, Any]]:
    return [*asdict(statement.creditor).items()]


def _account(account: Account, wording: Wording) -> dict[str, Any]:
    def money(amount: Decimal) -> str:
        return wording.language.money(amount, account.currency)

    return {
        "currency": account.currency,
        "opening": money(account.opening),
        "closing": money(account.closing),
        "overdue": money(account.overdue),
        "not_due": money(account.not_due),
        "credits": money(-account.credits) if account.credits else "",
        "movements": [_movement(move, wording, account.currency) for move in account.movements],
        "open_items": [_item(item, wording, account.currency) for item in account.open_items],
    }


def _movement(move: Movement, wording: Wording, currency: str) -> dict[str, Any]:
    owed, settled = max(move.amount, ZERO), max(-move.amount, ZERO)
    return {
        "on": _day(move.on, wording),
        "entry": move.entry.value,
        "number": clean(move.number),
        "about": clean(move.about),
        "order": clean(move.order),
        "due": _day(move.due, wording),
        "debit": wording.money(owed, currency),
        "credit": wording.money(settled, currency),
        "balance": wording.language.money(move.balance, currency),
    }


def _item(item: OpenItem, wording: Wording, currency: str) -> dict[str, Any]:
    return {
        "number": clean(item.number),
        "order": clean(item.order),
        "issued": _day(item.issued, wording),
        "due": _day(item.due, wording),
        "total": wording.language.money(item.total, currency),
        "open": wording.language.money(item.open, currency),
        "late": item.days_late,
    }


def _day(day: date | None, wording: Wording) -> str:
    return wording.day(day) if day else ""

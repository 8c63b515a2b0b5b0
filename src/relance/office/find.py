"""The invoices a person names, however they type the number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from heapq import nlargest
from os.path import commonprefix

from relance.domain.day import Day
from relance.domain.model import Client, Credit, Invoice, SetAside
from relance.domain.names import fold_name, fold_number
from relance.domain.settled import Invoices
from relance.errors import ConflictError, UsageError, msg

_NEAREST = 8  # so many are named, the last ones of the sheet
_COMPARED = 1_000  # so many are compared letter by letter
_MARKS = bytes(code for code in range(128) if not chr(code).isalnum() and code != ord("\n"))


def find_invoices(day: Day, wanted: Iterable[str]) -> list[Invoice | SetAside]:
    """The invoices of these numbers, in the order asked, rows set aside included; UsageError names the nearest ones for
    an unknown number.

    Capitals, blanks and punctuation do not count, and a short form will do where it means one number: `f41` finds
    `F-2026-041`. A number that stands on several rows gives them all.
    """
    invoices = Invoices.of(day.ledger.invoices)
    others: list[Invoice | SetAside] = [*day.ledger.credits, *day.ledger.set_aside]
    numbers = _numbers(day)
    names = _folded_numbers(numbers)
    found: list[Invoice | SetAside] = []
    for number in wanted:
        key = _meant(fold_number(number), names, numbers)
        if not key:
            raise _unknown_invoice(number, day, names)
        places = [place for place, name in enumerate(names) if name == key]
        found += invoices.pick(place for place in places if place < len(invoices))
        found += [others[place - len(invoices)] for place in places if place >= len(invoices)]
    return found


def _numbers(day: Day) -> list[str]:
    """Every number of the day's ledger: those of the invoices, of the credit notes, of the rows set aside."""
    rows: list[Invoice | SetAside] = [*day.ledger.credits, *day.ledger.set_aside]
    return [*Invoices.of(day.ledger.invoices).columns.numbers, *(row.number for row in rows)]


def _meant(key: str, names: list[str], numbers: list[str]) -> str:
    """The number that was meant: the one typed, else the only one it is short for, else ""."""
    if not key or key in names:
        return key
    alike = _alike(key, names, numbers)
    return alike[0] if len(alike) == 1 else ""


def _alike(key: str, names: list[str], numbers: list[str]) -> list[str]:
    """The numbers that a short form may stand for, in the order of the sheet: those whose last figures are just these,
    else those that end in them behind a year or a month."""
    figures = re.sub(r"\D*0*(?=\d)", "", key, count=1)
    found = [(name, number) for name, number in zip(names, numbers, strict=True) if _is_short_for(key, name)]
    just = [name for name, number in found if re.search(rf"(?:^|\D)0*{re.escape(figures)}\D*$", number)]
    return list(dict.fromkeys(just or [name for name, _ in found]))


def find_netted(day: Day, number: str) -> tuple[Credit, Invoice] | None:
    """The credit note of that number that names an invoice, with the invoice it reduces."""
    key = fold_number(number)
    for _, invoice in Invoices.of(day.ledger.invoices).unsettled:
        for credit in invoice.credits:
            if key and fold_number(credit.number) == key:
                return credit, invoice
    return None


def find_invoice(day: Day, wanted: str) -> Invoice:
    """The one invoice of that number, to write about it. UsageError when there is none or several; ConflictError when
    its row cannot be read with certainty."""
    found = find_invoices(day, [wanted])
    if len(found) > 1:
        raise UsageError(
            "invoice-several",
            msg("{number} stands on several rows: {cells}.", number=wanted, cells=[str(row.where) for row in found]),
            msg("Nothing was written. Make the numbers different in the workbook, then run the command again."),
        )
    row = found[0]
    if isinstance(row, SetAside):
        problem = row.problems[0]
        raise ConflictError(
            "invoice-set-aside",
            msg("The row of {number} is set aside: {problem}", number=row.number, problem=problem.message),
            msg(
                "Nothing was written. Correct cell {cell} first. {hint}",
                cell=str(problem.where or row.where),
                hint=problem.hint,
            ),
        )
    return row


def find_client(day: Day, wanted: str) -> Client:
    """The client of that name or code, however it is typed; a part of the name will do where it means one client.
    UsageError names the nearest ones otherwise."""
    of_rows = Invoices.of(day.ledger.invoices).columns.clients
    clients = {client.key: client for client in (*day.ledger.clients, *of_rows)}
    key = fold_name(wanted)
    exact = [client for client in clients.values() if key and key in names_of(client)]
    alike = exact or [client for client in clients.values() if key and key in fold_name(client.name)]
    if len(alike) == 1:
        return alike[0]
    names = {fold_name(client.name or client.code): client.name or client.code for client in clients.values()}
    if alike:
        raise UsageError(
            "client-unknown",
            msg("“{name}” can mean several clients.", name=wanted),
            msg("Type more of the name, or the code: {names}.", names=[client.name or client.code for client in alike]),
        )
    near = [names[name] for name in get_close_matches(key, names, 3, 0.5)]
    raise UsageError(
        "client-unknown",
        msg("There is no client {name} in {file}.", name=wanted, file=day.name),
        msg("The nearest are: {numbers}.", numbers=near) if near else msg("relance clients lists them."),
    )


def names_of(client: Client) -> set[str]:
    """What a client may be called, folded: key, name, code."""
    return {fold_name(name) for name in (client.key, client.name, client.code) if name}


def _folded_numbers(numbers: list[str]) -> list[str]:
    """As `fold_number` for each number; plain ones all at once, thirty times faster."""
    text = "\n".join(numbers)
    if not numbers or not text.isascii() or text.count("\n") >= len(numbers):
        return list(map(fold_number, numbers))
    return text.lower().encode().translate(None, _MARKS).decode().split("\n")


def _is_short_for(key: str, name: str) -> bool:
    """Whether a short form means this number: same letters, and the figures behind a year, or a month, are alike (`f41`
    for `f2026041`), or lack the zeros after a year (`f202641`)."""
    figures = key.lstrip("abcdefghijklmnopqrstuvwxyz")
    letters = key.removesuffix(figures)
    if not figures or not name.startswith(letters) or not name.endswith(figures[-1]):
        return False
    ending = re.search(rf"(?:^|\D)(?:\d{{4}}|\d{{6}}|\d{{8}})?0*{re.escape(figures)}$", name)
    dated = len(figures) > 4 and re.fullmatch(rf"{letters}{re.escape(figures[:4])}0*{re.escape(figures[4:])}", name)
    return bool(ending or dated)


def _unknown_invoice(number: str, day: Day, names: list[str]) -> UsageError:
    shown = dict(zip(reversed(names), reversed(_numbers(day)), strict=True))
    if several := _alike(fold_number(number), names, _numbers(day)):
        return UsageError(
            "invoice-ambiguous",
            msg("{number} can mean several invoices of {file}.", number=number, file=day.name),
            msg("Type more of the number: {numbers}.", numbers=[shown[name] for name in several[-_NEAREST:]]),
        )
    near = [shown[name] for name in _nearest(fold_number(number), list(dict.fromkeys(names))) if name]
    return UsageError(
        "invoice-unknown",
        msg("There is no invoice {number} in {file}.", number=number, file=day.name),
        msg("The nearest are: {numbers}.", numbers=near) if near else msg("relance invoices --all lists them."),
    )


def _nearest(key: str, names: list[str]) -> list[str]:
    """The numbers most like one that is not there. A slip leaves what stands before and behind it as it is: of many
    numbers, only those that begin and end most like it are compared letter by letter.

    >>> _nearest("f202x1019", [f"f2026{number:04}" for number in range(3000)])
    ['f20261019', 'f20262119', 'f20262109']
    """
    if len(names) > _COMPARED:
        names = nlargest(_COMPARED, names, key=lambda name: _alike_at_ends(key, name))
    return get_close_matches(key, names, 3, 0.6)


def _alike_at_ends(key: str, name: str) -> int:
    """How many characters two numbers share from the left and from the right."""
    return len(commonprefix((key, name))) + len(commonprefix((key[::-1], name[::-1])))  # noqa: RUF071 - characters are meant, not folders

"""Other sheets that hold invoices too, one a month or a year: what nobody reads there is counted and said.

It must not choose the sheet (module `choice` does), nor know the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from relance.domain.model import Ledger
from relance.domain.owed import owed
from relance.domain.settled import Invoices
from relance.errors import Message, Problem, Severity, Where, msg, msg_n
from relance.money import ZERO, Money
from relance.workbook.reading.choice import is_over

_HINT = msg(
    "Move what is still open to the sheet that is read. --sheet “{sheet}” looks at the other one; workbook.sheet in "
    "relance.toml says which one is meant, and the others are then left alone."
)


def tell_others(main: Ledger, others: tuple[str, ...], read: Callable[[str], Ledger | None]) -> Iterator[Problem]:
    """One problem per other sheet: an error where invoices are open there that the sheet read does not hold."""
    known = {*Invoices.of(main.invoices).columns.numbers, *(row.number for row in main.set_aside)}
    for name in others:
        ledger = None if is_over(name) else read(name)
        yield _told(main.sheet, name, ledger, known)


def _told(sheet: str, name: str, ledger: Ledger | None, known: set[str]) -> Problem:
    count, amounts = 0, defaultdict[str, Decimal](Decimal)
    for _, invoice in Invoices.of(ledger.invoices).unsettled if ledger else ():
        if (amount := owed(invoice)) > ZERO and invoice.number not in known:
            amounts[invoice.currency] += amount
            count += 1
    for row in ledger.set_aside if ledger else ():
        if row.number not in known:
            amounts[row.currency] += row.amount or ZERO
            count += 1
    if not count:
        text = msg("Sheet “{other}” holds invoices too; only “{sheet}” is read.", other=name, sheet=sheet)
        return _problem(Severity.WARNING, text, name)
    text = msg_n(
        "Sheet “{other}” holds {n} open invoice that is not read ({amounts}): only “{sheet}” is.",
        "Sheet “{other}” holds {n} open invoices that are not read ({amounts}): only “{sheet}” is.",
        count,
        other=name, sheet=sheet, amounts=tuple(Money(amount, code) for code, amount in amounts.items()),
    )  # fmt: skip
    return _problem(Severity.ERROR, text, name)


def _problem(severity: Severity, text: Message, name: str) -> Problem:
    return Problem("other-tracking-table", severity, text, msg(_HINT.text, sheet=name), Where(name))

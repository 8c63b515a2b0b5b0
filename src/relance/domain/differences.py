"""Where the sheet and the journal do not say the same of an invoice, each a problem at its cell.

In: an invoice as the sheet has it and as it stands with the journal laid over it. It must not know which of the two
counts: that is decided in history.py, and told here.
"""

from __future__ import annotations

from collections.abc import Iterable

from relance.domain.model import Invoice, Ledger
from relance.errors import Message, Problem, Severity, Where, msg, msg_n
from relance.money import Money


class Places:
    """Where the sheet shows things, for the problems."""

    def __init__(self, ledger: Ledger) -> None:
        self.letters = {found.role: found.column for found in reversed(ledger.columns)}
        self.has_amounts = bool(self.letters.keys() & {"paid", "balance"})

    def cell(self, invoice: Invoice, *roles: str) -> Where:
        """The cell of the first of these roles that has a column, else the row."""
        column = next((self.letters[role] for role in roles if role in self.letters), "")
        return Where(invoice.where.sheet, invoice.where.row, column)

    def has(self, *roles: str) -> bool:
        """Whether the sheet has a column for one of these roles."""
        return any(role in self.letters for role in roles)


def find_differences(sheet: Invoice, merged: Invoice, places: Places) -> Iterable[Problem]:
    """A problem wherever the sheet and the journal do not say the same: neither is silently preferred."""
    if merged.unseen:
        yield _payment_problem(sheet, merged, places)
    elif merged.paid > sheet.paid and merged.payments != sheet.payments:
        yield _payment_notice(sheet, merged, places)
    reminded = merged.reminded
    if reminded > sheet.level and places.has("reminder_count", "reminder_dates", "last_reminder"):
        yield Problem(
            "reminder-missing",
            Severity.WARNING,
            msg_n(
                "{number}: the journal knows of {n} reminder, the sheet shows {shown}.",
                "{number}: the journal knows of {n} reminders, the sheet shows {shown}.",
                reminded,
                number=sheet.number,
                shown=sheet.level,
            ),
            msg("Nothing is sent twice: the higher number counts. Write it into the sheet, so that colleagues see it."),
            places.cell(sheet, "reminder_count", "reminder_dates", "last_reminder"),
            str(sheet.level),
        )
    yield from _stop_differences(sheet, merged, places)


def _payment_problem(sheet: Invoice, merged: Invoice, places: Places) -> Problem:
    return Problem(
        "payment-missing",
        Severity.ERROR,
        msg(
            "{number}: the journal knows of {amount} paid that the sheet does not show.",
            number=sheet.number,
            amount=Money(merged.unseen, sheet.currency),
        ),
        msg(
            "It is not chased. Type the payment into the sheet again; or, if the sheet is right, say so: "
            "relance release {number}.",
            number=sheet.number,
        ),
        places.cell(sheet, "paid", "status", "balance"),
        str(sheet.paid),
    )


def _payment_notice(sheet: Invoice, merged: Invoice, places: Places) -> Problem:
    return Problem(
        "payment-in-journal",
        Severity.NOTICE,
        msg(
            "{number}: {amount} paid is known to the journal alone, for the sheet has no column for it.",
            number=sheet.number,
            amount=Money(merged.paid - sheet.paid, sheet.currency),
        ),
        msg("Add a column for the amounts paid, so that colleagues see it: relance adopt."),
        places.cell(sheet),
    )


_STOPS: tuple[tuple[str, Message], ...] = (
    ("promise", msg("promise")),
    ("dispute", msg("dispute")),
    ("hold", msg("hold")),
)


def _stop_differences(sheet: Invoice, merged: Invoice, places: Places) -> Iterable[Problem]:
    """Stops the sheet has a column for and does not show."""
    for role, name in _STOPS:
        if places.has(role) and getattr(sheet, role) is None and getattr(merged, role) is not None:
            yield Problem(
                "stop-missing",
                Severity.WARNING,
                msg(
                    "{number}: the journal knows of a {stop} that the sheet does not show.",
                    number=sheet.number,
                    stop=name,
                ),
                msg("It still counts. Type it again, or lift it: relance release {number}.", number=sheet.number),
                places.cell(sheet, role),
            )

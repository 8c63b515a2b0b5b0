"""The sentences in which a cell that could not be read is told: what is wrong, and what to type instead.

One entry per code; `value` is what the cell shows and `role` what its column is for.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from relance.errors import Message, Problem, Severity, Where, msg
from relance.money import Money
from relance.workbook.reading.roles import ROLES

_TYPE_DATE = msg("Type it as a date, for example 15/02/2026.")
_ONE_NUMBER = msg("Type a number alone; words belong in the comment column.")
_YES_NO = msg("Type yes, no, a date or a reason.")

SENTENCES: dict[str, tuple[Message, Message]] = {
    "amount-unreadable": (msg("{role}: “{value}” cannot be read as an amount with certainty."), _ONE_NUMBER),
    "amount-percent": (
        msg("{role}: the cell shows a percentage, not an amount."),
        msg("Type the amount itself, in the currency of the invoice."),
    ),
    "amount-ambiguous": (
        msg("{role}: “{value}” can be read as thousands or as decimals, and the column does not settle it."),
        msg("Type it as a number, or with its cents: 1234,00."),
    ),
    "columns-differ": (
        msg("Two columns hold the {role}, and this one says something else: “{value}”."),
        msg("Make both agree, or say under [columns] in relance.toml which one holds."),
    ),
    "received-negative": (
        msg("{role}: {value} is negative and would increase the debt."),
        msg("Type what was received as a positive amount; a refund belongs in the comment column."),
    ),
    "amount-missing": (msg("The amount incl. tax is missing."), msg("Type the amount incl. tax of this invoice.")),
    "date-unreadable": (msg("{role}: “{value}” cannot be read as a date with certainty."), _TYPE_DATE),
    "date-out-of-range": (msg("{role}: {value} is not a likely date."), _TYPE_DATE),
    "date-ambiguous": (
        msg("{role}: “{value}” can be read day first or month first, and the column holds both orders."),
        msg("Type it as a real date, or write the month in letters."),
    ),
    "dates-several": (
        msg("{role}: “{value}” holds several dates where one is expected."),
        msg("Keep one date; put the others in the comment column."),
    ),
    "number-unreadable": (
        msg("Invoice number: the spreadsheet turned what was typed into “{value}”."),
        msg("Format the cell as text, then type the number again."),
    ),
    "number-missing": (
        msg("The invoice has no number."),
        msg("Type its number: relance knows an invoice by its number."),
    ),
    "client-missing": (msg("The invoice has no client."), msg("Type the name or the code of the client.")),
    "client-code-unknown": (
        msg("Client code “{value}” is not on the clients sheet."),
        msg("Correct the code, or add the client there; until then nothing is known of that client."),
    ),
    "count-unreadable": (
        msg("Reminder count: “{value}” is not a number of reminders."),
        msg("Type how many reminders were sent: 0, 1, 2..."),
    ),
    "status-unknown": (
        msg("Status: the word “{value}” is not known."),
        msg("Use a usual word such as paid, open, late, disputed, on hold, cancelled."),
    ),
    "type-unknown": (
        msg("Type of document: the word “{value}” is not known."),
        msg("Use invoice or credit note."),
    ),
    "currency-unknown": (msg("Currency: “{value}” is not known."), msg("Use a code such as EUR, USD, GBP or CHF.")),
    "currency-contradiction": (
        msg("The row names two currencies: {value}."),
        msg("Keep one currency in the row: in its column, in the amount or in the format of the cell."),
    ),
    "dispute-unreadable": (
        msg("Dispute: “{value}” cannot be read."),
        msg("Type yes, no, the disputed amount or a reason."),
    ),
    "promise-unreadable": (
        msg("Promise: “{value}” gives no date that can be read with certainty."),
        msg("Type the date by which the client promised to pay."),
    ),
    "hold-unreadable": (msg("Hold: “{value}” cannot be read."), _YES_NO),
    "hold-without-day": (
        msg("Hold: “{value}” gives no day; nobody is chased there until the cell is emptied."),
        msg("Type the day, for example 15/02/2026, or yes to hold without end."),
    ),
    "comment-holds": (
        msg("The comment says not to chase: the invoice is held."),
        msg("Say so in a hold column or in the status; or change the comment, if it is out of date."),
    ),
    "column-unread": (
        msg("“{value}” stands in a column that is not read, and may tell of a payment or another amount to pay."),
        msg("Name the column to read under [columns] in relance.toml, or move what it says to a column that is read."),
    ),
    "instalments": (
        msg("“{value}” gives another due date or instalment: "
            "not all of this invoice falls due on the day that is read."),
        msg("Give each instalment its own row, number (F-041/1, F-041/2), amount and due date; "
            "where one due date holds, erase the other."),
    ),
    "credit-doubt": (
        msg("The number “{value}” is like that of a credit note, but the amount is not negative."),
        msg("Type the amount of a credit note with a minus, or say what the row is in a column “Type”."),
    ),
    "number-doubt": (
        msg("The invoice number “{value}” says more than a number."),
        msg("Leave the number alone in its cell, and say the rest in the status."),
    ),
    "comment-doubt": (
        msg("The comment “{value}” may say why this invoice is not to be chased: it is held."),
        msg("Record what it says (status, payment, dispute or promise); or change the comment, if it is out of date."),
    ),
    "terms-unreadable": (
        msg("Payment terms: “{value}” cannot be read, and the sheet has no due date column."),
        msg("Type the terms as “30 days” or “45 days end of month”, or add a due date column."),
    ),
    "client-insolvent": (
        msg("“{value}” tells of insolvency proceedings: this client is not chased."),
        msg("Declare the debt to the insolvency practitioner within the time allowed; give the day on which "
            "proceedings opened, which stops interest, as insolvency of this client in relance.toml, where it is "
            "not there yet."),
    ),
    "client-note": (
        msg("“{value}” may say why this client is not to be chased: its invoices are held."),
        msg("Say it in a column “Ne pas relancer” of the clients sheet; or change it, if it is out of date."),
    ),
    "cell-error": (
        msg("{role}: the cell shows an error ({value})."),
        msg("Correct its formula; until then the row is set aside."),
    ),
    "formula-without-value": (
        msg("{role}: the cell holds a formula whose result is not in the file."),
        msg("Open the workbook in Excel or LibreOffice, let it calculate, and save it."),
    ),
    "email-unreadable": (
        msg("E-mail: “{value}” is not an address."),
        msg("Type one address, or several separated by “;”."),
    ),
    "kind-unknown": (
        msg("Kind of debtor: the word “{value}” is not known; the open invoices of this client are set aside."),
        msg('Use business, consumer or public; if this column says something else, set columns.kind = "".'),
    ),
    "language-unknown": (msg("Language: “{value}” is not known."), msg("Use French or English.")),
    "form-of-address-unknown": (
        msg("Form of address: “{value}” is not known; letters to this client say vous."),
        msg("Type tu or vous; under a header such as Tutoiement, yes or no will do."),
    ),
    "client-contradiction": (
        msg("{role}: “{value}” is not what another row says of the same client; the first is kept."),
        msg("Make the rows of this client agree, or describe it on the clients sheet."),
    ),
    "paid-without-amount": (
        msg("The status says paid, but the amount paid is blank."),
        msg("Type the amount paid, or correct the status."),
    ),
    "paid-contradicted": (
        msg("The status says paid, but {value} is still open according to the amounts of the row."),
        msg("Correct the status, the amount paid or the balance."),
    ),
    "status-contradicted": (
        msg("The status says “{value}”, but another cell of the row says that it is paid."),
        msg("Correct the status, the payment date or the balance."),
    ),
    "payment-without-amount": (
        msg("A payment date is typed, but no amount paid."),
        msg("Type the amount paid, or erase the payment date."),
    ),
    "partial-without-amount": (
        msg("The status says partly paid, but nothing says how much."),
        msg("Type the amount paid or the deposit."),
    ),
    "amount-excl-tax-only": (
        msg("Only an amount excl. tax is known; the amount incl. tax is not guessed."),
        msg("Add a column with the amount incl. tax, or the VAT. Without VAT, set columns.total in relance.toml."),
    ),
}  # fmt: skip

# What a cell in error entails, where it is not that its row is set aside.
COUNTS_AS_BLANK = msg("Correct its formula; until then the cell counts as blank.")
CLIENT_SET_ASIDE = msg("Correct its formula; until then the open invoices of this client are set aside.")
CLIENT_HELD = msg("Correct its formula; until then this client is not chased.")
APPLIES_TO_NOBODY = msg("Correct its formula; until then what this row says applies to nobody.")


def trouble(
    code: str, where: Where, value: Any = "", *, role: str = "", severity: Severity = Severity.ERROR
) -> Problem:
    """The problem of one cell, in its sentence.

    >>> str(trouble("date-unreadable", Where("Suivi", 12, "E"), "14/01/20201", role="due").message)
    'due date: “14/01/20201” cannot be read as a date with certainty.'
    """
    sentence, hint = SENTENCES[code]
    args = {"value": value if isinstance(value, date | Money) else shown(value), "role": ROLES.get(role, "")}
    used = {name: given for name, given in args.items() if "{" + name + "}" in sentence.text}
    return Problem(code, severity, msg(sentence.text, **used), hint, where, shown(value))


def lightened(problem: Problem) -> Problem:
    """The same problem where it harms nobody: a warning, the cell counting as blank."""
    hint = COUNTS_AS_BLANK if problem.code == "cell-error" else problem.hint
    return replace(problem, severity=Severity.WARNING, hint=hint)


def shown(value: Any) -> str:
    """A cell's value as a problem quotes it.

    >>> shown(1499.5), shown(date(2026, 3, 1)), shown(""), shown(-1.0), shown(True)
    ('1499.5', '01/03/2026', '', '-1', 'TRUE')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date):
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

"""What the sheet lacks, and what is assumed in its stead, each thing said once with what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from relance.errors import Message, Problem, Severity, Where, msg, msg_n
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.settle import Sheet

_COSTS: tuple[tuple[str, tuple[str, ...], Message, Message], ...] = (
    (
        "no-number-column",
        ("number",),
        msg("No invoice number column: invoices are named by date and amount, which tells two alike not apart."),
        msg("Add a column “N° facture”."),
    ),
    (
        "no-client-column",
        ("client", "client_code"),
        msg("No client column: nobody can be written to."),
        msg("Add a column “Client”."),
    ),
    (
        "no-issue-date-column",
        ("issued",),
        msg("No invoice date column: letters cannot give it, and terms cannot be checked."),
        msg("Add a column “Date facture”."),
    ),
    (
        "no-payment-column",
        ("paid", "paid_on", "status", "paid_flag", "balance"),
        msg("No status, payment or balance column: every invoice counts as unpaid."),
        msg("Add a column “Statut” or “Montant réglé”."),
    ),
    (
        "no-reminder-column",
        ("reminder_count", "reminder_dates", "last_reminder"),
        msg("No reminder column: only the journal beside the workbook knows which reminders were sent."),
        msg("Add columns “Nb relances” and “Dates de relance” so that colleagues see them."),
    ),
)


def missing_columns(grid: Grid, *, has_email: bool, blind: bool) -> Iterator[Problem]:
    """One notice per thing missing; `has_email` says that the clients sheet has a column of addresses.

    `blind` says that nobody could look for error cells, which then show as blanks: said too.
    """
    where = Where(grid.table.sheet)
    for code, roles, message, hint in _COSTS:
        if not any(grid.has(role) for role in roles):
            yield Problem(code, Severity.NOTICE, message, hint, where)
    if not has_email and not grid.has("email"):
        yield Problem(
            "no-email-column",
            Severity.NOTICE,
            msg("No e-mail column: reminders can only be calls and letters, but where relance.toml gives an address."),
            msg("Add a column “E-mail”, or a clients sheet with one."),
            where,
        )
    if blind:
        yield Problem(
            "errors-invisible",
            Severity.WARNING,
            msg("In this file a cell that shows an error cannot be told from a blank one."),
            msg("Save the workbook as .xlsx to have errors found, and to let relance write in it."),
            where,
        )


def assumptions(grid: Grid, sheet: Sheet, assumed: int) -> Iterator[Problem]:
    """What was taken for granted of the sheet as a whole; `assumed` due dates came from the usual term."""
    table = grid.table
    if assumed:
        yield Problem(
            "due-assumed",
            Severity.NOTICE,
            msg_n(
                "No due date column: {n} due date was assumed {days} days after the invoice date.",
                "No due date column: {n} due dates were assumed {days} days after the invoice date.",
                assumed,
                days=grid.mapping.usual_days,
            ),
            msg("Add a due date column, or set workbook.terms in relance.toml."),
            Where(table.sheet),
        )
    if sheet.has_paid and sheet.status_alone:
        yield Problem(
            "status-alone",
            Severity.NOTICE,
            msg("Most invoices called paid show no amount paid: there the status alone is believed."),
            msg("Type the amount paid beside the status to have the two compared."),
            Where(table.sheet, table.header_row, column.letters if (column := table.column("paid")) else ""),
        )

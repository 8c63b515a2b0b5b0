"""Rows whose cells contradict each other, or the calendar -> problems with their cell.

Each check is a small function over the whole sheet. It must not decide or repair anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.as_of import double_problem, stands_twice
from relance.domain.model import Invoice, Ledger, State
from relance.domain.owed import balance_agrees
from relance.domain.policies.policy import Policy, PolicySet
from relance.domain.settled import Invoices
from relance.errors import Problem, Severity, Where, msg, msg_n
from relance.money import CENT, ZERO, Money


class Sheet(Struct, frozen=True, kw_only=True):
    """What every check looks at: the ledger and its `invoices`; the `rows` in which something can be wrong (all but
    those plainly settled) with what is owed, and among them those on which something is (`open_rows`); the policies,
    the day, the letters of the column of each role.

    `check_term` tells a term longer than the law allows, under the law of the invoice's debtor; `legal_forms` are
    folded words that are not part of a client's name.
    """

    ledger: Ledger
    invoices: Invoices
    rows: tuple[tuple[Invoice, Decimal], ...]
    policies: PolicySet
    today: date
    letters: Mapping[str, str]
    check_term: Callable[[Invoice], Problem | None]
    legal_forms: frozenset[str]
    open_rows: tuple[tuple[Invoice, Decimal], ...]

    def cell(self, invoice: Invoice, *roles: str) -> Where:
        """The cell of the first of these roles that a column plays, in an invoice's row; else its number or client."""
        names = (*roles, "number", "client", "client_code")
        letters = next((self.letters[name] for name in names if name in self.letters), "")
        return Where(invoice.where.sheet, invoice.where.row, letters)

    def has(self, role: str) -> bool:
        """Whether the sheet has a column for that role."""
        return role in self.letters


Check = Callable[[Sheet], Iterator[Problem]]
"""A check: everything of one sort that is wrong in a sheet."""

_SLIP = msg("One of the two dates is a slip: correct it.")


def grave(amount: Decimal) -> Severity:
    """An error while money is owed; on a settled row the same slip harms nobody any more."""
    return Severity.ERROR if amount > ZERO else Severity.NOTICE


def duplicate_numbers(sheet: Sheet) -> Iterator[Problem]:
    """One number on two rows: of one client, neither is chased; of two clients, each is known by number and client."""
    first: dict[str, Invoice] = {}
    mine: dict[tuple[str, str], Invoice] = {}
    for invoice in sheet.invoices.twice:
        stranger = first.setdefault(invoice.number, invoice)
        twin = mine.setdefault((invoice.client.key, invoice.number), invoice)
        if twin is not invoice:
            yield double_problem(invoice, twin, sheet.cell(invoice, "number"))
        elif stranger is not invoice and invoice.numbered:
            yield Problem(
                "number-shared",
                Severity.WARNING,
                stands_twice(invoice, stranger),
                msg("Give each invoice its own number; until then it is known by number and client."),
                sheet.cell(invoice, "number"),
                invoice.number,
            )


def order_of_dates(sheet: Sheet) -> Iterator[Problem]:
    """A due date before the invoice date: often the year of January."""
    for invoice, amount in sheet.rows:
        if invoice.due and invoice.issued and invoice.due < invoice.issued and not invoice.is_credit_note:
            text = msg("Due date {due} is before the invoice date {issued}.", due=invoice.due, issued=invoice.issued)
            where = sheet.cell(invoice, "due")
            yield Problem("due-before-issued", grave(amount), text, _SLIP, where, invoice.due.isoformat())


def missing_due(sheet: Sheet) -> Iterator[Problem]:
    """Money owed and no due date: nobody is late, nobody is chased."""
    for invoice, _ in sheet.open_rows:
        if invoice.due is not None:
            continue
        if sheet.has("due") or not sheet.has("terms"):
            text, where = msg("The due date is missing."), sheet.cell(invoice, "due")
            hint = msg("Type the due date; until then the invoice is not chased.")
        else:
            text, where = (
                msg("The payment terms are missing, and with them the due date."),
                sheet.cell(invoice, "terms"),
            )
            hint = msg("Type the payment terms, for example “30 days”; until then the invoice is not chased.")
        yield Problem("no-due-date", Severity.ERROR, text, hint, where)


def issued_in_future(sheet: Sheet) -> Iterator[Problem]:
    """An invoice of a day to come."""
    for invoice, _ in sheet.rows:
        if invoice.issued and invoice.issued > sheet.today:
            text = msg("Invoice date {issued} is in the future.", issued=invoice.issued)
            hint = msg("Correct the date, unless the invoice is prepared in advance.")
            where = sheet.cell(invoice, "issued")
            yield Problem("issued-in-future", Severity.WARNING, text, hint, where, invoice.issued.isoformat())


def term_too_long(sheet: Sheet) -> Iterator[Problem]:
    """A due date beyond what the law allows (Code de commerce L441-10 I, L441-16), told by `terms.check_term`."""
    for invoice, _ in sheet.open_rows:
        if problem := sheet.check_term(invoice):
            yield replace(problem, code="term-too-long", where=sheet.cell(invoice, "due"))


def overpaid(sheet: Sheet) -> Iterator[Problem]:
    """More was received than was due."""
    for invoice, amount in sheet.rows:
        if amount < -CENT:
            excess = Money(-amount, invoice.currency)
            text = msg("{excess} more than the amount due was received.", excess=excess)
            hint = msg("Correct the payment, or refund it; until then it counts as a credit of the client.")
            yield Problem("overpaid", Severity.WARNING, text, hint, sheet.cell(invoice, "paid"), str(excess))


def balances(sheet: Sheet) -> Iterator[Problem]:
    """The sheet's own balance says another amount than its inputs."""
    for invoice, amount in sheet.rows:
        if invoice.balance is None or invoice.ahead or not _is_claim(invoice) or balance_agrees(invoice, amount):
            continue
        shown, owing = Money(invoice.balance, invoice.currency), Money(amount, invoice.currency)
        text = msg("The balance says {shown}; the amounts of the row give {owing}.", shown=shown, owing=owing)
        hint = msg("Correct the amount, the deposit, the payments or the balance; until then it is not chased.")
        yield Problem("balance-disagrees", Severity.ERROR, text, hint, sheet.cell(invoice, "balance"), str(shown))


def statuses(sheet: Sheet) -> Iterator[Problem]:
    """A status that the amounts contradict."""
    for invoice, amount in sheet.rows:
        if invoice.status is None:
            continue
        state, word = invoice.status.state, invoice.status.word
        if state is State.PAID and amount - invoice.coming > sheet.policies.default.tolerance:
            owing = Money(amount, invoice.currency)
            code, severity = "status-disagrees", Severity.ERROR
            text = msg("The status says “{word}”; the amounts leave {owing}.", word=word, owing=owing)
        elif state is State.PARTIAL and not (invoice.payments or invoice.deposit or invoice.credits):
            code, severity = "part-payment-unknown", Severity.ERROR
            text = msg("The status says “{word}”; no amount was typed.", word=word)
        elif amount <= ZERO and invoice.payments and state in {State.LATE, State.REMINDED, State.PARTIAL}:
            code, severity = "status-outdated", Severity.WARNING
            text = msg("The status says “{word}”; the amounts say it is paid.", word=word)
        else:
            continue
        hint = msg("Correct the status or the amounts.")
        yield Problem(code, severity, text, hint, sheet.cell(invoice, "status"), word)


def reminder_dates(sheet: Sheet) -> Iterator[Problem]:
    """A reminder of a day to come, or sent before the invoice existed."""
    for invoice, _ in sheet.rows:
        if not invoice.reminders:
            continue
        first, last = invoice.reminders[0], invoice.reminders[-1]
        if last <= sheet.today and not (invoice.issued and first < invoice.issued):
            continue
        where = sheet.cell(invoice, "reminder_dates" if sheet.has("reminder_dates") else "last_reminder")
        if last > sheet.today:
            text = msg("Reminder date {day} is in the future.", day=last)
            hint = msg("Correct the date; until then this client is not chased.")
            yield Problem("reminder-in-future", Severity.ERROR, text, hint, where, last.isoformat())
        if invoice.issued and first < invoice.issued:
            text = msg("Reminder date {day} is before the invoice date {issued}.", day=first, issued=invoice.issued)
            yield Problem("reminder-before-issued", Severity.WARNING, text, _SLIP, where, first.isoformat())


def reminder_counts(sheet: Sheet) -> Iterator[Problem]:
    """A reminder count that its dates do not bear out."""
    for invoice, amount in sheet.rows:
        if invoice.count is None and amount <= ZERO:
            continue
        count, dates = invoice.count or 0, len(invoice.reminders)
        if amount > ZERO and not dates and invoice.level and not _policy(sheet, invoice).assume_schedule:
            text = msg_n(
                "{n} reminder was counted, and its date is not known.",
                "{n} reminders were counted, and no date is known.",
                invoice.level,
            )
            hint = msg("Type the date of the last one, or let the policy assume the schedule (assume_schedule).")
            word = invoice.status.word if invoice.status and not count else ""
            where = sheet.cell(invoice, "status" if word else "reminder_count")
            shown = word or str(invoice.level)
            yield Problem("last-reminder-unknown", Severity.ERROR, text, hint, where, shown)
        elif invoice.count is not None and dates and count != dates and (count < dates or sheet.has("reminder_dates")):
            text = msg("The reminder count says {count}; the dates are {dates}.", count=count, dates=dates)
            hint = msg("Correct the count or the dates; the higher of the two holds.")
            where = sheet.cell(invoice, "reminder_count")
            yield Problem("count-differs", Severity.WARNING, text, hint, where, str(count))


def payment_dates(sheet: Sheet) -> Iterator[Problem]:
    """A payment of a day to come, or of before the invoice."""
    for invoice, _ in sheet.rows:
        for payment in invoice.payments:
            if payment.on is None:
                continue
            if payment.on > sheet.today:
                where, value = sheet.cell(invoice, "paid_on"), payment.on.isoformat()
                text = msg("Payment date {day} is in the future.", day=payment.on)
                hint = msg("Correct the date; until then it is not deducted, and the invoice is not chased.")
                yield Problem("payment-in-future", Severity.ERROR, text, hint, where, value)
            elif invoice.issued and payment.on < invoice.issued:
                where, value = sheet.cell(invoice, "paid_on"), payment.on.isoformat()
                issued = invoice.issued
                text = msg("Payment date {day} is before the invoice date {issued}.", day=payment.on, issued=issued)
                hint = msg("Correct the date, unless it is a deposit.")
                yield Problem("payment-before-issued", Severity.NOTICE, text, hint, where, value)


def promises(sheet: Sheet) -> Iterator[Problem]:
    """A promise whose day and grace are past while the money is still owed."""
    for invoice, _ in sheet.open_rows:
        if invoice.promise is None:
            continue
        grace = _policy(sheet, invoice).promise_grace_days
        if sheet.today > invoice.promise + timedelta(grace):
            text = msg("Payment was promised for {day}, and is not there.", day=invoice.promise)
            hint = msg("Call the client, or type the new date they promise.")
            where = sheet.cell(invoice, "promise")
            yield Problem("promise-broken", Severity.NOTICE, text, hint, where, invoice.promise.isoformat())


def _policy(sheet: Sheet, invoice: Invoice) -> Policy:
    return sheet.policies.policy_for(invoice)


def _is_claim(invoice: Invoice) -> bool:
    voids = {State.CANCELLED, State.DRAFT, State.CREDIT_NOTE, State.WRITTEN_OFF}
    return not invoice.is_credit_note and (invoice.status is None or invoice.status.state not in voids)


ROW_CHECKS: tuple[Check, ...] = (
    duplicate_numbers,
    order_of_dates,
    missing_due,
    issued_in_future,
    term_too_long,
    overpaid,
    balances,
    statuses,
    reminder_dates,
    reminder_counts,
    payment_dates,
    promises,
)

"""What is read from the workbook, as values that cannot be malformed.

A raw row becomes an `Invoice`, or a `SetAside` with its problems; nothing downstream checks again. It must not
know where cells come from, beyond the `Where` it carries for messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from relance.errors import Message, Problem, Where, msg
from relance.money import ZERO


class Kind(StrEnum):
    """Who the debtor is; it decides which law applies (Code de commerce, Code civil, Commande publique)."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    PUBLIC = "public"


class State(StrEnum):
    """What a status word says of an invoice."""

    OPEN = "open"
    LATE = "late"
    REMINDED = "reminded"
    PARTIAL = "partial"
    PAID = "paid"
    CANCELLED = "cancelled"
    DRAFT = "draft"
    CREDIT_NOTE = "credit_note"
    DISPUTED = "disputed"
    ON_HOLD = "on_hold"
    HANDED_OVER = "handed_over"
    DIRECT_DEBIT = "direct_debit"
    WRITTEN_OFF = "written_off"


class Status(Struct, frozen=True, gc=False):
    """A status cell understood: its state, the reminder level it names (0 = none), and the cell's own word."""

    state: State
    level: int = 0
    word: str = ""


class Hold(Struct, frozen=True, gc=False):
    """Somebody asked not to chase, until a day included (None = until released), for a reason."""

    until: date | None = None
    reason: str = ""


class Dispute(Struct, frozen=True, gc=False):
    """The client contests an amount (None = the whole invoice), for a reason. A part dispute leaves the rest owed."""

    amount: Decimal | None = None
    reason: str = ""


class Client(Struct, frozen=True):
    """A client as all sheets together describe it. `key` is the joined identity (code, else normalised name);
    `language`, `form_of_address` ("tu" or "vous"), `kind`, `policy` are None where nobody said; `direct_debit` is the
    way of payment where it is one. `dispute` is what the clients sheet says of all that the client owes; each invoice
    carries it."""

    key: str
    name: str
    code: str = ""
    email: str = ""
    phone: str = ""
    contact: str = ""
    address: str = ""
    language: str | None = None
    form_of_address: str | None = None
    kind: Kind | None = None
    policy: str | None = None
    hold: Hold | None = None
    direct_debit: str = ""
    dispute: Dispute | None = None

    @property
    def shown(self) -> str | Message:
        """What a person reads where the client is named: a sheet without client column names nobody."""
        return self.name or self.code or msg("client unknown")


class Payment(Struct, frozen=True, gc=False):
    """Money received for an invoice; `on` is None when the sheet does not say when."""

    amount: Decimal
    on: date | None = None


class Credit(Struct, frozen=True, gc=False):
    """A credit note that names an invoice: a positive amount by which the principal falls, from its own date."""

    amount: Decimal
    on: date | None = None
    number: str = ""


class DueSource(StrEnum):
    """Where a due date comes from: typed in the sheet, computed from terms, or assumed (legal 30 days)."""

    SHEET = "sheet"
    TERMS = "terms"
    ASSUMED = "assumed"


class Invoice(Struct, frozen=True, kw_only=True):
    """One receivable. Amounts are Decimal in `currency`, tax included; dates are local calendar dates.

    `count` is the reminder count of the sheet (None = no column or empty), `reminders` its reminder dates,
    oldest first. A credit note has `total` < 0 and `is_credit_note`. `balance` is what the sheet's own column says,
    `unseen` what the journal knows to be paid and the sheet does not show, `fees_received` what was typed among the
    payments and the journal knows to be late fees. `number` is a designation by date and
    amount where the sheet has no column of numbers, and `numbered` is then false. On a day (`as_of`), `coming` is what
    was typed as paid on a later one, `uncredited` what credit notes of a later one will take off, and `ahead` says that
    the invoice itself is of a later one. `direct_debit` is what a cell other than the status says of a direct debit.
    `skipped` is the highest step left out on purpose, on the day `skipped_on`. `retained` is what the client keeps back
    as a guarantee: not owed before the sheet no longer says so.
    """

    number: str
    client: Client
    where: Where
    total: Decimal
    currency: str = "EUR"
    issued: date | None = None
    due: date | None = None
    due_source: DueSource = DueSource.SHEET
    terms: str = ""
    deposit: Decimal = ZERO
    payments: tuple[Payment, ...] = ()
    credits: tuple[Credit, ...] = ()
    balance: Decimal | None = None
    surcharge: Decimal | None = None
    count: int | None = None
    reminders: tuple[date, ...] = ()
    status: Status | None = None
    dispute: Dispute | None = None
    promise: date | None = None
    hold: Hold | None = None
    is_credit_note: bool = False
    order: str = ""
    comment: str = ""
    file: str = ""
    payment_link: str = ""
    policy: str | None = None
    unseen: Decimal = ZERO
    fees_received: Decimal = ZERO
    numbered: bool = True
    coming: Decimal = ZERO
    uncredited: Decimal = ZERO
    ahead: bool = False
    direct_debit: str = ""
    skipped: int = 0
    skipped_on: date | None = None
    retained: Decimal = ZERO

    @property
    def paid(self) -> Decimal:
        """The sum of the payments."""
        return sum((payment.amount for payment in self.payments), ZERO)

    @property
    def received(self) -> Decimal:
        """The payments that are not dated later."""
        return self.paid - self.coming

    @property
    def credited(self) -> Decimal:
        """The sum of the credit notes that name this invoice and are not of a later day."""
        return sum((credit.amount for credit in self.credits), ZERO) - self.uncredited

    @property
    def open(self) -> Decimal:
        """Open amount = amount incl. tax - deposit - payments - credit notes, less a guarantee retained."""
        return self.total - self.deposit - self.paid - self.credited - self.retained + self.fees_received

    @property
    def level(self) -> int:
        """The level the sheet shows; or the step left out on purpose since."""
        return max(self.reminded, self.skipped) if self.skipped else self.reminded

    @property
    def reminded(self) -> int:
        """The level that messages reached: the highest of count, number of dates, level named by the status."""
        counted, dated, named = self.count or 0, len(self.reminders), self.status.level if self.status else 0
        shown = counted if counted > dated else dated
        return shown if shown > named else named

    @property
    def left_out_on(self) -> date | None:
        """The day on which the step of `level` was left out; None where it was taken."""
        return self.skipped_on if self.skipped and self.skipped > self.reminded else None

    def is_late(self, today: date) -> bool:
        """Whether the due date is past."""
        return self.due is not None and self.due < today

    def days_late(self, today: date) -> int:
        """Calendar days past the due date; 0 on the due date, before it, and without one."""
        return (today - self.due).days if self.due is not None and self.due < today else 0


class SetAside(Struct, frozen=True, kw_only=True):
    """A row that could not be read with certainty: never chased, in no total, its amount shown apart when known. The
    last reminder it shows was one to its client (`client_key`) all the same."""

    where: Where
    number: str
    client: str
    amount: Decimal | None
    currency: str
    problems: tuple[Problem, ...]
    client_key: str = ""
    reminded: date | None = None


class Draft(Struct, frozen=True, kw_only=True):
    """A reminder of ours that the sheet does not show yet: the step drafted for an invoice, when, in which file, from
    which workbook; `doubtful` where nobody knows whether it left, `astray` where the workbook no longer has its
    invoice."""

    number: str
    client: str
    step: int
    on: date
    file: str = ""
    workbook: str = ""
    doubtful: bool = False
    astray: bool = False


class ColumnFound(Struct, frozen=True):
    """The column that plays a role: its letters, its header as typed, how it was found ("header" | "config")."""

    role: str
    column: str
    header: str
    source: str = "header"


class Ledger(Struct, frozen=True, kw_only=True):
    """Everything one workbook says, in sheet order. `credits` are credit notes that name no invoice of the sheet:
    they reduce what the client owes as a whole. `invoices` may make settled ones only when asked (`Invoices`).
    `header_row` is that of the tracking table, as Excel numbers it; `clients_sheet` the sheet of clients ("" for none),
    with its own columns."""

    sheet: str
    invoices: Sequence[Invoice]
    credits: tuple[Invoice, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    clients: tuple[Client, ...] = ()
    columns: tuple[ColumnFound, ...] = ()
    problems: tuple[Problem, ...] = ()
    drafts: tuple[Draft, ...] = ()
    header_row: int = 0
    clients_sheet: str = ""
    client_columns: tuple[ColumnFound, ...] = ()


class Action(StrEnum):
    """What to do today about an invoice."""

    CHASE = "chase"
    WAIT = "wait"
    STOP = "stop"


class Channel(StrEnum):
    """How a step reaches the client; a person does everything but `EMAIL`."""

    EMAIL = "email"
    EMAIL_CALL = "email+call"
    CALL = "call"
    LETTER = "letter"
    FILE = "file"


class Rule(Struct, frozen=True, gc=False):
    """One rule applied to one invoice: its stable code, whether it lets the reminder go, the value compared and the
    limit it was held against, and the first date on which it becomes true (None = already, or no date can say)."""

    code: str
    ok: bool
    value: date | Decimal | int | str | None = None
    limit: date | Decimal | int | str | None = None
    true_from: date | None = None


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """What to do about one invoice on one day, and why. `reason` is the code of the first rule that is not ok, or
    "ready"; `step` is the step to take now (chase) or next (wait), None when there is none; `next_date` is the
    first day on which the answer can change by the calendar alone."""

    action: Action
    reason: str
    step: int | None = None
    channel: Channel | None = None
    next_date: date | None = None
    rules: tuple[Rule, ...] = ()

"""Every key of relance.toml: its kind of value, its default, what it is. The loader, `relance config` and the pages of
documentation all come from this one list. It must not know how a file is read."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from relance.errors import Message, msg


class Option(Struct, frozen=True):
    """One key of relance.toml. `key` is dotted, `*` stands for a name of the user's choice. `kind` is one of text,
    currency, integer, amount, flag, date, integers, free; `choices` restricts a text; `own` is read in the user's own
    configuration only, never in a file that is shared."""

    key: str
    kind: str
    default: Any
    description: Message
    choices: tuple[str, ...] = ()
    own: bool = False


def _text(key: str, description: Message, default: str = "", choices: tuple[str, ...] = ()) -> Option:
    return Option(key, "text", default, description, choices)


_KINDS = ("business", "consumer", "public")
_LANGUAGES = ("fr", "en")
_ORDERS = ("interest-first", "principal-first")
WAYS = ("eml", "imap", "smtp")
BANK_FILES = "*.ofx *.qif *.qfx *camt*.xml *.sta *.mt940 *relev*.csv *banque*.csv *bank*.csv *statement*.csv"
SECURITIES = ("tls", "starttls", "none")


def _agreed(of: str) -> tuple[Option, ...]:
    """What a contract can say beyond its rate, for `of`: everybody, a kind of debtor, a client or an invoice."""
    return (
        _text(f"{of}.clause", msg("The sentence of your terms of sale that states it")),
        _text(f"{of}.imputation", msg("What a payment settles first"), "interest-first", _ORDERS),
        Option(f"{of}.single_rate", "flag", False, msg("One rate for the whole delay instead of one per half-year")),
        Option(f"{of}.indemnity", "amount", None, msg("Flat indemnity agreed instead of the law’s, 0 for none")),
        _text(f"{of}.usage", msg("Special limit of payment terms: summary, transport, hospital or undertaking")),
    )


def _happened(of: str) -> tuple[Option, ...]:
    """What governs or befell the debts of `of`: a client or an invoice."""
    return (
        Option(f"{of}.insolvency", "date", None, msg("Opening day of insolvency proceedings against this client")),
        _text(f"{of}.country", msg("Law that governs the contract: fr, be, lu"), "fr"),
    )


def _mailbox(of: str, default: str) -> tuple[Option, ...]:
    """How a mail server is reached; in the user's own file, since its password command is run as the user."""
    return (
        Option(f"{of}.host", "text", "", msg("Mail server, for example mail.example.fr"), own=True),
        Option(f"{of}.port", "integer", 0, msg("Its port (0 = the usual one)"), own=True),
        Option(f"{of}.security", "text", default, msg("How the connection is encrypted"), SECURITIES, own=True),
        Option(f"{of}.user", "text", "", msg("User name on that server"), own=True),
        Option(f"{of}.login", "text", "password", msg("What is given to log in"), ("password", "token"), own=True),
        Option(f"{of}.password_command", "text", "", msg("Command that prints the password or token"), own=True),
    )


OPTIONS: tuple[Option, ...] = (
    _text("language", msg("Language of everything relance shows you"), "fr", _LANGUAGES),
    _text("company.name", msg("Your company, as it signs letters")),
    _text("company.legal_form", msg("Legal form and capital, as on your letterhead")),
    _text("company.address", msg("Postal address, one line per line of the letterhead")),
    _text("company.siret", msg("SIRET number")),
    _text("company.register", msg("Entry in a register, town included, that letters have to show")),
    _text("company.vat", msg("VAT number")),
    _text("company.iban", msg("IBAN on which clients pay")),
    _text("company.bic", msg("BIC of that account")),
    _text("company.bank", msg("Name of the bank")),
    _text("company.email", msg("Address from which reminders leave")),
    _text("company.reply_to", msg("Address for the answers, when it is another one")),
    _text("company.cc", msg("Address that gets a visible copy of each reminder")),
    _text("company.bcc", msg("Address that gets a hidden copy of each reminder, as proof")),
    _text("company.phone", msg("Telephone number given in reminders")),
    _text("company.signature", msg("Name and function of the person who signs")),
    _text("company.form_of_address", msg("How French letters address the client"), "vous", ("vous", "tu")),
    _text("workbook.file", msg("The tracking workbook, relative to this file")),
    _text("workbook.sheet", msg("The sheet that holds the invoices")),
    Option("workbook.header_row", "integer", 0, msg("Row number of the headers (0 = find it)")),
    _text("workbook.clients_sheet", msg("The sheet that holds the clients")),
    _text("workbook.date_order", msg("Order of day and month where no value tells"), "dmy", ("dmy", "mdy")),
    Option("workbook.currency", "currency", "EUR", msg("Currency where the workbook does not say")),
    _text("workbook.terms", msg("Payment terms where the sheet has no due date column")),
    _text("workbook.terms_reading", msg("Reading of “end of month” terms (A or B)"), "A", ("A", "B")),
    _text("columns.*", msg("The header (or letters) of the column that plays this role")),
    Option("policy", "free", {}, msg("Changes to the default reminder policy")),
    Option("policies", "free", {}, msg("Other reminder policies, by name")),
    _text("kinds.*.policy", msg("Policy for this kind of debtor")),
    _text("kinds.*.rate", msg("Contractual late-payment rate for this kind of debtor")),
    *_agreed("kinds.*"),
    _text("clients.*.policy", msg("Policy for this client")),
    _text("clients.*.rate", msg("Contractual late-payment rate of this client")),
    _text("clients.*.email", msg("E-mail of this client")),
    _text("clients.*.phone", msg("Telephone of this client")),
    _text("clients.*.contact", msg("Contact person of this client")),
    _text("clients.*.language", msg("Language of this client"), "", _LANGUAGES),
    _text("clients.*.kind", msg("Kind of debtor of this client"), "", _KINDS),
    _text("clients.*.form_of_address", msg("Form of address of this client in French"), "", ("vous", "tu")),
    Option("clients.*.hold", "flag", False, msg("Do not chase this client")),
    Option("clients.*.formal_notice", "date", None, msg("Day this consumer received the mise en demeure")),
    *_agreed("clients.*"),
    *_happened("clients.*"),
    _text("invoices.*.policy", msg("Policy for this invoice")),
    _text("invoices.*.rate", msg("Contractual late-payment rate of this invoice")),
    Option("invoices.*.formal_notice", "date", None, msg("Day the mise en demeure for this invoice was received")),
    *_agreed("invoices.*"),
    *_happened("invoices.*"),
    Option("invoices.*.performed", "date", None, msg("Day the goods were delivered or the service completed")),
    _text("fees.rate", msg("Late-payment rate of your terms of sale to professionals, for example “12 %”")),
    *_agreed("fees"),
    _text("fees.country", msg("Law that governs your contracts, where nothing else is said"), "fr"),
    Option("report.buckets", "integers", (30, 60, 90), msg("Upper bounds of the ageing buckets, in days")),
    Option("report.freshness_days", "integer", 5, msg("Days after which the payments typed in look old")),
    Option("backups.all_days", "integer", 7, msg("Days during which every backup of the workbook is kept")),
    Option("backups.daily_days", "integer", 30, msg("Days after that during which one backup a day is kept")),
    _text("letters.language", msg("Language of clients whose language nobody gave"), "fr", _LANGUAGES),
    _text("letters.attachments", msg("Where the invoices are as PDF, beside the workbook: factures/{number}.pdf")),
    Option("letters.attachments_mb", "integer", 10, msg("Megabytes of invoices attached to one message, 0 for none")),
    _text("letters.to", msg("How reminders leave: draft files, drafts in your mailbox, or sent"), "eml", WAYS),
    _text("letters.bank_files", msg("Bank files looked at beside the workbook, by pattern"), BANK_FILES),
    *_mailbox("smtp", "starttls"),
    Option("smtp.per_minute", "integer", 20, msg("Messages sent per minute at most (0 = no limit)"), own=True),
    *_mailbox("imap", "tls"),
    Option("imap.drafts_folder", "text", "", msg("The folder of drafts, where relance does not find it"), own=True),
    Option("imap.sent_folder", "text", "", msg("The folder of sent messages, likewise"), own=True),
)

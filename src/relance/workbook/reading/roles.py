"""The roles a column can play, in the words of the trade, and what the user may say about the sheet.

`Mapping` is what relance.toml gives; everything in it is optional.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from relance.errors import Message, msg

ROLES: dict[str, Message] = {
    "client": msg("client"),
    "client_code": msg("client code"),
    "number": msg("invoice number"),
    "issued": msg("invoice date"),
    "due": msg("due date"),
    "terms": msg("payment terms"),
    "method": msg("payment method"),
    "total": msg("amount incl. tax"),
    "total_excl_tax": msg("amount excl. tax"),
    "vat": msg("VAT"),
    "deposit": msg("deposit"),
    "paid": msg("amount paid"),
    "paid_on": msg("payment date"),
    "balance": msg("balance"),
    "retention": msg("guarantee retained"),
    "surcharge": msg("surcharge"),
    "reminder_count": msg("reminder count"),
    "reminder_dates": msg("reminder dates"),
    "last_reminder": msg("last reminder"),
    "status": msg("status"),
    "paid_flag": msg("paid yes or no"),
    "email": msg("e-mail"),
    "phone": msg("telephone"),
    "contact": msg("contact"),
    "address": msg("address"),
    "language": msg("language"),
    "form_of_address": msg("form of address"),
    "kind": msg("kind of debtor"),
    "policy": msg("policy"),
    "currency": msg("currency"),
    "order": msg("order reference"),
    "dispute": msg("dispute"),
    "promise": msg("promise"),
    "hold": msg("hold"),
    "to_chase": msg("to be chased"),
    "comment": msg("comment"),
    "file": msg("file"),
    "payment_link": msg("payment link"),
    "type": msg("type of document"),
}
AMOUNTS = frozenset({"total", "total_excl_tax", "vat", "deposit", "paid", "balance", "surcharge"})
DATES = frozenset({"issued", "due", "paid_on", "last_reminder", "reminder_dates"})
REPEATED = frozenset({"reminder_dates", "vat"})  # roles several columns may share
HARMLESS = frozenset(
    {
        "comment",
        "file",
        "order",
        "contact",
        "phone",
        "address",
        "email",
        "language",
        "form_of_address",
        "surcharge",
        "payment_link",
    }
)
PEOPLE = (
    "client", "client_code", "email", "phone", "contact", "address", "language", "form_of_address", "kind", "policy",
)  # fmt: skip


class Mapping(Struct, frozen=True, kw_only=True):
    """What the configuration says of the workbook; None or "" where it says nothing.

    `columns` gives a header text, or column letters, per role. `date_order` ("dmy" or "mdy") settles figures that can
    be read both ways. `terms` stands for a due date column the sheet lacks, read as `terms_reading` says ("A" or "B",
    see `domain.terms.Reading`); without terms, `usual_days` (Code de commerce L441-10 I) are assumed, and said so.
    `tolerance` is the open amount that counts as nothing.
    """

    sheet: str | None = None
    header_row: int | None = None
    columns: dict[str, str] = {}
    date_order: str | None = None
    currency: str = "EUR"
    terms: str = ""
    terms_reading: str = "A"
    usual_days: int = 30
    clients_sheet: str | None = None
    tolerance: Decimal = Decimal("0.10")

"""Who we are in letters, and what is missing from it. No silent hole: the line is left out, and it is said.

It must not know where these values are configured, beyond the names of the keys it tells people to fill.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from relance.errors import Problem, Severity, msg
from relance.letters.addresses import check_email, parse_recipients
from relance.letters.text import clean, clean_lines

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


class Sender(Struct, frozen=True, kw_only=True):
    """The creditor, as its letterhead shows it. `address` and `signature` hold one line per line; empty = not known.
    `register` is the entry in a register that letters must show (Code de commerce R123-237). `cc` and `bcc` name who
    gets a copy of each reminder, seen or hidden, as a cell names addresses."""

    name: str = ""
    legal_form: str = ""
    address: str = ""
    siret: str = ""
    register: str = ""
    vat: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    email: str = ""
    reply_to: str = ""
    cc: str = ""
    bcc: str = ""
    phone: str = ""
    signature: str = ""


def print_iban(text: str) -> str | None:
    """The IBAN in groups of four, or None when it is none: its check digits must hold (ISO 13616, ISO 7064 mod 97-10).

    >>> print_iban("FR7630006000011234567890189"), print_iban("FR76 3000 6000 0112 3456 7890 188")
    ('FR76 3000 6000 0112 3456 7890 189', None)
    """
    body = "".join(text.split()).upper()
    if not _IBAN.fullmatch(body):
        return None
    if int("".join(str(int(mark, 36)) for mark in body[4:] + body[:4])) % 97 != 1:
        return None
    return " ".join(body[place : place + 4] for place in range(0, len(body), 4))


@lru_cache(maxsize=8)
def sender_variables(sender: Sender) -> dict[str, object]:
    """The sender as templates see it: clean text, `address` and `signature` as lists of lines, an IBAN that holds
    or "". `email` is where answers go."""
    plain = {name: clean(getattr(sender, name)) for name in sender.__struct_fields__}
    plain["iban"] = print_iban(sender.iban) or ""
    plain["email"] = next(filter(None, map(check_email, (plain["reply_to"], plain["email"]))), "")
    return plain | {"address": clean_lines(sender.address), "signature": clean_lines(sender.signature)}


def check_sender(sender: Sender) -> tuple[Problem, ...]:
    """What every letter of this sender lacks: `sender-name`, `sender-iban`, `sender-email`, `sender-siret`; `-mistyped`
    behind the code where what is there does not hold."""
    return tuple(_gaps(sender))


def _gaps(sender: Sender) -> Iterator[Problem]:
    if not sender.name.strip():
        yield Problem(
            "sender-name",
            Severity.WARNING,
            msg("Your company name is not set: letters are not signed with it."),
            msg("Write it in relance.toml: [company] name"),
        )
    if not sender.iban.strip():
        yield Problem(
            "sender-iban",
            Severity.WARNING,
            msg("Your IBAN is not set: letters cannot say where to pay."),
            msg("Write it in relance.toml: [company] iban"),
        )
    elif print_iban(sender.iban) is None:
        yield Problem(
            "sender-iban-mistyped",
            Severity.ERROR,
            msg("Your IBAN is mistyped (its check digits do not hold): letters leave it out."),
            msg("Correct it in relance.toml: [company] iban"),
            value=sender.iban,
        )
    for key, value in _mistyped(sender):
        yield _no_address(key, value)
    if not sender.email.strip():
        yield Problem(
            "sender-email",
            Severity.NOTICE,
            msg("Your e-mail address is not set: your mail program will fill it in."),
            msg("Write it in relance.toml: [company] email"),
        )
    if not sender.siret.strip():
        yield Problem(
            "sender-siret",
            Severity.NOTICE,
            msg("Your SIRET number is not set: letters do not show it."),
            msg("Write it in relance.toml: [company] siret"),
        )


def _no_address(key: str, value: str) -> Problem:
    return Problem(
        "sender-email-mistyped",
        Severity.ERROR,
        msg("Your address {address} is no e-mail address: letters leave it out.", address=clean(value)),
        msg("Correct it in relance.toml: [company] {key}", key=key),
        value=value,
    )


def _mistyped(sender: Sender) -> Iterator[tuple[str, str]]:
    """The keys and values that should be addresses and are none."""
    for key, value in (("email", sender.email), ("reply_to", sender.reply_to)):
        if value.strip() and check_email(clean(value)) is None:
            yield key, value
    for key, value in (("cc", sender.cc), ("bcc", sender.bcc)):
        for refused in parse_recipients(value).refused:
            yield key, refused

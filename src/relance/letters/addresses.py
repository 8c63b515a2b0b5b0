"""The e-mail cell of a client -> whom to write to, and what in it is no address.

What is not certainly an address is never written to: it is given back, to be told. It must not know letters.
"""

from __future__ import annotations

import re

from msgspec import Struct

from relance.letters.text import clean

_PARTS = re.compile(r"[;,\n\r]+")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")
_BETWEEN = re.compile(r"\s+(?:/\s+)?|/|\s+(?:et|ou|and|or)\s+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_WORDS = frozenset({"et", "ou", "and", "or", "/", "&"})


class Address(Struct, frozen=True):
    """An e-mail address and the name shown before it ("" = none)."""

    email: str
    name: str = ""


class Recipients(Struct, frozen=True):
    """The addresses of a cell in its order, each once, and the pieces that are none."""

    addresses: tuple[Address, ...] = ()
    refused: tuple[str, ...] = ()


def parse_recipients(cell: str) -> Recipients:
    """Everyone a cell names: separated by `;`, `,`, a line break, or blanks; with or without names.

    >>> parse_recipients("a@x.fr; Durand, Claire <c@x.fr>").addresses
    (Address(email='a@x.fr', name=''), Address(email='c@x.fr', name='Durand, Claire'))
    >>> parse_recipients("compta(at)x.fr, b@x").refused
    ('compta(at)x.fr', 'b@x')
    """
    found: dict[str, Address] = {}
    refused: list[str] = []
    kept = ""
    for piece in (part for raw in _PARTS.split(cell) if (part := clean(raw))):
        if "@" not in piece and "<" not in piece and kept == "":
            kept = piece
            continue
        addresses = _read_piece(piece, kept)
        if kept and not any(address and kept in address.name for address in addresses):
            refused.append(kept)
        kept = ""
        for address in addresses:
            if address:
                found.setdefault(address.email.lower(), address)
        if None in addresses:
            refused.append(piece)
    return Recipients(tuple(found.values()), (*refused, *((kept,) if kept else ())))


def check_email(text: str) -> str | None:
    """The address in the form mail servers take (domain in ASCII), or None when it is none (RFC 5321, 5322; IDNA).

    >>> check_email("mailto:Zoé@x.fr"), check_email("zoe@café.fr"), check_email("zoe@localhost")
    (None, 'zoe@xn--caf-dma.fr', None)
    """
    text = text.removeprefix("mailto:").rstrip(".")
    local, at, domain = text.rpartition("@")
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    try:
        ascii_domain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or len(ascii_domain) > 253 or labels[-1].isdigit():
        return None
    return f"{local}@{ascii_domain}" if all(map(_LABEL.fullmatch, labels)) else None


def _read_piece(piece: str, before: str) -> list[Address | None]:
    if named := _NAMED.fullmatch(piece):
        email = check_email(named["email"].strip())
        name = named["name"].strip(" \"'")
        return [Address(email, f"{before}, {name}" if before and name else before or name) if email else None]
    if piece.count("@") < 2:
        email = check_email(piece.strip("\"'"))
        return [Address(email) if email else None]
    words = [word for word in _BETWEEN.split(piece) if word and word.lower() not in _WORDS]
    return [Address(email) if (email := check_email(word)) else None for word in words]

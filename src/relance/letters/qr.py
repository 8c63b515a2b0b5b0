"""What is asked for, and where to pay it -> the QR code that a bank's application reads as a transfer.

European Payments Council, EPC069-12, "Quick Response Code: Guidelines to enable data capture for the initiation of a
SEPA credit transfer", version 002. Nothing is cut: what does not fit gives no code. It must not know letters.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from decimal import Decimal

from relance.letters.qr_modules import draw_modules, version_of
from relance.letters.sender import Sender, print_iban
from relance.letters.text import clean
from relance.money import Money

_LARGEST_PAYLOAD = 331  # bytes, EPC069-12
_LONGEST_NAME, _LONGEST_REFERENCE = 70, 140
_LEAST, _MOST = Decimal("0.01"), Decimal("999999999.99")
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")  # the characters every bank carries (EPC217-08)
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_QUIET = 4  # modules of white around the code, ISO/IEC 18004
_SHOWN = 3  # pixels for a module; the picture has eight, for screens of any density
_DEFLATE = 4  # a third of the time of the usual level, twelve bytes more
_INK = bytes([255, 0]) + bytes(254)  # light, dark


def transfer_payload(sender: Sender, totals: tuple[Money, ...], reference: str) -> str | None:
    """The text of the code; None where it would not say exactly what is asked: another currency than the euro, several
    of them, an amount out of range, no IBAN or no name, a reference that is too long or says nothing.

    >>> transfer_payload(
    ...     Sender(name="Société Dupont", iban="FR7630006000011234567890189"),
    ...     (Money(Decimal("12.3"), "EUR"),), "F-1").split(chr(10))[5:]
    ['Societe Dupont', 'FR7630006000011234567890189', 'EUR12.30', '', '', 'F-1']
    """
    if len(totals) != 1 or totals[0].currency != "EUR" or not _LEAST <= totals[0].amount <= _MOST:
        return None
    name, unstructured = _plain(sender.name), _plain(reference)
    iban = (print_iban(sender.iban) or "").replace(" ", "")
    if not (0 < len(name) <= _LONGEST_NAME and 0 < len(unstructured) <= _LONGEST_REFERENCE and iban):
        return None
    bic = "".join(sender.bic.split()).upper()
    lines = (
        "BCD", "002", "1", "SCT", bic if _BIC.fullmatch(bic) else "", name, iban, f"EUR{totals[0].amount:.2f}",
        "", "", unstructured,
    )  # fmt: skip
    payload = "\n".join(lines)
    return payload if len(payload.encode()) <= _LARGEST_PAYLOAD else None


def side_shown(payload: str) -> int:
    """The side at which the picture of a payload is shown, in pixels: a whole number of them for each module.

    >>> side_shown("x" * 84), side_shown("x" * 331)
    (135, 231)
    """
    return (17 + 4 * version_of(payload.encode()) + 2 * _QUIET) * _SHOWN


def transfer_picture(payload: str) -> bytes:
    """The code of a payload as a PNG, at the error correction EPC069-12 asks for (M), black on white in any theme."""
    return _png(draw_modules(payload.encode()))


def _png(rows: list[bytes]) -> bytes:
    """A picture of one bit a pixel (ISO/IEC 15948), a module being eight pixels: a byte of each line. segno draws it
    slower than it makes the code."""
    side = (len(rows) + 2 * _QUIET) * 8
    white, margin = b"\xff", b"\xff" * _QUIET
    above = (b"\x00" + white * (len(rows) + 2 * _QUIET)) * _QUIET * 8
    lines = (b"\x00" + margin + row.translate(_INK) + margin for row in rows)
    drawn = above + b"".join(line * 8 for line in lines) + above
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(drawn, _DEFLATE)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def _plain(text: str) -> str:
    """The text in the characters that every bank carries, accents taken off.

    >>> _plain("Crédit & Fils «Œuvre»")
    'Credit + Fils OEuvre'
    """
    spelled = clean(text).replace("&", "+").replace("œ", "oe").replace("Œ", "OE").replace("’", "'")
    bare = unicodedata.normalize("NFKD", spelled)
    bare = "".join(mark for mark in bare if not unicodedata.combining(mark))
    return " ".join(_NOT_SEPA.sub(" ", bare).split())

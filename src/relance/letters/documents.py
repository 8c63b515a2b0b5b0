"""Invoices -> their PDF files beside the workbook, to be attached; and what is to be said of those that are not.

A cell or a number can name nothing outside the workbook's folder, nothing but a regular file, nothing but a PDF. It
must not know how a message is made.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path, PurePosixPath

from msgspec import Struct

from relance.domain.model import Invoice
from relance.errors import ConflictError, Problem, Severity, msg, os_reason
from relance.letters.links import is_url
from relance.letters.text import clean

_MEGABYTE = 1_000_000
_MARK = b"%PDF-"
_WITHIN = 1024  # bytes in which readers look for the mark, ISO 32000-1 annex H
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_ENDING = re.compile(r"\.[A-Za-z0-9]{2,5}$")


class Shelf(Struct, frozen=True, kw_only=True):
    """Where invoices are kept: the workbook's folder, a pattern under it such as `factures/{number}.pdf` ("" = only
    what the sheet names), and the megabytes that the documents of one message may weigh (0 = attach nothing)."""

    folder: Path
    pattern: str = ""
    megabytes: int = 0


class Attachment(Struct, frozen=True):
    """The document of an invoice: the name it gets in the message, its file, its weight in bytes."""

    number: str
    name: str
    file: Path
    size: int


class Documents(Struct, frozen=True):
    """What can be attached, and what is to be said of the rest."""

    found: tuple[Attachment, ...] = ()
    problems: tuple[Problem, ...] = ()


def find_documents(invoices: Iterable[Invoice], shelf: Shelf) -> Documents:
    """The documents of the invoices of one message, each file once, in their order.

    Problems: `attachment-missing`, `attachment-outside` (a file that is not in the workbook's folder or below),
    `attachment-not-pdf`, `attachment-too-large` (the message would weigh more than the limit).
    """
    if not shelf.megabytes:
        return Documents()
    found: dict[Path, Attachment] = {}
    problems: list[Problem] = []
    left = shelf.megabytes * _MEGABYTE
    for invoice in invoices:
        one = _find(invoice, shelf)
        if isinstance(one, Problem):
            problems.append(one)
        elif one and one.file not in found:
            if one.size > left:
                problems.append(_too_large(invoice, one, shelf))
                continue
            left -= one.size
            found[one.file] = one
    return Documents(tuple(found.values()), tuple(problems))


def read_document(attachment: Attachment) -> bytes:
    """The bytes of a document that was found. ConflictError `attachment-changed` when it is no longer what it was."""
    try:
        with attachment.file.open("rb") as stream:
            content = stream.read(attachment.size + 1)
        reason = None
    except OSError as error:
        content, reason = b"", os_reason(error)
    if len(content) != attachment.size or _MARK not in content[:_WITHIN]:
        raise ConflictError(
            "attachment-changed",
            msg(
                "{file} changed while the message was being made: {reason}.",
                file=str(attachment.file), reason=reason or msg("it is not the file that was found"),
            ),
            msg("Run relance remind again: it finds the documents anew, and drafts nothing twice."),
        )  # fmt: skip
    return content


def _find(invoice: Invoice, shelf: Shelf) -> Attachment | Problem | None:
    """The document of an invoice; None where nothing says that there is one."""
    names = tuple(_names(invoice, shelf.pattern))
    if not names:
        return None
    trouble: Problem | None = None
    for name in names:
        one = _look(invoice, shelf.folder, name)
        if isinstance(one, Attachment):
            return one
        if one is not None and (trouble is None or trouble.code == "attachment-missing"):
            trouble = one
    return trouble


def _names(invoice: Invoice, pattern: str) -> Iterator[str]:
    """Where to look for it, relative to the folder: what the sheet names, then where the pattern says."""
    cell = clean(invoice.file).replace("\\", "/")
    if cell and not is_url(cell) and ("/" in cell or _ENDING.search(cell)):
        yield cell
        if pattern and "/" not in cell:
            yield (PurePosixPath(pattern.replace("\\", "/")).parent / cell).as_posix()
    if pattern and invoice.numbered and (number := _UNFIT.sub("-", clean(invoice.number)).strip(". ")):
        yield pattern.replace("\\", "/").replace("{number}", number)


def _look(invoice: Invoice, folder: Path, name: str) -> Attachment | Problem:
    try:
        home = folder.resolve()
        file = (home / name).resolve()
        if not file.is_relative_to(home):
            return _outside(invoice, name)
        facts = file.stat()
        if not stat.S_ISREG(facts.st_mode):
            return _missing(invoice, name)
        with file.open("rb") as stream:
            is_pdf = _MARK in stream.read(_WITHIN)
    except (OSError, ValueError, RuntimeError):  # not there, not readable, no name for a file, links in a ring
        return _missing(invoice, name)
    return Attachment(invoice.number, _shown(file.name), file, facts.st_size) if is_pdf else _not_pdf(invoice, name)


def _shown(name: str) -> str:
    """The name that the client sees: plain letters, so that every mail program shows the same.

    >>> _shown("Facture n° 41 (été).pdf")
    'Facture n 41 (ete).pdf'
    """
    bare = unicodedata.normalize("NFKD", clean(name).replace("°", "")).encode("ascii", "ignore").decode("ascii")
    kept = re.sub(r"[^A-Za-z0-9 ._()+-]", "", bare).strip(" .")
    stem = (kept[:-4] if kept.lower().endswith(".pdf") else kept).strip(" .")[:80]
    return f"{stem or 'facture'}.pdf"


def _missing(invoice: Invoice, name: str) -> Problem:
    said = msg(
        "Invoice {number} is not attached: {file} is not there, or cannot be read.",
        number=clean(invoice.number), file=name,
    )  # fmt: skip
    hint = msg("Put the file there, or correct its name in the file column or in relance.toml: [letters] attachments.")
    return Problem("attachment-missing", Severity.WARNING, said, hint, invoice.where, name)


def _outside(invoice: Invoice, name: str) -> Problem:
    said = msg(
        "Invoice {number} is not attached: {file} is outside the folder of the workbook.",
        number=clean(invoice.number), file=name,
    )  # fmt: skip
    hint = msg("Copy the file into that folder or one below it; nothing from elsewhere is ever sent.")
    return Problem("attachment-outside", Severity.WARNING, said, hint, invoice.where, name)


def _not_pdf(invoice: Invoice, name: str) -> Problem:
    said = msg("Invoice {number} is not attached: {file} is not a PDF.", number=clean(invoice.number), file=name)
    hint = msg("Save the invoice as PDF, and name that file.")
    return Problem("attachment-not-pdf", Severity.WARNING, said, hint, invoice.where, name)


def _too_large(invoice: Invoice, one: Attachment, shelf: Shelf) -> Problem:
    size = Decimal(one.size * 10 // _MEGABYTE) / 10
    return Problem(
        "attachment-too-large",
        Severity.WARNING,
        msg(
            "Invoice {number} is not attached: {file} ({size} MB) would bring the message over {limit} MB.",
            number=clean(invoice.number), file=one.file.name, size=size, limit=shelf.megabytes,
        ),
        msg("Make the file smaller, or raise the limit in relance.toml: [letters] attachments_mb."),
        invoice.where,
        one.file.name,
    )  # fmt: skip

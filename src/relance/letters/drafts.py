"""Where drafts wait for a person: a file per letter, named by day, client and step, never written over another.

`plan_draft` before the reservation, `write_draft` after it: the path planned is the path written, so that after a crash
the file's presence tells whether the message was made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import date
from hashlib import sha256
from pathlib import Path

from relance.domain.model import Channel
from relance.errors import ConflictError, msg, os_reason
from relance.files import make_folder, write_new
from relance.letters.compose import Letter
from relance.letters.pdf import can_print
from relance.letters.pdf_letter import print_letter
from relance.letters.text import wrap

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_LONGEST = 60  # Windows counts 260 characters for the whole path


def slug(name: str) -> str:
    """A name fit for a file on any system: small letters without accents, figures, hyphens; never empty.

    >>> slug("Société Dupont & Fils"), slug("../../etc/passwd"), slug("東京")
    ('societe-dupont-fils', 'etc-passwd', 'client-130016')
    """
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    body = _NOT_A_LETTER.sub("-", bare).strip("-")[:_LONGEST].strip("-")
    return body or f"client-{sha256(name.encode('utf-8', 'backslashreplace')).hexdigest()[:6]}"


def plan_draft(folder: Path, letter: Letter, day: date, taken: Container[Path] = ()) -> Path:
    """The free path of a letter under the drafts folder: `<day>/<client>-<step>.eml`, on paper `.pdf`, or
    `.txt` where no PDF can be made.

    `taken` are paths planned and not yet written. Nothing is created.
    """
    stem = f"{slug(letter.name)}-{letter.step}"
    ending = ".eml" if letter.channel is not Channel.LETTER else ".pdf" if can_print() else ".txt"
    path, count = folder / day.isoformat() / f"{stem}{ending}", 1
    while path in taken or path.exists():
        count += 1
        path = path.with_name(f"{stem}-{count}{ending}")
    return path


def paper_letter(letter: Letter) -> bytes:
    """The letter on paper, to print and sign: as PDF where it can be made, else as text."""
    return print_letter(letter.page) if letter.page and can_print() else text_letter(letter)


def text_letter(letter: Letter) -> bytes:
    """The letter as a text file to print and sign: lines of 78 characters, UTF-8 with its mark, CR LF."""
    return wrap(letter.body).replace("\n", "\r\n").encode("utf-8-sig", "backslashreplace")


def write_draft(path: Path, content: bytes) -> str:
    """Puts the draft in place whole, on disk, and returns its SHA-256. ConflictError `draft-exists` rather than write
    over another file; `draft-unwritable` when the folder cannot be written. Nothing is left half-written."""
    try:
        make_folder(path.parent, parents=True)
        write_new(path, content)
    except OSError as error:
        if path.exists():
            raise ConflictError(
                "draft-exists",
                msg("The draft {file} is already there.", file=str(path)),
                msg("Nothing was written over it. Move it away if it is not needed, then try again."),
            ) from error
        raise ConflictError(
            "draft-unwritable",
            msg("The draft {file} cannot be written: {reason}.", file=str(path), reason=os_reason(error)),
            msg("Free some space, or get the right to write in this folder, then try again."),
        ) from error
    return sha256(content).hexdigest()

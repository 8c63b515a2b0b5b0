"""The errors of letters that only another process at the wrong instant could meet."""

from __future__ import annotations

from pathlib import Path

from error_folders import Case
from relance.letters.documents import Attachment, read_document


def _another_document(folder: Path) -> None:
    """An invoice was saved anew between being found and being attached."""
    file = folder / "F-1.pdf"
    file.write_bytes(b"%PDF-1.7\nanother\n")
    read_document(Attachment("F-1", "F-1.pdf", file, 9))


LETTERS = (Case("attachment-changed", 5, (), act=_another_document),)

"""Cases of the errors met around letters: their documents and their templates."""

from __future__ import annotations

from pathlib import Path

from error_folders import DAY, Case, file_for_folder
from relance.letters.documents import Attachment, read_document


def _another_document(folder: Path) -> None:
    """An invoice was saved anew between being found and being attached."""
    file = folder / "F-1.pdf"
    file.write_bytes(b"%PDF-1.7\nanother\n")
    read_document(Attachment("F-1", "F-1.pdf", file, 9))


LETTERS = (
    Case("attachment-changed", 5, (), act=_another_document),
    Case("template-unknown", 2, ("templates", "export", "courtois", *DAY)),
    Case("templates-words", 2, ("templates", "mend", *DAY)),
    Case("templates-unwritable", 5, ("templates", "export", *DAY), file_for_folder("modeles/fr")),
)

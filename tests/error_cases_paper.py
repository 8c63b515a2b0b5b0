"""The cases of errors met when a letter is put on paper."""

from __future__ import annotations

import sys
from pathlib import Path

from error_folders import Case


def _without_typst(_folder: Path) -> object:
    """The extra is not installed."""
    from relance.letters.pdf import require_pdf

    typst = sys.modules.get("typst")
    sys.modules["typst"] = None  # type: ignore[assignment]
    try:
        return require_pdf()
    finally:
        del sys.modules["typst"]
        if typst:
            sys.modules["typst"] = typst


PAPER = (Case("pdf-missing", 2, (), act=_without_typst),)

"""The cases of errors met by somebody who tries things out."""

from __future__ import annotations

from error_folders import DAY, NAME, Case

NEWCOMER = (
    Case("output-ending", 2, ("report", "--output", "rapport.docx", *DAY)),
    Case("output-is-yours", 2, ("report", "--output", NAME, *DAY)),
)

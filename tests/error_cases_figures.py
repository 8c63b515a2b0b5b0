"""The cases of errors met when figures are asked for, and when a number can mean several invoices."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from error_folders import DAY, Case
from sheets import HEADERS, make


def _two_years(folder: Path) -> None:
    """A workbook in which two years have an invoice 41."""
    rows = [(f"F-{year}-041", "Dupont", date(year, 3, 1), date(year, 3, 31), 1000) for year in (2025, 2026)]
    make(folder / "deux.xlsx", [HEADERS, *rows])


FIGURES = (
    Case("buckets-not-understood", 2, ("ageing", "--buckets", "60,30", *DAY)),
    Case("invoice-ambiguous", 2, ("why", "F41", "-w", "deux.xlsx", *DAY), prepare=_two_years),
)

"""Real workbooks of Excel and other programs, each with the same forty invoices added: every one must read the same.

They live beside the repository (RELANCE_SHARED names the folder), so this runs where they are, and in CI always.
"""

from __future__ import annotations

import csv
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from relance.workbook.reading.rows import read_ledger

_SHARED = os.environ.get("RELANCE_SHARED")
_FILES = sorted((Path(_SHARED) / "samples" / "xlsx").glob("*.xls[xm]")) if _SHARED else []


def _expected() -> list[dict[str, str]]:
    assert _SHARED
    with (Path(_SHARED) / "tools" / "tracker_sample.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def test_the_samples_are_there() -> None:
    if os.environ.get("RELANCE_CI") != "1" and not _SHARED:
        pytest.skip("RELANCE_SHARED is not set")
    assert _FILES, "RELANCE_SHARED/samples/xlsx holds no workbook"


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_a_real_workbook_gives_its_forty_invoices(path: Path) -> None:
    ledger = read_ledger(path)
    assert ledger.set_aside == ()
    assert ledger.credits == ()
    expected = _expected()
    assert [invoice.number for invoice in ledger.invoices] == [row["N° facture"] for row in expected]
    for invoice, row in zip(ledger.invoices, expected, strict=True):
        assert invoice.client.name == " ".join(row["Client"].split())
        assert invoice.client.email == row["Email"]
        assert invoice.issued == date.fromisoformat(row["Date facture"])
        assert invoice.due == date.fromisoformat(row["Échéance"])
        assert invoice.total == Decimal(row["Montant TTC"])
        assert invoice.status is not None
        assert invoice.status.word == row["Statut"]
        paid_on = date.fromisoformat(row["Payée le"]) if row["Payée le"] else None
        assert [payment.on for payment in invoice.payments] == ([paid_on] if paid_on else [])
        assert invoice.open == (0 if paid_on else invoice.total)
        last = row["Dernière relance"]
        assert invoice.reminders == ((date.fromisoformat(last),) if last else ())
        assert invoice.count == (int(row["N° relance"]) if row["N° relance"] else None)
        assert invoice.comment == row["Commentaire"].strip()

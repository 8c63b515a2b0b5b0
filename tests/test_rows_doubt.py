"""What leaves a doubt is told at its cell and stops: nobody is chased, and no amount counted, on a guess."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from relance.domain.model import Ledger
from relance.errors import Problem
from relance.workbook.rows import read_ledger
from sheets import HEADERS, ROW, make


def one(tmp_path: Path, header: str, cell: Any, **columns: Any) -> Ledger:
    """The ledger of one ordinary row with further columns."""
    extra = {header: cell, **columns}
    return read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, *extra], [*ROW, *extra.values()]]))


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Code and place of each problem."""
    return [(problem.code, str(problem.where)) for problem in problems]


def aside(ledger: Ledger) -> list[tuple[str, str]]:
    """Code and place of the problems of the rows set aside."""
    return [found for row in ledger.set_aside for found in told(row.problems)]


# --- amounts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Acompte", "Montant réglé"])
@pytest.mark.parametrize("status", ["", "Payée", "Émise"])
def test_a_negative_receipt_never_increases_the_debt(tmp_path: Path, header: str, status: str) -> None:
    ledger = one(tmp_path, header, -300, Statut=status)
    assert ledger.invoices == ()
    assert aside(ledger) == [("received-negative", "Suivi!F2")]


def test_a_credit_note_may_be_refunded_by_a_negative_payment(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Montant réglé"], ["AV-1", "Dupont", date(2026, 3, 1), date(2026, 3, 1), -100, -100]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [note.open for note in ledger.credits] == [0]
    assert ledger.set_aside == ()

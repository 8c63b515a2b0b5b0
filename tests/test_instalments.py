"""An invoice of which not all falls due on one day is not chased as if it did: its row is set aside at that cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relance.domain.model import Ledger
from relance.workbook.reading.headers import instalment
from relance.workbook.reading.rows import read_ledger
from sheets import Formula, make, without_values

BASE = ("N° facture", "Client", "Date facture")
FIRST, LATER, NOTHING = date(2026, 3, 31), date(2026, 12, 1), ""


def read(tmp_path: Path, headers: list[str], *rows: list[Any]) -> Ledger:
    """The ledger of a sheet with these further columns."""
    lines = [[f"F-{place}", "Dupont", date(2026, 3, 1), *row] for place, row in enumerate(rows, start=1)]
    return read_ledger(make(tmp_path / "s.xlsx", [[*BASE, *headers], *lines]))


def outcome(ledger: Ledger) -> tuple[list[str], list[tuple[str, str, Decimal | None]]]:
    """The numbers of the invoices read, and (code, cell, amount) of the rows set aside."""
    aside = [(row.problems[0].code, str(row.problems[0].where), row.amount) for row in ledger.set_aside]
    return [invoice.number for invoice in ledger.invoices], aside


@pytest.mark.parametrize(
    ("headers", "amount"),
    [
        (["Montant TTC", "Échéance 1", "Échéance 2"], 1000),
        (["Montant TTC", "1ère échéance", "2ème échéance"], 1000),
        (["Montant TTC", "Échéance acompte", "Échéance solde"], 1000),
        (["Montant TTC", "Échéance", "Nouvelle échéance"], 1000),
        (["Montant TTC", "Échéance initiale", "Échéance reportée"], 1000),
        (["Montant TTC", "Échéance", "Date d’échéance n° 2"], 1000),
        (["Total incl. tax", "Due date 1", "Due date 2"], 1000),
        (["Grand total", "Due date", "2nd due date"], 1000),
    ],
)
def test_a_second_due_date_sets_the_row_aside(tmp_path: Path, headers: list[str], amount: int) -> None:
    found = read(tmp_path, headers, [1000, FIRST, LATER], [1000, FIRST, NOTHING], [1000, FIRST, FIRST])
    assert outcome(found) == (["F-2", "F-3"], [("instalments", "Suivi!F2", Decimal(amount))])
    assert [invoice.due for invoice in found.invoices] == [FIRST, FIRST]


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        (["Échéance 1", "Montant 1", "Échéance 2", "Montant 2"], None),
        (["Échéance", "Montant", "Échéance 2", "Montant 2"], None),
        (["Échéance", "Montant TTC", "Échéance 2", "Montant échéance 2"], Decimal(300)),
        (["Due date 1", "Amount 1", "Due date 2", "Amount 2"], None),
    ],
)
def test_a_second_amount_sets_the_row_aside_and_is_no_part_of_a_known_one(
    tmp_path: Path, headers: list[str], shown: Decimal | None
) -> None:
    found = read(tmp_path, headers, [FIRST, 300, LATER, 700], [FIRST, 300, NOTHING, NOTHING], [FIRST, 300, LATER, 0])
    assert outcome(found) == (["F-2", "F-3"], [("instalments", "Suivi!F2", shown)])
    assert [invoice.total for invoice in found.invoices] == [300, 300]


@pytest.mark.parametrize(
    "headers",
    [
        ["1er versement", "2e versement"],
        ["Acompte 30 %", "Versement 2"],
        ["Tranche 1", "Tranche 2"],
        ["1st instalment", "2nd instalment"],
    ],
)
def test_instalments_that_may_be_payments_set_the_row_aside(tmp_path: Path, headers: list[str]) -> None:
    found = read(tmp_path, ["Montant TTC", "Échéance", *headers], [1000, FIRST, "", 700], [1000, FIRST, "", ""])
    numbers, aside = outcome(found)
    assert numbers == ["F-2"]
    assert [(where, amount) for _, where, amount in aside] == [("Suivi!G2", 1000)]


def test_the_first_instalment_paid_does_not_settle_the_row(tmp_path: Path) -> None:
    headers = ["Échéance 1", "Montant 1", "Échéance 2", "Montant 2", "Montant réglé"]
    found = read(tmp_path, headers, [FIRST, 300, LATER, 700, 300])
    assert outcome(found) == ([], [("instalments", "Suivi!F2", None)])


def test_a_row_that_is_paid_has_nothing_to_fix(tmp_path: Path) -> None:
    headers = ["Montant TTC", "Échéance 1", "Échéance 2", "Statut"]
    found = read(tmp_path, headers, [1000, FIRST, LATER, "Payée"], [1000, FIRST, LATER, "Annulée"])
    assert outcome(found) == (["F-1", "F-2"], [])


@pytest.mark.parametrize("header", ["Échéance 2", "2e versement"])
def test_what_cannot_be_seen_there_may_be_an_instalment(tmp_path: Path, header: str) -> None:
    found = read(tmp_path, ["Montant TTC", "Échéance", header], [1000, FIRST, Formula("=1/0", "#DIV/0!")])
    assert [where for _, where, _ in outcome(found)[1]] == ["Suivi!F2"]
    make(tmp_path / "t.xlsx", [[*BASE, "Montant TTC", "Échéance", header],
                               ["F-1", "Dupont", date(2026, 3, 1), 1000, FIRST, Formula("=E2+30", 5)]])  # fmt: skip
    assert [where for _, where, _ in outcome(read_ledger(without_values(tmp_path / "t.xlsx")))[1]] == ["Suivi!F2"]


@pytest.mark.parametrize(
    "header",
    ["Échéance", "Échéance initiale", "Échéance contrat", "Échéance 30 jours", "Montant", "Relance 2", "Échéance 2026"],
)
def test_other_headers_are_no_instalments(header: str) -> None:
    assert instalment(header) == ("", 0)

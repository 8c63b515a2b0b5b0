"""A client in insolvency proceedings is chased by nobody, wherever the sheet says so; a name that only looks so is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cases import CALENDAR, POLICIES, TODAY
from relance.domain.model import Ledger
from relance.domain.policies.decide import decide_all
from relance.workbook.reading.insolvency import is_insolvent
from relance.workbook.reading.rows import read_ledger
from relance.workbook.reading.words import load_words
from sheets import HEADERS, make


def ledger(tmp_path: Path, *rows: tuple[str, str], header: str = "Commentaire", **others: object) -> Ledger:
    """One late invoice per (client, remark)."""
    lines = [
        [f"F-{place}", client, date(2026, 3, 1), date(2026, 3, 31), 100, remark]
        for place, (client, remark) in enumerate(rows, start=1)
    ]
    return read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, header], *lines], **others))  # type: ignore[arg-type]


def chased(found: Ledger) -> list[str]:
    """The numbers of the invoices that are chased, or would be but for the calendar."""
    decided = decide_all(found, POLICIES, CALENDAR, TODAY)
    pairs = zip(found.invoices, decided, strict=True)
    return [invoice.number for invoice, decision in pairs if decision.reason not in {"on-hold", "handed-over"}]


def test_every_spelling_is_found_by_a_glance() -> None:
    told = load_words().insolvency
    assert [word for word in (*told["words"], *told["marks"]) if not any(sign in word for sign in told["signs"])] == []


@pytest.mark.parametrize(
    "name",
    [
        "Dupont (LJ)", "Dupont - RJ", "Dupont – en LJ", "Dupont-LJ", "Dupont (L.J.)", "Dupont [RJ 12/03/2026]",
        "SARL X - en liquidation judiciaire", "Dupont (redressement judiciaire depuis le 3/10/2026)", "Dupont : LJ",
        "Dupont procédure collective", "DUPONT EN SAUVEGARDE", "Dupont (en faillite)", "Acme Ltd (in administration)",
    ],
)  # fmt: skip
def test_a_name_that_tells_of_proceedings_stops(tmp_path: Path, name: str) -> None:
    found = ledger(tmp_path, (name, ""), ("Martin", ""))
    assert chased(found) == ["F-2"]
    assert [(told.code, str(told.where)) for told in found.problems if told.code == "client-insolvent"] == [
        ("client-insolvent", "Suivi!B2")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "LJ Conseil", "RJ Transports", "Martin - RJ Transports", "Martin (ex LJ Bois)", "R.J. Dupont",
        "Liquidation Store", "Sauvegarde du Patrimoine", "RJ", "Étude Petit, liquidateur",
    ],
)  # fmt: skip
def test_a_name_that_looks_so_is_a_name(tmp_path: Path, name: str) -> None:
    assert not is_insolvent(name)
    assert chased(ledger(tmp_path, (name, ""))) == ["F-1"]


def test_the_rows_typed_before_are_those_of_the_same_client(tmp_path: Path) -> None:
    found = ledger(tmp_path, ("Dupont SARL", ""), ("Dupont SARL (LJ)", ""), ("Dupont & Fils", ""))
    assert chased(found) == ["F-3"]
    assert [client.name for client in found.clients] == ["Dupont SARL", "Dupont & Fils"]


@pytest.mark.parametrize("header", ["Commentaire", "Statut"])
@pytest.mark.parametrize("remark", ["Liquidation judiciaire", "LJ", "En redressement judiciaire"])
def test_a_remark_on_one_invoice_holds_all_of_the_client(tmp_path: Path, header: str, remark: str) -> None:
    assert chased(ledger(tmp_path, ("Dupont", ""), ("Dupont", remark), ("Martin", ""), header=header)) == ["F-3"]


@pytest.mark.parametrize("remark", ["Dépôt de bilan", "créance déclarée au mandataire judiciaire", "surendettement"])
def test_a_comment_about_it_holds_its_invoice(tmp_path: Path, remark: str) -> None:
    assert chased(ledger(tmp_path, ("Dupont", remark), ("Martin", "")))[-1:] == ["F-2"]


@pytest.mark.parametrize(
    ("header", "remark", "held"),
    [
        ("Observations", "Liquidation judiciaire du 3/10/2026", True),
        ("Statut", "Bloqué", True),
        ("Observations", "ne pas relancer", True),
        ("Observations", "litige réglé", False),
        ("Observations", "bon payeur", False),
        ("Statut", "Actif", False),
    ],
)
def test_what_the_clients_sheet_remarks_holds_the_client(tmp_path: Path, header: str, remark: str, held: bool) -> None:
    sheet = [["Client", "E-mail", header], ["Dupont", "d@d.example", remark]]
    found = ledger(tmp_path, ("Dupont", ""), Clients=sheet)
    assert chased(found) == ([] if held else ["F-1"])
    notes = [str(told.where) for told in found.problems if told.code in {"client-note", "client-insolvent"}]
    assert notes == (["Clients!C2"] if held else [])


def test_a_hold_that_ends_does_not_outlive_the_proceedings(tmp_path: Path) -> None:
    sheet = [["Client", "E-mail", "Ne pas relancer avant le"], ["Dupont", "d@d.example", date(2026, 4, 1)]]
    found = ledger(tmp_path, ("Dupont (LJ)", ""), Clients=sheet)
    assert chased(found) == []

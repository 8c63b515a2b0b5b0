"""Workbooks as small firms really keep them, read as a careful person would: one test per wrong chase once seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from conftest import Run
from relance.domain.model import Ledger
from relance.workbook.reading.rows import read_ledger
from sheets import HEADERS, Rows, make

ISSUED, DUE = date(2026, 8, 1), date(2026, 9, 1)


def read(tmp_path: Path, rows: Rows, **others: Rows) -> Ledger:
    return read_ledger(make(tmp_path / "s.xlsx", rows, **others))


def codes(ledger: Ledger) -> list[str]:
    """The problems of the rows set aside and of the sheet, missing columns apart."""
    rows = [problem.code for row in ledger.set_aside for problem in row.problems]
    return rows + [problem.code for problem in ledger.problems if not problem.code.startswith("no-")]


# --- comments -----------------------------------------------------------------------------------------------------


def commented(tmp_path: Path, comment: str, header: str = "Commentaires", **more: Any) -> Ledger:
    return read(tmp_path, [(*HEADERS, header, *more), ("F-1", "A", ISSUED, DUE, 1000, comment, *more.values())])


@pytest.mark.parametrize(
    "comment",
    [
        "litige", "LITIGE en cours", "accord échéancier 3 x", "payé le 12/10", "Réglé par virement 3/11", "payé",
        "client en RJ", "avoir en cours", "chèque reçu 15/11", "dossier huissier", "facture en double, à annuler",
        "in dispute", "already paid", "promesse virement fin du mois",
    ],
)  # fmt: skip
def test_a_comment_that_may_say_not_to_chase_holds_and_is_told(tmp_path: Path, comment: str) -> None:
    ledger = commented(tmp_path, comment)
    (invoice,) = ledger.invoices
    assert invoice.hold is not None
    assert (invoice.hold.until, invoice.open) == (None, 1000)
    assert [str(problem.where) for problem in ledger.problems if problem.code == "comment-doubt"] == ["Suivi!F2"]


@pytest.mark.parametrize(
    "comment", ["pas de litige", "litige réglé", "voir avec Paul", "pas encore payée", "paye à 60 j"]
)
def test_other_comments_hold_nothing(tmp_path: Path, comment: str) -> None:
    ledger = commented(tmp_path, comment)
    assert (ledger.invoices[0].hold, codes(ledger)) == (None, [])


def test_a_promise_in_a_comment_holds_until_its_day(tmp_path: Path) -> None:
    (invoice,) = commented(tmp_path, "Sera payé le 30/11/2026").invoices
    assert invoice.hold is not None
    assert invoice.hold.until == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("comment", "header", "more"),
    [
        ("500 € payé le 05/10", "Commentaires", {"Montant réglé": 500}),
        ("Promis par téléphone", "Commentaires", {"Promesse": date(2026, 11, 16)}),
        ("Honoraires litige Martin", "Libellé", {}),
    ],
)
def test_a_comment_says_nothing_new_beside_what_the_row_tells(
    tmp_path: Path, comment: str, header: str, more: dict[str, Any]
) -> None:
    assert commented(tmp_path, comment, header, **more).invoices[0].hold is None


def test_a_comment_about_lawyers_says_nothing_new_after_the_formal_notice(tmp_path: Path) -> None:
    more = {"Statut": "Mise en demeure"}
    assert commented(tmp_path, "Remis à l’huissier", **more).invoices[0].hold is None
    assert commented(tmp_path, "Remis à l’huissier", Statut="Relancée 1").invoices[0].hold is not None


# --- numbers, names, types ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["?", "-", "à facturer", "en attente", "n/c"])
def test_what_stands_for_a_number_is_none(tmp_path: Path, number: str) -> None:
    ledger = read(tmp_path, [HEADERS, (number, "A", ISSUED, DUE, 500), ("F-1", "A", ISSUED, DUE, 500)])
    assert ([invoice.number for invoice in ledger.invoices], codes(ledger)) == (["F-1"], ["number-missing"])


@pytest.mark.parametrize("name", ['"', "idem", "- // -"])
def test_a_mark_that_repeats_the_client_above_names_none(tmp_path: Path, name: str) -> None:
    ledger = read(tmp_path, [HEADERS, ("F-1", "A", ISSUED, DUE, 500), ("F-2", name, ISSUED, DUE, 500)])
    assert ([invoice.number for invoice in ledger.invoices], codes(ledger)) == (["F-1"], ["client-missing"])


def test_a_type_that_names_the_invoice_it_credits_reduces_it(tmp_path: Path) -> None:
    rows = [("F-2", "B", ISSUED, DUE, 1000, "Facture d'acompte n° 2"), ("X-2", "B", ISSUED, "", 1000, "Avoir sur F-2")]
    (invoice,) = read(tmp_path, [(*HEADERS, "Type"), *rows]).invoices
    assert (invoice.number, invoice.open) == ("F-2", 0)


def test_a_positive_row_whose_number_says_credit_note_is_one(tmp_path: Path) -> None:
    rows = [("AVOIR 12", "B", ISSUED, DUE, 200), ("F-2", "B", ISSUED, DUE, 1000)]
    ledger = read(tmp_path, [HEADERS, *rows])
    assert [invoice.number for invoice in ledger.invoices] == ["F-2"]
    assert [(credit.number, credit.total) for credit in ledger.credits] == [("AVOIR 12", -200)]


# --- where the table ends -----------------------------------------------------------------------------------------


def test_the_invoices_of_a_supplier_below_are_not_ours(tmp_path: Path) -> None:
    below = [("Fournisseurs",), ("N° facture", "Fournisseur", *HEADERS[2:]), ("X-1", "EDF", ISSUED, DUE, 5000)]
    ledger = read(tmp_path, [HEADERS, ("F-1", "A", ISSUED, DUE, 500), (), *below])
    assert [invoice.number for invoice in ledger.invoices] == ["F-1"]
    assert [str(p.where) for p in ledger.problems if p.code == "other-table-below"] == ["Suivi!5"]


def test_a_header_repeated_in_other_words_goes_on(tmp_path: Path) -> None:
    again = ("Facture n°", "Client", "Date facture", "Échéance", "Total TTC")
    rows = [HEADERS, ("F-1", "A", ISSUED, DUE, 500), again, ("F-2", "A", ISSUED, DUE, 500)]
    ledger = read(tmp_path, rows)
    assert ([invoice.number for invoice in ledger.invoices], codes(ledger)) == (["F-1", "F-2"], [])


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("column", [0, 1])
def test_a_title_between_rows_tells_their_status(tmp_path: Path, column: int, *, again: bool) -> None:
    blank = ("",) * column
    rows = [
        HEADERS, ("F-1", "A", ISSUED, DUE, 100), (*blank, "Factures payées"), *([HEADERS] if again else []),
        ("F-2", "A", ISSUED, DUE, 200), (*blank, "Mars"), ("F-3", "A", ISSUED, DUE, 300),
        (*blank, "EN COURS"), ("F-4", "A", ISSUED, DUE, 400),
    ]  # fmt: skip
    ledger = read(tmp_path, rows)
    assert {invoice.number: invoice.open for invoice in ledger.invoices} == {"F-1": 100, "F-2": 0, "F-3": 0, "F-4": 400}
    assert codes(ledger) == ["title-read"]


def test_a_status_alone_in_its_row_is_no_title(tmp_path: Path) -> None:
    rows = [(*HEADERS, "Statut"), ("", "", "", "", "", "Payée"), ("F-1", "A", ISSUED, DUE, 100, "")]
    assert read(tmp_path, rows).invoices[0].open == 100


@pytest.mark.parametrize(("cell", "held"), [("non", True), ("N", True), ("oui", False), ("x", False), ("", False)])
@pytest.mark.parametrize("header", ["À relancer", "Relancer (oui/non)"])
def test_not_to_be_chased_is_a_hold(tmp_path: Path, header: str, cell: str, *, held: bool) -> None:
    ledger = read(tmp_path, [(*HEADERS, header, "Ne pas relancer"), ("F-1", "A", ISSUED, DUE, 500, cell, "non")])
    assert (ledger.invoices[0].hold is not None, codes(ledger)) == (held, [])


# --- acts ---------------------------------------------------------------------------------------------------------


def test_adopt_is_not_named_for_a_column_it_does_not_add(tmp_path: Path, run: Callable[..., Run]) -> None:
    headers = ("N° facture", "Client", "Date facture", "Montant TTC")
    path = make(tmp_path / "s.xlsx", [headers, ("F-1", "A", ISSUED, 500)])
    typed = ("add", "--client", "B", "--number", "F-2", "--date", "2026-08-01", "--due", "2026-09-01", "--amount", "5")
    out = run(*typed, "-w", str(path), "--today", "2026-11-20", "--dry-run")
    assert "échéance" in out.out + out.err
    assert "adopt" not in out.out + out.err


def test_an_inexact_undo_of_adopt_takes_the_widths_back(tmp_path: Path, run: Callable[..., Run]) -> None:
    path = make(tmp_path / "s.xlsx", [HEADERS, ("F-1", "A", ISSUED, DUE, 500)])
    book = openpyxl.load_workbook(path)
    book["Suivi"].column_dimensions["E"].width = 20
    book.save(path)
    widths = set(book["Suivi"].column_dimensions)
    where = ("-w", str(path), "--yes", "--today", "2026-11-20")
    assert run("adopt", *where).code == 0
    book = openpyxl.load_workbook(path)
    assert "F" in book["Suivi"].column_dimensions
    book["Suivi"]["B3"] = "a colleague"
    book.save(path)
    assert run("undo", *where).code == 0
    assert set(openpyxl.load_workbook(path)["Suivi"].column_dimensions) == widths


# --- the clients sheet --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        [("Client", "Contact", ""), ("Nom", "E-mail", "Téléphone")],
        [("Client", "", "Coordonnées"), ("Code", "Nom", "Courriel"), ],
        [("Clients 2026",), ("Client", "Adresse", "Adresse"), ("", "e-mail", "postale")],
    ],
)  # fmt: skip
def test_a_header_over_two_rows_on_the_clients_sheet(tmp_path: Path, lines: Rows) -> None:
    header = lines[-1]
    row = {"Nom": "Dupont", "Code": "C1", "": "Dupont"}
    listed = [row.get(cell, "a@b.fr" if "mail" in cell.lower() or cell == "Courriel" else "x") for cell in header]
    ledger = read(tmp_path, [HEADERS, ("F-1", "Dupont", ISSUED, DUE, 500)], Clients=[*lines, listed])
    assert (ledger.clients_sheet, ledger.invoices[0].client.email) == ("Clients", "a@b.fr")


def test_the_texts_of_the_first_client_are_no_second_header_line(tmp_path: Path) -> None:
    listed = [("Client", "Contact", "Mail"), ("Dupont", "Direction", "a@b.fr"), ("Martin", "Compta", "c@d.fr")]
    ledger = read(tmp_path, [HEADERS, ("F-1", "Dupont", ISSUED, DUE, 500)], Clients=listed)
    assert ledger.invoices[0].client.email == "a@b.fr"


# --- payments that no role takes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Paiement 1", 400), ("Acompte 2", 300), ("Date de règlement 2", date(2026, 9, 3)), ("Lettrage", "AA"),
        ("Factor", "oui"), ("Rapproché", "x"), ("Net à payer", 900),
    ],
)  # fmt: skip
def test_a_payment_in_a_column_that_is_not_read_stops_its_row(tmp_path: Path, header: str, cell: Any) -> None:
    known = ("Acompte", "Date de règlement") if header[-1] == "2" else ("Acompte", "Payé")
    rows = [(*HEADERS, *known, header), ("F-1", "A", ISSUED, DUE, 1000, "", "", cell)]
    ledger = read(tmp_path, [*rows, ("F-2", "A", ISSUED, DUE, 1000, "", "", "")])
    assert [invoice.number for invoice in ledger.invoices] == ["F-2"]
    assert [str(row.problems[0].where) for row in ledger.set_aside] == ["Suivi!H2"]


def test_an_amount_to_pay_that_the_row_explains_stops_nothing(tmp_path: Path) -> None:
    rows = [(*HEADERS, "Acompte", "Net à payer"), ("F-1", "A", ISSUED, DUE, 1000, 300, 700)]
    assert read(tmp_path, rows).invoices[0].open == 700


@pytest.mark.parametrize("cells", [("x", ""), (True, False), ("O", "N"), (1, 0)])
@pytest.mark.parametrize("header", ["Payé", "Payée O/N"])
def test_a_tick_in_the_column_paid_is_a_payment(tmp_path: Path, header: str, cells: tuple[Any, Any]) -> None:
    rows = [(f"F-{place}", "A", ISSUED, DUE, 500, cell) for place, cell in enumerate(cells)]
    ledger = read(tmp_path, [(*HEADERS, header), *rows])
    assert ([invoice.open for invoice in ledger.invoices], codes(ledger)) == ([0, 500], [])


@pytest.mark.parametrize("number", ["F-2 ANNULÉE", "F-2 (annulée)", "F-2 AVOIR", "F-2 payée"])
def test_a_number_that_says_more_is_set_aside(tmp_path: Path, number: str) -> None:
    ledger = read(tmp_path, [HEADERS, (number, "A", ISSUED, DUE, 500), ("F-3 bis", "A", ISSUED, DUE, 500)])
    assert ([invoice.number for invoice in ledger.invoices], codes(ledger)) == (["F-3 bis"], ["number-doubt"])


def test_a_clients_name_that_says_not_to_chase_holds_it(tmp_path: Path) -> None:
    (invoice,) = read(tmp_path, [HEADERS, ("F-1", "Martin - NE PAS RELANCER", ISSUED, DUE, 500)]).invoices
    assert invoice.client.hold is not None


@pytest.mark.parametrize(
    ("word", "state"),
    [("Accord échéancier", "on_hold"), ("attente avoir", "on_hold"), ("RJ", "handed_over"), ("doublon", "cancelled"),
     ("chq reçu", "paid")],
)  # fmt: skip
def test_words_of_small_firms(tmp_path: Path, word: str, state: str) -> None:
    rows = [(*HEADERS, "Statut"), ("F-1", "A", ISSUED, DUE, 500, word)]
    status = read(tmp_path, rows).invoices[0].status
    assert status is not None
    assert status.state == state

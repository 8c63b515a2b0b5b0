"""The tracking table is found wherever it stands, whatever its headers are called and whatever their order."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.domain.model import Ledger
from relance.errors import ConfigError, WorkbookError
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.read import open_sheets
from relance.workbook.reading.roles import ROLES, Mapping
from relance.workbook.reading.rows import read_ledger
from relance.workbook.reading.table import Table, find_table
from relance.workbook.reading.words import load_words, parse_status
from sheets import HEADERS, ROW, Rows, make, make_sheets

FRENCH = {
    "client": ["Client", "Nom du client", "Raison sociale", "Société", "Tiers", "Nom"],
    "number": ["N° facture", "Numéro de facture", "Facture n°", "Réf. facture", "N°", "Facture"],
    "issued": ["Date facture", "Date d’émission", "Date de facturation", "Date"],
    "due": ["Échéance", "Date d'échéance", "Date limite de paiement", "Payable le"],
    "total": ["Montant TTC", "Total T.T.C.", "Montant (€)", "Net à payer", "Total"],
    "deposit": ["Acompte", "Acompte versé", "Avance"],
    "paid": ["Montant réglé", "Réglé", "Payé", "Encaissé"],
    "reminder_count": ["Nb relances", "Nombre de relances", "N° relance", "Relances"],
    "status": ["Statut", "État du paiement", "Etat"],
    "email": ["E-mail", "Adresse mail", "Courriel"],
}
ENGLISH = {
    "client": ["Customer", "Customer name", "Account", "Bill to"],
    "number": ["Invoice number", "Invoice #", "Inv. no", "Document number"],
    "issued": ["Invoice date", "Issue date", "Date"],
    "due": ["Due date", "Due", "Payment due"],
    "total": ["Amount", "Total (EUR)", "Invoice amount", "Grand total"],
    "deposit": ["Deposit", "Advance", "Prepaid"],
    "paid": ["Amount paid", "Paid", "Paid to date"],
    "reminder_count": ["Reminders sent", "Dunning level"],
    "status": ["Status", "Payment status", "State"],
    "email": ["Email", "E-mail address"],
}
VALUES: dict[str, list[Any]] = {
    "client": ["Dupont", "Martin", "Élan"],
    "number": ["F-1", "F-2", "F-3"],
    "issued": [date(2026, 3, 1), date(2026, 3, 20), date(2026, 4, 2)],
    "due": [date(2026, 3, 31), date(2026, 4, 19), date(2026, 5, 2)],
    "total": [1000, 250.5, 33.33],
    "deposit": [100, "", ""],
    "paid": [200, 250.5, ""],
    "reminder_count": [1, "", 2],
    "status": ["Envoyée", "Payée", "Relancée 2"],
    "email": ["a@dupont.example", "b@martin.example", ""],
}
TITLES: list[list[Any]] = [[], ["Suivi des factures 2026"], ["Mis à jour le", date(2026, 11, 1)], ["Total", 12.5]]


def table(path: Path, mapping: Mapping | None = None) -> Table:
    return find_table(open_sheets(path), mapping or Mapping())


def roles(path: Path, mapping: Mapping | None = None) -> dict[str, str]:
    return {column.role: column.letters for column in table(path, mapping).columns}


def essence(ledger: Ledger) -> list[tuple[Any, ...]]:
    """What a ledger says, without where it says it."""
    assert ledger.set_aside == ()
    return [
        (i.number, i.client.name, i.client.email, i.issued, i.due, i.total, i.deposit, i.payments, i.count, i.status)
        for i in ledger.invoices
    ]


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_place_and_language_of_the_columns_do_not_matter(tmp_path: Path, data: st.DataObject) -> None:
    spellings = data.draw(st.sampled_from([FRENCH, ENGLISH]))
    order = data.draw(st.permutations(list(VALUES)))
    headers = [data.draw(st.sampled_from(spellings[role])) for role in order]
    margin = [""] * data.draw(st.integers(0, 2))
    titles: list[list[Any]] = data.draw(st.lists(st.sampled_from(TITLES), max_size=5))
    rows: list[list[Any]] = [*titles, [*margin, *headers]]
    rows += [[*margin, *(VALUES[role][place] for role in order)] for place in range(3)]
    columns = [[FRENCH[role][0], *cells] for role, cells in VALUES.items()]
    plain: Rows = list(zip(*columns, strict=True))
    found = read_ledger(make(tmp_path / "any.xlsx", rows))
    assert essence(found) == essence(read_ledger(make(tmp_path / "plain.xlsx", plain)))


def _grouped(amount: Decimal, blank: str) -> str:
    return f"{amount:,.2f}".replace(",", blank).replace(".", ",")


@given(
    cents=st.integers(1, 10**9),
    day=st.dates(date(2000, 1, 1), date(2099, 12, 30)),  # its due date is the day after
    blank=st.sampled_from([" ", "\u00a0", "\u202f", ""]),
    pattern=st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_amounts_and_dates_typed_as_text_or_as_numbers_are_the_same(
    tmp_path: Path, cents: int, day: date, blank: str, pattern: str
) -> None:
    amount = Decimal(cents) / 100
    due = day + timedelta(days=1)
    typed = ["F-1", "Dupont", day.strftime(pattern), due.strftime(pattern), _grouped(amount, blank)]
    real = ["F-1", "Dupont", day, due, float(amount)]
    both = [read_ledger(make(tmp_path / "s.xlsx", [HEADERS, row])) for row in (typed, real)]
    assert essence(both[0]) == essence(both[1])
    assert both[0].invoices[0].total == amount
    assert both[0].invoices[0].issued == day


def test_every_spelling_of_every_role_is_unambiguous_and_every_role_has_one() -> None:
    assert {meaning(text).sure for text in ("Montant TTC", "Reste dû", "Nb relances", "Promesse")} == {
        "total", "balance", "reminder_count", "promise",
    }  # fmt: skip
    words = load_words()
    for word, state in words.states.items():
        found = parse_status(word)
        assert found is not None
        assert found.state is state, word


@pytest.mark.parametrize(
    ("header", "cells", "role"),
    [
        ("Payé", [500, 1000], "paid"), ("Payé", ["oui", "non"], "status"), ("Payé", [date(2026, 4, 1), ""], "paid_on"),
        ("Solde", [500, 1000], "balance"), ("Relances", [1, 2], "reminder_count"),
        ("Relances", [date(2026, 4, 1), "15/04/2026"], "reminder_dates"), ("Paid", ["yes", "no"], "status"),
        ("Relance", ["Relancée 1", "oui"], "status"),
    ],
)  # fmt: skip
def test_one_word_two_things_the_values_decide(tmp_path: Path, header: str, cells: list[Any], role: str) -> None:
    rows = [[*HEADERS, header], *([*ROW, cell] for cell in cells)]
    assert roles(make(tmp_path / "s.xlsx", rows))[role] == "F"


def test_including_tax_is_preferred(tmp_path: Path) -> None:
    header = ["N° facture", "Client", "Date", "Échéance", "Total HT", "TVA", "Total", "Montant TTC"]
    rows: Rows = [header, [*ROW, 200, 5, 1200]]
    assert roles(make(tmp_path / "s.xlsx", rows))["total"] == "H"
    rows = [["N° facture", "Client", "Date", "Échéance", "Total HT", "TVA", "Total"], [*ROW, 200, 1200]]
    assert roles(make(tmp_path / "t.xlsx", rows))["total"] == "G"


def test_a_vat_rate_is_not_a_vat_amount(tmp_path: Path) -> None:
    rows = [["N° facture", "Client", "Date", "Échéance", "Total HT", "TVA"], [*ROW, 0.2], [*ROW, 20]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [row.problems[0].code for row in ledger.set_aside] == ["amount-excl-tax-only"] * 2


def test_a_due_column_holding_terms_is_read_as_terms(tmp_path: Path) -> None:
    rows = [HEADERS, [*ROW[:3], "30 jours", 10], [*ROW[:3], "45 jours fin de mois", 10]]
    path = make(tmp_path / "s.xlsx", rows)
    assert roles(path)["terms"] == "D"
    assert [found.due for found in read_ledger(path).invoices] == [date(2026, 3, 31), date(2026, 4, 30)]


def test_an_unreadable_due_column_is_not_overlooked(tmp_path: Path) -> None:
    rows = [HEADERS, [*ROW[:3], 46000, 10], [*ROW[:3], 46001, 10]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert ledger.invoices == ()
    assert {row.problems[0].code for row in ledger.set_aside} == {"date-unreadable"}


def test_of_two_client_columns_the_one_with_codes_is_the_code(tmp_path: Path) -> None:
    rows = [["Client", "Nom du client", "N° facture", "Date", "Échéance", "Total"], ["C01", "Dupont", "F-1", *ROW[2:]]]
    found = roles(make(tmp_path / "s.xlsx", rows))
    assert (found["client"], found["client_code"]) == ("B", "A")


def test_the_tracker_among_other_sheets(tmp_path: Path) -> None:
    sheets = {
        "Accueil": [["Bienvenue"]],
        "Clients": [["Client", "E-mail"], ["Dupont", "a@dupont.example"]],
        "Synthèse": [["Client", "Total"], ["Dupont", 1000]],
        "Règlements": [["Client", "N° facture", "Date", "Montant"], ["Dupont", "F-1", date(2026, 4, 1), 10]],
        "Suivi 2026": [["Titre"], [], [*HEADERS, "Statut"], [*ROW, "Envoyée"]],
    }
    found = table(make_sheets(tmp_path / "s.xlsx", sheets))
    assert (found.sheet, found.header_row) == ("Suivi 2026", 3)
    assert found.problems == ()


def test_a_second_tracker_is_told(tmp_path: Path) -> None:
    sheets = {"2025": [HEADERS, ROW], "2026": [HEADERS, ROW, ROW]}
    path = make_sheets(tmp_path / "s.xlsx", sheets)
    found = table(path)
    assert found.sheet == "2026"
    assert found.others == ("2025",)
    assert table(path, Mapping(sheet="2025")).sheet == "2025"


def test_an_excel_table_says_where_it_ends(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "s.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Suivi")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.add_table(2, 1, 5, 5, {"columns": [{"header": header} for header in HEADERS], "total_row": True})
    for top in (3, 4):
        for left, cell in enumerate(ROW, start=1):
            if isinstance(cell, date):
                sheet.write_datetime(top, left, cell, day)
            else:
                sheet.write(top, left, cell)
    sheet.write(5, 5, 2000)
    sheet.write(7, 1, "F-999")
    sheet.write(7, 5, 12)
    book.close()
    ledger = read_ledger(path)
    assert len(ledger.invoices) == 2
    assert ledger.set_aside == ()
    (problem,) = [problem for problem in ledger.problems if problem.code == "row-below-table"]
    assert str(problem.where) == "Suivi!8"


def test_the_configuration_wins(tmp_path: Path) -> None:
    rows = [["A", "B", "C", "D", "Prix convenu", "Montant TTC"], [*ROW, 5]]
    path = make(tmp_path / "s.xlsx", rows)
    columns = {"number": "A", "client": "B", "issued": "C", "due": "d", "total": "prix convenu"}
    found = read_ledger(path, Mapping(columns=columns, header_row=1))
    assert found.invoices[0].total == 1000
    assert {column.role: column.source for column in found.columns}["total"] == "config"


def test_a_configured_column_that_is_not_there(tmp_path: Path) -> None:
    path = make(tmp_path / "s.xlsx", [HEADERS, ROW])
    with pytest.raises(ConfigError) as caught:
        read_ledger(path, Mapping(columns={"total": "Montnt TTC"}))
    assert caught.value.code == "column-not-found"
    assert "Montant TTC" in str(caught.value.remedy)


@pytest.mark.parametrize("key", ["sheet", "clients_sheet"])
def test_a_configured_sheet_that_is_not_there(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_ledger(make(tmp_path / "s.xlsx", [HEADERS, ROW]), Mapping(**{key: "Factures"}))
    assert caught.value.code == "sheet-not-found"
    assert "Suivi" in str(caught.value.remedy)


def test_no_table_says_what_is_missing_and_the_nearest_header(tmp_path: Path) -> None:
    rows = [["N° facture", "Client", "Echeanse", "Montant TTC"], ["F-1", "Dupont", "x", 10]]
    with pytest.raises(WorkbookError) as caught:
        read_ledger(make(tmp_path / "s.xlsx", rows))
    assert caught.value.code == "no-tracking-table"
    assert "due date" in str(caught.value)
    assert "Echeanse" in str(caught.value)


def test_one_sheet_per_invoice_is_no_tracker(tmp_path: Path) -> None:
    header = ["Désignation", "Quantité", "Prix unitaire", "Total"]
    rows = [["FACTURE"], header, ["Pose", 2, 50, 100], ["", "", "Total TTC", 120]]
    with pytest.raises(WorkbookError) as caught:
        read_ledger(make(tmp_path / "s.xlsx", rows))
    assert caught.value.code == "no-tracking-table"


def test_an_empty_tracker_is_one(tmp_path: Path) -> None:
    assert read_ledger(make(tmp_path / "s.xlsx", [HEADERS])).invoices == ()


def test_all_roles_have_a_name() -> None:
    assert all(str(name) for name in ROLES.values())


def test_columns_configured_by_letters_find_the_header_row_below_titles(tmp_path: Path) -> None:
    rows = [["Titre", "x"], [], ["A", "B", "C", "D", "E"], ROW]
    columns = {"number": "A", "client": "B", "issued": "C", "due": "D", "total": "E"}
    found = table(make(tmp_path / "s.xlsx", rows), Mapping(columns=columns))
    assert (found.header_row, found.last_row) == (3, 4)

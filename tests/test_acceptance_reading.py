"""What a workbook may hold that few do, read as its owner means it: one test per thing seen by trying."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from corpus.shared import absent
from relance.cli import main
from relance.domain.model import DueSource, Ledger
from relance.errors import UsageError
from relance.office.typed import typed_amount
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.rows import read_ledger, read_tracking
from sheets import HEADERS, Formula, make, without_values
from xlsb import Error, write_xlsb

UNDATED = ("N° facture", "Client", "Date facture", "Montant TTC")
ISSUED = date(2026, 2, 15)


def with_client(tmp_path: Path, header: str, cell: Any, *, due: bool = False) -> Ledger:
    """One invoice of Dupont, of whom the clients sheet says one more thing, and one of Martin."""
    head = HEADERS if due else UNDATED
    row = ("F-001", "Dupont", ISSUED, *(("",) if due else ()), 1000)
    listed = [["Client", header], ["Dupont", cell], ["Martin", ""]]
    rows = [head, row, ("F-002", "Martin", ISSUED, *((date(2026, 3, 31),) if due else ()), 500)]
    return read_ledger(make(tmp_path / "s.xlsx", rows, Clients=listed))


@pytest.mark.parametrize("due", [False, True])
@pytest.mark.parametrize(
    ("cell", "expected"),
    [("45 jours fin de mois", date(2026, 4, 30)), (60, date(2026, 4, 16)), ("à réception", ISSUED)],
)
def test_terms_on_the_clients_sheet_give_the_due_date(tmp_path: Path, cell: Any, expected: date, *, due: bool) -> None:
    dupont, martin = with_client(tmp_path, "Délai de paiement", cell, due=due).invoices
    assert (dupont.due, dupont.due_source, dupont.terms) == (expected, DueSource.TERMS, str(cell))
    assert martin.due_source is (DueSource.SHEET if due else DueSource.ASSUMED)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("30 jours ouvrés", "terms-unreadable"),
        (Formula("=1/0", "#N/A"), "cell-error"),
        (Formula("=A1"), "formula-without-value"),
    ],
)
def test_unreadable_terms_of_a_client_set_its_invoices_aside(tmp_path: Path, cell: Any, code: str) -> None:
    listed = [["Client", "Conditions de paiement"], ["Dupont", cell], ["Martin", "30 jours"]]
    rows = [UNDATED, ("F-001", "Dupont", ISSUED, 1000), ("F-002", "Martin", ISSUED, 500)]
    path = make(tmp_path / "s.xlsx", rows, Clients=listed)
    ledger = read_ledger(without_values(path) if code == "formula-without-value" else path)
    assert [(p.code, str(p.where)) for row in ledger.set_aside for p in row.problems] == [(code, "Clients!B2")]
    assert [invoice.due for invoice in ledger.invoices] == [date(2026, 3, 17)]


@pytest.mark.parametrize("cell", ["oui", "marchandise abîmée", 250.0, "250,00 €", -5.0, Formula("=1/0", "#REF!")])
def test_a_dispute_on_the_clients_sheet_contests_all_its_invoices(tmp_path: Path, cell: Any) -> None:
    dupont, martin = with_client(tmp_path, "Litige", cell).invoices
    assert dupont.dispute is not None
    assert dupont.dispute.amount is None
    assert martin.dispute is None


@pytest.mark.parametrize("cell", ["non", "", "-"])
def test_no_dispute_on_the_clients_sheet_contests_nothing(tmp_path: Path, cell: str) -> None:
    assert [invoice.dispute for invoice in with_client(tmp_path, "Litige", cell).invoices] == [None, None]


def test_a_dispute_that_cannot_be_read_is_told_at_its_cell(tmp_path: Path) -> None:
    ledger = with_client(tmp_path, "Litige", -5.0)
    (problem,) = [problem for problem in ledger.problems if problem.code == "dispute-unreadable"]
    assert str(problem.where) == "Clients!B2"


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345 €", "0.500", "beaucoup", "0", "-5"])
def test_an_amount_typed_alone_is_never_guessed(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed_amount(text)
    assert refused.value.code == "amount-not-understood"


@pytest.mark.parametrize(("text", "amount"), [("1.234,00", "1234"), ("1,234.50", "1234.5"), ("1 234", "1234")])
def test_an_amount_that_can_be_read_one_way_is_taken(text: str, amount: str) -> None:
    assert typed_amount(text) == Decimal(amount)


# --- headers over two rows ----------------------------------------------------------------------------------------

TRACKED = ("Dupont", "F-1", date(2026, 9, 1), date(2026, 10, 1), 1000, 200, "", 1, date(2026, 11, 2), "Relancée")
SETTLED = ("Martin", "F-2", date(2026, 9, 3), date(2026, 10, 3), 500, "", 500, "", "", "Payée")
MERGED = ["A3:A4", "B3:D3", "E3:G3", "H3:I3", "J3:J4"]
FRENCH = (
    ("Client", "Facture", "", "", "Montants", "", "", "Relances", "", "Statut"),
    ("", "N°", "Date", "Échéance", "TTC", "Acompte", "Réglé", "Nb", "Dates", ""),
)
ENGLISH = (
    ("Customer", "Invoice", "", "", "Amount", "", "", "Reminders", "", "Status"),
    ("", "Number", "Date", "Due date", "Total", "Deposit", "Paid", "Count", "Dates", ""),
)
WRAPPED = (
    ("Client", "N°", "Date", "Date", "Montant", "Acompte", "Montant", "Nb", "Dates", "Statut"),
    ("", "facture", "facture", "échéance", "TTC", "versé", "réglé", "relances", "relances", ""),
)
ALL_ROLES = {
    "client", "number", "issued", "due", "total", "deposit", "paid", "reminder_count", "reminder_dates", "status",
}  # fmt: skip


def two_lines(path: Path, lines: Sequence[Sequence[str]], merged: Sequence[str]) -> Path:
    import openpyxl

    make(path, [("Suivi des factures",), (), *lines, TRACKED, SETTLED])
    book = openpyxl.load_workbook(path)
    for cells in merged:
        book["Suivi"].merge_cells(cells)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("lines", "merged"),
    [(FRENCH, MERGED), (ENGLISH, MERGED), (FRENCH, ()), (WRAPPED, ())],
    ids=["merged", "english", "unmerged", "wrapped"],
)
def test_a_header_over_two_rows(tmp_path: Path, lines: Sequence[Sequence[str]], merged: Sequence[str]) -> None:
    reading = read_tracking(two_lines(tmp_path / "s.xlsx", lines, merged))
    assert {column.role for column in reading.table.columns} == ALL_ROLES
    assert reading.table.first_row == 5
    first, second = reading.ledger.invoices
    assert (first.number, first.open, first.due, first.reminders) == ("F-1", 800, TRACKED[3], (TRACKED[8],))
    assert (second.number, second.open) == ("F-2", 0)
    assert reading.ledger.set_aside == ()


def test_a_row_of_texts_under_a_header_is_data(tmp_path: Path) -> None:
    header = ("N° facture", "Client", "Échéance", "Montant TTC", "Statut")
    rows = [header, ("F-0", "Petit", "", "", "Annulée"), ("F-1", "Dupont", date(2026, 10, 1), 1000, "Émise")]
    reading = read_tracking(make(tmp_path / "s.xlsx", rows))
    assert (reading.table.header_row, [invoice.number for invoice in reading.ledger.invoices]) == (1, ["F-0", "F-1"])


@pytest.mark.parametrize("row", [3, 4])
def test_either_row_of_a_header_over_two_may_be_configured(tmp_path: Path, row: int) -> None:
    mapping = Mapping(header_row=row, columns={"number": "N° Facture"})
    reading = read_tracking(two_lines(tmp_path / "s.xlsx", FRENCH, MERGED), mapping)
    assert (reading.table.first_row, len(reading.ledger.invoices)) == (5, 2)


def test_an_act_and_its_undo_under_a_header_over_two_rows(tmp_path: Path) -> None:
    path = two_lines(tmp_path / "s.xlsx", FRENCH, MERGED)
    before = path.read_bytes()
    for command in (["paid", "F-1"], ["adopt"], ["undo"], ["undo"]):
        assert main([*command, "--yes", "-w", str(path), "--today", "2026-11-20", "--quiet"]) == 0
        if command[0] == "adopt":
            columns = {column.role: column.letters for column in read_tracking(path).table.columns}
            assert columns == {**columns, "surcharge": "K", "promise": "L"}
    assert path.read_bytes() == before


# --- formats that are read only -----------------------------------------------------------------------------------


def test_a_binary_workbook_is_read_and_never_written(tmp_path: Path) -> None:
    header = ("N° facture", "Client", "Date", "Échéance", "Montant TTC", "Acompte", "Statut")
    rows = [
        ("Suivi des factures",),
        (),
        header,
        ("F-1", "Dupont", date(2026, 9, 1), date(2026, 10, 1), 1234.5, 200, "Émise"),
        (151, "Noël", date(2026, 9, 15), date(2026, 9, 30), "1 650,00 €", "", "Payée"),
    ]
    path = write_xlsb(tmp_path / "suivi.xlsb", "Suivi", rows)
    before = path.read_bytes()
    first, second = read_ledger(path).invoices
    assert (first.number, first.due, first.open, first.where.row) == ("F-1", date(2026, 10, 1), Decimal("1034.5"), 4)
    assert (second.number, second.client.name, second.total, second.open) == ("151", "Noël", 1650, 0)
    assert main(["paid", "F-1", "--yes", "-w", str(path), "--today", "2026-11-20"]) == 3
    assert path.read_bytes() == before


WITH_ERROR = ("N° facture", "Client", "Échéance", "Montant TTC", "Acompte", "Statut")


def rows_with_error(shown: Any) -> list[tuple[Any, ...]]:
    """An invoice whose deposit shows an error, and one whose does not; two rows of title above."""
    first = ("F-1", "Dupont", date(2026, 10, 1), 1000, shown, "Émise")
    return [("Suivi",), (), WITH_ERROR, first, ("F-2", "Dupont", date(2026, 10, 1), 500, 100, "Émise")]


def only_the_error_is_told(ledger: Ledger) -> None:
    assert [(p.code, str(p.where), p.value) for row in ledger.set_aside for p in row.problems] == [
        ("cell-error", "Suivi!E4", "#DIV/0!")
    ]
    assert [(invoice.number, invoice.open) for invoice in ledger.invoices] == [("F-2", 400)]
    assert "errors-invisible" not in {problem.code for problem in ledger.problems}


@pytest.mark.parametrize("form", ["ods", "xls"])
def test_an_error_in_a_deposit_is_never_no_deposit_in_older_formats(tmp_path: Path, form: str) -> None:
    path = make(tmp_path / "s.xlsx", rows_with_error(Formula("=1/0", "#DIV/0!")))
    only_the_error_is_told(read_ledger(path))
    only_the_error_is_told(read_ledger(converted(path, form)))


def test_an_error_in_a_deposit_is_never_no_deposit_in_a_binary_workbook(tmp_path: Path) -> None:
    only_the_error_is_told(read_ledger(write_xlsb(tmp_path / "s.xlsb", "Suivi", rows_with_error(Error()))))


def test_where_nobody_can_look_for_errors_it_is_said(tmp_path: Path) -> None:
    path = write_xlsb(tmp_path / "s.xlsb", "Suivi", rows_with_error(Error()))
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    cut = members["xl/worksheets/sheet1.bin"] + b"\x03\x02\x00\x00"  # a record too short to say its column
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (members | {"xl/worksheets/sheet1.bin": cut}).items():
            archive.writestr(name, data)
    assert "errors-invisible" in {problem.code for problem in read_ledger(path).problems}


def test_a_formula_without_result_in_an_open_document_is_told(tmp_path: Path) -> None:
    path = converted(make(tmp_path / "s.xlsx", rows_with_error(Formula("=50+50", 100))), "ods")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    found = re.search(
        rb'(table:formula="of:=50\+50") office:value-type="[a-z]+" office:value="100"[^>]*>', members["content.xml"]
    )
    assert found
    members["content.xml"] = (
        members["content.xml"].replace(found[0], found[1] + b">").replace(b"<text:p>100</text:p>", b"", 1)
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    (row,) = read_ledger(path).set_aside
    assert [(problem.code, str(problem.where)) for problem in row.problems] == [("formula-without-value", "Suivi!E4")]


def converted(path: Path, form: str) -> Path:
    """The workbook as LibreOffice saves it in another format."""
    soffice = shutil.which("soffice")
    if not soffice:
        absent("LibreOffice")
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = [str(soffice), profile, "--headless", "--convert-to", form, "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path.with_suffix(f".{form}")


def test_a_language_that_is_not_known_is_told_at_its_cell(tmp_path: Path) -> None:
    ledger = with_client(tmp_path, "Langue", "klingon")
    (problem,) = [problem for problem in ledger.problems if problem.code == "language-unknown"]
    assert (str(problem.where), problem.value) == ("Clients!B2", "klingon")

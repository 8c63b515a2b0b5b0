"""A new workbook and its relance.toml: nothing to fix when fresh, read back exactly when filled, never in the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from conftest import Run, posix
from relance.config import Environment, load_config
from relance.errors import ConfigError, RelanceError, UsageError, WorkbookError, msg
from relance.options import OPTIONS
from relance.rulebook import load_policies
from relance.settings_file import FILE_NAME, split_key
from relance.workbook.reading.columns import find_columns
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.rows import read_ledger, read_tracking
from relance.workbook.reading.words import parse_kind, parse_language, parse_status
from relance.workbook.template import HEADER_ROW, create_workbook, write_configuration
from relance.workbook.xlsx.book import open_book
from relance.workbook.xlsx.newrow import Place, plan_row
from relance.workbook.xlsx.patch import apply_plan

LANGUAGES = ("fr", "en")
SHEETS = {"fr": ("Factures", "Clients", "Mode d’emploi"), "en": ("Invoices", "Clients", "How to")}
STATES = ("open", "reminded", "reminded", "partial", "disputed", "paid", "credit_note", "cancelled")
ROLES = (
    "number", "client", "issued", "due", "order", "total", "deposit", "paid", "paid_on", "balance", "surcharge",
    "reminder_count", "reminder_dates", "status", "promise", "comment",
)  # fmt: skip
PERSON = ("client", "contact", "email", "phone", "address", "language", "kind", "hold", "comment")
TYPED = (
    {"number": "F-001", "client": "Dupont SA", "issued": date(2026, 8, 3), "due": date(2026, 9, 2),
     "order": "0042", "total": 1200.5, "deposit": 200, "reminder_count": 2,
     "reminder_dates": "07/09/2026 ; 14/09/2026", "surcharge": 12.5},
    {"number": "151", "client": "Particulier Petit", "issued": date(2026, 10, 1), "due": date(2026, 10, 31),
     "total": 960, "paid": 100, "paid_on": date(2026, 11, 2), "promise": date(2026, 11, 30)},
)  # fmt: skip
STATUS = {"fr": ("Relancée", "Partiellement payée"), "en": ("Reminded", "Partially paid")}
PEOPLE = {
    "fr": (
        ("Dupont SA", "Mme Dupont", "compta@dupont.example", "01 99 00 12 34", "1 rue Haute", "Anglais", "Entreprise"),
        ("Particulier Petit", None, "petit@courriel.example", None, None, "Français", "Particulier", "oui"),
    ),
    "en": (
        ("Dupont SA", "Mme Dupont", "compta@dupont.example", "01 99 00 12 34", "1 rue Haute", "English", "Business"),
        ("Particulier Petit", None, "petit@courriel.example", None, None, "French", "Consumer", "yes"),
    ),
}
Program = Callable[..., Run]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fresh(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new workbook in a folder of its own, entered."""
    monkeypatch.chdir(tmp_path)
    create_workbook(tmp_path / "neuf.xlsx", language)
    return tmp_path / "neuf.xlsx"


def typed(path: Path, language: str) -> Path:
    """Two invoices and their clients typed in the first free rows, as a person would."""
    book = openpyxl.load_workbook(path)
    invoices, clients = book[SHEETS[language][0]], book[SHEETS[language][1]]
    for row, (cells, status) in enumerate(zip(TYPED, STATUS[language], strict=True), start=HEADER_ROW + 1):
        for role, value in {**cells, "status": status}.items():
            invoices.cell(row, ROLES.index(role) + 1).value = value
    for row, person in enumerate(PEOPLE[language], start=2):
        for column, value in enumerate(person, start=1):
            clients.cell(row, column).value = value
    book.save(path)
    return path


def test_there_is_nothing_to_fix_in_a_fresh_workbook(fresh: Path, language: str, run: Program) -> None:
    write_configuration(fresh.parent / FILE_NAME, language)
    check = run("check")
    assert (check.code, check.err) == (0, "")
    assert {"fr": "Rien à corriger.", "en": "Nothing to fix."}[language] in check.out
    assert json.loads(run("check", "--json").out)["problems"] == []
    status = run("status")
    assert status.code == 0
    wanted = {"fr": "Aucune facture encore, personne à relancer", "en": "No invoice yet, nobody to chase"}[language]
    assert wanted in status.out


def test_every_column_is_known_by_its_header(fresh: Path) -> None:
    table = read_tracking(fresh).table
    assert table.header_row == HEADER_ROW
    assert [column.role for column in sorted(table.columns, key=lambda column: column.index)] == list(ROLES)
    assert table.excel is not None
    headers = [str(cell.value) for cell in openpyxl.load_workbook(fresh)["Clients"][1]]
    people = sorted(find_columns(tuple(headers), (), Mapping()), key=lambda column: column.index)
    assert [column.role for column in people] == list(PERSON)


def test_two_invoices_typed_are_the_two_that_are_read(fresh: Path, language: str, run: Program) -> None:
    path = typed(fresh, language)
    write_configuration(fresh.parent / FILE_NAME, language)
    _is_as_typed(path, language)
    answer = json.loads(run("invoices", "--json", "--today", "2026-11-20").out)
    assert [(line["number"], line["open"]) for line in answer["data"]["invoices"]] == [
        ("F-001", "1000.50"), ("151", "860.00"),
    ]  # fmt: skip
    assert json.loads(run("check", "--json", "--today", "2026-11-03").out)["problems"] == []


def _is_as_typed(path: Path, language: str) -> None:
    ledger = read_ledger(path, Mapping(date_order="dmy"))
    assert ledger.set_aside == ledger.problems == ledger.credits == ()
    first, second = ledger.invoices
    assert (first.number, first.issued, first.due) == ("F-001", date(2026, 8, 3), date(2026, 9, 2))
    assert (first.total, first.deposit, first.surcharge) == (Decimal("1200.5"), 200, Decimal("12.5"))
    assert (first.order, first.count, first.reminders) == ("0042", 2, (date(2026, 9, 7), date(2026, 9, 14)))
    assert [(payment.amount, payment.on) for payment in second.payments] == [(100, date(2026, 11, 2))]
    assert (second.number, second.promise) == ("151", date(2026, 11, 30))
    dupont, petit = first.client, second.client
    assert (dupont.name, dupont.contact, dupont.email) == ("Dupont SA", "Mme Dupont", "compta@dupont.example")
    assert (dupont.phone, dupont.address, dupont.language) == ("01 99 00 12 34", "1 rue Haute", "en")
    assert (dupont.kind, petit.kind, petit.language) == ("business", "consumer", "fr")
    assert petit.hold is not None
    assert dupont.hold is None
    assert [status and status.word for status in (first.status, second.status)] == list(STATUS[language])


def test_libreoffice_computes_what_is_owed_and_changes_nothing(fresh: Path, language: str, tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        assert os.environ.get("RELANCE_CI") != "1", "LibreOffice is not installed"
        pytest.skip("LibreOffice is not here")
    path = typed(fresh, language)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(path)], check=True, capture_output=True, timeout=180
    )
    computed = tmp_path / "out" / path.name
    sheet = openpyxl.load_workbook(computed, data_only=True)[SHEETS[language][0]]
    assert [sheet.cell(HEADER_ROW + row, 10).value for row in (1, 2)] == [1000.5, 860]
    assert [sheet.cell(HEADER_ROW + row, 10).value or None for row in (3, 200)] == [None, None]
    today = date.today()  # noqa: DTZ011 - the sheet's own TODAY()
    late = [left for left, due in ((1000.5, date(2026, 9, 2)), (860, date(2026, 10, 31))) if due < today]
    assert (sheet["F3"].value, sheet["J3"].value) == (1860.5, sum(late))
    _is_as_typed(computed, language)


def test_it_is_made_as_a_careful_person_makes_one(fresh: Path, language: str) -> None:
    book = openpyxl.load_workbook(fresh)
    assert tuple(book.sheetnames) == SHEETS[language]
    sheet, clients = book[book.sheetnames[0]], book["Clients"]
    (table,), (people,) = sheet.tables.values(), clients.tables.values()
    assert (table.ref, table.autoFilter.ref, people.ref) == ("A5:P205", "A5:P205", "A1:I201")
    for place, column in enumerate(table.tableColumns, start=1):
        assert column.name == sheet.cell(HEADER_ROW, place).value
    calculated = {column.name: column.calculatedColumnFormula.attr_text for column in table.tableColumns
                  if column.calculatedColumnFormula}  # fmt: skip
    assert list(calculated) == [sheet["J5"].value]
    assert {sheet.cell(row, 10).value for row in range(6, 206)} == {"=" + calculated[sheet["J5"].value]}
    assert (sheet.freeze_panes, clients.freeze_panes) == ("C6", "B2")
    assert (sheet["D6"].number_format, sheet["O205"].number_format) == ("dd/mm/yyyy", "dd/mm/yyyy")
    assert {"€" in sheet.cell(206 - 1, column).number_format for column in (6, 7, 8, 10, 11)} == {True}
    assert [sheet.cell(6, column).number_format for column in (1, 5, 13)] == ["@", "@", "@"]
    assert all(sheet.column_dimensions[cell.column_letter].width >= 11 for cell in sheet[HEADER_ROW])
    areas = {str(area.sqref) for area in sheet.conditional_formatting}
    assert areas == {"A6:P205", "D6:D205", "J6:J205"}
    assert _rules(sheet)["B6:B205"].formula1 == "Clients!$A$2:$A$201"
    assert _rules(sheet)["B6:B205"].errorStyle == "warning"


def _rules(sheet: Worksheet) -> dict[str, openpyxl.worksheet.datavalidation.DataValidation]:
    return {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}


def test_every_word_offered_is_understood(fresh: Path) -> None:
    book = openpyxl.load_workbook(fresh)
    invoices, clients = _rules(book.worksheets[0]), _rules(book["Clients"])
    statuses = [parse_status(word) for word in _words(invoices["N6:N205"].formula1)]
    assert tuple(status.state.value for status in statuses if status) == STATES
    assert [parse_kind(word) for word in _words(clients["G2:G201"].formula1)] == ["business", "consumer", "public"]
    assert [parse_language(word) for word in _words(clients["F2:F201"].formula1)] == ["fr", "en"]


def _words(choices: str) -> list[str]:
    assert len(choices) <= 255 + 2  # Excel refuses a longer list
    return choices.strip('"').split(",")


def test_a_new_invoice_lands_on_the_first_row(fresh: Path, language: str) -> None:
    data, sheet = fresh.read_bytes(), SHEETS[language][0]
    values = {"A": "F-009", "B": "Neuf", "D": date(2026, 12, 1), "F": Decimal("50.25")}
    plan = plan_row(open_book(data), Place(sheet, HEADER_ROW, HEADER_ROW), values, msg("test"))
    assert plan.edits[0].cell == f"A{HEADER_ROW + 1}"
    fresh.write_bytes(apply_plan(data, plan))
    (invoice,) = read_ledger(fresh).invoices
    assert (invoice.number, invoice.due, invoice.total) == ("F-009", date(2026, 12, 1), Decimal("50.25"))
    assert openpyxl.load_workbook(fresh)[sheet].tables[sheet].ref == "A5:P205"


def test_init_makes_both_files_and_then_leaves_them_alone(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Program
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("--lang", language, "init").code == 0
    name = {"fr": "suivi_factures.xlsx", "en": "invoices.xlsx"}[language]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([name, FILE_NAME])
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    assert run("init", name).code == 2
    second = run("init", "second.xlsx")
    assert (second.code, (tmp_path / "second.xlsx").exists()) == (0, True)
    assert {file: file.read_bytes() for file in before} == before


@posix
@pytest.mark.parametrize("make", [create_workbook, write_configuration])
def test_what_is_there_is_never_replaced(make: Callable[[Path, str], None], tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"mine")
    (tmp_path / "b.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    (tmp_path / "c.xlsx").mkdir()
    before = sorted(tmp_path.iterdir())
    for name in ("a.xlsx", "b.xlsx", "c.xlsx"):
        assert _refusal(make, tmp_path / name) == (UsageError, "file-exists")
    assert (tmp_path / "a.xlsx").read_bytes() == b"mine"
    assert _refusal(make, tmp_path / "absent" / "d.xlsx") == (WorkbookError, "folder-absent")
    assert _refusal(make, tmp_path / "a.xlsx" / "d.xlsx") == (WorkbookError, "file-unwritable")
    assert _refusal(make, tmp_path / f"{'x' * 300}.xlsx") == (WorkbookError, "file-unwritable")
    assert sorted(tmp_path.iterdir()) == before


def _refusal(make: Callable[[Path, str], None], path: Path) -> tuple[type[RelanceError], str]:
    with pytest.raises(RelanceError) as caught:
        make(path, "fr")
    return type(caught.value), caught.value.code


def awake(path: Path) -> Path:
    """Every key of a new relance.toml made active."""
    path.write_text(re.sub(r"(?m)^#(?=[\[a-z])", "", path.read_text("utf-8")), "utf-8")
    return path


def test_a_new_configuration_settles_the_language_and_the_order_of_dates(language: str, tmp_path: Path) -> None:
    write_configuration(tmp_path / FILE_NAME, language)
    config = load_config(tmp_path, Environment())
    given = {setting.key: setting.value for setting in config.settings.values() if setting.origin != "default"}
    assert given == {"language": language, "workbook.date_order": "dmy", "policy": {}}


def test_it_knows_exactly_the_keys_there_are(language: str, tmp_path: Path) -> None:
    shared, own = tmp_path / FILE_NAME, tmp_path / "own" / FILE_NAME
    own.parent.mkdir()
    write_configuration(shared, language)
    write_configuration(own, language, own=True)
    config = load_config(awake(shared).parent, Environment(), awake(own).parent)
    given = [setting.key for setting in config.settings.values() if setting.origin in {"folder", "user"}]
    assert {_option(key) for key in given} == {option.key for option in OPTIONS}
    assert {"patiente", "patient"} & load_policies(config).named.keys()


def _option(key: str) -> str:
    """The option a dotted key sets."""
    parts = split_key(key)
    named = parts[0] in {"clients", "kinds", "invoices", "columns"}
    return ".".join([parts[0], "*", *parts[2:]] if named else parts)


def test_the_defaults_it_shows_are_the_defaults(language: str, tmp_path: Path) -> None:
    """Where the template shows a value of ours, uncommenting it changes nothing."""
    write_configuration(tmp_path / FILE_NAME, language)
    config = load_config(awake(tmp_path / FILE_NAME).parent, Environment())
    shown = ("company.form_of_address", "workbook.date_order", "workbook.currency", "workbook.terms_reading",
             "fees.imputation", "fees.single_rate", "fees.country", "report.buckets", "report.freshness_days",
             "letters.language")  # fmt: skip
    defaults = {option.key: option.default for option in OPTIONS}
    assert {key: config.get(key) for key in shown} == {key: defaults[key] for key in shown}
    shipped = load_policies(load_config(tmp_path / "none", Environment())).default
    assert load_policies(config).default == shipped


def test_every_key_awake_the_fresh_workbook_still_reads(fresh: Path, language: str, run: Program) -> None:
    """Sheets, headers and names in the template are those of the workbook it comes with."""
    fresh.rename({"fr": "suivi_factures.xlsx", "en": "invoices.xlsx"}[language])
    write_configuration(fresh.parent / FILE_NAME, language)
    awake(fresh.parent / FILE_NAME)
    status = run("status", "--quiet", "--today", "2026-11-20")
    assert (status.code, status.err) == (0, "")
    with pytest.raises(ConfigError):
        (fresh.parent / FILE_NAME).write_text("[compnay]\nname = 'x'\n", "utf-8")
        load_config(fresh.parent, Environment())

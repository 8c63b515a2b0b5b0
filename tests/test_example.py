"""The example workbook: made by its script, right in every formula, invented in every name, one case per line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from relance.dates import SendingCalendar, parse_date

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "suivi_factures.xlsx"
WRITER = "3.3.1"  # the XlsxWriter whose bytes the committed file holds
TODAY = date(2026, 11, 20)
DELAYS = (3, 10, 20, 30, 40, 55)
HOLIDAYS = SendingCalendar(
    fixed=((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)), easter=(1, 39, 50)
)
CASES = {
    "F-2026-008": ("stop", None, "cancelled"),
    "F-2026-012": ("stop", None, "ladder-done"),
    "F-2026-015": ("chase", 6, "ready"),
    "F-2026-016": ("stop", None, "last-reminder-unknown"),
    "F-2026-017": ("stop", None, "disputed"),
    "F-2026-018": ("chase", 5, "ready"),
    "F-2026-019": ("wait", 2, "on-hold"),
    "F-2026-020": ("wait", 3, "promise-pending"),
    "F-2026-021": ("chase", 4, "ready"),
    "F-2026-022": ("wait", 3, "spacing"),
    "F-2026-023": ("chase", 3, "ready"),
    "F-2026-024": ("chase", 3, "ready"),
    "F-2026-025": ("chase", 2, "ready"),
    "F-2026-026": ("chase", 2, "ready"),
    "F-2026-028": ("chase", 1, "ready"),
    "F-2026-029": ("chase", 1, "ready"),
    "F-2026-031": ("wait", 1, "client-gap"),
    "F-2026-032": ("wait", 1, "delay"),
    "F-2026-033": ("chase", 1, "ready"),
    **{f"F-2026-{number:03}": ("wait", 1, "not-due") for number in range(34, 39)},
}


class Row(NamedTuple):
    """A row of Factures as the cells hold it, dates as dates; `balance` is the cached value of the formula."""

    number: str
    client: str
    issued: Any
    due: Any
    order: Any
    total: Any
    deposit: Any
    paid: Any
    paid_on: Any
    balance: Any
    surcharge: Any
    count: Any
    reminders: Any
    status: str
    promise: Any
    comment: Any

    @property
    def contacts(self) -> list[date]:
        if isinstance(self.reminders, date):
            return [self.reminders]
        found = [parse_date(part) for part in (self.reminders or "").split(" ; ") if part]
        return [day for day in found if day]

    @property
    def left(self) -> float | None:
        """The balance, computed anew; None where the amount is not a number."""
        if self.status == "Annulée":
            return 0.0
        if not isinstance(self.total, int | float):
            return None
        return float(self.total) - (self.deposit or 0) - (self.paid or 0)

    @property
    def days_late(self) -> int | None:
        return (TODAY - self.due).days if isinstance(self.due, date) else None


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _rows(path: Path) -> list[Row]:
    sheet = openpyxl.load_workbook(path, data_only=True)["Factures"]
    rows = [Row(*map(_plain, cells)) for cells in sheet.iter_rows(min_row=6, max_col=16, values_only=True)]
    return [row for row in rows if row.number]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return _rows(EXAMPLE)


@pytest.fixture(scope="module")
def summary() -> dict[str, tuple[Any, ...]]:
    """The lines of Synthèse by their first cell (months by their first day)."""
    sheet = openpyxl.load_workbook(EXAMPLE, data_only=True)["Synthèse"]
    return {_plain(cells[0]): cells[1:4] for cells in sheet.iter_rows(max_col=4, values_only=True) if cells[0]}


def _make(folder: Path) -> Path:
    made = folder / "made.xlsx"
    subprocess.run([sys.executable, str(ROOT / "scripts" / "make_example.py"), str(made)], check=True)
    return made


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _cells(path: Path, *, data_only: bool) -> dict[str, Any]:
    book = openpyxl.load_workbook(path, data_only=data_only)
    return {f"{sheet.title}!{cell.coordinate}": cell.value for sheet in book for line in sheet for cell in line}


def test_the_script_makes_the_committed_workbook(tmp_path: Path) -> None:
    made = _make(tmp_path)
    for data_only in (True, False):
        assert _cells(made, data_only=data_only) == _cells(EXAMPLE, data_only=data_only)


def test_the_same_bytes_come_out_on_any_day(tmp_path: Path) -> None:
    import xlsxwriter

    if xlsxwriter.__version__ != WRITER:
        pytest.skip(f"the committed bytes are those of XlsxWriter {WRITER}, here is {xlsxwriter.__version__}")
    made = _make(tmp_path)
    assert _members(made) == _members(EXAMPLE)
    with zipfile.ZipFile(made) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    first = made.read_bytes()
    assert _make(tmp_path).read_bytes() == first


def test_the_balance_column_holds_what_its_formula_gives(rows: list[Row]) -> None:
    assert {row.number: row.balance or None for row in rows} == {row.number: row.left or None for row in rows}
    assert [row.number for row in rows if row.left is None] == ["F-2026-027"]


def _sum(values: Iterable[Any]) -> float:
    """As a spreadsheet sums: text and blanks count for nothing."""
    return sum(value for value in values if isinstance(value, int | float))


def test_the_ageing_holds_what_its_formulas_give(rows: list[Row], summary: dict[Any, tuple[Any, ...]]) -> None:
    buckets = {"Non échu": (-999, 0), "1 à 30 jours": (1, 30), "31 à 60 jours": (31, 60), "61 à 90 jours": (61, 90),
               "Plus de 90 jours": (91, 999)}  # fmt: skip
    for label, (low, high) in buckets.items():
        left = [row.left for row in rows if row.days_late is not None and low <= row.days_late <= high]
        assert summary[label][:2] == (_sum(left), sum(1 for value in left if value and value > 0))
    everything = _sum(row.left for row in rows)
    assert summary["Total"][:2] == (everything, sum(1 for row in rows if row.left and row.left > 0))
    assert summary["Échéance à vérifier"][0] == everything - sum(summary[label][0] for label in buckets)


def test_the_clients_and_months_hold_what_their_formulas_give(
    rows: list[Row], summary: dict[Any, tuple[Any, ...]]
) -> None:
    valid = [row for row in rows if row.status != "Annulée"]
    for client in {row.client for row in rows}:
        own = [row for row in rows if row.client == client]
        assert summary[client] == (
            _sum(row.total for row in own if row in valid),
            _sum(row.left for row in own),
            _sum(row.left for row in own if (row.days_late or 0) > 0),
        )
    months = [key for key in summary if isinstance(key, date)]
    assert len(months) == 12
    for month in months:
        issued = _sum(row.total for row in valid if row.issued.replace(day=1) == month)
        paid = _sum(row.paid for row in rows if row.paid_on and row.paid_on.replace(day=1) == month)
        assert summary[month][:2] == (issued, paid)


def test_libreoffice_computes_the_same_values(tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        assert os.environ.get("RELANCE_CI") != "1", "LibreOffice is not installed"
        pytest.skip("LibreOffice is not here")
    bare = tmp_path / "bare.xlsx"
    _without_cached_values(EXAMPLE, bare)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path / "out"), str(bare)], check=True, capture_output=True, timeout=180
    )
    cached, computed = _cells(EXAMPLE, data_only=True), _cells(tmp_path / "out" / "bare.xlsx", data_only=True)
    formulas = [place for place, value in _cells(EXAMPLE, data_only=False).items() if str(value).startswith("=")]
    assert len(formulas) > 100
    for place in formulas:
        expected = cached[place] or 0 if isinstance(cached[place], int | float) else cached[place] or None
        found = computed[place] or (0 if expected == 0 else None)
        assert found == (pytest.approx(expected, abs=0.001) if isinstance(expected, float) else expected), place


def _without_cached_values(source: Path, target: Path) -> None:
    """LibreOffice trusts cached values on loading; without them it must compute."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _members(source).items():
            if name.startswith("xl/worksheets/sheet"):
                bare, cut = re.subn(rb"(</f>)<v>[^<]*</v>", rb"\1", data)
                assert cut or b"<f>" not in data
                archive.writestr(name, bare)
            else:
                archive.writestr(name, data)


def test_it_is_kept_as_a_real_workbook_is() -> None:
    book = openpyxl.load_workbook(EXAMPLE)
    assert book.sheetnames == ["Factures", "Clients", "Synthèse"]
    sheet = book["Factures"]
    assert sheet["A1"].value == "Ateliers Roussel · Suivi des factures clients"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C6", "A5:P48")
    assert sheet["F6"].number_format.endswith('"€"')
    assert sheet["D6"].number_format == "dd/mm/yyyy"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert "Mise en demeure" in lists["N6:N500"]
    assert {str(area.sqref) for area in sheet.conditional_formatting} == {"A6:P500", "D6:D500", "J6:J500"}
    assert sum(name.startswith("xl/charts/chart") for name in _members(EXAMPLE)) == 2


def test_reminders_kept_to_the_policy(rows: list[Row]) -> None:
    by_client: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        contacts = row.contacts
        by_client[row.client] |= set(contacts)
        assert row.count is None or len(contacts) in {row.count, 0}, row.number
        for step, day in enumerate(contacts):
            assert HOLIDAYS.is_sending_day(day), (row.number, day)
            assert day >= row.due + timedelta(DELAYS[step]), (row.number, day)
            if step:
                assert (day - contacts[step - 1]).days >= DELAYS[step] - DELAYS[step - 1], (row.number, day)
        assert not (row.paid_on and contacts) or contacts[-1] < row.paid_on
    for client, days in by_client.items():
        ordered = sorted(days)
        assert all((later - day).days >= 7 for day, later in pairwise(ordered)), client


def test_every_line_shows_its_case(folder: Path, run: Callable[..., Any]) -> None:
    answer = json.loads(run("invoices", "--all", "--json", "--today", TODAY.isoformat()).out)
    decisions = {invoice["number"]: invoice["decision"] for invoice in answer["data"]["invoices"]}
    found = {number: (made["action"], made["step"], made["reason"]) for number, made in decisions.items()}
    assert {number: found.pop(number) for number in CASES} == CASES
    assert set(found.values()) == {("stop", None, "paid")}


def test_two_rows_are_to_be_fixed_and_the_credit_note_is_deducted(folder: Path, run: Callable[..., Any]) -> None:
    data = json.loads(run("status", "--json", "--today", TODAY.isoformat()).out)["data"]
    assert [(line["number"], line["where"]["cell"]) for line in data["to_fix"]] == [
        ("F-2026-027", "F37"), ("F-2026-030", "D40"),
    ]  # fmt: skip
    assert {line["step"] for line in data["chase"]} == {1, 2, 3, 4, 5, 6}
    assert next(line for line in data["chase"] if line["client"] == "SCI Les Trois Ormes")["open"] == "5940.00"
    assert next(line for line in data["chase"] if line["client"] == "Garage Poitevin")["channel"] == "call"


def test_the_english_client_is_written_to_in_english(folder: Path, run: Callable[..., Any]) -> None:
    run("remind", "--today", TODAY.isoformat())
    drafts = {path.name: path.read_text("utf-8") for path in (folder / "relance" / "drafts").rglob("*.eml")}
    english = [name for name, text in drafts.items() if "accounts@hartwell-dunne.example" in text]
    assert len(english) == 1
    assert "Content-Language: en" in drafts[english[0]] or "Dear" in drafts[english[0]]


def test_the_sums_of_the_sheet_are_those_of_relance(
    folder: Path, run: Callable[..., Any], summary: dict[Any, tuple[Any, ...]]
) -> None:
    """The firm's own figures count the row whose due date cannot be read; relance sets it apart."""
    totals = json.loads(run("status", "--json", "--today", TODAY.isoformat()).out)["data"]["totals"]
    unread = summary["Échéance à vérifier"][0]
    assert [total["open"] for total in totals] == [f"{Decimal(str(summary['Total'][0] - unread)):.2f}"]
    assert [total["not_due"] for total in totals] == [f"{summary['Non échu'][0]:.2f}"]


def _luhn(digits: str) -> bool:
    doubled = (int(figure) * (1 + place % 2) for place, figure in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def test_everybody_in_it_is_invented() -> None:
    company = tomllib.loads((EXAMPLE.parent / "relance.toml").read_text("utf-8"))["company"]
    assert _luhn(company["siret"])
    assert _luhn(company["siret"][:9])
    siren = int(company["siret"][:9])
    assert company["vat"] == f"FR{(12 + 3 * (siren % 97)) % 97:02}{siren}"
    iban = company["iban"]
    moved = "".join(str(int(figure, 36)) for figure in iban[4:] + iban[:4])
    assert int(moved) % 97 == 1
    assert iban[4:9] == "99999"  # no bank has this code
    clients = openpyxl.load_workbook(EXAMPLE)["Clients"].iter_rows(min_row=2, max_col=5, values_only=True)
    contacts = [(email, phone) for _, name, _, email, phone in clients if name]
    assert len(contacts) == 12
    assert [email for email, _ in contacts].count(None) == 1
    fiction = re.compile(r"(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d")
    for email, phone in [*contacts, (company["email"], company["phone"])]:
        assert email is None or str(email).endswith(".example")
        assert fiction.fullmatch(str(phone)), phone

"""What whoever writes in a workbook should hear of it, and what follows a column added: seen by trying."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from conftest import Run
from corpus.shared import recalculated
from recording import DAY, NAME, edits, sheet

LATE = date(2026, 10, 1)


def tracker(path: Path, *, formula: bool = True) -> Path:
    """A plain range with a width, borders, a filter, banded rows, a list of choices over the rows and a print area."""
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Suivi")
    day = book.add_format({"num_format": "dd/mm/yyyy", "border": 1})
    money = book.add_format({"num_format": "#,##0.00 €", "border": 1, "bg_color": "#EEEEEE"})
    page.write_row(3, 0, ["N° facture", "Client", "Échéance", "Montant TTC", "Reste dû"])
    for row in range(4, 9):
        page.write_row(row, 0, [f"F-{row}", "Dupont"])
        page.write_datetime(row, 2, LATE, day)
        page.write_number(row, 3, 100 * row, money)
        if formula:
            page.write_formula(row, 4, f"=D{row + 1}", money, 100 * row)
        else:
            page.write_number(row, 4, 100 * row, money)
    page.set_column(0, 4, 14)
    page.autofilter(3, 0, 8, 4)
    page.conditional_format(
        "A5:E9", {"type": "formula", "criteria": "=$D5>500", "format": book.add_format({"bold": 1})}
    )
    page.conditional_format("E5:E9", {"type": "cell", "criteria": ">", "value": 500, "format": day})
    page.print_area(0, 0, 8, 4)
    book.close()
    return path


def said(path: Path, member: str, change: Callable[[str], str]) -> Path:
    """The same workbook with one member changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    before = members[member].decode()
    members[member] = change(before).encode()
    assert members[member].decode() != before
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def member(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def remarks(done: Run) -> str:
    assert done.code == 0, done.err
    return " ".join(json.loads(done.out)["data"]["remarks"])


MANUAL = ("<calcPr ", '<calcPr calcMode="manual" ')
READ_ONLY = ("<workbookPr", '<fileSharing readOnlyRecommended="1"/><workbookPr')
RESERVED = ("<workbookPr", '<fileSharing userName="Marie" reservationPassword="CC1A"/><workbookPr')


@pytest.mark.parametrize(("change", "word"), [(MANUAL, "F9"), (READ_ONLY, "read-only"), (RESERVED, "write password")])
def test_what_the_workbook_says_of_itself_is_said(
    tmp_path: Path, run: Callable[..., Run], change: tuple[str, str], word: str
) -> None:
    path = tracker(tmp_path / "s.xlsx")
    command = ("adopt", "--dry-run", "--json", "--lang", "en", "-w", str(path), *DAY)
    assert word not in remarks(run(*command))
    said(path, "xl/workbook.xml", lambda xml: xml.replace(*change, 1))
    assert word in remarks(run(*command))


def test_manual_calculation_matters_only_where_something_calculates(tmp_path: Path, run: Callable[..., Run]) -> None:
    path = said(tracker(tmp_path / "s.xlsx", formula=False), "xl/workbook.xml", lambda xml: xml.replace(*MANUAL, 1))
    assert "F9" not in remarks(run("adopt", "--dry-run", "--json", "-w", str(path), *DAY))


def test_ranges_over_the_whole_table_follow_a_column(tmp_path: Path, run: Callable[..., Run]) -> None:
    path = tracker(tmp_path / "s.xlsx")
    before = path.read_bytes()
    done = run("adopt", "--add", "paid", "--yes", "--json", "-w", str(path), *DAY)
    assert list(edits(done)) == ["F4"]
    xml, workbook = member(path, "xl/worksheets/sheet1.xml"), member(path, "xl/workbook.xml")
    assert re.findall(r'<autoFilter ref="([^"]+)', xml) == ["A4:F9"]
    assert re.findall(r'conditionalFormatting sqref="([^"]+)', xml) == ["A5:F9", "E5:E9"]
    assert re.findall(r">Suivi!([^<]+)<", workbook) == ["$A$4:$F$9", "$A$1:$F$9"]
    assert load_workbook(path)["Suivi"].column_dimensions["F"].width == pytest.approx(17, abs=1)
    assert run("undo", "--yes", "-w", str(path), *DAY).code == 0
    assert path.read_bytes() == before


def test_a_column_taken_back_takes_its_ranges_back(tmp_path: Path, run: Callable[..., Run]) -> None:
    path = tracker(tmp_path / "s.xlsx")
    assert run("adopt", "--add", "paid", "--add", "promise", "--yes", "-w", str(path), *DAY).code == 0
    said(path, "docProps/core.xml", lambda xml: xml + "\n")  # a colleague saved it since
    assert run("undo", "--yes", "-w", str(path), *DAY).code == 0
    xml = member(path, "xl/worksheets/sheet1.xml")
    assert re.findall(r'<autoFilter ref="([^"]+)', xml) == ["A4:E9"]
    assert re.findall(r'conditionalFormatting sqref="([^"]+)', xml) == ["A5:E9", "E5:E9"]


def test_cells_of_a_new_column_look_like_their_neighbours(tmp_path: Path, run: Callable[..., Run]) -> None:
    path = tracker(tmp_path / "s.xlsx")
    for command in (("adopt", "--add", "reminder_count", "--add", "paid"), ("paid", "F-4", "150"),
                    ("sent", "F-5", "--by", "phone")):  # fmt: skip
        assert run(*command, "--yes", "-w", str(path), *DAY).code == 0
    page = load_workbook(path)["Suivi"]
    count, paid = page["F6"], page["G5"]
    assert (count.value, count.number_format, count.border.left.style) == (1, "General", "thin")
    assert (paid.value, paid.number_format, paid.fill.fgColor.rgb) == (150, "#,##0.00 €", "FFEEEEEE")
    (opened,) = recalculated([path], tmp_path)
    assert load_workbook(opened, data_only=True)["Suivi"]["G5"].value == 150


def test_late_fees_typed_among_the_payments_are_no_overpayment(tmp_path: Path, run: Callable[..., Run]) -> None:
    path = sheet(
        tmp_path,
        ["Facture", "Client", "Échéance", "Total TTC", "Montant réglé", "Reste dû"],
        ["A1", "Ferry", LATE, 1000, None, None],
        ["A2", "Ferry", LATE, 500, None, None],
    )
    where = ("-w", str(path), *DAY)
    assert run("paid", "A1", "56.99", "--fees", "--yes", *where).code == 0
    book = load_workbook(path)
    book["Factures"]["E2"], book["Factures"]["F2"] = 1056.99, -56.99
    book.save(path)
    told = {problem["code"] for problem in json.loads(run("check", "--json", *where).out)["problems"]}
    assert not told & {"overpaid", "balance-disagrees"}
    first, second = json.loads(run("invoices", "--all", "--json", *where).out)["data"]["invoices"]
    assert (first["open"], first["decision"]["reason"]) == ("0.00", "paid")
    assert (second["open"], second["decision"]["action"]) == ("500.00", "chase")
    book["Factures"]["E2"] = 1080
    book.save(path)
    problems = json.loads(run("check", "--json", *where).out)["problems"]
    assert [problem["value"] for problem in problems if problem["code"] == "overpaid"] == ["23.01 EUR"]


def test_the_first_invoice_of_a_new_workbook_has_its_status(
    tmp_path: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init").code == 0
    add = ("add", "--client", "Dupont", "--amount", "120", "--due", "2026-12-20", "--yes", "--json", *DAY)
    first = edits(run(*add, "--number", "F-1"))
    second = edits(run(*add, "--number", "F-2"))
    assert [after for _, after in first.values()].count("Émise") == 1
    assert [after for _, after in second.values()].count("Émise") == 1


def test_a_conflicted_copy_is_no_second_workbook(folder: Path, run: Callable[..., Run]) -> None:
    copy = folder / "suivi_factures (Copie en conflit de Marie 2026-11-19).xlsx"
    copy.write_bytes((folder / NAME).read_bytes())
    done = run("check", "--json", *DAY)
    assert [
        problem["value"] for problem in json.loads(done.out)["problems"] if problem["code"] == "conflicted-copy"
    ] == [copy.name]
    before = copy.read_bytes()
    assert run("paid", "F-2026-018", "--yes", *DAY).code == 0
    assert copy.read_bytes() == before
    (folder / "autre.xlsx").write_bytes(before)
    assert run("status", *DAY).code == 3


@pytest.mark.parametrize(
    ("act", "role", "cell"),
    [
        (("hold", "A1", "--reason", "congés"), "hold", "congés"),
        (("dispute", "A1", "--reason", "quantité"), "dispute", "quantité"),
        (("promise", "A1", "2026-12-15"), "promise", "2026-12-15"),
        (("paid", "A1", "40"), "paid", "40.00"),
    ],
)
def test_the_column_an_act_lacks_can_be_added_as_it_says(
    act: tuple[str, ...], role: str, cell: str, tmp_path: Path, run: Callable[..., Run]
) -> None:
    path = sheet(tmp_path, ["Facture", "Client", "Échéance", "Total TTC"], ["A1", "Ferry", LATE, 100])
    where = ("-w", str(path), "--json", "--lang", "en", *DAY)
    told = remarks(run(*act, "--dry-run", *where))
    command = re.search(r"relance adopt( --add \w+)?\.", told)
    assert command
    words = command[0].removesuffix(".").split()[1:]
    added = edits(run(*words, "--yes", *where))
    assert added
    done = edits(run(*act, "--yes", *where))
    assert cell in {after for _, after in done.values()}, role

"""The report as a workbook for the accountant: typed cells, nothing that computes, LibreOffice opens it."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Run
from relance.errors import msg
from relance.language import Language
from relance.money import Money
from relance.office.sheets import workbook_of
from relance.reports.view import Facts, Measure, Tone, Unit, View
from relance.workbook.export import Sheet, export_workbook
from render_sample import HOSTILE

MADE = date(2026, 11, 20)
DAY = ("--today", "2026-11-20")


def opened(*sheets: Sheet) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(export_workbook(sheets, "under", MADE)))


def sheet(*rows: tuple[object, ...], name: str = "S", **more: tuple[tuple[object, ...], ...]) -> Sheet:
    return Sheet(name=name, heading="Heading", titles=("a", "b", "c", "d"), rows=rows, **more)


def test_cells_have_their_types_and_formats() -> None:
    page = opened(
        sheet(("x", Money(Decimal("1234.50")), date(2026, 3, 4), 7), totals=(("sum", Money(Decimal(3), "CHF")),))
    )["S"]
    text, money, day, number = (page.cell(5, column) for column in (1, 2, 3, 4))
    assert (text.data_type, text.value) == ("s", "x")
    assert (money.data_type, money.value, money.number_format) == ("n", 1234.5, '#,##0.00\\ "€"')
    assert (day.value.date(), day.number_format) == (date(2026, 3, 4), "dd/mm/yyyy")
    assert (number.data_type, number.value) == ("n", 7)
    assert page.cell(6, 2).number_format == '#,##0.00\\ "CHF"'
    assert page.cell(6, 1).font.bold
    assert page.freeze_panes == "B5"
    assert page.auto_filter.ref == "A4:D5"


def test_texts_stand_clear_of_figures_and_of_the_rows_below() -> None:
    long = "à relancer " * 12
    page = opened(
        Sheet(name="S", heading="H", titles=("client", "dû", "suite"), rows=[("x", Money(Decimal(1), "EUR"), long)]),
        Sheet(name="T", heading="H", titles=(), rows=[("dû", Money(Decimal(1), "EUR"), "note"), (long,)]),
    )
    table, summary = page["S"], page["T"]
    assert (table["B4"].alignment.horizontal, table["C4"].alignment.horizontal) == ("right", "left")
    assert (table["C5"].alignment.wrap_text, table["C5"].alignment.indent) == (True, 1)
    assert table.row_dimensions[5].height >= 3 * 15
    assert table["A1"].font.name == summary["A4"].font.name == "Calibri"
    assert summary.column_dimensions["A"].width < 20  # a sentence alone runs on over the empty cells beside it
    assert not summary["A5"].alignment.wrap_text


def test_parts_and_days_are_numbers_and_amounts_stand_as_the_language_writes_them(
    run: Callable[..., Run], folder: Path
) -> None:
    (folder / "out").mkdir()
    for lang in ("fr", "en"):
        assert run("report", "--no-note", "--lang", lang, "--output", f"out/{lang}.xlsx", *DAY).code == 0
    most = openpyxl.load_workbook(folder / "out" / "fr.xlsx")["Qui doit le plus"]
    assert (most["C5"].value, most["C5"].number_format) == (0.175, "0.0%")
    assert most["B5"].number_format == '#,##0.00\\ "€"'
    assert openpyxl.load_workbook(folder / "out" / "en.xlsx")["Who owes most"]["B5"].number_format == '"€"#,##0.00'
    measure = Measure(Decimal("12.5"), Unit.DAYS, msg("{days} days", days=Decimal("12.5")))
    facts = Facts(items=((msg("late"), measure, Tone.PLAIN),))
    view = View(command="clients", title=msg("late"), data=dict, sections=lambda: (facts,))
    cell = openpyxl.load_workbook(io.BytesIO(workbook_of(view, Language("fr"), MADE)))["Synthèse"]["B4"]
    assert (cell.value, cell.number_format) == (12.5, '0.0\\ "jours"')


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0", HOSTILE, "a\x00b\x0b", "\ud800"]
)
def test_a_text_stays_a_text(text: str) -> None:
    cell = opened(sheet((text, None, None, None)))["S"]["A5"]
    assert cell.data_type == "s"
    assert cell.value.replace("?", "") == text.translate({0: None, 11: None, 27: None, 0xD800: None}).replace("?", "")


@settings(deadline=None, max_examples=25)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_any_names_of_sheets_can_be_taken(names: list[str]) -> None:
    book = opened(*(sheet(("x", None, None, None), name=name) for name in names))
    assert len({name.casefold() for name in book.sheetnames}) == len(names)
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_a_report_beside_the_workbook_is_no_tracking_workbook(run: Callable[..., Run], folder: Path) -> None:
    (folder / "relance.toml").unlink()
    for name in ("un.xlsx", "deux.xlsx"):
        assert run("report", "--no-note", "--lang", "fr", "--output", name, *DAY).code == 0  # beside the workbook
    book = openpyxl.load_workbook(folder / "un.xlsx")
    assert book.sheetnames[0] == "Synthèse"
    assert {"Changements", "Appels", "Encaissements attendus", "Douze mois"} <= set(book.sheetnames)
    assert all(len(name) < 31 for name in book.sheetnames)
    late = next(page for page in book if page["A4"].value == "facture" and page["C4"].value == "échéance")
    rows = [row for row in late.iter_rows(min_row=5, values_only=True) if row[0]]
    assert len(rows) == 18
    assert isinstance(rows[0][2], datetime)
    assert sum(Decimal(str(row[3])) for row in rows) == Decimal("86538.50")


def test_a_workbook_is_not_for_the_screen(run: Callable[..., Run], folder: Path) -> None:
    done = run("report", "--format", "xlsx", *DAY)
    assert done.code == 2
    assert "[needs-a-file]" in done.err


@pytest.mark.parametrize(
    "words", [("invoices", "--all"), ("clients",), ("client", "bellerive"), ("ageing",), ("status",)]
)
def test_every_answer_can_go_to_a_file(run: Callable[..., Run], folder: Path, words: tuple[str, ...]) -> None:
    (folder / "out").mkdir()
    for ending in ("xlsx", "html", "csv"):
        done = run(*words, "--output", f"out/a.{ending}", *DAY)
        assert (done.code, done.out) == (0, ""), done.err
        assert (folder / "out" / f"a.{ending}").stat().st_size > 100
    assert openpyxl.load_workbook(folder / "out" / "a.xlsx").sheetnames


@pytest.mark.parametrize("words", [("report", "--no-note"), ("invoices",), ("export",), ("statement", "bellerive")])
@pytest.mark.parametrize("form", ["", "text", "csv"])
def test_no_answer_takes_the_place_of_what_only_the_user_has(
    run: Callable[..., Run], folder: Path, words: tuple[str, ...], form: str
) -> None:
    assert run("call", "F-2026-024", "--outcome", "reached", "--yes", *DAY).code == 0
    (folder / "ailleurs").mkdir()
    (folder / "ailleurs" / "lien.xlsx").symlink_to(folder / "suivi_factures.xlsx")
    format_ = ("--format", form) if form else ()
    for name in ("suivi_factures.xlsx", "ailleurs/lien.xlsx", "relance.toml", "relance/journal.jsonl"):
        before = (folder / name).read_bytes()
        assert run(*words, *format_, "--output", name, *DAY).code == 2
        assert (folder / name).read_bytes() == before
    assert run("report", "--no-note", "--output", "rapport.xlsx", *DAY).code == 0
    assert run("report", "--no-note", "--output", "rapport.xlsx", *DAY).code == 0  # one of ours may be made again


needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None and not os.environ.get("RELANCE_CI"), reason="no LibreOffice on this machine"
)


@needs_office
def test_libreoffice_reads_the_same_figures(run: Callable[..., Run], folder: Path, tmp_path: Path) -> None:
    (folder / "sortie").mkdir()
    assert run("report", "--no-note", "--output", "sortie/rapport.xlsx", *DAY).code == 0
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
         'csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1', "--outdir", "csv",
         "sortie/rapport.xlsx"],
        check=True, capture_output=True, cwd=folder, timeout=120,
    )  # fmt: skip
    texts = {file.stem: file.read_text(encoding="utf-8") for file in (folder / "csv").glob("*.csv")}
    late = next(text for name, text in texts.items() if "chues" in name)
    assert re.search("F-2026-012;Agence Nova Espaces;(10/07|07/10)/2026;9276;133;6;459.12;", late)
    assert "Err:" not in "".join(texts.values())

"""A day of acts as command lines on real workbooks, and on those of XlsxWriter and LibreOffice: the shared judge sees
the cells of each plan changed and nothing else, and as many undos give the very bytes back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conftest import Run
from corpus.made import KINDS, tracker
from corpus.shared import judge, need_shared, recalculated, sample_params

DAY = ("--today", "2026-09-30")
ADDED = ("--allow-sheet-parts", "--allow-recalc", "--allow-formula")
Act = tuple[str, ...]
SAMPLE_DAY: tuple[Act, ...] = (
    ("paid", "F2026-0002", "--on", "2026-09-29"),
    ("sent", "F2026-0003", "--by", "email"),
    ("dispute", "F2026-0004", "--reason", "quantité"),
    ("add", "--client", "Atelier Çelik", "--number", "F2026-0041", "--amount", "99,90", "--due", "2026-10-30"),
)
MADE_DAY: tuple[Act, ...] = (
    ("paid", "F-001", "200,50", "--on", "2026-09-29"),
    ("paid", "F-001", "--on", "2026-09-30"),
    ("sent", "F-003", "--by", "letter"),
    ("add", "--client", "Mairie <Est>", "--number", "F-004", "--amount", "99,90", "--due", "2026-10-30"),
)


OTHER_SHEETS = ("Synthèse",)  # sheets whose sums follow: looked at cell by cell, none of which may change


def members(workbook: bytes) -> bytes:
    """The list of sheets of a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read("xl/workbook.xml") if "xl/workbook.xml" in archive.namelist() else b""


def live(file: Path, acts: tuple[Act, ...], run: Callable[..., Run]) -> int:
    """Carry out the acts, each judged, then undo them all, back to the first bytes; how many wrote in the sheet."""
    first, written = file.read_bytes(), 0
    for act in acts:
        before = file.read_bytes()
        done = run(*act, "-w", str(file), "--yes", "--json", *DAY)
        assert done.code == 0, (act, done.err)
        written += judged(before, file, json.loads(done.out)["data"]["edits"], act)
    for _ in acts:
        assert run("undo", "-w", str(file), "--yes", *DAY).code == 0
    assert file.read_bytes() == first
    return written


def judged(before: bytes, file: Path, edits: list[dict[str, str]], act: Act) -> bool:
    """Whether the act wrote; the judge allows the cells of its plan alone."""
    if not edits:
        assert file.read_bytes() == before
        return False
    cells = {f"{edit['sheet']}!{edit['cell']}" for edit in edits}
    options: tuple[str, ...] = ("--allow-recalc",)
    if act[0] == "add":
        row = int("".join(filter(str.isdigit, edits[0]["cell"])))
        cells, options = {f"{edits[0]['sheet']}!{row}:{row + 1}"}, (*ADDED, "--allow-cell-style")
    cells |= {f"{sheet}!XFD1048576" for sheet in OTHER_SHEETS if sheet.encode() in members(before)}
    assert judge(before, file.read_bytes(), file.parent, "--allow-cells", ",".join(sorted(cells)), *options) == []
    return True


@pytest.mark.parametrize("sample", sample_params())
def test_a_day_on_a_real_workbook_changes_its_cells_alone_and_is_undone(
    sample: Path, tmp_path: Path, run: Callable[..., Run]
) -> None:
    need_shared()
    file = tmp_path / sample.name
    file.write_bytes(sample.read_bytes())
    assert live(file, SAMPLE_DAY, run) == 4


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("protected", "guarded")])
def test_a_day_on_a_workbook_of_xlsxwriter(kind: str, tmp_path: Path, run: Callable[..., Run]) -> None:
    need_shared()
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(tracker(kind))
    if kind == "totals":
        assert live(file, MADE_DAY[:3], run) == 2
    else:
        assert live(file, MADE_DAY, run) == 3


@pytest.fixture(scope="module")
def from_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """The made workbooks as LibreOffice saves them."""
    folder = tmp_path_factory.mktemp("libreoffice")
    kinds = ("plain", "rich", "table")
    for kind in kinds:
        (folder / f"{kind}.xlsx").write_bytes(tracker(kind))
    saved = recalculated([folder / f"{kind}.xlsx" for kind in kinds], folder)
    yield {file.stem: file.read_bytes() for file in saved}


@pytest.mark.parametrize("kind", ["plain", "rich", "table"])
def test_a_day_on_a_workbook_of_libreoffice(
    kind: str, from_libreoffice: dict[str, bytes], tmp_path: Path, run: Callable[..., Run]
) -> None:
    need_shared()
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(from_libreoffice[kind])
    assert live(file, MADE_DAY, run) == 3


def test_libreoffice_recalculates_a_day_of_acts_to_the_expected_sums(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(tracker("rich"))
    for act in MADE_DAY:
        assert run(*act, "-w", str(file), "--yes", *DAY).code == 0
    (opened,) = recalculated([file], tmp_path)
    book = load_workbook(opened, data_only=True)
    assert [book["Factures"][f"I{row}"].value for row in range(2, 6)] == pytest.approx([0, 0, 740, 99.9])
    sums = [book["Synthèse"][cell].value for cell in ("A1", "A2", "A4")]
    assert sums == pytest.approx([740, 1480, 2140.3])  # the plain range stops at row 4, the named one follows
    read = load_workbook(file)["Factures"]
    assert [read["F2"].value, read["G2"].value.day, read["H2"].value] == [1200.5, 30, "Réglée"]

"""The day of a small firm on a workbook with a chart, pivot tables and conditional formats: a colleague finds only the
cells of the acts changed; with LibreOffice holding the file, every act is refused and nothing changes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conftest import Run, posix
from corpus.shared import SHARED, absent, judge, need_shared, recalculated

DAY = ("--today", "2026-09-30")
TRACKER, RELS = "xl/worksheets/sheet12.xml", "xl/worksheets/_rels/sheet12.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FORMATS = (
    '<conditionalFormatting sqref="F2:F41"><cfRule type="dataBar" priority="1"><dataBar><cfvo type="min"/>'
    '<cfvo type="max"/><color rgb="FF638EC6"/></dataBar></cfRule></conditionalFormatting>'
    '<conditionalFormatting sqref="A2:L41"><cfRule type="expression" priority="2">'
    "<formula>$F2&gt;5000</formula></cfRule></conditionalFormatting>"
)
ACTS = (
    ("sent", "F2026-0003", "--by", "email"),
    ("paid", "F2026-0002", "100,50", "--on", "2026-09-28"),
    ("paid", "F2026-0002", "--on", "2026-09-29"),
    ("add", "--client", "Atelier Çelik", "--number", "F2026-0041", "--amount", "99,90", "--due", "2026-10-30"),
    ("promise", "F2026-0006", "2026-10-15"),
    ("dispute", "F2026-0004", "--reason", "quantité"),
    ("undo",),
)


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


ADOPT = ("adopt", "--add", "paid", "--add", "promise")


@pytest.fixture
def mixed(tmp_path: Path, run: Callable[..., Run]) -> Path:
    """The sample with ten pivot tables; on its tracker a chart that Excel made, a data bar, coloured rows, and the
    columns that relance adds to write payments and promises in."""
    need_shared()
    samples = SHARED / "samples" / "xlsx"
    parts = contents(samples / "suivi_PivotTables.xlsx")
    charts = contents(samples / "suivi_chart_combined06.xlsx")
    for name in ("xl/drawings/drawing1.xml", "xl/drawings/_rels/drawing1.xml.rels", "xl/charts/chart1.xml"):
        assert name not in parts
        parts[name] = charts[name]
    types = parts["[Content_Types].xml"].decode()
    for part, kind in (("drawings/drawing1", "drawing"), ("charts/chart1", "drawingml.chart")):
        types = types.replace(
            "</Types>",
            f'<Override PartName="/xl/{part}.xml" '
            f'ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/></Types>',
        )
    parts["[Content_Types].xml"] = types.encode()
    parts[RELS] = parts[RELS].replace(
        b"</Relationships>",
        f'<Relationship Id="rId9" Type="{OFFICE}/drawing" Target="../drawings/drawing1.xml"/></Relationships>'.encode(),
    )
    sheet = parts[TRACKER].decode()
    sheet = sheet.replace("<pageMargins ", FORMATS + "<pageMargins ", 1)
    parts[TRACKER] = sheet.replace("<tableParts ", '<drawing r:id="rId9"/><tableParts ', 1).encode()
    path = tmp_path / "suivi.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    before = path.read_bytes()
    assert run(*ADOPT, "-w", str(path), "--yes", *DAY).code == 0
    cells = "Factures!M1,Factures!N1"
    told = judge(before, path.read_bytes(), tmp_path, "--allow-cells", cells, "--allow-sheet-parts")
    follows = ("xl/tables/table2.xml", "conditional", "Factures/cols: 12 children became 14")
    assert [line for line in told if not any(part in line for part in follows)] == []
    (tmp_path / "relance" / "journal.jsonl").unlink()
    return path


def test_after_a_day_of_acts_a_colleague_sees_only_their_cells_changed(mixed: Path, run: Callable[..., Run]) -> None:
    first, cells = mixed.read_bytes(), set[str]()
    for act in ACTS:
        before = mixed.read_bytes()
        done = run(*act, "-w", str(mixed), "--yes", "--json", *DAY)
        assert done.code == 0, (act, done.err)
        data = json.loads(done.out)["data"]
        assert data["applied"], act
        cells |= {f"{edit['sheet']}!{edit['cell']}" for edit in data["edits"]}
        if act == ("undo",):
            assert contents(mixed) != contents_of(before, mixed.parent)
    rows = {re.sub(r"!\D+", "!", cell) for cell in cells}
    added = next(row for row in rows if row.endswith("!42"))
    options = ("--allow-sheet-parts", "--allow-recalc", "--allow-formula", "--allow-cell-style")
    allowed = [*sorted(cells), f"{added}:43"]
    assert judge(first, mixed.read_bytes(), mixed.parent, "--allow-cells", ",".join(allowed), *options) == []
    before, after = contents_of(first, mixed.parent), contents(mixed)
    changed = {name for name in before if before[name] != after[name]}
    assert before.keys() == after.keys()
    assert changed <= {TRACKER, "xl/tables/table2.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"}
    assert re.findall(rb'conditionalFormatting sqref="([^"]+)', after[TRACKER]) == [b"F2:F42", b"A2:N42"]
    assert b'<drawing r:id="rId9"/>' in after[TRACKER]


def contents_of(data: bytes, folder: Path) -> dict[str, bytes]:
    path = folder / "before.zip"
    path.write_bytes(data)
    return contents(path)


def test_libreoffice_opens_the_workbook_of_the_day(mixed: Path, run: Callable[..., Run]) -> None:
    for act in ACTS:
        assert run(*act, "-w", str(mixed), "--yes", *DAY).code == 0, act
    read = load_workbook(mixed)["Factures"]
    paid = next(row for row in read.iter_rows(min_row=2) if row[0].value == "F2026-0002")
    assert (paid[12].value, paid[7].value.day) == (paid[5].value, 29)
    (opened,) = recalculated([mixed], mixed.parent)
    book = load_workbook(opened, data_only=True)
    amounts = [row[5].value for row in book["Factures"].iter_rows(min_row=2) if row[0].value]
    numbers = [value for value in amounts if isinstance(value, float | int)]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.01), "the totals row counts the new invoice"


@pytest.fixture
def held(mixed: Path) -> Iterator[Path]:
    """The workbook open in LibreOffice."""
    soffice = shutil.which("soffice")
    if not soffice:
        absent("LibreOffice")
    profile = (mixed.parent / "profile").as_uri()
    process = subprocess.Popen(
        [str(soffice), f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nologo", str(mixed)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    lock = mixed.with_name(f".~lock.{mixed.name}#")
    for _ in range(300):
        if lock.exists():
            break
        time.sleep(0.2)
    yield mixed
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@posix
def test_while_libreoffice_holds_the_file_every_act_is_refused(held: Path, run: Callable[..., Run]) -> None:
    before = held.read_bytes()
    for act in ACTS:
        refused = run(*act, "-w", str(held), "--yes", *DAY)
        if act == ("undo",):  # nothing was done, so there is nothing to take back
            assert refused.code == 2
        else:
            assert (refused.code, "LibreOffice" in refused.err) == (5, True), (act, refused.err)
    assert held.read_bytes() == before
    assert not (held.parent / "relance" / "journal.jsonl").exists()
    assert run("status", "-w", str(held), *DAY).code == 0  # reading goes on

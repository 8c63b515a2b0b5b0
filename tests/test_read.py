"""A path becomes sheets, or one clear sentence; and the sheet's XML is looked at for what values cannot tell."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from relance.errors import ExitCode, WorkbookError
from relance.workbook.reading.inside import Inside
from relance.workbook.reading.marks import Marks, look
from relance.workbook.reading.read import open_sheets
from relance.workbook.reading.rows import read_ledger, read_tracking
from sheets import HEADERS, ROW, Formula, make, without_values


def refused(path: Path) -> str:
    with pytest.raises(WorkbookError) as caught:
        read_ledger(path)
    assert caught.value.exit_code is ExitCode.WORKBOOK
    assert str(caught.value.remedy)
    return caught.value.code


def test_a_missing_file_is_said_at_once(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.xlsx") == "workbook-missing"


def test_a_folder_is_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    assert refused(tmp_path / "folder.xlsx") == "workbook-unreadable"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"hello", "workbook-not-spreadsheet"),
        ("a.xlsx", b"", "workbook-not-spreadsheet"),
        ("a.txt", b"N;Client", "workbook-not-spreadsheet"),
        ("a.xlsx", b"PK\x03\x04x", "workbook-damaged"),
        ("a.xlsx", b"PK\x05\x06" + 18 * b"\0", "workbook-not-spreadsheet"),  # an empty zip file, whole
    ],
)
def test_what_is_no_spreadsheet_is_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert refused(tmp_path / name) == code


def test_an_encrypted_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    stream = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024 + stream + b"\0" * 512)
    assert refused(path) == "workbook-encrypted"


def test_the_lock_file_of_excel_is_not_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "~$suivi.xlsx").write_bytes(b"\x05admin")
    assert refused(tmp_path / "~$suivi.xlsx") == "workbook-is-lock-file"


def test_a_file_that_excel_is_saving_is_waited_for(tmp_path: Path) -> None:
    ready = make(tmp_path / "ready.xlsx", [HEADERS, ROW])
    path = tmp_path / "suivi.xlsx"
    (tmp_path / "~$suivi.xlsx").write_bytes(b"\x05admin")

    def save() -> None:
        time.sleep(0.3)
        ready.rename(path)

    thread = threading.Thread(target=save)
    thread.start()
    assert len(read_ledger(path).invoices) == 1
    thread.join()


def test_the_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    path = make(tmp_path / "s.xlsx", [HEADERS, ROW])
    before = open_sheets(path).fingerprint
    assert open_sheets(path).fingerprint == before
    make(path, [HEADERS, ROW, ROW])
    assert open_sheets(path).fingerprint != before


# --- the look at the XML ------------------------------------------------------------------------------------------

ROWS = [[*HEADERS, "Acompte", "Reste dû"],
        [*ROW, Formula("=1/0", "#DIV/0!"), Formula("=E2-F2", 1000)],
        [*ROW, "", Formula('=IF(E3>0,"","x")', "empty text")],
        ["", "", "", "", Formula("=SUM(E2:E3)", 2000)]]  # fmt: skip


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with the XML of its sheets changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            sheet = name.startswith("xl/worksheets/sheet")
            archive.writestr(name, change(data.replace(b"<v>empty text</v>", b"<v></v>")) if sheet else data)
    return path


def prefixed(data: bytes) -> bytes:
    data = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", data)
    return data.replace(b'xmlns="http', b'xmlns:x="http')


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "as Excel writes it": lambda data: data,
    "with a prefix": prefixed,
    "with a comment": lambda data: data.replace(b"<sheetData>", b"<sheetData><!-- made by hand -->"),
    "with single quotes": lambda data: re.sub(rb'<c r="(\w+)"', rb"<c r='\1'", data).replace(b't="e"', b"t='e'"),
    "without addresses": lambda data: re.sub(rb'<(row|c) r="\w+"', rb"<\1", data),
    "with blanks between tags": lambda data: data.replace(b"</f>", b"</f>\n ").replace(b"<row", b"\n<row"),
    "in UTF-16": lambda data: data.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
}


def marks(path: Path) -> Marks:
    return look(Inside(path.read_bytes()), "Suivi")


@pytest.mark.parametrize("name", CHANGES)
def test_errors_and_missing_results_are_seen_however_the_sheet_is_written(tmp_path: Path, name: str) -> None:
    full = name == "without addresses"  # where blanks would shift the cells
    rows = [["-" if full and cell == "" else cell for cell in row] for row in ROWS]
    path = rewrite(make(tmp_path / "s.xlsx", rows), CHANGES[name])
    found = marks(path)
    assert found.errors == {5: {2: "#DIV/0!"}}
    assert found.valueless == {}
    assert found.sums == {4: {4}}
    bare = rewrite(without_values(make(tmp_path / "t.xlsx", rows)), CHANGES[name])
    assert marks(bare).valueless.keys() >= {6}


def test_a_text_that_looks_like_a_mark_is_none(tmp_path: Path) -> None:
    path = make(tmp_path / "s.xlsx", [HEADERS, ['t="e"', '<c r="B2" t="e"><f>', *ROW[2:]]])
    assert marks(path) == Marks()


def test_a_sheet_read_in_pieces_misses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [HEADERS, *([f"F-{n}", *ROW[1:4], Formula("=1/0", "#DIV/0!") if n % 7 == 0 else 10] for n in range(500))]
    path = make(tmp_path / "s.xlsx", rows)
    whole = marks(path)
    monkeypatch.setattr("relance.workbook.reading.marks._BLOCK", 1000)
    assert marks(path) == whole
    assert len(whole.errors[4]) == 72


def test_a_large_sheet_looked_at_meanwhile_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path / "s.xlsx", [[*HEADERS, "Acompte"], [*ROW, Formula("=1/0", "#DIV/0!")], [*ROW, 100]])
    calm = read_ledger(path)
    monkeypatch.setattr("relance.workbook.reading.marks._WORTH_A_THREAD", 0)
    assert read_ledger(path) == calm
    assert [row.problems[0].code for row in calm.set_aside] == ["cell-error"]


def test_parts_are_found_by_relationships_only(tmp_path: Path) -> None:
    path = make(tmp_path / "s.xlsx", [[*HEADERS, "Acompte"], [*ROW, Formula("=1/0", "#DIV/0!")]], Autre=[["x"]])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    one, two = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
    swapped = {one: two, two: one}
    rels = members["xl/_rels/workbook.xml.rels"].replace(b"sheet1.xml", b"X").replace(b"sheet2.xml", b"sheet1.xml")
    rels = rels.replace(b'"worksheets/X"', b'"/xl/worksheets/sheet2.xml"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(swapped.get(name, name), rels if name == "xl/_rels/workbook.xml.rels" else data)
    assert marks(path).errors == {5: {2: "#DIV/0!"}}


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_formats_are_read_alike(tmp_path: Path, kind: str) -> None:
    rows = [["Suivi"], [], ["", *HEADERS, "Statut"], ["", *ROW, "Envoyée"], ["", *ROW, "Payée"]]
    path = make(tmp_path / "s.xlsx", rows)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)
    reading = read_tracking(path.with_suffix(f".{kind}"))
    assert reading.workbook.format == kind
    assert reading.ledger.invoices == read_ledger(path).invoices
    assert "errors-invisible" not in [problem.code for problem in reading.ledger.problems]

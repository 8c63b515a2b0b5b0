"""A large sheet read in pieces at once: value for value what calamine reads of it in one piece."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from relance.errors import WorkbookError
from relance.workbook.reading import pieces
from relance.workbook.reading.inside import Inside
from relance.workbook.reading.pieces import Pieces
from relance.workbook.reading.read import open_sheets
from relance.workbook.reading.rows import read_ledger, read_tracking
from sheets import HEADERS

CELLS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.text("aé€<&\"' ", min_size=1, max_size=8),
)
TABLES = st.dictionaries(st.tuples(st.integers(0, 40), st.integers(0, 6)), CELLS, min_size=1, max_size=60)
MERGED = st.lists(st.integers(0, 9), max_size=3, unique=True)  # the columns, beyond the cells, of merged ranges


def packed(cells: dict[tuple[int, int], Any], merged: list[int]) -> bytes:
    """A workbook with these cells by (row, column) from 0, and some merged ranges of two rows far below."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, days = book.add_worksheet("Suivi"), book.add_format({"num_format": "dd/mm/yyyy"})
    for (row, column), cell in cells.items():
        if isinstance(cell, date):
            sheet.write_datetime(row, column, cell, days)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        else:
            sheet.write_number(row, column, cell)
    for column in merged:
        sheet.merge_range(60, 20 + column, 61, 20 + column, "merged")
    book.close()
    return out.getvalue()


def with_sheet(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The package with the XML of its first sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name.endswith("sheet1.xml") else content)
    return out.getvalue()


def fed(data: bytes) -> Pieces:
    """The sheet of a package handed over row by row."""
    inside = Inside(data)
    xml = inside.archive.read(inside.member(inside.sheet_part("Suivi") or "") or "")
    pieces = Pieces(inside, "Suivi")
    for piece in re.split(rb"(?<=</row>)", xml):
        pieces.feed(piece)
    return pieces


def same(data: bytes, tmp_path: Path) -> bool:
    """Whether both ways give the same rows, types, extent and merged ranges."""
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(data)
    whole = open_sheets(file).sheets[0]
    pieces = fed(data)
    pieces.close()
    found = pieces.joined()
    assert found is not None
    rows = found.to_python(skip_empty_area=False)
    types = [[type(cell) for cell in row] for row in rows]
    height = found.end[0] + 1 if found.end else 0
    merged = [(top, left, bottom, right) for (top, left), (bottom, right) in found.merged_cell_ranges]
    return (rows, types, height, merged) == (
        whole.rows(), [[type(cell) for cell in row] for row in whole.rows()], whole.height, whole.merged(),
    )  # fmt: skip


@given(TABLES, MERGED)
def test_pieces_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[tuple[int, int], Any], merged: list[int]
) -> None:
    assert same(packed(cells, merged), tmp_path_factory.mktemp("pieces"))


def test_many_pieces_are_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECE", 1)  # as much as the other parts of the package allow
    data = packed({(row, row % 3): float(row) for row in range(5000)}, [1])
    assert len(fed(data)._read) > 4
    assert same(data, tmp_path)


def test_rows_without_numbers_are_read_in_one_piece(tmp_path: Path) -> None:
    cells = {(row, column): f"{row}:{column}" for row in range(30) for column in range(3)}
    assert same(with_sheet(packed(cells, []), lambda xml: re.sub(rb' (?:r|spans)="[^"]*"', b"", xml)), tmp_path)


def test_what_was_not_fed_to_its_end_is_not_read(tmp_path: Path) -> None:
    pieces = fed(packed({(row, 0): row for row in range(30)}, []))
    assert pieces.joined() is None


def large(path: Path, change: Callable[[bytes], bytes] = lambda xml: xml) -> Path:
    """A tracker whose XML is large enough for two pieces."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, days = book.add_worksheet("Suivi"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADERS)
    for row in range(1, 30_000):
        sheet.write_row(row, 0, (f"F-{row:06}", f"Client {row % 40} " + "x" * 60))
        sheet.write_datetime(row, 2, date(2026, 1, 1) + timedelta(row % 200), days)
        sheet.write_datetime(row, 3, date(2026, 2, 1) + timedelta(row % 200), days)
        sheet.write_number(row, 4, row / 4)
    book.close()
    path.write_bytes(with_sheet(path.read_bytes(), change))
    return path


def test_a_large_tracker_is_read_in_pieces(tmp_path: Path) -> None:
    file = large(tmp_path / "suivi.xlsx")
    reading, whole = read_tracking(file), open_sheets(file).sheets[0]
    assert type(reading.workbook.sheets[0]._calamine()).__name__ == "Joined"
    assert reading.workbook.sheets[0].rows() == whole.rows()
    assert [invoice.number for invoice in reading.ledger.invoices] == [str(row[0]) for row in whole.rows()[1:]]


def test_a_large_tracker_with_a_remark_in_its_xml_is_read_whole(tmp_path: Path) -> None:
    file = large(tmp_path / "suivi.xlsx", lambda xml: xml.replace(b"</row>", b"</row><!-- fin -->"))
    assert len(read_ledger(file).invoices) == 29_999


def test_a_large_tracker_with_damaged_xml_is_said_to_be_damaged(tmp_path: Path) -> None:
    file = large(tmp_path / "suivi.xlsx", lambda xml: xml.replace(b"</sheetData>", b"</sheetDat"))
    with pytest.raises(WorkbookError) as caught:
        read_ledger(file)
    assert caught.value.code == "workbook-damaged"


def test_a_large_tracker_whose_bytes_do_not_add_up_is_said_to_be_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = large(tmp_path / "suivi.xlsx")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(bytes(data))
    with pytest.raises(WorkbookError):
        read_ledger(file)
    assert capsys.readouterr() == ("", "")


def test_a_sheet_whose_rows_are_out_of_order_is_read_whole() -> None:
    def turned(xml: bytes) -> bytes:
        head, *rows, tail = re.split(rb"(?=<row )|(?<=</row>)(?=</sheetData>)", xml)
        return b"".join([head, *reversed(rows), tail])

    data = packed({(row, 0): float(row) for row in range(40)}, [])
    straight, odd = fed(data), fed(with_sheet(data, turned))
    straight.close()
    odd.close()
    assert straight.joined() is not None
    assert odd.joined() is None

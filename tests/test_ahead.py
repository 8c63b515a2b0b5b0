"""A workbook opened while its values are read: the same book, and what is wrong with it told to whoever asks."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from corpus.made import tracker
from relance.errors import RelanceError
from relance.workbook.reading.inside import Inside
from relance.workbook.reading.marks import look
from relance.workbook.xlsx.ahead import Ahead
from relance.workbook.xlsx.book import open_book

SHEET = "xl/worksheets/sheet1.xml"
NOISE = random.Random(3).randbytes(600_000)


def large(part: str = "", old: bytes = b"", new: bytes = b"") -> bytes:
    """A workbook worth a thread, with some bytes of a part replaced."""
    source, buffer = zipfile.ZipFile(io.BytesIO(tracker())), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name in source.namelist():
            content = source.read(name)
            written.writestr(name, content.replace(old, new) if name == part else content)
        written.writestr("xl/media/image1.png", NOISE)
    return buffer.getvalue()


def test_the_book_is_the_one_opened_otherwise() -> None:
    for data in (large(), tracker()):
        ahead, book = Ahead(data).book(), open_book(data)
        assert ahead.layout == book.layout
        assert ahead.sheet("Factures").found == book.sheet("Factures").found
        assert ahead.values("Factures", ["A1", "B2"]) == book.values("Factures", ["A1", "B2"])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"</sheetData>", b"</sheetData><!-- seen -->", "sheet-unusual"),
        (b'<row r="2"', b'<row r="9999"', "workbook-damaged"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_told_when_it_is_asked_for(
    old: bytes, new: bytes, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    book = Ahead(large(SHEET, old, new)).book()
    assert capfd.readouterr().err == ""
    with pytest.raises(RelanceError) as refused:
        book.sheet("Factures")
    assert refused.value.code == code


def test_what_is_wrong_with_a_workbook_is_told_when_it_is_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    ahead = Ahead(NOISE)
    with pytest.raises(RelanceError) as refused:
        ahead.book()
    assert refused.value.code == "workbook-not-xlsx"
    assert capfd.readouterr().err == ""


def test_the_largest_sheet_is_shared_with_whoever_reads_the_values() -> None:
    data = large()
    ahead = Ahead(data)
    stream = ahead.part(SHEET)
    assert stream is not None
    assert stream.read() == open_book(data).part(SHEET)
    assert ahead.part(SHEET) is None
    assert ahead.part("xl/workbook.xml") is None
    assert Ahead(NOISE).part(SHEET) is None
    assert Ahead(tracker()).part(SHEET) is None


def test_marks_are_those_of_the_shared_content() -> None:
    data = large(SHEET, b"</row>", b'<c r="Z1" t="e"><v>#N/A</v></c></row>')
    shared = Ahead(data)
    assert look(Inside(data, shared.part), "Factures") == look(Inside(data), "Factures")
    other = open_book(data).part(SHEET).replace(b"#N/A", b"#REF!")
    assert look(Inside(data, lambda _: io.BytesIO(other)), "Factures") != look(Inside(data), "Factures")


def test_a_stream_of_a_part_that_is_damaged_ends_in_an_error() -> None:
    data = bytearray(large())
    data[data.index(SHEET.encode()) + 400] ^= 0xFF
    stream = Ahead(bytes(data)).part(SHEET)
    assert stream is not None
    with pytest.raises(OSError):
        stream.read()

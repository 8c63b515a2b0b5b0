"""The zip layer: what is not replaced keeps its very bytes; what cannot be written is refused with a reason."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from corpus.made import tracker
from corpus.shared import need_shared, sample_params
from relance.errors import WorkbookError
from relance.workbook.xlsx.book import open_book
from relance.workbook.xlsx.package import open_package


def archive(parts: dict[str, bytes], *, stream: bool = False) -> bytes:
    """A zip of these parts; `stream` writes data descriptors, as programs that cannot seek do."""
    buffer = io.BytesIO()

    class Unseekable(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            return buffer.write(data)

    with zipfile.ZipFile(Unseekable() if stream else buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(zipfile.ZipInfo(name, (2024, 2, 29, 12, 30, 2)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


PARTS = {"a.xml": b"<a/>" * 50, "Dossier/b.xml": b"<b/>" * 50, "é.txt": b"", "c.bin": bytes(range(256))}


@pytest.mark.parametrize("stream", [False, True])
def test_nothing_replaced_gives_the_same_bytes(stream):
    data = archive(PARTS, stream=stream)
    assert open_package(data).replaced({}) == data


@pytest.mark.parametrize("stream", [False, True])
def test_a_replaced_member_keeps_its_place_name_method_and_date(stream):
    data = archive(PARTS, stream=stream)
    after = open_package(data).replaced({"dossier/B.xml": b"<other/>"})
    old, new = zipfile.ZipFile(io.BytesIO(data)), zipfile.ZipFile(io.BytesIO(after))
    assert new.testzip() is None
    assert new.read("Dossier/b.xml") == b"<other/>"
    for before, now in zip(old.infolist(), new.infolist(), strict=True):
        assert (now.filename, now.date_time, now.compress_type) == (
            before.filename,
            before.date_time,
            before.compress_type,
        )
    changed = new.getinfo("Dossier/b.xml")
    assert not changed.flag_bits & 8
    assert struct.unpack_from("<L", after, changed.header_offset + 22) == (len(b"<other/>"),)


def test_the_other_members_keep_their_compressed_bytes():
    data = archive(PARTS, stream=True)
    after = open_package(data).replaced({"a.xml": b"short"})
    start = data.index(b"PK\3\4", 4)
    end = data.index(b"PK\1\2")
    assert data[start:end] in after


def test_what_stands_before_and_after_the_archive_is_kept():
    data = b"#!stub\n" + archive(PARTS)
    after = open_package(data).replaced({"a.xml": b"new"})
    assert after.startswith(b"#!stub\n")
    assert open_package(after).read("a.xml") == b"new"
    assert open_package(data).replaced({}) == data


def encrypted(data: bytes) -> bytes:
    at = data.index(b"PK\1\2") + 8
    return data[:at] + struct.pack("<H", struct.unpack_from("<H", data, at)[0] | 1) + data[at + 2 :]


def lying(data: bytes) -> bytes:
    """A member that inflates to more than it declares."""
    at = data.index(b"PK\1\2") + 24
    return data[:at] + struct.pack("<L", 10) + data[at + 4 :]


def zip64() -> bytes:
    data = archive(PARTS)
    at = data.rindex(b"PK\5\6")
    return data[: at + 10] + b"\xff\xff" + data[at + 12 :]


def twice() -> bytes:
    return archive(PARTS | {"A.XML": b"again"})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook-not-xlsx"),  # an old .xls
        (encrypted(archive(PARTS)), "workbook-encrypted"),
        (b"N;Client\n", "workbook-not-xlsx"),
        (archive(PARTS), "workbook-not-xlsx"),
        (archive(PARTS)[:-40], "workbook-not-xlsx"),
        (zip64(), "workbook-zip64"),
        (twice(), "workbook-damaged"),
    ],
)
def test_refusals_say_why(data, code):
    with pytest.raises(WorkbookError) as refused:
        open_book(data)
    assert refused.value.code == code


def test_a_member_larger_than_it_says_is_not_inflated_further():
    with pytest.raises(WorkbookError) as refused:
        open_package(lying(archive(PARTS))).read("a.xml")
    assert refused.value.code == "workbook-damaged"


def with_part(name: str, content: bytes) -> bytes:
    old = zipfile.ZipFile(io.BytesIO(tracker()))
    return archive({n: old.read(n) for n in old.namelist()} | {name: content})


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("_xmlsignatures/origin.sigs", b"", "workbook-signed"),
        ("xl/workbook.xml", '<?xml version="1.0" encoding="UTF-16"?><workbook/>'.encode("utf-16"), "workbook-damaged"),
        ("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>', "workbook-damaged"),
    ],
)
def test_workbooks_that_are_not_written(name, content, code):
    with pytest.raises(WorkbookError) as refused:
        open_book(with_part(name, content)).workbook_xml  # noqa: B018
    assert refused.value.code == code


@pytest.mark.parametrize("path", sample_params())
def test_real_archives_come_back_byte_for_byte(path: Path):
    need_shared()
    data = path.read_bytes()
    assert open_package(data).replaced({}) == data


@pytest.mark.parametrize("content", [b"", b"<a/>", b"<a/>" * 49, b"<a/>" * 51, b"<a/>" * 49 + b"<b/>"])
def test_a_part_holds_its_content_and_nothing_else(content):
    package = open_package(archive(PARTS))
    assert package.holds("a.xml", PARTS["a.xml"])
    assert not package.holds("a.xml", content)

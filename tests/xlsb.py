"""A workbook in Excel's binary format (.xlsb, [MS-XLSB]), as small as it can be: no library writes one."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_REL = '<Relationship Id="{}" Type="' + _OFFICE + '/{}" Target="{}"/>'
_GENERAL, _DAY = 0, 14


def _record(number: int, body: bytes = b"") -> bytes:
    """One record: its number and length, seven bits to a byte (2.1.4), and its body."""
    head = bytes([number]) if number < 128 else bytes([(number & 0x7F) | 0x80, number >> 7])
    length, size = b"", len(body)
    while True:
        length += bytes([(size & 0x7F) | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return head + length + body


def _text(text: str) -> bytes:
    """XLWideString (2.5.169)."""
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


class Error:
    """A cell that shows #DIV/0!."""


def _cell(column: int, value: object) -> bytes:
    if isinstance(value, Error):
        return _record(3, struct.pack("<LLB", column, 0, 0x07))  # BrtCellError
    if isinstance(value, date):
        return _record(5, struct.pack("<LLd", column, 1, (value - date(1899, 12, 30)).days))  # BrtCellReal
    if isinstance(value, int | float):
        return _record(5, struct.pack("<LLd", column, 0, value))
    return _record(6, struct.pack("<LL", column, 0) + _text(str(value)))  # BrtCellSt


def write_xlsb(path: Path, name: str, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook of one sheet that holds these rows from A1; dates are shown as dates."""
    width = max(map(len, rows))
    sheet = _record(129) + _record(148, struct.pack("<4L", 0, len(rows) - 1, 0, width - 1)) + _record(145)
    for number, row in enumerate(rows):
        sheet += _record(0, struct.pack("<LLHBBBL", number, 0, 300, 0, 0, 0, 0))  # BrtRowHdr
        sheet += b"".join(_cell(column, value) for column, value in enumerate(row) if value not in ("", None))
    sheet += _record(146) + _record(130)
    bundle = struct.pack("<LL", 0, 1) + _text("rId1") + _text(name)
    book = _record(131) + _record(153, struct.pack("<LLL", 0, 0, 0)) + _record(143) + _record(156, bundle)
    book += _record(144) + _record(132)
    formats = [struct.pack("<HHHHHBBHBB", 0, number, 0, 0, 0, 0, 0, 0, 0, 0) for number in (_GENERAL, _DAY)]
    styles = _record(278) + _record(617, struct.pack("<L", 2)) + b"".join(_record(47, xf) for xf in formats)
    styles += _record(618) + _record(279)
    members = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format(_REL.format("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": _RELS.format(
            _REL.format("rId1", "worksheet", "worksheets/sheet1.bin") + _REL.format("rId2", "styles", "styles.bin")
        ),
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": sheet,
        "xl/styles.bin": styles,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path

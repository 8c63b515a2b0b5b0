"""What follows a column added at the right end of a table, as Excel does it: the filter of the sheet, conditional
formats and validations of whole rows, the names of such ranges (print area, filter), and a width that shows the header.

Only a range over the table from its first column to its last one follows; the others mean something else. It must not
choose the column.
"""

from __future__ import annotations

import re

from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.edits import NewColumn
from relance.workbook.xlsx.follow import name_elements
from relance.workbook.xlsx.markup import (
    Change,
    Element,
    attribute,
    children,
    escape,
    splice,
    text_of,
    with_attribute,
)
from relance.workbook.xlsx.refs import Box, parse_box
from relance.workbook.xlsx.sheet_xml import SheetXml

_FOLLOWING = {b"autoFilter": "ref", b"conditionalFormatting": "sqref", b"dataValidation": "sqref"}
_EXTENSION = re.compile(rb"<(?:[\w.-]+:)?sqref>([^<]*)(?=</)")
_RANGE = re.compile(r"('(?:[^']|'')*'|[^\W\d][\w.]*)!(\$?[A-Z]{1,3}\$?\d+:\$?)([A-Z]{1,3})(\$?\d+)")
_ATTRIBUTE = re.compile(rb'(\w+)="([\d.]+)"')
_WIDEST, _MARGIN = 40.0, 3  # characters


def widened(book: Book, column: NewColumn) -> dict[str, bytes]:
    """The parts that change with a column added, or taken back."""
    sheet = book.sheet(column.sheet)
    first = min((cell for cell, held in sheet.cells(column.row).items() if held.body), default=column.column)
    changes = [change for element in sheet.parts for change in _ranges(sheet.xml, element, column, first)]
    changes += _width(sheet, column)
    parts = {book.sheet_part(column.sheet).part: splice(sheet.xml, changes)} if changes else {}
    names = _names(book.workbook_xml, column, first)
    return parts if names == book.workbook_xml else {**parts, book.layout.workbook: names}


def wider_list(text: str, column: NewColumn, first: int) -> str:
    """A list of ranges with those over the whole table one column wider, or narrower where one is taken back; `first`
    is the table's first column.

    >>> wider_list("A5:N45 N5:N45 A5:A45", NewColumn(sheet="F", column=15, header="Promesse", row=4), 1)
    'A5:O45 N5:N45 A5:A45'
    """
    return " ".join(_wider(item, column, first) for item in text.split())


def _wider(text: str, column: NewColumn, first: int) -> str:
    try:
        box = parse_box(text)
    except ValueError:
        return text
    end = column.column - (not column.taken_back)
    whole = box.left <= first < box.right == end and box.top <= column.row + 1 <= box.bottom and ":" in text
    step = -1 if column.taken_back else 1
    return str(Box(box.top, box.left, box.bottom, box.right + step)) if whole else text


def _ranges(xml: bytes, element: Element, column: NewColumn, first: int) -> list[Change]:
    """The changes to one part of the sheet that holds ranges of cells."""
    local = element.name.rpartition(b":")[2]
    if local == b"dataValidations":
        return [change for rule in children(xml, element) for change in _ranges(xml, rule, column, first)]
    if local == b"extLst":
        found = [(match, text_of(match[1])) for match in _EXTENSION.finditer(xml, element.inner, element.close)]
        wide = [(match, text, wider_list(text, column, first)) for match, text in found]
        return [(match.start(1), match.end(1), after.encode()) for match, text, after in wide if after != text]
    name = _FOLLOWING.get(local)
    text = attribute(element.tag(xml), name) if name else None
    if not name or not text or (after := wider_list(text, column, first)) == text:
        return []
    return [(element.start, element.inner, with_attribute(element.tag(xml), name, after))]


def _names(workbook: bytes, column: NewColumn, first: int) -> bytes:
    """The workbook part with the names of whole-table ranges one column wider."""
    changes = []
    for element in name_elements(workbook):
        text = text_of(element.content(workbook))
        after = _RANGE.sub(lambda found: _wider_named(found, column, first), text)
        if after != text:
            changes.append((element.inner, element.close, escape(after)))
    return splice(workbook, changes)


def _wider_named(found: re.Match[str], column: NewColumn, first: int) -> str:
    sheet = found[1][1:-1].replace("''", "'") if found[1].startswith("'") else found[1]
    plain = (found[2] + found[3] + found[4]).replace("$", "")
    after = _wider(plain, column, first)
    if sheet.lower() != column.sheet.lower() or after == plain:
        return found[0]
    letters = after.rpartition(":")[2].rstrip("0123456789")
    return f"{found[1]}!{found[2]}{letters}{found[4]}"


def _width(sheet: SheetXml, column: NewColumn) -> list[Change]:
    """The change that gives the column a width: that of its neighbour, or what its header takes; or that takes back
    the very width given. None where the sheet says that column's width otherwise, or none at all."""
    listed = sheet.child("cols")
    if listed is None:
        return []
    neighbour = own = None
    for element in children(sheet.xml, listed):
        tag = element.tag(sheet.xml)
        low, high = (int(attribute(tag, name) or 0) for name in ("min", "max"))
        if low <= column.column <= high:
            own = element
        elif low < column.column:
            neighbour = element
    new = _sized(sheet, column, neighbour)
    if own is None:
        at = neighbour.end if neighbour else listed.inner
        return [] if column.taken_back else [(at, at, new)]
    given = column.taken_back and _said(own.tag(sheet.xml)) == _said(new) and len(list(children(sheet.xml, listed))) > 1
    return [(own.start, own.end, b"")] if given else []


def _said(tag: bytes) -> dict[bytes, float]:
    """What the tag of a width says, however the program that saved it last writes it."""
    return {name: float(value) for name, value in _ATTRIBUTE.findall(tag)}


def _sized(sheet: SheetXml, column: NewColumn, neighbour: Element | None) -> bytes:
    """The width of the column as XML."""
    width = float(attribute(neighbour.tag(sheet.xml), "width") or 0) if neighbour else 0.0
    wanted = min(_WIDEST, max(width, float(len(column.header) + _MARGIN)))
    return b'<%bcol min="%d" max="%d" width="%g" customWidth="1"/>' % (
        sheet.prefix,
        column.column,
        column.column,
        wanted,
    )

"""The drop-down list of a cell: the words its data validation offers.

It must not know what the words mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.follow import defined_names
from relance.workbook.xlsx.formulas import Area, references
from relance.workbook.xlsx.markup import attribute, text_of
from relance.workbook.xlsx.refs import parse_boxes, parse_cell

_RULE = re.compile(rb"<(?:[\w.-]+:)?dataValidation(\s[^>]*[^>/])>(.*?)</(?:[\w.-]+:)?dataValidation\s*>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?formula1[^>]*>(.*?)</(?:[\w.-]+:)?formula1\s*>", re.DOTALL)
_CELLS = re.compile(rb"<(?:[\w.-]+:)?sqref[^>]*>(.*?)</", re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")
_MOST = 500  # words of a list that are looked at


def choices_of(book: Book, sheet: str, cell: str) -> tuple[str, ...] | None:
    """The words the drop-down list of a cell offers, in its order; None without a list, or when it cannot be followed
    (a list that a formula computes)."""
    row, column = parse_cell(cell)
    xml = book.sheet(sheet)
    for rule in _RULE.finditer(xml.xml, xml.data.close):
        tag, body = b"<x" + rule[1] + b">", rule[2]
        if attribute(tag, "type") != "list":
            continue
        named = _CELLS.search(body)
        cells = attribute(tag, "sqref") or (text_of(named[1]) if named else "")
        if any(box.holds(row, column) for box in parse_boxes(cells)):
            formula = _FORMULA.search(body)
            return _listed(book, sheet, text_of(_TAG.sub(b"", formula[1]))) if formula else None
    return None


def _listed(book: Book, sheet: str, formula: str) -> tuple[str, ...] | None:
    text = formula.strip().removeprefix("=")
    if text.startswith('"') and text.endswith('"'):
        return tuple(word.strip() for word in text[1:-1].replace('""', '"').split(",") if word.strip())
    names = {name.lower(): meant for name, meant in defined_names(book.workbook_xml).items()}
    found = references(names.get(text.lower(), text))
    if not found or len(found) != 1 or not isinstance(found[0], Area):
        return None
    return tuple(_words(book, found[0].sheet or sheet, found[0]))


def _words(book: Book, sheet: str, area: Area) -> Iterator[str]:
    box = area.box()
    name = next((part.name for part in book.layout.sheets if part.name.lower() == sheet.lower()), None)
    if name is None:
        return
    for row in book.sheet(name).rows(box.top, min(box.bottom, box.top + _MOST)):
        for column, cell in book.sheet(name).cells(row).items():
            value = book.content(cell)
            if box.left <= column <= box.right and isinstance(value, str) and value.strip():
                yield value.strip()

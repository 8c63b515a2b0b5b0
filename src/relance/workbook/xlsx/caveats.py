"""What a workbook says of itself that whoever writes in it should hear: it calculates only when asked, it asks to be
opened read-only. Neither forbids writing."""

from __future__ import annotations

from relance.errors import Message, msg
from relance.workbook.xlsx.book import Book
from relance.workbook.xlsx.markup import attribute, child, root

_TRUE = ("1", "true")


def caveats(book: Book, sheet: str) -> tuple[Message, ...]:
    """What to say to somebody whose act writes in a sheet; nothing, most of the time."""
    xml = book.workbook_xml
    tags = {}
    for name in ("calcPr", "fileSharing"):
        found = child(xml, root(xml), name)
        tags[name] = found.tag(xml) if found else b""
    told = []
    if attribute(tags["calcPr"], "calcMode") == "manual" and book.sheet(sheet).computes:
        told.append(
            msg(
                "This workbook calculates only when asked: press F9 in Excel, or balances and totals stay as they were."
            )
        )
    if attribute(tags["fileSharing"], "readOnlyRecommended") in _TRUE:
        told.append(msg("This workbook asks to be opened read-only: tell those who have it open that it changed."))
    elif any(attribute(tags["fileSharing"], name) for name in ("reservationPassword", "hashValue")):
        told.append(msg("This workbook is reserved to those who know its write password: tell them that it changed."))
    return tuple(told)

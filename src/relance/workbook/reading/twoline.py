"""A header over two rows, merged or not, becomes one row of headers: "Facture" above "N°" and "Date" makes "N° Facture"
and "Date Facture".

It must not choose between one row and two (module `table` does), nor look at the values below.
"""

from __future__ import annotations

from collections.abc import Sequence

from relance.dates import parse_date
from relance.money import parse_amount
from relance.workbook.reading.columns import header_text
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.read import Row

Merged = Sequence[tuple[int, int, int, int]]


def may_be_header(row: Row) -> bool:
    """Whether a row can be the lower line of a header: texts alone, at least two of them, no date and no amount.

    >>> may_be_header(["", "N°", "Date", "Échéance"]), may_be_header(["F-1", "Dupont", "01/03/2026"])
    (True, False)
    """
    filled = [cell for cell in row if cell != ""]
    texts = [cell.strip() for cell in filled if isinstance(cell, str)]
    return len(filled) == len(texts) >= 2 and not any(parse_date(text) or parse_amount(text) for text in texts)


def joined_header(upper: Row, lower: Row, merged: Merged, number: int) -> Row:
    """The header that two rows make, `number` being the upper one's. Each column is called by both lines, in the order
    people use; by one of them where both together are no usual header.

    >>> joined_header(["Client", "Facture", "", "Montant"], ["", "N°", "Date", "TTC"], [(3, 1, 3, 2)], 4)
    ['Client', 'N° Facture', 'Date Facture', 'Montant TTC']
    """
    own = [header_text(cell) for cell in upper]
    over = _spread(own, merged, number)
    left = _to_the_left(over)
    texts = [header_text(cell) for cell in lower]
    return [
        _joined(own[index], top, text) if top else _usual(left[index], text) if text and left[index] else text
        for index, (top, text) in enumerate(zip(over, texts, strict=True))
    ]


def _usual(top: str, text: str) -> str:
    """Both lines together where people use that and the lower one alone leaves a doubt; else the lower one."""
    if meaning(text).sure:
        return text
    return next((way for way in (f"{text} {top}", f"{top} {text}") if meaning(way)), text)


def _spread(texts: list[str], merged: Merged, number: int) -> list[str]:
    """The upper line, each text over all the columns of its merged cell."""
    over = list(texts)
    for top, left, bottom, right in merged:
        if top == number - 1 == bottom and left < len(texts):
            over[left : right + 1] = [texts[left]] * (min(right + 1, len(texts)) - left)
    return over


def _to_the_left(texts: list[str]) -> list[str]:
    """For each column the nearest text at its left, of an upper line that is more than a title."""
    if sum(1 for text in texts if text) < 2:
        return [""] * len(texts)
    found: list[str] = []
    for text in texts:
        found.append(text or (found[-1] if found else ""))
    return found


def _joined(own: str, top: str, text: str) -> str:
    """The header of one column: its own upper text, the one above it and its neighbours, its lower text.

    A lower text that can mean several things ("Date", "Total") stands alone only where the upper one means nothing.
    """
    if not text or not top:
        return text or top
    both = f"{top} {text}"
    found = next((way for way in (f"{text} {top}", both) if meaning(way)), "")
    if not found and (meaning(text).sure or meaning(text).by_value or not meaning(top)):
        return text if meaning(text) else both
    return found or (own if own and not meaning(text) else both)

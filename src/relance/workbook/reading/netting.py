"""Which rows are credit notes, and which invoice each of them reduces.

A note is known by a negative amount, by its type, its status or its number. It must not know payments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from relance.domain.model import Credit, State
from relance.money import ZERO
from relance.workbook.reading.cells import beginning
from relance.workbook.reading.credits import Named, Note, known_numbers, net
from relance.workbook.reading.gather import Read
from relance.workbook.reading.grid import Grid

_CALLED_ONE = re.compile(r"avoirs?\b", re.IGNORECASE)
_LIKE_ONE = re.compile(r"(?:AV|AVR|NC|CN|NCR)[-_ /.]?\d", re.IGNORECASE)
_OVER = frozenset({State.PAID, State.CANCELLED, State.DRAFT, State.WRITTEN_OFF})
_CREDIT_NOTE = State.CREDIT_NOTE  # an enum's member looked up once, not once a row


def credit_places(read: Read, states: Sequence[State | None]) -> set[int]:
    """The positions of the rows that are credit notes: negative, or called so by their type, status or number."""
    found: set[int] = set()
    if min(filter(None, read.total), default=ZERO) < ZERO:
        found = {place for place, total in enumerate(read.total) if total is not None and total < ZERO}
    if any(read.credit):
        found |= {place for place, word in enumerate(read.credit) if word}
    if _CREDIT_NOTE in set(states):
        found |= {place for place, state in enumerate(states) if state is _CREDIT_NOTE}
    found |= {place for place, number in beginning(("av",), read.number) if _CALLED_ONE.match(number)}
    return found - read.left_out


def doubt_prefixes(grid: Grid, read: Read, places: set[int], states: Sequence[State | None]) -> None:
    """Set aside the rows whose number begins as those of credit notes do, AV-12 among F-11 and F-13, and whose amount
    is not negative: a credit note typed so would be chased."""
    found = [place for place, number in beginning(("av", "nc", "cn"), read.number) if _LIKE_ONE.match(number)]
    if not found or grid.has("type") or 2 * len(found) > sum(map(bool, read.number)):
        return
    for place in found:
        if place not in places and place not in read.left_out and states[place] not in _OVER and read.total[place]:
            grid.set_aside(place, "credit-doubt", read.number[place], role="number")


def net_notes(grid: Grid, read: Read, places: set[int]) -> tuple[dict[int, list[Credit]], set[int]]:
    """The credit notes at these positions shared out among the invoices they name: the credits of each invoice by its
    position, and the positions of the notes that were netted."""
    if not places:
        return {}, set()
    known = known_numbers(
        (number, Named(place, key, currency))
        for place, (number, key, currency) in enumerate(zip(read.number, read.key, read.currency, strict=True))
        if number and place not in places and place not in read.left_out
    )
    notes = (_note(grid, read, place) for place in sorted(places - grid.grave.keys()))
    return net([note for note in notes if note], known)


def _note(grid: Grid, read: Read, place: int) -> Note | None:
    status, amount = read.status[place], read.total[place]
    if amount is None or (status and status.state in {State.CANCELLED, State.DRAFT}):
        return None
    said = (read.extras[role][place] for role in ("order", "comment") if role in read.extras)
    column = grid.table.column("type")
    typed = str(grid.raw(column)[place]) if column else ""
    texts = (read.number[place] or "", *said, typed)
    return Note(place, texts, read.key[place], read.currency[place], abs(amount), read.issued[place], texts[0])

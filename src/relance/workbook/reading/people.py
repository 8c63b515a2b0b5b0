"""What the rows of the tracker say of their clients, joined with the clients sheet: one key per row.

It must not know invoices.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from relance.workbook.reading.clients import Identity, Place, Register, split_codes
from relance.workbook.reading.forms import read_forms
from relance.workbook.reading.grid import Grid, Weight
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.insolvency import telling
from relance.workbook.reading.roles import PEOPLE
from relance.workbook.reading.values import parse_name, parse_phone, parse_text

_WEIGHTS = {
    "client": Weight.GRAVE,
    "client_code": Weight.GRAVE,
    "kind": Weight.CLIENT,
    "policy": Weight.CLIENT,
}

_NOWHERE = -1  # the place of a row left out, among those of the others


def read_people(grid: Grid) -> dict[str, list[str]]:
    """What the rows say of their clients: the columns of PEOPLE that are there."""
    parsers = {"phone": parse_phone, "client": parse_name, "contact": parse_name}
    found = {role: grid.read(role, parsers.get(role, parse_text), _WEIGHTS.get(role, Weight.LIGHT)) for role in PEOPLE}
    if forms := grid.table.column("form_of_address"):
        found["form_of_address"] = read_forms(forms.header, found["form_of_address"] or [], _unseen(grid, forms.index))
    if found["client"] and not found["client_code"] and (parts := split_codes(found["client"])):
        found["client"], found["client_code"] = parts
    return {role: values for role, values in found.items() if values is not None}


def _unseen(grid: Grid, index: int) -> list[int]:
    """The places of the cells of a column that show no value."""
    rows = (*grid.marks.errors.get(index, {}), *grid.marks.valueless.get(index, ()))
    return [row - grid.table.first_row for row in rows]


def names_of(people: dict[str, list[str]]) -> list[str] | None:
    """What each row calls its client: the name, else the code; None without any such column."""
    names, codes = people.get("client"), people.get("client_code")
    if names and codes:
        return [name or code for name, code in zip(names, codes, strict=True)]
    return names or codes


def note_insolvency(grid: Grid, keys: Sequence[str], register: Register) -> None:
    """Hold the clients of whom a remark or a status of one row tells that insolvency proceedings are open."""
    for role in ("comment", "status"):
        column = grid.table.column(role)
        if column is None or (role == "comment" and meaning(column.header).sure != role):
            continue
        cells = grid.raw(column)
        said = telling(cells.different)
        for place, text in enumerate(cells) if said else ():
            if keys[place] and text in said:
                register.insolvent(keys[place], str(text).strip(), partial(grid.where, place), role)


def join(grid: Grid, people: dict[str, list[str]], register: Register, out: set[int]) -> list[str]:
    """The client of each row, by key; rows left out introduce nobody."""
    has_client = grid.has("client") or grid.has("client_code")
    alike = _first_alike(list(people.values()), grid.size, out)
    first = [place for place in dict.fromkeys(alike) if place != _NOWHERE]
    columns = [people.get(role) for role in PEOPLE]
    said = [tuple([column[place] if column else "" for column in columns]) for place in first]
    identities = list(zip(first, map(register.identified, said), strict=True))
    register.learn_codes(identity for _, identity in identities)
    keys = {_NOWHERE: ""}
    met: dict[str, tuple[Identity, Place]] = {}
    for place, identity in identities:
        nobody = has_client and not identity[0] and not identity[1]
        cell = partial(grid.where, place)
        keys[place] = "" if nobody else register.meet(identity, cell)
        met.setdefault(keys[place], (identity, cell))
    met.pop("", None)
    register.compare(met)
    for place, problems in grid.clients.items():
        if place not in out:
            register.doubt(keys[alike[place]], problems)
    return list(map(keys.__getitem__, alike))


def _first_alike(columns: Sequence[list[Any]], size: int, out: set[int]) -> list[int]:
    """The first row, in the order of the sheet, that says the same as each row; nowhere for a row left out."""
    lead, *others = [_blanked(column, out) for column in columns] or [[""] * size]
    first: dict[Any, int] = {}
    alike = list(map(first.setdefault, lead, range(size)))
    if any([other[place] for place in alike] != other for other in others):  # one client, two e-mail addresses
        alike = list(map(first.setdefault, zip(lead, *others, strict=True), range(size)))
    for place in out:
        alike[place] = _NOWHERE
    return alike


def _blanked(column: list[Any], out: set[int]) -> list[Any]:
    """The column with nothing, not even a blank text, in the rows left out."""
    found = list(column)
    for place in out:
        found[place] = None
    return found

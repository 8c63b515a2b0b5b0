"""Formulas as stored: which cells they read, and the same formula one row further down.

A formula that cannot be followed with certainty (INDIRECT, OFFSET, a name nobody defines ...) reads anything: None.
It must not know sheets' bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from relance.workbook.xlsx.refs import LAST_COLUMN, LAST_ROW, Box, column_letters, column_number

_QUOTED = r"'(?:[^']|'')*'!"
_PLAIN = r"(?:\[\d+\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?!|\[\d+\]!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_AREA = rf"{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}}"
_TOKEN = re.compile(
    rf"(?P<text>\"(?:[^\"]|\"\")*\")|(?P<sheet>{_QUOTED}|{_PLAIN})?(?:(?P<area>{_AREA})(?![\w.(\[!])"
    rf"|(?P<error>\#[A-Z/0!?]+)|(?P<name>(?:[^\W\d]|\\)[\w.\\?]*)(?P<after>[(\[])?)|(?P<unsure>[\[:])"
)
_PARTS = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")
_UNSURE = frozenset(("INDIRECT", "OFFSET", "EVALUATE", "CALL", "REGISTER.ID", "GETPIVOTDATA"))
_CONSTANTS = frozenset(("TRUE", "FALSE"))
_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")


class Corner(Struct, frozen=True, gc=False):
    """A corner of an area: row and column, 0 for a whole column or row, and whether each stays when copied."""

    row: int
    column: int
    row_fixed: bool
    column_fixed: bool


class Area(Struct, frozen=True, gc=False):
    """Cells a formula reads: on a sheet ("" for its own; `First:Last` for several), between two corners."""

    sheet: str
    first: Corner
    last: Corner

    def box(self, rows: int = 0, columns: int = 0) -> Box:
        """The rectangle, as copied that far down and right."""
        sides = [_moved(corner, rows, columns) for corner in (self.first, self.last)]
        (row, column), (other_row, other_column) = sides
        return Box(
            min(row, other_row) or 1,
            min(column, other_column) or 1,
            max(row, other_row) or LAST_ROW,
            max(column, other_column) or LAST_COLUMN,
        )


class Structured(Struct, frozen=True, gc=False):
    """Cells of a table ("" = the one the formula is in) a formula reads: by column names (none = all), of its own row
    only or of the whole table."""

    table: str
    columns: tuple[str, ...]
    own_row: bool


class Named(Struct, frozen=True, gc=False):
    """A defined name a formula reads."""

    name: str


Reference = Area | Structured | Named


def references(formula: str) -> tuple[Reference, ...] | None:
    """What a formula reads, or None when it cannot be told.

    >>> [str(ref.box()) for ref in references("IF(H40>0,F40,SUM('Été 1'!$A$1:B2))")]
    ['H40', 'F40', 'A1:B2']
    >>> references("INDIRECT(A1)"), references('"A1"&LOG10(2)'), references("T[[#This Row],[Net]]")
    (None, (), (Structured(table='t', columns=('Net',), own_row=True),))
    """
    found: list[Reference] = []
    at = 0
    while at < len(formula):
        number = _NUMBER.match(formula, at) if formula[at].isdigit() else None
        token = _TOKEN.match(formula, at)
        if token is None or (number and not token["area"]):
            at = number.end() if number else at + 1
            continue
        at = token.end()
        sheet = _sheet(token["sheet"])
        if token["area"]:
            if sheet is not None:
                found.append(_area(sheet, token["area"]))
        elif token["name"]:
            reference, at = _named(formula, token, at)
            if reference is None:
                return None
            found += reference
        elif token["unsure"] == "[" and (end := _closing(formula, at)):  # a column of the table the cell is in
            found += _structured("", formula[at : end - 1])
            at = end
        elif token["unsure"]:  # a range made of results: it may cover anything
            return None
    return tuple(found)


def _named(formula: str, token: re.Match[str], at: int) -> tuple[tuple[Reference, ...] | None, int]:
    name = token["name"]
    if token["after"] == "(":
        bare = name.upper().rpartition("_XLFN.")[2].removeprefix("_XLWS.")
        return (None if bare in _UNSURE else ()), at
    if token["after"] == "[":
        end = _closing(formula, at)
        return (_structured(name, formula[at : end - 1]), end) if end else (None, at)
    if name.upper() in _CONSTANTS or _sheet(token["sheet"]) is None:
        return (), at
    return (Named(name.lower()),), at


def _sheet(prefix: str | None) -> str | None:
    """The sheet a reference names, "" for none given, None for another workbook."""
    if not prefix:
        return ""
    name = prefix[:-1]
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    name = name.removeprefix("[0]")  # this workbook itself
    return None if "[" in name else name


def _area(sheet: str, text: str) -> Area:
    first, _, last = text.partition(":")
    corner = _corner(first)
    return Area(sheet, corner, _corner(last) if last else corner)


def _corner(text: str) -> Corner:
    found = _PARTS.fullmatch(text)
    if not found:
        raise ValueError(text)
    fixed, letters, row_fixed, row = found.groups()
    if not letters:
        return Corner(row=int(row), column=0, row_fixed=bool(fixed or row_fixed), column_fixed=True)
    return Corner(int(row or 0), column_number(letters), bool(row_fixed), bool(fixed))


def _moved(corner: Corner, rows: int, columns: int) -> tuple[int, int]:
    row = corner.row if corner.row_fixed or not corner.row else corner.row + rows
    column = corner.column if corner.column_fixed or not corner.column else corner.column + columns
    return row, column


def _stays(corner: Corner) -> bool:
    return (corner.row_fixed or not corner.row) and (corner.column_fixed or not corner.column)


def _closing(formula: str, at: int) -> int:
    """Where the bracket opened just before `at` closes; 0 when it does not. `'` escapes the next character."""
    depth = 1
    while at < len(formula):
        if formula[at] == "'":
            at += 1
        elif formula[at] in "[]":
            depth += 1 if formula[at] == "[" else -1
            if depth == 0:
                return at + 1
        at += 1
    return 0


_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]")


def _structured(table: str, inner: str) -> tuple[Reference, ...]:
    items = _ITEM.findall(inner) if "[" in inner else [inner]
    names = [re.sub(r"'(.)", r"\1", item) for item in items if item and not item.startswith("#")]
    own = any(item.lower() == "#this row" for item in items) or inner.startswith("@")
    columns = tuple(names) if "]:[" not in inner else ()
    return (Structured(table.lower(), tuple(name.removeprefix("@") for name in columns), own),)


def shifted(formula: str, rows: int, columns: int = 0) -> str | None:
    """The formula as copied that far down and right, `$` kept; None when a reference would leave the sheet.

    >>> shifted('F40-$G$1+LOG10(H$2)&"F40"', 1), shifted("SUM(F$2:F40)+'A1'!B:B+T[[#This Row],[A1]]", 1)
    ('F41-$G$1+LOG10(H$2)&"F40"', "SUM(F$2:F41)+'A1'!B:B+T[[#This Row],[A1]]")
    """
    lost: list[str] = []

    def moved(_: str | None, area: str) -> str:
        after = _shifted_area(area, rows, columns)
        if after is None:
            lost.append(area)
        return after or area

    after = rewritten(formula, moved)
    return None if lost else after


def rewritten(formula: str, change: Callable[[str | None, str], str]) -> str:
    """The formula with each area of cells replaced by what `change(sheet, area)` gives; all else stays as written.

    `sheet` is "" for none named, None for another workbook.

    >>> rewritten("SUM(F2:F41)/Taux", lambda sheet, area: area.replace("41", "42"))
    'SUM(F2:F42)/Taux'
    """
    pieces, at = [], 0
    while at < len(formula):
        number = _NUMBER.match(formula, at) if formula[at].isdigit() else None
        token = _TOKEN.match(formula, at)
        if token is None or (number and not token["area"]):
            end = number.end() if number else at + 1
            pieces.append(formula[at:end])
        elif token["area"]:
            end = token.end()
            pieces.append((token["sheet"] or "") + change(_sheet(token["sheet"]), token["area"]))
        else:
            bracket = "[" in (token["after"], token["unsure"])
            end = (_closing(formula, token.end()) or len(formula)) if bracket else token.end()
            pieces.append(formula[at:end])
        at = end
    return "".join(pieces)


def _shifted_area(area: str, rows: int, columns: int) -> str | None:
    moved = []
    for text in area.split(":"):
        corner = _corner(text)
        row, column = _moved(corner, rows, columns)
        if row > LAST_ROW or column > LAST_COLUMN or (corner.row and row < 1) or (corner.column and column < 1):
            return None
        fixed = "$" if corner.column and corner.column_fixed else ""
        letters = fixed + column_letters(column) if corner.column else ""
        moved.append(letters + (("$" if corner.row_fixed else "") + str(row) if corner.row else ""))
    return ":".join(moved)


def names_in(texts: Mapping[str, str]) -> dict[str, tuple[Reference, ...] | None]:
    """What each defined name stands for, names of names included; None where it cannot be told.

    >>> names_in({"Taux": "Param!$B$2", "Net": "Taux*2"})["net"] == references("Param!$B$2")
    True
    """
    direct = {name.lower(): references(text) for name, text in texts.items()}
    return {name: _resolved(name, direct, ()) for name in direct}


def _resolved(
    name: str, direct: Mapping[str, tuple[Reference, ...] | None], seen: tuple[str, ...]
) -> tuple[Reference, ...] | None:
    found = direct.get(name)
    if found is None or name in seen:
        return None
    areas: list[Reference] = []
    for reference in found:
        if isinstance(reference, Named):
            deeper = _resolved(reference.name, direct, (*seen, name))
            if deeper is None:
                return None
            areas += deeper
        elif isinstance(reference, Area) and not (_stays(reference.first) and _stays(reference.last)):
            return None  # relative to the cell that uses the name
        else:
            areas.append(reference)
    return tuple(areas)

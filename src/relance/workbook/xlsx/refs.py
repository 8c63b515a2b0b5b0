"""Cell references as a person types them (`D12`, `B2:F40`) and as numbers; nothing about files."""

from __future__ import annotations

import re

from msgspec import Struct

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


class Box(Struct, frozen=True, gc=False, order=True):
    """A rectangle of cells, all four sides included; columns are numbers, A is 1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Box) -> bool:
        """Whether two rectangles share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def __str__(self) -> str:
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"


def column_number(letters: str) -> int:
    """The number of a column.

    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column.

    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The name of a cell.

    >>> address(12, 4)
    'D12'
    """
    return f"{column_letters(column)}{row}"


def parse_cell(text: str) -> tuple[int, int]:
    """The row and column of a cell's name; ValueError when it is none, or outside a sheet.

    >>> parse_cell("$D$12")
    (12, 4)
    """
    found = _CELL.fullmatch(text)
    if not found:
        raise ValueError(text)
    row, column = int(found[2]), column_number(found[1])
    if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
        raise ValueError(text)
    return row, column


def parse_box(text: str) -> Box:
    """The rectangle of a reference: a cell, two corners, whole columns or whole rows; ValueError otherwise.

    >>> str(parse_box("F40:B2")), parse_box("C:C").bottom
    ('B2:F40', 1048576)
    """
    first, _, last = text.replace("$", "").partition(":")
    last = last or first
    if first.isalpha() and last.isalpha():
        sides = [(1, column_number(first)), (LAST_ROW, column_number(last))]
    elif first.isdigit() and last.isdigit():
        sides = [(int(first), 1), (int(last), LAST_COLUMN)]
    else:
        sides = [parse_cell(first), parse_cell(last)]
    (row, column), (other_row, other_column) = sides
    return Box(min(row, other_row), min(column, other_column), max(row, other_row), max(column, other_column))


def parse_boxes(text: str) -> list[Box]:
    """The rectangles of a list separated by blanks, as `sqref` writes them; what is not a reference is left out."""
    boxes = []
    for item in text.split():
        try:
            boxes.append(parse_box(item))
        except ValueError:
            continue
    return boxes

"""A column of amounts read whole: percentages and figures whose marks the column leaves open are told, never guessed.

"1.234" is a thousand and more to one person, a little over one to another: the other amounts of its column say what
its point means, as the dates of a column say which of day and month comes first. It must not know what a row means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from relance.money import thousands_or_decimals
from relance.workbook.reading.cells import texts_of
from relance.workbook.reading.columns import Column
from relance.workbook.reading.grid import Grid, Weight
from relance.workbook.reading.values import Parse, parse_sum

_CENTS = re.compile(r"([.,])\d{1,2}\D*$")
_GROUPS = re.compile(r"\d([.,])\d{3}\1\d{3}")
_OTHER = {".": ",", ",": "."}


def read_amounts(
    grid: Grid, role: str, weight: Weight, parse: Parse = parse_sum, *, computed: bool = False
) -> list[Decimal | None] | None:
    """The amounts of a role, None where blank or not certain; None when no column plays it. `computed`: see
    `Grid.read`."""
    column = grid.table.column(role)
    return None if column is None else read_amount_column(grid, column, weight, parse, computed=computed)


def read_amount_column(
    grid: Grid, column: Column, weight: Weight, parse: Parse = parse_sum, *, computed: bool = False
) -> list[Decimal | None]:
    """As `read_amounts`, for one of several columns of a role."""
    if weight is Weight.GRAVE:
        for row, said in grid.marks.formats.get(column.index, {}).items():
            place = row - grid.table.first_row
            if said == "%" and 0 <= place < grid.size and grid.raw(column)[place] != "":
                grid.set_aside(place, "amount-percent", role=column.role)
    raw = grid.raw(column)
    values: list[Decimal | None] = grid.read_column(column, parse, weight, computed=computed)
    if doubtful := doubtful_amounts(raw):
        for place, text in enumerate(raw):
            if type(text) is str and text in doubtful:
                values[place] = None
                grid.note(place, column, "amount-ambiguous", text, weight)
    return values


def doubtful_amounts(values: Sequence[Any]) -> set[str]:
    """The texts of a column whose only mark stands before three figures, where the others do not say what it means.

    >>> sorted(doubtful_amounts(["1.234", "2,345"])), sorted(doubtful_amounts(["1.234", "12,50"]))
    (['1.234', '2,345'], [])
    >>> sorted(doubtful_amounts(["1.234", "12.50"])), doubtful_amounts(["1 234", 1234.0, "1.234.567", "2.345"])
    (['1.234'], set())
    """
    texts = texts_of(values)
    found = {text: match for text in texts if (match := thousands_or_decimals(text))}
    if not found:
        return set()
    decimal = {match[1] for text in texts if (match := _CENTS.search(text))}
    decimal |= {_OTHER[match[1]] for text in texts if (match := _GROUPS.search(text))}
    return {text for text, match in found.items() if decimal != {_OTHER[match[2]]} or match[1].startswith("0")}

"""The rows of a changed sheet, found from those it had: the same as found anew, whatever changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.workbook.xlsx.row_index import find_rows, find_rows_again

HEAD, TAIL = b'<sheet><dimension ref="A1:B9"/><sheetData>', b"</sheetData><f>not a cell</f></sheet>"


def sheet(rows: list[bytes], head: bytes = HEAD) -> tuple[bytes, tuple[int, int]]:
    """The bytes of a sheet of these rows, and where its cells are."""
    cells = b"".join(rows)
    return head + cells + TAIL, (len(head), len(head) + len(cells))


def row(number: int, cells: bytes) -> bytes:
    return b'<row r="%d">%b</row>' % (number, cells)


CELLS = st.sampled_from([b"", b"<c><v>1</v></c>", b"<c><f>A1</f><v>1</v></c>", b'<c t="s"><v>12</v></c>'])
NUMBERS = st.lists(st.integers(1, 30), unique=True, max_size=8).map(sorted)
ROWS = st.builds(lambda numbers, cells: list(map(row, numbers, cells)), NUMBERS, st.lists(CELLS, min_size=8))
LOOSE = st.lists(st.sampled_from([b"<row/>", b"<row><c/></row>", b"<row s='1' r='7'/>"]), max_size=3)


@given(before=ROWS, after=ROWS, loose=LOOSE, head=st.sampled_from([HEAD, HEAD.replace(b"B9", b"C99")]))
def test_rows_found_again_are_those_found_anew(
    before: list[bytes], after: list[bytes], loose: list[bytes], head: bytes
) -> None:
    old, span = sheet(before)
    known = find_rows(old, b"", span)
    for rows in (after, [*before[:3], *after[3:]], [*after, *loose], before[1:]):
        new, span = sheet(rows, head)
        found, anew = find_rows_again(known, old, new, b"", span), find_rows(new, b"", span)
        assert (found.starts, found.numbers) == (anew.starts, anew.numbers)
        assert found.computed or not anew.computed


@pytest.mark.parametrize("at", [0, 1, 499, 998, 999])
def test_a_change_of_one_row_moves_the_others(at: int) -> None:
    rows = [row(number, b"<c><v>%d</v></c>" % number) for number in range(1, 1001)]
    old, span = sheet(rows)
    known = find_rows(old, b"", span)
    assert not known.computed
    for new_rows in (rows[:at] + rows[at + 1 :], [*rows[:at], row(at + 1, b"<c><f>A1</f></c>"), *rows[at + 1 :]]):
        new, span = sheet(new_rows)
        assert find_rows_again(known, old, new, b"", span) == find_rows(new, b"", span)


def test_a_formula_beside_the_cells_is_none() -> None:
    old, span = sheet([row(1, b"<c/>")])
    assert not find_rows(old, b"", span).computed

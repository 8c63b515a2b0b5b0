"""A column read as a whole says of each cell what that cell says alone, whatever stands above and below it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relance.workbook.reading.cells import Cells, SumsLike, beginning, decide_order, parse_cells
from relance.workbook.reading.rows import read_ledger
from relance.workbook.reading.values import Parse, Unread, date_parser, parse_name, parse_number, parse_sum, parse_text
from sheets import HEADERS, ROW, make

CELL = st.one_of(
    st.sampled_from(
        ["", "", " ", "-", "12,50 €", "(3)", "1.234", "idem", "F-1 ", "true", "Noël", "01/02/2026", 0.0, 1.0, 1e30]
    ),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.integers(-99999, 99999).map(lambda cents: cents / 100),
    st.dates(date(1899, 12, 30), date(2101, 1, 1)),
)
COLUMN = st.one_of(st.lists(CELL), st.lists(st.one_of(st.just(""), st.floats(0, 1e6).map(lambda x: round(x, 2)))))


def alone(value: Any, parse: Parse) -> Any:
    """What a cell says by itself: a true is a word, a whole number a number as the others are."""
    if isinstance(value, bool):
        return parse(str(value).lower())
    return parse(float(value) if isinstance(value, int) else value)


def expected(values: list[Any], parse: Parse) -> tuple[list[Any], dict[int, Unread]]:
    """The column cell by cell."""
    found = [alone(value, parse) for value in values]
    bad = {place: value for place, value in enumerate(found) if isinstance(value, Unread)}
    return [None if place in bad else value for place, value in enumerate(found)], bad


@given(COLUMN, st.sampled_from([parse_sum, parse_text, parse_name, parse_number]))
def test_a_column_says_what_its_cells_say(values: list[Any], parse: Parse) -> None:
    assert parse_cells(values, parse) == expected(values, parse)


@given(COLUMN)
def test_a_column_of_dates_says_what_its_cells_say(values: list[Any]) -> None:
    parse = date_parser(decide_order(Cells(values), None))
    assert parse_cells(Cells(values), parse) == expected(values, parse)


@given(st.lists(st.tuples(CELL, CELL, st.booleans())))
def test_amounts_that_mostly_repeat_another_column_are_read_as_they_are(rows: list[tuple[Any, Any, bool]]) -> None:
    totals = Cells(total for total, _, _ in rows)
    paid = [total if same else other for total, other, same in rows]
    amounts, _ = parse_cells(totals, parse_sum)
    assert parse_cells(paid, SumsLike(totals, amounts)) == expected(paid, parse_sum)


@given(st.lists(st.one_of(st.none(), st.text("ABab-1", max_size=3))))
def test_texts_are_found_by_how_they_begin(texts: list[str | None]) -> None:
    assert beginning(("a", "b1"), Cells(texts)) == [
        (place, text) for place, text in enumerate(texts) if text and text.startswith(("A", "a", "B1", "b1"))
    ]


def test_rows_of_one_client_that_say_two_things_are_told_and_a_total_between_them_is_nobody(tmp_path: Path) -> None:
    rows = [
        ("F-001", "Dupont", "a@dupont.example"), ("F-002", "Martin", "m@martin.example"), ("TOTAL", "", "x@t.example"),
        ("F-003", "Dupont", "b@dupont.example"), ("F-004", "dupont", "a@dupont.example"),
        ("F-005", "Martin", "m@martin.example"),
    ]  # fmt: skip
    sheet = [
        [number, client, *(ROW[2:4] if client else ("", "")), 1000 if client else 5000, email]
        for number, client, email in rows
    ]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, "E-mail"], *sheet]))
    assert [(invoice.number, invoice.client.key, invoice.client.email) for invoice in ledger.invoices] == [
        ("F-001", "dupont", "a@dupont.example"), ("F-002", "martin", "m@martin.example"),
        ("F-003", "dupont", "a@dupont.example"), ("F-004", "dupont", "a@dupont.example"),
        ("F-005", "martin", "m@martin.example"),
    ]  # fmt: skip
    assert [client.key for client in ledger.clients] == ["dupont", "martin"]
    told = [(problem.code, str(problem.where), problem.value) for problem in ledger.problems]
    assert [found for found in told if found[0] == "client-contradiction"] == [
        ("client-contradiction", "Suivi!F5", "b@dupont.example")
    ]


def test_a_number_of_thirty_figures_is_no_amount(tmp_path: Path) -> None:
    """Nor a crash: its row is set aside."""
    path = make(tmp_path / "s.xlsx", [HEADERS, ROW, ["F-002", *ROW[1:4], 1e30]])
    (aside,) = read_ledger(path).set_aside
    assert [(problem.code, str(problem.where)) for problem in aside.problems] == [("amount-unreadable", "Suivi!E3")]

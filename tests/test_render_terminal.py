"""Text and terminal: golden pages, and what must hold at every width."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.cli.console import signs_of
from relance.errors import msg
from relance.language import Language
from relance.money import Money
from relance.reports.cells import width as columns_of
from relance.reports.paper import fits
from relance.reports.render import render
from relance.reports.terminal import record_svg
from relance.reports.view import Align, Column, Lateness, Table, Tone, View
from render_sample import CHASE_COLUMNS, CHASE_ROWS, HOSTILE, TODAY, euros, of_table, sample
from write_golden import GOLDEN, pages

EN, FR = Language("en"), Language("fr")
CODES = re.compile("\x1b\\[[0-9;]*m")
LOCAL = {"en": EN, "fr": FR}


def shown(view: View, width: int | None, *, language: Language = EN, form: str = "text", **options: Any) -> str:
    return render(view, form, language, today=TODAY, width=width, **options)


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_page_is_the_golden_one(name: str) -> None:
    assert pages()[name] == Path(GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", ["fr", "en"])
@pytest.mark.parametrize("width", [*range(60, 200, 7), 200])
def test_no_line_is_wider_than_the_screen_and_no_figure_is_lost(width: int, code: str) -> None:
    page = shown(sample(), width, language=LOCAL[code])
    assert max(map(columns_of, page.splitlines())) <= width
    wanted = [cell for row in CHASE_ROWS for cell in row if isinstance(cell, Money)]
    for text in [LOCAL[code].show(money) for money in wanted] + [n for row in CHASE_ROWS for n in row[3]]:
        assert text in page
    assert "04 78 11 22 33" in page
    assert "27/11/2026" in page


amounts = st.decimals(-(10**9), 10**9, places=2).map(lambda amount: Money(amount, "EUR"))
numbers = st.from_regex(r"[A-Z]{1,4}[-/ ]20[0-9]{2}[-/ ][0-9]{3,9}", fullmatch=True)
names = st.text("abcdefg é株🍕", min_size=1, max_size=60)
rows = st.lists(
    st.tuples(
        names, names, numbers, st.lists(numbers, min_size=1, max_size=9).map(tuple), amounts, st.integers(-9, 999)
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(rows=rows, width=st.integers(60, 200), code=st.sampled_from(["fr", "en"]))
def test_amounts_and_invoice_numbers_are_whole_at_any_width(rows: list[Any], width: int, code: str) -> None:
    table = Table(
        columns=(
            Column("client", msg("Client")),
            Column("contact", msg("Contact"), fold=True),
            Column("number", msg("Invoice"), whole=True),
            Column("numbers", msg("Invoices"), fold=True),
            Column("open", msg("Open amount"), Align.RIGHT),
            Column("late", msg("Days late"), Align.RIGHT),
        ),
        rows=tuple((*row[:5], Lateness(row[5])) for row in rows),
    )
    page = shown(of_table(table), width, language=LOCAL[code])
    for row in rows:
        assert LOCAL[code].show(row[4]) in page
        assert all(number in page for number in (row[2], *row[3]))


def test_without_a_width_every_row_is_one_line_with_all_its_cells() -> None:
    page = shown(sample(), None)
    line = next(line for line in page.splitlines() if "Vasseur & Fils" in line)
    for text in ("Mme Odile Vasseur", "04 78 11 22 33", "F-2026-031, F-2026-038", "€12,480.00", "127", "formal notice"):
        assert text in line


@pytest.mark.parametrize("width", [80, 160])
def test_the_terminal_shows_the_text_and_only_adds_codes(width: int) -> None:
    painted = shown(sample(), width, form="terminal")
    assert CODES.sub("", painted) == shown(sample(), width)
    assert "\x1b[" in painted
    assert not re.search(r"\x1b\[[0-9;]*4[0-9]", painted), "no background"
    assert shown(sample(), width, form="terminal", colour=False) == shown(sample(), width)


def test_every_tone_has_a_sign_without_colour() -> None:
    tones = (Tone.GOOD, Tone.NOTICE, Tone.WARNING, Tone.BAD, Tone.PLAIN)
    table = Table(columns=(Column("a", msg("A")),), rows=(("x",),) * 5, tones=tones)
    lines = shown(of_table(table), 80).splitlines()[-5:]
    assert [line[:3].strip() for line in lines] == ["√", "·", "!", "!!", ""]


def test_ascii_only_leaves_no_other_character_of_ours() -> None:
    table = Table(columns=CHASE_COLUMNS, rows=(("Blanc", None, None, ("F-1",), None, Lateness(45), msg("wait")),))
    ascii_reader = Language("en", signs_of("ascii"))
    assert shown(of_table(table), 80, language=ascii_reader, ascii_only=True).isascii()
    bar = shown(sample(), 80, language=ascii_reader, ascii_only=True).splitlines()[6]
    assert bar.strip() == "".join(sorted(bar.strip(), key="-.:=#".index)), "a fill per stretch, in their order"
    assert set(bar.strip()) == set("-.:=#")


def test_glyphs_fit_in_the_encodings_of_windows_consoles_or_say_so() -> None:
    assert fits("utf-8")
    assert not fits("cp1252")
    assert not fits("no such encoding")


def test_decimal_marks_stand_in_one_line() -> None:
    money = (euros("1.00"), Money(euros("-1234567.89").amount, "CHF"), Money(euros("12").amount, "GBP"))
    table = Table(
        columns=(Column("a", msg("A")), Column("b", msg("B"), Align.RIGHT)), rows=tuple(("x", m) for m in money)
    )
    lines = shown(of_table(table), 80, language=FR).splitlines()[-3:]
    assert len({line.index(",") for line in lines}) == 1


@pytest.mark.parametrize("form", ["text", "terminal"])
def test_a_hostile_name_stays_a_text(form: str) -> None:
    rows = ((HOSTILE, None, None, ("F-1",), euros("1.00"), Lateness(1), msg("wait")),)
    page = shown(of_table(Table(columns=CHASE_COLUMNS, rows=rows)), 200, form=form)
    assert "\x1b[31m" not in page
    assert "\u202e" not in page
    assert len(page.splitlines()) == len(
        shown(of_table(Table(columns=CHASE_COLUMNS, rows=CHASE_ROWS[:1])), 200).splitlines()
    )


def test_figures_that_must_fold_keep_their_title() -> None:
    columns = tuple(Column(f"c{i}", msg("Base {n}", n=i), Align.RIGHT) for i in range(8))
    page = shown(of_table(Table(columns=columns, rows=(tuple(euros(f"{i}1234.50") for i in range(1, 9)),))), 60)
    assert "Base 7 €81,234.50" in page
    assert max(map(len, page.splitlines())) <= 60


def test_an_empty_table_is_its_sentence_or_nothing() -> None:
    said = Table(columns=CHASE_COLUMNS, rows=(), title=msg("To chase"), empty=msg("Nobody to chase today."))
    assert "Nobody to chase today." in shown(of_table(said), 80)
    assert "Never shown" not in shown(sample(), 80)


def test_the_picture_fetches_nothing() -> None:
    picture = record_svg(sample(), EN, 80, TODAY)
    assert picture.startswith("<svg")
    assert "F-2026-031" in picture
    assert not re.findall(r"url\(\"?http|href=|@font-face", picture)

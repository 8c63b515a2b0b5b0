"""What programs read: CSV that comes back as it was, the JSON contract, Markdown that cannot be broken out of."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.errors import UsageError, msg
from relance.language import Language
from relance.money import Money
from relance.reports.csv_ import defuse
from relance.reports.markdown import escape
from relance.reports.render import render
from relance.reports.view import Align, Column, Lateness, Line, Table, View
from render_sample import CHASE_COLUMNS, CHASE_ROWS, HOSTILE, TODAY, data, euros, of_table, sample

EN, FR = Language("en"), Language("fr")


def read(view: View, language: Language) -> list[list[str]]:
    text = render(view, "csv", language, today=TODAY)
    assert text.startswith("\ufeff") == (language.code == "fr")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";" if language.code == "fr" else ","))


def test_csv_is_the_exported_table_with_the_currency_last() -> None:
    head, *rows = read(sample(), EN)
    assert head == [str(column.title) for column in CHASE_COLUMNS] + ["Currency"]
    assert [row[0] for row in rows] == [row[0] for row in CHASE_ROWS]
    assert [Decimal(row[4]) for row in rows] == [row[4].amount for row in CHASE_ROWS]
    assert [row[-1] for row in rows] == ["EUR", "EUR", "EUR", "GBP"]


def test_csv_in_french_is_what_a_french_excel_opens() -> None:
    assert read(sample(), FR)[1][4] == "12480,00"


texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=20)


@given(
    rows=st.lists(
        st.tuples(texts, st.decimals(-(10**9), 10**9, places=2), st.dates(), st.integers(-9, 999)), min_size=1
    ),
    code=st.sampled_from(["fr", "en"]),
)  # fmt: skip
def test_csv_comes_back_as_it_was(rows: list[tuple[str, Decimal, date, int]], code: str) -> None:
    columns = tuple(Column(key, msg(key), Align.LEFT) for key in ("text", "amount", "day", "late"))
    cells = tuple((text, Money(amount, "EUR"), day, Lateness(late)) for text, amount, day, late in rows)
    _, *found = read(of_table(Table(columns=columns, rows=cells)), Language(code))
    for (text, amount, day, late), line in zip(rows, found, strict=True):
        assert line[0] in {text, f"'{text}"}
        assert Decimal(line[1].replace(",", ".")) == amount
        assert date.fromisoformat(line[2]) == day
        assert line[3:] == [str(late), "EUR"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|'/c calc'!A1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", " =1", "＝1", "\t=1", "-A1"]
)
def test_csv_defuses_formulas(text: str) -> None:
    columns = (Column("client", msg("Client")), Column("open", msg("Open"), Align.RIGHT))
    cell = read(of_table(Table(columns=columns, rows=((text, euros("-5.00")),))), EN)[1]
    assert cell[0].startswith("'")
    assert cell[1] == "-5.00"


@pytest.mark.parametrize(
    "text", ["-12,50", "+33 6 12 34 56 78", "+33 (0)1 23 45 67 89", "F-2026-01", "Vasseur = Fils", "'x"]
)
def test_csv_leaves_numbers_and_telephones_alone(text: str) -> None:
    assert defuse(text) == text


def test_csv_takes_the_table_of_the_view_when_no_section_is_one() -> None:
    line = Line(msg("Nothing to do."))
    table = Table(columns=(Column("a", msg("A")),), rows=(("x",),))
    view = View(command="report", title=msg("R"), data=dict, sections=lambda: (line,), export=lambda: table)
    assert read(view, EN) == [["A"], ["x"]]
    with pytest.raises(UsageError) as caught:
        read(View(command="report", title=msg("R"), data=dict, sections=lambda: (line,)), EN)
    assert caught.value.code == "no-table"


def test_an_unknown_format_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as caught:
        render(sample(), "pdf", EN, today=TODAY)
    assert caught.value.code == "unknown-format"


def test_the_json_envelope_is_the_contract() -> None:
    envelope = json.loads(render(sample(), "json", EN, today=TODAY))
    assert list(envelope) == ["relance", "command", "today", "data", "problems"]
    assert (envelope["relance"], envelope["command"], envelope["today"]) == (1, "status", "2026-11-20")
    assert envelope["data"]["totals"] == [
        {"currency": "EUR", "open": "84312.50", "overdue": "41207.00", "rate": "2.125"}
    ]
    assert {key: envelope["data"][key] for key in ("day", "count", "late", "phone", "numbers")} == {
        "day": "2026-11-20", "count": 3, "late": True, "phone": None, "numbers": ["F-1", "F-2"],
    }  # fmt: skip
    assert envelope["problems"] == [
        {
            "code": "amount_unreadable",
            "severity": "error",
            "where": {"sheet": "Factures", "cell": "E23"},
            "value": "1.2O0,00",
            "message": "The amount cannot be read.",
            "hint": "Type it again.",
        }
    ]


@given(st.decimals(-(10**12), 10**12, places=2) | st.integers(-(10**9), 10**9).map(Decimal) | st.just(Decimal("1E+3")))
def test_json_amounts_keep_their_value_with_two_decimals(amount: Decimal) -> None:
    view = View(command="x", title=msg("X"), data=lambda: {"open": amount}, sections=tuple)
    text = json.loads(render(view, "json", EN, today=TODAY))["data"]["open"]
    assert Decimal(text) == amount
    assert len(text.partition(".")[2]) == 2
    assert "E" not in text


def test_json_refuses_a_float() -> None:
    with pytest.raises(TypeError):
        render(View(command="x", title=msg("X"), data=lambda: {"open": 0.1}, sections=tuple), "json", EN, today=TODAY)


@pytest.mark.parametrize("form", ["json", "text", "terminal", "csv"])
def test_what_a_format_loads(form: str) -> None:
    program = f"""
import sys
from datetime import date
from relance.errors import msg
from relance.language import Language
from relance.reports.render import render
from relance.reports.view import Column, Table, View
table = Table(columns=(Column("a", msg("A")),), rows=(("x",),))
view = View(command="x", title=msg("X"), data=dict, sections=lambda: (table,))
render(view, "{form}", Language("fr"), today=date(2026, 11, 20), width=80)
print(*sorted(name for name in sys.modules if name in ("rich", "jinja2", "babel", "relance.reports.layout")))
"""
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == ([] if form in {"json", "csv"} else ["relance.reports.layout"])


def unescaped(text: str) -> list[str]:
    return [text[i] for i in range(len(text)) if text[i] in "<>|[]*_`" and text[i - 1 : i] != "\\"]


@given(st.text(max_size=40))
def test_markdown_cannot_be_broken_out_of(text: str) -> None:
    columns = (Column("a", msg("A")), Column("b", msg("B")))
    page = render(of_table(Table(columns=columns, rows=((text, "end"),))), "markdown", EN, today=TODAY)
    row = page.splitlines()[-1]
    assert row.startswith("| ")
    assert row.endswith("| end |")
    assert unescaped(row) == ["|"] * 3


def test_markdown_makes_no_link() -> None:
    assert "http:" not in escape("see http://evil.example")
    assert "@" not in escape("a@b.example")
    assert unescaped(escape(HOSTILE)) == []


def test_data_is_only_asked_for_json() -> None:
    def forbidden() -> Any:
        raise AssertionError

    view = View(command="x", title=msg("X"), data=data, sections=forbidden)
    assert json.loads(render(view, "json", EN, today=TODAY))["data"]["count"] == 3
    view = View(command="x", title=msg("X"), data=forbidden, sections=tuple)
    assert render(view, "text", EN, today=TODAY)

"""relance export: the same typed rows in csv, jsonl and parquet, queried with DuckDB as a stranger would."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from relance.reports.views.export import TABLES

DAY = ("--today", "2026-11-20")
EXAMPLE = Path(__file__).parents[1] / "examples" / "suivi_factures.xlsx"

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")


@pytest.fixture
def exported(run: Callable[..., Run], tmp_path: Path) -> Callable[[str, str], Path]:
    """A table of the example as a file of that format."""

    def make(table: str, form: str) -> Path:
        file = tmp_path / f"{table}.{form}"
        done = run("export", "--table", table, "--output", str(file), "-w", str(EXAMPLE), *DAY)
        assert (done.code, done.out) == (0, "")
        return file

    return make


def invoices(run: Callable[..., Run]) -> list[dict[str, Any]]:
    done = run("invoices", "--all", "--json", "-w", str(EXAMPLE), *DAY)
    rows: list[dict[str, Any]] = json.loads(done.out)["data"]["invoices"]
    return rows


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_duckdb_sums_what_relance_shows(
    run: Callable[..., Run], exported: Callable[[str, str], Path], form: str
) -> None:
    file = exported("invoices", form)
    found = duckdb.sql(
        f"select status, count(*), sum(cast(open as decimal(18,2))) from '{file}' group by status order by status"
    ).fetchall()
    expected: dict[str, tuple[int, Decimal]] = {}
    for row in invoices(run):
        count, total = expected.get(row["status"], (0, Decimal(0)))
        expected[row["status"]] = (count + 1, total + Decimal(row["open"]))
    assert found == sorted((status, *sums) for status, sums in expected.items())


def test_parquet_has_the_types_announced_even_where_a_column_is_empty(
    exported: Callable[[str, str], Path],
) -> None:
    names = {
        "text": "VARCHAR", "date": "DATE", "amount": "DECIMAL(18,2)", "rate": "DECIMAL(9,4)", "integer": "BIGINT",
        "flag": "BOOLEAN",
    }  # fmt: skip
    for table, columns in TABLES.items():
        relation = duckdb.sql(f"select * from '{exported(table, 'parquet')}'")
        assert [str(kind) for kind in relation.types] == [names[column.type] for column in columns]
        assert relation.columns == [column.key for column in columns]


@pytest.mark.parametrize("table", TABLES)
def test_the_three_formats_say_the_same(exported: Callable[[str, str], Path], table: str) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(exported(table, "parquet")).to_pylist()
    assert rows
    lines = [json.loads(line, parse_float=Decimal) for line in exported(table, "jsonl").read_text("utf-8").splitlines()]
    assert [{key: str(value) for key, value in row.items()} for row in lines] == [
        {key: str(value) for key, value in row.items()} for row in rows
    ]
    text = exported(table, "csv").read_bytes().decode()
    for written, row in zip(csv.DictReader(io.StringIO(text, newline="")), rows, strict=True):
        flat = {key: "" if value is None else str(value) for key, value in row.items()}
        flat.update({key: str(value).lower() for key, value in row.items() if isinstance(value, bool)})
        assert written == flat


def test_several_workbooks_are_one_table(run: Callable[..., Run], tmp_path: Path) -> None:
    import shutil

    for name in ("nord", "sud"):
        shutil.copy(EXAMPLE, tmp_path / f"{name}.xlsx")
    file = tmp_path / "tout.parquet"
    assert run("export", "-w", str(tmp_path), "--output", str(file), *DAY).code == 0
    counts = duckdb.sql(f"select workbook, count(*) from '{file}' group by workbook order by workbook").fetchall()
    each = len(invoices(run))
    assert counts == [("nord.xlsx", each), ("sud.xlsx", each)]


def test_csv_is_the_default_and_the_same_in_both_languages(run: Callable[..., Run]) -> None:
    french, english = (run("export", "--lang", code, "-w", str(EXAMPLE), *DAY).out for code in ("fr", "en"))
    assert french == english
    assert french.startswith("number,client,client_code,kind,issued,due,")

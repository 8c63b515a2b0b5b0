"""A table whose columns have types, for programs: csv, jsonl (one object per line) and parquet.

Dates are ISO 8601 or real dates, amounts exact decimals, nothing is translated. It must not know what the rows mean.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import msgspec
from msgspec.structs import replace

from relance.errors import UsageError, msg
from relance.reports.view import Table, View

TYPED = ("csv", "jsonl", "parquet")


_SCALES = {"amount": Decimal("0.01"), "rate": Decimal("0.0001")}


def typed_table(view: View) -> Table | None:
    """The table of a view that is made for programs: each of its columns has a type; its amounts with two digits."""
    table = view.export() if view.export else None
    if table is None or not all(column.type for column in table.columns):
        return None
    scales = [_SCALES.get(column.type) for column in table.columns]
    return replace(table, rows=tuple(tuple(map(_scaled, row, scales)) for row in table.rows))


def _scaled(cell: Any, scale: Decimal | None) -> Any:
    return Decimal(cell).quantize(scale) if scale is not None and cell is not None else cell


def typed_content(table: Table, form: str) -> bytes:
    """The whole file. UsageError where parquet is asked for and its library is not installed."""
    return {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[form](table)


def _csv(table: Table) -> bytes:
    """RFC 4180: commas, CRLF, UTF-8 without mark; nothing stands for what is not known, true and false for flags."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([column.key for column in table.columns])
    writer.writerows([[_written(cell) for cell in row] for row in table.rows])
    return out.getvalue().encode()


def _written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _jsonl(table: Table) -> bytes:
    """One object per line; amounts are numbers written with all their digits, dates text."""
    encoder = msgspec.json.Encoder(decimal_format="number")
    keys = [column.key for column in table.columns]
    return encoder.encode_lines([dict(zip(keys, row, strict=True)) for row in table.rows])


def _parquet(table: Table) -> bytes:
    """Decimal(18, 2) for amounts, decimal(9, 4) for rates, date32, int64, bool and text, whatever the rows hold."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and heavy
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            "parquet-not-installed",
            msg("Parquet needs a library that is not installed: pyarrow."),
            msg('Install it with: pip install "relance[parquet]"; or choose --format csv or jsonl.'),
        ) from error
    types = {
        "text": pa.string(), "date": pa.date32(), "amount": pa.decimal128(18, 2), "rate": pa.decimal128(9, 4),
        "integer": pa.int64(), "flag": pa.bool_(),
    }  # fmt: skip
    schema = pa.schema([(column.key, types[column.type]) for column in table.columns])
    arrays = [pa.array([row[at] for row in table.rows], types[column.type]) for at, column in enumerate(table.columns)]
    out = BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), out, compression="snappy")
    return out.getvalue()

"""relance export: the tables of the workbook for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relance.cli.status import book_of
from relance.errors import UsageError, msg
from relance.reports.view import View


def export(
    ctx: typer.Context,
    table: Annotated[
        str, typer.Option(metavar="NAME", help="invoices, clients, payments, reminders, fees or problems.")
    ] = "invoices",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file, all at once.")] = None,
) -> View:
    """Typed tables for other programs (DuckDB, Spark, a notebook): csv, jsonl or parquet."""
    from relance.reports.typed import TYPED  # noqa: PLC0415 - each command loads its own view
    from relance.reports.views.export import TABLES, export_view  # noqa: PLC0415

    if table not in TABLES:
        raise UsageError(
            "unknown-table",
            msg("There is no table {name}.", name=table),
            msg("Choose one of: {choices}.", choices=tuple(TABLES)),
        )
    session, book = book_of(ctx)
    session.output = output
    session.format = session.format or (output.suffix.lower().removeprefix(".") if output else "") or "csv"
    if session.format not in (*TYPED, "json"):
        raise UsageError(
            "export-format",
            msg("relance export does not write {format}.", format=session.format),
            msg("Choose one of: {choices}.", choices=TYPED),
        )
    return export_view(book.day, table)

"""relance config: the effective configuration and where each value came from; the column found for each role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from relance.domain.model import ColumnFound
from relance.errors import Message, msg
from relance.reports.view import Column, Line, Section, Table, Tone, View

ORIGINS = {
    "default": msg("default"),
    "user": msg("user"),
    "folder": msg("folder"),
    "environment": msg("environment"),
    "flag": msg("flag"),
}


_FOUND = {"header": msg("header")}


class Shown(Struct, frozen=True):
    """One setting as it is shown: its key, value, origin (default | user | folder | environment | flag), where it
    stands (a file and line, a variable, a flag), and what it is."""

    key: str
    value: Any
    origin: str
    place: str
    description: Message


class Found(Struct, frozen=True, kw_only=True):
    """What was found in the workbook: the sheet, the row of its headers, the column of each role and the roles without
    one; the sheet of clients ("" for none) with its own."""

    sheet: str
    header_row: int
    columns: tuple[ColumnFound, ...]
    missing: tuple[str, ...]
    clients_sheet: str = ""
    client_columns: tuple[ColumnFound, ...] = ()


def config_view(settings: Iterable[Shown], found: Found | None) -> View:
    """Settings in the order of the specification, then the column of each role; None where there is no workbook."""
    shown = tuple(settings)
    return View(
        command="config",
        title=msg("Effective configuration"),
        data=lambda: _data(shown, found),
        sections=lambda: (_settings(shown), *_tables(found)),
    )


def _data(shown: tuple[Shown, ...], found: Found | None) -> dict[str, Any]:
    return {
        "settings": [
            {"key": item.key, "value": item.value, "origin": item.origin, "place": item.place} for item in shown
        ],
        "sheet": found.sheet if found else None,
        "header_row": found.header_row if found else None,
        "columns": _columns(found.columns if found else ()),
        "missing": list(found.missing) if found else [],
        "clients_sheet": found.clients_sheet or None if found else None,
        "client_columns": _columns(found.client_columns if found else ()),
    }


def _columns(columns: tuple[ColumnFound, ...]) -> list[dict[str, str]]:
    return [{"role": c.role, "column": c.column, "header": c.header, "source": c.source} for c in columns]


def _settings(shown: tuple[Shown, ...]) -> Table:
    return Table(
        title=msg("Settings"),
        columns=(
            Column("key", msg("key"), whole=True),
            Column("value", msg("value")),
            Column("origin", msg("comes from")),
            Column("place", msg("where"), fold=True),
            Column("description", msg("what it is"), fold=True),
        ),
        rows=tuple((s.key, as_typed(s.value), ORIGINS[s.origin], s.place, s.description) for s in shown),
        tones=tuple(Tone.FAINT if s.origin == "default" else Tone.PLAIN for s in shown),
        export=True,
    )


def _tables(found: Found | None) -> Iterator[Section]:
    """The columns of the tracking table, then those of the sheet of clients where there is one."""
    if found is None:
        yield Line(msg("No workbook here."), Tone.NOTICE)
        return
    title = msg("Columns of the sheet {sheet}, headers in row {row}", sheet=found.sheet, row=str(found.header_row))
    yield _roles(title, found.columns, found.missing)
    if found.clients_sheet:
        yield _roles(msg("Columns of the sheet {sheet}", sheet=found.clients_sheet), found.client_columns, ())


def _roles(title: Message, columns: tuple[ColumnFound, ...], missing: tuple[str, ...]) -> Table:
    return Table(
        title=title,
        columns=(
            Column("role", msg("role"), whole=True),
            Column("column", msg("column")),
            Column("header", msg("header")),
            Column("source", msg("found by")),
        ),
        rows=(
            *(
                (c.role, c.column, " ".join(c.header.split()), _FOUND.get(c.source, msg("relance.toml")))
                for c in columns
            ),
            *((role, None, None, msg("no such column")) for role in missing),
        ),
    )  # fmt: skip


def as_typed(value: Any) -> Any:
    """A setting as people type it in relance.toml."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(value) or None
    if isinstance(value, tuple | list):
        return ", ".join(str(item) for item in value)
    return (
        value if value is None or isinstance(value, date | int | Decimal) else str(value).replace("\n", " · ") or None
    )

"""relance config: the effective configuration and where each value came from; the column found for each role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

from relance.domain.model import ColumnFound
from relance.errors import Message, msg
from relance.reports.view import Column, Section, Table, Tone, View

_ORIGINS = {
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


def config_view(settings: Iterable[Shown], columns: tuple[ColumnFound, ...], missing: tuple[str, ...]) -> View:
    """Settings in the order of the specification, then the column of each role."""
    shown = tuple(settings)
    return View(
        command="config",
        title=msg("Effective configuration"),
        data=lambda: _data(shown, columns, missing),
        sections=lambda: _sections(shown, columns, missing),
    )


def _data(shown: tuple[Shown, ...], columns: tuple[ColumnFound, ...], missing: tuple[str, ...]) -> dict[str, Any]:
    return {
        "settings": [
            {"key": item.key, "value": item.value, "origin": item.origin, "place": item.place} for item in shown
        ],
        "columns": [
            {"role": found.role, "column": found.column, "header": found.header, "source": found.source}
            for found in columns
        ],
        "missing": list(missing),
    }


def _sections(
    shown: tuple[Shown, ...], columns: tuple[ColumnFound, ...], missing: tuple[str, ...]
) -> tuple[Section, ...]:
    settings = Table(
        title=msg("Settings"),
        columns=(
            Column("key", msg("key"), whole=True),
            Column("value", msg("value")),
            Column("origin", msg("comes from")),
            Column("place", msg("where"), fold=True),
            Column("description", msg("what it is"), fold=True),
        ),
        rows=tuple((s.key, _value(s.value), _ORIGINS[s.origin], s.place, s.description) for s in shown),
        tones=tuple(Tone.FAINT if s.origin == "default" else Tone.PLAIN for s in shown),
        export=True,
    )
    roles = Table(
        title=msg("Columns"),
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
        empty=msg("No workbook here."),
    )  # fmt: skip
    return settings, roles


def _value(value: Any) -> Any:
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

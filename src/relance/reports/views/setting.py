"""relance config explain, path: one key in full; where the configuration is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from relance.errors import Message, msg
from relance.reports.view import Column, Line, Section, Table, Tone, View
from relance.reports.views.configuration import ORIGINS, as_typed


class Told(Struct, frozen=True, kw_only=True):
    """A key as it is shown; `held` are (key, value, origin, place) of what is set for it."""

    key: str
    text: Message
    wanted: Message
    default: Any
    held: tuple[tuple[str, Any, str, str], ...]
    own: bool = False


class Place(Struct, frozen=True):
    """A configuration file: whose it is (folder | user), its path, whether it is there."""

    whose: str
    file: str
    exists: bool


def setting_view(told: Told) -> View:
    """What the key is, what it may hold, what holds now."""
    return View(
        command="config",
        title=msg("{text}", text=told.key),
        data=lambda: {
            "key": told.key,
            "wanted": told.wanted,
            "description": told.text,
            "default": told.default,
            "own": told.own,
            "settings": [
                {"key": key, "value": value, "origin": origin, "place": place}
                for key, value, origin, place in told.held
            ],
        },
        sections=lambda: tuple(_sections(told)),
    )


def _sections(told: Told) -> Iterator[Section]:
    yield Line(msg("{text}.", text=told.text))
    yield Line(msg("It takes {wanted}.", wanted=told.wanted))
    if (default := as_typed(told.default)) is not None:
        yield Line(msg("Default: {value}.", value=default))
    if told.own:
        yield Line(msg("It belongs in your own configuration, not beside a shared workbook."), Tone.NOTICE)
    yield Table(
        columns=(
            Column("key", msg("key"), whole=True),
            Column("value", msg("value")),
            Column("origin", msg("comes from")),
            Column("place", msg("where"), fold=True),
        ),
        rows=tuple((key, as_typed(value), ORIGINS[origin], place or None) for key, value, origin, place in told.held),
        empty=msg("Nothing is set."),
        export=True,
    )


_WHOSE = {"folder": msg("beside the workbook"), "user": msg("your own")}


def path_view(places: tuple[Place, ...]) -> View:
    """Where the configuration is looked for; a file that is not there is no fault."""
    return View(
        command="config",
        title=msg("Configuration files"),
        data=lambda: {"files": [{"whose": p.whose, "file": p.file, "exists": p.exists} for p in places]},
        sections=lambda: (
            Table(
                columns=(
                    Column("whose", msg("which")),
                    Column("exists", msg("there")),
                    Column("file", msg("file"), whole=True),
                ),
                rows=tuple((_WHOSE[p.whose], msg("yes") if p.exists else msg("no"), p.file) for p in places),
                export=True,
            ),
        ),
    )

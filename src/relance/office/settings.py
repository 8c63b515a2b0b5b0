"""One key of relance.toml told in full: what it is, what it may hold, its default, what holds now and says who.

It must not know how it is shown, nor how an editor is started.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.config import Config, Environment, load_config, locate_key
from relance.domain.policies.policy_tables import documented_keys
from relance.errors import Message, UsageError, msg
from relance.options import OPTIONS, Option
from relance.rulebook import load_policies
from relance.settings_file import Setting, expected_value, split_key


class Held(Struct, frozen=True):
    """A value that holds: its key, where it comes from (default | user | folder | environment | flag) and stands."""

    key: str
    value: Any
    origin: str = "default"
    place: str = ""


class Explained(Struct, frozen=True, kw_only=True):
    """A key: what it is, what it may hold, its default, the values set for it (several where it holds a name of the
    user's choice); `own` where only the user's own file may say it."""

    key: str
    text: Message
    wanted: Message
    default: Any
    held: tuple[Held, ...]
    own: bool = False


def explain_key(config: Config, asked: str) -> Explained:
    """A key named in full, with a name of the user's own in it, or by its last word where only one has it; UsageError
    names the nearest ones otherwise."""
    known = dict(_explanations(config))
    chosen = [key for key in known if _means(asked, key)] or [key for key in known if key.rpartition(".")[2] == asked]
    if len(chosen) == 1:
        return known[chosen[0]]
    last = {key.rpartition(".")[2]: key for key in known}
    near = chosen or get_close_matches(asked, list(known), 3, 0.5)
    near = near or [last[word] for word in get_close_matches(asked.rpartition(".")[2], list(last), 3, 0.6)]
    raise UsageError(
        "key-unknown",
        msg("Several keys of relance.toml end with {key}.", key=asked)
        if chosen
        else msg("relance.toml has no key {key}.", key=asked),
        msg("The nearest are: {numbers}.", numbers=near[:6]) if near else msg("relance config lists every key."),
    )


def _means(asked: str, key: str) -> bool:
    parts, pattern = split_key(asked), key.split(".")
    return len(parts) == len(pattern) and all(p in ("*", "NAME", part) for p, part in zip(pattern, parts, strict=True))


def _explanations(config: Config) -> Iterator[tuple[str, Explained]]:
    for option in OPTIONS:
        yield option.key, _of_option(option, config)
    now = {key: value for key, _, value, _ in documented_keys(load_policies(config))}
    shipped = load_policies(load_config(Path("/nowhere"), Environment()))
    for key, wanted, default, text in documented_keys(shipped):
        held = (_of_policy(key, now.get(key), config),)
        yield key, Explained(key=key, text=text, wanted=wanted, default=default, held=held)


def _of_option(option: Option, config: Config) -> Explained:
    held = tuple(
        Held(setting.key, setting.value, setting.origin, place_of(setting))
        for setting in config.settings.values()
        if _means(setting.key, option.key)
    )
    return Explained(
        key=option.key,
        text=option.description,
        wanted=expected_value(option),
        default=option.default,
        held=held,
        own=option.own,
    )


def _of_policy(key: str, value: object, config: Config) -> Held:
    table: Any = config.get("policy")
    for part in split_key(key)[1:]:
        table = table.get(part) if isinstance(table, dict) else None
    if table is None:
        return Held(key, value)
    file, line = locate_key(config, key)
    return Held(key, value, config.settings["policy"].origin, f"{file}:{line}" if line else file)


def place_of(setting: Setting) -> str:
    """Where a setting stands: a file and line, a variable, a flag; "" for a default."""
    return f"{setting.file}:{setting.line}" if setting.line else setting.file

"""One relance.toml: its text in, its settings with the lines where they stand out; what is unknown, misplaced or of the
wrong kind is a ConfigError that names file and line.

It must not know which file wins over which (config.py), nor what a setting is for.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.errors import ConfigError, Message, msg, os_reason
from relance.options import OPTIONS, Option

FILE_NAME = "relance.toml"

_SECRET = re.compile(r"(?:^|[._-])(?:password|passwd|passphrase|pwd|mot_?de_?passe|secret|token)$", re.IGNORECASE)
_BY_KEY = {option.key: option for option in OPTIONS}


class Setting(Struct, frozen=True):
    """A value and where it came from: `origin` is default, user, folder, environment or flag."""

    key: str
    value: Any
    origin: str = "default"
    file: str = ""
    line: int = 0


def user_folder(named: str = "") -> Path:
    """The user's own configuration directory: the one named, else by the custom of each system."""
    if named:
        return Path(named).absolute()
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("relance", appauthor=False)


def _malformed(path: Path, text: str, said: str) -> ConfigError:
    """Where a file stops being TOML: the line that the parser names, else the last one that holds something."""
    lines = text.splitlines()
    found = re.search(r"at line (\d+)", said)
    number = int(found[1]) if found else max((at for at, line in enumerate(lines, 1) if line.strip()), default=1)
    return ConfigError(
        "config-syntax",
        msg(
            "{file}, line {line}: “{text}” is not well-formed TOML.",
            file=str(path), line=str(number), text=lines[number - 1].strip()[:80] if number <= len(lines) else "",
        ),
        msg(
            "Correct that line: a key once in its table, tables between square brackets, text between double quotes, "
            'as in name = "Dupont".'
        ),
    )  # fmt: skip


def read_settings(path: Path, origin: str, own: Path | None) -> Iterator[Setting]:
    """The settings of one file, none where it is absent; a mail account only in the file of `origin` user, whose folder
    is `own`. ConfigError `config-unreadable`, `config-syntax`, `config-unknown-key`, `config-wrong-value`,
    `config-password`, `config-own-only`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "config-unreadable",
            msg("{file} cannot be read: {reason}.", file=str(path), reason=_unreadable(error)),
            msg("Check that the file is yours to read, and save it as text encoded in UTF-8."),
        ) from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _malformed(path, text, str(error)) from error
    for key, value in _leaves(document):
        line = line_of(text, key)
        _refuse_secret(key, path, line)
        option = _option_for(key, path, line)
        if option.own and origin != "user":
            raise _shared_account(key, path, line, own)
        yield Setting(key, convert_value(value, option, key, path, line), origin, str(path), line)


def _refuse_secret(key: str, path: Path, line: int) -> None:
    if _SECRET.search(key):
        raise ConfigError(
            "config-password",
            msg("{file}, line {line}: a password does not belong in a file.", file=str(path), line=str(line)),
            msg(
                "Delete that line and change the password. Keep it in the system’s keyring (relance mail password), in "
                "RELANCE_SMTP_PASSWORD or RELANCE_IMAP_PASSWORD, or give a password_command."
            ),
        )


def _shared_account(key: str, path: Path, line: int, own: Path | None) -> ConfigError:
    mine = str((own or user_folder()) / FILE_NAME)
    return ConfigError(
        "config-own-only",
        msg("{file}, line {line}: {key} is not read in a shared file.", file=str(path), line=str(line), key=key),
        msg("A mail account is yours alone: write it in your own configuration, {file}.", file=mine),
    )


def _unreadable(error: OSError | UnicodeDecodeError) -> Message:
    return os_reason(error) if isinstance(error, OSError) else msg("it is not text encoded in UTF-8")


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and values; stops at keys that take a whole table, such as `policy`."""
    for name, value in table.items():
        key = f"{prefix}.{quoted(name)}" if prefix else quoted(name)
        option = _BY_KEY.get(key)
        if isinstance(value, dict) and not (option and option.kind == "free"):
            yield from _leaves(value, key)
        else:
            yield key, value


def quoted(name: str) -> str:
    """A name as TOML writes it in a dotted key: between quotes where it is not bare."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def split_key(key: str) -> list[str]:
    """The parts of a dotted key, quotes removed.

    >>> split_key('clients."Dupont S.A.".policy')
    ['clients', 'Dupont S.A.', 'policy']
    """
    return [inner or bare for inner, bare in re.findall(r'"([^"]*)"|([^."]+)', key)]


def _option_for(key: str, path: Path, line: int) -> Option:
    parts = split_key(key)
    for option in OPTIONS:
        pattern = option.key.split(".")
        if len(pattern) == len(parts) and all(p in ("*", part) for p, part in zip(pattern, parts, strict=True)):
            return option
    raise _unknown_key(key, [o.key for o in OPTIONS], path, line)


def _unknown_key(key: str, known: list[str], path: Path, line: int) -> ConfigError:
    parts = split_key(key)
    concrete = [
        ".".join(parts[i] if p == "*" and i < len(parts) else p for i, p in enumerate(name.split(".")))
        for name in known
    ]
    plain = ".".join(parts)
    last = {name.rpartition(".")[2]: name for name in concrete}
    near = difflib.get_close_matches(plain, concrete, 1, 0.7) or [
        last[name] for name in difflib.get_close_matches(parts[-1], list(last), 1, 0.75)
    ]
    remedy = (
        msg("Did you mean {key}? relance config lists every key.", key=near[0])
        if near
        else msg("relance config lists every key.")
    )
    return ConfigError(
        "config-unknown-key",
        msg("{file}, line {line}: unknown key {key}.", file=str(path), line=str(line), key=key),
        remedy,
    )


def wrong_value(key: str, value: object, expected: Message, path: Path, line: int) -> ConfigError:
    """The error for a key whose value is not of its kind."""
    return ConfigError(
        "config-wrong-value",
        msg("{file}, line {line}: {key} is {value}.", file=str(path), line=str(line), key=key, value=repr(value)),
        msg("Give {expected}.", expected=expected),
    )


def convert_value(value: Any, option: Option, key: str, path: Path, line: int) -> Any:
    """The value of a key as its option takes it (an amount as Decimal, integers as a tuple); ConfigError
    `config-wrong-value`."""
    kind, expected = option.kind, expected_value(option)
    if kind == "text" and isinstance(value, str) and (not option.choices or value in option.choices):
        return value
    if kind == "currency" and isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value):
        return value
    if kind == "flag" and isinstance(value, bool):
        return value
    if kind == "integer" and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if kind == "amount" and isinstance(value, int | float | str):
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal("NaN")
        if amount.is_finite() and amount >= 0:
            return amount
    if kind == "date" and type(value) is date:
        return value
    if kind == "integers" and isinstance(value, list) and all(type(item) is int for item in value):
        if value and sorted(set(value)) == value and value[0] > 0:
            return tuple(value)
    elif kind == "free" and isinstance(value, dict):
        return value
    raise wrong_value(key, value, expected, path, line)


def expected_value(option: Option) -> Message:
    """What may stand in place of a value, in words."""
    if option.choices:
        return msg("one of: {choices}", choices=option.choices)
    return {
        "text": msg("a text between double quotes"),
        "currency": msg("a currency code of three capitals, such as EUR"),
        "flag": msg("true or false"),
        "integer": msg("a whole number, 0 or more"),
        "amount": msg("an amount such as 10.50"),
        "date": msg("a date such as 2026-11-22, without quotes"),
        "integers": msg("whole numbers in rising order, such as [30, 60, 90]"),
        "free": msg("a table: a line [{key}] and keys under it", key=option.key),
    }[option.kind]


def line_of(text: str, key: str) -> int:
    """The line of a TOML document where a dotted key is set, or its table begins, or 0."""
    wanted, table, best = split_key(key), [], 0
    for number, line in enumerate(text.splitlines(), start=1):
        body = line.strip()
        if header := re.match(r"\[\[?\s*(.+?)\s*\]\]?\s*(#.*)?$", body):
            table = split_key(re.sub(r"\s*\.\s*", ".", header[1].replace("'", '"')))
            here = table
        elif name := re.match(r"""((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""", body):
            here = table + split_key(re.sub(r"\s*\.\s*", ".", name[1].replace("'", '"')))
        else:
            continue
        if here == wanted:
            return number
        if here and here == wanted[: len(here)]:
            best = best or number
    return best

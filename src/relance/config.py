"""The effective configuration: defaults < user < folder < environment < flags, each value with its origin.

Turns `relance.toml` files, the environment and the flags into one `Config`, and loads the facts of `data/` for
the pure domain. One specification (`options.OPTIONS`) serves the loader, `relance config` and the documentation. The
environment is read here and nowhere else.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.errors import ConfigError, Message, msg, os_reason
from relance.options import OPTIONS, Option

FILE_NAME = "relance.toml"


_SECRET = re.compile(r"(?:^|[._-])(?:password|passwd|passphrase|pwd|mot_?de_?passe|secret|token)$", re.IGNORECASE)
_BY_KEY = {option.key: option for option in OPTIONS}


_TERMINAL = (
    "TERM", "TERM_PROGRAM", "VTE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM",
    "FORCE_HYPERLINK", "RELANCE_PAGER", "PAGER", "LESS",
)  # fmt: skip


class Environment(Struct, frozen=True):
    """What the process environment says, read once."""

    workbook: str = ""
    language: str = ""
    no_color: bool = False
    passwords: dict[str, str] = {}
    config_dir: str = ""
    editor: str = ""
    terminal: dict[str, str] = {}

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Environment:
        """From RELANCE_WORKBOOK, RELANCE_LANG, RELANCE_CONFIG_DIR, RELANCE_SMTP_PASSWORD, RELANCE_IMAP_PASSWORD
        (`passwords`, by protocol), VISUAL or EDITOR, NO_COLOR (no-color.org: any non-empty value; a dumb terminal
        has none either), and what tells the terminal and the pager (`terminal`, by name)."""
        given = {name: variables.get(f"RELANCE_{name.upper()}_PASSWORD", "") for name in ("smtp", "imap")}
        return cls(
            workbook=variables.get("RELANCE_WORKBOOK", ""),
            language=variables.get("RELANCE_LANG", ""),
            no_color=bool(variables.get("NO_COLOR")) or variables.get("TERM") == "dumb",
            passwords={name: secret for name, secret in given.items() if secret},
            config_dir=variables.get("RELANCE_CONFIG_DIR", ""),
            editor=variables.get("VISUAL") or variables.get("EDITOR", ""),
            terminal={name: variables[name] for name in _TERMINAL if name in variables},
        )


class Setting(Struct, frozen=True):
    """A value and where it came from: `origin` is default, user, folder, environment or flag."""

    key: str
    value: Any
    origin: str = "default"
    file: str = ""
    line: int = 0


class Config(Struct, frozen=True):
    """Every setting by dotted key; unset wildcard keys are absent. `folder` is where relance.toml is looked for,
    `user` the user's own configuration directory (None: not looked at)."""

    settings: dict[str, Setting]
    folder: Path
    user: Path | None = None

    def get(self, key: str) -> Any:
        """The effective value of a key without wildcard."""
        return self.settings[key].value

    def entries(self, prefix: str) -> Iterator[tuple[Setting, tuple[str, str]]]:
        """The settings of the user's named tables under a prefix, with (name, key): `clients."Dupont".policy`."""
        under = (setting for setting in self.settings.values() if prefix in setting.key)
        for setting in under:  # a look at each whole key is long where every client of a run asks
            match split_key(setting.key):
                case [root, name, key] if root == prefix:
                    yield setting, (name, key)

    def table(self, prefix: str) -> dict[str, dict[str, Any]]:
        """The user's named tables under a prefix: `table("clients")["Dupont"]["policy"]`."""
        found: dict[str, dict[str, Any]] = {}
        for setting, (name, key) in self.entries(prefix):
            found.setdefault(name, {})[key] = setting.value
        return found

    def names(self, prefix: str) -> dict[str, Any]:
        """The user's own keys directly under a prefix: `names("columns")["due"]`."""
        parts = ((split_key(setting.key), setting.value) for setting in self.settings.values())
        return {key[1]: value for key, value in parts if key[0] == prefix and len(key) == 2}

    def with_setting(self, setting: Setting) -> Config:
        """The same configuration with one value replaced: how a flag wins."""
        return Config({**self.settings, setting.key: setting}, self.folder, self.user)


def load_config(folder: Path, environment: Environment, user_folder: Path | None = None) -> Config:
    """Read the user's file, then the folder's, then the environment; ConfigError on anything unknown or wrong."""
    settings = {o.key: Setting(o.key, o.default) for o in OPTIONS if "*" not in o.key}
    sources = [(user_folder, "user")] if user_folder else []
    for place, origin in [*sources, (folder, "folder")]:
        for setting in _read_file(place / FILE_NAME, origin, user_folder):
            settings[setting.key] = setting
    if environment.language:
        option = _BY_KEY["language"]
        value = _convert(environment.language, option, "RELANCE_LANG", Path("RELANCE_LANG"), 0)
        settings["language"] = Setting("language", value, "environment", "RELANCE_LANG")
    if environment.workbook:
        file = str(Path(environment.workbook).absolute())
        settings["workbook.file"] = Setting("workbook.file", file, "environment", "RELANCE_WORKBOOK")
    return Config(settings, folder, user_folder)


def user_folder(named: str = "") -> Path:
    """The user's own configuration directory: the one named, else by the custom of each system."""
    if named:
        return Path(named).absolute()
    from platformdirs import user_config_path  # noqa: PLC0415

    return user_config_path("relance", appauthor=False)


def _read_file(path: Path, origin: str, own: Path | None) -> Iterator[Setting]:
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
        raise ConfigError(
            "config-syntax",
            msg("{file} is not well-formed TOML: {reason}.", file=str(path), reason=str(error)),
            msg('Correct that line; text goes between double quotes: name = "Dupont".'),
        ) from error
    for key, value in _leaves(document):
        line = _line_of(text, key)
        _refuse_secret(key, path, line)
        option = _option_for(key, path, line)
        if option.own and origin != "user":
            raise _shared_account(key, path, line, own)
        yield Setting(key, _convert(value, option, key, path, line), origin, str(path), line)


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
        key = f"{prefix}.{_quote(name)}" if prefix else _quote(name)
        option = _BY_KEY.get(key)
        if isinstance(value, dict) and not (option and option.kind == "free"):
            yield from _leaves(value, key)
        else:
            yield key, value


def _quote(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def split_key(key: str) -> list[str]:
    """The parts of a dotted key, quotes removed.

    >>> split_key('clients."Dupont S.A.".policy')
    ['clients', 'Dupont S.A.', 'policy']
    """
    return [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|([^."]+)', key)]


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
    near = difflib.get_close_matches(plain, concrete, 1, 0.6) or [
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


def _convert(value: Any, option: Option, key: str, path: Path, line: int) -> Any:
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


def _line_of(text: str, key: str) -> int:
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


def locate_key(config: Config, key: str) -> tuple[str, int]:
    """The file and line of a dotted key, or of the innermost table around it, whichever file set it last."""
    parts = split_key(key)
    for length in range(len(parts), 0, -1):
        for setting in config.settings.values():
            if setting.file and split_key(setting.key)[:length] == parts[:length]:
                text = Path(setting.file).read_text(encoding="utf-8-sig")
                return setting.file, _line_of(text, ".".join(map(_quote, parts))) or setting.line
    return FILE_NAME, 0


def read_data(name: str) -> dict[str, Any]:
    """A TOML file of the package's `data/` folder, parsed: the facts the domain folds over. The caller's to change."""
    return deepcopy(_parsed(name))


@lru_cache(maxsize=16)
def _parsed(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("relance") / "data" / name).read_text(encoding="utf-8"))

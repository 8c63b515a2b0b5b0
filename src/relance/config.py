"""The effective configuration: defaults < user < folder < environment < flags, each value with its origin.

Turns `relance.toml` files, the environment and the flags into one `Config`, and loads the facts of `data/` for
the pure domain. One specification (`options.OPTIONS`) serves the loader, `relance config` and the documentation. The
environment is read here and nowhere else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.options import OPTIONS
from relance.settings_file import FILE_NAME, Setting, convert_value, line_of, quoted, read_settings, split_key

_TERMINAL = (
    "TERM", "TERM_PROGRAM", "VTE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM",
    "FORCE_HYPERLINK", "RELANCE_PAGER", "PAGER", "LESS", "LESSCHARSET",
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
        for setting in read_settings(place / FILE_NAME, origin, user_folder):
            settings[setting.key] = setting
    if environment.language:
        option = next(option for option in OPTIONS if option.key == "language")
        value = convert_value(environment.language, option, "RELANCE_LANG", Path("RELANCE_LANG"), 0)
        settings["language"] = Setting("language", value, "environment", "RELANCE_LANG")
    if environment.workbook:
        file = str(Path(environment.workbook).absolute())
        settings["workbook.file"] = Setting("workbook.file", file, "environment", "RELANCE_WORKBOOK")
    return Config(settings, folder, user_folder)


def locate_key(config: Config, key: str) -> tuple[str, int]:
    """The file and line of a dotted key, or of the innermost table around it, whichever file set it last."""
    parts = split_key(key)
    for length in range(len(parts), 0, -1):
        for setting in config.settings.values():
            if setting.file and split_key(setting.key)[:length] == parts[:length]:
                text = Path(setting.file).read_text(encoding="utf-8-sig")
                return setting.file, line_of(text, ".".join(map(quoted, parts))) or setting.line
    return FILE_NAME, 0


def read_data(name: str) -> dict[str, Any]:
    """A TOML file of the package's `data/` folder, parsed: the facts the domain folds over. The caller's to change."""
    return deepcopy(_parsed(name))


@lru_cache(maxsize=16)
def _parsed(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("relance") / "data" / name).read_text(encoding="utf-8"))

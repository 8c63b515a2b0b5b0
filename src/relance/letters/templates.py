"""The texts of letters, a file per tone and language, the user's own before the shipped one: name and values in,
subject and body out.

A template is text, never code: Jinja2 sandboxed, values of cells only ever printed. A template of ours may be
replaced one by one by a file of the same name under `modeles/fr`, `modeles/en` (or `templates/`) beside the workbook.
It must not know what the values mean.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relance.errors import ConfigError, msg
from relance.letters.text import clean, one_line, typeset

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDERS = ("modeles", "templates")
_NAME = re.compile(r"[a-z0-9_-]+\.txt")
_SUBJECT = re.compile(
    r"\A(?P<head>(?:\s*\{#.*?#\})*\s*)(?:Objet|Subject)[ \u00a0]*:[ \u00a0]*(?P<subject>[^\n]*)\n", re.S
)
_ONLY_SUBJECT = "?subject"


class Templates:
    """The templates in force: those of `folders` (each with a folder per language), else the shipped ones."""

    def __init__(self, folders: tuple[Path, ...] = ()) -> None:
        self.folders = folders
        self._environments: dict[str, ImmutableSandboxedEnvironment] = {}

    @classmethod
    def beside(cls, folder: Path) -> Templates:
        """The templates in force for the workbooks of a folder."""
        return cls(tuple(folder / name for name in FOLDERS))

    def find(self, language: str, *names: str) -> str:
        """The first of these template names that exists, shipped or not; the last one where none does."""
        return next((name for name in names if self.read(language, name) is not None), names[-1])

    def read(self, language: str, name: str) -> tuple[str, str] | None:
        """The source of a template and the file it comes from; None where there is none of that name."""
        if not _NAME.fullmatch(name):
            return None
        for folder in self.folders:
            file = folder / language / name
            if file.is_file():
                return _read_own(file), str(file)
        shipped = resources.files("relance") / "data" / "templates" / language / name
        return (shipped.read_text("utf-8"), f"{language}/{name}") if shipped.is_file() else None

    def render_letter(self, language: str, name: str, values: Mapping[str, Any]) -> tuple[str, str]:
        """The subject on one line, and the body. ConfigError `template-broken` says file and line."""
        subject = one_line(self._render(language, name + _ONLY_SUBJECT, values))
        return typeset(subject, language).strip(), self.render_part(language, name, values)

    def render_part(self, language: str, name: str, values: Mapping[str, Any]) -> str:
        """A text without subject, or the body of one that has it."""
        return typeset(self._render(language, name, values), language)

    def _render(self, language: str, name: str, values: Mapping[str, Any]) -> str:
        from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError  # noqa: PLC0415 - only letters need it

        try:
            return self._environment(language).get_template(name).render(values)
        except TemplateNotFound as error:
            raise broken_template(str(error.name or name), 0, "not found") from error
        except TemplateSyntaxError as error:
            raise broken_template(error.filename or name, error.lineno, error.message or "") from error
        except (
            TemplateError,
            TypeError,
            ValueError,
            ArithmeticError,
            AttributeError,
            LookupError,
            RecursionError,
        ) as error:
            file, line = _place(error, name)
            raise broken_template(file, line, str(error)) from error

    def _environment(self, language: str) -> ImmutableSandboxedEnvironment:
        from jinja2 import FunctionLoader, StrictUndefined  # noqa: PLC0415
        from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

        if language not in self._environments:
            self._environments[language] = ImmutableSandboxedEnvironment(
                loader=FunctionLoader(lambda name: self._load(language, name)),
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
                autoescape=False,  # plain text
            )
        return self._environments[language]

    def _load(self, language: str, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        plain = name.removesuffix(_ONLY_SUBJECT)
        found = self.read(language, plain)
        if found is None:
            return None
        source, file = found
        if not plain.startswith("_"):
            source = _split(source, file)[plain == name]
        return source, file, lambda: True


def _split(source: str, file: str) -> tuple[str, str]:
    """The subject and the body, cut before any value is put in, so that no value can move the cut. Each keeps its line
    numbers."""
    found = _SUBJECT.match(source)
    if not found:
        raise ConfigError(
            "template-subject",
            msg("The template {file} does not begin with a line “Subject: …”.", file=file),
            msg("Write the subject of the message on the first line, then the text below it."),
        )
    lines = found["head"].count("\n")
    return "\n" * lines + found["subject"], "\n" * (lines + 1) + source[found.end() :]


def _read_own(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise broken_template(str(file), 0, str(error)) from error


def _place(error: Exception, name: str) -> tuple[str, int]:
    """The template and line where an error arose: Jinja2 gives its frames the names of templates."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".txt")]
    return (frames[-1].filename, frames[-1].lineno or 0) if frames else (name.removesuffix(_ONLY_SUBJECT), 0)


def broken_template(file: str, line: int, reason: str) -> ConfigError:
    """The error of a template that cannot be used: `template-broken`."""
    return ConfigError(
        "template-broken",
        msg("The template {file} cannot be used, line {line}: {reason}.", file=file, line=line, reason=clean(reason)),
        msg("Correct it; or delete your file, and the text shipped with relance is used."),
    )

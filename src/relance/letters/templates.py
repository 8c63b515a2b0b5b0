"""The texts of letters, a file per tone and language, the user's own before the shipped one: name and values in,
subject and body out.

A template is text, never code (see `sandbox`), values of cells only ever printed. A template of ours may be
replaced one by one by a file of the same name under `modeles/fr`, `modeles/en` (or `templates/`) beside the workbook.
It must not know what the values mean.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from relance.errors import ConfigError, Message, msg
from relance.language import LANGUAGES
from relance.letters.html import BEGIN, END, STYLES
from relance.letters.text import clean, one_line, typeset

if TYPE_CHECKING:
    from jinja2 import nodes

    from relance.letters.sandbox import TemplateEnvironment

SHIPPED = Path(str(resources.files("relance"))) / "data" / "templates"
FOLDERS = ("modeles", "templates")
_NAME = re.compile(r"[a-z0-9_-]+\.(?:txt|html)")
_SUBJECT = re.compile(
    r"\A(?P<head>(?:\s*\{#.*?#\})*\s*)(?:Objet|Subject)[ \u00a0]*:[ \u00a0]*(?P<subject>[^\n]*)\n", re.S
)
_ONLY_SUBJECT = "?subject"
_PASSAGE = "?passage"
# the parts that a passage in HTML says too
_WITHIN = {"_invoices.txt": ("_line.txt", "_waiting.txt", "_waiting_lines.txt", "_attached.txt")}


class Source(Struct, frozen=True):
    """The source of a template, the file it comes from, and whether that is the user's own."""

    text: str
    file: str
    own: bool = False


class Templates:
    """The templates in force: those of `folders` (each with a folder per language), else the shipped ones."""

    def __init__(self, folders: tuple[Path, ...] = ()) -> None:
        self.folders = folders
        self._environments: dict[tuple[str, bool], TemplateEnvironment] = {}
        self._sources: dict[tuple[str, str], Source | None] = {}

    @classmethod
    def beside(cls, folder: Path) -> Templates:
        """The templates in force for the workbooks of a folder."""
        return cls(tuple(folder / name for name in FOLDERS))

    def find(self, language: str, *names: str) -> str:
        """The first of these template names that exists, shipped or not; the last one where none does."""
        return next((name for name in names if self.read(language, name) is not None), names[-1])

    def read(self, language: str, name: str) -> Source | None:
        """The source of a template and where it comes from, as it was when first asked for; None where there is none
        of that name."""
        if (language, name) not in self._sources:
            self._sources[language, name] = self._read(language, name)
        return self._sources[language, name]

    def _read(self, language: str, name: str) -> Source | None:
        if not _NAME.fullmatch(name):
            return None
        shipped = SHIPPED / language / name
        text = shipped.read_text("utf-8") if shipped.is_file() else None
        for folder in self.folders:
            file = folder / language / name
            if file.is_file():
                own = _read_own(file)
                return Source(own, str(file), own=own != text)
        return Source(text, f"{language}/{name}") if text is not None else None

    def names(self) -> Iterator[tuple[str, str]]:
        """Every template in force: language and name, in that order."""
        places = [SHIPPED / language for language in LANGUAGES]
        places += [folder / language for folder in self.folders for language in LANGUAGES]
        found = {(place.name, file.name) for place in places if place.is_dir() for file in place.iterdir()}
        return iter(sorted(pair for pair in found if _NAME.fullmatch(pair[1])))

    def parse(self, language: str, name: str) -> nodes.Template:
        """A template as a tree, for whoever looks at it without rendering. ConfigError as `render_letter`."""
        from relance.letters.sandbox import check_tree  # noqa: PLC0415 - Jinja2 comes with it

        source = self.read(language, name) or Source("", f"{language}/{name}")
        if not name.startswith("_"):
            _split(source.text, source.file)
        with _told(source.file):
            tree = self.environment(language)._parse(source.text, name, source.file)
            check_tree(tree, name, source.file)
        return tree

    def render_letter(self, language: str, name: str, values: Mapping[str, Any]) -> tuple[str, str]:
        """The subject on one line, and the body. ConfigError `template-broken` says file and line."""
        subject = one_line(self._render(language, name + _ONLY_SUBJECT, values))
        return typeset(subject, language).strip(), self.render_part(language, name, values)

    def render_part(self, language: str, name: str, values: Mapping[str, Any]) -> str:
        """A text without subject, or the body of one that has it."""
        return typeset(self._render(language, name, values), language)

    def render_passages(self, language: str, name: str, values: Mapping[str, Any]) -> str:
        """The same body, with passages of HTML (between `html.BEGIN` and `html.END`) where a template in HTML stands
        for one in text."""
        return self._render(language, name, {**values, "css": STYLES}, html=True)

    def _render(self, language: str, name: str, values: Mapping[str, Any], *, html: bool = False) -> str:
        with _told(name):
            return self.environment(language, html=html).write(name, values)

    def environment(self, language: str, *, html: bool = False) -> TemplateEnvironment:
        """Where the templates of a language are compiled, once."""
        from relance.letters.sandbox import TemplateEnvironment  # noqa: PLC0415 - Jinja2 comes with it

        if (language, html) not in self._environments:

            def place(name: str, parent: str) -> str:
                return self._place(language, name, parent) if html else name

            self._environments[language, html] = TemplateEnvironment(partial(self._load, language), place)
        return self._environments[language, html]

    def _place(self, language: str, name: str, parent: str) -> str:
        """The passage in HTML that stands for a part in text, unless that part is the user's own and it is not."""
        if ".html" in parent:
            return name if name.endswith(".html") else f"{name}?"
        passage = name.replace(".txt", ".html")
        found = self.read(language, passage)
        if found is None:
            return name
        texts = (self.read(language, text) for text in (name, *_WITHIN.get(name, ())))
        return name if not found.own and any(text and text.own for text in texts) else passage + _PASSAGE

    def _load(self, language: str, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        plain = name.removesuffix(_ONLY_SUBJECT).removesuffix(_PASSAGE)
        found = self.read(language, plain)
        if found is None:
            return None
        text = found.text
        if not plain.startswith("_"):
            text = _split(text, found.file)[plain == name]
        if name.endswith(_PASSAGE):
            text = BEGIN + text + END
        return text, found.file, lambda: True


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
        raise broken_template(str(file), 0, clean(str(error))) from error


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What Jinja2 finds wrong, as `template-broken` with file and line."""
    from jinja2 import (  # noqa: PLC0415 - only letters need it
        TemplateError,
        TemplateNotFound,
        TemplateSyntaxError,
        UndefinedError,
    )

    from relance.letters.sandbox import RefusedError  # noqa: PLC0415 - with Jinja2

    try:
        yield
    except TemplateNotFound as error:
        raise broken_template(str(error.name or name), 0, "not found") from error
    except RefusedError as error:
        raise broken_template(error.filename or name, error.lineno, error.said) from error
    except TemplateSyntaxError as error:
        raise broken_template(error.filename or name, error.lineno, clean(error.message or "")) from error
    except UndefinedError as error:
        file, line = _place(error, name)
        raise broken_template(file, line, _unknown(str(error))) from error
    except (
        TemplateError,
        SyntaxError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
    ) as error:
        file, line = _place(error, name)
        raise broken_template(file, line, clean(str(error))) from error


def _unknown(said: str) -> str | Message:
    """What a template names that no letter has, in the words of `templates check`."""
    found = re.fullmatch(r"'([^']+)' is undefined", said)
    return msg("“{name}” is not a value of a letter", name=clean(found[1])) if found else clean(said)


def _place(error: Exception, name: str) -> tuple[str, int]:
    """The template and line where an error arose: Jinja2 gives its frames the names of templates."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith((".txt", ".html"))
    ]
    return (frames[-1].filename, frames[-1].lineno or 0) if frames else (name.removesuffix(_ONLY_SUBJECT), 0)


def broken_template(file: str, line: int, reason: str | Message) -> ConfigError:
    """The error of a template that cannot be used: `template-broken`."""
    return ConfigError(
        "template-broken",
        msg("The template {file} cannot be used, line {line}: {reason}.", file=file, line=line, reason=reason),
        msg("Correct it; or delete your file, and the text shipped with relance is used."),
    )

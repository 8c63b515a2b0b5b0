"""A page as values -> the bytes of a PDF, typeset by typst from a template: ours, or the user's own of the same name.

Values travel as JSON text and are only ever printed; the template sees no file but the copies made for it. It must not
know what a page says.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct, json

from relance.errors import UsageError, msg
from relance.letters.templates import broken_template

SHARED = ("_paper.typ", "_words.typ")
LOGOS = ("logo.svg", "logo.png", "logo.jpg", "logo.jpeg")
_STANDARDS = ["a-2a", "ua-1"]  # for archives (ISO 19005-2) and for readers aloud (ISO 14289-1)
_PIP, _PIPX = 'python -m pip install "typst>=0.14"', "pipx inject relance typst"
_PACKAGE = re.compile(r"\"@\w")
_PLACE = re.compile(r"┌─ (?P<file>[^\n]*?):(?P<line>\d+):\d+")


class Page(Struct, frozen=True, kw_only=True):
    """What is typeset: the template's name, the language, the day it bears, the values, the folders in which the
    user's own templates are looked for first, and the pictures of the page by the names that its values give them."""

    template: str
    language: str
    day: date
    data: dict[str, Any]
    folders: tuple[Path, ...] = ()
    pictures: dict[str, bytes] = {}


def can_print() -> bool:
    """Whether PDF can be made here: the extra `pdf` is installed."""
    return find_spec("typst") is not None


def require_pdf() -> None:
    """UsageError `pdf-missing`, with the command that installs what is missing, where PDF cannot be made."""
    if not can_print():
        raise UsageError(
            "pdf-missing",
            msg("Letters as PDF need the extra “pdf”, which is not installed."),
            msg("Install it: {pip}, or with pipx: {pipx}.", pip=_PIP, pipx=_PIPX),
        )


def typeset_page(page: Page) -> bytes:
    """The PDF of a page: tagged, in its language, with title and date; the same bytes for the same values and day.

    UsageError `pdf-missing`; ConfigError `template-broken` with file and line when a template cannot be used.
    """
    with _laid_out(page) as (root, inputs, own):
        return _compile(page.template, root, inputs, own)


def draw_page(page: Page) -> tuple[bytes, ...]:
    """The sheets of a page as pictures (SVG): what a reader sees, and nothing else. Errors as `typeset_page`."""
    import typst  # noqa: PLC0415 - only where a page is drawn

    with _laid_out(page) as (root, inputs, own):
        try:
            drawn = typst.compile(
                root / page.template, root=root, sys_inputs=inputs, format="svg",
                package_path=root / "none", package_cache_path=root / "none",
            )  # fmt: skip
        except typst.TypstError as error:
            raise _broken(error, page.template, own) from error
    return tuple(drawn) if isinstance(drawn, list) else (bytes(drawn),)


@contextmanager
def _laid_out(page: Page) -> Iterator[tuple[Path, dict[str, str], dict[str, str]]]:
    """A folder with the templates in force, the pictures and the logo; the values; the user's own files, by name."""
    require_pdf()
    with tempfile.TemporaryDirectory(prefix="relance-") as name:
        root = Path(name).resolve()
        own = dict(_copy_templates(page, root))
        for picture, content in page.pictures.items():
            (root / picture).write_bytes(content)
        values = {**page.data, "language": page.language, "logo": _copy_logo(page, root)}
        day = (page.day.year, page.day.month, page.day.day)
        yield root, {"data": json.encode(values | {"day": day}).decode()}, own


def _copy_templates(page: Page, root: Path) -> Iterator[tuple[str, str]]:
    """Put the templates in force into the folder; the user's own among them, by name, with where each comes from."""
    shipped = resources.files("relance") / "data" / "templates"
    for name in (*SHARED, page.template):
        places = [place for folder in page.folders for place in (folder / page.language / name, folder / name)]
        mine = next((place for place in places if place.is_file()), None)
        if mine is None:
            source = next(file for file in (shipped / page.language / name, shipped / name) if file.is_file())
            (root / name).write_bytes(source.read_bytes())
            continue
        try:
            text = mine.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise broken_template(str(mine), 0, str(error)) from error
        if found := _PACKAGE.search(text):
            line = text.count("\n", 0, found.start()) + 1
            raise broken_template(str(mine), line, "packages are not fetched from the network")
        (root / name).write_text(text, "utf-8")
        yield name, str(mine)


def _copy_logo(page: Page, root: Path) -> str:
    """The user's logo beside the templates, "" for none."""
    for place in (folder / name for folder in page.folders for name in LOGOS):
        if place.is_file():
            (root / place.name).write_bytes(place.read_bytes())
            return place.name
    return ""


def _compile(template: str, root: Path, inputs: dict[str, str], own: dict[str, str]) -> bytes:
    """The shipped templates with typst's own fonts; with the machine's where a sign or a template of the user's needs
    them, and then as plain PDF rather than none."""
    import typst  # noqa: PLC0415 - only where a PDF is made

    first: typst.TypstError | None = None
    plans: tuple[tuple[bool, Any], ...] = ((True, _STANDARDS), (False, _STANDARDS), (False, "1.7"))
    for alone, standards in plans:
        if alone and own:
            continue
        try:
            return bytes(
                typst.compile(
                    root / template, root=root, sys_inputs=inputs, ignore_system_fonts=alone, pdf_standards=standards,
                    package_path=root / "none", package_cache_path=root / "none",
                )
            )  # fmt: skip
        except typst.TypstError as error:
            first = first or error
    assert first is not None
    raise _broken(first, template, own) from first


def _broken(error: Any, template: str, own: dict[str, str]) -> Exception:
    places = [(Path(found["file"]).name, int(found["line"])) for found in _PLACE.finditer(error.diagnostic)]
    name, line = next((place for place in places if place[0] in own), (places or [(template, 0)])[0])
    return broken_template(own.get(name, name), line, str(error))

"""The user's own templates of letters and statements on paper (.typ) -> what is wrong in them, each with its place.

They are read for the values they use and, where PDF can be made, typeset for made-up clients: what changes in the
values and changes nothing on the sheets is not said by the page. It must not know where the clients come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.measures.statement import Statement
from relance.domain.model import Channel
from relance.domain.policies.policy import Manner
from relance.errors import ConfigError, Message, Problem, msg
from relance.language import LANGUAGES
from relance.letters.compose import compose_letter
from relance.letters.lint import Sample, each_once, lacking, told_error, unknown_value
from relance.letters.pdf import SHARED, Page, can_print, draw_page
from relance.letters.pdf_letter import TEMPLATE, OnPaper, letter_page
from relance.letters.pdf_statement import STATEMENT, statement_page
from relance.letters.sender import Sender
from relance.letters.templates import Templates

_USED = re.compile(r"\bdata\.(?P<name>[a-z_]\w*)(?:\.(?P<key>[a-z_]\w*))?(?P<call>\()?")
_COMMENT = re.compile(r"(?<!:)//[^\n]*|/\*.*?\*/", re.DOTALL)
_PAGE = frozenset({"language", "logo", "day"})
_METHODS = frozenset({"len", "at", "first", "last", "join", "map", "filter", "any", "all", "keys", "values", "pairs"})


class _Try(Struct, frozen=True):
    """A page that the templates are tried on: its values are those of a made-up client, and what it `must` say is named
    with the text that says it."""

    page: Page
    must: tuple[tuple[Message, str], ...]

    @property
    def statement(self) -> bool:
        """Whether it is a statement of account rather than a letter."""
        return self.page.template == STATEMENT

    @property
    def own(self) -> list[Path]:
        """The user's own files of which the page is made."""
        return list(_own_files(self.page.folders, (self.page.template, *SHARED)))


def check_paper(
    templates: Templates, samples: Iterable[Sample], statements: Iterable[Statement], sender: Sender
) -> tuple[Problem, ...]:
    """Everything wrong in the user's own `letter.typ`, `statement.typ`, `_paper.typ` and `_words.typ`, each thing once:
    errors `template-variable`, `template-broken`, `template-lacks`. Nothing where there is none of them."""
    if not any(_own_files(templates.folders, (TEMPLATE, STATEMENT, *SHARED))):
        return ()
    letters = [_letter_try(letter) for letter in _letters(templates, samples, sender)]
    tries = [*letters, *(_statement_try(one, templates.folders) for one in statements)]
    return each_once(
        problem
        for one in tries
        if one.own
        for problem in (*_unknown_names(one, tries), *(_tried(one) if can_print() else ()))
    )


def _own_files(folders: Iterable[Path], names: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        for place in (folder, *(folder / language for language in LANGUAGES)):
            yield from (place / name for name in names if (place / name).is_file())


def _letter_try(letter: OnPaper) -> _Try:
    values = letter.values
    must = (
        (msg("the amount"), values["claimed" if values["formal"] else "amount"]),
        (msg("your IBAN"), values["sender"]["iban"]),
        (msg("the date"), values["pay_by"]),
        (msg("your name"), values["sender"]["name"]),
    )
    return _Try(letter_page(letter), must)


def _statement_try(statement: Statement, folders: tuple[Path, ...]) -> _Try:
    page = statement_page(statement, folders)
    account, sender = page.data["accounts"][0], page.data["sender"]
    must = (
        (msg("the balance"), account["closing"]),
        (msg("the invoices"), account["open_items"][0]["number"]),
        (msg("the date"), page.data["today"]),
        (msg("your IBAN"), sender["iban"]),
        (msg("your name"), sender["name"]),
    )
    return _Try(page, must)


def _letters(templates: Templates, samples: Iterable[Sample], sender: Sender) -> Iterator[OnPaper]:
    """A formal notice in each language, with all that a letter may hold."""
    done = set()
    for sample in samples:
        reminder = sample.reminder
        language = reminder.client.language
        if reminder.step.tone is not Manner.FORMAL or not reminder.credits or language in done:
            continue
        try:
            letter = compose_letter(replace(reminder, channel=Channel.LETTER), sender, sample.setting, templates).letter
        except ConfigError:  # the text of the letter: told by `check_templates`
            continue
        if letter and letter.page:
            done.add(language)
            yield letter.page


def _unknown_names(one: _Try, tries: Iterable[_Try]) -> Iterator[Problem]:
    """The values that a template uses and its page does not have; a shared file may use those of every page."""
    every = [other.page.data for other in tries]
    for path in one.own:
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue  # told when it is typeset
        bare = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
        pages = every if path.name in SHARED else [one.page.data]
        for use in _USED.finditer(bare):
            if not any(_has(page, use) for page in pages):
                line = bare.count("\n", 0, use.start()) + 1
                yield _unknown(one, (str(path), line), use)


def _has(data: dict[str, Any], use: re.Match[str]) -> bool:
    name, key = use["name"], use["key"]
    if name not in data:
        return name in _PAGE or bool(use["call"] and not key and name in _METHODS)
    value = data[name]
    return not (isinstance(value, dict) and key) or key in value or key in _METHODS


def _unknown(one: _Try, place: tuple[str, int], use: re.Match[str]) -> Problem:
    known = one.page.data
    if use["name"] in known and use["key"]:
        return unknown_value(*place, f"data.{use['name']}.{use['key']}", known[use["name"]], statement=one.statement)
    return unknown_value(*place, f"data.{use['name']}", known, statement=one.statement)


def _tried(one: _Try) -> Iterator[Problem]:
    """What typesetting a page tells: that it cannot be, or what is not on its sheets."""
    try:
        seen = draw_page(one.page)
        for what, text in one.must:
            if text and draw_page(_with_another(one.page, text)) == seen:
                yield lacking(str(_main_file(one)), what, statement=one.statement)
    except ConfigError as error:
        yield told_error(error)


def _main_file(one: _Try) -> Path:
    return next((path for path in one.own if path.name == one.page.template), one.own[0])


def _with_another(page: Page, text: str) -> Page:
    """The page with another text wherever this one stands among its values."""
    other = "".join(str(9 - int(sign)) if sign.isdecimal() else "x" if sign.isalpha() else sign for sign in text)

    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(text, other)
        if isinstance(value, dict):
            return {name: changed(one) for name, one in value.items()}
        return [changed(one) for one in value] if isinstance(value, list | tuple) else value

    return replace(page, data=changed(page.data))

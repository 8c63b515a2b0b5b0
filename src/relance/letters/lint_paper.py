"""The user's own templates of letters on paper (.typ) -> what is wrong in them, each with its file and line.

They are read for the values they use and, where PDF can be made, typeset for made-up clients: what changes in the
values and changes nothing on the sheets is not said by the letter. It must not know where the clients come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from relance.domain.model import Channel
from relance.domain.policies.policy import Manner
from relance.errors import ConfigError, Problem, msg
from relance.language import LANGUAGES
from relance.letters.compose import compose_letter
from relance.letters.lint import Sample, each_once, lacking, told_error, unknown_value
from relance.letters.pdf import SHARED, Page, can_print, draw_page
from relance.letters.pdf_letter import TEMPLATE, OnPaper, letter_data, letter_page
from relance.letters.sender import Sender
from relance.letters.templates import Templates

_USED = re.compile(r"\bdata\.(?P<name>[a-z_]\w*)(?:\.(?P<key>[a-z_]\w*))?(?P<call>\()?")
_COMMENT = re.compile(r"(?<!:)//[^\n]*|/\*.*?\*/", re.DOTALL)
_PAGE = frozenset({"language", "logo", "day"})
_STATEMENT = frozenset({"today", "account", "accounts", "start", "currency"})  # of the other page, in shared files
_METHODS = frozenset({"len", "at", "first", "last", "join", "map", "filter", "any", "all", "keys", "values", "pairs"})


def check_paper(templates: Templates, samples: Iterable[Sample], sender: Sender) -> tuple[Problem, ...]:
    """Everything wrong in the user's own `letter.typ`, `_paper.typ` and `_words.typ`, each thing once: errors
    `template-variable`, `template-broken`, `template-lacks`. Nothing where there is none of them."""
    own = list(_own_files(templates.folders))
    if not own:
        return ()
    return each_once(
        problem
        for letter in _letters(templates, samples, sender)
        for problem in (*_unknown_names(own, letter_data(letter)), *(_tried(letter, own) if can_print() else ()))
    )


def _own_files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for place in (folder, *(folder / language for language in LANGUAGES)):
            yield from (place / name for name in (TEMPLATE, *SHARED) if (place / name).is_file())


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


def _unknown_names(own: Iterable[Path], data: dict[str, Any]) -> Iterator[Problem]:
    """The values that a template uses and no letter has."""
    for path in own:
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue  # told when it is typeset
        bare = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
        shared = _PAGE | _STATEMENT if path.name in SHARED else _PAGE
        for use in _USED.finditer(bare):
            line = bare.count("\n", 0, use.start()) + 1
            value = data.get(use["name"])
            if use["name"] not in data and use["name"] not in shared:
                if not (use["call"] and not use["key"] and use["name"] in _METHODS):
                    yield unknown_value(str(path), line, f"data.{use['name']}", data)
            elif isinstance(value, dict) and use["key"] and use["key"] not in value and use["key"] not in _METHODS:
                yield unknown_value(str(path), line, f"data.{use['name']}.{use['key']}", value)


def _tried(letter: OnPaper, own: list[Path]) -> Iterator[Problem]:
    """What typesetting a letter tells: that it cannot be, or what is not on its sheets."""
    page, values = letter_page(letter), letter.values
    try:
        seen = draw_page(page)
        needed = (
            (msg("the amount"), values["claimed" if values["formal"] else "amount"]),
            (msg("your IBAN"), values["sender"]["iban"]),
            (msg("the date"), values["pay_by"]),
            (msg("your name"), values["sender"]["name"]),
        )
        for what, text in needed:
            if text and draw_page(_with_another(page, text)) == seen:
                yield lacking(str(_letter_file(own)), what)
    except ConfigError as error:
        yield told_error(error)


def _letter_file(own: list[Path]) -> Path:
    return next((path for path in own if path.name == TEMPLATE), own[0])


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

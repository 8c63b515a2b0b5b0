"""Templates of letters -> what is wrong in them, each with its file and line, before a client reads it.

A template is looked at as it stands (its variables, its words) and as it comes out for made-up clients. The words it
is held against are in `data/templates/lint.toml`. It must not know where the made-up clients come from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources

from msgspec import Struct

from relance.domain.policies.policy import Manner
from relance.errors import ConfigError, Message, Problem, Severity, Where, msg
from relance.letters.compose import Setting, template_values
from relance.letters.reminder import Reminder
from relance.letters.sender import Sender
from relance.letters.templates import Source, Templates

_PLAIN = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_STRINGS = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_WORD = re.compile(r"[a-zà-ÿœ]+")
_TONES = tuple(tone.value for tone in Manner if tone is not Manner.HANDOVER)
_LOOPS = {"invoice": "invoices", "credit": "credits", "claim": "claims"}
_INNER = {"line": "lines", "move": "moves"}
_ALWAYS = frozenset({"loop", "css", "subject"})
_FEW = 3  # telling words below which nobody can say which language a text is in


class Sample(Struct, frozen=True):
    """A made-up client that a template is tried on."""

    reminder: Reminder
    setting: Setting


class _Rules(Struct, frozen=True):
    forbidden: dict[str, re.Pattern[str]]
    languages: dict[str, frozenset[str]]
    address: dict[str, frozenset[str]]
    unreplaced: re.Pattern[str]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    file = resources.files("relance") / "data" / "templates" / "lint.toml"
    data = tomllib.loads(file.read_text("utf-8"))
    always = data["forbidden_before_formal"]["words"]
    return _Rules(
        {tone: re.compile("|".join([*words, *always]), re.IGNORECASE) for tone, words in data["forbidden"].items()},
        {language: frozenset(words) for language, words in data["language"].items()},
        {form: frozenset(words) for form, words in data["address"].items()},
        re.compile("|".join(data["unreplaced"]["patterns"])),
    )


def check_templates(templates: Templates, samples: Iterable[Sample], sender: Sender) -> tuple[Problem, ...]:
    """Everything wrong in the templates in force, in the order of their files and lines, each thing once.

    Errors: `template-broken`, `template-subject`, `template-variable`, `template-unreplaced`, `template-lacks`,
    `template-language`, `template-forbidden`. Warnings: `template-address` (tu and vous mixed), `template-unused`.
    """
    tried = list(samples)
    known = _known_names(templates, tried, sender)
    found = (*_as_they_stand(templates, known), *_as_they_come_out(templates, tried, sender))
    return tuple(sorted(each_once(found), key=lambda problem: (str(problem.where), problem.code)))


def each_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, and none that a template breaks at a line where a value it does not have is named."""
    found: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        found.setdefault((problem.code, problem.where, problem.value), problem)
    named = {problem.where for problem in found.values() if problem.code == "template-variable"}
    return tuple(one for one in found.values() if one.code != "template-broken" or one.where not in named)


def _as_they_stand(templates: Templates, known: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    used = set(_TONES) | {f"{tone}-tu" for tone in _TONES}
    for language, name in templates.names():
        source = templates.read(language, name)
        if source is None:
            continue
        yield from _variables(templates, (language, name), source, known)
        yield from _words(language, name, source)
        if source.own and not name.startswith("_") and name.rpartition(".")[0] not in used:
            yield _unused(source, name, [f"{one}.txt" for one in sorted(used)])


def _variables(
    templates: Templates, named: tuple[str, str], source: Source, known: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    """The names a template uses that no letter has, with their lines; or what makes it no template at all."""
    from jinja2 import nodes  # noqa: PLC0415 - only letters need Jinja2

    try:
        tree = templates.parse(*named)
    except ConfigError as error:
        yield told_error(error)
        return
    own = {name.name for loop in tree.find_all(nodes.For) for name in loop.target.find_all(nodes.Name)}
    own |= {loop.target.name for loop in tree.find_all(nodes.For) if isinstance(loop.target, nodes.Name)}
    for node in tree.find_all((nodes.Name, nodes.Getattr)):
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in own | known.keys() | _ALWAYS:
            yield unknown_value(source.file, node.lineno, node.name, known)
        elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
            keys = known.get(node.node.name)
            if keys and node.attr not in keys:
                yield unknown_value(source.file, node.lineno, f"{node.node.name}.{node.attr}", dict.fromkeys(keys))


def _words(language: str, name: str, source: Source) -> Iterator[Problem]:
    """What the words of a template say that they should not, line by line."""
    rules, tone = _rules(), name.rpartition(".")[0].removesuffix("-tu")
    forbidden = rules.forbidden.get(tone)
    for number, text in _text_lines(source.text):
        for found in rules.unreplaced.finditer(text if name.endswith(".txt") else ""):
            yield _unreplaced(source.file, number, found[0])
        if forbidden and (word := forbidden.search(text)):
            yield _forbidden(source.file, number, word[0])
        words = _WORD.findall(text.lower())
        if language == "fr" and tone in _TONES and tone != Manner.FORMAL:
            other = "vous" if name.endswith("-tu.txt") else "tu"
            if mixed := next((word for word in words if word in rules.address[other]), None):
                yield _mixed(source.file, number, mixed)
    if name.endswith(".txt") and tone in _TONES:
        yield from _language_of(language, source)


def _language_of(language: str, source: Source) -> Iterator[Problem]:
    """Whether subject and body are each written in the language of their folder."""
    lines = list(_text_lines(source.text))
    first = next((place for place, (_, text) in enumerate(lines) if text.strip()), 0)
    for part in (lines[first : first + 1], lines[first + 1 :]):
        words = [word for _, text in part for word in _WORD.findall(text.lower())]
        counts = {code: sum(word in own for word in words) for code, own in _rules().languages.items()}
        other = max(counts, key=lambda code: (counts[code], code == language))
        if (
            other != language
            and counts[other] >= (_FEW if len(part) > 1 else 1)
            and counts[other] > 2 * counts[language]
        ):
            yield _language(source.file, part[0][0], other)


def _text_lines(source: str) -> Iterator[tuple[int, str]]:
    """The words of a template line by line, numbered from 1: its text, and the texts that its expressions choose
    between."""

    def words(found: re.Match[str]) -> str:
        inside = "" if found[0].startswith("{#") else " ".join(a or b for a, b in _STRINGS.findall(found[0]))
        return ("" if ".txt" in inside or ".html" in inside else inside) + "\n" * found[0].count("\n")

    return ((number, line) for number, line in enumerate(_PLAIN.sub(words, source).split("\n"), start=1))


def _as_they_come_out(templates: Templates, samples: list[Sample], sender: Sender) -> Iterator[Problem]:
    """What is missing from the letters that the templates make of the made-up clients."""
    for sample in samples:
        language, tone = sample.reminder.client.language or "fr", sample.reminder.step.tone
        values = template_values(sample.reminder, sender, sample.setting)
        suffix = "-tu" if values["tu"] else ""
        name = templates.find(language, f"{tone.value}{suffix}.txt", f"{tone.value}.txt")
        source = templates.read(language, name)
        try:
            subject, body = templates.render_letter(language, name, values)
            if not values["paper"]:
                templates.render_passages(language, name, values)
        except ConfigError as error:
            yield told_error(error)
            continue
        file = source.file if source else name
        asked = values["claimed"] if values["formal"] else values["amount"]
        needed = (
            (msg("the amount"), asked),
            (msg("your IBAN"), values["sender"]["iban"]),
            (msg("the date"), values["pay_by"]),
        )
        for what, text in needed:
            if text and text not in body:
                yield lacking(file, what)
        if any(number not in f"{subject}\n{body}" for number in values["reference_list"]):
            yield lacking(file, msg("the invoice numbers"))
        forbidden = _rules().forbidden.get(tone.value)
        if forbidden and (found := forbidden.search(f"{subject}\n{body}")):
            yield _forbidden(*_origin(templates, language, file, found[0]), found[0])


def _origin(templates: Templates, language: str, file: str, word: str) -> tuple[str, int]:
    """The part, the user's own first, that brings a word into a letter."""
    parts = [
        templates.read(code, name)
        for code, name in templates.names()
        if code == language and name.startswith("_") and name.endswith(".txt")
    ]
    for source in sorted(filter(None, parts), key=lambda one: not one.own):
        for number, text in _text_lines(source.text):
            if word.lower() in text.lower():
                return source.file, number
    return file, 0


def _known_names(templates: Templates, samples: list[Sample], sender: Sender) -> dict[str, frozenset[str]]:
    """The names that a template may use, each with the names under it (none where it holds a text or a list)."""
    names: dict[str, set[str]] = {"day": set(), "total": set(), "number": set()}
    for sample in samples:
        values = template_values(sample.reminder, sender, sample.setting)
        for name, value in values.items():
            names.setdefault(name, set()).update(value if isinstance(value, dict) else ())
        for one, several in _LOOPS.items():
            entries = (*values[several], *(values["waiting"] if one == "invoice" else ()))
            for entry in entries:
                names.setdefault(one, set()).update(entry)
                for inner, within in _INNER.items():
                    names.setdefault(inner, set()).update(*entry.get(within, ()))
    return {name: frozenset(keys) for name, keys in names.items()}


def _at(file: str, line: int) -> Where:
    return Where(file, line)


def _problem(code: str, place: tuple[str, int], said: tuple[Message, Message], value: str = "") -> Problem:
    warning = code in {"template-address", "template-unused"}
    return Problem(code, Severity.WARNING if warning else Severity.ERROR, *said, _at(*place), value)


def told_error(error: ConfigError) -> Problem:
    """What makes a template none, with its place."""
    place = str(error.message.args["file"]), int(error.message.args.get("line", 1))
    return _problem(error.code, place, (error.message, error.remedy))


def unknown_value(file: str, line: int, name: str, known: Iterable[str], *, statement: bool = False) -> Problem:
    """A name that no letter (or statement) has, `template-variable`, and the known one it is nearest to."""
    last = name.rpartition(".")[2]
    near = get_close_matches(last, list(known), 1, 0.6)
    hint = msg("Did you mean {name}? The templates of relance show every name.", name=near[0]) if near else None
    said = msg("“{name}” is not a value of a letter.", name=name)
    if statement:
        said = msg("“{name}” is not a value of a statement of account.", name=name)
    shown = hint or msg("The templates of relance show every name: relance templates export.")
    return _problem("template-variable", (file, line), (said, shown), name)


def _unreplaced(file: str, line: int, text: str) -> Problem:
    said = msg("“{text}” looks like a place still to be filled in.", text=text)
    hint = msg("Values are written between double braces, such as {example}.", example="{{ client.name }}")
    return _problem("template-unreplaced", (file, line), (said, hint), text)


def _forbidden(file: str, line: int, word: str) -> Problem:
    said = msg("“{word}” is too strong for this step.", word=word)
    hint = msg("Keep it for a later step; what comes before the formal notice neither threatens nor imitates it.")
    return _problem("template-forbidden", (file, line), (said, hint), word)


def _mixed(file: str, line: int, word: str) -> Problem:
    said = msg("“{word}” does not go with the form of address of this template.", word=word)
    hint = msg("Templates in -tu say tu, the others vous, from the first line to the last.")
    return _problem("template-address", (file, line), (said, hint), word)


def _language(file: str, line: int, other: str) -> Problem:
    names = {"fr": msg("French"), "en": msg("English")}
    said = msg("This text is written in {language}.", language=names[other])
    hint = msg("Subject and body of a template are in the language of its folder, fr or en.")
    return _problem("template-language", (file, line), (said, hint), other)


def lacking(file: str, what: Message, *, statement: bool = False) -> Problem:
    """A letter (or statement) that does not say what every one must, `template-lacks`."""
    said = msg("The message does not say {what}.", what=what)
    hint = msg(
        "Every reminder says which invoices, how much, by when and to which account; see the template of relance."
    )
    if statement:
        said = msg("The statement does not say {what}.", what=what)
        hint = msg(
            "Every statement says the balance, its day, the invoices to pay and to which account; see statement.typ."
        )
    return _problem("template-lacks", (file, 1), (said, hint), what.text)


def _unused(source: Source, name: str, known: list[str]) -> Problem:
    near = get_close_matches(name, known, 1, 0.6)
    said = msg("Nothing uses the template {name}.", name=name)
    hint = (
        msg("Did you mean {name}?", name=near[0])
        if near
        else msg("Delete it, or give it the name of a template of relance.")
    )
    return _problem("template-unused", (source.file, 0), (said, hint), name)

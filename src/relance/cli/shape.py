"""How the command line is built and speaks: typer's commands with our common options, in the reader's language.

typer (or the click inside it) says its own sentences in English; here they become ours, so that a person who
reads French never meets another language.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from relance.cli.session import FORMATS, PDF, Session, parse_day
from relance.errors import Message, UsageError, msg
from relance.language import LANGUAGES, Language


def speak(language: Language) -> None:
    """typer's own words go through the gettext of the process: give it our catalogue."""
    os.environ["LANGUAGE"] = language.code
    gettext.bindtextdomain("relance", str(resources.files("relance") / "locale"))
    gettext.textdomain("relance")


def _session(ctx: Any) -> Session:
    session: Session = ctx.find_root().obj
    return session


def _say(ctx: Any, message: Message) -> str:
    return _session(ctx).language.say(message)


WORDS = {
    word.text: word
    for word in (
        msg("ADDRESS"), msg("AMOUNT"), msg("ARGS"), msg("COMMAND"), msg("DAYS"), msg("EVIDENCE"), msg("FILE"),
        msg("HALF-YEAR"), msg("KEY"), msg("NAME"), msg("NUMBER"), msg("OUTCOME"), msg("PERCENT"), msg("ROLE"),
        msg("TEXT"), msg("TIME"), msg("YYYY-MM-DD"),
    )
}  # fmt: skip
"""What stands for a value in a line of usage."""


def in_words(language: Language, placeholder: str) -> str:
    """What stands for a value, in the reader's language; what is typed as it is stays.

    >>> in_words(Language("fr"), "[set HALF-YEAR|FILE]")
    '[set SEMESTRE|FICHIER]'
    """
    return re.sub("[A-Z][A-Z-]+", lambda word: language.say(WORDS.get(word[0], word[0])), placeholder)


def _section(ctx: Any, formatter: Any, title: Message) -> Any:
    """A section under its title; the formatter adds a colon, which some languages set apart."""
    return formatter.section(_say(ctx, msg("{title}:", title=title)).removesuffix(":"))


def _write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    language = _session(ctx).language
    needed = [f"{max(param.opts, key=len)} {param.metavar}" for param in command.params if _is_needed(param)]
    pieces = [*needed, *(_plain(piece) for piece in command.collect_usage_pieces(ctx))]
    pieces = [in_words(language, piece) if piece != "[OPTIONS]" else "[...]" for piece in pieces]
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_say(ctx, msg("Usage:")) + " ")


def _is_needed(param: Any) -> bool:
    return bool(param.param_type_name == "option" and param.required)


def _plain(piece: str) -> str:
    """Some versions of click put what must be given between braces.

    >>> _plain("{NUMBER}"), _plain("[NUMBER]...")
    ('NUMBER', '[NUMBER]...')
    """
    return piece.replace("{", "").replace("}", "")


class Command(TyperCommand):
    """A command whose help lists its own options first, then those common to all."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; over each of several workbooks, where several are named."""
        session = _session(ctx)
        if session.workbooks and not session.alone:
            from relance.cli.many import run_over, workbooks_of  # noqa: PLC0415 - only with -w

            if found := workbooks_of(session, str(ctx.info_name)):
                if output := ctx.params.get("output"):
                    session.output = Path(output)
                return run_over(session, str(ctx.info_name), found)
        return super().invoke(ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """`Usage: relance why [...] NUMBER`."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, own options, common options: each a section, empty ones left out."""
        titles = {
            "argument": msg("Arguments"),
            "own": msg("Options"),
            "shared": msg("Options common to all commands"),
        }
        records: dict[str, list[tuple[str, str]]] = {name: [] for name in titles}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if param.name == "help":
                record = (record[0], _say(ctx, msg("Show this page."))) if record else None
            if record:
                shared = (not param.expose_value and param.name != "output") or param.name == "help"
                records["argument" if param.param_type_name == "argument" else "shared" if shared else "own"].append(
                    record
                )
        for name, title in titles.items():
            if records[name]:
                with _section(ctx, formatter, title):
                    formatter.write_dl(records[name])


class Group(TyperGroup):
    """The program itself: its help lists the commands."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """`Usage: relance [...] COMMAND [ARGS]...`."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The commands first, then the options."""
        rows = [(name, command.short_help) for name, command in self.commands.items() if not command.hidden]
        with _section(ctx, formatter, msg("Commands")):
            formatter.write_dl(rows)
        Command.format_options(self, ctx, formatter)  # type: ignore[arg-type]  # the same sections for a group


def _keep(ctx: typer.Context, param: typer.CallbackParam, value: Any) -> None:
    """Keep a common option in the session, wherever on the line it was given."""
    if value in (None, False, [], ()) or ctx.resilient_parsing:
        return
    session = _session(ctx)
    if param.name == "workbook":
        if not session.alone:
            session.workbooks = (*session.workbooks, *value)
            session.workbook = session.workbooks[-1]
    elif param.name == "today":
        session.day = parse_day(value)
    elif param.name == "json_":
        session.format = "json"
    elif param.name in _CHOICES:
        name, known = _CHOICES[param.name]
        if name == "format" and _PAGES.intersection(session.arguments):
            known = (*known, PDF)
        if value not in known:
            raise UsageError(
                "unknown-choice",
                msg("“{value}” is not a value of {option}.", value=value, option=param.opts[-1]),
                msg("Choose one of: {choices}.", choices=known),
            )
        setattr(session, name, value)
    else:
        setattr(session, str(param.name), value)


_CHOICES = {"lang": ("language_flag", LANGUAGES), "format_": ("format", FORMATS)}
_PAGES = frozenset({"statement"})
"""The commands whose answer is a page to send, that can be a PDF too."""


def _shared(
    workbook: Annotated[
        list[Path] | None,
        typer.Option(
            "-w",
            "--workbook",
            metavar="FILE",
            callback=_keep,
            help="The tracking workbook; several times, a folder or a quoted pattern where a command reads several.",
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="NAME", callback=_keep, help="The sheet to read, where several hold invoices."),
    ] = None,
    today: Annotated[
        str | None,
        typer.Option("--today", metavar="YYYY-MM-DD", callback=_keep, help="Replay that day instead of today."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", callback=_keep, help="Answer as JSON, for programs.")] = False,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="|".join(FORMATS), callback=_keep, help="Form of the output."),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="fr|en", callback=_keep, help="French or English.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", callback=_keep, help="Exit code 1 when the workbook holds errors.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", callback=_keep, help="Only the answer: no remarks.")] = False,
    no_pager: Annotated[
        bool, typer.Option("--no-pager", callback=_keep, help="Long answers whole, not through the pager.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", callback=_keep, help="Show the program's own trace after an error.")
    ] = False,
) -> None:
    """Only its options are used: typer turns them into parameters that every command receives."""


def _written(
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", callback=_keep, help="Write to this file, all at once.")
    ] = None,
) -> None:
    """Only its option is used, by the commands that answer and write nothing of their own."""


def shared_options() -> list[Any]:
    """The options common to all commands, made anew; their values go to the session, not to the command."""
    return _params_of(_shared)


def output_option() -> list[Any]:
    """The option of a command whose answer can go to a file."""
    return _params_of(_written)


def _params_of(command: Callable[..., None]) -> list[Any]:
    app = typer.Typer(add_completion=False)
    app.command()(command)
    params = list(typer.main.get_command(app).params)
    for param in params:
        param.expose_value = False
    return params


_SENTENCES = (
    (r"No such option: (?P<option>\S+?)\.?(?: .*)?", msg("There is no option {option}.")),
    (r"No such command '(?P<name>.*?)'\.(?: .*)?", msg("There is no command {name}.")),
    (r"Missing argument '(?P<name>.*?)'\.?.*", msg("{name} is missing.")),
    (r"Missing option '(?P<name>.*?)'\.?.*", msg("The option {name} is missing.")),
    (r"Missing command\.", msg("A command is missing.")),
    (r"Got unexpected extra argument(?:s|\(s\))? \((?P<extra>.*)\)", msg("Too many arguments: {extra}.")),
    (r"Option '(?P<option>.*?)' requires an argument\.", msg("The option {option} needs a value.")),
    (
        r"Invalid value for '(?P<option>.*?)'(?: / '.*')?: '?(?P<value>.*?)'? is not .*",
        msg("“{value}” does not suit {option}."),
    ),
)  # fmt: skip


def usage_sentence(text: str) -> Message:
    """A usage error of typer as a sentence of ours; one we do not know stays as it is."""
    for pattern, message in _SENTENCES:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return msg(message.text, **found.groupdict())
    return msg("{text}", text=text)

"""`run`: from a line of arguments to an exit code; the only place where an exception becomes one."""

from __future__ import annotations

import errno
import gc
import os
import re
import sys
from collections.abc import Iterable, Iterator
from copy import copy
from functools import cache
from typing import Annotated, Any, TypeGuard

import typer

from relance import __version__
from relance.cli import commands
from relance.cli.console import clear_away, write_text
from relance.cli.rows_of_files import name_each
from relance.cli.session import Session, emit, tell_error
from relance.cli.shape import Group, in_words, output_option, shared_options, speak, usage_sentence
from relance.config import Environment
from relance.domain.names import fold
from relance.errors import ExitCode, RelanceError, UsageError, msg, os_reason
from relance.language import LANGUAGES, Language
from relance.reports.view import View

_TyperUsageError: Any = typer.BadParameter.__base__  # the class of every usage error, click's or typer's own copy


def _show_version(*, value: bool) -> None:
    if value:
        write_text(sys.stdout, f"relance {__version__}\n")
        raise typer.Exit


def command_line(words: Iterable[str] = ()) -> Group:
    """The command line, made anew: every command with the common options, help texts still in English.

    Where some of `words` name commands, only those are built: the others cost time.
    """
    named = [word for word in words if word in commands.COMMANDS]
    app = typer.Typer(
        name="relance",
        cls=Group,
        help="Whom to chase today, on the workbook your company already has.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def _root(
        version: Annotated[
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
        ] = False,
    ) -> None: ...

    commands.register(app, named or commands.COMMANDS)
    group = typer.main.get_command(app)
    assert isinstance(group, Group)
    shared = shared_options()
    for command in (group, *group.commands.values()):
        command.params = [*command.params, *map(copy, shared)]
    for name in commands.ANSWERING & group.commands.keys():
        group.commands[name].params = [*group.commands[name].params, *output_option()]
    return group


def _version(value: bool) -> None:
    _show_version(value=value)


def _texts(group: Group) -> Iterator[tuple[Any, str, str]]:
    for command in (group, *group.commands.values()):
        for owner, names in ((command, ("help", "short_help")), *((p, ("help",)) for p in command.params)):
            yield from ((owner, name, text) for name in names if (text := getattr(owner, name, None)))


def help_texts() -> set[str]:
    """Every English help text of the command line, as the catalogue must know it."""
    return {text for _, _, text in _texts(command_line())}


def _translated(language: Language, arguments: list[str]) -> Group:
    group = command_line(arguments)
    for owner, name, text in list(_texts(group)):
        setattr(owner, name, language.say(text))
    for command in (group, *group.commands.values()):
        for param in command.params:
            param.metavar = in_words(language, param.metavar) if param.metavar else None
    for command in group.commands.values():
        command.short_help = re.split(r"\s?[:;]|\. ", command.help or "")[0].rstrip(".") + "."
    return group


def _first_language(arguments: list[str], environment: Environment) -> Language:
    """The language of help and usage errors, before any configuration is read."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=False)
    given = [word.partition("=")[2] or following for word, following in pairs if word.partition("=")[0] == "--lang"]
    code = given[0] if given else environment.language
    return Language(code if code in LANGUAGES else "fr")


def answer(arguments: list[str], session: Session) -> Any:
    """What the command of this line answers: a `View`, or an exit code where it showed everything itself."""
    speak(session.language)
    line = _line(session.language.code, tuple(word for word in arguments if word in commands.COMMANDS))
    answered = line.main(arguments, "relance", standalone_mode=False, obj=session)
    if answered == ExitCode.INTERRUPTED:  # what typer makes of Ctrl-C inside a command, in silence
        raise KeyboardInterrupt
    return answered


@cache
def _line(language: str, words: tuple[str, ...]) -> Group:
    return _translated(Language(language), list(words))


def run(arguments: list[str], kept: list[Any] | None = None) -> int:
    """Read the line, act, show. `kept` holds what was answered, where the caller has a list for it.

    A run makes many small values and no garbage worth looking for: the collector stays off until it ends.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return _run(arguments or ["--help"], kept if kept is not None else [])
    finally:
        if was_on:
            gc.enable()


def _run(arguments: list[str], kept: list[Any]) -> int:
    environment = Environment.read(os.environ)
    session = Session(environment, _first_language(arguments, environment))
    arguments = name_each(arguments)
    session.arguments = tuple(arguments)
    try:
        answered = answer(arguments, session)
        kept += (session, answered)
        return emit(answered, session) if isinstance(answered, View) else int(answered or 0)
    except RelanceError as error:
        tell_error(error, session)
        return _trace(session, error.exit_code)
    except _TyperUsageError as error:
        _tell_usage(error, session)
        return ExitCode.USAGE
    except (typer.Abort, KeyboardInterrupt):
        write_text(sys.stderr, "\n" + session.language.say(msg("Interrupted; nothing more was done.")) + "\n")
        return ExitCode.INTERRUPTED
    except Exception as error:  # a bug must end in one clear line and exit code 70, whatever it is
        if _reader_left(error):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # say nothing at exit
            return ExitCode.DONE
        if _takes_nothing(error):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            tell_error(_unwritable(error), session)
            return _trace(session, ExitCode.USAGE)
        session.tell(
            msg(
                "This is a fault of relance, not yours ({reason}). Run the command again with --debug and send what "
                "it prints.",
                reason=f"{type(error).__name__}: {error}",
            )
        )
        return _trace(session, ExitCode.BUG)
    finally:
        clear_away()


def _reader_left(error: Exception) -> bool:
    """Whether whoever read our output has gone (`relance invoices | head`); Windows calls that an invalid argument."""
    if not isinstance(error, OSError) or error.filename is not None:
        return False
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def _takes_nothing(error: Exception) -> TypeGuard[OSError]:
    """Whether what our output goes to takes no more: a full drive behind `relance invoices > file`."""
    return (
        isinstance(error, OSError) and error.filename is None and error.errno in {errno.ENOSPC, errno.EIO, errno.EFBIG}
    )


def _unwritable(error: OSError) -> UsageError:
    return UsageError(
        "output-unwritable",
        msg("The answer cannot be written: {reason}.", reason=os_reason(error)),
        msg("Check that there is space left where it goes, then run the command again."),
    )


def _trace(session: Session, code: int) -> int:
    if session.debug:
        import traceback  # noqa: PLC0415 - only after an error, only when asked for

        traceback.print_exc()
    return code


def _tell_usage(error: Any, session: Session) -> None:
    """What does not fit, the nearest command or option, and where help is."""
    say, context = session.language.say, error.ctx
    lines = [say(msg("Error: {text}", text=usage_sentence(error.format_message())))]
    if near := _nearest(error):
        lines.append(say(msg("Did you mean {nearest}?", nearest=near)))
    lines.append(say(msg("For help: {command}", command=f"{context.command_path if context else 'relance'} --help")))
    write_text(sys.stderr, "\n".join(lines) + "\n")


_ALIKE = 0.75  # a slip of the fingers; --due is not what somebody meant who typed --issued


def _nearest(error: Any) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    sentence = usage_sentence(error.format_message())
    words = sentence.args
    if error.ctx is None:
        return []
    if "option" in words:
        known = [name for param in error.ctx.command.params for name in getattr(param, "opts", ())]
        return get_close_matches(words["option"], known, 2, _ALIKE)
    return _nearest_commands(words["name"]) if sentence.text == "There is no command {name}." else []


def _nearest_commands(typed: str) -> list[str]:
    """The commands that a mistyped one may mean: by its letters, by a word of the reader's own language for it, or a
    number typed without the question."""
    from difflib import get_close_matches  # noqa: PLC0415 - only after a mistake

    from relance.config import read_data  # noqa: PLC0415

    typed_word, names = fold(typed).replace(" ", "-"), list(commands.COMMANDS)
    words = {word: name for name, others in read_data("command_words.toml").items() for word in others}
    if words.get(typed_word) in names:
        return [words[typed_word]]
    near = get_close_matches(typed_word, names, 2)
    near = near or [words[word] for word in get_close_matches(typed_word, words, 2) if words[word] in names]
    if not near and any(mark.isdigit() for mark in typed):
        return [f"why {typed}"]
    return list(dict.fromkeys(near))

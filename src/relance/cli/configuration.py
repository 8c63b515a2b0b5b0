"""relance config: what holds and where it comes from; one key explained; the file edited; where the files are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from relance.cli.console import split_command
from relance.cli.session import Session
from relance.config import Config
from relance.errors import ConfigError, UsageError, WorkbookError, msg
from relance.reports.view import View
from relance.settings_file import FILE_NAME, user_folder

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[explain KEY|edit|path]", help="Explain a key, edit the file, or say where the files are."),
]
_USER = "user"


def config(
    ctx: typer.Context,
    words: Words = None,
    own: Annotated[bool, typer.Option("--user", help="With edit: your own file, not the shared one.")] = False,
) -> View | None:
    """The effective configuration and where each value came from; the column found for each role."""
    session: Session = ctx.obj
    match words or []:
        case []:
            return _everything(session)
        case ["explain", key]:
            return _explain(session, key)
        case ["path"]:
            return _paths(session)
        case ["edit"]:
            _edit(session, own=own)
            return None
    raise UsageError(
        "config-words",
        msg("relance config does not know “{words}”.", words=" ".join(words or [])),
        msg("It knows: relance config, config explain KEY, config edit, config path."),
    )


def _everything(session: Session) -> View:
    from relance.office.book import mapping_of, open_book  # noqa: PLC0415
    from relance.office.settings import place_of  # noqa: PLC0415
    from relance.options import OPTIONS  # noqa: PLC0415
    from relance.reports.views.configuration import Found, Shown, config_view  # noqa: PLC0415
    from relance.workbook.reading.roles import ROLES  # noqa: PLC0415

    effective = session.config()
    mapping_of(effective)
    known = {option.key: option.description for option in OPTIONS}
    shown = [
        Shown(s.key, s.value, s.origin, place_of(s), known.get(s.key, msg("one of your own tables")))
        for s in effective.settings.values()
    ]
    try:
        ledger = open_book(effective, session.today).day.ledger
    except WorkbookError as error:
        session.tell(error.message)
        return config_view(shown, None)
    there = {column.role for column in (*ledger.columns, *ledger.client_columns)}
    missing = tuple(role for role in ROLES if role not in there)
    return config_view(
        shown,
        Found(
            sheet=ledger.sheet, header_row=ledger.header_row, columns=ledger.columns, missing=missing,
            clients_sheet=ledger.clients_sheet, client_columns=ledger.client_columns,
        ),
    )  # fmt: skip


def _explain(session: Session, key: str) -> View:
    from relance.office.settings import explain_key  # noqa: PLC0415
    from relance.reports.views.setting import Told, setting_view  # noqa: PLC0415

    found = explain_key(session.config(), key)
    held = tuple((item.key, item.value, item.origin, item.place) for item in found.held)
    return setting_view(
        Told(key=found.key, text=found.text, wanted=found.wanted, default=found.default, held=held, own=found.own)
    )


def _files(session: Session) -> dict[str, Path]:
    user = user_folder(session.environment.config_dir)
    return {"folder": (session.folder() / FILE_NAME).absolute(), _USER: user / FILE_NAME}


def _paths(session: Session) -> View:
    from relance.reports.views.setting import Place, path_view  # noqa: PLC0415

    return path_view(tuple(Place(whose, str(file), file.exists()) for whose, file in _files(session).items()))


def _edit(session: Session, *, own: bool) -> None:
    """Open the file in the person's editor, made first where it is not there; then read it as every command does.

    ConfigError with its line where what was saved does not hold.
    """
    from relance.workbook.template import write_configuration  # noqa: PLC0415 - imports openpyxl

    file = _files(session)[_USER if own else "folder"]
    if not file.exists():
        if own:
            file.parent.mkdir(parents=True, exist_ok=True)
        write_configuration(file, session.language.code, own=own)
    words = [*_editor(session.environment.editor), str(file)]
    if subprocess.run(words, check=False).returncode:
        raise ConfigError(
            "editor-failed",
            msg("The editor {program} did not end well.", program=words[0]),
            msg("{file} is as it left it. Choose another editor with the variable EDITOR.", file=str(file)),
        )
    _check(session.config())
    session.tell(msg("{file} is well-formed, and every value in it is understood.", file=str(file)))


def _check(effective: Config) -> None:
    from relance.office.book import mapping_of  # noqa: PLC0415
    from relance.rulebook import load_agreements, load_policies  # noqa: PLC0415

    mapping_of(effective)
    load_agreements(effective, load_policies(effective))


def _editor(wanted: str) -> list[str]:
    """The person's editor ($VISUAL, $EDITOR), else the one every system has; UsageError where there is none."""
    if wanted:
        words = [wanted] if Path(wanted).exists() else split_command(wanted)
        if words and shutil.which(words[0]):
            return words
    else:
        for name in ("notepad",) if sys.platform == "win32" else ("sensible-editor", "nano", "vim", "vi"):
            if shutil.which(name):
                return [name]
    raise UsageError(
        "editor-absent",
        msg("No editor was found, or “{program}” is none.", program=wanted),
        msg("Name one in the variable EDITOR, or open the file yourself: relance config path says where it is."),
    )

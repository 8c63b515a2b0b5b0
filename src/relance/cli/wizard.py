"""relance init --wizard: the questions asked one by one, then the files written, none of them over another."""

from __future__ import annotations

import sys
from pathlib import Path

from relance.cli.console import write_text
from relance.cli.session import Session
from relance.errors import UsageError, WorkbookError, msg
from relance.language import Language
from relance.office.wizard import QUESTIONS, Question, filled, own_values, shared_values, spreadsheets_of
from relance.settings_file import FILE_NAME, user_folder

_NEW = {"fr": "suivi_factures.xlsx", "en": "invoices.xlsx"}


def run_wizard(session: Session, file: Path | None) -> None:
    """Ask, then write relance.toml beside the workbook of the folder, or beside a new one; the mail account goes to the
    user's own file. UsageError, before anything is asked, where relance.toml is there."""
    from relance.workbook.template import create_workbook, write_configuration  # noqa: PLC0415 - imports openpyxl

    folder = file.parent if file else session.folder()
    shared = folder / FILE_NAME
    if shared.exists():
        raise UsageError(
            "configured-already",
            msg("{file} is there already; nothing was asked nor written.", file=str(shared)),
            msg("To change it: relance config edit."),
        )
    if not folder.is_dir():
        raise WorkbookError(
            "folder-absent",
            msg("There is no folder {folder}.", folder=str(folder)),
            msg("Make that folder first, or choose a file in one that exists."),
        )
    answers = _ask_all(session)
    language = Language(answers["language"])
    session.language = language
    there = file.exists() if file else any(spreadsheets_of(folder))
    if not there:
        path = file or folder / _NEW[language.code]
        create_workbook(path, language.code)
        session.tell(msg("{file} is ready: type your invoices in it, then relance status.", file=str(path)))
    write_configuration(shared, language.code, change=lambda text: filled(text, shared_values(answers)))
    session.tell(msg("{file} is ready. To see what holds: relance config. To change it: relance config edit.",
                     file=str(shared)))  # fmt: skip
    _write_own(session, own_values(answers))
    if there:
        session.tell(msg("Now: relance status"))


def _ask_all(session: Session) -> dict[str, str]:
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        if question.when(answers):
            answers[question.key] = _ask(session, question, first=not answers)
            if question.key == "language":
                session.language = Language(answers["language"])
    return answers


def _ask(session: Session, question: Question, *, first: bool) -> str:
    """An answer that is understood. A person is asked again; a script that answers wrongly stops, since its next lines
    answer other questions."""
    while True:
        write_text(sys.stderr, session.language.say(msg("{title}:", title=question.text)) + " ")
        line = sys.stdin.readline() if sys.stdin is not None else ""
        alone = sys.stdin is None or not sys.stdin.isatty()
        if alone:
            write_text(sys.stderr, line or "\n")
        elif not line:  # Ctrl-D: the person leaves, as by Ctrl-C
            raise KeyboardInterrupt
        if not line and first:
            raise UsageError(
                "wizard-alone",
                msg("Nobody answers here, and nothing was written."),
                msg("Run relance init --wizard in a terminal, or relance init for a file to fill in."),
            )
        answer = question.read(line)
        if answer is not None:
            return answer
        if alone:
            raise UsageError("wizard-answer", msg("“{text}” is no answer to “{question}”.", text=line.strip(),
                             question=question.text), question.help)  # fmt: skip
        session.tell(question.help)


def _write_own(session: Session, values: dict[str, str]) -> None:
    """The account into the user's own file; where that is there already, the lines to add to it are said."""
    from relance.workbook.template import write_configuration  # noqa: PLC0415 - imports openpyxl

    if not values:
        return
    own = user_folder(session.environment.config_dir) / FILE_NAME
    if own.exists():
        lines = ", ".join(f'{key} = "{value}"' for key, value in values.items())
        session.tell(msg("{file} was there already and is as it was. Add to it: {lines}", file=str(own), lines=lines))
        return
    own.parent.mkdir(parents=True, exist_ok=True)
    write_configuration(own, session.language.code, own=True, change=lambda text: filled(text, values))
    session.tell(msg("{file} is ready too: your mail account. Now: relance mail password imap", file=str(own)))

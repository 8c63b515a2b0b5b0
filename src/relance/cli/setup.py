"""relance init: a new workbook, and the settings beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relance.cli.session import Session
from relance.errors import msg
from relance.language import Language
from relance.settings_file import FILE_NAME


def init(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The workbook to make.")] = None,
    wizard: Annotated[
        bool,
        typer.Option("--wizard", help="Ask what matters; beside your own workbook too."),
    ] = False,
) -> None:
    """A new, well-made tracking workbook, and a commented relance.toml beside it."""
    if wizard:
        from relance.cli.wizard import run_wizard  # noqa: PLC0415 - only when asked for

        run_wizard(ctx.obj, file)
        return
    from relance.workbook.template import create_workbook, write_configuration  # noqa: PLC0415 - imports openpyxl

    session: Session = ctx.obj
    config = session.config()
    language = Language(config.get("language"))
    path = file or Path({"fr": "suivi_factures.xlsx", "en": "invoices.xlsx"}[language.code])
    create_workbook(path, language.code)
    session.tell(msg("{file} is ready: type your invoices in it, then relance status.", file=str(path)))
    beside = path.parent / FILE_NAME
    if beside.exists():
        session.tell(msg("{file} was there already and is as it was.", file=str(beside)))
        return
    write_configuration(beside, language.code)
    session.tell(msg("{file} is ready too: who you are, your IBAN, your terms.", file=str(beside)))

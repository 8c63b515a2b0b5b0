"""relance templates: the texts of letters, listed, copied out to be edited, checked."""

from __future__ import annotations

from typing import Annotated

import typer

from relance.cli.session import Session
from relance.errors import UsageError, msg
from relance.reports.view import View


def templates(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[export [NAME...] | check]",
            help="export copies them beside the workbook, never over yours; check looks for mistakes in them.",
        ),
    ] = None,
) -> View:
    """The texts of letters in force; export copies them where you can edit them, check finds what is wrong in them."""
    from relance.office.templates import check_own_templates, export_templates, list_templates  # noqa: PLC0415
    from relance.reports.views.templates import check_view, export_view, list_view  # noqa: PLC0415

    session: Session = ctx.obj
    config = session.config()
    match words or []:
        case []:
            return list_view(list_templates(config))
        case ["export", *names]:
            return export_view((one.file, one.fate) for one in export_templates(config, tuple(names)))
        case ["check"]:
            return check_view(check_own_templates(config, session.today))
    raise UsageError(
        "templates-words",
        msg("That is neither relance templates, relance templates export nor relance templates check."),
        msg("For example: relance templates export fr/courteous.txt"),
    )

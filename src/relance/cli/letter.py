"""relance letter: the letter on paper of one client, as PDF."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from relance.cli.session import Session, write_file
from relance.reports.view import View


def letter(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The client, by name or code.")],
    step: Annotated[
        int | None, typer.Option(metavar="N", help="The step, even before its day; the one to take today without.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Put a copy of the PDF there too.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the program that shows PDF here.")] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="A formal notice too where a rate of its fees is not published yet.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="In the place of a draft of another day, which was not sent.")
    ] = False,
) -> View:
    """The formal notice, or another step, as a letter to print, sign and post (PDF); nothing leaves by itself."""
    from relance.office.letter import make_letter  # noqa: PLC0415 - the letters load with it
    from relance.office.letter_chase import Asked, place_of  # noqa: PLC0415
    from relance.office.stationery import check_sender_of  # noqa: PLC0415
    from relance.reports.views.letter import Paper, letter_view  # noqa: PLC0415

    session: Session = ctx.obj
    config = session.config()
    asked = Asked(client=client, step=step, provisional=provisional, anew=anew)
    made = make_letter(config, datetime.now().astimezone(), session.today, asked)
    if output:
        write_file(output, made.path.read_bytes())
    if open_:
        typer.launch(str(output or made.path))
    paper = Paper(
        chase=made.drafted.chase,
        subject=made.letter.subject,
        pay_by=made.letter.pay_by,
        file=str(made.path.relative_to(made.book.path.parent).as_posix()),
        copy=str(output or ""),
        first=place_of(made.first) if made.first else "",
        replaced=place_of(made.replaced) if made.replaced else "",
        problems=(*made.drafted.problems, *check_sender_of(config)),
    )
    return letter_view(made.book.day, paper)

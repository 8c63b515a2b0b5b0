"""relance adopt: an existing workbook, its columns and those it lacks."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace

from relance.cli.acting import DryRun, Yes, act, ask, can_ask
from relance.cli.session import Session
from relance.errors import msg
from relance.office.acts.record import Decided, Desk
from relance.reports.view import View


def adopt(
    ctx: typer.Context,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="ROLE", help="Add this column only; may be repeated.")
    ] = None,
    mapping: Annotated[
        bool, typer.Option("--mapping", help="Write the column of each role into relance.toml too.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """The role found for each column of a workbook; adds those it lacks at the end of the table."""
    from relance.office.acts.adopt import decide_adopt, write_mapping  # noqa: PLC0415

    session: Session = ctx.obj
    made: list[Decided] = []

    def decide(desk: Desk) -> Decided:
        made[:] = [decide_adopt(desk, tuple(add or ()))]
        return made[0]

    view = act(ctx, decide, yes=yes, dry_run=dry_run)
    applied = bool(view.data()["applied"])
    wanted = mapping or (
        applied and not yes and can_ask() and ask(session, msg("Write the columns into relance.toml too? [y/N]"))
    )
    if wanted and not dry_run:
        found = [column for column in made[0].found if applied or column.source != "added"]
        file = write_mapping(session.config(), [replace(column, source="header") for column in found])
        session.tell(
            msg("{file} now says which column plays which role; relance undo leaves it.", file=str(file))
            if file
            else msg("relance.toml says something of the columns already: it is as it was.")
        )
    return view

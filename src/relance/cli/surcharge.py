"""relance fees --write: the surcharge column brought up to date."""

from __future__ import annotations

import typer

from relance.cli.acting import act
from relance.office.acts.surcharge import decide_surcharge
from relance.reports.view import View


def write_surcharge(ctx: typer.Context, numbers: tuple[str, ...], *, yes: bool, dry_run: bool) -> View:
    """The act of `fees --write`."""
    return act(ctx, lambda desk: decide_surcharge(desk, numbers), yes=yes, dry_run=dry_run)

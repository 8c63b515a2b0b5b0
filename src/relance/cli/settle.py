"""relance failed, skip: a message that did not leave, a step left out on purpose."""

from __future__ import annotations

from typing import Annotated

import typer

from relance.cli.acting import DryRun, Number, Reason, Yes, act
from relance.reports.view import View


def failed(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="NUMBER|ID", help="An invoice number, or the message's id.")],
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """A message that did not leave, or a draft thrown away: its step may be taken again."""
    from relance.office.acts.settle import decide_failed  # noqa: PLC0415 - each command loads its own act

    return act(ctx, lambda desk: decide_failed(desk, who, reason), yes=yes, dry_run=dry_run)


def skip(ctx: typer.Context, number: Number, reason: Reason = "", yes: Yes = False, dry_run: DryRun = False) -> View:
    """Leave out the next step of an invoice on purpose; the one after may follow."""
    from relance.office.acts.settle import decide_skip  # noqa: PLC0415

    return act(ctx, lambda desk: decide_skip(desk, number, reason), yes=yes, dry_run=dry_run)

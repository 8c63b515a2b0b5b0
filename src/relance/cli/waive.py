"""relance waive: late fees given up."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from relance.cli.acting import DryRun, Number, Yes, act
from relance.cli.record import On, amount_argument, day_option


def waive(
    ctx: typer.Context,
    number: Number,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; the journal keeps it.")],
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="A part of them; all that are owed without.")] = "",
    on: On = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Any:
    """Late fees given up, for a reason; the invoice itself stays owed."""
    from relance.office.acts.fees import FeesSaid, decide_waiver  # noqa: PLC0415 - each command loads its own act

    said = FeesSaid(number=number, amount=amount_argument(amount), on=day_option(on), words=reason)
    return act(ctx, lambda desk: decide_waiver(desk, said), yes=yes, dry_run=dry_run)

"""relance promise, hold, dispute, release, call, cancel, writeoff: what stops the chase, or ends it."""

from __future__ import annotations

from typing import Annotated

import typer

from relance.cli.acting import DryRun, Number, Reason, Yes, act
from relance.cli.record import amount_argument, day_option
from relance.cli.session import parse_day
from relance.domain.model import Dispute, Hold, State
from relance.reports.view import View

Who = Annotated[str, typer.Argument(metavar="NUMBER|CLIENT", help="An invoice number, or a client.")]


def promise(
    ctx: typer.Context,
    number: Number,
    date: Annotated[str, typer.Argument(metavar="DATE", help="The day by which the client will have paid.")],
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """A payment promised: nothing is sent before that day and the time a transfer takes."""
    from relance.office.acts.stops import decide_promise  # noqa: PLC0415 - each command loads its own act

    until = parse_day(date)
    return act(ctx, lambda desk: decide_promise(desk, number, until), yes=yes, dry_run=dry_run)


def hold(
    ctx: typer.Context,
    who: Who,
    until: Annotated[str, typer.Option(metavar="DATE", help="Until that day; until released without.")] = "",
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """Do not chase an invoice, or a client, until a day or until released."""
    from relance.office.acts.stops import decide_hold  # noqa: PLC0415

    wanted = Hold(day_option(until), reason)
    return act(ctx, lambda desk: decide_hold(desk, who, wanted), yes=yes, dry_run=dry_run)


def dispute(
    ctx: typer.Context,
    number: Number,
    amount: Annotated[str, typer.Argument(metavar="[AMOUNT]", help="The part contested; the whole without.")] = "",
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """An invoice contested: the part in dispute is not chased."""
    from relance.office.acts.stops import decide_dispute  # noqa: PLC0415

    wanted = Dispute(amount_argument(amount), reason)
    return act(ctx, lambda desk: decide_dispute(desk, number, wanted), yes=yes, dry_run=dry_run)


def release(ctx: typer.Context, who: Who, yes: Yes = False, dry_run: DryRun = False) -> View:
    """Lift what stops an invoice or a client: promise, hold, dispute, a payment the sheet does not show."""
    from relance.office.acts.stops import decide_release  # noqa: PLC0415

    return act(ctx, lambda desk: decide_release(desk, who), yes=yes, dry_run=dry_run)


def call(
    ctx: typer.Context,
    number: Number,
    outcome: Annotated[
        str,
        typer.Option(metavar="OUTCOME", help="reached, message, no-answer, promise or dispute."),
    ],
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was said.")] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """A telephone call and its outcome, for the journal."""
    from relance.office.acts.stops import decide_call  # noqa: PLC0415

    return act(ctx, lambda desk: decide_call(desk, number, outcome, note), yes=yes, dry_run=dry_run)


def cancel(ctx: typer.Context, number: Number, reason: Reason = "", yes: Yes = False, dry_run: DryRun = False) -> View:
    """An invoice cancelled: it is no claim any more."""
    from relance.office.acts.stops import decide_end  # noqa: PLC0415

    return act(ctx, lambda desk: decide_end(desk, number, State.CANCELLED, reason), yes=yes, dry_run=dry_run)


def writeoff(
    ctx: typer.Context, number: Number, reason: Reason = "", yes: Yes = False, dry_run: DryRun = False
) -> View:
    """An invoice written off: nobody will pay it."""
    from relance.office.acts.stops import decide_end  # noqa: PLC0415

    return act(ctx, lambda desk: decide_end(desk, number, State.WRITTEN_OFF, reason), yes=yes, dry_run=dry_run)

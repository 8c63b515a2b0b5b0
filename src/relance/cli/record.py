"""relance add, sent, paid, undo, log: what happened, noted and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from relance.cli.acting import DryRun, Number, Yes, act, can_ask
from relance.cli.session import Session, parse_day
from relance.errors import RelanceError, UsageError, msg, msg_n, os_reason
from relance.money import ZERO
from relance.office.typed import typed_amount
from relance.reports.view import View

MEANS = ("phone", "letter", "email")
On = Annotated[str, typer.Option("--on", metavar="DATE", help="The day it happened; today without.")]


def day_option(text: str) -> date | None:
    """A date option, None where it was not given."""
    return parse_day(text) if text else None


def amount_argument(text: str) -> Decimal | None:
    """An amount as people type it, above zero; None where it was not given. UsageError on anything else."""
    return typed_amount(text) if text else None


def paid(
    ctx: typer.Context,
    number: Number,
    amount: Annotated[
        str, typer.Argument(metavar="[AMOUNT]", help="What was received; all that is owed without.")
    ] = "",
    on: On = "",
    ref: Annotated[str, typer.Option(metavar="TEXT", help="The reference of the payment.")] = "",
    overpaid: Annotated[bool, typer.Option("--overpaid", help="More than what is owed was really received.")] = False,
    fees: Annotated[bool, typer.Option("--fees", help="Late fees, not the invoice, were received.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """A payment received, whole or in part."""
    from relance.office.acts.paid import Payment, decide_payment  # noqa: PLC0415 - each command loads its own act

    if fees:
        from relance.office.acts.fees import FeesSaid, decide_fees_paid  # noqa: PLC0415

        said = FeesSaid(number=number, amount=amount_argument(amount), on=day_option(on), words=ref)
        return act(ctx, lambda desk: decide_fees_paid(desk, said), yes=yes, dry_run=dry_run)
    payment = Payment(number=number, amount=amount_argument(amount), on=day_option(on), ref=ref, overpaid=overpaid)
    asks = dry_run or (can_ask() and not yes)
    return act(ctx, lambda desk: decide_payment(desk, payment, asks=asks), yes=yes, dry_run=dry_run)


def add(
    ctx: typer.Context,
    client: Annotated[str, typer.Option(metavar="NAME", help="The client, by name or code.")],
    number: Annotated[str, typer.Option(metavar="NUMBER", help="The invoice number.")],
    amount: Annotated[str, typer.Option(metavar="AMOUNT", help="The amount, tax included.")],
    date_: Annotated[str, typer.Option("--date", metavar="DATE", help="The invoice date; today without.")] = "",
    due: Annotated[str, typer.Option(metavar="DATE", help="The due date.")] = "",
    deposit: Annotated[str, typer.Option(metavar="AMOUNT", help="A deposit already received.")] = "",
    order: Annotated[str, typer.Option(metavar="TEXT", help="The client's order reference.")] = "",
    comment: Annotated[str, typer.Option(metavar="TEXT", help="A comment for colleagues.")] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """A new invoice, under the last one of the table."""
    from relance.office.acts.add import NewInvoice, decide_add  # noqa: PLC0415

    session: Session = ctx.obj
    new = NewInvoice(
        client=client, number=number, issued=day_option(date_) or session.today, due=day_option(due),
        total=amount_argument(amount) or ZERO, deposit=amount_argument(deposit) or ZERO, order=order, comment=comment,
    )  # fmt: skip
    return act(ctx, lambda desk: decide_add(desk, new), yes=yes, dry_run=dry_run)


def sent(
    ctx: typer.Context,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[NUMBER]...", help="Invoice numbers; today's drafts without.")
    ] = None,
    client: Annotated[str, typer.Option(metavar="NAME", help="All drafts of this client.")] = "",
    every: Annotated[bool, typer.Option("--all", help="All drafts, older ones too.")] = False,
    on: On = "",
    as_drafted: Annotated[bool, typer.Option("--as-drafted", help="Each on the day of its draft.")] = False,
    by: Annotated[
        str, typer.Option(metavar="phone|letter|email", help="How it went out, when it was made otherwise.")
    ] = "",
    ref: Annotated[
        str, typer.Option(metavar="TEXT", help="Its reference, for example the number of a registered letter.")
    ] = "",
    scan: Annotated[bool, typer.Option("--scan", help="Find the drafts sent from your mailbox.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> View:
    """Confirm that today's drafts went out, or a reminder made otherwise."""
    from relance.office.acts.sent import Sent, decide_sent  # noqa: PLC0415

    _refuse_means(by)
    if on and as_drafted:
        raise _two_days()
    if scan:
        return _scan(ctx, yes=yes, dry_run=dry_run)
    said = Sent(
        numbers=tuple(numbers or ()), client=client, all=every, on=day_option(on), as_drafted=as_drafted, by=by,
        ref=" ".join(ref.split()),
    )  # fmt: skip
    view = act(ctx, lambda desk: decide_sent(desk, said), yes=yes, dry_run=dry_run)
    return _tidied(ctx, view, dry_run=dry_run)


def _refuse_means(by: str) -> None:
    if by and by not in MEANS:
        raise UsageError(
            "unknown-choice",
            msg("“{value}” is not a value of {option}.", value=by, option="--by"),
            msg("Choose one of: {choices}.", choices=MEANS),
        )


def _two_days() -> UsageError:
    return UsageError(
        "sent-when",
        msg("--on and --as-drafted tell two days for one draft."),
        msg("Give --on DATE for one day, or --as-drafted for each on the day of its draft."),
    )


def _scan(ctx: typer.Context, *, yes: bool, dry_run: bool) -> View:
    """The drafts found among the messages sent, confirmed and kept."""
    from datetime import datetime  # noqa: PLC0415

    from relance.office.acts.scan import Scan  # noqa: PLC0415
    from relance.office.book import locate  # noqa: PLC0415
    from relance.office.mail import open_mailbox  # noqa: PLC0415

    session: Session = ctx.obj
    config = session.config()
    with open_mailbox(config, session.environment.passwords) as mailbox:
        scan = Scan(mailbox)
        view = act(ctx, scan.decide, yes=yes, dry_run=dry_run)
        if not dry_run:
            scan.keep(locate(config).parent, datetime.now().astimezone(), session.today)
    return _tidied(ctx, view, dry_run=dry_run)


def _tidied(ctx: typer.Context, view: View, *, dry_run: bool) -> View:
    """The same view, once the drafts folder holds only what is still to be sent; where that cannot be, it is told."""
    from relance.office.acts.record import Desk  # noqa: PLC0415
    from relance.office.tidy import tidy_drafts  # noqa: PLC0415

    session: Session = ctx.obj
    desk = session.kept
    if dry_run or not isinstance(desk, Desk):
        return view
    try:
        tidied = tidy_drafts(desk.book.path.parent, desk.at, desk.today)
    except (RelanceError, OSError) as error:
        reason = error.message if isinstance(error, RelanceError) else os_reason(error)
        session.tell(msg("The drafts that went out could not be put away: {reason}", reason=reason))
        return view
    if away := tidied.away:
        session.tell(
            msg_n("{n} draft that went out is kept in {folder}.", "{n} drafts that went out are kept in {folder}.",
                  len(away), folder=_folders(away))
        )  # fmt: skip
    if back := tidied.back:
        session.tell(
            msg_n("{n} draft waits again in {folder}.", "{n} drafts wait again in {folder}.",
                  len(back), folder=_folders(back))
        )  # fmt: skip
    return view


def _folders(files: Iterable[str]) -> list[str]:
    return sorted({f"relance/{file.rpartition('/')[0]}" for file in files})


def undo(ctx: typer.Context, yes: Yes = False, dry_run: DryRun = False) -> View:
    """Take back the last act, cell by cell; again, the one before."""
    from relance.office.acts.undo import decide_undo  # noqa: PLC0415

    return _tidied(ctx, act(ctx, decide_undo, yes=yes, dry_run=dry_run), dry_run=dry_run)


def log(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="[NUMBER|CLIENT]", help="Only what concerns it.")] = "",
) -> View:
    """The journal, readable: what was drafted, sent, paid, promised, taken back."""
    from relance.office.acts.log import read_log  # noqa: PLC0415
    from relance.reports.views.log import log_view  # noqa: PLC0415

    session: Session = ctx.obj
    return log_view(*read_log(session.config(), session.today, who))

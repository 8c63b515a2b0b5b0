"""relance forget: personal data that is not needed any more."""

from __future__ import annotations

from typing import Annotated

import typer

from relance.cli.acting import DryRun, can_ask, nobody_to_ask, show_plan
from relance.cli.acting import ask as ask_person
from relance.cli.session import Session, parse_day
from relance.errors import msg
from relance.reports.view import View


def forget(
    ctx: typer.Context,
    client: Annotated[str, typer.Argument(metavar="[CLIENT]", help="A client who owes nothing any more.")] = "",
    before: Annotated[
        str, typer.Option(metavar="DATE", help="Everything that was over before that day, of all clients.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking, for scripts.")] = False,
    dry_run: DryRun = False,
) -> View:
    """Delete drafts, sent copies, backups and the journal's words about settled debts; what never-twice needs stays."""
    from relance.office.forget import Forgetting, carry_out, plan_forgetting  # noqa: PLC0415
    from relance.reports.views.forget import Forgotten, forget_view  # noqa: PLC0415

    session: Session = ctx.obj
    config = session.config()
    plan = plan_forgetting(config, session.today, client, parse_day(before) if before else None)

    def shown(plan: Forgetting, *, applied: bool = False, asking: bool = False) -> View:
        return forget_view(
            Forgotten(
                client=plan.client, before=plan.before, numbers=plan.numbers, messages=plan.trace.messages,
                acts=plan.trace.acts, seen=plan.trace.seen, files=plan.files,
                backups=plan.backups, applied=applied, asking=asking,
            )
        )  # fmt: skip

    if dry_run or plan.is_empty:
        return shown(plan)
    if not yes and not can_ask():
        raise nobody_to_ask()
    if not yes:
        show_plan(shown(plan, asking=True), session)
        if not ask_person(session, msg("Delete this for good? [y/N]")):
            return shown(Forgetting(client=plan.client, before=plan.before))
    carry_out(config, session.today, plan)
    return shown(plan, applied=True)

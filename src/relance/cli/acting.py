"""How every command that writes speaks: the plan first, a question on a terminal, then what became of it.

The clock is read here, once per act.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import typer
from msgspec.structs import asdict

from relance.cli.console import write_text
from relance.cli.session import Session, emit
from relance.errors import Message, UsageError, msg
from relance.money import to_cents
from relance.office.acts.record import Decided, Desk, Outcome, record, try_out
from relance.reports.view import View
from relance.reports.views.plan import Change, Shown, done_view, plan_view

Yes = Annotated[bool, typer.Option("--yes", help="Write without asking, for scripts.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; colleagues will ask.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="An invoice number.")]
_YES = {"o", "oui", "y", "yes"}


def act(ctx: typer.Context, decide: Callable[[Desk], Decided], *, yes: bool, dry_run: bool) -> View:
    """Carry out an act as the options say; the view of its plan and of what became of it.

    UsageError when nobody can be asked and `--yes` was not given.
    """
    session: Session = ctx.obj
    config = session.config()
    at = datetime.now().astimezone()

    def decide_on(desk: Desk) -> Decided:
        session.kept = desk
        return decide(desk)

    if dry_run or yes or can_ask():
        session.begin()
    if dry_run:
        return plan_view(shown_of(try_out(config, at, session.today, decide_on)))
    if yes:
        return plan_view(shown_of(record(config, at, session.today, decide_on)))
    if not can_ask():
        raise nobody_to_ask()
    outcome = record(config, at, session.today, decide_on, lambda decided: _agreed(decided, session))
    return done_view(shown_of(outcome))


def nobody_to_ask() -> UsageError:
    """What a command that writes says in a script that gave no answer beforehand."""
    return UsageError(
        "not-confirmed",
        msg("Nobody can be asked here whether to write, and nothing was written."),
        msg("Add --yes to write, or --dry-run to see what would be written."),
    )


def can_ask() -> bool:
    """Whether a person can answer a question."""
    return sys.stdin is not None and sys.stdin.isatty()


def _agreed(decided: Decided, session: Session) -> bool:
    """Show the plan, ask, and hear the answer; no answer is no."""
    show_plan(plan_view(shown_of(Outcome(decided), asking=True)), session)
    return ask(session, msg("Write this? [y/N]"))


def show_plan(view: View, session: Session) -> None:
    """Show what a person is about to be asked about: as the answer where they read it, else on stderr."""
    if session.chosen_format() in ("terminal", "text"):
        emit(view, session)
    else:
        from relance.reports.render import render  # noqa: PLC0415 - a renderer is imported only when something is shown

        text = render(view, "text", session.language, width=None, colour=False, today=session.today)
        write_text(sys.stderr, text)


def ask(session: Session, question: Message) -> bool:
    """A yes or no question on the terminal; nothing typed is no."""
    write_text(sys.stderr, session.language.say(question) + " ")
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # the end of what is typed, which leaves the cursor behind the question
        write_text(sys.stderr, "\n")
    return answer.strip().lower() in _YES


def shown_of(outcome: Outcome, *, asking: bool = False) -> Shown:
    """An act as it is shown."""
    decided = outcome.decided
    return Shown(
        command=decided.act,
        title=decided.title,
        changes=tuple(
            Change(edit.sheet, edit.cell, _figure(edit.before, edit.after), _figure(edit.after, edit.before), edit.why)
            for edit in decided.plan.effective
        ),
        learned=tuple({"fact": type(fact).__struct_config__.tag, **asdict(fact)} for fact in decided.facts),
        remarks=(*decided.plan.notices, *decided.remarks),
        applied=outcome.applied,
        asking=asking,
        backup=outcome.backup,
        found=decided.found,
    )


def _figure(value: Any, beside: Any) -> Any:
    """An amount with its cents, a whole number beside a count as one."""
    if not isinstance(value, Decimal):
        return value
    if type(beside) is int and value == int(value):
        return int(value)
    return to_cents(value) if value == to_cents(value) else value

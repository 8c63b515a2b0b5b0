"""relance rates: the rate tables, and rates of one's own kept beside those that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from relance.cli.acting import DryRun, ask, can_ask, nobody_to_ask, show_plan
from relance.cli.session import Session
from relance.errors import UsageError, msg
from relance.reports.view import View

if TYPE_CHECKING:
    from relance.office.rates import Entering

Words = Annotated[
    list[str] | None, typer.Argument(metavar="[set HALF-YEAR]", help="set and a half-year, to add a rate of your own.")
]
Replace = Annotated[bool, typer.Option("--yes", help="Replace your own earlier rate without asking, for scripts.")]
_Percent = "PERCENT"


def rates(
    ctx: typer.Context,
    words: Words = None,
    ecb: Annotated[str, typer.Option(metavar=_Percent, help="With set: the ECB refinancing rate.")] = "",
    legal_other: Annotated[
        str, typer.Option(metavar=_Percent, help="With set: the legal interest rate, professional creditors.")
    ] = "",
    legal_individual: Annotated[
        str, typer.Option(metavar=_Percent, help="With set: the legal interest rate, private creditors.")
    ] = "",
    source: Annotated[str, typer.Option(metavar="TEXT", help="With set: where the rate was published.")] = "",
    yes: Replace = False,
    dry_run: DryRun = False,
) -> View:
    """The rate tables, their sources and the half-year in force; set adds a rate not shipped yet."""
    from relance.reports.views.rates import Entered, rates_view  # noqa: PLC0415 - each command loads its own act
    from relance.rulebook import load_rates_with_own  # noqa: PLC0415

    session: Session = ctx.obj
    folder = session.config().user
    given = {"ecb": ecb, "legal-other": legal_other, "legal-individual": legal_individual}
    percents = {name: text for name, text in given.items() if text}
    if not (words or source or percents):
        known, problems = load_rates_with_own(folder)
        return rates_view(known, session.today, problems)
    plan = _plan(session, words or [], percents, source)
    applied = not dry_run and _agreed(plan, session, yes=yes)
    if applied:
        from relance.office.rates import write_rates  # noqa: PLC0415

        session.tell(msg("Kept in {file}; it counts from now on.", file=str(write_rates(plan))))
    known, problems = load_rates_with_own(folder)
    return rates_view(known, session.today, problems, Entered(plan.entered, applied))


def _plan(session: Session, words: list[str], percents: dict[str, str], source: str) -> Entering:
    from relance.office.rates import plan_rates  # noqa: PLC0415

    folder = session.config().user
    if len(words) != 2 or words[0] != "set" or not percents or folder is None:
        raise UsageError(
            "rates-words",
            msg("That is neither relance rates nor relance rates set with a half-year and a rate."),
            msg("For example: relance rates set 2027-S1 --ecb 2.65"),
        )
    plain = {name: text.strip(" %\u00a0\u202f").replace(",", ".") for name, text in percents.items()}
    typed = session.language.say(msg("noted on {day}", day=session.today))
    return plan_rates(folder, words[1].upper(), plain, source, typed)


def _agreed(plan: Entering, session: Session, *, yes: bool) -> bool:
    """Whether to write: at once where nothing is replaced, else as a person answers who was shown what is
    replaced. UsageError where nobody can answer."""
    from relance.reports.views.rates import Entered, asking_view  # noqa: PLC0415

    if yes or not plan.replaces:
        return True
    show_plan(asking_view(Entered(plan.entered)), session)
    if not can_ask():
        raise nobody_to_ask()
    return ask(session, msg("Write this? [y/N]"))

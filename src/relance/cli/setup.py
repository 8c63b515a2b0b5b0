"""relance init, rates: what is around the workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relance.cli.session import Session
from relance.errors import UsageError, msg
from relance.language import Language
from relance.reports.view import View
from relance.settings_file import FILE_NAME


def init(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The workbook to make.")] = None,
    wizard: Annotated[
        bool,
        typer.Option("--wizard", help="Ask what matters; beside your own workbook too."),
    ] = False,
) -> None:
    """A new, well-made tracking workbook, and a commented relance.toml beside it."""
    if wizard:
        from relance.cli.wizard import run_wizard  # noqa: PLC0415 - only when asked for

        run_wizard(ctx.obj, file)
        return
    from relance.workbook.template import create_workbook, write_configuration  # noqa: PLC0415 - imports openpyxl

    session: Session = ctx.obj
    config = session.config()
    language = Language(config.get("language"))
    path = file or Path({"fr": "suivi_factures.xlsx", "en": "invoices.xlsx"}[language.code])
    create_workbook(path, language.code)
    session.tell(msg("{file} is ready: type your invoices in it, then relance status.", file=str(path)))
    beside = path.parent / FILE_NAME
    if beside.exists():
        session.tell(msg("{file} was there already and is as it was.", file=str(beside)))
        return
    write_configuration(beside, language.code)
    session.tell(msg("{file} is ready too: who you are, your IBAN, your terms.", file=str(beside)))


Words = Annotated[
    list[str] | None, typer.Argument(metavar="[set HALF-YEAR]", help="set and a half-year, to add a rate of your own.")
]
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
) -> View:
    """The rate tables, their sources and the half-year in force; set adds a rate not shipped yet."""
    from relance.reports.views.rates import rates_view  # noqa: PLC0415
    from relance.rulebook import load_rates_with_own  # noqa: PLC0415

    session: Session = ctx.obj
    folder = session.config().user
    given = {"ecb": ecb, "legal-other": legal_other, "legal-individual": legal_individual}
    if words or source or any(given.values()):
        _set_rates(session, folder, words or [], {name: text for name, text in given.items() if text}, source)
    known, problems = load_rates_with_own(folder)
    return rates_view(known, session.today, problems)


def _set_rates(session: Session, folder: Path | None, words: list[str], percents: dict[str, str], source: str) -> None:
    from relance.office.rates import set_rates  # noqa: PLC0415

    if len(words) != 2 or words[0] != "set" or not percents or folder is None:
        raise UsageError(
            "rates-words",
            msg("That is neither relance rates nor relance rates set with a half-year and a rate."),
            msg("For example: relance rates set 2027-S1 --ecb 2.65"),
        )
    plain = {name: text.strip(" %\u00a0\u202f").replace(",", ".") for name, text in percents.items()}
    typed = session.language.say(msg("noted on {day}", day=session.today))
    file = set_rates(folder, words[1].upper(), plain, source or typed)
    session.tell(msg("Kept in {file}; it counts from now on.", file=str(file)))

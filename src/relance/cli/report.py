"""relance report: the owner's report, for the screen, for cron, for a mailbox."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from relance.cli.session import Session, emit, parse_day
from relance.cli.status import book_of
from relance.office.book import Book
from relance.office.looking_back import as_it_stood
from relance.reports.view import View


def report(
    ctx: typer.Context,
    since: Annotated[
        str, typer.Option(metavar="DATE", help="Compare with the last report of that day or before it.")
    ] = "",
    only_changes: Annotated[
        bool, typer.Option("--only-changes", help="Only what changed; nothing at all, and exit code 0, if nothing did.")
    ] = False,
    no_note: Annotated[
        bool, typer.Option("--no-note", help="Do not note this report: the next one compares with an earlier one.")
    ] = False,
    mail_to: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Send it by the configured account; once a day to an address."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="With --mail-to: even to who had it today already.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file, all at once.")] = None,
) -> View | int:
    """What changed since the last report, today's calls and drafts, what is owed and by whom; made for cron."""
    from relance.office.report import compare, note_report  # noqa: PLC0415 - each command loads its own act
    from relance.reports.views.report import report_view  # noqa: PLC0415

    session, book = book_of(ctx)
    session.output = output
    to = _checked(mail_to or [])
    book = as_it_stood(book)
    compared = compare(book, parse_day(since) if since else None)
    view = report_view(compared.digest, only_changes=only_changes, one_of_several=session.alone)
    at = datetime.now().astimezone()
    if to and not view.silent:
        _mail(book, view, session, (to, at), again=again)
    answer = _shown(view, session, mailed=bool(to))
    if not no_note and (why_not := note_report(book, compared, at)):
        session.tell(why_not)
    return answer


def _shown(view: View, session: Session, *, mailed: bool) -> View | int:
    """The report written or printed, so that it is noted only once it was given; one that is mailed is not printed."""
    if session.alone:
        return replace(view, silent=True) if mailed else view
    return 0 if mailed and session.output is None else emit(view, session)


def _checked(addresses: list[str]) -> tuple[str, ...]:
    if not addresses:
        return ()
    from relance.office.report_mail import check_addresses  # noqa: PLC0415 - mail protocols load with it

    return check_addresses(addresses)


def _mail(book: Book, view: View, session: Session, when: tuple[tuple[str, ...], datetime], *, again: bool) -> None:
    from relance.office.report_mail import mail_report  # noqa: PLC0415

    to, at = when
    passwords = session.environment.passwords
    for said in mail_report(book, view, session.language, to, at, passwords=passwords, again=again):
        session.tell(said)

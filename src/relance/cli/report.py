"""relance report: the owner's report, for the screen, for cron, for a mailbox."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from relance.cli.session import emit, parse_day
from relance.cli.status import book_of
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
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file, all at once.")] = None,
) -> View | int:
    """What changed since the last report, today's calls and drafts, what is owed and by whom; made for cron."""
    from relance.office.report import compare, note_report  # noqa: PLC0415 - each command loads its own act
    from relance.reports.views.report import report_view  # noqa: PLC0415

    session, book = book_of(ctx)
    session.output = output
    compared = compare(book, parse_day(since) if since else None)
    view = report_view(compared.digest, only_changes=only_changes)
    answer = view if session.alone else emit(view, session)  # noted once it is read: not a report that failed
    if not no_note and (why_not := note_report(book, compared, datetime.now().astimezone())):
        session.tell(why_not)
    return answer

"""relance remind: draft today's messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from relance.cli.session import Session
from relance.reports.view import View


def remind(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be drafted; write nothing.")] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Formal notices too where a rate of their fees is not published yet.")
    ] = False,
) -> View:
    """Draft one message per client to be chased, as .eml files your mail program opens; say what was left alone."""
    from relance.office.remind import check_sender_of, draft_reminders  # noqa: PLC0415 - the letters load with it
    from relance.reports.views.remind import Done, remind_view  # noqa: PLC0415

    session: Session = ctx.obj
    config = session.config()
    at = datetime.now().astimezone()
    drafts = draft_reminders(config, at, session.today, dry_run=dry_run, provisional=provisional)
    done = tuple(
        Done(
            chase=drafted.chase,
            file=drafted.file,
            to=tuple(address.email for address in drafted.letter.to) if drafted.letter else (),
            subject=drafted.letter.subject if drafted.letter else "",
            problems=drafted.problems,
        )
        for drafted in drafts.clients
    )
    gaps = check_sender_of(config) if any(entry.file for entry in done) else ()
    return remind_view(drafts.book.day, done, dry_run=dry_run, gaps=gaps)

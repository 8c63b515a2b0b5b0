"""relance remind: draft today's messages, or send them."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from relance.cli.acting import ask, can_ask
from relance.cli.console import write_text
from relance.cli.session import Session
from relance.errors import UsageError, msg, msg_n
from relance.options import WAYS
from relance.reports.view import View

if TYPE_CHECKING:
    from relance.office.remind import Drafts

_RULE = "\n" + "─" * 72 + "\n"


def remind(
    ctx: typer.Context,
    to: Annotated[
        str, typer.Option(metavar="eml|imap|smtp", help="Draft files, drafts in your mailbox, or sent (with --send).")
    ] = "",
    send: Annotated[bool, typer.Option("--send", help="With --to smtp: send, each message shown first.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Without asking, for scripts.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be drafted; write nothing.")] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Formal notices too where a rate of their fees is not published yet.")
    ] = False,
) -> View:
    """Draft one message per client to be chased, as .eml files your mail program opens; say what was left alone."""
    from relance.office.mail import open_way  # noqa: PLC0415 - the letters load with it
    from relance.office.outbox import FOLDERS  # noqa: PLC0415
    from relance.office.remind import Wish, draft_reminders  # noqa: PLC0415

    session: Session = ctx.obj
    config, at = session.config(), datetime.now().astimezone()
    name = _way(to or config.get("letters.to"), send=send, dry_run=dry_run, yes=yes)
    wish = Wish(folder=FOLDERS[name], provisional=provisional)
    if dry_run:
        return _view(draft_reminders(config, at, session.today, wish), name, dry_run=True)
    with open_way(config, session.environment.passwords, name) as way:
        agree = None if yes else lambda plan: _agreed(plan, session, name)
        wish = Wish(way=way, folder=FOLDERS[name], provisional=provisional, agree=agree)
        return _view(draft_reminders(config, at, session.today, wish), name, dry_run=False)


def _way(name: str, *, send: bool, dry_run: bool, yes: bool) -> str:
    """The way out asked for. UsageError where it is none, where sending was not asked for in so many words, or where
    nobody can be asked."""
    if name not in WAYS:
        raise UsageError(
            "unknown-choice",
            msg("“{value}” is not a value of {option}.", value=name, option="--to"),
            msg("Choose one of: {choices}.", choices=WAYS),
        )
    if send and name != "smtp":
        raise UsageError(
            "send-without-smtp",
            msg("--send sends by a mail server, and these messages go elsewhere."),
            msg("Add --to smtp to send them, or leave --send out."),
        )
    if name == "smtp" and not (send or dry_run):
        raise UsageError(
            "send-not-asked",
            msg("Messages are sent directly only with --send; nothing was sent."),
            msg("relance remind --to smtp --dry-run shows them; with --send you see each one before it leaves."),
        )
    if name == "smtp" and not (yes or dry_run or can_ask()):
        raise UsageError(
            "not-confirmed",
            msg("Nobody can be asked here whether to send, and nothing was sent."),
            msg("Add --yes to send, or --dry-run to see what would be sent."),
        )
    return name


def _agreed(plan: Drafts, session: Session, name: str) -> bool:
    """Say what speaks against it and, before sending, show every message; then ask. Drafts with nothing against them
    are not asked about, nor where nobody can answer: a person reads each before it leaves."""
    from relance.office.freshness import check_freshness  # noqa: PLC0415 - it needs an open book

    say = session.language.say
    letters = [client.letter for client in plan.clients if client.letter]
    doubts = check_freshness(plan.book) if letters else ()
    if not letters or not (name == "smtp" or (doubts and can_ask())):
        return True
    if name == "smtp":
        for letter in letters:
            to = ", ".join(address.email for address in letter.to) or say(msg("on paper"))
            head = say(msg("To: {to}", to=to)) + "\n" + say(msg("Subject: {subject}", subject=letter.subject))
            write_text(sys.stderr, f"{_RULE}{head}\n\n{letter.body}")
        write_text(sys.stderr, _RULE)
    for doubt in doubts:
        write_text(sys.stderr, f"! {say(doubt.message)}\n")
    mails = sum(bool(letter.to) for letter in letters)
    if name == "smtp":
        return ask(session, msg_n("Send this message? [y/N]", "Send these {n} messages? [y/N]", mails))
    return ask(session, msg("Draft the messages all the same? [y/N]"))


def _view(drafts: Drafts, name: str, *, dry_run: bool) -> View:
    from relance.office.freshness import check_freshness  # noqa: PLC0415
    from relance.office.stationery import check_sender_of  # noqa: PLC0415
    from relance.reports.views.remind import Done, Run, remind_view  # noqa: PLC0415

    done = tuple(
        Done(
            chase=drafted.chase,
            letter=drafted.letter is not None,
            file=drafted.file,
            to=tuple(address.email for address in drafted.letter.to) if drafted.letter else (),
            subject=drafted.letter.subject if drafted.letter else "",
            problems=drafted.problems,
            state=drafted.state,
            mailbox=drafted.mailbox,
        )
        for drafted in drafts.clients
    )
    gaps = check_sender_of(drafts.book.config) if any(entry.letter for entry in done) else ()
    stale = check_freshness(drafts.book) if any(entry.letter for entry in done) else ()
    run = Run(way=name, dry_run=dry_run, declined=drafts.declined, told=(*gaps, *stale, *drafts.problems))
    return remind_view(drafts.book.day, done, run)

"""relance mail: check the user's mail accounts, write their file, keep their passwords."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from relance.cli.acting import can_ask
from relance.cli.console import write_text
from relance.cli.session import Session
from relance.config import Config
from relance.errors import UsageError, msg
from relance.reports.view import View
from relance.settings_file import FILE_NAME, user_folder

ACTIONS, PROTOCOLS = ("test", "setup", "password"), ("smtp", "imap")


def mail(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(metavar="test|setup|password", help="What to do.")],
    account: Annotated[str, typer.Argument(metavar="[smtp|imap]", help="Which account; both without.")] = "",
) -> View | None:
    """Check the mail accounts, and say in words what is wrong; write their file; keep their passwords."""
    session: Session = ctx.obj
    for value, known, option in ((action, ACTIONS, "mail"), (account, ("", *PROTOCOLS), f"mail {action}")):
        if value not in known:
            raise UsageError(
                "unknown-choice",
                msg("“{value}” is not a value of {option}.", value=value, option=option),
                msg("Choose one of: {choices}.", choices=tuple(filter(None, known))),
            )
    if action == "test":
        return _test(session, session.config(), account)
    if action == "setup":
        _setup(session)
    else:
        _keep(session, session.config(), account)
    return None


def _test(session: Session, config: Config, account: str) -> View:
    from relance.office.mail import check_accounts  # noqa: PLC0415 - the mail protocols load with it
    from relance.reports.views.mail import mail_view  # noqa: PLC0415

    wanted = (account,) if account else PROTOCOLS
    return mail_view(tuple(check_accounts(config, session.environment.passwords, wanted)))


def _setup(session: Session) -> None:
    """The user's own file, with every account key behind a #; one that is there stays."""
    from relance.workbook.template import write_configuration  # noqa: PLC0415 - only here

    path = user_folder(session.environment.config_dir) / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    config = session.config()
    if path.exists():
        session.tell(msg("{file} was there already and is as it was.", file=str(path)))
        return
    write_configuration(path, config.get("language"), own=True)
    session.tell(msg("{file} is ready: fill in your accounts, then relance mail test.", file=str(path)))


def _keep(session: Session, config: Config, account: str) -> None:
    """Ask for a password, which is not shown, and keep it in the system's keyring."""
    from relance.letters.accounts import keep_password  # noqa: PLC0415
    from relance.office.mail import account_of  # noqa: PLC0415

    if not account:
        raise UsageError(
            "account-missing",
            msg("Whose password? There are two accounts."),
            msg("relance mail password smtp, or relance mail password imap."),
        )
    known = account_of(config, account)
    question = session.language.say(msg("Password of {user} on {host}:", user=known.user, host=known.host)) + " "
    if can_ask():
        from getpass import getpass  # noqa: PLC0415

        secret = getpass(question)
    else:
        write_text(sys.stderr, question + "\n")
        secret = sys.stdin.readline().rstrip("\r\n")
    keep_password(known, secret)
    session.tell(msg("Kept in the system’s keyring; relance mail test checks it."))

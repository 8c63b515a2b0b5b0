"""A failed run told by mail, through the account the user configured; nothing where there is none.

Cron mails what a run prints only where the machine can send mail, which most cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from relance.config import Config, Environment, load_config
from relance.errors import RelanceError, msg
from relance.language import Language


def account_configuration(folder: Path, environment: Environment, user: Path) -> tuple[Config | None, Language]:
    """The configuration that tells the account and the language: of the folder, or the user's alone where the folder's
    cannot be read; None where neither can."""
    for place in (folder, user / "nowhere"):
        try:
            config = load_config(place, environment, user)
        except RelanceError:
            continue
        return config, Language(config.get("language"))
    return None, Language("fr")


def mail_failure(
    config: Config, passwords: Mapping[str, str], said: str, at: datetime, *, to: tuple[str, ...], workbook: Path
) -> bool:
    """Send what a failed run said to `to`, else to ourselves; whether it left. RelanceError when it did not."""
    account, company = config.get("smtp.host"), config.get("company.email")
    sender = company or config.get("smtp.user")
    if not account or "@" not in sender:
        return False
    from relance.office.mail import open_relay  # noqa: PLC0415 - mail protocols load with it

    message = failure_message(Language(config.get("language")), said, at, sender=sender, to=to, workbook=workbook)
    with open_relay(config, passwords) as relay:
        relay.send(bytes(message))
    return True


def failure_message(
    language: Language, said: str, at: datetime, *, sender: str, to: tuple[str, ...], workbook: Path
) -> EmailMessage:
    """The mail about a failed run: which workbook, what was said."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(to) or sender
    message["Subject"] = language.say(msg("relance: the report of {file} was not made", file=_line(workbook.name)))
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    intro = language.say(msg("The scheduled report of {file} was not made. The program said:", file=str(workbook)))
    message.set_content(f"{intro}\n\n{said.strip()}\n")
    return message


def _line(text: str) -> str:
    return " ".join(text.split())

"""The report sent to its owner by the user's own account: once a day to an address, however often it is made.

The journal knows it before it leaves; what certainly did not leave is noted too, and may be sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from relance.errors import ConflictError, DeliveryError, DoubtfulError, Message, UsageError, msg
from relance.language import Language
from relance.letters.addresses import check_email
from relance.letters.report_mail import ReportMail, write_report_mail
from relance.office.book import Book
from relance.office.mail import account_of, open_relay
from relance.reports.html_mail import render_mail
from relance.reports.render import render
from relance.reports.view import Line, Tone, View
from relance.workbook.events import ReportMailed, ReportUnsent
from relance.workbook.journal import append_events, new_id
from relance.workbook.report_events import mailed_to

_ATTACHED = msg("The whole page is attached; any browser opens it.")


def check_addresses(addresses: Sequence[str]) -> tuple[str, ...]:
    """The addresses given, each once; UsageError on what is none."""
    for address in addresses:
        if check_email(address) is None:
            raise UsageError(
                "address-not-understood",
                msg("“{text}” is not an e-mail address.", text=address),
                msg("Write it as name@example.com, each with its own --mail-to."),
            )
    return tuple(dict.fromkeys(addresses))


def mail_report(
    book: Book, view: View, language: Language, to: tuple[str, ...], at: datetime, *,
    passwords: Mapping[str, str], again: bool = False,
) -> tuple[Message, ...]:  # fmt: skip
    """Send the view of a report to those who did not have it that day; what to say of it.

    DeliveryError when it did not leave, or nobody knows, or somebody was refused; ConfigError without an account.
    """
    sent = {} if again else mailed_to(book.journal.events, book.path.name, book.day.today)
    left = tuple(address for address in to if address not in sent)
    said = [_had_it(address, sent[address]) for address in to if address in sent]
    if not left:
        return tuple(said)
    account_of(book.config, "smtp")
    head: dict[str, Any] = {"at": at, "day": book.day.today, "workbook": book.path.name}
    event = ReportMailed(**head, id=new_id(at), to=left)
    try:
        append_events(book.path.parent, [event])
    except ConflictError as error:
        said.append(msg("The sending is not noted, and may be done again today. {reason}", reason=error.message))
    sender = book.config.get("company.email") or book.config.get("smtp.user")
    content = write_report_mail(_written(book, view, language), sender if "@" in sender else "", left, at)
    try:
        with open_relay(book.config, passwords) as relay:
            refused = tuple(one.email for one in relay.send(content))
    except DoubtfulError:
        raise
    except DeliveryError:
        _note_unsent(book, ReportUnsent(**head, id=event.id, to=left))
        raise
    if refused:
        _note_unsent(book, ReportUnsent(**head, id=event.id, to=refused))
        raise DeliveryError(
            "report-refused",
            msg("The mail server refused {addresses}; the others received the report.", addresses=refused),
            msg("Check this address, then run the command again: the others will not have it twice."),
        )
    return (*said, msg("Sent to {addresses}.", addresses=left))


def _had_it(address: str, at: datetime) -> Message:
    return msg(
        "{address} had today's report at {time}; --again sends it once more.", address=address, time=f"{at:%H:%M}"
    )


def _note_unsent(book: Book, event: ReportUnsent) -> None:
    with suppress(ConflictError):  # the failure itself is what must be told
        append_events(book.path.parent, [event])


def _written(book: Book, view: View, language: Language) -> ReportMail:
    today = book.day.today
    whole = replace(view, sections=lambda: (*view.sections(), *view.remarks()), remarks=tuple)
    shown = replace(whole, sections=lambda: (*whole.sections(), Line(_ATTACHED, Tone.FAINT)))
    return ReportMail(
        subject=f"{language.say(view.title)} · {language.day(today)}",
        text=render(whole, "text", language, today=today, width=view.width),
        shown=render_mail(shown, language, today),
        page=render(view, "html", language, today=today),
        file=f"{book.path.stem}-{today.isoformat()}.html",
    )

"""Reminders in, letters out: one message per client, in the client's language, in the tone of the highest step.

It must not know how a letter leaves (`eml`, `drafts`) nor why the client is chased (`domain.decide`).
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.dates import SendingCalendar
from relance.domain.model import Channel
from relance.domain.policies.policy import Manner
from relance.errors import Problem, Severity, msg
from relance.language import LANGUAGES, Language
from relance.letters.addresses import Address, parse_recipients
from relance.letters.claims import claimed_of
from relance.letters.documents import Attachment, Documents
from relance.letters.html import write_page
from relance.letters.pdf_letter import OnPaper
from relance.letters.qr import side_shown, transfer_payload
from relance.letters.references import reference_of
from relance.letters.reminder import Owing, Reminder, pay_by
from relance.letters.sender import Sender, sender_variables
from relance.letters.templates import Templates
from relance.letters.text import clean
from relance.letters.values import client_values, reminder_values
from relance.letters.wording import Wording
from relance.money import Money

_WRITTEN = frozenset({Channel.EMAIL, Channel.EMAIL_CALL})


class Setting(Struct, frozen=True, kw_only=True):
    """What all letters of a day share: the day, the working days, the language of clients who have none, the day up to
    which payments are known, whether French letters say tu, whether a formal notice may claim at a provisional rate."""

    today: date
    calendar: SendingCalendar = SendingCalendar()
    language: str = "fr"
    payments_known_until: date | None = None
    familiar: bool = False
    allow_provisional: bool = False


class Letter(Struct, frozen=True, kw_only=True):
    """A message ready to leave. `id` names it in the journal, the same for the same client, steps and day; `client` is
    the client's key; `invoices` are the numbers as the sheet writes them, with the step each takes. `body` says
    everything; `html` says the same as a page ("" on paper), which shows the code of the transfer `payload` if any.
    `page` is what a letter on paper is set from. `thread` is the Message-ID of the first message about the same debt
    ("" = this one)."""

    id: str
    client: str
    name: str
    language: str
    step: int
    channel: Channel
    to: tuple[Address, ...]
    subject: str
    body: str
    invoices: tuple[tuple[str, int], ...]
    totals: tuple[Money, ...]
    pay_by: date
    html: str = ""
    payload: str = ""
    attachments: tuple[Attachment, ...] = ()
    thread: str = ""
    page: OnPaper | None = None


class Composed(Struct, frozen=True):
    """A letter, or None where nothing is to be drafted: the channel is a call, no address can be written to, or a
    problem forbids it."""

    letter: Letter | None
    problems: tuple[Problem, ...] = ()


def compose_letter(
    reminder: Reminder,
    sender: Sender,
    setting: Setting,
    templates: Templates,
    documents: Documents = Documents(),  # noqa: B008 - a value, never changed
) -> Composed:
    """The letter of a reminder, with the documents found for its invoices.

    Problems: those of the documents; `address-refused` (a piece of the e-mail cell is no address; with no other, no
    letter: call the client); `letter-address` (a letter on paper without postal address; it is there all the same);
    and, without a letter, `letter-provisional` (a formal notice would claim interest at a rate not known yet),
    `letter-by-person` (a formal notice asked for by e-mail), `letter-nothing-due`.
    ConfigError when a template cannot be used.
    """
    client = clean(reminder.client.name)
    if reminder.channel not in {*_WRITTEN, Channel.LETTER} or reminder.step.tone is Manner.HANDOVER:
        return Composed(None)
    if not reminder.totals:
        return Composed(None, (_nothing_due(client),))
    if reminder.is_formal and not setting.allow_provisional and _has_provisional_rate(reminder.ready):
        return Composed(None, (_provisional(client),))
    if reminder.channel is Channel.LETTER:
        missing = [] if reminder.client.address.strip() else [_no_address(client)]
        return Composed(_write_paper(_draft(reminder, sender, setting), templates), tuple(missing))
    if reminder.is_formal:
        return Composed(None, (_by_person(client),))
    recipients = parse_recipients(reminder.client.email)
    problems = tuple(_refused(client, piece, alone=not recipients.addresses) for piece in recipients.refused)
    if not recipients.addresses:
        return Composed(None, problems)
    draft = _draft(reminder, sender, setting)
    letter = replace(draft.letter, to=recipients.addresses, attachments=documents.found)
    return Composed(_write_mail(replace(draft, letter=letter), templates), (*problems, *documents.problems))


class _Draft(Struct, frozen=True):
    """A letter before it is written, the values that its templates may use, what its code on paper says."""

    letter: Letter
    values: dict[str, Any]
    tone: str
    day: date
    code: str


def _draft(reminder: Reminder, sender: Sender, setting: Setting) -> _Draft:
    values = template_values(reminder, sender, setting)
    steps = tuple((owing.invoice.number, owing.step) for owing in reminder.advancing)
    letter = Letter(
        id=_identify(reminder, steps, setting.today),
        client=reminder.client.key,
        name=clean(reminder.client.name),
        language=_language(reminder, setting),
        step=reminder.step.number,
        channel=reminder.channel,
        to=(),
        subject="",
        body="",
        invoices=steps,
        totals=reminder.totals,
        pay_by=_deadline(reminder, setting),
        payload="" if values["paper"] else transfer_payload(sender, reminder.totals, values["reference"]) or "",
    )
    asked = claimed_of(reminder) if reminder.is_formal else reminder.totals
    code = transfer_payload(sender, asked, values["reference"]) if values["paper"] else None
    return _Draft(letter, values, reminder.step.tone.value, setting.today, code or "")


def template_values(reminder: Reminder, sender: Sender, setting: Setting) -> dict[str, Any]:
    """Everything the templates of a letter may use."""
    language = Language(_language(reminder, setting))
    paper = reminder.channel is Channel.LETTER
    known = setting.payments_known_until
    return {
        **reminder_values(reminder, Wording(language), setting.today),
        **client_values(reminder),
        "sender": sender_variables(sender),
        "today": language.long_date(setting.today),
        "pay_by": language.long_date(_deadline(reminder, setting)),
        "known_until": language.long_date(known) if known else "",
        "tu": setting.familiar and language.code == "fr" and not paper,
        "paper": paper,
        "call": reminder.channel is Channel.EMAIL_CALL,
        "step": reminder.step.number,
    }


def _language(reminder: Reminder, setting: Setting) -> str:
    own = reminder.client.language
    return own if own in LANGUAGES else setting.language


def _deadline(reminder: Reminder, setting: Setting) -> date:
    """The date asked for; before the due date, the due date itself."""
    dues = [owing.invoice.due for owing in reminder.ready if owing.invoice.due]
    if reminder.step.tone is Manner.SERVICE and dues:
        return min(dues)
    return pay_by(reminder.step, setting.today, setting.calendar)


def _write_paper(draft: _Draft, templates: Templates) -> Letter:
    letter, values = draft.letter, draft.values
    name = f"{draft.tone}.txt"
    subject, body = templates.render_letter(letter.language, name, values)
    subject = subject[:1].upper() + subject[1:]
    head = templates.render_part(letter.language, "_letterhead.txt", {**values, "subject": subject})
    page = OnPaper(
        name=name,
        language=letter.language,
        day=draft.day,
        subject=subject,
        values=values,
        folders=templates.folders,
        code=draft.code,
    )
    return replace(letter, subject=subject, body=f"{head}\n{body}", page=page)


def _write_mail(draft: _Draft, templates: Templates) -> Letter:
    letter, language = draft.letter, draft.letter.language
    values = draft.values | {
        "attached": [clean(document.number) for document in letter.attachments],
        "code": {"cid": code_id(letter.id), "side": side_shown(letter.payload)} if letter.payload else {},
    }
    familiar = [f"{draft.tone}-tu.txt"] if values["tu"] else []
    name = templates.find(language, *familiar, f"{draft.tone}.txt")
    subject, body = templates.render_letter(language, name, values)
    subject = subject[:1].upper() + subject[1:]
    mark = f"\n\nMessage {reference_of(letter.id)}\n"
    passages = templates.render_passages(language, name, values) + mark
    html = write_page(passages, language, subject, (values["amount"], values["pay_by"]))
    return replace(letter, subject=subject, body=body.rstrip("\n") + mark, html=html)


def code_id(letter_id: str) -> str:
    """The Content-ID by which the page of a letter shows the code of its transfer.

    >>> code_id("833c9f7e")
    'code.833c9f7e@relance.invalid'
    """
    return f"code.{letter_id}@relance.invalid"


def _identify(reminder: Reminder, steps: tuple[tuple[str, int], ...], today: date) -> str:
    text = "\n".join([today.isoformat(), reminder.client.key, *(f"{number}\t{step}" for number, step in sorted(steps))])
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:20]


def _has_provisional_rate(ready: tuple[Owing, ...]) -> bool:
    return any(line.provisional for owing in ready if owing.fees for line in owing.fees.lines)


def _refused(client: str, piece: str, *, alone: bool) -> Problem:
    hint = msg("Correct the cell; meanwhile the message goes to the other addresses.")
    if alone:
        hint = msg("Correct the cell; meanwhile call the client: no message was drafted.")
    return Problem(
        "address-refused",
        Severity.WARNING,
        msg("{client}: “{value}” is no e-mail address.", client=client, value=piece),
        hint,
        value=piece,
    )


def _provisional(client: str) -> Problem:
    return Problem(
        "letter-provisional",
        Severity.WARNING,
        msg("{client}: no formal notice was drafted, the rate of its late fees is not known yet.", client=client),
        msg("Add the rate of the half-year once it is published (see relance rates), then try again."),
    )


def _nothing_due(client: str) -> Problem:
    return Problem(
        "letter-nothing-due",
        Severity.NOTICE,
        msg("{client}: no message was drafted, the credit notes cover what is due.", client=client),
        msg("Set the credit notes against the invoices they settle, in the workbook."),
    )


def _no_address(client: str) -> Problem:
    return Problem(
        "letter-address",
        Severity.NOTICE,
        msg("{client}: the letter has no postal address.", client=client),
        msg("Write it on the letter, and in the address column of the clients sheet for the next time."),
    )


def _by_person(client: str) -> Problem:
    return Problem(
        "letter-by-person",
        Severity.ERROR,
        msg("{client}: a formal notice never leaves by e-mail; a person signs it.", client=client),
        msg("Give this step the channel “letter” in relance.toml."),
    )

"""Confirm that reminders went out: today's drafts, those of a client, all of them, or one made otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from msgspec import Struct

from relance.config import Config
from relance.domain.model import Invoice
from relance.domain.noted import Fact, ReminderNoted, is_client
from relance.domain.settled import Invoices
from relance.errors import ConflictError, Message, Problem, Severity, UsageError, WorkbookError, msg, msg_n
from relance.office.acts.paid import refuse_future
from relance.office.acts.record import Decided, Desk, combined, record
from relance.office.book import locate
from relance.office.find import find_client, find_invoice
from relance.workbook.events import Reserved
from relance.workbook.journal import read_journal
from relance.workbook.messages import taken_facts, unnoted_messages, waiting_messages
from relance.workbook.plans import Planned
from relance.workbook.plans_reminder import Went, plan_reminder

_NAMED = 8  # so many clients are named in one sentence


class Sent(Struct, frozen=True, kw_only=True):
    """What the person says: numbers, or a client, or `all`, or nothing (today's drafts); the day and the means, where
    they are not those of the draft; the reference, such as the number of a registered letter. `as_drafted`: each went
    out on the day of its draft."""

    numbers: tuple[str, ...] = ()
    client: str = ""
    all: bool = False
    on: date | None = None
    as_drafted: bool = False
    by: str = ""
    ref: str = ""


class _Reminder(Struct, frozen=True):
    """One invoice reminded: the draft confirmed, or None, and the step taken; `dates_last` as in `Went`; `on` the day a
    mail server took it, whose level the journal knows already."""

    invoice: Invoice
    step: int
    message: Reserved | None = None
    dates_last: bool = False
    on: date | None = None


def decide_sent(desk: Desk, sent: Sent) -> Decided:
    """The act of confirming reminders; UsageError when there is none to confirm, or the day is not past."""
    remarks: list[Message] = []
    reminders = list(_named(desk, sent)) if sent.numbers else list(_drafted(desk, sent, remarks))
    if not reminders:
        raise _nothing_to_confirm(desk, sent)
    days = [_day_of(desk, reminder, sent) for reminder in reminders]
    for day in days:
        refuse_future(day, desk.today)
    planned = [_plan(desk, reminder, day) for reminder, day in zip(reminders, days, strict=True)]
    facts: tuple[Fact, ...] = tuple(_fact(reminder, sent, day) for reminder, day in zip(reminders, days, strict=True))
    plan, told = combined(planned)
    remarks += [*told, *_said(reminders, sent), *_older(desk, reminders, sent)]
    return Decided(act="sent", title=_title(days), plan=plan, facts=facts, remarks=tuple(remarks))


def _day_of(desk: Desk, reminder: _Reminder, sent: Sent) -> date:
    """The day a reminder went out: the one a mail server took it, the one told, that of its draft where that is told;
    today otherwise, for a day too early would bring the next step too early."""
    drafted = reminder.message.day if reminder.message and sent.as_drafted else None
    return reminder.on or sent.on or drafted or desk.today


def _title(days: list[date]) -> Message:
    if len(set(days)) == 1:
        return msg_n("{n} reminder sent on {day}", "{n} reminders sent on {day}", len(days), day=days[0])
    return msg_n("{n} reminder sent", "{n} reminders sent", len(days))


def decide_taken(desk: Desk) -> Decided:
    """The act of noting what a mail server took: the same as confirming drafts, on the day each was taken."""
    remarks: list[Message] = []
    reminders = list(_taken(desk, remarks))
    planned, told = combined([_plan(desk, reminder, reminder.on or desk.today) for reminder in reminders])
    facts = tuple(fact for known in unnoted_messages(desk.book.journal.events) for fact in taken_facts(known))
    title = msg_n("{n} reminder sent", "{n} reminders sent", len(facts))
    return Decided(act="sent", title=title, plan=planned, facts=facts, remarks=(*remarks, *told))


def decide_found(desk: Desk, days: Mapping[str, date]) -> Decided:
    """The act of confirming the messages found among those sent, each on its own day (by id)."""
    remarks: list[Message] = []
    reminders = [
        (reminder, days[reminder.message.id])
        for reminder in _drafted(desk, Sent(all=True), remarks)
        if reminder.message and reminder.message.id in days
    ]
    if not reminders:
        raise _nothing_to_confirm(desk, Sent(all=True))
    planned, told = combined([_plan(desk, reminder, on) for reminder, on in reminders])
    facts: tuple[Fact, ...] = tuple(_fact(reminder, Sent(), on) for reminder, on in reminders)
    title = msg_n("{n} reminder found among the messages sent", "{n} reminders found among the messages sent",
                  len(reminders))  # fmt: skip
    return Decided(act="sent", title=title, plan=planned, facts=facts, remarks=(*remarks, *told))


def note_delivered(config: Config, at: datetime, today: date) -> tuple[Problem, ...]:
    """Write into the workbook what a mail server took. Where somebody has the workbook open, or it cannot be written,
    the journal counts it all the same: a problem `sent-not-noted` tells it."""
    folder = locate(config).parent
    if not unnoted_messages(read_journal(folder).events):
        return ()
    try:
        record(config, at, today, decide_taken)
    except (ConflictError, WorkbookError) as error:
        hint = msg("They count all the same. When the workbook is free: relance sent --all.")
        text = msg("The messages sent could not be noted in the workbook: {problem}", problem=error.message)
        return (Problem("sent-not-noted", Severity.WARNING, text, hint),)
    return ()


def _fact(reminder: _Reminder, sent: Sent, on: date) -> ReminderNoted:
    message = reminder.message
    usual = "" if message is None else "email" if message.to else "letter"
    return ReminderNoted(
        number=reminder.invoice.number,
        client=reminder.invoice.client.key,
        step=reminder.step,
        on=on,
        by=sent.by or usual,
        message=message.id if message else "",
        ref=sent.ref,
    )


def _plan(desk: Desk, reminder: _Reminder, on: date) -> Planned:
    invoice = reminder.invoice
    level = invoice.level if reminder.dates_last or reminder.on else invoice.level + 1
    fees = None if reminder.dates_last else _fees_claimed(desk, invoice, reminder.step, on)
    went = Went(step=reminder.step, on=on, level=level, fees=fees, dates_last=reminder.dates_last)
    return plan_reminder(desk.habits, invoice, went)


def _fees_claimed(desk: Desk, invoice: Invoice, step: int, on: date) -> Decimal | None:
    """The late fees on that day, where the step claims them."""
    taken = desk.book.day.policies.policy_for(invoice).step(step)
    return desk.book.tariff.fees_on(on)(invoice).owed if taken and taken.show_fees else None


def _drafted(desk: Desk, sent: Sent, remarks: list[Message]) -> Iterator[_Reminder]:
    """The drafts of ours that wait for a confirmation: of a client, of all days, or of today."""
    client = find_client(desk.book.day, sent.client) if sent.client else None
    yield from _taken(desk, remarks)
    for message in waiting_messages(desk.book.journal.events):
        if client and not is_client(message.client, client):
            continue
        if not (client or sent.all) and message.day != desk.today:
            continue
        for step in message.invoices:
            invoice = _invoice_of(desk, message, step.number)
            if invoice is None:
                remarks.append(msg("{number} is not in the sheet, or cannot be read: left out.", number=step.number))
            elif not _is_shown(invoice, message, step.step):
                yield _Reminder(invoice, step.step, message)


def _taken(desk: Desk, remarks: list[Message]) -> Iterator[_Reminder]:
    """The messages that a mail server took and that the workbook does not show yet."""
    for known in unnoted_messages(desk.book.journal.events):
        for step in known.unnoted.invoices:
            invoice = _invoice_of(desk, known.message, step.number)
            shown = _in_sheet(desk, invoice) if invoice else None
            if invoice is None:
                remarks.append(msg("{number} is not in the sheet, or cannot be read: left out.", number=step.number))
            elif shown is None or not _is_shown(shown, known.message, step.step):
                yield _Reminder(invoice, step.step, known.message, on=known.sent_on)


def _in_sheet(desk: Desk, invoice: Invoice) -> Invoice | None:
    """The invoice as the sheet alone has it."""
    return next((row for row in desk.sheet.invoices if row.where == invoice.where), None)


def _invoice_of(desk: Desk, message: Reserved, number: str) -> Invoice | None:
    found = Invoices.of(desk.book.day.ledger.invoices).numbered((number,))
    mine = [invoice for invoice in found if is_client(message.client, invoice.client)]
    chosen = mine or found
    return chosen[0] if len(chosen) == 1 else None


def _is_shown(invoice: Invoice, message: Reserved, step: int) -> bool:
    """Whether the sheet shows already that this message went out: somebody typed it in."""
    dated = bool(invoice.reminders) and invoice.reminders[-1] >= message.day
    return 0 < step <= invoice.level and dated


def _named(desk: Desk, sent: Sent) -> Iterator[_Reminder]:
    """The invoices named: their draft, else a reminder made otherwise, which `--on` or `--by` tells."""
    for number in dict.fromkeys(sent.numbers):
        invoice = find_invoice(desk.book.day, number)
        draft = _draft_of(desk, invoice)
        if draft:
            yield _Reminder(invoice, next(s.step for s in draft.invoices if s.number == invoice.number), draft)
        elif invoice.level and not invoice.reminders and sent.on and not sent.by:
            yield _Reminder(invoice, invoice.level, dates_last=True)
        elif sent.on or sent.by:
            step = desk.book.day.policies.policy_for(invoice).step_after(invoice.level)
            yield _Reminder(invoice, step.number if step else invoice.level + 1)
        else:
            raise _no_draft(invoice.number)


def _draft_of(desk: Desk, invoice: Invoice) -> Reserved | None:
    """The last message that waits for a confirmation and reminds of this invoice."""
    found = [
        message
        for message in waiting_messages(desk.book.journal.events)
        for step in message.invoices
        if step.number == invoice.number and is_client(message.client, invoice.client)
        if not _is_shown(invoice, message, step.step)
    ]
    return found[-1] if found else None


def _posted(message: Reserved) -> Message:
    """What confirming several drafts at once says of a letter on paper, which a person signs and posts."""
    number = message.invoices[0].number
    return msg(
        "The letter on paper to {client} counts as posted. If it was not: relance undo, then relance sent with the "
        "numbers that went out; once posted: relance sent {number} --by letter --ref REFERENCE.",
        client=message.name or message.client,
        number=number,
    )


def _said(reminders: list[_Reminder], sent: Sent) -> Iterator[Message]:
    in_bulk = not (sent.numbers or sent.client or sent.by or sent.ref)
    letters = {one.message.id: one.message for one in reminders if one.message and not one.message.to}
    yield from map(_posted, letters.values() if in_bulk else ())
    for reminder in reminders:
        if reminder.dates_last:
            yield msg(
                "{number}: {n} reminders were counted without a date; this dates the last. For one more, add --by.",
                number=reminder.invoice.number,
                n=reminder.invoice.level,
            )


def _older(desk: Desk, reminders: list[_Reminder], sent: Sent) -> Iterator[Message]:
    """Which drafts of other days are about to count as sent today, when nobody said so."""
    if sent.on or sent.as_drafted:
        return
    messages = {one.message.id: one.message for one in reminders if one.message and not one.on}
    older = sorted((one for one in messages.values() if one.day < desk.today), key=lambda one: one.day)
    for day, several in groupby(older, key=lambda one: one.day):
        names = [one.name or one.client for one in several]
        yield msg_n(
            "{n} draft of {day} counts as sent today, {today}: {clients}.",
            "{n} drafts of {day} count as sent today, {today}: {clients}.",
            len(names),
            day=day,
            today=desk.today,
            clients=[*names[:_NAMED], "…"] if len(names) > _NAMED else names,
        )
    if older:
        yield msg("Sent on another day? That day: --on DATE; each on the day of its draft: --as-drafted.")


def _no_draft(number: str) -> UsageError:
    return UsageError(
        "no-draft",
        msg("No draft of {number} waits for a confirmation.", number=number),
        msg("relance remind drafts the reminders. If one was made otherwise, say how or when: --by phone, --on DATE."),
    )


def _nothing_to_confirm(desk: Desk, sent: Sent) -> UsageError:
    older = len(waiting_messages(desk.book.journal.events))
    return UsageError(
        "nothing-to-confirm",
        msg("No draft waits for a confirmation.")
        if sent.all or sent.client or not older
        else msg("No draft of today waits for a confirmation."),
        msg_n("{n} older draft waits: relance sent --all.", "{n} older drafts wait: relance sent --all.", older)
        if older and not (sent.all or sent.client)
        else msg("relance remind drafts the reminders. If one was made otherwise: relance sent NUMBER --by phone."),
    )

"""relance status: what is owed, what is late, whom to chase today and why, what waits, what to fix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relance.domain.day import Day
from relance.domain.measures.ageing import UNDATED, Ageing, Bucket
from relance.domain.model import Channel, DueSource, SetAside
from relance.domain.owed import owed
from relance.domain.policies.chase import Chase, Item
from relance.domain.policies.reasons import say_reason
from relance.errors import Message, Problem, Severity, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import (
    Align,
    Bar,
    Chart,
    Column,
    Facts,
    Lateness,
    Line,
    Part,
    Section,
    Series,
    Shape,
    Table,
    Tone,
    View,
)  # fmt: skip

CHANNELS: dict[Channel, Message] = {
    Channel.EMAIL: msg("e-mail"),
    Channel.EMAIL_CALL: msg("e-mail + call"),
    Channel.CALL: msg("call"),
    Channel.LETTER: msg("registered letter"),
    Channel.FILE: msg("case file"),
}
_BUCKET_TONES = (Tone.GOOD, Tone.NOTICE, Tone.WARNING, Tone.BAD)


def status_view(day: Day) -> View:
    """The home screen of the morning."""
    return View(
        command="status",
        title=msg("Receivables · {name}", name=day.name),
        data=lambda: status_data(day),
        sections=lambda: tuple(_sections(day)),
        remarks=lambda: pointer(day),
        problems=day.problems,
    )


def status_data(day: Day) -> dict[str, Any]:
    """`data` of status: totals, ageing, chase, waiting, to_fix, freshness."""
    return {
        "totals": [_total_data(day, ageing) for ageing in day.ageing],
        "ageing": [
            {"currency": ageing.currency, "bucket": bucket.key, "open": bucket.open, "count": bucket.count}
            for ageing in day.ageing
            for bucket in ageing.buckets
        ],
        "chase": [entry for chase in day.chases for entry in _chase_data(chase)],
        "waiting": [
            {
                "number": invoice.number,
                "client": invoice.client.name,
                "reason": decision.reason,
                "until": decision.next_date,
                "open": owed(invoice),
                "currency": invoice.currency,
            }
            for invoice, decision in day.waiting
        ],
        "to_fix": [
            {
                "number": row.number,
                "client": row.client,
                "where": {"sheet": row.where.sheet, "cell": _problem_cell(row)},
                "open": row.amount,
                "currency": row.currency,
            }
            for row in day.ledger.set_aside
        ],
        "freshness": {"last_payment": day.freshness.last_payment, "days": day.freshness.days},
    }


def _total_data(day: Day, ageing: Ageing) -> dict[str, Any]:
    fees, provisional = day.fees.get(ageing.currency, (ZERO, False))
    return {
        "currency": ageing.currency,
        "open": ageing.open,
        "overdue": ageing.overdue,
        "not_due": ageing.not_due,
        "fees": fees,
        "fees_provisional": provisional,
        "undated": ageing.undated,
        "credits": ageing.credits,
        "count": ageing.count,
    }


def _chase_data(chase: Chase) -> Iterator[dict[str, Any]]:
    """One entry per currency: amounts of different currencies are never added."""
    for total in amounts_of(chase):
        yield {
            "client": chase.client.name,
            "contact": chase.client.contact,
            "email": chase.client.email,
            "phone": chase.client.phone,
            "step": chase.step.number,
            "channel": chase.channel,
            "open": total.amount,
            "currency": total.currency,
            "numbers": _numbers(chase.ready, total.currency),
            "beside": _numbers(chase.beside, total.currency),
            "listed": _numbers(chase.listed, total.currency),
        }


def _numbers(items: tuple[Item, ...], currency: str) -> list[str]:
    return [item.invoice.number for item in items if item.invoice.currency == currency]


def amounts_of(chase: Chase) -> tuple[Money, ...]:
    """What the message to a client asks for, per currency; 0 where credits cover it."""
    return chase.totals or (Money(ZERO, chase.ready[0].invoice.currency),)


def beside(chases: tuple[Chase, ...]) -> Iterator[Line]:
    """The invoices that a formal notice recalls without claiming them."""
    for chase in chases:
        for item in chase.beside:
            text = msg(
                "{client}: the formal notice recalls {number} without claiming it; it takes step {step}.",
                client=chase.client.name,
                number=item.invoice.number,
                step=item.decision.step,
            )
            yield Line(text)


def _problem_cell(row: SetAside) -> str:
    where = row.problems[0].where if row.problems and row.problems[0].where else row.where
    return where.cell


def _sections(day: Day) -> Iterator[Section]:
    if not day.ageing and not day.ledger.set_aside:
        yield Line(msg("Nothing is owed: nobody to chase."), Tone.GOOD)
        return
    yield from figures(day)
    yield from round_of(day)


def figures(day: Day) -> Iterator[Section]:
    """What is owed, per currency, and the ageing bar."""
    for ageing in day.ageing:
        fees, provisional = day.fees.get(ageing.currency, (ZERO, False))
        items: list[tuple[Message, Any, Tone]] = [
            (msg("owed"), Money(ageing.open, ageing.currency), Tone.PLAIN),
            (msg("overdue"), Money(ageing.overdue, ageing.currency), Tone.BAD if ageing.overdue else Tone.GOOD),
            (msg("not due"), Money(ageing.not_due, ageing.currency), Tone.PLAIN),
        ]
        if fees:
            label = msg("late fees (provisional)") if provisional else msg("late fees")
            items.append((label, Money(fees, ageing.currency), Tone.PLAIN))
        if flat := day.apart.get(ageing.currency):
            items.append((msg("flat indemnities besides"), flat, Tone.PLAIN))
        if ageing.credits:
            items.append((msg("credits of clients"), Money(-ageing.credits, ageing.currency), Tone.PLAIN))
        yield Facts(items=tuple(items))
        if ageing.open:
            yield Bar(currency=ageing.currency, parts=tuple(parts_of(ageing)))
        yield from _year(day, ageing.currency)


def _year(day: Day, currency: str) -> Iterator[Chart]:
    """What was owed at the end of each of the last twelve months, and today; nothing where the payments lack their
    days, or where nothing was owed before."""
    course = next((course for course in day.course if course.currency == currency), None)
    if course is None or not course.is_known or not any(point.open for point in course.points[:-1]):
        return
    yield Chart(
        title=msg("Owed at the end of each month, over a year"),
        currency=currency,
        axis=msg("at the end of"),
        periods=tuple(msg("{day}", day=point.on) for point in course.points),
        ticks=tuple(Message(f"{point.on.month}/{point.on.year % 100:02}") for point in course.points),
        series=(Series(msg("owed"), tuple(point.open for point in course.points)),),
        shape=Shape.SPARK,
    )


def parts_of(ageing: Ageing) -> Iterator[Part]:
    """The buckets as stretches of a bar, the later the redder."""
    late = len(ageing.buckets) - 1
    for position, bucket in enumerate(ageing.buckets):
        tone = _BUCKET_TONES[-(-position * 3 // late)]
        yield Part(bucket_label(bucket), bucket.open, tone, bucket.count)


def bucket_label(bucket: Bucket) -> Message:
    """`not due`, `1-30 d`, `91+ d`, `no date`."""
    if bucket.key == UNDATED:
        return msg("no date")
    if bucket.first is None:
        return msg("not due")
    if bucket.last is None:
        return msg("{first}+ d", first=bucket.first)
    return msg("{first}-{last} d", first=bucket.first, last=bucket.last)


def round_of(day: Day) -> Iterator[Section]:
    """Whom to chase, what waits, what to fix, how fresh the payments are."""
    yield from chase_sections(day)
    if day.waiting:
        yield waiting_table(day)
    if day.ledger.set_aside:
        yield to_fix_table(day)
    yield from remarks(day)


def chase_sections(day: Day) -> Iterator[Section]:
    """Whom to chase today; or that it is nobody, and when messages leave again."""
    if day.chases:
        yield chase_table(day)
        yield from beside(day.chases)
    elif day.calendar.is_sending_day(day.today):
        yield Line(msg("Nobody to chase today."), Tone.GOOD)
    else:
        opening = day.calendar.next_sending_day(day.today)
        yield Line(msg("Nobody to chase today: messages leave again on {day}.", day=opening), Tone.GOOD)


def chase_table(day: Day) -> Table:
    """One row per client to chase today, one per currency where there are several."""
    columns = (
        Column("client", msg("client")),
        Column("step", msg("step")),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("channel", msg("by"), fold=True),
        Column("numbers", msg("invoices"), fold=True, whole=True),
        Column("contact", msg("contact"), fold=True),
        Column("phone", msg("telephone"), fold=True, whole=True),
    )
    rows = tuple(row for chase in day.chases for row in _chase_rows(day, chase))
    title = msg_n("To chase today: {n} client", "To chase today: {n} clients", len(day.chases))
    return Table(title=title, columns=columns, rows=rows, export=True)


def _chase_rows(day: Day, chase: Chase) -> Iterator[tuple[Any, ...]]:
    for total in amounts_of(chase):
        ready = [item.invoice for item in chase.ready if item.invoice.currency == total.currency]
        yield (
            chase.client.name,
            msg("{number}. {name}", number=chase.step.number, name=chase.step.name),
            total,
            Lateness(max((invoice.days_late(day.today) for invoice in ready), default=0)),
            CHANNELS[chase.channel],
            tuple(invoice.number for invoice in ready),
            chase.client.contact or None,
            chase.client.phone or None,
        )


def waiting_table(day: Day) -> Table:
    """One row per overdue invoice that is not chased today, and why."""
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("open", msg("open"), Align.RIGHT),
        Column("late", msg("late"), Align.RIGHT),
        Column("reason", msg("why"), fold=True),
    )
    rows = tuple(
        (
            invoice.number,
            invoice.client.name,
            Money(owed(invoice), invoice.currency),
            Lateness(invoice.days_late(day.today)) if invoice.days_late(day.today) else None,
            say_reason(invoice, decision),
        )
        for invoice, decision in day.waiting
    )
    title = msg_n("Not today: {n} invoice", "Not today: {n} invoices", len(rows))
    return Table(title=title, columns=columns, rows=rows)


def to_fix_table(day: Day) -> Table:
    """One row per row set aside: in no total, never chased, until its cell is mended."""
    columns = (
        Column("number", msg("invoice"), whole=True),
        Column("client", msg("client")),
        Column("open", msg("amount"), Align.RIGHT),
        Column("where", msg("cell"), whole=True),
        Column("problem", msg("what is wrong"), fold=True),
    )
    rows = tuple(
        (
            row.number or None,
            row.client or None,
            Money(row.amount, row.currency) if row.amount is not None else None,
            str(row.problems[0].where if row.problems and row.problems[0].where else row.where),
            row.problems[0].message if row.problems else None,
        )
        for row in day.ledger.set_aside
    )
    title = msg_n("To fix: {n} row, in no total", "To fix: {n} rows, in no total", len(rows))
    return Table(title=title, columns=columns, rows=rows, tones=(Tone.WARNING,) * len(rows))


def remarks(day: Day) -> Iterator[Line]:
    """How fresh the payments are, which fees are provisional, which limitation dates are near."""
    yield from stale_lines(day)
    yield from cautions(day)


def stale_lines(day: Day) -> Iterator[Line]:
    """That the payments typed are old, where they are."""
    fresh = day.freshness
    if fresh.last_payment is not None and fresh.days is not None and fresh.days > day.fresh_days:
        yield Line(
            msg_n(
                "The last payment typed is {n} day old ({day}): type in the newer ones before chasing anybody.",
                "The last payment typed is {n} days old ({day}): type in the newer ones before chasing anybody.",
                fresh.days,
                day=fresh.last_payment,
            ),
            Tone.WARNING,
        )


def cautions(day: Day) -> Iterator[Line]:
    """What to know before acting: assumed due dates, settings without effect, provisional fees, limitation dates."""
    yield from _unconfirmed(day)
    assumed = sum(invoice.due_source is DueSource.ASSUMED for invoice, _ in day.overdue)
    if assumed:
        text = msg_n(
            "{n} invoice is late by an assumed due date: relance invoices marks it with *.",
            "{n} invoices are late by assumed due dates: relance invoices marks them with *.",
            assumed,
        )
        yield Line(text, Tone.NOTICE)
    for problem in filter(_is_told, day.problems):
        yield Line(problem.message, Tone.BAD if problem.severity is Severity.ERROR else Tone.WARNING)
    if any(provisional for _, provisional in day.fees.values()):
        yield Line(msg("Some late fees are provisional: relance fees tells which and why."), Tone.NOTICE)
    near = sum(problem.code == "limitation" for problem in day.problems)
    if near:
        text = msg_n(
            "{n} invoice near or past its limitation date, to be verified: relance check.",
            "{n} invoices near or past their limitation dates, to be verified: relance check.",
            near,
        )
        yield Line(text, Tone.NOTICE)


def _unconfirmed(day: Day) -> Iterator[Line]:
    """The drafts that have waited too long, and the messages of which nobody knows whether they left."""
    for draft in day.unconfirmed:
        if draft.doubtful:
            text = msg(
                "{number}: nobody knows whether the message of {day} left. Ask the client, then: "
                "relance sent {number}, or relance failed {number}.",
                number=draft.number,
                day=draft.on,
            )
            yield Line(text, Tone.BAD)
    old = [draft for draft in day.unconfirmed if not draft.doubtful]
    if old:
        text = msg_n(
            "{n} draft has waited since {day}: send it, then relance sent --all; or give it up with relance failed.",
            "{n} drafts have waited since {day}: send them, then relance sent --all; or give them up with relance "
            "failed.",
            len({(draft.client, draft.on, draft.file) for draft in old}),
            day=old[0].on,
        )
        yield Line(text, Tone.WARNING)


def _is_told(problem: Problem) -> bool:
    """Whether a problem of relance.toml stands in the list of the day: somebody may be chased who should not be."""
    grave = problem.code == "setting-without-effect" and problem.severity is Severity.ERROR
    return grave or problem.code == "named-nobody"


def pointer(day: Day) -> tuple[Line, ...]:
    """Where the other problems of the workbook are told, beside those shown."""
    told = {id(problem) for row in day.ledger.set_aside for problem in row.problems}
    told |= {id(problem) for problem in day.problems if _is_told(problem)}
    others = sum(id(problem) not in told and problem.code != "limitation" for problem in day.problems)
    if others:
        text = msg_n(
            "{n} more remark on the workbook: relance check.",
            "{n} more remarks on the workbook: relance check.",
            others,
        )
        return (Line(text, Tone.FAINT),)
    return ()

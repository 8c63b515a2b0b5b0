"""What stops or ends the chase: promise, hold, dispute, their release, a call, a claim given up."""

from __future__ import annotations

from datetime import date
from typing import Any

from relance.domain.model import Client, Dispute, Hold, Invoice, State
from relance.domain.names import fold_name
from relance.domain.noted import CallNoted, DisputeNoted, EndNoted, HoldNoted, PromiseNoted, ReleaseNoted
from relance.domain.owed import owed_in_sheet
from relance.errors import Message, UsageError, msg
from relance.money import ZERO, Money
from relance.office.acts.paid import nothing_owed
from relance.office.acts.record import Decided, Desk
from relance.office.book import mapping_of
from relance.office.find import find_client, find_invoice, find_invoices, names_of
from relance.workbook.events import Intent, list_acts
from relance.workbook.habits import Habits
from relance.workbook.plans import Planned
from relance.workbook.plans_client import directory_habits, plan_client_hold
from relance.workbook.plans_stops import (
    loses_level,
    plan_dispute,
    plan_end,
    plan_hold,
    plan_promise,
    plan_release,
)
from relance.workbook.xlsx.edits import Plan

_JOURNAL_ALONE = msg("The clients sheet has no column for a hold: the journal alone knows it.")
_REPLACING = ("dispute", "hold", "cancel", "writeoff")
OUTCOMES = ("reached", "message", "no-answer", "promise", "dispute")


def decide_promise(desk: Desk, number: str, until: date) -> Decided:
    """A payment promised for a day; UsageError when that day is past."""
    if until < desk.today:
        raise UsageError(
            "date-past",
            msg("{day} is past.", day=until),
            msg("Give a day to come; a payment already received is noted with relance paid."),
        )
    invoice = find_invoice(desk.book.day, number)
    planned = plan_promise(desk.habits, invoice, until)
    fact = PromiseNoted(**_whose(invoice), until=until)
    return _decided("promise", _title(msg("payment promised for {day}", day=until), invoice), planned, fact)


def decide_hold(desk: Desk, who: str, hold: Hold) -> Decided:
    """An invoice, or a client as a whole, not to be chased until a day, or until released. UsageError when that day is
    past or no reason is given."""
    need_reason(hold.reason)
    if hold.until and hold.until < desk.today:
        raise UsageError("date-past", msg("{day} is past.", day=hold.until), msg("Give a day to come, or none."))
    found = _invoice_or_client(desk, who)
    said = msg("on hold until {value}", value=hold.until) if hold.until else msg("on hold")
    if isinstance(found, Client):
        client_fact = HoldNoted(client=found.key, until=hold.until, reason=hold.reason)
        remark = msg("It holds every invoice of this client.")
        written = plan_client_hold(_directory(desk), found, hold)
        plan, told = (written.plan, written.remarks) if written else (Plan(), (_JOURNAL_ALONE,))
        return Decided(act="hold", title=_of(said, found), plan=plan, facts=(client_fact,), remarks=(remark, *told))
    planned = plan_hold(desk.habits, found, hold)
    fact = HoldNoted(**_whose(found), level=_level(desk, found, planned), until=hold.until, reason=hold.reason)
    return _decided("hold", _title(said, found), planned, fact)


def decide_dispute(desk: Desk, number: str, dispute: Dispute) -> Decided:
    """An invoice contested, in part or as a whole. UsageError without a reason, or for more than is owed."""
    need_reason(dispute.reason)
    invoice = find_invoice(desk.book.day, number)
    left = owed_in_sheet(invoice)
    if left <= ZERO:
        raise nothing_owed(invoice.number)
    if dispute.amount is not None and dispute.amount > left:
        raise UsageError(
            "more-than-owed",
            msg("Only {left} is owed on {number}.", left=Money(left, invoice.currency), number=invoice.number),
            msg("Give the amount contested, or none for the whole invoice."),
        )
    part = None if dispute.amount == left else dispute.amount
    planned = plan_dispute(desk.habits, invoice, Dispute(part, dispute.reason))
    fact = DisputeNoted(**_whose(invoice), level=_level(desk, invoice, planned), amount=part, reason=dispute.reason)
    said = msg("{amount} disputed", amount=Money(part, invoice.currency)) if part else msg("disputed as a whole")
    return _decided("dispute", _title(said, invoice), planned, fact)


def decide_release(desk: Desk, who: str) -> Decided:
    """What stops an invoice or a client lifted: promise, hold, dispute, a payment that only the journal knows.
    UsageError when nothing does."""
    found = _invoice_or_client(desk, who)
    said = msg("released: what stopped it stops it no more")
    if isinstance(found, Client):
        if found.hold is None:
            raise _disputed_in_directory(found) if found.dispute else _nothing_to_release(found.name)
        return _release_client(desk, found, _of(said, found))
    if found.dispute and found.dispute is found.client.dispute:
        raise _disputed_in_directory(found.client)
    planned = plan_release(desk.habits, found, _status_before(desk, found))
    ended = found.status is not None and found.status.state in {State.CANCELLED, State.WRITTEN_OFF}
    if not (planned.plan.edits or found.promise or found.hold or found.dispute or found.unseen or ended):
        raise _nothing_to_release(found.number)
    return _decided("release", _title(said, found), planned, ReleaseNoted(**_whose(found)))


def _release_client(desk: Desk, client: Client, title: Message) -> Decided:
    """The hold of a client lifted, in the clients sheet too; one of relance.toml stays."""
    typed = next((other.hold for other in desk.sheet.clients if other.key == client.key), None)
    written = plan_client_hold(_directory(desk), client, None) if typed else None
    tables = desk.book.config.table("clients").items()
    wished = any(fold_name(name) in names_of(client) for name, table in tables if table.get("hold"))
    return Decided(
        act="release",
        title=title,
        plan=written.plan if written else Plan(),
        facts=(ReleaseNoted(client=client.key),),
        remarks=(msg("A hold in relance.toml stays: take it out there."),) if wished else (),
    )


def _directory(desk: Desk) -> Habits | None:
    """How the clients sheet is written."""
    return directory_habits(desk.habits.book, desk.reading, mapping_of(desk.book.config))


def decide_call(desk: Desk, number: str, outcome: str, note: str) -> Decided:
    """A telephone call and its outcome, for the journal."""
    if outcome not in OUTCOMES:
        raise UsageError(
            "unknown-outcome",
            msg("There is no outcome “{outcome}”.", outcome=outcome),
            msg("Choose one of: {choices}.", choices=OUTCOMES),
        )
    invoice = find_invoice(desk.book.day, number)
    fact = CallNoted(**_whose(invoice), outcome=outcome, on=desk.today, note=note)
    follow = {
        "promise": msg("Note the day too: relance promise {number} DATE.", number=invoice.number),
        "dispute": msg("Note the dispute too: relance dispute {number} --reason TEXT.", number=invoice.number),
    }
    remarks = (follow[outcome],) if outcome in follow else ()
    title = _title(msg("call"), invoice)
    return Decided(act="call", title=title, facts=(fact,), remarks=remarks)


def decide_end(desk: Desk, number: str, state: State, reason: str) -> Decided:
    """A claim given up: cancelled or written off. UsageError without a reason, or when nothing is owed."""
    need_reason(reason)
    invoice = find_invoice(desk.book.day, number)
    if owed_in_sheet(invoice) <= ZERO:
        raise nothing_owed(invoice.number)
    planned = plan_end(desk.habits, invoice, state)
    fact = EndNoted(**_whose(invoice), level=_level(desk, invoice, planned), state=state, reason=reason)
    act, said = ("cancel", msg("cancelled")) if state is State.CANCELLED else ("writeoff", msg("written off"))
    return _decided(act, _title(said, invoice), planned, fact)


def need_reason(reason: str) -> None:
    """Nothing when a reason is given; UsageError otherwise."""
    if not reason.strip():
        raise UsageError(
            "reason-missing",
            msg("No reason is given, and colleagues will ask for one."),
            msg('Add the reason: --reason "goods damaged, replacement under way"'),
        )


def _decided(act: str, title: Message, planned: Planned, fact: Any) -> Decided:
    return Decided(act=act, title=title, plan=planned.plan, facts=(fact,), remarks=planned.remarks)


def _title(said: Message, invoice: Invoice) -> Message:
    return msg("{number}, {client}: {said}", number=invoice.number, client=invoice.client.shown, said=said)


def _of(said: Message, client: Client) -> Message:
    return msg("{text}: {more}", text=client.name, more=said)


def _whose(invoice: Invoice) -> dict[str, Any]:
    return {"number": invoice.number, "client": invoice.client.key}


def _level(desk: Desk, invoice: Invoice, planned: Planned) -> int:
    return invoice.level if loses_level(desk.habits, invoice, planned) else 0


def _invoice_or_client(desk: Desk, who: str) -> Invoice | Client:
    """An invoice by its number, else a client by its name."""
    try:
        find_invoices(desk.book.day, [who])
    except UsageError:
        return find_client(desk.book.day, who)
    return find_invoice(desk.book.day, who)


def _status_before(desk: Desk, invoice: Invoice) -> str | None:
    """The status that the act which disputed or held this invoice replaced, None when nobody knows."""
    column = desk.habits.column("status")
    if column is None:
        return None
    now = desk.habits.held(column, invoice.where.row)
    for act in reversed(list_acts(desk.book.journal.events)):
        event = act.event
        if not (act.in_force and isinstance(event, Intent) and event.act in _REPLACING):
            continue
        if any((fact.number, fact.client) == (invoice.number, invoice.client.key) for fact in event.facts):
            edits = [
                edit
                for edit in event.plan["edits"]
                if edit["cell"].rstrip("0123456789") == column.letters and edit["after"] == now
            ]
            if edits and isinstance(edits[0]["before"], str):
                return str(edits[0]["before"])
    return None


def _disputed_in_directory(client: Client) -> UsageError:
    return UsageError(
        "nothing-to-release",
        msg("The clients sheet says that {client} disputes what is owed.", client=client.name),
        msg("Empty that cell there, or type no: relance does not change it."),
    )


def _nothing_to_release(who: str) -> UsageError:
    return UsageError(
        "nothing-to-release",
        msg("Nothing holds {who}: no promise, hold or dispute.", who=who),
        msg("relance why NUMBER tells what an invoice waits for."),
    )

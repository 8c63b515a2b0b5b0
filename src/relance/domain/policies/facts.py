"""What decisions need to know beyond one row: the client as a whole, the day, the drafts not yet confirmed.

Gathered once per ledger in one pass. It must not decide anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from relance.dates import DAY, SendingCalendar
from relance.domain.model import Client, Draft, Invoice, Ledger, Rule, State
from relance.domain.names import is_one_of
from relance.domain.owed import credit_left, disputed
from relance.domain.settled import Invoices
from relance.money import ZERO

_NOT_OURS = frozenset({State.HANDED_OVER, State.DIRECT_DEBIT})
Debt = tuple[str, str]  # client key and currency, or client key and invoice number
Row = tuple[Invoice, Decimal]  # an invoice and what is owed


class Facts(Struct, frozen=True, kw_only=True):
    """The day and what all rows together say.

    `contacts`: the last reminder per client key, over all rows, settled ones, drafts and rows set aside included, and
    those of clients with the same e-mail address. `mailboxes`: clients who share an address, by key: one name for all.
    `astray`: the drafts that wait, per client key, of invoices the workbook no longer has.
    `owes_from`: for a client with credits, per (client key, currency), the first day on which more is overdue than the
    credits cover (None = on no day). `doubled`: (client key, number) that occur twice. `drafts`: drafts of ours by
    (client key, number). `leaves_today`: whether today is a sending day, the same rule for every invoice.
    """

    today: date
    leaves_today: Rule
    calendar: SendingCalendar
    contacts: dict[str, date]
    mailboxes: dict[str, str]
    owes_from: dict[Debt, date | None]
    doubled: frozenset[Debt]
    drafts: dict[Debt, tuple[Draft, ...]]
    astray: dict[str, tuple[Draft, ...]]
    sending: dict[date, date]

    def sending_day(self, day: date) -> date:
        """The first sending day from a day on; remembered, since many invoices wait for the same few days."""
        found = self.sending.get(day)
        if found is None:
            found = self.sending[day] = self.calendar.next_sending_day(day)
        return found


def gather_facts(ledger: Ledger, rows: Sequence[Row], calendar: SendingCalendar, today: date) -> Facts:
    """What all rows say together; `rows` are the invoices that are not plainly settled, each with what is owed, in the
    ledger's order. Time proportional to the rows."""
    drafts = _match_drafts(ledger)
    sending = calendar.next_sending_day(today)
    mailboxes = share_mailboxes(ledger.clients)
    return Facts(
        today=today,
        leaves_today=Rule("not-a-sending-day", sending == today, today, None, sending),
        calendar=calendar,
        contacts=_with_mailboxes(_last_contacts(ledger, rows, drafts), mailboxes),
        mailboxes=mailboxes,
        owes_from=_owes_from(ledger, rows),
        doubled=_doubled(ledger),
        drafts=drafts,
        astray=_astray(ledger),
        sending={},
    )


def is_pending(draft: Draft, invoice: Invoice, *, repeated: bool = False) -> bool:
    """Whether the sheet does not show yet that this draft was sent. The sheet shows it by its level or, for a
    repeated last step, by a reminder dated on the draft's day or later."""
    if draft.step > invoice.level:
        return True
    return repeated and (not invoice.reminders or invoice.reminders[-1] < draft.on)


def _match_drafts(ledger: Ledger) -> dict[Debt, tuple[Draft, ...]]:
    """Drafts under the invoice they speak of: known by number, and by client only where a number serves several."""
    by_number: dict[str, list[Draft]] = defaultdict(list)
    for draft in ledger.drafts:
        by_number[draft.number].append(draft)
    if not by_number:
        return {}
    concerned = Invoices.of(ledger.invoices).numbered(by_number)
    clients: dict[str, set[str]] = defaultdict(set)
    for invoice in concerned:
        clients[invoice.number].add(invoice.client.key)
    return {
        (invoice.client.key, invoice.number): tuple(
            draft for draft in by_number[invoice.number] if len(clients[invoice.number]) == 1 or _is_for(draft, invoice)
        )
        for invoice in concerned
    }


def _astray(ledger: Ledger) -> dict[str, tuple[Draft, ...]]:
    """The drafts to each client whose invoice is no longer in the workbook, by client key."""
    lost = [draft for draft in ledger.drafts if draft.astray and draft.client]
    if not lost:
        return {}
    clients = {client.key: client for client in (*ledger.clients, *Invoices.of(ledger.invoices).columns.clients)}
    named = ((key, (key, client.name, client.code)) for key, client in clients.items())
    return {key: tuple(draft for draft in lost if is_one_of(draft.client, names)) for key, names in named}


def _is_for(draft: Draft, invoice: Invoice) -> bool:
    client = invoice.client
    return is_one_of(draft.client, (client.key, client.name, client.code))


def _last_contacts(ledger: Ledger, rows: Sequence[Row], drafts: dict[Debt, tuple[Draft, ...]]) -> dict[str, date]:
    contacts: dict[str, date] = {}
    for invoice, _ in rows:
        if invoice.reminders:
            key, last = invoice.client.key, invoice.reminders[-1]
            if key not in contacts or last > contacts[key]:
                contacts[key] = last
    for row in ledger.set_aside:
        if row.reminded:
            contacts[row.client_key] = max(row.reminded, contacts.get(row.client_key, row.reminded))
    for invoice in Invoices.of(ledger.invoices).numbered({number for _, number in drafts}) if drafts else ():
        for draft in drafts.get((invoice.client.key, invoice.number), ()):
            if is_pending(draft, invoice) or draft.step == 0:
                contacts[invoice.client.key] = max(draft.on, contacts.get(invoice.client.key, draft.on))
    return contacts


def share_mailboxes(clients: Iterable[Client]) -> dict[str, str]:
    """The clients who share an e-mail address with another, by key: the key of the first of them."""
    first: dict[str, str] = {}
    shared: dict[str, str] = {}
    boxes_of = [(client, addresses_of(client)) for client in clients]
    everything = [address for _, addresses in boxes_of for address in addresses]
    if len(set(everything)) == len(everything):
        return {}
    for client, addresses in boxes_of:
        known = dict.fromkeys(first[address] for address in addresses if address in first)
        boxes = {shared.get(key, key) for key in known}
        if boxes - {client.key}:
            box = min(boxes)
            moved = [key for key in shared if shared[key] in boxes] if len(boxes) > 1 else []
            shared |= dict.fromkeys((*known, client.key, *moved), box)
        for address in addresses:
            first.setdefault(address, client.key)
    return shared


def addresses_of(client: Client) -> list[str]:
    """The e-mail addresses of a client, capitals folded.

    >>> addresses_of(Client("d", "D", email="Compta@d.example, d@d.example"))
    ['compta@d.example', 'd@d.example']
    """
    text = client.email.lower()
    return [address.strip() for address in text.split(",")] if "," in text else [text.strip()] if text else []


def _with_mailboxes(contacts: dict[str, date], mailboxes: dict[str, str]) -> dict[str, date]:
    """The contacts, each client counting those of all who read the same mailbox."""
    latest: dict[str, date] = {}
    for key, box in mailboxes.items():
        if key in contacts:
            latest[box] = max(contacts[key], latest.get(box, contacts[key]))
    return contacts | {key: latest[box] for key, box in mailboxes.items() if box in latest}


def _doubled(ledger: Ledger) -> frozenset[Debt]:
    seen: set[Debt] = set()
    doubled: set[Debt] = set()
    for invoice in Invoices.of(ledger.invoices).twice:
        known = (invoice.client.key, invoice.number)
        (doubled if known in seen else seen).add(known)
    return frozenset(doubled)


def _owes_from(ledger: Ledger, rows: Sequence[Row]) -> dict[Debt, date | None]:
    """The day from which a client with credits owes more than they cover, oldest due dates first (Code civil
    1342-10). Overpaid invoices are credits too; what nobody asks for (held, handed over, collected by the bank) is no
    reason to ask for the rest."""
    credit: dict[Debt, Decimal] = defaultdict(Decimal)
    for note in ledger.credits:
        credit[note.client.key, note.currency] += credit_left(note)
    for invoice, amount in rows:
        if amount < ZERO:
            credit[invoice.client.key, invoice.currency] -= amount
    if not credit:
        return {}
    due: dict[Debt, list[tuple[date, Decimal]]] = defaultdict(list)
    for invoice, amount in rows:
        key = (invoice.client.key, invoice.currency)
        if key in credit and amount > ZERO and (day := _asked_from(invoice)):
            due[key].append((day, amount - disputed(invoice)))
    return {key: _exceeded_on(left, due[key]) for key, left in credit.items() if left}


def _asked_from(invoice: Invoice) -> date | None:
    """The due date, or the end of a hold after it; None where a hold has no end or somebody else collects."""
    state = invoice.status.state if invoice.status else None
    if invoice.due is None or state in _NOT_OURS or invoice.direct_debit or invoice.client.direct_debit:
        return None
    ends = [hold.until for hold in (invoice.hold, invoice.client.hold) if hold]
    if None in ends or (state is State.ON_HOLD and not ends):
        return None
    return max((invoice.due, *filter(None, ends)))


def _exceeded_on(credit: Decimal, due: list[tuple[date, Decimal]]) -> date | None:
    total = ZERO
    for day, amount in sorted(due):
        total += amount
        if total > credit:
            return day + DAY
    return None

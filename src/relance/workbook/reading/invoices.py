"""Rows of parsed cells become invoices and credit notes, or are set aside with their problems.

Here the cells of one row meet: payments against status and balance, due date or terms, credit notes against the
invoice they name. It must not read cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import compress
from operator import not_
from typing import Any

from relance.domain.model import Client, Invoice, Payment, SetAside, State
from relance.domain.settled import Columns, Invoices, Lazy
from relance.errors import Where
from relance.money import ZERO, Money
from relance.workbook.reading.clients import Register
from relance.workbook.reading.duedates import DueDates
from relance.workbook.reading.gather import Read
from relance.workbook.reading.grid import Grid
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.netting import credit_places, doubt_prefixes, net_notes
from relance.workbook.reading.notices import assumptions
from relance.workbook.reading.reader import TEXTS
from relance.workbook.reading.remarks import Remark, hold_by
from relance.workbook.reading.retention import tell_retentions, without
from relance.workbook.reading.settle import STANDING, Evidence, Sheet, payments_of
from relance.workbook.reading.settled_rows import paid_in_full, plainly_settled
from relance.workbook.reading.trouble import lightened

_SETTLED = frozenset({State.PAID, State.CANCELLED, State.DRAFT, State.WRITTEN_OFF})
_PAID = State.PAID  # an enum's member looked up once, not once a row
_UNPAID = frozenset({None, *STANDING})
_ASKED_FOR = _UNPAID | {State.PARTIAL}
_NOBODY = Client("", "")
_Built = tuple[Invoices, list[Invoice], list[SetAside]]


def build(grid: Grid, read: Read, clients: dict[str, Client], register: Register) -> _Built:
    """The invoices, the credit notes that name none of them, and the rows set aside, in sheet order.

    Of the `register` count the terms agreed with a client and the doubts that set aside all that it still owes.
    """
    return _Builder(grid, read, clients, register).build()


class _Builder:
    def __init__(self, grid: Grid, read: Read, clients: dict[str, Client], register: Register) -> None:
        self.grid, self.read, self.clients = grid, read, clients
        self.doubts, self.dues = register.doubts, DueDates(grid, read, register.agreed)
        self.disputes, self.numbered = any(client.dispute for client in clients.values()), grid.has("number")
        self.states = [status.state if status is not None else None for status in read.status]
        self.sheet = Sheet(grid.has("paid"), self._status_alone(), grid.mapping.tolerance)
        self.credit_places = credit_places(read, self.states)
        doubt_prefixes(grid, read, self.credit_places, self.states)
        self._set_negative_receipts_aside()
        self.credits, self.netted = net_notes(grid, read, self.credit_places)
        self.remarks = any(meaning(column.header).sure == "comment" for column in grid.table.all("comment"))
        self.unusual = self.credit_places | self.credits.keys() | read.retained.keys()
        self.kept: dict[str, list[Decimal]] = {}
        if type(None) in set(map(type, read.total)):
            self.unusual |= {place for place, total in enumerate(read.total) if total is None}
        self.extras = [
            (field, [value or None for value in values] if field in TEXTS else values)
            for field, values in read.extras.items()
        ]

    def build(self) -> _Built:
        """See `build`."""
        read, grid = self.read, self.grid
        settled = plainly_settled(read, self.states, self.sheet, but={*self.unusual, *grid.grave, *grid.dates})
        invoices: dict[int, Invoice] = {}
        notes: list[Invoice] = []
        aside: list[SetAside] = []
        places = [place for place in compress(range(grid.size), map(not_, settled)) if place not in read.left_out]
        for place, row in zip(places, self._rows(places), strict=True):
            made = None if place in grid.grave else self._invoice(place, row)
            if made is None:
                aside.append(self._set_aside(place))
            elif not made.is_credit_note:
                invoices[place] = made
            elif place not in self.netted:
                notes.append(made)
        grid.light.extend(assumptions(grid, self.sheet, self.dues.assumed))
        tell_retentions(grid, self.kept)
        return self._in_order(invoices, settled), notes, aside

    def _in_order(self, made: dict[int, Invoice], settled: list[bool]) -> Invoices:
        """The invoices made by their position among all, with what is known of the settled ones without making them."""
        read, kept = self.read, list(settled)
        for place in made:
            kept[place] = True
        everything = all(kept)

        def among(column: Sequence[Any]) -> Sequence[Any]:
            return column if everything else list(compress(column, kept))

        places, flags = among(range(self.grid.size)), among(settled)

        def make(wanted: Iterable[int]) -> Iterator[Invoice]:
            rows = [places[position] for position in wanted]
            return (found for row in zip(rows, self._rows(rows), strict=True) if (found := self._invoice(*row)))

        columns = Columns(
            numbers=among(read.number),
            clients=[self.clients.get(key, _NOBODY) for key in among(read.key)],
            settled=list(compress(range(len(flags)), flags)),
            issued=list(compress(read.issued, settled)),
            due=Lazy(lambda: compress(read.due, settled)),
            paid_on=list(compress(read.paid_on, settled)),
            amounts=Lazy(lambda: compress(paid_in_full(read, self.sheet), settled)),
            currencies=Lazy(lambda: compress(read.currency, settled)),
        )
        others = compress(range(len(flags)), map(not_, flags))
        return Invoices(dict(zip(others, made.values(), strict=True)), columns, make)

    def _rows(self, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """What `_invoice` needs of some rows, column by column."""
        read, table = self.read, self.grid.table
        wheres = (Where(table.sheet, table.first_row + place) for place in places)
        clients = (self.clients.get(read.key[place], _NOBODY) for place in places)
        others = (
            read.total, read.currency, read.issued, read.due, read.status, read.deposit, read.paid, read.paid_on,
            read.balance, read.reminders,
        )  # fmt: skip
        return zip(
            wheres, map(read.number.__getitem__, places), clients,
            *(map(column.__getitem__, places) for column in others), strict=True,
        )  # fmt: skip

    def _invoice(self, place: int, row: tuple[Any, ...]) -> Invoice | None:
        """The invoice of a row, or None with the problems noted. Rows that are plain, as most are, cost little."""
        where, number, client, total, currency, issued, due, status, deposit, paid, paid_on, balance, reminders = row
        state = status.state if status is not None else None
        extra = self._carried(place, state)
        plain = deposit is None and balance is None and place not in self.unusual
        if plain and state is _PAID and paid is not None and paid == total:
            payments: tuple[Payment, ...] | None = (Payment(paid, paid_on),)
        elif plain and state in _UNPAID and paid is None and paid_on is None:
            payments = ()
        else:
            total, payments = self._weigh(place, row, extra)
        if payments is not None and self.doubts and self._client_in_doubt(place, row, payments):
            return None
        if payments is None or (place in self.grid.dates and not self._dates_excused(place, state)):
            return None
        if due is None and issued:
            due, extra["due_source"] = self.dues.of(place, issued, extra, settled=state in _SETTLED)
            if due is None and place in self.grid.grave:
                return None
        if self.disputes and client.dispute and state not in _SETTLED:
            extra.setdefault("dispute", client.dispute)
        if not self.numbered:
            extra["numbered"] = False
        if reminders is not None:
            extra["reminders"] = reminders.dates
            if reminders.undated:
                extra["count"] = max(extra.get("count", 0), len(reminders.dates) + reminders.undated)
        if not extra:  # the same, three times faster without a dictionary
            return Invoice(
                number=number, client=client, where=where, total=total, currency=currency, issued=issued, due=due,
                payments=payments, status=status,
            )  # fmt: skip
        return Invoice(
            number=number, client=client, where=where, total=total, currency=currency, issued=issued, due=due,
            payments=payments, status=status, **extra,
        )  # fmt: skip

    def _carried(self, place: int, state: State | None) -> dict[str, Any]:
        """What the invoice of a row merely carries, by its field; a comment may hold it."""
        extra = {field: value for field, values in self.extras if (value := values[place]) is not None}
        comment = extra.get("comment")
        if comment and "hold" not in extra and state not in _SETTLED:
            row = Remark(
                comment=comment,
                paid=bool(self.read.paid[place] or self.read.deposit[place]),
                promised="promise" in extra,
                level=status.level if (status := self.read.status[place]) else 0,
                doubtful=self.remarks and state in _ASKED_FOR and "dispute" not in extra,
                of_client=bool(self.read.key[place]),
            )
            if hold := hold_by(row, self.grid, place):
                extra["hold"] = hold
        return extra

    def _weigh(
        self, place: int, row: tuple[Any, ...], extra: dict[str, Any]
    ) -> tuple[Decimal, tuple[Payment, ...] | None]:
        """The total and the payments of a row where several amounts meet; credit notes that name it go to `extra`."""
        _, _, _, total, _, _, _, status, deposit, paid, paid_on, balance, _ = row
        total = total if total is not None else ZERO
        is_credit = place in self.credit_places
        if is_credit:
            total, extra["is_credit_note"] = -abs(total), True
        rest = total - (deposit or ZERO)
        if named := self.credits.get(place):
            extra["credits"] = tuple(named)
            rest -= sum((credit.amount for credit in named), ZERO)
        state = status.state if status is not None else None
        evidence = Evidence(rest, paid, paid_on, balance, state, rest != total)
        if kept := self.read.retained.get(place):
            return total, self._but_for(place, evidence, min(kept, max(rest, ZERO)), extra)
        return total, self._payments(place, evidence, is_credit=is_credit)

    def _but_for(self, place: int, row: Evidence, kept: Decimal, extra: dict[str, Any]) -> tuple[Payment, ...] | None:
        """The payments of a row of which the client keeps back a guarantee: at most what is still unpaid is kept."""
        rest = without(row, kept)
        apart = (row.state is _PAID and row.paid is not None) or (row.balance is not None and row.balance == rest.rest)
        payments = self._payments(place, rest if apart else row, is_credit=False)
        if payments is not None:
            left = row.rest - sum((payment.amount for payment in payments), ZERO)
            if kept := min(kept, max(left, ZERO)):
                extra["retained"] = kept
                self.kept.setdefault(self.read.currency[place], []).append(kept)
        return payments

    def _client_in_doubt(self, place: int, row: tuple[Any, ...], payments: tuple[Payment, ...]) -> bool:
        """Whether nobody can say how to treat the client of a row on which something is still owed: noted."""
        problems = self.doubts.get(self.read.key[place])
        _, _, _, total, _, _, _, status, deposit, *_ = row
        if not problems or (status is not None and status.state in _SETTLED):
            return False
        if total is not None and abs(total) <= sum((paid.amount for paid in payments), deposit or ZERO):
            return False
        self.grid.grave.setdefault(place, []).extend(problems)
        return True

    def _payments(self, place: int, row: Evidence, *, is_credit: bool) -> tuple[Payment, ...] | None:
        if is_credit:
            refunded = row.rest if row.state is _PAID or (row.paid_on and not row.paid) else -abs(row.paid or ZERO)
            return (Payment(refunded, row.paid_on),) if refunded else ()
        if row.state in _SETTLED and row.state is not State.PAID:
            return (Payment(row.paid, row.paid_on),) if row.paid else ()
        found = payments_of(row, self.sheet)
        if not isinstance(found, str):
            return found
        status = self.read.status[place]
        value: Money | str = status.word if status and found == "status-contradicted" else ""
        if found == "paid-contradicted":
            left = row.rest - (row.paid or ZERO) if self.sheet.has_paid else ZERO
            value = Money(max(left, row.balance or ZERO), self.read.currency[place])
        role = "status" if value or not self.sheet.has_paid else "paid"
        self.grid.set_aside(place, found, value, role=role)
        return None

    def _dates_excused(self, place: int, state: State | None) -> bool:
        """Whether unreadable dates of a row may be told without setting it aside: only when it is certainly settled."""
        problems = self.grid.dates.get(place)
        if not problems:
            return True
        if state in _SETTLED:
            self.grid.light.extend(map(lightened, problems))
            return True
        self.grid.grave.setdefault(place, []).extend(problems)
        return False

    def _set_aside(self, place: int) -> SetAside:
        read, grid = self.read, self.grid
        client = self.clients.get(read.key[place])
        problems = grid.grave[place] + [p for p in grid.dates.get(place, ()) if p not in grid.grave[place]]
        return SetAside(
            where=grid.where(place),
            number=read.number[place] or "",
            client=client.name if client else read.client[place] or "",
            amount=read.total[place],
            currency=read.currency[place],
            problems=tuple(problems),
            client_key=client.key if client else "",
            reminded=reminders.dates[-1] if (reminders := read.reminders[place]) and reminders.dates else None,
        )

    def _status_alone(self) -> bool:
        """Whether most rows called paid leave the payment column blank: there, blank means paid in full."""
        read = self.read
        if not self.grid.has("paid"):
            return False
        blank = [state for amount, state in zip(read.paid, self.states, strict=True) if amount is None]
        return 2 * blank.count(_PAID) > self.states.count(_PAID)

    def _set_negative_receipts_aside(self) -> None:
        """A negative deposit or payment would increase the debt, and nobody knows what it means."""
        read = self.read
        for role, amounts in (("deposit", read.deposit), ("paid", read.paid)):
            if min(filter(None, amounts), default=ZERO) >= ZERO:
                continue
            for place, amount in enumerate(amounts):
                if amount is not None and amount < ZERO and place not in self.credit_places | read.left_out:
                    self.grid.set_aside(place, "received-negative", Money(amount, read.currency[place]), role=role)

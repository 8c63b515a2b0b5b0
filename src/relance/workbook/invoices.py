"""Rows of parsed cells become invoices and credit notes, or are set aside with their problems.

Here the cells of one row meet: payments against status and balance, due date or terms, credit notes against the
invoice they name. It must not read cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from relance.domain.model import Client, Credit, DueSource, Invoice, Payment, SetAside, State
from relance.domain.terms import Reading, due_date, parse_terms
from relance.errors import Problem, Severity, Where, msg, msg_n
from relance.money import ZERO
from relance.workbook.credits import Named, Note, known_numbers, net
from relance.workbook.gather import Read
from relance.workbook.grid import Grid
from relance.workbook.settle import Evidence, Sheet, payments_of

_SETTLED = frozenset({State.PAID, State.CANCELLED, State.DRAFT, State.WRITTEN_OFF})
_NOBODY = Client("", "")
_Built = tuple[list[Invoice], list[Invoice], list[SetAside]]


def build(grid: Grid, read: Read, clients: dict[str, Client]) -> _Built:
    """The invoices, the credit notes that name none of them, and the rows set aside, in sheet order."""
    return _Builder(grid, read, clients).build()


class _Builder:
    def __init__(self, grid: Grid, read: Read, clients: dict[str, Client]) -> None:
        self.grid, self.read, self.clients = grid, read, clients
        self.has_due = grid.has("due")
        self.assumed = 0
        self.sheet = Sheet(grid.has("paid"), self._status_alone(), grid.mapping.tolerance)
        self.credit_places = self._credit_places()
        self.credits, self.netted = self._net()

    def build(self) -> _Built:
        read, grid = self.read, self.grid
        invoices: list[Invoice] = []
        notes: list[Invoice] = []
        aside: list[SetAside] = []
        rows = zip(
            read.number, read.key, read.total, read.currency, read.issued, read.due, read.deposit, read.paid,
            read.paid_on, read.balance, read.status, read.count, read.reminders, strict=True,
        )  # fmt: skip
        grave, left_out = grid.grave, read.left_out
        for place, row in enumerate(rows):
            if place in left_out:
                continue
            made = None if place in grave else self._invoice(place, row)
            if made is None:
                aside.append(self._set_aside(place))
            elif not made.is_credit_note:
                invoices.append(made)
            elif place not in self.netted:
                notes.append(made)
        grid.light.extend(self._notices())
        return invoices, notes, aside

    def _invoice(self, place: int, row: tuple[Any, ...]) -> Invoice | None:
        """The invoice of a row, or None with the problems noted."""
        number, key, total, currency, issued, due, deposit, paid, paid_on, balance, status, count, reminders = row
        is_credit, named = place in self.credit_places, self.credits.get(place, ())
        total = total if total is not None else ZERO
        if is_credit:
            total = -abs(total)
        deposit = deposit or ZERO
        rest = total - deposit - sum((credit.amount for credit in named), ZERO) if named else total - deposit
        state = status.state if status else None
        payments = self._payments(
            place, Evidence(rest, paid, paid_on, balance, state, rest != total), is_credit=is_credit
        )
        if payments is None or not self._dates_excused(place, state):
            return None
        source = DueSource.SHEET
        if not self.has_due and issued:
            due, source = self._due(place, issued, state)
            if due is None and state not in _SETTLED:
                return None
        if reminders is not None and reminders.undated:
            count = max(count or 0, len(reminders.dates) + reminders.undated)
        read = self.read
        return Invoice(
            number=number,
            client=self.clients.get(key, _NOBODY),
            where=Where(self.grid.table.sheet, self.grid.table.first_row + place),
            total=total,
            currency=currency,
            issued=issued,
            due=due,
            due_source=source,
            terms=read.terms[place],
            deposit=deposit,
            payments=payments,
            credits=tuple(named),
            balance=balance,
            surcharge=read.surcharge[place],
            count=count,
            reminders=reminders.dates if reminders is not None else (),
            status=status,
            dispute=read.dispute[place],
            promise=read.promise[place],
            hold=read.hold[place],
            is_credit_note=is_credit,
            order=read.order[place],
            comment=read.comment[place],
            file=read.file[place],
            policy=read.policy[place] or None,
        )

    def _payments(self, place: int, row: Evidence, *, is_credit: bool) -> tuple[Payment, ...] | None:
        if is_credit:
            return (Payment(row.rest, row.paid_on),) if row.state is State.PAID or row.paid_on else ()
        if row.state in _SETTLED and row.state is not State.PAID:
            return (Payment(row.paid, row.paid_on),) if row.paid else ()
        found = payments_of(row, self.sheet)
        if not isinstance(found, str):
            return found
        status = self.read.status[place]
        role, value = {
            "paid-contradicted": ("status", row.rest - (row.paid or ZERO) if self.sheet.has_paid else row.balance),
            "status-contradicted": ("status", status.word if status else ""),
        }.get(found, ("paid" if self.sheet.has_paid else "status", ""))
        self.grid.set_aside(place, found, value, role=role)
        return None

    def _dates_excused(self, place: int, state: State | None) -> bool:
        """Whether unreadable dates of a row may be told without setting it aside: only when it is certainly settled."""
        problems = self.grid.dates.get(place)
        if not problems:
            return True
        if state in _SETTLED:
            self.grid.light.extend(replace(problem, severity=Severity.WARNING) for problem in problems)
            return True
        self.grid.grave.setdefault(place, []).extend(problems)
        return False

    def _due(self, place: int, issued: date, state: State | None) -> tuple[date | None, DueSource]:
        """The due date of a sheet without due date column: the terms of the row or of the configuration, else the
        usual days, marked as assumed."""
        mapping = self.grid.mapping
        text = self.read.terms[place] or mapping.terms
        if not text:
            self.assumed += state not in _SETTLED
            return issued + timedelta(days=mapping.usual_days), DueSource.ASSUMED
        due = _due_by(text, issued, mapping.terms_reading)
        if due is None and state not in _SETTLED:
            self.grid.set_aside(place, "terms-unreadable", text, role="terms")
        return due, DueSource.TERMS

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
        )

    def _status_alone(self) -> bool:
        """Whether most rows called paid leave the payment column blank: there, blank means paid in full."""
        read = self.read
        cells = [
            (paid, paid_on)
            for status, paid, paid_on in zip(read.status, read.paid, read.paid_on, strict=True)
            if status is not None and status.state is State.PAID
        ]
        return 2 * sum(1 for paid, _ in cells if paid is None) > len(cells)

    def _credit_places(self) -> set[int]:
        read = self.read
        found = {place for place, total in enumerate(read.total) if total is not None and total < 0}
        found |= {place for place, word in enumerate(read.credit) if word}
        states = {place for place, status in enumerate(read.status) if status and status.state is State.CREDIT_NOTE}
        return (found | states) - read.left_out

    def _net(self) -> tuple[dict[int, list[Credit]], set[int]]:
        """Share the credit notes out among the invoices they name."""
        if not self.credit_places:
            return {}, set()
        read, grave = self.read, self.grid.grave
        known = known_numbers(
            (number, Named(place, key, currency))
            for place, (number, key, currency) in enumerate(zip(read.number, read.key, read.currency, strict=True))
            if number and place not in self.credit_places and place not in read.left_out
        )
        return net([note for note in map(self._note, sorted(self.credit_places - grave.keys())) if note], known)

    def _note(self, place: int) -> Note | None:
        read = self.read
        status, amount = read.status[place], read.total[place]
        if amount is None or (status and status.state in {State.CANCELLED, State.DRAFT}):
            return None
        texts = (read.number[place], read.order[place], read.comment[place])
        return Note(place, texts, read.key[place], read.currency[place], abs(amount), read.issued[place], texts[0])

    def _notices(self) -> Iterator[Problem]:
        where = Where(self.grid.table.sheet, self.grid.table.header_row)
        if self.assumed:
            yield Problem(
                "due-assumed",
                Severity.NOTICE,
                msg_n(
                    "No due date column: {n} due date was assumed {days} days after the invoice date.",
                    "No due date column: {n} due dates were assumed {days} days after the invoice date.",
                    self.assumed,
                    days=self.grid.mapping.usual_days,
                ),
                msg("Add a due date column, or set workbook.terms in relance.toml."),
                where,
            )
        if self.sheet.has_paid and self.sheet.status_alone:
            yield Problem(
                "status-alone",
                Severity.NOTICE,
                msg("Most invoices called paid show no amount paid: there the status alone is believed."),
                msg("Type the amount paid beside the status to have the two compared."),
                where,
            )


@lru_cache(maxsize=8192)
def _due_by(text: str, issued: date, reading: str) -> date | None:
    terms = _terms(text)
    return due_date(terms, issued, Reading(reading)) if terms else None


_terms = lru_cache(maxsize=1024)(parse_terms)

"""One workbook on one day: what was read, what is decided, what lateness costs. The value every command starts from.

Put together by the office; it must not know files, nor how anything is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cached_property

from relance.dates import SendingCalendar
from relance.domain.as_of import ledger_on
from relance.domain.late_fees.fee_values import Fees
from relance.domain.measures.ageing import BOUNDS, Ageing, Freshness, compute_ageing, compute_freshness
from relance.domain.measures.figures_outstanding import Outstanding, compute_outstanding, last_months
from relance.domain.model import Decision, Draft, Invoice, Ledger
from relance.domain.policies.chase import TOLD, Chase, chase_groups
from relance.domain.policies.decide import decide_all, explain
from relance.domain.policies.policy import PolicySet
from relance.domain.policies.reasons import SETTLED
from relance.domain.settled import Invoices
from relance.errors import Problem
from relance.money import ZERO, Money

Entry = tuple[Invoice, Decision]


class Day:
    """The ledger of a workbook on a day, with the rules that hold for it; what follows from them is computed once,
    when first asked for. `fees_of` gives the late fees of an invoice on that day, `check` what the checks find in a
    ledger."""

    def __init__(
        self,
        ledger: Ledger,
        today: date,
        rules: tuple[PolicySet, SendingCalendar],
        fees_of: Callable[[Invoice], Fees],
        check: Callable[[Ledger], tuple[Problem, ...]],
        *,
        name: str = "",
        bounds: tuple[int, ...] = BOUNDS,
        fresh_days: int = 5,
    ) -> None:
        self.ledger = ledger_on(ledger, today)
        self.today = today
        self.policies, self.calendar = rules
        self.fees_of = fees_of
        self.check = check
        self.name = name
        self.bounds = bounds
        self.fresh_days = fresh_days

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """One decision per invoice, in the ledger's order."""
        return decide_all(self.ledger, self.policies, self.calendar, self.today)

    @cached_property
    def chases(self) -> tuple[Chase, ...]:
        """Whom to chase today, what matters most first."""
        return chase_groups(self.ledger, self.decisions, self.policies, self.today)

    @cached_property
    def waiting(self) -> tuple[Entry, ...]:
        """The overdue invoices that are not chased today, those that wait for a date first, by date."""
        told = [entry for entry in self.live if entry[1].reason in _TOLD]
        found = [entry for entry in told if entry[0].is_late(self.today) or entry[1].reason in _ALWAYS_TOLD]
        return tuple(sorted(found, key=lambda entry: (entry[1].next_date or date.max, entry[0].due or date.max)))

    @cached_property
    def live(self) -> tuple[Entry, ...]:
        """The invoices on which something is owed or doubtful, with their decisions, in sheet order."""
        return tuple([(invoice, decision) for invoice, _, decision in self._owing])

    @cached_property
    def _owing(self) -> tuple[tuple[Invoice, Decimal, Decision], ...]:
        """As `live`, with what is owed."""
        invoices, decisions = Invoices.of(self.ledger.invoices), self.decisions
        rows = zip(invoices.unsettled, invoices.owing, strict=True)
        found = [(invoice, amount, decisions[at]) for (at, _), (invoice, amount) in rows]
        return tuple([row for row in found if row[2].reason not in _OVER])

    @cached_property
    def overdue(self) -> tuple[Entry, ...]:
        """Every overdue invoice with its decision, the latest first."""
        today = self.today
        found = [(row, decision) for row, amount, decision in self._owing if amount > ZERO and row.is_late(today)]
        found.sort(key=lambda entry: entry[0].number)  # twice by one thing costs less than once by both
        found.sort(key=lambda entry: entry[0].due or today)
        return tuple(found)

    @cached_property
    def ageing(self) -> tuple[Ageing, ...]:
        """What is owed per currency, by how late it is."""
        return compute_ageing(self.ledger, self.today, self.bounds)

    @cached_property
    def course(self) -> tuple[Outstanding, ...]:
        """What was owed per currency at the end of each of the last twelve months, and today."""
        return compute_outstanding(self.ledger, last_months(self.today))

    @cached_property
    def freshness(self) -> Freshness:
        """How old the last payment typed is."""
        return compute_freshness(self.ledger, self.today)

    @cached_property
    def _fees_of_overdue(self) -> tuple[tuple[Invoice, Fees], ...]:
        return tuple([(invoice, self.fees_of(invoice)) for invoice, _ in self.overdue])

    @cached_property
    def fees(self) -> dict[str, tuple[Decimal, bool]]:
        """The late fees still owed on the overdue invoices per currency, and whether some of them are provisional."""
        sums: dict[str, tuple[Decimal, bool]] = {}
        for invoice, fees in self._fees_of_overdue:
            total, provisional = sums.get(invoice.currency, (ZERO, False))
            sums[invoice.currency] = (total + fees.owed, provisional or fees.provisional)
        return sums

    @cached_property
    def apart(self) -> dict[str, tuple[Money, ...]]:
        """The flat indemnities due in another currency than that of the overdue invoices, by the latter, summed per
        currency."""
        sums: dict[str, dict[str, Decimal]] = {}
        for invoice, fees in self._fees_of_overdue:
            if flat := fees.apart:
                mine = sums.setdefault(invoice.currency, {})
                mine[flat.currency] = mine.get(flat.currency, ZERO) + flat.amount
        return {
            currency: tuple(Money(amount, other) for other, amount in mine.items()) for currency, mine in sums.items()
        }

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What reading found wrong, in rows set aside and elsewhere, and what the checks find in what was read."""
        aside = (problem for row in self.ledger.set_aside for problem in row.problems)
        read = {id(problem): problem for problem in (*aside, *self.ledger.problems)}  # one may stop several rows
        return (*read.values(), *self.check(self.ledger))

    @cached_property
    def unconfirmed(self) -> tuple[Draft, ...]:
        """The drafts that stop their invoice and have waited for more than three days, and at once those of which
        nobody knows whether they left, oldest first."""
        stopped = {invoice.number for invoice, decision in self.live if decision.reason == "awaiting-confirmation"}
        found = [draft for draft in self.ledger.drafts if (draft.number in stopped or draft.astray) and draft.step]
        old = [draft for draft in found if draft.doubtful or (self.today - draft.on).days > _PATIENCE_DAYS]
        return tuple(sorted(old, key=lambda draft: (draft.on, draft.number)))

    def explain(self, invoice: Invoice) -> Decision:
        """The decision of an invoice with every rule evaluated."""
        return explain(invoice, self.ledger, self.policies, self.calendar, self.today)


_PATIENCE_DAYS = 3

_OVER = SETTLED - {"nothing-due"}
"""Reasons for which nothing at all is owed."""

_ALWAYS_TOLD = frozenset({"no-due-date", "client-in-credit"})
"""Reasons told although the invoice is not overdue, or not known to be."""

_TOLD = TOLD | _ALWAYS_TOLD

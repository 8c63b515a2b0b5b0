"""A ledger -> what is wrong in it, cell by cell: the sheet doctor.

Problems of cells that could not be read at all come from the reading (`Ledger.problems`); here are those that only
the whole sheet shows. It must not decide or repair anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from relance.domain.checking.checks_clients import CLIENT_CHECKS
from relance.domain.checking.checks_rows import ROW_CHECKS, Check, Sheet
from relance.domain.model import Invoice, Ledger
from relance.domain.owed import owed
from relance.domain.policies.policy import PolicySet
from relance.domain.settled import Invoices
from relance.errors import Problem
from relance.money import ZERO

CHECKS: tuple[Check, ...] = (*ROW_CHECKS, *CLIENT_CHECKS)
"""Every check of the sheet doctor."""


def check_ledger(
    ledger: Ledger,
    policies: PolicySet,
    today: date,
    *,
    check_term: Callable[[Invoice], Problem | None] = lambda _: None,
    legal_forms: frozenset[str] = frozenset(),
) -> tuple[Problem, ...]:
    """Every problem of the rows and the clients, in the order of the sheet; those of the reading are not repeated.

    `check_term` is `terms.check_term` under the law of the invoice's debtor.
    """
    invoices = Invoices.of(ledger.invoices)
    rows = (*invoices.owing, *((invoice, owed(invoice)) for _, invoice in invoices.dated_after(today)))
    sheet = Sheet(
        ledger=ledger,
        invoices=invoices,
        rows=rows,
        open_rows=tuple([row for row in rows if row[1] > ZERO]),
        policies=policies,
        today=today,
        letters={found.role: found.column for found in reversed(ledger.columns)},
        check_term=check_term,
        legal_forms=legal_forms,
    )
    problems = [problem for check in CHECKS for problem in check(sheet)]
    return tuple(sorted(problems, key=lambda problem: problem.where.row if problem.where else 0))

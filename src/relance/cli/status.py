"""relance status, invoices, why, fees, check: what is shown of a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from relance.cli.session import Session, parse_day
from relance.domain.model import Invoice, SetAside
from relance.errors import UsageError, msg
from relance.office.book import Book, open_book
from relance.office.find import find_invoices, find_netted
from relance.reports.view import View

Numbers = Annotated[
    list[str] | None, typer.Argument(metavar="[NUMBER]...", help="Invoice numbers; all late ones without.")
]


def book_of(ctx: typer.Context) -> tuple[Session, Book]:
    """The session of this run and its open workbook."""
    session: Session = ctx.obj
    config = session.config()
    session.begin()
    book = open_book(config, session.today)
    session.book = book.path
    return session, book


def check_sort_key(key: str, known: Iterable[str]) -> None:
    """UsageError where a list cannot be sorted by that key."""
    if key not in known:
        raise UsageError(
            "unknown-sort-key",
            msg("There is no sort key {key}.", key=key),
            msg("Choose one of: {choices}.", choices=tuple(known)),
        )


def status(ctx: typer.Context) -> View:
    """What is owed, what is late, whom to chase today and why."""
    from relance.reports.views.status import status_view  # noqa: PLC0415 - each command loads its own view

    return status_view(book_of(ctx)[1].day)


def invoices(
    ctx: typer.Context,
    client: Annotated[str, typer.Option(metavar="TEXT", help="Only clients whose name holds this text.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only overdue invoices.")] = False,
    settled: Annotated[bool, typer.Option("--all", help="Settled invoices too.")] = False,
    fees_owed: Annotated[
        bool, typer.Option("--fees-owed", help="Only those, settled or not, on which late fees are owed.")
    ] = False,
    sort: Annotated[str, typer.Option(metavar="KEY", help="due, number, client, issued, open, late or step.")] = "due",
) -> View:
    """The list of invoices, filtered and sorted."""
    from relance.reports.views.invoices import SORT_KEYS, invoices_view, select  # noqa: PLC0415

    check_sort_key(sort, SORT_KEYS)
    day = book_of(ctx)[1].day
    chosen = select(day, client=client, overdue=overdue, settled=settled or fees_owed)
    ordered = sorted(chosen, key=SORT_KEYS[sort])
    if fees_owed:
        from relance.reports.views.fees_owed import fees_owed_view  # noqa: PLC0415

        return fees_owed_view(day, ordered)
    return invoices_view(day, ordered, sort)


def why(
    ctx: typer.Context, number: Annotated[str, typer.Argument(metavar="NUMBER", help="An invoice number.")]
) -> View:
    """Every rule for one invoice: its inputs, its result, the first date on which it becomes true."""
    from relance.reports.views.why import credit_view, set_aside_view, why_view  # noqa: PLC0415

    day = book_of(ctx)[1].day
    if netted := find_netted(day, number):
        return credit_view(*netted)
    invoice = find_invoices(day, [number])[0]
    if isinstance(invoice, SetAside):
        return set_aside_view(invoice)
    place = (invoice.where.sheet, invoice.where.row)
    own = tuple(p for p in day.problems if p.where and (p.where.sheet, p.where.row) == place)
    return why_view(day, invoice, day.explain(invoice), own)


def fees(
    ctx: typer.Context,
    numbers: Numbers = None,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Fees as of that day, past or future.")
    ] = "",
    costs: Annotated[
        list[str] | None,
        typer.Option(metavar="AMOUNT:EVIDENCE", help="A recovery cost of the one invoice named, with its evidence."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Bring the surcharge column up to date.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --write: without asking, for scripts.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --write: show only, write nothing.")] = False,
) -> View:
    """Late fees line by line, as one can re-add them: interest, indemnity, total, the rule and its source."""
    if write:
        from relance.cli.surcharge import write_surcharge  # noqa: PLC0415

        return write_surcharge(ctx, tuple(numbers or ()), yes=yes, dry_run=dry_run)
    from relance.office.late_fees import late_on, parse_costs  # noqa: PLC0415 - each command loads its own view
    from relance.reports.views.fees import fees_view  # noqa: PLC0415

    book = book_of(ctx)[1]
    day, when = book.day, parse_day(as_of) if as_of else book.day.today
    extra = parse_costs(costs or [], numbers or [])
    fees_of = book.tariff.fees_on(when, extra)
    chosen = find_invoices(day, numbers) if numbers else late_on(day, when)
    invoices = [row for row in chosen if isinstance(row, Invoice)]
    aside = tuple(row for row in chosen if isinstance(row, SetAside))
    return fees_view(tuple((invoice, fees_of(invoice)) for invoice in invoices), aside, when, day.today)


def check(ctx: typer.Context) -> View:
    """Every problem of the workbook with its sheet and cell, the value found, what to do; exit code 1 on errors."""
    from relance.office.stationery import check_sender_of  # noqa: PLC0415 - the letters load with it
    from relance.reports.views.check import check_view  # noqa: PLC0415

    book = book_of(ctx)[1]
    ours = tuple(problem for problem in check_sender_of(book.config) if problem.code.endswith("-mistyped"))
    return check_view(book.day.name, (*book.day.problems, *ours), book.day.today)

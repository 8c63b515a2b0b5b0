"""relance clients, client, ageing, statement: who owes what, since when, and what one client is shown of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from relance.cli.session import parse_day
from relance.cli.status import book_of, check_sort_key
from relance.errors import UsageError, msg
from relance.language import Language
from relance.reports.view import View

Name = Annotated[str, typer.Argument(metavar="CLIENT", help="A client: name, part of the name, or code.")]


def clients(
    ctx: typer.Context,
    sort: Annotated[str, typer.Option(metavar="KEY", help="overdue, open, name, late, habit or on-time.")] = "overdue",
    every: Annotated[bool, typer.Option("--all", help="Clients that owe nothing too.")] = False,
) -> View:
    """The clients: what they owe, how late they pay, what may come in week by week, how concentrated the risk is."""
    from relance.domain.measures.figures import compute_figures  # noqa: PLC0415 - each command loads its own view
    from relance.reports.views.clients import SORT_KEYS, clients_view  # noqa: PLC0415

    check_sort_key(sort, SORT_KEYS)
    day = book_of(ctx)[1].day
    figures = compute_figures(day.ledger, day.today)
    return clients_view(figures, (day.name, day.today, sort), day.problems, every=every)


def client(ctx: typer.Context, name: Name) -> View:
    """The page of a client: contacts, open invoices, what happened, how it pays, what is next and when."""
    from relance.office.client import open_page  # noqa: PLC0415 - each command loads its own view
    from relance.reports.views.client import client_view  # noqa: PLC0415

    book = book_of(ctx)[1]
    return client_view(book.day, open_page(book, name))


def ageing(
    ctx: typer.Context,
    by: Annotated[str, typer.Option(metavar="due|issue", help="Age from the due date, or the invoice date.")] = "due",
    buckets: Annotated[
        str, typer.Option(metavar="30,60,90", help="The last day of each stretch; else those of relance.toml.")
    ] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="As it stood that day: what was paid since is open.")
    ] = "",
    client: Annotated[str, typer.Option(metavar="CLIENT", help="One client only, with its open invoices.")] = "",
    per_client: Annotated[bool, typer.Option("--per-client", help="A line per client.")] = False,
) -> View:
    """The aged balance: what is owed by how late or how old it is, on any day."""
    from relance.domain.measures.ageing import Basis  # noqa: PLC0415 - each command loads its own view
    from relance.office.figures import Cut, age, parse_buckets  # noqa: PLC0415
    from relance.reports.views.ageing import ageing_view  # noqa: PLC0415

    if by not in tuple(Basis):
        raise UsageError(
            "unknown-choice",
            msg("“{value}” is not a value of {option}.", value=by, option="--by"),
            msg("Choose one of: {choices}.", choices=tuple(basis.value for basis in Basis)),
        )
    bounds = parse_buckets(buckets) if buckets else None
    day = book_of(ctx)[1].day
    cut = Cut(
        as_of=parse_day(as_of) if as_of else day.today,
        bounds=bounds or day.bounds,
        by=Basis(by),
        client=client,
        per_client=per_client,
    )
    return ageing_view(age(day, cut), day.problems)


def statement(
    ctx: typer.Context,
    name: Name,
    start: Annotated[
        str, typer.Option("--from", metavar="DATE", help="Movements from that day; earlier ones make one line.")
    ] = "",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file, all at once.")] = None,
) -> View:
    """The statement of account to send to a client, in the client's language; as a PDF with --output FILE.pdf."""
    from relance.office.statement import cautions_of, make_statement, print_statement  # noqa: PLC0415 - as above
    from relance.reports.views.statement import statement_view  # noqa: PLC0415

    session, book = book_of(ctx)
    made = make_statement(book, name, parse_day(start) if start else None, session.language_flag)
    for caution in cautions_of(book, made):
        session.tell(caution)
    session.output = output
    session.language = Language(made.language)
    return replace(statement_view(made), page=lambda: print_statement(book, made))

"""relance statement: what one client sees of its account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relance.cli.session import parse_day
from relance.cli.status import book_of
from relance.errors import msg, msg_n
from relance.language import Language
from relance.reports.view import View

Name = Annotated[str, typer.Argument(metavar="CLIENT", help="A client: name, part of the name, or code.")]


def statement(
    ctx: typer.Context,
    name: Name,
    start: Annotated[
        str, typer.Option("--from", metavar="DATE", help="Movements from that day; earlier ones make one line.")
    ] = "",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file, all at once.")] = None,
) -> View:
    """The statement of account to send to a client, in the client's language: movements, balance, where to pay."""
    from relance.office.statement import make_statement  # noqa: PLC0415 - each command loads its own view
    from relance.reports.views.statement import statement_view  # noqa: PLC0415

    session, book = book_of(ctx)
    made = make_statement(book, name, parse_day(start) if start else None, session.language_flag)
    if made.left_out:
        session.tell(
            msg_n(
                "{n} row of this client cannot be read with certainty and is not in the statement: {numbers}.",
                "{n} rows of this client cannot be read with certainty and are not in the statement: {numbers}.",
                len(made.left_out),
                numbers=made.left_out,
            )
        )
    if not made.creditor.iban:
        session.tell(msg("The statement cannot say where to pay: write your IBAN in relance.toml, [company] iban."))
    session.output = output
    session.language = Language(made.language)
    return statement_view(made)

"""The list of commands, in the order of the help page."""

from __future__ import annotations

import typer

from relance.cli import setup, status
from relance.cli.remind import remind
from relance.cli.shape import Command

COMMANDS = (
    status.status,
    status.invoices,
    status.why,
    status.fees,
    status.check,
    remind,
    status.report,
    setup.init,
    setup.config,
    setup.rates,
)


def register(app: typer.Typer) -> None:
    """Put every command on the application."""
    for command in COMMANDS:
        app.command(command.__name__, cls=Command)(command)

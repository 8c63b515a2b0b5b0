"""The list of commands, in the order of the help page."""

from __future__ import annotations

import typer

from relance.cli.shape import Command


def register(app: typer.Typer) -> None:
    """Put every command on the application."""
    from relance.cli import status  # noqa: PLC0415

    app.command("status", cls=Command)(status.status)

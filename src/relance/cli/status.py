"""relance status."""

import typer

from relance.reports.view import View


def status(ctx: typer.Context) -> View:
    """What is owed, what is late, whom to chase today and why."""
    raise NotImplementedError

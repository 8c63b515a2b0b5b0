"""The list of commands, in the order of the help page. A command's module is imported when the command is built."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

import typer

from relance.cli.shape import Command

COMMANDS = {
    "status": "relance.cli.status",
    "invoices": "relance.cli.status",
    "why": "relance.cli.status",
    "fees": "relance.cli.status",
    "check": "relance.cli.status",
    "remind": "relance.cli.remind",
    "letter": "relance.cli.letter",
    "templates": "relance.cli.templates",
    "sent": "relance.cli.record",
    "failed": "relance.cli.settle",
    "skip": "relance.cli.settle",
    "paid": "relance.cli.record",
    "add": "relance.cli.record",
    "promise": "relance.cli.stops",
    "hold": "relance.cli.stops",
    "dispute": "relance.cli.stops",
    "release": "relance.cli.stops",
    "call": "relance.cli.stops",
    "cancel": "relance.cli.stops",
    "writeoff": "relance.cli.stops",
    "waive": "relance.cli.waive",
    "undo": "relance.cli.record",
    "log": "relance.cli.record",
    "clients": "relance.cli.clients",
    "client": "relance.cli.clients",
    "ageing": "relance.cli.clients",
    "statement": "relance.cli.clients",
    "report": "relance.cli.report",
    "schedule": "relance.cli.schedule",
    "forget": "relance.cli.forget",
    "export": "relance.cli.export",
    "init": "relance.cli.setup",
    "adopt": "relance.cli.adopt",
    "config": "relance.cli.configuration",
    "mail": "relance.cli.mail",
    "rates": "relance.cli.rates",
}
"""The module that holds the function of each command; the two have the same name."""

ANSWERING = frozenset({"status", "invoices", "why", "fees", "check", "log", "clients", "client", "ageing", "rates"})
"""The commands whose answer can go to a file, beside those that say so themselves."""


def register(app: typer.Typer, names: Iterable[str] = COMMANDS) -> None:
    """Put these commands on the application."""
    for name in names:
        app.command(name, cls=Command)(getattr(import_module(COMMANDS[name]), name))

"""Command lines whose JSON answers, together, show every key of the contract: run in this order in one folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DAY = ("--today", "2026-11-20")
LATER = ("--today", "2026-11-21")
YES = ("--yes", *DAY)

RUNS: tuple[tuple[str, ...], ...] = (
    ("status", *DAY),
    ("invoices", "--all", *DAY),
    ("invoices", "--fees-owed", *DAY),
    ("why", "F-2026-022", *DAY),
    ("why", "F-2026-030", *DAY),
    ("why", "F-2026-012", *DAY),
    ("fees", *DAY),
    ("fees", "F-2026-018", "--costs", "125,50:Facture 12", *DAY),
    ("check", *DAY),
    ("clients", *DAY),
    ("client", "Bellerive", *DAY),
    ("ageing", *DAY),
    ("statement", "Bellerive", *DAY),
    ("report", *DAY),
    ("schedule", *DAY),
    ("adopt", "--dry-run", *DAY),
    ("config", *DAY),
    ("config", "explain", "company.iban", *DAY),
    ("config", "path", *DAY),
    ("rates", *DAY),
    ("templates", *DAY),
    ("templates", "export", "fr/firm.txt", *DAY),
    ("templates", "check", *DAY),
    ("letter", "Quai Vert", *DAY),
    ("remind", *DAY),
    ("failed", "F-2026-029", "--reason", "adresse refusée", *YES),
    ("sent", "--all", *YES),
    ("skip", "F-2026-029", "--reason", "vu au salon", *YES),
    ("call", "F-2026-024", "--outcome", "reached", "--note", "rappelle lundi", *YES),
    ("promise", "F-2026-024", "2026-11-27", *YES),
    ("hold", "F-2026-025", "--until", "2026-12-01", "--reason", "avoir", *YES),
    ("hold", "Bellerive", "--reason", "ami", *YES),
    ("dispute", "F-2026-026", "500", "--reason", "manque", *YES),
    ("release", "F-2026-026", *YES),
    ("waive", "F-2026-018", "--amount", "10", "--reason", "geste", *YES),
    ("paid", "F-2026-018", "5", "--fees", "--ref", "VIR 7", *YES),
    ("paid", "F-2026-022", "1000", "--ref", "VIR 8", *YES),
    ("add", "--client", "Bellerive", "--number", "F-2026-099", "--amount", "120", "--due", "2026-12-20", *YES),
    ("cancel", "F-2026-038", "--reason", "erreur", *YES),
    ("writeoff", "F-2026-016", "--reason", "irrécouvrable", *YES),
    ("fees", "--write", *YES),
    ("undo", *YES),
    ("log", *DAY),
    ("client", "Bellerive", *LATER),
    ("report", *LATER),
    ("forget", "--before", "2026-11-21", "--dry-run", *LATER),
)


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Every key of a tree as a path: `totals[].currency`."""
    if isinstance(value, dict):
        for key, item in value.items():
            path = f"{at}.{key}" if at else key
            yield path
            yield from paths(item, path)
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, f"{at}[]")

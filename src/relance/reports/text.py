"""A view as plain text: complete, aligned, never cut; for pipes, files and mail."""

from __future__ import annotations

from datetime import date

from relance.reports.layout import typeset
from relance.reports.paper import Paper, plain_lines
from relance.reports.view import View


def render_text(view: View, paper: Paper, today: date) -> str:
    """The view without styles, one newline at the end; without a width every row is one line."""
    return "\n".join(plain_lines(typeset(view, paper, today))) + "\n"

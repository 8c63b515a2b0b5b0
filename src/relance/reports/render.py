"""A view in the format asked for. Each renderer is imported when it is asked for, so that JSON loads no layout."""

from __future__ import annotations

from datetime import date

from relance.errors import UsageError, msg
from relance.language import Language
from relance.reports.links import Places
from relance.reports.view import View

FORMATS = ("text", "terminal", "markdown", "html", "csv", "json")


def render(
    view: View,
    form: str,
    language: Language,
    /,
    *,
    today: date,
    width: int | None = None,
    colour: bool = True,
    ascii_only: bool = False,
    places: Places | None = None,
) -> str:
    """The whole output of a command, ending with a newline.

    `width` in columns counts for text and terminal (None: as wide as the text is); `colour`, `ascii_only` (see
    `paper.fits`) and `places` (None: nothing can be pressed) for what a terminal shows. Raises UsageError for an
    unknown format, or csv of a view without table.
    """
    if form in {"text", "terminal"}:
        from relance.reports.paper import Paper  # noqa: PLC0415

        paper = Paper(language, width, ascii_only, places if colour else None)
        if form == "terminal" and colour:
            from relance.reports.terminal import render_terminal  # noqa: PLC0415

            return render_terminal(view, paper, today)
        from relance.reports.text import render_text  # noqa: PLC0415

        return render_text(view, paper, today)
    if form == "json":
        from relance.reports.json_ import render_json  # noqa: PLC0415

        return render_json(view, language, today)
    return _render_document(view, form, language, today)


def _render_document(view: View, form: str, language: Language, today: date) -> str:
    if form == "csv":
        from relance.reports.csv_ import render_csv  # noqa: PLC0415

        return render_csv(view, language)
    if form == "markdown":
        from relance.reports.markdown import render_markdown  # noqa: PLC0415

        return render_markdown(view, language, today)
    if form == "html":
        from relance.reports.html import render_html  # noqa: PLC0415

        return render_html(view, language, today)
    raise UsageError(
        "unknown-format",
        msg("There is no format “{format}”.", format=form),
        msg("Choose one of: {formats}.", formats=", ".join(FORMATS)),
    )

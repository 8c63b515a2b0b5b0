"""The golden pages of the renderers: `python tests/write_golden.py` writes them anew; read the difference."""

from __future__ import annotations

from pathlib import Path

from relance.cli.console import signs_of
from relance.language import Language
from relance.reports.render import render
from render_sample import TODAY, sample

GOLDEN = Path(__file__).parent / "golden"


def pages() -> dict[str, str]:
    """Every golden page by its file name."""
    english = Language("en")
    found = {
        f"{form}-{width}.txt": render(sample(), form, english, today=TODAY, width=width)
        for form in ("text", "terminal")
        for width in (80, 160)
    }
    found["text-unbounded.txt"] = render(sample(), "text", english, today=TODAY)
    found["text-60-ascii.txt"] = render(
        sample(), "text", Language("en", signs_of("ascii")), today=TODAY, width=60, ascii_only=True
    )
    found["report.md"] = render(sample(), "markdown", english, today=TODAY)
    return found


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, page in pages().items():
        (GOLDEN / name).write_text(page, encoding="utf-8", newline="\n")

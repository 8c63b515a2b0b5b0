"""The pictures of the report for the README: docs/report.png (English) and docs/report.fr.png, by a real Chromium.

    python scripts/make_report_picture.py

The example on the morning of 20 November 2026, after a report on Monday and a payment typed since.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
WIDTH, HEIGHT, SCALE = 1240, 2560, 0.6


def report_page(folder: Path, language: str) -> Path:
    """The second report, as a page."""
    from relance.cli import main  # noqa: PLC0415 - found where this script stands

    for file in (ROOT / "examples").glob("*.*"):
        shutil.copy(file, folder)
    book, page = str(folder / "suivi_factures.xlsx"), folder / "report.html"
    lines = (
        ("report", "--today", "2026-11-16", "--output", str(page)),
        ("paid", "F-2026-026", "--on", "2026-11-19", "--yes", "--quiet", "--today", "2026-11-19"),
        ("call", "F-2026-021", "--outcome", "message", "--note", "rappeler jeudi", "--yes", "--today", "2026-11-18"),
        ("report", "--today", "2026-11-20", "--output", str(page)),
    )
    for line in lines:
        done = main([*line, "-w", book, "--lang", language])
        if done:
            raise SystemExit(f"relance {' '.join(line)}: exit code {done}")
    return page


def picture(language: str) -> bytes:
    """The upper part of that page as a PNG."""
    from browser import browser  # noqa: PLC0415 - of the tests

    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as profile:
        page = report_page(Path(folder), language)
        with browser(Path(profile)) as tab:
            tab.open(page, width=WIDTH)
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "scale": SCALE}
            return base64.b64decode(tab.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"])


def main() -> None:
    """Write both pictures."""
    os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()
    for language, name in (("en", "report.png"), ("fr", "report.fr.png")):
        (ROOT / "docs" / name).write_bytes(picture(language))


if __name__ == "__main__":
    main()

"""Letters on paper as a test sees them: the text of the pages, and their pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

DOTS = 100  # per inch
_MM = DOTS / 25.4


def pdf_text(path: Path) -> str:
    """The text of all pages, as a program reads it."""
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


class Picture(NamedTuple):
    """A page in grey: rows of bytes, 0 black, 255 white."""

    width: int
    height: int
    dots: bytes

    def ink(self, left: float, top: float, right: float, bottom: float) -> int:
        """The dots that are not white in a rectangle, in millimetres from the upper left corner."""
        rows = range(round(top * _MM), min(self.height, round(bottom * _MM)))
        first, last = round(left * _MM), min(self.width, round(right * _MM))
        return sum(dot < 200 for y in rows for dot in self.dots[y * self.width + first : y * self.width + last])


def pictures(path: Path, folder: Path) -> list[Picture]:
    """The pages as pictures, by pdftoppm; without that program the test is skipped, or fails in CI."""
    if shutil.which("pdftoppm") is None:
        assert os.environ.get("RELANCE_CI") != "1", "pdftoppm (poppler-utils) is not installed"
        pytest.skip("pdftoppm is not installed")
    folder.mkdir(exist_ok=True)
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-gray", str(path), str(folder / "page")], check=True)
    return [_read(page) for page in sorted(folder.glob("page*.pgm"))]


def _read(page: Path) -> Picture:
    magic, size, _, dots = page.read_bytes().split(b"\n", 3)
    assert magic == b"P5"
    width, height = map(int, size.split())
    return Picture(width, height, dots)

"""Every command shown in the documentation is run, and prints what is shown."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import ROOT, Run

PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])


def console_blocks(page: Path) -> Iterator[str]:
    """The ```console blocks of a page: lines that begin with `$ ` are commands, the others their output."""
    yield from re.findall(r"^```console\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def steps(block: str) -> Iterator[tuple[str, str]]:
    """(command, expected output or "") of a block."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


@pytest.mark.parametrize("page", [page for page in PAGES if any(console_blocks(page))], ids=lambda page: page.name)
def test_every_command_of_the_page_runs_and_prints_what_is_shown(
    page: Path, folder: Path, run: Callable[..., Run]
) -> None:
    for block in console_blocks(page):
        for command, shown in steps(block):
            words = shlex.split(command, comments=True)
            assert words[0] == "relance", f"{page.name}: only relance commands are shown in console blocks: {command}"
            done = run(*words[1:])
            assert done.code in (0, 1), f"{page.name}: {command}\n{done.err}"
            if shown.strip():
                same(shown, done.out + done.err, f"{page.name}: {command}")


def same(shown: str, printed: str, where: str) -> None:
    """Equal line by line; a line `[...]` stands for any number of lines."""
    pattern = "".join(".*" if line == "[...]" else re.escape(line) + r"\s*" for line in shown.strip().splitlines())
    plain = printed.replace("\u00a0", " ")
    assert re.fullmatch(pattern.replace("\u00a0", " "), plain.strip() + "\n", re.DOTALL), f"{where}\n{printed}"


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_docs.py"), "--check"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_french_catalogue_is_complete_and_compiled() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "catalogue.py"), "--check"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

"""Every command shown in the documentation is run, and prints what is shown."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, nullcontext
from pathlib import Path

import pytest

from conftest import EXAMPLE, ROOT, Run

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
            with elsewhere(folder) if "--wizard" in words else nullcontext():
                done = run(*words[1:])
            assert done.code in (0, 1), f"{page.name}: {command}\n{done.err}"
            if shown.strip():
                same(shown, done.out + done.err, f"{page.name}: {command}")


@pytest.fixture(autouse=True)
def _a_machine_to_try_on(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crontab of our own, an editor that changes nothing, and a person who presses Enter."""
    programs = tmp_path_factory.mktemp("programmes")
    tab = programs / "tab"
    crontab = f'case $1 in -l) cat "{tab}";; -r) rm "{tab}";; -) cat > "{tab}";; esac'
    for name, text in (("crontab", crontab), ("editor", "true")):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    tab.write_text("MAILTO=marie\n", encoding="utf-8")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("EDITOR", "editor")
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 20))


@contextmanager
def elsewhere(folder: Path) -> Iterator[None]:
    """A folder that holds a workbook and no configuration yet."""
    place = folder / "neuf"
    place.mkdir()
    shutil.copy(EXAMPLE, place)
    with chdir(place):
        yield
    shutil.rmtree(place)


COMMAND = re.compile(r"^\s*(?:python relance\.pyz|relance) +([^#\n]*)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_cannot_be_run_here_exists_with_its_options(page: Path, run: Callable[..., Run]) -> None:
    """Those that need a mailbox, a server or another system: the command and its options are in the help."""
    blocks = re.findall(r"^```(?:sh|cron)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for line in (line for block in blocks for line in COMMAND.findall(block)):
        command, *words = shlex.split(line)
        if command.startswith("-"):
            assert run(command).code == 0
            continue
        helped = run(command, "--help")
        assert helped.code == 0, f"{page.name}: {line}"
        assert not [word for word in words if word.startswith("--") and word not in helped.out], f"{page.name}: {line}"


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

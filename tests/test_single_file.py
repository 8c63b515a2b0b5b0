"""The single file for people who know nothing of Python: built as the release builds it, and run on the example."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Run

DAY = ("--today", "2026-11-20")
pytestmark = pytest.mark.skipif(not os.environ.get("RELANCE_CI"), reason="downloads what relance needs: CI only")


def test_the_single_file_does_what_the_installed_program_does(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Run]
) -> None:
    book, tmp_path = folder / "suivi_factures.xlsx", tmp_path_factory.mktemp("seul")
    file = tmp_path / "mes outils" / "relance.pyz"
    file.parent.mkdir()
    build = [sys.executable, str(ROOT / "scripts" / "make_single_file.py"), str(file)]
    subprocess.run(build, check=True, capture_output=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**kept, "SHIV_ROOT": str(tmp_path / "shiv"), "PYTHONNOUSERSITE": "1"}

    def ask(*words: str) -> str:
        """An answer of the file alone: nothing installed on this machine is seen (-I -S)."""
        command = [sys.executable, "-I", "-S", str(file), *words, "-w", str(book), "--json", *DAY]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, env=environment)
        return done.stdout

    assert ask("status") == run("status", "-w", str(book), "--json", *DAY).out
    assert json.loads(ask("remind"))["data"]["drafts"]  # the letters, with their transfer code
    command = json.loads(ask("schedule"))["data"]["command"]
    assert str(file) in command
    assert "-m" not in command
    made = tmp_path / "r.html"
    again = [*command[: command.index("--output")], "--output", str(made), *DAY]
    subprocess.run(again, check=True, cwd="/", env={"HOME": str(tmp_path), "SHIV_ROOT": str(tmp_path / "shiv")})
    assert "Brasserie du Quai Vert" in made.read_text(encoding="utf-8")

"""The single file for people who know nothing of Python: built as the release builds it, and run on the example."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import EXAMPLE, ROOT, Run

DAY = ("--today", "2026-11-20")
pytestmark = pytest.mark.skipif(not os.environ.get("RELANCE_CI"), reason="downloads what relance needs: CI only")


@pytest.mark.usefixtures("folder")
def test_the_single_file_does_what_the_installed_program_does(tmp_path: Path, run: Callable[..., Run]) -> None:
    file = tmp_path / "mes outils" / "relance.pyz"
    file.parent.mkdir()
    build = [sys.executable, str(ROOT / "scripts" / "make_single_file.py"), str(file)]
    subprocess.run(build, check=True, capture_output=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**kept, "SHIV_ROOT": str(tmp_path / "shiv"), "PYTHONNOUSERSITE": "1"}

    def ask(*words: str) -> str:
        command = [sys.executable, "-I", str(file), *words, "-w", str(EXAMPLE), "--json", *DAY]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, env=environment)
        return done.stdout

    assert ask("status") == run("status", "-w", str(EXAMPLE), "--json", *DAY).out
    command = json.loads(ask("schedule"))["data"]["command"]
    assert str(file) in command
    assert "-m" not in command
    made = tmp_path / "r.html"
    again = [*command[: command.index("--output")], "--output", str(made), *DAY]
    subprocess.run(again, check=True, cwd="/", env={"HOME": str(tmp_path), "SHIV_ROOT": str(tmp_path / "shiv")})
    assert "Brasserie du Quai Vert" in made.read_text(encoding="utf-8")

"""What the tests share: the program run as the user runs it, in a folder of its own, with no real configuration."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from relance.cli import main

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "suivi_factures.xlsx"

settings.register_profile("relance", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("relance")  # a busy machine is no failure

posix = pytest.mark.skipif(os.name == "nt", reason="processes, rights and links of POSIX")


class Run(NamedTuple):
    """What a run answered."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No configuration of the machine's user, no relance variable, no colour."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in ("RELANCE_WORKBOOK", "RELANCE_LANG", "RELANCE_CONFIG_DIR", "VISUAL", "EDITOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the example workbook and its relance.toml, entered."""
    for file in (ROOT / "examples").glob("*"):
        if file.is_file():
            shutil.copy(file, tmp_path / file.name)
    shutil.copytree(ROOT / "examples" / "penalites", tmp_path / "penalites")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """`run("status", "--json")`: the exit code and both streams."""

    def _run(*arguments: str) -> Run:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return _run

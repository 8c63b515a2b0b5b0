"""relance config: what is found in the workbook, one key explained, the file edited and read again."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from relance.options import OPTIONS
from relance.settings_file import user_folder

DAY = ("--today", "2026-11-20")


def data(done: Run) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)["data"]


@pytest.mark.usefixtures("folder")
def test_config_shows_the_columns_of_both_sheets_and_where_the_headers_are(run: Callable[..., Run]) -> None:
    said = data(run("config", "--json"))
    assert (said["sheet"], said["header_row"], said["clients_sheet"]) == ("Factures", 5, "Clients")
    here = {column["role"]: column["column"] for column in said["client_columns"]}
    assert here["email"] == "D"
    assert here["terms"] == "I"
    assert not set(said["missing"]) & set(here)
    shown = run("config", "--lang", "fr").out.replace("\u00a0", " ")
    assert "Colonnes de la feuille Factures, titres en ligne 5" in shown
    assert "Colonnes de la feuille Clients" in shown
    assert "Ne pas relancer avant" in shown


@pytest.mark.usefixtures("folder")
def test_every_option_is_explained(run: Callable[..., Run]) -> None:
    for option in OPTIONS:
        said = data(run("config", "explain", option.key, "--json"))
        assert said["key"] == option.key
        assert said["description"]
        assert said["wanted"]
        assert len(said["settings"]) == 1 or "*" in option.key


def test_a_key_tells_its_default_its_value_and_who_said_it(folder: Path, run: Callable[..., Run]) -> None:
    own = user_folder()
    own.mkdir(parents=True, exist_ok=True)
    (own / "relance.toml").write_text('[company]\nbank = "Banque du Quai"\n', encoding="utf-8")
    (folder / "relance.toml").write_text(
        '[report]\nfreshness_days = 9\n[clients."Dupont S.A."]\npolicy = "never"\n[policy]\nsteps.2.after_days = 12\n',
        encoding="utf-8",
    )
    said = data(run("config", "explain", "freshness_days", "--json"))
    assert (said["key"], said["default"]) == ("report.freshness_days", 5)
    (held,) = said["settings"]
    assert (held["value"], held["origin"]) == (9, "folder")
    assert held["place"].endswith("relance.toml:2")
    assert data(run("config", "explain", "bank", "--json"))["settings"][0]["origin"] == "user"
    (mine,) = data(run("config", "explain", 'clients."Dupont S.A.".policy', "--json"))["settings"]
    assert (mine["key"], mine["value"]) == ('clients."Dupont S.A.".policy', "never")
    step = data(run("config", "explain", "policy.steps.2.after_days", "--json"))
    assert (step["default"], step["settings"][0]["value"], step["settings"][0]["origin"]) == (10, 12, "folder")
    assert step["settings"][0]["place"].endswith(":6")
    assert data(run("config", "explain", "gap_days", "--json"))["settings"][0]["origin"] == "default"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("asked", "near"),
    [("company.ibna", "company.iban"), ("freshnes_days", "report.freshness_days"), ("rate", "fees.rate")],
)
def test_an_unknown_key_tells_the_nearest(run: Callable[..., Run], asked: str, near: str) -> None:
    done = run("config", "explain", asked)
    assert done.code == 2
    assert near in done.err


def test_the_paths_are_those_that_are_read(folder: Path, run: Callable[..., Run]) -> None:
    files = {file["whose"]: file for file in data(run("config", "path", "--json"))["files"]}
    assert files["folder"] == {"whose": "folder", "file": str(folder / "relance.toml"), "exists": True}
    assert files["user"] == {"whose": "user", "file": str(user_folder() / "relance.toml"), "exists": False}


def editor(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """An editor that writes this text over the file it is given."""
    program = folder / "mon éditeur.py"
    program.write_text(
        f"import pathlib, sys\npathlib.Path(sys.argv[1]).write_text({text!r}, encoding='utf-8')\n", "utf-8"
    )
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(program)]))


def test_what_was_edited_is_read_again(folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, folder, '[company]\nname = "Quai"\n')
    done = run("config", "edit", "--lang", "en")
    assert done.code == 0
    assert "every value in it is understood" in done.err
    for text, code, line in (
        ('\n[company]\nnmae = "Quai"\n', "config-unknown-key", "line 3"),
        ("[policy]\ngap_dyas = 3\n", "config-policy", "line 2"),
        ('[fees]\nrate = "beaucoup"\n', "config-wrong-value", "line 2"),
        ('[columns]\necheance = "x"\n', "config-unknown-role", "line 2"),
    ):
        editor(monkeypatch, folder, text)
        wrong = run("config", "edit", "--lang", "en")
        assert wrong.code == 4
        assert f"[{code}]" in wrong.err
        assert line in wrong.err
        assert (folder / "relance.toml").read_text(encoding="utf-8") == text


def test_a_broken_file_can_be_edited(folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "relance.toml").write_text("[company\n", encoding="utf-8")
    editor(monkeypatch, folder, '[company]\nname = "Quai"\n')
    assert run("config", "edit").code == 0


def test_a_file_that_is_not_there_is_made_first(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "relance.toml").unlink()
    monkeypatch.setenv("VISUAL", "true")
    assert run("config", "edit").code == 0
    assert "[company]" in (folder / "relance.toml").read_text(encoding="utf-8")
    assert run("config", "edit", "--user").code == 0
    own = (user_folder() / "relance.toml").read_text(encoding="utf-8")
    assert "[smtp]" in own
    assert "[company]" not in own


def test_the_configuration_directory_can_be_named(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ailleurs").mkdir()
    (folder / "ailleurs" / "relance.toml").write_text('[company]\ncc = "la@quai.example"\n', encoding="utf-8")
    monkeypatch.setenv("RELANCE_CONFIG_DIR", str(folder / "ailleurs"))
    (held,) = data(run("config", "explain", "company.cc", "--json"))["settings"]
    assert (held["value"], held["origin"]) == ("la@quai.example", "user")
    assert os.environ["RELANCE_CONFIG_DIR"] in held["place"]

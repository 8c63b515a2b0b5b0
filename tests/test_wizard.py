"""The wizard: six questions answered by a script or a person, files that are read back, none written over."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import EXAMPLE, Run
from relance.config import Environment, load_config
from relance.office.wizard import QUESTIONS, filled
from relance.rulebook import load_policies
from relance.settings_file import user_folder
from relance.workbook.reading.rows import read_tracking

IBAN = "FR7630006000011234567890189"
Ask = Callable[..., Run]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def wizard(run: Ask, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The wizard run with these lines on standard input."""

    def ask(*lines: str, words: tuple[str, ...] = ()) -> Run:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return run("init", "--wizard", *words)

    return ask


class _Typed(io.StringIO):
    """Lines typed on a terminal, whose end is Ctrl-D."""

    def isatty(self) -> bool:
        return True


def test_a_person_who_leaves_by_ctrl_d_has_written_nothing(
    run: Ask, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", _Typed("Quai\n"))
    done = run("init", "--wizard")
    assert done.code == 130
    assert list(empty.iterdir()) == []


def test_a_rate_typed_without_its_sign_is_one(empty: Path, wizard: Ask) -> None:
    assert wizard("Quai", "", "fr", "1", "12", "").code == 0
    assert load_config(empty, Environment(), user_folder()).get("fees.rate") == "12 %"


def test_answers_become_a_configuration_that_is_read_back(empty: Path, wizard: Ask) -> None:
    done = wizard('Société "Quai" & Fils', IBAN, "fr", "2", "12 %", "compta@quai.example", "imap.quai.example")
    assert done.code == 0, done.err
    config = load_config(empty, Environment(), user_folder())
    values = {name: config.get(f"company.{name}") for name in ("name", "iban", "email")}
    assert values["name"] == 'Société "Quai" & Fils'
    assert values["iban"].replace(" ", "") == IBAN
    assert values["email"] == "compta@quai.example"
    assert config.get("fees.rate") == "12 %"
    steps = load_policies(config).default.steps
    assert [step.after_days for step in steps if step.number in range(1, 6)] == [7, 15, 25, 38, 50]
    assert config.settings["imap.host"].origin == "user"
    assert (config.get("imap.host"), config.get("imap.user")) == ("imap.quai.example", "compta@quai.example")
    assert config.get("letters.to") == "imap"
    shared = (empty / "relance.toml").read_text(encoding="utf-8")
    assert "imap.quai" not in shared
    assert read_tracking(empty / "suivi_factures.xlsx").ledger.invoices == ()


def test_enter_everywhere_leaves_the_usual(empty: Path, wizard: Ask) -> None:
    done = wizard("", "", "", "", "", "")
    assert done.code == 0, done.err
    config = load_config(empty, Environment(), user_folder())
    told = [s.origin for key, s in config.settings.items() if key.startswith(("company", "fees"))]
    assert set(told) == {"default"}
    assert load_policies(config) == load_policies(load_config(empty / "absent", Environment()))
    assert not user_folder().exists()


def test_the_english_speaker_is_spoken_to_in_english(empty: Path, wizard: Ask) -> None:
    done = wizard("Quay", "", "en", "", "", "")
    assert "The late-payment rate" in done.err
    assert (empty / "invoices.xlsx").exists()
    assert load_config(empty, Environment()).get("language") == "en"


def test_beside_ones_own_workbook_only_the_configuration_is_written(empty: Path, wizard: Ask) -> None:
    mine = empty / "mes factures.xlsx"
    mine.write_bytes(EXAMPLE.read_bytes())
    done = wizard("Quai", "", "", "", "", "")
    assert done.code == 0
    (empty / "relance.toml").unlink()
    assert wizard("Quai", "", "", "", "", "", words=(mine.name,)).code == 0
    assert mine.read_bytes() == EXAMPLE.read_bytes()
    assert sorted(file.name for file in empty.iterdir()) == ["mes factures.xlsx", "relance.toml"]


def test_nothing_is_written_over(empty: Path, wizard: Ask) -> None:
    (empty / "relance.toml").write_text("# à moi\n", encoding="utf-8")
    done = wizard("Quai")
    assert done.code == 2
    assert "[configured-already]" in done.err
    assert "?" not in done.err
    assert [(f.name, f.read_text(encoding="utf-8")) for f in empty.iterdir()] == [("relance.toml", "# à moi\n")]


def test_the_users_own_file_is_not_written_over(empty: Path, wizard: Ask) -> None:
    own = user_folder()
    own.mkdir(parents=True)
    (own / "relance.toml").write_text('language = "en"\n', encoding="utf-8")
    done = wizard("Quai", "", "", "", "", "a@quai.example", "imap.quai.example")
    assert done.code == 0, done.err
    assert (own / "relance.toml").read_text(encoding="utf-8") == 'language = "en"\n'
    assert 'imap.host = "imap.quai.example", imap.user = "a@quai.example"' in done.err
    assert (empty / "relance.toml").exists()


@pytest.mark.parametrize(
    "lines",
    [
        ("Quai", "FR7630006000011234567890188"),
        ("Quai", "", "de"),
        ("Quai", "", "fr", "3"),
        ("Quai", "", "fr", "1", "beaucoup"),
        ("Quai", "", "fr", "1", "", "pas une adresse"),
        ("Quai", "", "fr", "1", "", "a@quai.example", "pas un serveur"),
    ],
)
def test_a_script_that_answers_wrongly_writes_nothing(empty: Path, wizard: Ask, lines: tuple[str, ...]) -> None:
    done = wizard(*lines)
    assert done.code == 2
    assert "[wizard-answer]" in done.err
    assert re.search(r"\w[)]?\u00a0»\. \[wizard-answer\]", done.err), done.err  # no colon left open
    assert not list(empty.iterdir())


def test_nobody_to_answer_is_told_kindly(empty: Path, wizard: Ask) -> None:
    done = wizard()
    assert done.code == 2
    assert "[wizard-alone]" in done.err
    assert not list(empty.iterdir())


def test_a_person_is_asked_again(empty: Path, run: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real terminal: a pseudo-terminal, where the first IBAN is mistyped."""
    pty = pytest.importorskip("pty")
    parent, child = pty.openpty()
    os.write(parent, f"Quai\nFR7630006000011234567890188\n{IBAN}\n\n\n\n\n".encode())
    with os.fdopen(child, encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        done = run("init", "--wizard", "--lang", "fr")
    os.close(parent)
    assert done.code == 0, done.err
    assert "clé de contrôle" in done.err
    assert load_config(empty, Environment()).get("company.iban").replace(" ", "") == IBAN


def test_every_key_of_a_question_wakes_a_line_of_both_templates() -> None:
    from importlib import resources

    keys = {question.key for question in QUESTIONS} - {"patience"}
    for language in ("fr", "en"):
        place = resources.files("relance") / "data" / "init" / language
        shared = {key: "x" for key in keys if not key.startswith("imap")}
        for step in range(1, 6):
            shared[f"policy.steps.{step}.after_days"] = "x"
        assert filled((place / "relance.toml").read_text(encoding="utf-8"), shared).count('= "x"') == len(shared)
        own = {"imap.host": "x", "imap.user": "x"}
        assert filled((place / "user.toml").read_text(encoding="utf-8"), own).count('= "x"') == 2

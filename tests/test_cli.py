"""The command line itself: help in both languages, mistakes told kindly, any code page, completion."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Run
from relance.cli.commands import COMMANDS
from relance.cli.shape import WORDS
from relance.language import Language

DAY = ("--today", "2026-11-20")


def shell(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program as its own process."""
    return subprocess.run(
        [sys.executable, "-m", "relance", *words],
        cwd=folder, capture_output=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def test_without_a_word_it_says_what_it_can_do(run: Callable[..., Run]) -> None:
    done = run()
    assert (done.code, done.err) == (0, "")
    assert "status" in done.out


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_page_is_in_the_readers_language(run: Callable[..., Run], command: str) -> None:
    words = [command] if command else []
    french, english = (run(*words, "--help", "--lang", code) for code in ("fr", "en"))
    assert (french.code, english.code) == (0, 0)
    assert french.out.startswith("Utilisation")
    assert english.out.startswith("Usage:")
    described = [re.split(r" {2,}", line.strip(), maxsplit=1) for line in english.out.splitlines()]
    sentences = [parts[1] for parts in described if len(parts) == 2 and len(parts[1]) > 15]
    assert sentences
    assert not [sentence for sentence in sentences if sentence in french.out]
    assert not re.search(r"\w:$", french.out, re.MULTILINE)
    assert re.search(r"^(Options|Commandes)\u00a0:$|^Options communes.*\u00a0:$", french.out, re.MULTILINE)
    assert not re.search(r" :$", french.out, re.MULTILINE)
    assert not re.search(r"\b(FILE|ADDRESS|NUMBER|AMOUNT|COMMAND|TEXT|PERCENT|YYYY)\b", french.out)
    assert "FILE" in english.out  # the same words are those of English


@pytest.mark.usefixtures("folder")
def test_what_is_missing_suggests_no_command(run: Callable[..., Run]) -> None:
    assert run("why", "--lang", "fr").err == "Erreur\u00a0: Il manque NUMÉRO.\nPour l’aide\u00a0: relance why --help\n"


@pytest.mark.parametrize(
    ("words", "near"),
    [(["stauts"], "status"), (["status", "--jsno"], "--json"), (["remnd"], "remind"), (["why"], "NUM")],
)
def test_a_mistake_is_told_with_the_nearest_word(run: Callable[..., Run], words: list[str], near: str) -> None:
    for language in ("fr", "en"):
        done = run(*words, "--lang", language)
        assert done.code == 2
        assert near in done.err
        assert done.out == ""
        assert done.err.startswith("Erreur" if language == "fr" else "Error")


@pytest.mark.parametrize("page", ["ascii", "cp1252", "cp850", "utf-8"])
def test_any_code_page_is_written_to(folder: Path, page: str) -> None:
    done = shell(folder, "status", *DAY, PYTHONIOENCODING=page)
    assert done.returncode == 0
    text = done.stdout.decode(page)
    assert "F-2026-022" in text
    assert re.search(r"5.416,00.(€|EUR)", text)
    assert "?" not in text.replace("1 420 ?", "").replace("1\u00a0420\u00a0?", "")


@pytest.mark.parametrize("page", ["ascii", "cp1252", "cp850"])
def test_what_a_code_page_lacks_moves_no_column_and_is_replaced_alike(folder: Path, page: str) -> None:
    text = shell(folder, "status", *DAY, COLUMNS="100", PYTHONIOENCODING=page).stdout.decode(page)
    lines = text.splitlines()
    title = next(line for line in lines if "suivi_factures.xlsx" in line)
    assert len(set(re.findall(r" ([-·]) ", title))) == 1, title
    head = next(at for at, line in enumerate(lines) if line.startswith("   client "))
    rule = lines[head + 1]
    ends = [match.end() for match in re.finditer(r"-+", rule)]
    rows = [line for line in lines[head + 2 : head + 11] if re.search(r"(€|EUR) ", line)]
    assert len(rows) > 5
    for row in rows:
        found = re.search(r"€|EUR", row)
        assert found and found.end() in ends, (rule, row)


def test_the_shell_completes_commands_and_options(folder: Path) -> None:
    asked = {"_RELANCE_COMPLETE": "complete_bash", "COMP_CWORD": "1", "COMP_WORDS": "relance inv"}
    assert shell(folder, **asked).stdout.decode().split() == ["invoices"]
    asked |= {"COMP_CWORD": "2", "COMP_WORDS": "relance status --form"}
    assert shell(folder, **asked).stdout.decode().split() == ["--format"]


@pytest.mark.usefixtures("folder")
def test_common_options_stand_before_or_after_the_command(run: Callable[..., Run]) -> None:
    assert run("--json", *DAY, "status").out == run("status", "--json", *DAY).out


def test_the_workbook_is_found_by_flag_environment_configuration_and_folder(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = run("status", "--json", *DAY).out
    elsewhere = tmp_path_factory.mktemp("ailleurs")
    monkeypatch.chdir(elsewhere)
    assert run("status", "--json", *DAY).code == 3
    assert run("status", "--json", "-w", str(folder / "suivi_factures.xlsx"), *DAY).out == here
    assert run("status", "--json", "-w", str(folder), *DAY).out == here
    monkeypatch.setenv("RELANCE_WORKBOOK", str(folder / "suivi_factures.xlsx"))
    assert run("status", "--json", *DAY).out == here
    monkeypatch.delenv("RELANCE_WORKBOOK")
    (elsewhere / "relance.toml").write_text(
        f"[workbook]\nfile = '{folder / 'suivi_factures.xlsx'}'\n", encoding="utf-8"
    )
    assert run("status", "--json", *DAY).code == 0


@pytest.mark.usefixtures("folder")
def test_the_language_comes_from_flag_environment_or_configuration(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Encours clients" in run("status", *DAY).out
    monkeypatch.setenv("RELANCE_LANG", "en")
    assert "Receivables" in run("status", *DAY).out
    assert "Encours clients" in run("status", "--lang", "fr", *DAY).out
    monkeypatch.delenv("RELANCE_LANG")
    text = (folder / "relance.toml").read_text(encoding="utf-8")
    (folder / "relance.toml").write_text('language = "en"\n' + text, encoding="utf-8")
    assert "Receivables" in run("status", *DAY).out


@pytest.mark.usefixtures("folder")
def test_a_reader_who_leaves_early_is_no_error() -> None:
    command = [sys.executable, "-m", "relance", "rates"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_check_tells_a_mistyped_iban(folder: Path, run: Callable[..., Run]) -> None:
    (folder / "relance.toml").write_text('[company]\niban = "FR76"\n', encoding="utf-8")
    assert "sender-iban-mistyped" in run("check", "--json", *DAY).out


def test_the_ending_of_the_output_file_says_its_format(folder: Path, run: Callable[..., Run]) -> None:
    for name, start in (("r.html", "<!doctype html>"), ("r.csv", "\ufefffacture;"), ("r.json", "{"), ("r.md", "#")):
        assert run("report", "--output", name, *DAY).code == 0
        assert (folder / name).read_text(encoding="utf-8").lower().startswith(start)


@pytest.mark.usefixtures("folder")
def test_talk_goes_to_stderr_and_quiet_keeps_it(run: Callable[..., Run]) -> None:
    loud, quiet = run("status", *DAY), run("status", "--quiet", *DAY)
    assert loud.out == quiet.out
    assert "relance check" in loud.err
    assert quiet.err == ""


@pytest.mark.usefixtures("folder")
def test_a_credit_note_is_explained_by_the_invoice_it_reduces(run: Callable[..., Run]) -> None:
    done = run("why", "AV-2026-001", *DAY)
    assert done.code == 0
    assert "F-2026-021" in done.out


def test_french_help_has_its_space_before_the_colon(run: Callable[..., Run]) -> None:
    assert "\nOptions communes à toutes les commandes\u00a0:\n" in run("why", "--help", "--lang", "fr").out
    assert "\nCommandes\u00a0:\n" in run("--help", "--lang", "fr").out


SAME_IN_FRENCH = {"CLIENT", "DATE", "ID", "N"}


def test_what_stands_for_a_value_is_in_the_reader_s_language(run: Callable[..., Run]) -> None:
    french = {Language("fr").say(word) for word in WORDS.values()}
    assert french.isdisjoint(WORDS)
    for command in COMMANDS:
        page = run(command, "--help", "--lang", "fr").out.splitlines()
        for line in (page[0], *(line for line in page if line.startswith("  -") or line.startswith("  ["))):
            shown = re.split(r"(?<=\S)  ", line, maxsplit=1)[0]
            words = set(re.findall(r"\b[A-ZÀ-Ü][A-ZÀ-Ü-]+\b|\b[A-Z]\b", shown))
            assert words <= french | SAME_IN_FRENCH, (command, shown)
        assert not set("{}").intersection(page[0]), page[0]


def test_a_line_of_usage_tells_the_options_that_are_needed(run: Callable[..., Run]) -> None:
    usage = run("add", "--help", "--lang", "en").out.splitlines()[0]
    assert usage == "Usage: relance add --client NAME --number NUMBER --amount AMOUNT [...]"

"""What is mistyped is understood where it can mean one thing, and answered with what it may mean elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from conftest import Run
from relance.cli.commands import COMMANDS
from relance.config import read_data
from relance.domain.names import fold
from sheets import HEADERS, make

DAY = ("--today", "2026-11-20", "--lang", "en")
NUMBERS = ("F-2025-041", "F-2026-041", "F-2026-012", "F-2026-0112", "FA20260077", "202611-0009", "A7")


@pytest.fixture
def book(tmp_path: Path) -> tuple[str, str]:
    rows = [(number, "Société Dupont", date(2026, 3, 1), date(2026, 3, 31), 1000) for number in NUMBERS]
    return "-w", str(make(tmp_path / "suivi.xlsx", [HEADERS, *rows]))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("f12", "F-2026-012"), ("12", "F-2026-012"), ("F-2026-12", "F-2026-012"), ("f 2026 112", "F-2026-0112"),
        ("77", "FA20260077"), ("fa77", "FA20260077"), ("9", "202611-0009"), ("a7", "A7"), ("f2025-41", "F-2025-041"),
    ],
)  # fmt: skip
def test_a_short_number_finds_the_only_one_it_can_mean(
    run: Callable[..., Run], book: tuple[str, str], typed: str, number: str
) -> None:
    done = run("why", typed, *book, *DAY)
    assert done.code == 0, done.err
    assert number in done.out.splitlines()[0]


@pytest.mark.parametrize(("typed", "named"), [("f41", {"F-2025-041", "F-2026-041"})])
def test_one_that_can_mean_several_lists_them(
    run: Callable[..., Run], book: tuple[str, str], typed: str, named: set[str]
) -> None:
    done = run("why", typed, *book, *DAY)
    assert (done.code, done.out) == (2, "")
    assert {number for number in NUMBERS if number in done.err} == named


def test_an_unknown_one_names_the_nearest(run: Callable[..., Run], book: tuple[str, str]) -> None:
    assert "F-2026-012" in run("why", "F-2026-013", *book, *DAY).err
    assert "Société Dupont" in run("client", "societe dupond", *book, *DAY).err


def test_a_part_of_a_name_that_several_clients_have_lists_them(run: Callable[..., Run], folder: Path) -> None:
    done = run("client", "gar", *DAY)
    assert (done.code, done.out) == (2, "")
    assert "“gar” can mean several clients." in done.err
    assert "Garage Poitevin" in done.err
    assert "Mme Hélène Garnier" in done.err
    assert "Tessier" not in done.err


def test_too_many_words_are_said_in_the_readers_language(run: Callable[..., Run], folder: Path) -> None:
    assert "Trop d’arguments : B C." in run("why", "A", "B", "C", "--lang", "fr").err.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("staut", "status"), ("factures", "invoices"), ("Pénalités", "fees"), ("relevé", "statement"),
        ("F41", "why F41"), ("clints", "clients, client"), ("rapprot", "report"),
    ],
)  # fmt: skip
def test_a_mistyped_command_is_answered_with_the_nearest(run: Callable[..., Run], typed: str, meant: str) -> None:
    done = run(typed, "--lang", "en")
    assert done.code == 2
    assert f"Did you mean {meant}?" in done.err


def test_nothing_is_suggested_for_what_is_like_nothing(run: Callable[..., Run]) -> None:
    assert "Did you mean" not in run("xyzzy", "--lang", "en").err


def test_each_word_means_one_command() -> None:
    words = read_data("command_words.toml")
    assert len(set(COMMANDS) & set(words)) > 30
    told = [word for others in words.values() for word in others]
    assert len(told) == len(set(told))
    assert all(fold(word).replace(" ", "-") == word for word in told)
    assert not set(told) & set(COMMANDS)

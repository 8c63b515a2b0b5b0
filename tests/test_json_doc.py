"""docs/json.md tells every key of every answer: a key that its row does not name fails here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from conftest import ROOT, Run
from json_runs import RUNS, paths
from relance.cli.commands import COMMANDS

PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
NO_ANSWER = {"init"}  # it talks, and answers nothing as data


def rows() -> dict[str, str]:
    """What the page says of each command: its row, with the rows it refers to (`as X`)."""
    found: dict[str, str] = {}
    for line in PAGE.splitlines():
        if match := re.match(r"\| (`[^|]*) \| (.*) \|$", line):
            for command in re.findall(r"`([a-z]+)`", match[1]):
                found[command] = found.get(command, "") + " " + match[2]
    facts = PAGE.partition("`learned[]`: every fact")[2].partition("`decision.action`")[0]
    for command, text in found.items():
        for other in re.findall(r"as `([a-z]+)`", text):
            found[command] += " " + found[other]
        if "as above" in text:
            found[command] += " " + found["invoices"]
        if "learned[]" in text:
            found[command] += " " + facts
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9_]+", text))


@pytest.mark.usefixtures("folder")
def test_every_key_of_every_answer_is_documented(run: Callable[..., Run]) -> None:
    told = {command: words(text) for command, text in rows().items()}
    unknown: set[str] = set()
    for line in RUNS:
        done = run(*line, "--json")
        assert done.code in (0, 1), (line, done.err)
        keys = paths(json.loads(done.out)["data"])
        unknown |= {f"{line[0]}: {key}" for key in keys if key.rpartition(".")[2].rstrip("[]") not in told[line[0]]}
    assert not unknown


def test_every_command_has_its_row_and_is_run() -> None:
    assert set(COMMANDS) - NO_ANSWER <= set(rows())
    assert {"status", "report", "paid", "schedule"} <= {line[0] for line in RUNS}
    assert set(COMMANDS) - NO_ANSWER - {line[0] for line in RUNS} <= {"export", "mail"}


def test_a_key_left_out_is_seen() -> None:
    assert "late_days_weighted" in words(rows()["clients"])
    assert "late_days_weighted" not in words(rows()["status"])

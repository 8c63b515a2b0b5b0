"""Nothing is drafted twice and no draft is lost: a second run, two runs at once, a sorted, renamed or restored sheet, a
run killed at each of its file operations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conftest import EXAMPLE, Run

DAY = ("--today", "2026-11-20")
KILLED = """
import os, sys
left = int(sys.argv.pop(1))
def watch(event, args):
    global left
    path = args[0] if args and isinstance(args[0], str) else ""
    if event in ("open", "os.rename", "os.link", "os.remove", "os.mkdir") and "relance/" in path:
        if "/site-packages/" not in path and "/src/" not in path:
            left -= 1
            if left == 0:
                os._exit(9)
sys.addaudithook(watch)
from relance.cli import main
sys.exit(main(sys.argv[1:]))
"""


def drafts(folder: Path) -> list[Path]:
    """Every draft in the folder, whatever its day."""
    return sorted(path for path in (folder / "relance" / "drafts").rglob("*") if path.suffix in (".eml", ".pdf"))


def spoken(folder: Path) -> list[tuple[str, ...]]:
    """The numbers each draft speaks of in its subject or, on paper, its name."""
    found = []
    for path in drafts(folder):
        if path.suffix == ".eml":
            message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            found.append((str(message["To"]), str(message["Subject"])))
        else:
            found.append((path.name, ""))
    return found


def planned(run: Callable[..., Run]) -> list[str]:
    """The numbers that a run would take a step further."""
    answer = json.loads(run("remind", "--dry-run", "--json", *DAY).out)
    return sorted(number for draft in answer["data"]["drafts"] for number in draft["numbers"] + draft["beside"])


def test_a_dry_run_is_the_run_minus_the_writing(folder: Path, run: Callable[..., Run]) -> None:
    dry = json.loads(run("remind", "--dry-run", "--json", *DAY).out)["data"]
    assert not (folder / "relance").exists()
    wet = json.loads(run("remind", "--json", *DAY).out)["data"]
    assert [draft["numbers"] for draft in dry["drafts"]] == [draft["numbers"] for draft in wet["drafts"]]
    assert [str(folder / "relance" / draft["file"]) for draft in wet["drafts"]]
    assert sorted(draft["file"] for draft in dry["drafts"]) == sorted(
        path.relative_to(folder / "relance").as_posix() for path in drafts(folder)
    )


@pytest.mark.usefixtures("folder")
def test_a_second_run_drafts_nothing(folder: Path, run: Callable[..., Run]) -> None:
    assert planned(run)
    assert run("remind", *DAY).code == 0
    first = {path: path.read_bytes() for path in drafts(folder)}
    again = run("remind", *DAY)
    assert again.code == 0
    assert "Rien à préparer" in again.out
    assert {path: path.read_bytes() for path in drafts(folder)} == first
    assert planned(run) == []


def test_the_sheet_shows_its_step_and_the_draft_is_settled(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    book = load_workbook(folder / "suivi_factures.xlsx")
    sheet = book["Factures"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "N° facture" for cell in row))
    column = {str(cell.value): cell.column for cell in head}
    for row in range(head[0].row + 1, sheet.max_row + 1):
        if sheet.cell(row, column["N° facture"]).value == "F-2026-026":
            sheet.cell(row, column["Nb relances"]).value = 2
            sheet.cell(row, column["Dates de relance"]).value = "11/11/2026 ; 20/11/2026"
    book.save(folder / "suivi_factures.xlsx")
    rules = json.loads(run("why", "F-2026-026", "--json", "--today", "2026-12-07").out)["data"]
    assert rules["decision"]["reason"] != "awaiting-confirmation"


@pytest.mark.parametrize("change", ["sorted", "renamed", "restored"])
def test_a_sheet_that_was_moved_about_causes_no_second_draft(
    folder: Path, run: Callable[..., Run], change: str
) -> None:
    workbook = folder / "suivi_factures.xlsx"
    before = workbook.read_bytes()
    run("remind", *DAY)
    first = drafts(folder)
    if change == "renamed":
        workbook.rename(folder / "suivi 2026.xlsx")
    elif change == "restored":
        workbook.write_bytes(before)
    else:
        _reverse_rows(workbook)
    assert run("remind", *DAY).code == 0
    assert drafts(folder) == first


def _reverse_rows(workbook: Path) -> None:
    book = load_workbook(workbook, data_only=True)
    sheet = book["Factures"]
    head = next(row[0].row for row in sheet.iter_rows() if any(cell.value == "N° facture" for cell in row))
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=head + 1)]
    for at, values in enumerate(reversed(rows), start=head + 1):
        for column, value in enumerate(values, start=1):
            sheet.cell(at, column).value = value
    book.save(workbook)


def test_runs_at_once_draft_each_message_once(folder: Path, run: Callable[..., Run]) -> None:
    expected = planned(run)
    command = [sys.executable, "-m", "relance", "remind", *DAY]
    started = [subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
    codes = [process.wait(120) for process in started]
    for process in started:
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
    assert set(codes) <= {0, 5}
    assert 0 in codes
    events = [json.loads(line) for line in (folder / "relance" / "journal.jsonl").read_text("utf-8").splitlines()]
    taken = [step["number"] for event in events if event["event"] == "reserved" for step in event["invoices"]]
    assert sorted(taken) == expected
    assert len(drafts(folder)) == sum(event["event"] == "drafted" for event in events)
    assert len(set(spoken(folder))) == len(drafts(folder))


def test_killed_at_any_file_operation_each_message_comes_once(tmp_path: Path, run: Callable[..., Run]) -> None:
    """The run is killed at its first, second, third ... operation on the folder; the next one finishes the work."""
    deaths = 0
    for instant in (*range(1, 10), *range(10, 400, 5)):
        folder = tmp_path / str(instant)
        folder.mkdir()
        (folder / EXAMPLE.name).write_bytes(EXAMPLE.read_bytes())
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(instant), "remind", "-w", str(folder / EXAMPLE.name), *DAY],
            capture_output=True, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        if killed.returncode == 0:
            break
        assert killed.returncode == 9, killed.stderr.decode()
        deaths += 1
        assert run("remind", "-w", str(folder / EXAMPLE.name), *DAY).code == 0
        assert len(spoken(folder)) == len(set(spoken(folder))) == 7
        assert not [path for path in folder.rglob("*") if path.suffix == ".tmp"]
    else:
        pytest.fail("the run never ended")
    assert deaths > 12


def test_the_draft_is_a_message_its_client_can_read(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    by_client = {path.name: path for path in drafts(folder)}
    english = next(path for name, path in by_client.items() if name.startswith("hartwell"))
    message = BytesParser(policy=policy.default).parsebytes(english.read_bytes())
    assert message["X-Unsent"] == "1"
    assert message["Content-Language"] == "en"
    assert str(message["To"]) == "accounts@hartwell-dunne.example"
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "F-2026-024" in text
    assert "€8,730.00" in text
    consumer = next(path for name, path in by_client.items() if "garnier" in name)
    body = BytesParser(policy=policy.default).parsebytes(consumer.read_bytes()).get_body(("plain",))
    assert body is not None
    assert "40,00" not in body.get_content()

"""relance letter as a command line: which step, announced once, made again, kept beside what remind does."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from conftest import Run, posix
from pdf_pages import pdf_text
from recording import DAY, edits, journal, learned

QUAI = ("letter", "quai vert", *DAY)


def made(run: Callable[..., Run], *words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.code == 0, done.err
    data: dict[str, Any] = json.loads(done.out)["data"]
    return data


def refused(run: Callable[..., Run], code: str, *words: str) -> str:
    done = run(*words)
    assert (done.code, f"[{code}]" in done.err) == (2, True), done.err
    return done.err


def figures(path: Path) -> str:
    return re.sub(r"\s+", " ", pdf_text(path).replace("\u00a0", " "))


def euros(text: str) -> str:
    """An amount of the JSON as a French letter writes it."""
    return f"{float(text):,.2f} €".replace(",", " ").replace(".", ",")


def test_the_letter_claims_what_fees_and_remind_say(folder: Path, run: Callable[..., Run]) -> None:
    (fees,) = json.loads(run("fees", "F-2026-018", "--json", *DAY).out)["data"]["fees"]
    planned = {d["client"]: d for d in json.loads(run("remind", "--dry-run", "--json", *DAY).out)["data"]["drafts"]}
    data = made(run, *QUAI)
    assert (data["step"], data["numbers"], data["beside"]) == (5, ["F-2026-018"], ["F-2026-028"])
    assert data["amounts"] == planned["Brasserie du Quai Vert"]["amounts"]
    assert data["file"] == f"relance/{planned['Brasserie du Quai Vert']['file']}"
    text = figures(folder / data["file"])
    whole = float(fees["open"]) + float(fees["total"])
    for amount in (fees["open"], fees["interest"], fees["indemnity"], f"{whole}"):
        assert euros(amount) in text
    for line in fees["lines"]:
        rate = line["rate"].replace(".", ",")
        row = f"{line['days']} {euros(line['base'])} {rate} % {euros(line['amount'])} {euros(fees['indemnity'])}"
        assert row in text
        assert line["source"].replace("\u00a0", " ") in text
    assert fees["basis"] in text


def test_a_letter_is_announced_once_and_remind_leaves_it(folder: Path, run: Callable[..., Run]) -> None:
    first = made(run, *QUAI)
    content = (folder / first["file"]).read_bytes()
    events = journal(folder)
    assert [event["event"] for event in events] == ["reserved", "drafted"]
    (folder / first["file"]).write_bytes(b"scribbled")
    again = made(run, *QUAI)
    assert (again["file"], again["first"]) == (first["file"], first["file"])
    assert (folder / first["file"]).read_bytes() == content
    assert journal(folder) == events
    drafts = json.loads(run("remind", "--json", *DAY).out)["data"]["drafts"]
    assert "Brasserie du Quai Vert" not in {draft["client"] for draft in drafts}
    assert sum(event["event"] == "reserved" and "F-2026-018" in str(event) for event in journal(folder)) == 1


def test_a_draft_of_the_day_is_put_on_paper_and_not_counted_twice(folder: Path, run: Callable[..., Run]) -> None:
    run("remind", *DAY)
    events = journal(folder)
    data = made(run, "letter", "trois ormes", *DAY)
    assert (data["step"], data["first"]) == (4, "relance/drafts/2026-11-20/sci-les-trois-ormes-4.eml")
    assert data["file"] == "relance/drafts/2026-11-20/sci-les-trois-ormes-4.pdf"
    assert (folder / data["first"]).is_file()
    assert "5 940,00 €" in figures(folder / data["file"])
    assert journal(folder) == events


def test_a_letter_whose_sums_changed_is_announced_again(folder: Path, run: Callable[..., Run]) -> None:
    first = made(run, *QUAI)
    run("paid", "F-2026-018", "640", "--on", "2026-11-19", "--yes", *DAY)
    second = made(run, *QUAI)
    assert (second["first"], second["replaced"]) == ("", first["file"])
    assert second["file"] != first["file"]
    assert "5 000,00 €" in figures(folder / second["file"])
    kinds = [event["event"] for event in journal(folder) if event["event"] in {"reserved", "released", "drafted"}]
    assert kinds == ["reserved", "drafted", "released", "reserved", "drafted"]
    (fact, *_) = learned(run("sent", "--client", "quai vert", "--yes", "--json", *DAY))
    assert (fact["step"], fact["by"]) == (5, "letter")


def test_a_letter_of_another_day_is_only_made_anew_when_asked(folder: Path, run: Callable[..., Run]) -> None:
    made(run, *QUAI)
    later = ("letter", "quai vert", "--today", "2026-11-24")
    assert "--anew" in refused(run, "letter-waiting", *later)
    data = made(run, *later, "--anew")
    assert "24 novembre 2026" in figures(folder / data["file"])
    events = journal(folder)
    assert [event["event"] for event in events] == ["reserved", "drafted", "released", "reserved", "drafted"]
    facts = learned(run("sent", "--client", "quai vert", "--yes", "--json", "--today", "2026-11-24"))
    assert {fact["message"] for fact in facts} == {events[-1]["id"]}


def test_a_message_that_may_have_left_is_settled_first(folder: Path, run: Callable[..., Run]) -> None:
    """The server took it, or not: nobody noted which. A letter would be the second message of that step."""
    run("remind", *DAY)
    path = folder / "relance" / "journal.jsonl"
    message = next(e for e in journal(folder) if e["event"] == "reserved" and e.get("to") and "F-2026-021" in str(e))
    doubt = {"event": "unknown", "at": message["at"], "day": message["day"], "id": message["id"], "reason": "x"}
    path.write_text(path.read_text("utf-8") + json.dumps(doubt) + "\n", "utf-8")
    for words in ((), ("--anew",), ("--step", "4")):
        assert "relance failed" in refused(run, "letter-doubtful", "letter", "trois ormes", *DAY, *words)


def test_it_never_leaves_by_itself_and_sent_confirms_it(folder: Path, run: Callable[..., Run]) -> None:
    before = (folder / "suivi_factures.xlsx").read_bytes()
    made(run, *QUAI)
    assert (folder / "suivi_factures.xlsx").read_bytes() == before
    confirm = ("sent", "--client", "quai vert", "--by", "letter", "--ref", "LRAR 1A 2", "--yes", "--json", *DAY)
    assert edits(run(*confirm))
    refused(run, "letter-none", *QUAI)


def test_a_step_may_be_taken_before_its_day_and_never_out_of_turn(folder: Path, run: Callable[..., Run]) -> None:
    asked = ("letter", "bellerive", *DAY)
    assert "--step 3" in refused(run, "letter-none", *asked)
    for step in ("1", "2", "4", "5", "9"):
        if step != "1":
            refused(run, "letter-step", *asked, "--step", step)
    data = made(run, *asked, "--step", "3")
    assert (data["step"], data["numbers"]) == (3, ["F-2026-022"])
    assert not {"F-2026-022"} & {n for d in _reminded(run) for n in d["numbers"]}


def _reminded(run: Callable[..., Run]) -> list[dict[str, Any]]:
    drafts: list[dict[str, Any]] = json.loads(run("remind", "--json", *DAY).out)["data"]["drafts"]
    return drafts


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("client", ["colombe", "tessier", "poitevin"])
def test_a_stop_holds_whatever_step_is_named(run: Callable[..., Run], client: str) -> None:
    """On hold, promised, counted without dates: a letter would not stop the reason why nobody is chased."""
    stopped = {"colombe": "F-2026-019", "tessier": "F-2026-020", "poitevin": "F-2026-016"}[client]
    for step in range(1, 7):
        done = run("letter", client, "--step", str(step), "--json", *DAY)
        assert done.code == 2 or stopped not in json.loads(done.out)["data"]["numbers"]


@pytest.mark.usefixtures("folder")
def test_handing_over_is_no_letter(run: Callable[..., Run]) -> None:
    assert "6" in refused(run, "letter-refused", "letter", "nova", *DAY)


def test_a_formal_notice_refuses_a_rate_not_published_yet(folder: Path, run: Callable[..., Run]) -> None:
    asked = ("letter", "quai vert", "--today", "2027-02-02")
    assert "--provisional" in refused(run, "letter-refused", *asked)
    assert not (folder / "relance" / "drafts").exists()
    data = made(run, *asked, "--provisional")
    text = figures(folder / data["file"])
    assert "montant provisoire" in text
    assert "taux provisoire" in text


def test_the_language_is_that_of_the_client(folder: Path, run: Callable[..., Run]) -> None:
    text = figures(folder / made(run, "letter", "hartwell", *DAY)["file"])
    assert "Subject: Unpaid: invoice F-2026-024, €8,730.00" in text
    assert "For the attention of Ms Rebecca Dunne" in text


def test_the_entry_in_a_register_is_on_the_page_once(folder: Path, run: Callable[..., Run]) -> None:
    settings = folder / "relance.toml"
    text = settings.read_text("utf-8").replace("[company]", '[company]\nregister = "RCS Tours 123 456 782"', 1)
    settings.write_text(text, "utf-8")
    assert figures(folder / made(run, "letter", "garnier", *DAY)["file"]).count("RCS Tours 123 456 782") == 1


def test_a_client_who_is_a_person_is_named_once_in_the_window(folder: Path, run: Callable[..., Run]) -> None:
    text = figures(folder / made(run, "letter", "garnier", *DAY)["file"])
    assert "Mme Hélène Garnier" in text
    assert "À l’attention de" not in text


@posix
def test_a_copy_and_the_program_that_shows_it(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("opened by another program there")
    tools = folder / "tools"
    tools.mkdir()
    (tools / "xdg-open").write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{folder}/opened.part"\n'
                                    f'mv "{folder}/opened.part" "{folder}/opened"\n')  # fmt: skip
    (tools / "xdg-open").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    data = made(run, *QUAI, "--output", "copie.pdf", "--open")
    assert (folder / "copie.pdf").read_bytes() == (folder / data["file"]).read_bytes()
    for _ in range(500):
        if (folder / "opened").exists():
            break
        time.sleep(0.01)
    assert (folder / "opened").read_text() == "copie.pdf"
    refused(run, "output-unwritable", *QUAI, "--output", "absent/copie.pdf")


def test_a_hostile_workbook_is_printed_as_it_is(folder: Path, run: Callable[..., Run]) -> None:
    book = load_workbook(folder / "suivi_factures.xlsx")
    attack = '#read("/etc/passwd") *gras* = Titre'
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.value == "Brasserie du Quai Vert":
                    cell.value = attack
    book.save(folder / "suivi_factures.xlsx")
    data = made(run, "letter", "read etc passwd gras titre", *DAY)
    assert attack in figures(folder / data["file"])
    assert "/../" not in data["file"]


def test_remind_writes_the_text_where_no_pdf_can_be_made(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    run("remind", *DAY)
    assert (folder / "relance/drafts/2026-11-20/brasserie-du-quai-vert-5.txt").is_file()
    refused(run, "pdf-missing", *QUAI)
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    events = journal(folder)
    data = made(run, *QUAI)
    assert data["file"].endswith("brasserie-du-quai-vert-5.pdf")
    assert journal(folder) == events


def test_a_page_that_cannot_be_used_is_told_before_anything_is_announced(folder: Path, run: Callable[..., Run]) -> None:
    (folder / "modeles").mkdir()
    (folder / "modeles" / "letter.typ").write_text("#inconnu\n", "utf-8")
    done = run(*QUAI)
    assert (done.code, "[template-broken]" in done.err) == (4, True)
    assert not (folder / "relance" / "journal.jsonl").exists()
    shutil.rmtree(folder / "modeles")
    assert made(run, *QUAI)["first"] == ""

"""The statement of account as PDF: the same figures as the other formats, on the paper of the letters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from conftest import Run
from pdf_pages import pdf_text, pictures

DAY = ("--today", "2026-11-20")


def made(run: Callable[..., Run], client: str, *words: str) -> str:
    done = run("statement", client, "--format", "pdf", "--output", "releve.pdf", *words, *DAY)
    assert (done.code, done.out) == (0, ""), done.err
    return re.sub(r"\s+", " ", pdf_text(Path("releve.pdf")).replace("\u00a0", " "))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("client", ["nova", "bellerive", "garnier", "poitevin", "dubreuil", "saint-aubry"])
def test_every_figure_of_the_statement_is_on_paper(run: Callable[..., Run], client: str) -> None:
    data = json.loads(run("statement", client, "--json", *DAY).out)["data"]
    text = made(run, client)
    (account,) = data["accounts"]
    for move in account["movements"]:
        assert euros(move["balance"]) in text
        assert euros(abs(Decimal(move["amount"]))) in text
        assert move["number"] in text
    for item in account["open_items"]:
        assert euros(item["open"]) in text
    for name in ("closing", "overdue", "not_due"):
        assert euros(account[name]) in text


def euros(amount: str | Decimal) -> str:
    return f"{Decimal(amount):,.2f} €".replace(",", " ").replace(".", ",")


@pytest.mark.usefixtures("folder")
def test_the_language_is_that_of_the_client_or_the_one_asked_for(run: Callable[..., Run]) -> None:
    assert made(run, "hartwell").startswith("Ateliers Roussel")
    assert "Statement of account on 20 November 2026" in made(run, "hartwell")
    assert "Relevé de compte au 20 novembre 2026" in made(run, "hartwell", "--lang", "fr")
    assert str(PdfReader("releve.pdf").trailer["/Root"]["/Lang"]).startswith("fr")  # type: ignore[index]


@pytest.mark.usefixtures("folder")
def test_earlier_movements_make_one_line(run: Callable[..., Run]) -> None:
    text = made(run, "bellerive", "--from", "2026-10-01")
    assert "Solde reporté 5 416,00 €" in text
    assert "Mouvements depuis le 1er octobre 2026" in text


def test_the_ending_of_the_file_is_enough(folder: Path, run: Callable[..., Run]) -> None:
    assert run("statement", "nova", "--output", "un.pdf", *DAY).code == 0
    assert run("--format", "pdf", "statement", "nova", "--output", "deux.pdf", *DAY).code == 0
    assert (folder / "un.pdf").read_bytes() == (folder / "deux.pdf").read_bytes()


@pytest.mark.usefixtures("folder")
def test_other_commands_make_no_page(run: Callable[..., Run]) -> None:
    for command in ("status", "remind"):
        done = run(command, "--format", "pdf", *DAY)
        assert (done.code, "[unknown-choice]" in done.err) == (2, True)
    assert not Path("relance").exists()


def test_the_address_is_in_the_window_and_cells_are_only_printed(
    folder: Path, run: Callable[..., Run], tmp_path: Path
) -> None:
    attack = '#read("/etc/passwd") *gras*'
    book = load_workbook(folder / "suivi_factures.xlsx")
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.value in {"Agence Nova Espaces", "F-2026-012"}:
                    cell.value = attack
    book.save(folder / "suivi_factures.xlsx")
    text = made(run, "C010")
    assert text.count(attack) >= 3
    (first, *_) = pictures(folder / "releve.pdf", tmp_path / "pages")
    assert first.ink(108, 51, 190, 80) > 500
    assert first.ink(95, 34, 210, 50.5) == 0
    assert first.ink(95, 80.5, 210, 91) == 0

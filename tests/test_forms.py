"""Tu or vous, as a column of the tracker or of the clients sheet says it: read, told where it cannot be, written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from sheets import Formula, make_sheets

DAY = ("--today", "2026-11-20")
HEADERS = ["Client", "N° facture", "Date facture", "Échéance", "Montant TTC", "E-mail"]
NAMES = ("Hôtel Bellerive", "Pharmacie Dubreuil", "Garage Martin")
ROWS = [
    [name, f"F-2026-00{place}", date(2026, 10, 1), date(2026, 11, 10), 100 * place, f"{place}@a.example"]
    for place, name in enumerate(NAMES, 1)
]
Book = Callable[..., None]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """`book(header, cells, ...)`: a tracker, or its clients sheet, with such a column, and such a relance.toml."""
    monkeypatch.chdir(tmp_path)

    def make(header: str, cells: tuple[Any, ...], *, listed: bool = False, toml: str = "") -> None:
        rows = [[*row, *(() if listed else (cell,))] for row, cell in zip(ROWS, cells, strict=True)]
        sheets: dict[str, list[list[Any]]] = {"Factures": [[*HEADERS, *(() if listed else (header,))], *rows]}
        if listed:
            sheets["Clients"] = [
                ["Client", "Téléphone", header],
                *([name, "", cell] for name, cell in zip(NAMES, cells, strict=True)),
            ]
        make_sheets(tmp_path / "suivi.xlsx", sheets)
        Path("relance.toml").write_text(f'[company]\nname = "Nous"\n{toml}', encoding="utf-8")

    return make


def forms(run: Callable[..., Run]) -> list[str]:
    """How each of the drafts made today speaks, in the order of the rows."""
    drafts = json.loads(run("remind", "--json", *DAY).out)["data"]["drafts"]
    said = {}
    for draft in drafts:
        text = (Path("relance") / draft["file"]).read_text("utf-8")
        found = [form for form in ("tu", "vous") if _speaks(text, form)]
        said[draft["client"]] = "+".join(found)
    return [said[name] for name in NAMES]


def _speaks(text: str, form: str) -> bool:
    body = message_from_string(text, EmailMessage, policy=default).get_body(("plain",))
    return body is not None and bool(re.search(rf"\b{form}\b", body.get_content()))


def told(run: Callable[..., Run]) -> list[tuple[str, str, str]]:
    problems = json.loads(run("check", "--json", *DAY).out)["problems"]
    return [
        (one["where"]["cell"], one["value"], one["severity"])
        for one in problems
        if one["code"] == "form-of-address-unknown"
    ]


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    ("header", "cells"),
    [("Tu/Vous", ("Tu", "vous", "")), ("Tutoiement", ("oui", "non", "")), ("Vouvoiement", ("non", "x", ""))],
)
def test_a_column_says_whom_we_call_tu(
    book: Book, run: Callable[..., Run], header: str, cells: tuple[str, ...], *, listed: bool
) -> None:
    book(header, cells, listed=listed)
    assert told(run) == []
    assert json.loads(run("client", "bellerive", "--json", *DAY).out)["data"]["form_of_address"] == "tu"
    assert forms(run) == ["tu", "vous", "vous"]


@pytest.mark.parametrize(("listed", "cells"), [(False, ("G3", "G4")), (True, ("C3", "C4"))])
def test_what_cannot_be_read_is_told_at_its_cell_and_the_letter_says_vous(
    book: Book, run: Callable[..., Run], cells: tuple[str, str], *, listed: bool
) -> None:
    """Whatever relance.toml says of all clients: a client called tu by mistake cannot be called back."""
    book("Tu/Vous", ("", "oui", "à voir"), listed=listed, toml='form_of_address = "tu"\n')
    assert told(run) == [(cells[0], "oui", "warning"), (cells[1], "à voir", "warning")]
    assert forms(run) == ["tu", "vous", "vous"]


def test_the_workbook_wins_over_relance_toml_and_it_is_said(book: Book, run: Callable[..., Run]) -> None:
    toml = "".join(f'[clients."{name}"]\nform_of_address = "tu"\n' for name in NAMES)
    book("Tu/Vous", ("vous", "tu", ""), toml=toml)
    problems = json.loads(run("check", "--json", "--lang", "en", *DAY).out)["problems"]
    (problem,) = [one for one in problems if one["code"] == "setting-without-effect"]
    assert "form_of_address of “Hôtel Bellerive” has no effect, the workbook says “vous”" in problem["message"]
    assert forms(run) == ["vous", "tu", "tu"]


@pytest.mark.parametrize(("listed", "cell"), [(False, "G2"), (True, "C2")])
def test_a_cell_that_shows_an_error_is_told_and_the_letter_says_vous(
    book: Book, run: Callable[..., Run], cell: str, *, listed: bool
) -> None:
    book("Tu/Vous", (Formula("=NA()", "#N/A"), "", "tu"), listed=listed, toml='form_of_address = "tu"\n')
    problems = json.loads(run("check", "--json", *DAY).out)["problems"]
    assert [(one["code"], one["where"]["cell"]) for one in problems if one["where"]["cell"] == cell] == [
        ("cell-error", cell)
    ]
    assert forms(run) == ["vous", "tu", "tu"]

"""A guarantee that the client may keep back is asked from nobody and in no total, and is never forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from pdf_pages import pdf_text
from relance.domain.model import Ledger
from relance.domain.owed import balance_agrees, owed
from relance.workbook.reading.rows import read_ledger
from sheets import HEADERS, ROW, Formula, make, make_sheets

DAY = ("--today", "2026-11-20", "--lang", "en")


def one(tmp_path: Path, kept: Any, header: str = "Retenue de garantie", **columns: Any) -> Ledger:
    """The ledger of one late invoice of 1000."""
    return read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, header, *columns], [*ROW, kept, *columns.values()]]))


@pytest.mark.parametrize("header", ["Retenue de garantie", "RG", "RG 5 %", "Montant RG", "Retention"])
@pytest.mark.parametrize("cell", [50, -50, "50,00 €"])
def test_what_is_retained_is_not_owed(tmp_path: Path, header: str, cell: Any) -> None:
    (invoice,) = one(tmp_path, cell, header).invoices
    assert (invoice.retained, invoice.open, owed(invoice)) == (50, 950, 950)


@pytest.mark.parametrize(
    ("columns", "open_", "kept"),
    [
        ({"Réglé": 400}, 550, 50),
        ({"Réglé": 950}, 0, 50),
        ({"Réglé": 980}, 0, 20),
        ({"Réglé": 1000}, 0, 0),
        ({"Réglé": 950, "Statut": "Payée"}, 0, 50),
        ({"Statut": "Payée"}, 0, 0),
        ({"Acompte": 300}, 650, 50),
        ({"Reste dû": 1000}, 950, 50),
        ({"Reste dû": 950}, 950, 50),
        ({"Reste dû": 50}, 0, 50),
        ({"Réglé": 950, "Reste dû": 50, "Statut": "Payée"}, 0, 50),
    ],
)
def test_at_most_what_is_unpaid_is_retained(tmp_path: Path, columns: dict[str, Any], open_: int, kept: int) -> None:
    (invoice,) = one(tmp_path, 50, **columns).invoices
    assert (owed(invoice), invoice.retained) == (open_, kept)
    assert balance_agrees(invoice, owed(invoice))


@pytest.mark.parametrize("cell", ["5 %", 0.05, "voir contrat", Formula("=1/0", "#DIV/0!")])
def test_a_rate_or_a_doubt_sets_only_an_open_row_aside(tmp_path: Path, cell: Any) -> None:
    assert [str(row.problems[0].where) for row in one(tmp_path, cell).set_aside] == ["Suivi!F2"]
    assert one(tmp_path, cell, Statut="Payée").set_aside == ()


def test_a_cell_that_shows_a_percentage_is_a_rate(tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    make_sheets(path, {"Suivi": [[*HEADERS, "Retenue de garantie"], [*ROW, 5]]}, {(1, 5): "0%"})
    assert [row.problems[0].code for row in read_ledger(path).set_aside] == ["amount-percent"]


@pytest.mark.parametrize("header", ["Commentaire", "Statut"])
def test_the_word_alone_holds_the_invoice(header: str, tmp_path: Path, run: Callable[..., Run]) -> None:
    path = make(tmp_path / "s.xlsx", [[*HEADERS, header], [*ROW, "Retenue de garantie"]])
    found = json.loads(run("status", "-w", str(path), "--json", *DAY).out)["data"]
    assert (found["chase"], [row["reason"] for row in found["waiting"]]) == ([], ["on-hold"])


def test_totals_fees_and_letters_leave_it_out_and_every_list_says_so(tmp_path: Path, run: Callable[..., Run]) -> None:
    rows = [[*HEADERS, "Retenue de garantie", "E-mail"], [*ROW, 50, "a@dupont.example"]]
    where = ("-w", str(make(tmp_path / "s.xlsx", rows)), *DAY)
    found = json.loads(run("status", "--json", *where).out)["data"]
    assert [(total["open"], total["overdue"]) for total in found["totals"]] == [("950.00", "950.00")]
    assert sum(Decimal(part["open"]) for part in found["ageing"]) == 950
    (invoice,) = json.loads(run("invoices", "--json", *where).out)["data"]["invoices"]
    assert (invoice["open"], invoice["retained"]) == ("950.00", "50.00")
    (fees,) = json.loads(run("fees", "F-001", "--json", *where).out)["data"]["fees"]
    assert {line["base"] for line in fees["lines"]} == {"950.00"}
    for command in ("status", "report", "remind"):
        assert "€50.00 is retained as a guarantee" in " ".join(run(command, *where).out.split())
    (letter,) = (tmp_path / "relance" / "drafts").glob("*/*.eml")
    import email
    import email.policy

    text = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    body = text.get_body(("plain",))
    assert body is not None
    said = " ".join(body.get_content().replace("\xa0", " ").replace("\u202f", " ").split())
    assert "hors retenue de garantie de 50,00 €" in said
    assert "950,00 €" in said


def test_it_is_said_in_interest_and_reasons(tmp_path: Path, run: Callable[..., Run]) -> None:
    rows = [[*HEADERS, "RG", "Réglé", "Date de règlement"], [*ROW, 50, 400, date(2026, 5, 1)]]
    where = ("-w", str(make(tmp_path / "s.xlsx", rows)), *DAY)
    (fees,) = json.loads(run("fees", "F-001", "--json", *where).out)["data"]["fees"]
    first = fees["movements"][0]
    assert (fees["lines"][0]["base"], first["kind"], first["amount"]) == ("950.00", "retained", "50.00")
    assert "guarantee retained" in run("why", "F-001", *where).out


def test_a_statement_gives_it_a_line_of_its_own_and_adds_up(tmp_path: Path, run: Callable[..., Run]) -> None:
    """Not a settlement, which nobody made: what is printed can be added again."""
    make(tmp_path / "s.xlsx", [[*HEADERS, "Retenue de garantie", "Réglé"], [*ROW, 50, 400]])
    book = ("-w", str(tmp_path / "s.xlsx"))
    (account,) = json.loads(run("statement", "dupont", "--json", *book, *DAY).out)["data"]["accounts"]
    assert [(move["kind"], move["amount"], move["balance"]) for move in account["movements"]] == [
        ("invoice", "1000.00", "1000.00"), ("retained", "-50.00", "950.00"), ("payment", "-400.00", "550.00"),
    ]  # fmt: skip
    assert (account["closing"], account["open_items"][0]["open"]) == ("550.00", "550.00")
    for language, line in (("fr", "Retenue de garantie sur F-001"), ("en", "Guarantee retained on F-001")):
        assert line in run("statement", "dupont", *book, *DAY[:2], "--lang", language).out


@pytest.mark.parametrize("own_words", [False, True])
def test_the_statement_on_paper_names_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Run], *, own_words: bool
) -> None:
    """Words of one's own, copied before there was such a line, call it a settlement as they did."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "s.xlsx", [[*HEADERS, "Retenue de garantie"], [*ROW, 50]])
    if own_words:
        run("templates", "export", "fr/_words.typ", *DAY[:2])
        words = next(Path().rglob("_words.typ"))
        kept = [line for line in words.read_text("utf-8").splitlines() if "retained: move" not in line]
        words.write_text("\n".join(kept), encoding="utf-8")
    done = run("statement", "dupont", "--format", "pdf", "--output", "s.pdf", *DAY[:2])
    assert done.code == 0, done.err
    text = " ".join(pdf_text(Path("s.pdf")).replace("\u00a0", " ").split())
    assert ("Solde de la facture F-001" if own_words else "Retenue de garantie sur la facture F-001") in text
    assert "950,00 €" in text

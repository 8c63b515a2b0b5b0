"""Late fees as a user meets them: each debtor and contract through the command line, re-added from what it prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from sheets import make

HEADERS = ("N° facture", "Client", "Date facture", "Échéance", "Montant TTC", "Payé", "Date de paiement",
           "Type de client", "Statut")  # fmt: skip
TODAY = ("--today", "2026-11-20")
ROWS = (
    ("F-1", "Menuiserie Martin", date(2026, 5, 21), date(2026, 6, 20), 10000, None, None, "Entreprise", ""),
    ("F-2", "Mme Garnier", date(2026, 2, 1), date(2026, 3, 3), 2400, None, None, "Particulier", ""),
    ("F-3", "Mairie de Saint-Aubry", date(2025, 10, 1), date(2025, 11, 1), 5000, None, None, "Collectivité", ""),
    ("F-4", "Bruxelles SRL", date(2026, 3, 1), date(2026, 4, 1), 1234.56, None, None, "Entreprise", ""),
    ("F-5", "Hebdo SAS", date(2026, 8, 1), date(2026, 9, 1), 1000, None, None, "Entreprise", ""),
    ("F-6", "Trois Fois SARL", date(2026, 4, 1), date(2026, 5, 1), 10000, None, None, "Entreprise", ""),
    ("F-7", "Payé Tard SA", date(2026, 1, 1), date(2026, 2, 1), 3000, 3000, date(2026, 8, 1), "Entreprise", "Payée"),
)
TERMS = """
[clients."Mme Garnier"]
formal_notice = 2026-06-10

[clients."Bruxelles SRL"]
country = "be"

[clients."Hebdo SAS"]
rate = "5 % par semaine"
clause = "Pénalités de 5 % par semaine de retard."

[clients."Trois Fois SARL"]
imputation = "interest-first"
"""


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one debtor of each sort, and what relance.toml says of them."""
    write(tmp_path, ROWS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, rows: Sequence[Sequence[Any]], terms: str = TERMS) -> None:
    make(folder / "suivi.xlsx", [HEADERS, *rows])
    (folder / "relance.toml").write_text(terms, encoding="utf-8")


def journal(folder: Path, *events: dict[str, Any]) -> None:
    """Events as the program writes them."""
    (folder / "relance").mkdir(exist_ok=True)
    head = {"at": "2026-11-01T09:00:00+01:00", "workbook": "suivi.xlsx"}
    lines = (json.dumps({**head, **event}) + "\n" for event in events)
    (folder / "relance" / "journal.jsonl").write_text("".join(lines), encoding="utf-8")


def printed(run: Callable[..., Run], *words: str) -> list[dict[str, str]]:
    """The rows of the English CSV by title."""
    done = run("fees", *words, "--format", "csv", "--lang", "en")
    assert done.code == 0, done.err
    return list(csv.DictReader(io.StringIO(done.out)))


def answer(run: Callable[..., Run], *words: str) -> list[dict[str, Any]]:
    done = run("fees", *words, "--json", "--lang", "en")
    assert done.code == 0, done.err
    fees: list[dict[str, Any]] = json.loads(done.out)["data"]["fees"]
    return fees


def half_up(amount: Fraction) -> Fraction:
    return Fraction((2 * 100 * amount + 1) // 2, 100)


def re_added(rows: list[dict[str, str]]) -> Fraction:
    """The total that a person with a calculator finds from the printed lines, each line checked on the way."""
    total, after = Fraction(0), None
    for row in rows:
        amount = Fraction(row["amount"])
        if row["item"] == "interest":
            first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
            assert (last - first).days + 1 == int(row["days"])
            assert after is None or first == after
            assert half_up(Fraction(row["base"]) * Fraction(row["rate %"]) * int(row["days"]) / 36500) == amount
            after = last + timedelta(1)
        total += amount
    return total


@pytest.mark.parametrize(
    ("number", "rates", "total"),
    [
        ("F-1", ["12.15", "12.40"], "559.10"),  # 10 days and 143 days on 10 000, and 40
        ("F-2", ["2.62", "2.75"], "29.48"),  # from the notice; no indemnity
        ("F-3", ["10.15"], "573.92"),  # one rate for the whole delay: 384 days, and 40
        ("F-4", ["10.50", "10.50"], None),  # ECB + 8, rounded up to the half point
        ("F-5", ["260"], "609.86"),  # 5 % a week: 80 days on 1 000, and 40
    ],
)  # fmt: skip
@pytest.mark.usefixtures("books")
def test_each_debtor_can_be_re_added_from_what_is_printed(
    run: Callable[..., Run], number: str, rates: list[str], total: str | None
) -> None:
    rows = printed(run, number, *TODAY)
    interest = [row for row in rows if row["item"] == "interest"]
    assert [Fraction(row["rate %"]) for row in interest] == [Fraction(rate) for rate in rates]
    found = re_added(rows)
    (entry,) = answer(run, number, *TODAY)
    assert found == Fraction(entry["total"])
    assert total is None or found == Fraction(total)
    assert all(row["source"] for row in rows)


@pytest.mark.usefixtures("books")
def test_a_consumer_never_sees_an_indemnity(run: Callable[..., Run]) -> None:
    for form in ("text", "html", "markdown", "csv", "json"):
        done = run("fees", "F-2", "--costs", "100:Huissier", *TODAY, "--lang", "en", "--format", form)
        assert done.code == 0
        assert "40.00" not in done.out
        assert "100.00" not in done.out
    (entry,) = answer(run, "F-2", *TODAY)
    assert entry["lines"][0]["from"] == "2026-06-10"


def test_a_debt_paid_in_three_parts_over_a_change_of_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Run]
) -> None:
    """4 000 on 01/07, 2 000 on 15/08, the rest on 30/09/2026: every base follows from the payment before it."""
    monkeypatch.chdir(tmp_path)
    days = ("2026-07-01", "2026-08-15", "2026-09-30")
    head = (*HEADERS[:5], "Payé", "Statut")
    make(tmp_path / "suivi.xlsx", [head, (*ROWS[5][:5], 10000, "Payée")])
    sums = {"4000": "4000", "2000": "6000", "4000.00": "10000"}
    journal(
        tmp_path,
        *(
            {
                "event": "recorded", "id": f"p{n}", "day": on, "act": "paid",
                "facts": [{"fact": "payment", "number": "F-6", "client": "", "amount": amount, "on": on,
                           "total": total, "shown": True}],
            }
            for n, (on, (amount, total)) in enumerate(zip(days, sums.items(), strict=True))
        ),
    )  # fmt: skip
    (entry,) = answer(run, "F-6", *TODAY)
    rows = printed(run, "F-6", *TODAY)
    assert re_added(rows) == Fraction(entry["total"])
    bases = [(row["from"], Fraction(row["base"])) for row in rows if row["item"] == "interest"]
    assert bases == [
        ("2026-05-02", 10000),
        ("2026-07-01", 10000),
        ("2026-07-02", Fraction("6203.13")),  # 10 000 - (4 000 - 203.13)
        ("2026-08-16", Fraction("4297.96")),
    ]
    for move, (_, base) in zip(entry["movements"], bases[2:], strict=False):
        assert Fraction(move["left"]) == base


def test_what_relance_noted_is_cut_day_by_day_through_the_commands(books: Path, run: Callable[..., Run]) -> None:
    for on, amount in (("2026-07-01", "4000"), ("2026-08-15", "2000")):
        assert run("paid", "F-6", amount, "--on", on, "--yes", *TODAY).code == 0
    (entry,) = answer(run, "F-6", *TODAY)
    assert [(move["on"], move["amount"]) for move in entry["movements"]] == [
        ("2026-07-01", "4000.00"), ("2026-08-15", "2000.00"),
    ]  # fmt: skip
    assert not entry["provisional"]

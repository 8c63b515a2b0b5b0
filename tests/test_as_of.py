"""A ledger on a day: what is dated later is not there yet, and of two rows with one number nobody knows the debt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from cases import CALENDAR, POLICIES, TODAY, client, invoice, ledger
from conftest import Run
from relance.domain.as_of import ledger_on
from relance.domain.checking.checks import check_ledger
from relance.domain.measures.ageing import compute_ageing
from relance.domain.model import Action, Credit, Decision, Invoice, Ledger, Payment, State, Status
from relance.domain.owed import owed, owed_in_sheet
from relance.domain.policies.decide import decide_all
from relance.errors import Severity, Where
from sheets import make

TOMORROW = TODAY + timedelta(1)


def decided(book: Ledger) -> dict[str, Decision]:
    found = decide_all(book, POLICIES, CALENDAR, TODAY)
    return {row.number: decision for row, decision in zip(book.invoices, found, strict=True)}


def on(*rows: Invoice, notes: tuple[Invoice, ...] = ()) -> Ledger:
    placed = [replace(row, where=Where("Factures", place)) for place, row in enumerate(rows, 2)]
    return ledger_on(ledger(*placed, notes=notes), TODAY)


def test_an_invoice_of_a_later_day_is_not_owed_yet() -> None:
    later = invoice("later", issued=TOMORROW, due=TODAY + timedelta(31))
    slip = invoice("slip", issued=TOMORROW, balance=Decimal(1000))
    book = on(later, slip, invoice("today", issued=TODAY, late=-30))
    (ageing,) = compute_ageing(book, TODAY)
    assert (ageing.open, ageing.count) == (Decimal(1000), 1)
    decisions = decided(book)
    for number in ("later", "slip"):
        assert (decisions[number].action, decisions[number].reason) == (Action.STOP, "issued-later")
    assert decisions["today"].reason == "not-due"
    told = [problem.code for problem in check_ledger(book, POLICIES, TODAY)]
    assert told.count("issued-in-future") == 2
    assert "balance-disagrees" not in told


def test_a_credit_note_of_a_later_day_takes_nothing_off() -> None:
    note = invoice("A-1", total=Decimal(-5000), issued=TOMORROW, is_credit_note=True)
    assert decided(on(invoice(), notes=(note,)))["F-1"].reason == "ready"
    (ageing,) = compute_ageing(on(invoice(), notes=(note,)), TODAY)
    assert ageing.credits == 0


@pytest.mark.parametrize(("amount", "status"), [(400, None), (1000, None), (1000, Status(State.PAID, 0, "Payée"))])
def test_a_payment_of_a_later_day_is_not_received(amount: int, status: Status | None) -> None:
    paid = (Payment(Decimal(0), TODAY), Payment(Decimal(amount), TOMORROW))
    book = on(invoice(payments=paid, status=status, balance=Decimal(1000 - amount)))
    (row,) = book.invoices
    assert (owed(row), owed_in_sheet(row), row.received) == (1000, 1000 - amount, 0)
    decision = decided(book)["F-1"]
    assert (decision.action, decision.reason, decision.next_date) == (
        Action.WAIT, "payment-in-future", CALENDAR.next_sending_day(TOMORROW),
    )  # fmt: skip
    problems = {problem.code: problem.severity for problem in check_ledger(book, POLICIES, TODAY)}
    assert problems == {"payment-in-future": Severity.ERROR}


def test_a_payment_of_today_is_received() -> None:
    book = on(invoice(payments=(Payment(Decimal(1000), TODAY),)))
    assert decided(book)["F-1"].reason == "paid"


def test_two_rows_with_one_number_of_one_client_are_set_aside() -> None:
    other = client("Martin")
    book = on(
        invoice("twice", total=Decimal(100)),
        invoice("alone"),
        invoice("twice", total=Decimal(100)),
        invoice("shared"),
        invoice("shared", client=other),
    )
    assert [row.number for row in book.invoices] == ["alone", "shared", "shared"]
    assert [(row.where.row, row.amount, row.problems[0].code) for row in book.set_aside] == [
        (2, Decimal(100), "duplicate-number"),
        (4, Decimal(100), "duplicate-number"),
    ]
    assert [str(row.problems[0].where) for row in book.set_aside] == ["Factures!B2", "Factures!B4"]
    (ageing,) = compute_ageing(book, TODAY)
    assert ageing.open == 3000


def test_two_rows_alike_without_numbers_are_told_so() -> None:
    alike = invoice("01/10/2026, 1 000,00", numbered=False)
    told = [str(row.problems[0].message) for row in on(alike, alike).set_aside]
    assert told == [f"The same client, date and amount stand on row {row} too." for row in (3, 2)]


def test_of_two_rows_only_what_is_owed_is_set_aside() -> None:
    paid = invoice("twice", payments=(Payment(Decimal(1000), TODAY),))
    book = on(paid, invoice("twice"), invoice("alone"))
    assert [row.number for row in book.invoices] == ["twice", "alone"]
    (row,) = book.set_aside
    assert row.where.row == 3
    assert ledger_on(ledger(paid, paid), TODAY).set_aside == ()


HEADERS = [
    "Client",
    "N° facture",
    "Date facture",
    "Échéance",
    "Montant TTC",
    "Montant réglé",
    "Date règlement",
    "Statut",
]


def test_rows_settled_later_are_open_on_the_day(tmp_path: Path, run: Callable[..., Run]) -> None:
    """The settled rows, which nobody makes into values, are looked at too."""
    due = TODAY - timedelta(5)
    issued = due - timedelta(30)
    rows = [
        HEADERS,
        ["A", "F-1", issued, due, 100, 100, TODAY, "Payée"],
        ["B", "F-2", issued, due, 200, 200, TOMORROW, "Payée"],
        ["C", "F-3", TOMORROW, TOMORROW, 400, 400, TOMORROW, "Payée"],
        ["D", "F-4", issued, due, 800, None, None, "En attente"],
        ["D", "F-4", issued, due, 800, None, None, "En attente"],
    ]
    make(tmp_path / "suivi.xlsx", rows)
    done = run("status", "--json", "--today", TODAY.isoformat(), "-w", str(tmp_path / "suivi.xlsx"))
    data = json.loads(done.out)["data"]
    assert [total["open"] for total in data["totals"]] == ["200.00"]
    assert [(row["number"], row["reason"]) for row in data["waiting"]] == [("F-2", "payment-in-future")]
    assert [(row["number"], row["open"]) for row in data["to_fix"]] == [("F-4", "800.00")] * 2
    assert data["chase"] == []


def test_a_due_date_nobody_gave_is_marked_wherever_it_stands(tmp_path: Path, run: Callable[..., Run]) -> None:
    workbook = str(tmp_path / "suivi.xlsx")
    issued = TODAY - timedelta(60)
    columns = ["Client", "N° facture", "Date facture", "Montant TTC", "E-mail"]
    make(tmp_path / "suivi.xlsx", [columns, ["A", "F-1", issued, 100, "a@a.example"]])

    def shown(*words: str) -> str:
        return run(*words, "-w", workbook, "--lang", "en", "--today", TODAY.isoformat()).out.replace("\u00a0", " ")

    assert "21/10/2026 *" in shown("invoices")
    assert "* Assumed due date" in shown("invoices")
    assert "21/10/2026 *" in shown("report")
    assert "21/10/2026 (assumed)" in shown("fees", "F-1")
    assert "21/10/2026 (assumed)" in shown("why", "F-1")
    assert "1 invoice is late by an assumed due date" in shown("status")
    table = shown("invoices", "--format", "csv").splitlines()
    assert "2026-10-21" in table[1].split(",")
    assert "assumed: the legal 30 days" in table[1]
    stated = [[*columns, "Échéance"], ["A", "F-1", issued, 100, "a@a.example", TODAY - timedelta(30)]]
    make(tmp_path / "suivi.xlsx", stated)
    assert "*" not in shown("invoices")


def test_a_credit_note_of_a_later_day_is_not_deducted_yet() -> None:
    row = invoice(credits=(Credit(Decimal(300), TOMORROW, "A-1"),), balance=Decimal(700))
    (held,) = on(row).invoices
    assert (owed(held), held.credited, owed_in_sheet(held)) == (1000, 0, 700)
    assert decided(on(row))["F-1"].reason == "ready"
    assert "balance-disagrees" not in [problem.code for problem in check_ledger(on(row), POLICIES, TODAY)]
    (then,) = ledger_on(on(row), TOMORROW).invoices
    assert (owed(then), then.credited) == (700, 300)

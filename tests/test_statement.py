"""The statement of account: every movement once, a balance that runs, the same sums as everywhere else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import TODAY, client, invoice, ledger
from conftest import Run
from relance.domain.as_of import ledger_on
from relance.domain.measures.ageing import compute_ageing
from relance.domain.measures.statement import Account, Entry, compute_accounts
from relance.domain.model import Credit, Invoice, Payment, State, Status
from sheets import make

DAY = ("--today", "2026-11-20")
WHO = client()


def account(*rows: Invoice, notes: tuple[Invoice, ...] = (), on: date = TODAY, start: date | None = None) -> Account:
    (found,) = compute_accounts(ledger_on(ledger(*rows, notes=notes), on), WHO, on, start)
    return found


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def test_the_balance_runs_over_every_movement_in_the_order_of_the_days() -> None:
    found = account(
        invoice("F-2", issued=ago(20), due=ago(-10)),
        invoice(
            "F-1",
            issued=ago(60),
            due=ago(30),
            deposit=Decimal(300),
            payments=(Payment(Decimal(200), ago(10)), Payment(Decimal(100))),
            credits=(Credit(Decimal(50), ago(15), "A-1"),),
        ),
    )
    assert [(m.on, m.entry, m.number, m.about, m.amount, m.balance) for m in found.movements] == [
        (ago(60), Entry.INVOICE, "F-1", "", 1000, 1000),
        (None, Entry.DEPOSIT, "F-1", "F-1", -300, 700),
        (None, Entry.PAYMENT, "F-1", "F-1", -100, 600),
        (ago(20), Entry.INVOICE, "F-2", "", 1000, 1600),
        (ago(15), Entry.CREDIT_NOTE, "A-1", "F-1", -50, 1550),
        (ago(10), Entry.PAYMENT, "F-1", "F-1", -200, 1350),
    ]
    assert (found.closing, found.overdue, found.not_due, found.credits) == (1350, 350, 1000, 0)
    assert [(item.number, item.open, item.days_late) for item in found.open_items] == [
        ("F-1", 350, 30),
        ("F-2", 1000, 0),
    ]


def test_earlier_movements_make_the_opening_balance() -> None:
    rows = (invoice("F-1", issued=ago(60)), invoice("F-2", issued=ago(20), payments=(Payment(Decimal(1000), ago(5)),)))
    found = account(*rows, start=ago(10))
    assert (found.opening, [m.entry for m in found.movements], found.closing) == (2000, [Entry.PAYMENT], 1000)
    assert account(*rows, start=TODAY).closing == 1000


def test_on_an_earlier_day_what_came_since_is_not_there() -> None:
    row = invoice(
        "F-1", issued=ago(60), due=ago(30), payments=(Payment(Decimal(400), ago(5)),),
        credits=(Credit(Decimal(100), ago(3), "A-1"),),
    )  # fmt: skip
    found = account(row, invoice("F-2", issued=ago(2), due=ago(1)), on=ago(10))
    assert [(m.entry, m.balance) for m in found.movements] == [(Entry.INVOICE, 1000)]
    assert (found.closing, found.overdue) == (1000, 1000)


def test_what_is_no_claim_is_no_movement() -> None:
    voids = [invoice(state, status=Status(state)) for state in (State.CANCELLED, State.DRAFT, State.WRITTEN_OFF)]
    assert compute_accounts(ledger(*voids), WHO, TODAY) == ()
    assert compute_accounts(ledger(invoice(client=client("Martin"))), WHO, TODAY) == ()


def test_a_row_settled_by_its_word_alone_is_balanced_by_a_line_without_a_day() -> None:
    found = account(invoice(status=Status(State.PAID)))
    assert [(m.on, m.entry, m.amount) for m in found.movements][1:] == [(None, Entry.SETTLED, -1000)]
    assert (found.closing, found.open_items) == (0, ())


def test_a_credit_note_is_deducted_until_it_is_refunded() -> None:
    note = invoice("A-9", total=Decimal(-300), issued=ago(4), is_credit_note=True)
    found = account(invoice(late=40), notes=(note,))
    assert (found.closing, found.credits, found.overdue) == (700, 300, 1000)
    assert [(item.number, item.open) for item in found.open_items] == [("A-9", -300), ("F-1", 1000)][::-1]
    repaid = invoice("A-9", total=Decimal(-300), is_credit_note=True, payments=(Payment(Decimal(-300), ago(1)),))
    back = account(invoice(late=40), notes=(repaid,))
    assert (back.movements[-1].entry, back.movements[-1].amount, back.closing) == (Entry.REFUND, 300, 1000)


BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
amounts = st.integers(1, 400).map(Decimal)
days = st.none() | st.integers(-20, 200).map(ago)
rows = st.builds(
    invoice,
    number=st.sampled_from([f"F-{n}" for n in range(200)]),
    total=st.integers(0, 1000).map(Decimal),
    issued=days,
    due=days,
    deposit=st.integers(0, 50).map(Decimal),
    payments=st.lists(st.builds(Payment, amounts, days), max_size=3).map(tuple),
    credits=st.lists(st.builds(Credit, amounts, days, st.just("A")), max_size=2).map(tuple),
    status=st.none() | st.sampled_from(State).map(Status),
    currency=st.sampled_from(["EUR", "CHF"]),
)


@BUSY
@given(st.lists(rows, max_size=6, unique_by=lambda row: row.number), st.integers(-20, 100), days)
def test_the_sums_are_those_of_the_ageing(found: list[Invoice], back: int, start: date | None) -> None:
    on = ago(back)
    held = ledger_on(ledger(*found), on)
    ageings = {ageing.currency: ageing for ageing in compute_ageing(held, on)}
    for one in compute_accounts(held, WHO, on, start):
        assert one.opening + sum(move.amount for move in one.movements) == one.closing
        assert one.closing == sum(item.open for item in one.open_items) == one.overdue + one.not_due - one.credits
        if ageing := ageings.pop(one.currency, None):
            assert (one.overdue, one.not_due, one.credits) == (ageing.overdue, ageing.not_due, ageing.credits)
            assert one.closing == ageing.open - ageing.credits
        else:
            assert one.closing == 0
    assert not ageings


@pytest.mark.usefixtures("folder")
def test_it_speaks_the_language_of_the_client(run: Callable[..., Run]) -> None:
    english, french = run("statement", "hartwell", *DAY), run("statement", "bellerive", "--lang", "fr", *DAY)
    assert "Statement of account · Hartwell & Dunne Interiors Ltd · 20 November 2026" in english.out
    assert "Relevé de compte · Hôtel Bellerive · 20 novembre 2026" in french.out
    assert run("statement", "hartwell", "--lang", "fr", *DAY).out.startswith("   Relevé de compte")
    for word in ("FR76 9999 9000 0112 3456 7890 152", "Ateliers Roussel", "40 Mill Lane, London", "€13,950.00"):
        assert word in english.out


@pytest.mark.usefixtures("folder")
def test_its_json_holds_what_is_promised(run: Callable[..., Run]) -> None:
    data = json.loads(run("statement", "Hôtel Bellerive", "--from", "2026-10-01", "--json", *DAY).out)["data"]
    assert set(data) == {"client", "code", "language", "from", "to", "creditor", "accounts", "left_out"}
    assert (data["language"], data["from"], data["to"]) == ("fr", "2026-10-01", "2026-11-20")
    (account,) = data["accounts"]
    assert set(account) == {
        "currency", "opening", "movements", "closing", "overdue", "not_due", "credits", "open_items",
    }  # fmt: skip
    assert {frozenset(move) for move in account["movements"]} == {
        frozenset({"on", "kind", "number", "about", "order", "due", "amount", "balance"})
    }
    assert {frozenset(item) for item in account["open_items"]} == {
        frozenset({"number", "order", "issued", "due", "total", "open", "days_late"})
    }
    assert (account["opening"], account["closing"]) == ("5416.00", "12217.00")


@pytest.mark.usefixtures("folder")
def test_a_row_that_cannot_be_read_is_told_to_the_owner_and_not_to_the_client(run: Callable[..., Run]) -> None:
    done = run("statement", "trois ormes", *DAY)
    assert "F-2026-030" in done.err
    assert "F-2026-030" not in done.out
    assert json.loads(run("statement", "trois ormes", "--json", *DAY).out)["data"]["left_out"] == ["F-2026-030"]


def test_it_is_written_to_a_file_of_the_format_its_name_says(folder: Path, run: Callable[..., Run]) -> None:
    for name, begin in (("releve.html", "<!doctype html>"), ("releve.txt", "   Relevé de compte"), ("r.csv", "\ufeff")):
        done = run("statement", "bellerive", "--output", name, *DAY)
        assert (done.code, done.out) == (0, "")
        assert (folder / name).read_text(encoding="utf-8").startswith(begin)
    lines = list(csv.reader(io.StringIO((folder / "r.csv").read_text(encoding="utf-8-sig")), delimiter=";"))
    assert len(lines) == 1 + 11


def test_without_iban_the_owner_is_told(tmp_path: Path, run: Callable[..., Run]) -> None:
    make(tmp_path / "suivi.xlsx", [
        ["N° facture", "Client", "Date facture", "Échéance", "Montant TTC"],
        ["F-1", "Dupont", date(2026, 9, 1), date(2026, 10, 1), 100],
    ])  # fmt: skip
    done = run("statement", "dupont", "-w", str(tmp_path / "suivi.xlsx"), *DAY)
    assert "IBAN" in done.err
    assert "IBAN" not in done.out
    assert done.code == 0
    assert run("statement", "martin", "-w", str(tmp_path / "suivi.xlsx"), *DAY).code == 2


def test_the_owner_is_told_of_payments_that_the_workbook_does_not_show(folder: Path, run: Callable[..., Run]) -> None:
    book = folder / "suivi_factures.xlsx"
    before = book.read_bytes()
    assert run("paid", "F-2026-031", "--yes", *DAY).code == 0
    assert "F-2026-031" not in run("statement", "bellerive", *DAY).err
    book.write_bytes(before)
    done = run("statement", "bellerive", *DAY)
    assert "F-2026-031" in done.err
    assert "12\u00a0217,00" in done.out

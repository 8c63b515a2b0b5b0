"""What was open at the end of past days: the same as the ageing of the ledger held on each of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cases import TODAY, invoice, ledger
from conftest import EXAMPLE
from relance.domain.as_of import ledger_on
from relance.domain.measures.ageing import compute_ageing
from relance.domain.measures.figures_outstanding import compute_outstanding, last_months
from relance.domain.model import Invoice, Ledger, Payment, State, Status
from relance.domain.settled import Invoices
from relance.workbook.reading.rows import read_ledger
from sheets import make
from test_statement import BUSY, rows

DAYS = last_months(TODAY)


def of_ageing(book: Ledger, on: date) -> dict[str, tuple[object, object]]:
    return {a.currency: (a.open, a.overdue) for a in compute_ageing(ledger_on(book, on), on) if a.open}


def of_course(book: Ledger, at: int, days: tuple[date, ...] = DAYS) -> dict[str, tuple[object, object]]:
    points = {course.currency: course.points[at] for course in compute_outstanding(book, days)}
    assert all(point.on == days[at] for point in points.values())
    return {currency: (point.open, point.overdue) for currency, point in points.items() if point.open}


@BUSY
@given(st.lists(rows, max_size=6, unique_by=lambda row: row.number))
def test_every_point_is_the_ageing_of_its_day(found: list[Invoice]) -> None:
    book = ledger(*found)
    for at, on in enumerate(DAYS):
        assert of_course(book, at) == of_course(ledger_on(book, TODAY), at) == of_ageing(book, on)


def test_settled_rows_which_nobody_makes_are_open_on_the_days_before() -> None:
    book = read_ledger(EXAMPLE)
    days = tuple(date(2026, 1, 1) + timedelta(n) for n in range(0, 330, 7))
    assert [of_course(book, at, days) for at in range(len(days))] == [of_ageing(book, on) for on in days]
    assert len({str(of_course(book, at, days)) for at in range(len(days))}) > 20


def test_it_is_known_only_where_payments_have_their_dates() -> None:
    paid = [invoice(f"F-{n}", payments=(Payment(invoice().total, TODAY),)) for n in range(19)]
    undated, worded = invoice("U", payments=(Payment(invoice().total),)), invoice("W", status=Status(State.PAID))
    (known,) = compute_outstanding(ledger(*paid, undated), DAYS)
    assert (known.undated, known.paid, known.is_known) == (1, 20, True)
    (unknown,) = compute_outstanding(ledger(*paid, undated, worded), DAYS)
    assert (unknown.undated, unknown.paid, unknown.is_known) == (2, 21, False)


def test_a_ledger_held_on_one_day_can_be_held_on_another(tmp_path: Path) -> None:
    late = TODAY + timedelta(3)
    table = [
        ["Client", "N° facture", "Date facture", "Échéance", "Montant TTC", "Montant réglé", "Date règlement"],
        ["A", "F-1", date(2026, 8, 1), date(2026, 9, 1), 100, 100, late],
        ["B", "F-2", late, date(2026, 12, 1), 200, None, None],
    ]
    book = read_ledger(make(tmp_path / "suivi.xlsx", table))
    there_and_back = ledger_on(ledger_on(ledger_on(book, date(2026, 7, 1)), late), TODAY)
    assert of_ageing(there_and_back, TODAY) == of_ageing(book, TODAY) == {"EUR": (100, 100)}
    assert of_ageing(ledger_on(book, TODAY), late) == of_ageing(book, late) == {"EUR": (200, 0)}


def test_settled_rows_without_due_date_are_overdue_by_their_terms(tmp_path: Path) -> None:
    headers = ["Client", "N° facture", "Date facture", "Échéance", "Conditions", "Montant TTC", "Acompte", "Payé",
               "Date de paiement", "Devise"]  # fmt: skip
    table = [
        headers,
        ["A", "F-1", date(2026, 3, 2), None, "30 jours", 100, 30, 70, date(2026, 10, 8), "EUR"],
        ["B", "F-2", date(2026, 3, 2), None, None, 10, None, 10, date(2026, 10, 8), "EUR"],
        ["C", "F-3", None, date(2026, 6, 12), None, 1000, None, 1000, date(2026, 9, 8), "CHF"],
    ]
    book = read_ledger(make(tmp_path / "suivi.xlsx", table))
    assert isinstance(book.invoices, Invoices)
    assert len(book.invoices.columns.settled) == 3
    assert [of_course(book, at) for at in range(len(DAYS))] == [of_ageing(book, on) for on in DAYS]
    assert of_course(book, DAYS.index(date(2026, 4, 30))) == {"EUR": (80, 70), "CHF": (1000, 0)}

"""Settled rows that nobody makes: whatever is asked of them, the answer is that of a sheet read row by row."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cases import CALENDAR, POLICIES, TODAY
from relance.domain.checking.checks import check_ledger
from relance.domain.history import merge_history
from relance.domain.measures.ageing import compute_ageing, compute_freshness
from relance.domain.model import Draft, Ledger
from relance.domain.noted import HoldNoted, PaymentNoted
from relance.domain.policies.chase import chase_groups
from relance.domain.policies.decide import decide_all
from relance.domain.settled import Invoices
from relance.workbook.reading.rows import read_ledger
from sheets import make

HEADERS = (
    "N° facture", "Client", "Date facture", "Échéance", "Montant TTC", "Acompte", "Payé", "Date de paiement", "Solde",
    "Nb relances", "Dates de relance", "Statut", "Commentaire",
)  # fmt: skip
PAID = ("F-1", "Dupont", date(2026, 1, 5), date(2026, 2, 4), 1200.5, None, 1200.5, date(2026, 2, 1), None, None, None,
        "Payée", None)  # fmt: skip
OPEN = ("F-2", "Dupont", date(2026, 9, 5), date(2026, 10, 4), 300, None, None, None, None, None, None, "Émise", None)


def with_cells(row: tuple[Any, ...], **cells: Any) -> list[Any]:
    """A row with other cells in the columns named by their header, blanks as underscores."""
    return [
        cells.get(header.replace(" ", "_").replace("°", ""), cell) for header, cell in zip(HEADERS, row, strict=True)
    ]


def lazy(ledger: Ledger) -> Invoices:
    assert isinstance(ledger.invoices, Invoices)
    return ledger.invoices


def unmade(ledger: Ledger) -> list[str]:
    invoices = lazy(ledger)
    return [invoices.columns.numbers[position] for position in invoices.columns.settled]


def answers(ledger: Ledger) -> list[Any]:
    """What every command computes of a sheet."""
    decisions = decide_all(ledger, POLICIES, CALENDAR, TODAY)
    return [
        decisions,
        chase_groups(ledger, decisions, POLICIES, TODAY),
        check_ledger(ledger, POLICIES, TODAY, legal_forms=frozenset({"sarl"})),
        compute_ageing(ledger, TODAY),
        compute_freshness(ledger, TODAY),
    ]


def test_a_plainly_settled_row_is_made_when_asked_for(tmp_path: Path) -> None:
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, PAID, OPEN]))
    assert unmade(ledger) == ["F-1"]
    assert [invoice.number for _, invoice in lazy(ledger).unsettled] == ["F-2"]
    paid, still_open = ledger.invoices
    assert (paid.number, paid.total, paid.open, paid.paid) == ("F-1", Decimal("1200.50"), 0, Decimal("1200.50"))
    assert (paid.payments[0].on, paid.where.row, paid.client.name) == (date(2026, 2, 1), 2, "Dupont")
    assert still_open.open == 300
    assert len(ledger.invoices) == 2
    assert ledger.invoices[:1] == (paid,)
    assert ledger.invoices == (paid, still_open)
    assert ledger.invoices != (paid,)


@pytest.mark.parametrize(
    "cells",
    [
        {"Payé": 1200.4},
        {"Payé": 1300},
        {"Payé": None},
        {"Solde": 12},
        {"Acompte": 100},
        {"Dates_de_relance": "15/02/2026"},
        {"Échéance": date(2026, 1, 4)},
        {"Date_de_paiement": date(2026, 1, 4)},
        {"Statut": "Relancée"},
        {"Statut": "Litige"},
        {"Montant_TTC": -1200.5},
        {"Date_facture": "12/45/2026"},
    ],
)
def test_a_row_in_which_something_is_odd_is_looked_at(tmp_path: Path, cells: dict[str, Any]) -> None:
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, with_cells(PAID, **cells), OPEN]))
    assert unmade(ledger) == []


def test_a_deposit_counts_in_what_was_paid(tmp_path: Path) -> None:
    row = with_cells(PAID, Acompte=200.5, Payé=1000)
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, row]))
    assert unmade(ledger) == ["F-1"]
    assert (ledger.invoices[0].deposit, ledger.invoices[0].open) == (Decimal("200.50"), 0)


def test_a_credit_note_that_names_a_settled_invoice_wakes_it(tmp_path: Path) -> None:
    note = with_cells(PAID, N_facture="AV-1", Montant_TTC=-50, Payé=None, Date_de_paiement=None, Statut=None,
                      Commentaire="sur F-1")  # fmt: skip
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, PAID, note]))
    assert unmade(ledger) == []
    assert ledger.invoices[0].credited == 50


def test_what_the_journal_knows_wakes_only_the_rows_it_speaks_of(tmp_path: Path) -> None:
    other = ("F-4", *PAID[1:])
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, PAID, OPEN, other]))
    paid = PaymentNoted(number="F-2", client="dupont", amount=Decimal(5), on=TODAY, total=Decimal(5))
    told = merge_history(ledger, [paid, HoldNoted(client="dupont", reason="vu Paul")])
    assert unmade(told) == ["F-1", "F-4"]
    assert all(invoice.client.hold for invoice in told.invoices)
    late = PaymentNoted(number="F-1", client="dupont", amount=Decimal(5), on=TODAY, total=Decimal(2000))
    assert unmade(merge_history(ledger, [late])) == ["F-4"]


def test_a_draft_of_a_settled_invoice_keeps_its_client_waiting(tmp_path: Path) -> None:
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, PAID, OPEN]))
    drafted = replace(ledger, drafts=(Draft(number="F-1", client="Dupont", step=1, on=TODAY),))
    assert unmade(drafted) == ["F-1"]
    assert answers(drafted) == answers(replace(drafted, invoices=tuple(drafted.invoices)))
    assert decide_all(drafted, POLICIES, CALENDAR, TODAY)[1].reason == "client-gap"


DAYS = st.one_of(st.none(), st.integers(-400, 20).map(lambda days: TODAY + timedelta(days)))
ROWS = st.tuples(
    st.sampled_from(["F-1", "F-2", "F-3", "F-4", "F-5", "F-6"]),
    st.sampled_from(["Dupont", "Dupont SARL", "Martin", "Durand"]),
    DAYS,
    DAYS,
    st.sampled_from([100, 250.5, 99.99, -50]),
    st.sampled_from([None, None, 50]),
    st.sampled_from([None, 100, 250.5, 50, 200.5]),
    DAYS,
    st.sampled_from([None, None, 0, 100]),
    st.sampled_from([None, None, 1]),
    st.sampled_from([None, None, "15/09/2026", "30/11/2026"]),
    st.sampled_from(["Payée", "Payée", "Payée", None, "Émise", "Relancée", "Avoir", "Annulée"]),
    st.sampled_from([None, "sur F-1"]),
)


@given(rows=st.lists(ROWS, min_size=1, max_size=12), keep=st.sets(st.integers(0, 12)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_depends_on_what_was_made(tmp_path: Path, rows: list[tuple[Any, ...]], keep: set[int]) -> None:
    columns = [place for place in range(len(HEADERS)) if place not in keep or place < 5]
    sheet = [[row[place] for place in columns] for row in (HEADERS, *rows)]
    ledger = read_ledger(make(tmp_path / "s.xlsx", sheet))
    found = answers(ledger)
    assert found == answers(replace(ledger, invoices=tuple(ledger.invoices)))
    assert lazy(ledger).columns.numbers == [invoice.number for invoice in ledger.invoices]
    assert lazy(ledger).columns.clients == [invoice.client for invoice in ledger.invoices]
    rows_in_order = [invoice.where.row for invoice in ledger.invoices]
    assert rows_in_order == sorted(rows_in_order)
    assert lazy(ledger).pick(range(len(rows_in_order))) == list(ledger.invoices)
    for position in lazy(ledger).columns.settled:
        assert decide_all(ledger, POLICIES, CALENDAR, TODAY)[position].reason == "paid"

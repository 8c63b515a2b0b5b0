"""Payment terms as people type them, the due dates they give, the legal maximum, and limitation."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fee_cases import BUSINESS, CONSUMER, PUBLIC, day, invoice, law
from relance.domain.late_fees.limitation import count_limitation, limitation_notice
from relance.domain.late_fees.terms import Reading, Terms, check_term, due_date, latest_lawful_due, parse_terms
from relance.domain.model import Kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 jours", Terms(days=30)),
        ("30 jours nets", Terms(days=30)),
        ("30 days net", Terms(days=30)),
        ("net 30", Terms(days=30)),
        ("Net 30 days", Terms(days=30)),
        ("Paiement à 30 jours", Terms(days=30)),
        ("Délai : 30 jours", Terms(days=30)),
        ("30", Terms(days=30)),
        ("60 jours date de facture", Terms(days=60)),
        ("30 jours à réception de facture", Terms(days=30)),
        ("45 jours fin de mois", Terms(days=45, end_of_month=True)),
        ("45J FDM", Terms(days=45, end_of_month=True)),
        ("45 days end of month", Terms(days=45, end_of_month=True)),
        ("fin de mois + 45 jours", Terms(days=45, end_of_month=True, reading=Reading.B)),
        ("fin de mois", Terms(end_of_month=True)),
        ("fin du mois suivant", Terms(months=1, end_of_month=True)),
        ("fin de mois le 10", Terms(end_of_month=True, day=10)),
        ("30 jours fin de mois le 10", Terms(days=30, end_of_month=True, day=10)),
        ("le 15 du mois suivant", Terms(end_of_month=True, day=15)),
        ("2 mois", Terms(months=2)),
        ("à réception", Terms()),
        ("À réception de facture", Terms()),
        ("comptant", Terms()),
        ("due on receipt", Terms()),
        ("30 jours ouvrés", None),
        ("2/10 net 30", None),
        ("15 à 30 jours", None),
        ("30 ou 60 jours", None),
        ("30 jours le 10", None),
        ("50 % à la commande, solde à 30 jours", None),
        ("fin de mois le 40", None),
        ("1000 jours", None),
        ("voir contrat", None),
        ("", None),
    ],
)
def test_terms_as_typed(text: str, expected: Terms | None) -> None:
    assert parse_terms(text) == expected


@pytest.mark.parametrize(
    ("terms", "issued", "reading", "due"),
    [
        ("45 jours fin de mois", "15/02/2026", "A", "30/04/2026"),
        ("45 jours fin de mois", "15/02/2026", "B", "14/04/2026"),
        ("60 jours", "15/02/2026", "A", "16/04/2026"),
        ("45 jours fin de mois", "15/02/2024", "A", "31/03/2024"),
        ("45 jours fin de mois", "15/02/2024", "B", "14/04/2024"),
        ("fin de mois + 45 jours", "15/02/2026", "A", "14/04/2026"),
        ("fin de mois le 10", "15/02/2026", "A", "10/03/2026"),
        ("fin de mois le 10", "31/12/2026", "A", "10/01/2027"),
        ("30 jours fin de mois le 31", "01/01/2026", "A", "28/02/2026"),
        ("à réception", "29/02/2024", "A", "29/02/2024"),
        ("1 mois", "31/01/2024", "A", "29/02/2024"),
        ("30 jours", "31/12/2025", "A", "30/01/2026"),
    ],
)
def test_due_dates(terms: str, issued: str, reading: str, due: str) -> None:
    parsed = parse_terms(terms)
    assert parsed is not None
    assert due_date(parsed, day(issued), Reading(reading)) == day(due)


@given(
    issued=st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    terms=st.builds(Terms, days=st.integers(0, 120), end_of_month=st.booleans(), day=st.integers(0, 31)),
    reading=st.sampled_from(Reading),
)
def test_a_due_date_is_never_before_the_invoice_plus_its_days(issued: date, terms: Terms, reading: Reading) -> None:
    due = due_date(terms, issued, reading)
    assert (due - issued).days >= terms.days
    assert (due - issued).days <= terms.days + 62
    if terms.end_of_month and terms.day and terms.day <= 28:
        assert due.day == terms.day


def test_the_longest_lawful_term_of_a_business() -> None:
    issued = day("15/02/2026")
    any_form = latest_lawful_due(issued, BUSINESS)
    assert any_form is not None
    assert any_form.due == day("30/04/2026")
    in_days = latest_lawful_due(issued, BUSINESS, terms=Terms(days=60))
    assert in_days is not None
    assert (in_days.due, str(in_days.rule)) == (day("16/04/2026"), "60 calendar days from the invoice date")
    assert "L441-10" in in_days.source
    second_reading = latest_lawful_due(day("15/02/2024"), BUSINESS, terms=Terms(days=45, end_of_month=True))
    assert second_reading is not None
    assert second_reading.due == day("14/04/2024")


@pytest.mark.parametrize(
    ("kind", "usage", "due"),
    [
        (Kind.BUSINESS, "summary", "01/04/2026"),
        (Kind.BUSINESS, "transport", "17/03/2026"),
        (Kind.PUBLIC, "", "17/03/2026"),
        (Kind.PUBLIC, "hospital", "06/04/2026"),
        (Kind.PUBLIC, "undertaking", "16/04/2026"),
    ],
)
def test_special_terms(kind: Kind, usage: str, due: str) -> None:
    found = latest_lawful_due(day("15/02/2026"), law().rule(kind), usage=usage)
    assert found is not None
    assert found.due == day(due)


def test_a_term_longer_than_the_law_allows_is_a_warning() -> None:
    issued = day("15/02/2026")
    assert check_term(invoice("100", "30/04/2026", issued=issued), BUSINESS) is None
    problem = check_term(invoice("100", "01/05/2026", issued=issued), BUSINESS)
    assert problem is not None
    assert (problem.code, str(problem.where)) == ("term-too-long", "Factures!7")
    assert check_term(invoice("100", "01/05/2027", issued=issued), CONSUMER) is None
    assert check_term(invoice("-100", "01/05/2027", issued=issued, is_credit_note=True), BUSINESS) is None
    assert check_term(invoice("100", "01/05/2027"), BUSINESS) is None


@pytest.mark.parametrize(
    ("kind", "start", "until"),
    [
        (Kind.BUSINESS, "29/02/2024", "28/02/2029"),
        (Kind.CONSUMER, "29/02/2024", "28/02/2026"),
        (Kind.PUBLIC, "01/01/2025", "31/12/2028"),
    ],
)
def test_limitation_is_counted_by_kind_from_the_earliest_date(kind: Kind, start: str, until: str) -> None:
    of = invoice("100", "30/04/2024", issued=day("29/02/2024"))
    found = count_limitation(of, law().rule(kind))
    assert found is not None
    assert (found.start, found.until) == (day(start), day(until))
    assert found.source


def test_performance_before_the_invoice_makes_limitation_start_earlier() -> None:
    of = invoice("100", "30/04/2026", issued=day("31/03/2026"))
    found = count_limitation(of, BUSINESS, performed=day("15/12/2025"))
    assert found is not None
    assert (found.start, found.until) == (day("15/12/2025"), day("15/12/2030"))


def test_limitation_is_a_notice_in_the_last_year_only_and_says_a_formal_notice_does_not_interrupt_it() -> None:
    of = invoice("100", "30/04/2024", issued=day("31/03/2024"))
    found = count_limitation(of, BUSINESS)
    assert found is not None
    assert limitation_notice(of, found, day("30/03/2028")) is None
    problem = limitation_notice(of, found, day("31/03/2028"))
    assert problem is not None
    assert problem.severity == "notice"
    assert "does not" in str(problem.hint)
    settled = invoice("100", "30/04/2024", issued=day("31/03/2024"), deposit=of.total)
    assert limitation_notice(settled, found, day("31/03/2028")) is None
    public = count_limitation(of, PUBLIC)
    assert public is not None
    notice = limitation_notice(of, public, day("01/06/2028"))
    assert notice is not None
    assert "does not" not in str(notice.hint)


def test_a_law_without_limitation_says_nothing() -> None:
    assert count_limitation(invoice("100", "30/04/2024"), law("be").rule(Kind.BUSINESS)) is None

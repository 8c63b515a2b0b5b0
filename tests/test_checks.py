"""The sheet doctor: each thing wrong is told once, in its cell; a sound sheet has nothing to say."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from cases import POLICIES, TODAY, ago, client, invoice, ledger, shipped
from relance.dates import DAY
from relance.domain.checking.checks import check_ledger
from relance.domain.late_fees.law import build_law
from relance.domain.late_fees.terms import check_term
from relance.domain.model import Invoice, Kind, Ledger, Payment, State, Status
from relance.domain.policies.policy import PolicySet
from relance.errors import Problem, Severity, Where
from relance.language import Language

FORMS = frozenset(shipped("legal_forms.toml")["words"])
LAW = build_law(shipped("law/fr.toml"))


def term(row: Invoice) -> Problem | None:
    return check_term(row, LAW.rule(row.client.kind or Kind.BUSINESS))


def check(*rows: Invoice, using: PolicySet = POLICIES) -> tuple[Problem, ...]:
    placed = [replace(row, where=Where("Factures", place)) for place, row in enumerate(rows, 2)]
    return check_ledger(ledger(*placed), using, TODAY, check_term=term, legal_forms=FORMS)


def test_a_sound_sheet_has_no_problem() -> None:
    sound = (
        invoice(),
        invoice("F-2", late=60, count=2, reminders=(ago(40), ago(30)), balance=Decimal(1000)),
        invoice("F-3", payments=(Payment(Decimal(1000), ago(1)),), balance=Decimal(0), status=Status(State.PAID)),
        invoice("F-4", late=-20, client=client("Martin & Fils")),
        invoice("F-5", promise=TODAY),
    )
    assert check(*sound) == ()


PAID = (Payment(Decimal(1000), ago(1)),)
WRONG: dict[str, tuple[dict[str, Any], str, Severity]] = {
    "due-before-issued": ({"issued": TODAY}, "D2", Severity.ERROR),
    "no-due-date": ({"due": None}, "D2", Severity.ERROR),
    "issued-in-future": ({"issued": TODAY + DAY, "due": TODAY + 9 * DAY}, "C2", Severity.WARNING),
    "term-too-long": ({"issued": ago(90)}, "D2", Severity.WARNING),
    "overpaid": ({"payments": (Payment(Decimal(1001)),)}, "E2", Severity.WARNING),
    "balance-disagrees": ({"balance": Decimal(900)}, "G2", Severity.ERROR),
    "status-disagrees": (
        {"status": Status(State.PAID, 0, "Payée"), "payments": (Payment(Decimal(1)),)}, "J2", Severity.ERROR
    ),
    "part-payment-unknown": ({"status": Status(State.PARTIAL, 0, "Acompte")}, "J2", Severity.ERROR),
    "status-outdated": ({"status": Status(State.LATE, 0, "Impayée"), "payments": PAID}, "J2", Severity.WARNING),
    "reminder-in-future": ({"reminders": (TODAY + DAY,)}, "I2", Severity.ERROR),
    "reminder-before-issued": ({"reminders": (ago(36),)}, "I2", Severity.WARNING),
    "last-reminder-unknown": ({"count": 2}, "H2", Severity.ERROR),
    "count-differs": ({"count": 2, "reminders": (ago(1),)}, "H2", Severity.WARNING),
    "payment-in-future": ({"payments": (Payment(Decimal(1), TODAY + DAY),)}, "F2", Severity.ERROR),
    "payment-before-issued": ({"payments": (Payment(Decimal(1), ago(36)),)}, "F2", Severity.NOTICE),
    "promise-broken": ({"promise": ago(3)}, "L2", Severity.NOTICE),
    "no-email": ({"client": client(email="")}, "K2", Severity.WARNING),
    "unknown-policy": ({"policy": "gently"}, "M2", Severity.ERROR),
}  # fmt: skip


@pytest.mark.parametrize(("code", "case"), WRONG.items(), ids=list(WRONG))
def test_each_problem_has_its_cell(code: str, case: tuple[dict[str, Any], str, Severity]) -> None:
    change, cell, severity = case
    assert check(invoice()) == ()
    (problem,) = check(invoice(**change))
    assert problem.where
    assert (problem.code, problem.where.cell, problem.severity) == (code, cell, severity)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_problems_are_said_without_a_hole(language: str) -> None:
    for change, _, _ in WRONG.values():
        for problem in check(invoice(**change)):
            said = Language(language).say(problem.message) + Language(language).say(problem.hint)
            assert "{" not in said
            assert "None" not in said


def test_a_number_twice_is_told_on_the_second_row() -> None:
    (problem,) = check(invoice(), invoice())
    assert (problem.code, problem.where and problem.where.cell) == ("duplicate-number", "B3")
    (problem,) = check(invoice(), invoice(client=client("Martin")))
    assert (problem.code, problem.severity) == ("number-shared", Severity.WARNING)
    assert check(invoice(number=""), invoice(number="")) == ()


def test_a_slip_on_a_settled_row_is_only_a_notice() -> None:
    (problem,) = check(invoice(issued=TODAY, payments=PAID[:0], status=Status(State.PAID)))
    assert problem.severity is Severity.NOTICE


def test_a_count_above_the_last_reminder_column_is_sound() -> None:
    row = invoice(late=60, count=3, reminders=(ago(20),))
    book = ledger(row)
    columns = tuple(found for found in book.columns if found.role != "reminder_dates")
    assert check_ledger(replace(book, columns=columns), POLICIES, TODAY) == ()
    assert [problem.code for problem in check(row)] == ["count-differs"]


def test_a_consumer_may_have_long_terms() -> None:
    assert check(invoice(issued=ago(90), client=client(kind=Kind.CONSUMER))) == ()


def test_no_email_is_told_once_and_only_while_money_is_owed() -> None:
    mute = client(email="")
    assert len(check(invoice("1", client=mute), invoice("2", client=mute))) == 1
    assert check(invoice(client=mute, payments=PAID)) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dupont", "DUPONT SARL", True),
        ("S.A.R.L. Dupont", "Dupont", True),
        ("Martin Paul", "Paul Martin", True),
        ("Boulangerie Petit", "Boulangerie Petti", True),
        ("Boulangerie Petit", "Boulangeries Petit", True),
        ("Agence 1 Lyon", "Agence 2 Lyon", False),
        ("Petit", "Petite", False),
        ("Garage du Centre", "Garage du Port", False),
        ("SARL", "SAS", False),
    ],
)
def test_one_client_spelled_two_ways(one: str, other: str, same: bool) -> None:
    rows = (invoice("1", client=client(one)), invoice("2", client=client(one)), invoice("3", client=client(other)))
    found = check(*rows)
    assert [(problem.code, problem.where and problem.where.cell) for problem in found] == (
        [("client-spelled-twice", "A4")] if same else []
    )


def test_two_client_codes_are_two_clients() -> None:
    one, other = client("Dupont", key="c1", code="C1"), client("Dupont SA", key="c2", code="C2")
    assert check(invoice("1", client=one), invoice("2", client=other)) == ()


def test_two_clients_with_one_address_are_told_once() -> None:
    one, other = client("Dupont", email="d@d.example"), client("Durand", email="D@d.example")
    rows = (invoice("F-1", client=one), invoice("F-2", client=other), invoice("F-3", client=other))
    paid = invoice("F-4", client=client("Old", email="d@d.example"), payments=(Payment(Decimal(1000)),))
    (found,) = [problem for problem in check(*rows, paid) if problem.code == "email-shared"]
    assert (found.severity, found.value) == (Severity.WARNING, "d@d.example")
    assert "Dupont" in str(found.message)
    assert "Durand" in str(found.message)


def test_problems_come_in_the_order_of_the_sheet() -> None:
    rows = [invoice("1", policy="gently"), invoice("2", due=None), invoice("3", balance=Decimal(1))]
    found = check(*rows)
    assert [problem.where.row for problem in found if problem.where] == [2, 3, 4]


def test_a_role_without_column_points_at_the_row() -> None:
    (problem,) = check_ledger(Ledger(sheet="S", invoices=(invoice(due=None),)), POLICIES, TODAY)
    assert problem.where
    assert problem.where.cell == "2"

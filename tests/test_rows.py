"""Cells become invoices, or problems at their exact cell: one test per sentence of what is promised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relance.domain.model import DueSource, Invoice, Kind, Ledger, Payment, State
from relance.errors import Severity
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.rows import read_ledger, read_tracking
from sheets import HEADERS, ROW, Formula, make, make_sheets, without_values


def one(tmp_path: Path, header: str, cell: Any, **columns: Any) -> Ledger:
    """The ledger of one ordinary row with further columns."""
    extra = {header: cell, **columns}
    return read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, *extra], [*ROW, *extra.values()]]))


def invoice(ledger: Ledger) -> Invoice:
    assert ledger.set_aside == (), [str(p.message) for row in ledger.set_aside for p in row.problems]
    assert len(ledger.invoices) == 1
    return ledger.invoices[0]


def aside(ledger: Ledger) -> tuple[str, str]:
    """Code and cell of the only problem of the only row."""
    assert ledger.invoices == ()
    (row,) = ledger.set_aside
    (problem,) = row.problems
    assert problem.where is not None
    return problem.code, problem.where.cell


def codes(ledger: Ledger) -> list[str]:
    return [problem.code for problem in ledger.problems]


@pytest.mark.parametrize(
    ("comment", "until"),
    [("Ne pas relancer", None), ("pause", None), ("M. Noël : ne pas relancer avant le 15/12/2026", date(2026, 12, 15))],
)
def test_a_comment_that_says_not_to_chase_holds(tmp_path: Path, comment: str, until: date | None) -> None:
    ledger = one(tmp_path, "Commentaire", comment)
    held = invoice(ledger).hold
    assert held is not None
    assert held.until is None or (until is not None and held.until <= until)
    assert codes(ledger).count("comment-holds") == 1
    (told,) = [problem for problem in ledger.problems if problem.code == "comment-holds"]
    assert (told.value, told.where and told.where.cell) == (comment, "F2")


@pytest.mark.parametrize("comment", ["à relancer", "relancé le 12/10/2026", "voir avec Paul"])
def test_another_comment_holds_nothing(tmp_path: Path, comment: str) -> None:
    ledger = one(tmp_path, "Commentaire", comment)
    assert invoice(ledger).hold is None
    assert "comment-holds" not in codes(ledger)


# --- amounts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (1650, "1650"), (1650.5, "1650.5"), (0.1 + 0.2, "0.30"), (1000.005, "1000.01"), ("1 650,00", "1650.00"),
        ("1\u202f650,00\u00a0€", "1650.00"), ("1.650,00", "1650.00"), ("1,020.00", "1020.00"), ("1’234.50", "1234.50"),
    ],
)  # fmt: skip
def test_an_amount_is_read_to_the_cent(tmp_path: Path, cell: Any, amount: str) -> None:
    found = invoice(read_ledger(make(tmp_path / "s.xlsx", [HEADERS, [*ROW[:4], cell]])))
    assert found.total == Decimal(amount)


@pytest.mark.parametrize("cell", ["300000 (Advance)", "27281/-", "environ 500", True, date(2026, 1, 1)])
def test_an_amount_is_never_guessed(tmp_path: Path, cell: Any) -> None:
    rows = [HEADERS, ROW, [*ROW[:4], cell]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    (row,) = ledger.set_aside
    assert [(p.code, p.where.cell if p.where else "") for p in row.problems] == [("amount-unreadable", "E3")]
    assert row.amount is None


def test_an_error_in_a_deposit_is_not_a_deposit_of_nothing(tmp_path: Path) -> None:
    assert aside(one(tmp_path, "Acompte", Formula("=1/0", "#DIV/0!"))) == ("cell-error", "F2")


@pytest.mark.parametrize("header", ["Acompte", "Montant réglé"])
def test_a_formula_without_its_result_is_not_zero(tmp_path: Path, header: str) -> None:
    path = without_values(make(tmp_path / "s.xlsx", [[*HEADERS, header], [*ROW, Formula("=E2*0.3")]]))
    assert aside(read_ledger(path)) == ("formula-without-value", "F2")


def test_a_balance_formula_without_its_result_is_no_problem(tmp_path: Path) -> None:
    path = without_values(make(tmp_path / "s.xlsx", [[*HEADERS, "Reste dû"], [*ROW, Formula("=E2")]]))
    found = read_ledger(path)
    assert invoice(found).balance is None
    assert invoice(found).open == 1000


def test_a_percentage_is_not_a_deposit(tmp_path: Path) -> None:
    path = make_sheets(tmp_path / "s.xlsx", {"Suivi": [[*HEADERS, "Acompte"], [*ROW, 0.3]]}, {(1, 5): "0%"})
    assert aside(read_ledger(path)) == ("amount-percent", "F2")


def test_an_unreadable_surcharge_is_told_and_ignored(tmp_path: Path) -> None:
    ledger = one(tmp_path, "Majoration", "à voir")
    assert invoice(ledger).surcharge is None
    assert "amount-unreadable" in codes(ledger)


def test_explicit_zeros_are_not_blanks(tmp_path: Path) -> None:
    found = invoice(one(tmp_path, "Nb relances", 0, **{"Majoration": 0}))
    assert (found.count, found.surcharge) == (0, 0)


def test_excluding_tax_alone_is_never_taken_for_the_whole(tmp_path: Path) -> None:
    rows = [["N° facture", "Client", "Date facture", "Échéance", "Total HT"], ROW]
    assert aside(read_ledger(make(tmp_path / "s.xlsx", rows))) == ("amount-excl-tax-only", "E2")


def test_excluding_tax_and_vat_make_the_whole(tmp_path: Path) -> None:
    rows = [["N° facture", "Client", "Date facture", "Échéance", "Total HT", "TVA"], [*ROW, 200]]
    assert invoice(read_ledger(make(tmp_path / "s.xlsx", rows))).total == 1200


# --- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["15/02/2026", "15/02/26", "15-02-2026", "15.02.2026", "2026-02-15", "2026-02-15 00:00:00", "15 février 2026",
     "15-févr.-2026", 20260215, date(2026, 2, 15)],
)  # fmt: skip
def test_a_date_is_read_as_people_type_it(tmp_path: Path, cell: Any) -> None:
    assert invoice(read_ledger(make(tmp_path / "s.xlsx", [HEADERS, [*ROW[:3], cell, 10]]))).due == date(2026, 2, 15)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("14/01/20201", "date-unreadable"), ("15/02/2026 et 16/03/2026", "dates-several"), (46000, "date-unreadable"),
     (date(1900, 1, 1), "date-out-of-range"), ("bientôt", "date-unreadable"), ("31/02/2026", "date-unreadable")],
)  # fmt: skip
def test_a_date_that_leaves_a_doubt_is_a_problem(tmp_path: Path, cell: Any, code: str) -> None:
    rows = [HEADERS, ROW, [*ROW[:3], cell, 10], ROW]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    (row,) = ledger.set_aside
    assert [(p.code, p.where.cell if p.where else "") for p in row.problems] == [(code, "D3")]
    assert row.amount == 10


def test_the_column_decides_the_order_of_day_and_month(tmp_path: Path) -> None:
    rows = [HEADERS, [*ROW[:3], "03/04/2026", 10], [*ROW[:3], "02/14/2026", 10]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [found.due for found in ledger.invoices] == [date(2026, 3, 4), date(2026, 2, 14)]
    assert "date-order-assumed" not in codes(ledger)


def test_a_default_order_is_told_unless_configured(tmp_path: Path) -> None:
    path = make(tmp_path / "s.xlsx", [HEADERS, [*ROW[:3], "03/04/2026", 10]])
    assert codes(read_ledger(path)).count("date-order-assumed") == 1
    assert invoice(read_ledger(path)).due == date(2026, 4, 3)
    configured = read_ledger(path, Mapping(date_order="mdy"))
    assert invoice(configured).due == date(2026, 3, 4)
    assert "date-order-assumed" not in codes(configured)


def test_a_column_with_both_orders_reads_only_what_is_certain(tmp_path: Path) -> None:
    rows = [HEADERS, *([*ROW[:3], cell, 10] for cell in ("03/04/2026", "02/14/2026", "14/02/2026", "05/05/2026"))]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [found.due for found in ledger.invoices] == [date(2026, 2, 14), date(2026, 2, 14), date(2026, 5, 5)]
    assert [row.problems[0].code for row in ledger.set_aside] == ["date-ambiguous"]


def test_a_settled_row_keeps_its_place_despite_an_unreadable_date(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Statut"], [*ROW, "Payée"], [*ROW[:3], "14/01/20201", 10, "Payée"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert ledger.set_aside == ()
    assert [found.open for found in ledger.invoices] == [0, 0]
    (problem,) = [p for p in ledger.problems if p.code == "date-unreadable"]
    assert problem.severity is Severity.WARNING


def test_a_blank_due_date_comes_from_the_terms_of_its_row_alone(tmp_path: Path) -> None:
    terms = ("", "30 jours", "à voir", "")
    rows = [[*HEADERS, "Conditions de paiement"], [*ROW, "60 jours"], *([*ROW[:3], None, 10, text] for text in terms)]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [found.due for found in ledger.invoices] == [ROW[3], None, date(2026, 3, 31), None, None]
    sources = [found.due_source for found in ledger.invoices]
    assert sources == [DueSource.SHEET, DueSource.SHEET, DueSource.TERMS, DueSource.SHEET, DueSource.SHEET]


NO_DUE = ("N° facture", "Client", "Date facture", "Montant TTC")


def test_without_a_due_column_the_terms_give_the_date(tmp_path: Path) -> None:
    rows = [[*NO_DUE, "Conditions de paiement"], ["F-1", "Dupont", date(2026, 2, 15), 10, "45 jours fin de mois"]]
    found = invoice(read_ledger(make(tmp_path / "s.xlsx", rows)))
    assert (found.due, found.due_source) == (date(2026, 4, 30), DueSource.TERMS)


def test_without_a_due_column_nor_terms_thirty_days_are_assumed_and_told_once(tmp_path: Path) -> None:
    rows = [NO_DUE, ["F-1", "Dupont", date(2026, 2, 15), 10], ["F-2", "Dupont", date(2026, 2, 16), 10]]
    path = make(tmp_path / "s.xlsx", rows)
    ledger = read_ledger(path)
    assert [(found.due, found.due_source) for found in ledger.invoices] == [
        (date(2026, 3, 17), DueSource.ASSUMED),
        (date(2026, 3, 18), DueSource.ASSUMED),
    ]
    assert codes(ledger).count("due-assumed") == 1
    configured = read_ledger(path, Mapping(terms="60 jours"))
    assert [found.due_source for found in configured.invoices] == [DueSource.TERMS, DueSource.TERMS]


def test_terms_that_cannot_be_read_give_no_due_date(tmp_path: Path) -> None:
    rows = [[*NO_DUE, "Conditions de paiement"], ["F-1", "Dupont", date(2026, 2, 15), 10, "comme d'habitude"]]
    assert aside(read_ledger(make(tmp_path / "s.xlsx", rows))) == ("terms-unreadable", "E2")


# --- status and payments ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "state", "level"),
    [
        ("Payée", State.PAID, 0), ("soldées", State.PAID, 0), ("Paid", State.PAID, 0), ("non payée", State.OPEN, 0),
        ("Impayée", State.OPEN, 0), ("en attente", State.OPEN, 0), ("En retard", State.LATE, 0),
        ("Relancée 2", State.REMINDED, 2), ("2ème relance", State.REMINDED, 2), ("Relancé", State.REMINDED, 1),
        ("Mise en demeure", State.REMINDED, 5), ("Annulée", State.CANCELLED, 0), ("brouillon", State.DRAFT, 0),
        ("En litige", State.DISPUTED, 0), ("Contentieux", State.HANDED_OVER, 0), ("Prélèvement", State.DIRECT_DEBIT, 0),
        ("bloquée", State.ON_HOLD, 0), ("Overdue", State.LATE, 0), ("Void", State.CANCELLED, 0),
    ],
)  # fmt: skip
def test_status_words(tmp_path: Path, word: str, state: State, level: int) -> None:
    found = invoice(one(tmp_path, "Statut", word))
    assert found.status is not None
    assert (found.status.state, found.status.level, found.status.word) == (state, level, word)
    assert found.open == (0 if state is State.PAID else 1000)


@pytest.mark.parametrize("word", ["vu avec Paul", "payée sauf transport", "à moitié payée", "pas sûr que payée"])
def test_an_unknown_status_is_a_problem_not_a_guess(tmp_path: Path, word: str) -> None:
    assert aside(one(tmp_path, "Statut", word)) == ("status-unknown", "F2")


def test_a_payment_column_with_its_date(tmp_path: Path) -> None:
    found = invoice(one(tmp_path, "Montant réglé", 400, **{"Date de paiement": date(2026, 4, 2)}))
    assert found.payments == (Payment(Decimal("400.0"), date(2026, 4, 2)),)
    assert found.open == 600


def test_a_payment_date_alone_says_paid_in_full(tmp_path: Path) -> None:
    found = invoice(one(tmp_path, "Payée le", date(2026, 4, 2)))
    assert found.payments == (Payment(Decimal("1000.0"), date(2026, 4, 2)),)


@pytest.mark.parametrize(
    ("columns", "code", "cell"),
    [
        ({"Statut": "Payée", "Montant réglé": 400}, "paid-contradicted", "F2"),
        ({"Statut": "Payée", "Montant réglé": 0}, "paid-contradicted", "F2"),
        ({"Statut": "Payée", "Reste dû": 250}, "paid-contradicted", "F2"),
        ({"Statut": "En retard", "Payée le": date(2026, 4, 2)}, "status-contradicted", "F2"),
        ({"Statut": "Relancée 1", "Reste dû": 0}, "status-contradicted", "F2"),
        ({"Statut": "Partiellement payée"}, "partial-without-amount", "F2"),
        ({"Montant réglé": "", "Payée le": date(2026, 4, 2)}, "payment-without-amount", "F2"),
        ({"Statut": "Envoyée", "Payé": "oui"}, "status-contradicted", "F2"),
    ],
)
def test_cells_that_contradict_each_other_settle_nothing(
    tmp_path: Path, columns: dict[str, Any], code: str, cell: str
) -> None:
    (header, value), *others = columns.items()
    assert aside(one(tmp_path, header, value, **dict(others))) == (code, cell)


def test_a_blank_payment_beside_paid_is_a_contradiction_where_others_are_filled(tmp_path: Path) -> None:
    header = [*HEADERS, "Statut", "Montant réglé"]
    rows = [[*ROW, "Payée", 1000], [*ROW, "Payée", 1000], [*ROW, "Payée", None]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [header, *rows]))
    assert [row.problems[0].code for row in ledger.set_aside] == ["paid-without-amount"]
    mostly_blank = [[*ROW, "Payée", None], [*ROW, "Payée", None], [*ROW, "Envoyée", 300]]
    ledger = read_ledger(make(tmp_path / "t.xlsx", [header, *mostly_blank]))
    assert [found.open for found in ledger.invoices] == [0, 0, 700]
    assert "status-alone" in codes(ledger)


def test_a_balance_without_payment_column_says_what_is_left(tmp_path: Path) -> None:
    found = invoice(one(tmp_path, "Reste à payer", 250))
    assert found.open == 250
    assert found.paid == 750


def test_paid_yes_or_no(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Payé"], [*ROW, "oui"], [*ROW, "non"], [*ROW, ""]]
    assert [found.open for found in read_ledger(make(tmp_path / "s.xlsx", rows)).invoices] == [0, 1000, 1000]


def test_paid_as_an_amount(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Payé"], [*ROW, 1000], [*ROW, 200], [*ROW, ""]]
    assert [found.open for found in read_ledger(make(tmp_path / "s.xlsx", rows)).invoices] == [0, 800, 1000]


# --- reminders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("15/06/2026, 30/06/2026", [(6, 15), (6, 30)]), ("15/06/2026 puis 30/06/2026", [(6, 15), (6, 30)]),
        ("mail le 15/06/2026\ntél le 30/06/2026", [(6, 15), (6, 30)]), ("30/06/2026 ; 15/06/2026", [(6, 15), (6, 30)]),
        (date(2026, 6, 15), [(6, 15)]),
    ],
)  # fmt: skip
def test_several_reminder_dates_in_one_cell(tmp_path: Path, cell: Any, days: list[tuple[int, int]]) -> None:
    found = invoice(one(tmp_path, "Dates de relance", cell))
    assert list(found.reminders) == [date(2026, month, day) for month, day in days]


def test_numbered_reminder_columns(tmp_path: Path) -> None:
    found = invoice(one(tmp_path, "Relance 2", date(2026, 6, 30), **{"Relance 1": date(2026, 6, 15)}))
    assert found.reminders == (date(2026, 6, 15), date(2026, 6, 30))


def test_a_reminder_ticked_without_a_date_still_counts(tmp_path: Path) -> None:
    found = invoice(one(tmp_path, "Relance 1", "x", **{"Relance 2": date(2026, 6, 30)}))
    assert (found.count, found.reminders) == (2, (date(2026, 6, 30),))


@pytest.mark.parametrize("cell", ["15/06", "15/06/2026 et 16/06", "promis pour le 15/06/2026", "bientôt"])
def test_reminder_dates_that_leave_a_doubt(tmp_path: Path, cell: str) -> None:
    rows = [[*HEADERS, "Dates de relance"], [*ROW, "01/06/2026"], [*ROW, cell], [*ROW, "02/06/2026"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [row.problems[0].code for row in ledger.set_aside] == ["date-unreadable"]


@pytest.mark.parametrize(("cell", "count"), [(2, 2), ("2", 2), ("R2", 2), ("2 fois", 2), ("", None)])
def test_reminder_count(tmp_path: Path, cell: Any, count: int | None) -> None:
    assert invoice(one(tmp_path, "Nb relances", cell)).count == count


@pytest.mark.parametrize("cell", [1.5, -1, "plusieurs"])
def test_a_count_that_cannot_be_read_stops(tmp_path: Path, cell: Any) -> None:
    assert aside(one(tmp_path, "Nb relances", cell)) == ("count-unreadable", "F2")


# --- stops --------------------------------------------------------------------------------------------------------


def test_a_dispute_of_a_part_or_of_the_whole(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Litige"], *([*ROW, cell] for cell in ("oui", 250, "marchandise abîmée", "non", ""))]
    disputes = [found.dispute for found in read_ledger(make(tmp_path / "s.xlsx", rows)).invoices]
    assert [(d.amount, d.reason) if d else None for d in disputes] == [
        (None, ""), (Decimal("250.0"), ""), (None, "marchandise abîmée"), None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [("Litige", -5, "dispute-unreadable"), ("Promesse", "bientôt", "promise-unreadable"),
     ("Blocage", 17, "hold-unreadable"),
     ("Litige", Formula("=NA()", "#N/A"), "cell-error"), ("Promesse", Formula("=NA()", "#N/A"), "cell-error")],
)  # fmt: skip
def test_a_stop_that_cannot_be_read_sets_the_row_aside(tmp_path: Path, header: str, cell: Any, code: str) -> None:
    assert aside(one(tmp_path, header, cell)) == (code, "F2")


def test_a_promise_in_a_sentence_and_a_hold_until(tmp_path: Path) -> None:
    found = invoice(one(tmp_path, "Promesse", "promis le 15/12/2026", **{"Ne pas relancer": "jusqu'au 31/12/2026"}))
    assert found.promise == date(2026, 12, 15)
    assert found.hold is not None
    assert found.hold.until == date(2026, 12, 31)


# --- numbers, clients, currencies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"), [(151, "151"), ("0042", "0042"), (" F 20100201 ", "F 20100201"), ("151", "151")]
)
def test_invoice_numbers_stay_as_typed(tmp_path: Path, cell: Any, number: str) -> None:
    assert invoice(read_ledger(make(tmp_path / "s.xlsx", [HEADERS, [cell, *ROW[1:]]]))).number == number


def test_a_number_turned_into_a_date_is_lost(tmp_path: Path) -> None:
    rows = [HEADERS, ROW, [date(2026, 3, 1), *ROW[1:]]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [row.problems[0].code for row in ledger.set_aside] == ["number-unreadable"]


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [(["", *ROW[1:]], "number-missing", "A2"), ([ROW[0], "", *ROW[2:]], "client-missing", "B2"),
     ([*ROW[:4], ""], "amount-missing", "E2")],
)  # fmt: skip
def test_an_invoice_needs_its_number_client_and_amount(tmp_path: Path, row: list[Any], code: str, cell: str) -> None:
    assert aside(read_ledger(make(tmp_path / "s.xlsx", [HEADERS, row]))) == (code, cell)


def test_initials_with_points_are_initials_without(tmp_path: Path) -> None:
    names = ("Dupont SA", "DUPONT S.A.", "Dupont S A", "Dupond SA")
    rows = [[f"F-{place}", name, *ROW[2:]] for place, name in enumerate(names)]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, *rows]))
    assert [client.name for client in ledger.clients] == ["Dupont SA", "Dupond SA"]
    assert [found.client.name for found in ledger.invoices] == ["Dupont SA"] * 3 + ["Dupond SA"]
    assert "client-contradiction" not in codes(ledger)


def test_clients_are_joined_by_name_and_by_code(tmp_path: Path) -> None:
    rows = [
        [*HEADERS, "Code client", "E-mail"],
        [*ROW, "C1", ""],
        ["F-002", "DUPONT ", *ROW[2:], "", "compta@dupont.example"],
        ["F-003", "Dupont S.A.", *ROW[2:], "C1", ""],
        ["F-004", "Martin", *ROW[2:], "", ""],
    ]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [client.key for client in ledger.clients] == ["c1", "martin"]
    assert {found.client.email for found in ledger.invoices[:3]} == {"compta@dupont.example"}
    assert codes(ledger).count("client-contradiction") == 1


def test_the_clients_sheet_completes_the_tracker(tmp_path: Path) -> None:
    clients = [
        ["Nos clients"],
        [],
        ["Client", "E-mail", "Téléphone", "Contact", "Langue", "Type de client", "Politique", "Blocage"],
        ["dupont", "a@dupont.example", 612345678, "Mme Petit", "Anglais", "Particulier", "lente", "en congés"],
    ]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, ROW], Clients=clients))
    client = invoice(ledger).client
    assert (client.email, client.phone, client.contact) == ("a@dupont.example", "0612345678", "Mme Petit")
    assert (client.language, client.kind, client.policy) == ("en", Kind.CONSUMER, "lente")
    assert client.hold is not None
    assert client.hold.reason == "en congés"


def test_an_unreadable_kind_or_address_is_told_once(tmp_path: Path) -> None:
    header = [*HEADERS, "Type de client", "E-mail"]
    ledger = read_ledger(
        make(tmp_path / "s.xlsx", [header, [*ROW, "VIP", "voir M. Noël"], [*ROW, "VIP", "voir M. Noël"]])
    )
    assert codes(ledger).count("kind-unknown") == 1
    assert codes(ledger).count("email-unreadable") == 1
    assert ledger.clients[0].kind is None


def test_code_and_name_in_one_cell(tmp_path: Path) -> None:
    rows = [HEADERS, ["F-1", "C012 - Dupont SARL", *ROW[2:]], ["F-2", "C014 - Martin", *ROW[2:]]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [(client.code, client.name) for client in ledger.clients] == [("C012", "Dupont SARL"), ("C014", "Martin")]


def test_currencies_by_column_text_and_format(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Devise"], [*ROW, "USD"], [*ROW, ""], [*ROW[:4], "1 000,00 £", ""], [*ROW, ""], [*ROW, "??"]]
    path = make_sheets(tmp_path / "s.xlsx", {"Suivi": rows}, {(4, 4): "#,##0.00 [$CHF]"})
    ledger = read_ledger(path)
    assert [found.currency for found in ledger.invoices] == ["USD", "EUR", "GBP", "CHF"]
    assert [row.problems[0].code for row in ledger.set_aside] == ["currency-unknown"]


def test_two_currencies_in_one_row(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Devise"], [*ROW[:4], "1 000,00 £", "EUR"]]
    assert aside(read_ledger(make(tmp_path / "s.xlsx", rows))) == ("currency-contradiction", "F2")


def test_a_header_names_the_currency(tmp_path: Path) -> None:
    assert invoice(read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS[:4], "Amount (USD)"], ROW]))).currency == "USD"


# --- credit notes -------------------------------------------------------------------------------------------------


def test_a_credit_note_reduces_the_invoice_it_names(tmp_path: Path) -> None:
    rows = [
        [*HEADERS, "Commentaire"],
        [*ROW, ""],
        ["F-002", *ROW[1:], ""],
        ["AV-1", "Dupont", date(2026, 4, 1), None, -200, "avoir sur F-001"],
        ["AV-2", "Dupont", date(2026, 4, 2), None, -50, "geste commercial"],
        ["AV-3", "Martin", date(2026, 4, 2), None, -70, "F-002"],
    ]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [(found.number, found.open) for found in ledger.invoices] == [("F-001", 800), ("F-002", 1000)]
    assert [(note.number, note.total) for note in ledger.credits] == [("AV-2", -50), ("AV-3", -70)]
    assert all(note.is_credit_note for note in ledger.credits)


def test_a_credit_note_known_by_its_word(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Type de pièce"], [*ROW, "Facture"], ["AV-1", *ROW[1:4], 200, "Avoir"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [(note.number, note.total) for note in ledger.credits] == [("AV-1", -200)]


def test_a_paid_invoice_less_its_credit_note_is_no_contradiction(tmp_path: Path) -> None:
    header = [*HEADERS, "Montant réglé", "Statut", "Commentaire"]
    rows = [[*ROW, 800, "Payée", ""], ["AV-1", "Dupont", date(2026, 4, 1), None, -200, "", "", "F-001"]]
    assert invoice(read_ledger(make(tmp_path / "s.xlsx", [header, *rows]))).open == 0


# --- rows that are none -------------------------------------------------------------------------------------------


def test_totals_notes_and_blank_rows_are_no_invoices(tmp_path: Path) -> None:
    second = ["F-002", "Martin", *ROW[2:]]
    rows = [HEADERS, ROW, [], ["", "Total Dupont", "", "", 1000], second, ["TOTAL", "", "", "", 2000], [],
            ["Les factures en rouge sont urgentes"], ["F-003"], ["F-004"]]  # fmt: skip
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [found.number for found in ledger.invoices] == ["F-001", "F-002"]
    assert ledger.set_aside == ()
    (problem,) = [p for p in ledger.problems if p.code == "rows-prepared"]
    assert problem.message.args["n"] == 2


def test_a_bare_amount_is_a_total_only_when_it_adds_up(tmp_path: Path) -> None:
    second = ["F-002", *ROW[1:]]
    adds_up = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, ROW, second, ["", "", "", "", 2000]]))
    assert adds_up.set_aside == ()
    summed = [HEADERS, ROW, second, ["", "", "", "", Formula("=SUBTOTAL(9,E2:E3)", 1000)]]
    assert read_ledger(make(tmp_path / "t.xlsx", summed)).set_aside == ()
    does_not = read_ledger(make(tmp_path / "u.xlsx", [HEADERS, ROW, second, ["", "", "", "", 1500]]))
    assert [row.problems[0].code for row in does_not.set_aside] == ["number-missing"]


def test_a_client_called_total_is_a_client(tmp_path: Path) -> None:
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, ["F-001", "Total Energies", *ROW[2:]]]))
    assert invoice(ledger).client.name == "Total Energies"


def test_formulas_filled_down_beyond_the_last_invoice_are_no_rows(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Reste dû"], [*ROW, Formula("=E2", 1000)], ["", "", "", "", "", Formula("=E3", 0)]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert len(ledger.invoices) == 1
    assert ledger.set_aside == ()


def test_a_second_table_below_is_left_alone(tmp_path: Path) -> None:
    rows = [HEADERS, ROW, [], ["Client", "Téléphone", "", "", ""], ["Dupont", "0612345678", "", "", 12]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert len(ledger.invoices) == 1
    assert ledger.set_aside == ()


def test_a_repeated_header_is_skipped(tmp_path: Path) -> None:
    rows = [HEADERS, ROW, HEADERS, ["F-002", *ROW[1:]]]
    assert [found.number for found in read_ledger(make(tmp_path / "s.xlsx", rows)).invoices] == ["F-001", "F-002"]


def test_what_is_missing_is_told_once_with_its_cost(tmp_path: Path) -> None:
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, ROW, ROW]))
    for code in ("no-email-column", "no-reminder-column", "no-payment-column"):
        assert codes(ledger).count(code) == 1


def test_where_writing_will_find_the_cells(tmp_path: Path) -> None:
    rows = [["Suivi 2026"], [], ["", *HEADERS, "Nb relances"], ["", *ROW, 1]]
    reading = read_tracking(make(tmp_path / "s.xlsx", rows))
    assert reading.table.header_row == 3
    column = reading.table.column("reminder_count")
    assert column is not None
    assert (column.letters, column.index) == ("G", 6)
    assert str(reading.ledger.invoices[0].where) == "Suivi!4"


def test_an_unreadable_balance_stops_where_it_alone_says_what_was_paid(tmp_path: Path) -> None:
    assert aside(one(tmp_path, "Reste à payer", Formula("=1/0", "#DIV/0!"))) == ("cell-error", "F2")
    ledger = one(tmp_path, "Reste à payer", Formula("=1/0", "#DIV/0!"), **{"Montant réglé": 400})
    assert invoice(ledger).open == 600
    assert "cell-error" in codes(ledger)


def test_a_refunded_credit_note_owes_nothing_more(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Montant réglé"], [*ROW, ""], ["AV-1", *ROW[1:4], -200, -200]]
    (note,) = read_ledger(make(tmp_path / "s.xlsx", rows)).credits
    assert note.open == 0

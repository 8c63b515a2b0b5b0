"""What leaves a doubt is told at its cell and stops: nobody is chased, and no amount counted, on a guess."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cases import CALENDAR, POLICIES, TODAY
from letter_cases import letter, reminder
from relance.domain.checking.checks import check_ledger
from relance.domain.model import Action, Hold, Ledger
from relance.domain.policies.decide import decide_all
from relance.errors import Problem, Severity
from relance.workbook.reading.roles import Mapping
from relance.workbook.reading.rows import read_ledger
from sheets import HEADERS, ROW, Formula, make, without_values


def one(tmp_path: Path, header: str, cell: Any, **columns: Any) -> Ledger:
    """The ledger of one ordinary row with further columns."""
    extra = {header: cell, **columns}
    return read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, *extra], [*ROW, *extra.values()]]))


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Code and place of each problem."""
    return [(problem.code, str(problem.where)) for problem in problems]


def aside(ledger: Ledger) -> list[tuple[str, str]]:
    """Code and place of the problems of the rows set aside."""
    return [found for row in ledger.set_aside for found in told(row.problems)]


# --- amounts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Acompte", "Montant réglé"])
@pytest.mark.parametrize("status", ["", "Payée", "Émise"])
def test_a_negative_receipt_never_increases_the_debt(tmp_path: Path, header: str, status: str) -> None:
    ledger = one(tmp_path, header, -300, Statut=status)
    assert ledger.invoices == ()
    assert aside(ledger) == [("received-negative", "Suivi!F2")]


def test_a_credit_note_may_be_refunded_by_a_negative_payment(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Montant réglé"], ["AV-1", "Dupont", date(2026, 3, 1), date(2026, 3, 1), -100, -100]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert [note.open for note in ledger.credits] == [0]
    assert ledger.set_aside == ()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.234", "2,345"], [None, None]),
        (["1.234"], [None]),
        (["1,234 €", 500.5], [None, "500.5"]),
        (["1.234", "12,50"], ["1234", "12.50"]),
        (["1.234", "12.50"], [None, "12.50"]),
        (["1,234", "1,020.00"], ["1234", "1020.00"]),
        (["1.234", "1.234.567"], ["1234", "1234567"]),
        (["1.234", "12,50", "12.50"], [None, "12.50", "12.50"]),
        (["0,500", "1.020,00"], [None, "1020.00"]),
        (["1 234", "-1.234"], ["1234", None]),
    ],
)
def test_a_mark_before_three_figures_means_what_its_column_says(
    tmp_path: Path, cells: list[Any], expected: list[str | None]
) -> None:
    rows = [[f"F-{at}", *ROW[1:4], cell] for at, cell in enumerate(cells)]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, *rows]))
    found = {invoice.number: str(invoice.total) for invoice in ledger.invoices}
    assert [found.get(f"F-{at}") for at in range(len(cells))] == expected
    doubtful = [f"Suivi!E{at + 2}" for at, amount in enumerate(expected) if amount is None]
    assert aside(ledger) == [("amount-ambiguous", cell) for cell in doubtful]


def test_a_disputed_amount_is_not_guessed(tmp_path: Path) -> None:
    assert aside(one(tmp_path, "Litige", "1.234")) == [("dispute-unreadable", "Suivi!F2")]


# --- who the client is --------------------------------------------------------------------------------------------

BAD = Formula("=1/0", "#N/A")


def clients_sheet(tmp_path: Path, header: str, cell: Any) -> Path:
    """A workbook whose client Dupont has one more cell on the clients sheet."""
    rows = [HEADERS, ROW, ["F-002", "Martin", *ROW[2:]]]
    listed = [["Client", "E-mail", header], ["Dupont", "d@x.example", cell], ["Martin", "m@x.example", ""]]
    return make(tmp_path / "s.xlsx", rows, Clients=listed)


@pytest.mark.parametrize("header", ["Type de client", "Politique"])
@pytest.mark.parametrize(("cell", "code"), [(BAD, "cell-error"), (Formula("=A1"), "formula-without-value")])
def test_a_client_nobody_can_place_is_set_aside(tmp_path: Path, header: str, cell: Formula, code: str) -> None:
    path = clients_sheet(tmp_path, header, cell)
    ledger = read_ledger(path if cell.value else without_values(path))
    assert aside(ledger) == [(code, "Clients!C2")]
    assert (code, "Clients!C2") in told(ledger.problems)
    assert [invoice.client.name for invoice in ledger.invoices] == ["Martin"]


@pytest.mark.parametrize(("cell", "code"), [(BAD, "cell-error"), (Formula("=TODAY()"), "formula-without-value")])
def test_a_hold_of_a_client_that_shows_no_value_holds(tmp_path: Path, cell: Formula, code: str) -> None:
    path = clients_sheet(tmp_path, "Ne pas relancer avant", cell)
    ledger = read_ledger(path if cell.value else without_values(path))
    held = {invoice.client.name: invoice.client.hold for invoice in ledger.invoices}
    assert held["Dupont"] is not None and held["Dupont"].until is None
    assert held["Martin"] is None
    (problem,) = [problem for problem in ledger.problems if problem.code == code]
    assert (str(problem.where), problem.severity) == ("Clients!C2", Severity.ERROR)


def test_a_row_of_the_clients_sheet_whose_name_is_an_error_is_told(tmp_path: Path) -> None:
    listed = [["Client", "E-mail", "Blocage"], [BAD, "d@x.example", "oui"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, ROW], Clients=listed))
    assert ("cell-error", "Clients!A2") in told(ledger.problems)


@pytest.mark.parametrize("header", ["Type de client", "Politique"])
def test_an_unreadable_kind_or_policy_stops_all_rows_of_the_client(tmp_path: Path, header: str) -> None:
    rows = [[*HEADERS, header], [*ROW, BAD], ["F-002", *ROW[1:], ""], ["F-003", "Martin", *ROW[2:], ""]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert aside(ledger) == [("cell-error", "Suivi!F2")] * 2
    assert [invoice.number for invoice in ledger.invoices] == ["F-003"]


def test_an_unknown_kind_is_no_business(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Type de client", "Statut"], [*ROW, "association", ""], ["F-002", *ROW[1:], "", "Payée"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert aside(ledger) == [("kind-unknown", "Suivi!F2")]
    assert [invoice.number for invoice in ledger.invoices] == ["F-002"], "what is paid asks for nothing"


def test_an_error_in_an_address_is_told_as_such(tmp_path: Path) -> None:
    ledger = one(tmp_path, "E-mail", BAD)
    (problem,) = [problem for problem in ledger.problems if problem.code == "cell-error"]
    assert (str(problem.where), problem.severity) == ("Suivi!F2", Severity.WARNING)
    assert len(ledger.invoices) == 1


# --- two columns of one header ------------------------------------------------------------------------------------

TWICE = ["N° facture", "Client", "Échéance", "Echeance", "Montant TTC"]


def test_two_columns_of_one_header_must_agree(tmp_path: Path) -> None:
    first, last = date(2026, 3, 31), date(2026, 4, 30)
    rows = [TWICE, ["1", "A", first, last, 100], ["2", "A", first, first, 100], ["3", "A", first, "", 100]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [*rows, ["4", "A", "", last, 100]]))
    assert aside(ledger) == [("columns-differ", "Suivi!D2"), ("columns-differ", "Suivi!D5")]
    assert [invoice.number for invoice in ledger.invoices] == ["2", "3"]
    assert ("header-twice", "Suivi!D1") in told(ledger.problems)


def test_the_configuration_says_which_of_two_columns_holds(tmp_path: Path) -> None:
    path = make(tmp_path / "s.xlsx", [TWICE, ["1", "A", date(2026, 3, 31), date(2026, 4, 30), 100]])
    ledger = read_ledger(path, Mapping(columns={"due": "D"}))
    assert [invoice.due for invoice in ledger.invoices] == [date(2026, 4, 30)]
    assert "header-twice" not in [problem.code for problem in ledger.problems]


def test_two_columns_of_remarks_are_no_problem(tmp_path: Path) -> None:
    rows = [[*HEADERS, "Commentaire", "Commentaire"], [*ROW, "a", "b"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert len(ledger.invoices) == 1
    assert "header-twice" not in [problem.code for problem in ledger.problems]


# --- a sheet without numbers --------------------------------------------------------------------------------------

NAMELESS = ["Client", "Date facture", "Échéance", "Montant TTC"]
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def test_an_invoice_without_number_is_known_by_date_and_amount(tmp_path: Path) -> None:
    rows = [NAMELESS, ["A", SEPTEMBER, OCTOBER, 1100.5], ["B", "", OCTOBER, 70], ["C", SEPTEMBER, OCTOBER, "?"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    names = [(invoice.number, invoice.numbered) for invoice in ledger.invoices]
    assert names == [("01/09/2026 · 1100,50 €", False), ("01/10/2026 · 70,00 €", False)]
    assert aside(ledger) == [("amount-unreadable", "Suivi!D4")]


def test_without_number_nor_date_nothing_tells_an_invoice_apart(tmp_path: Path) -> None:
    ledger = read_ledger(make(tmp_path / "s.xlsx", [NAMELESS, ["A", SEPTEMBER, OCTOBER, 10], ["B", "", "", 20]]))
    assert aside(ledger) == [("number-missing", "Suivi!A3")]


def test_two_rows_without_number_that_are_alike_are_a_doubt(tmp_path: Path) -> None:
    rows = [NAMELESS, ["A", SEPTEMBER, OCTOBER, 10], ["B", SEPTEMBER, OCTOBER, 10], ["B", SEPTEMBER, OCTOBER, 10]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    problems = check_ledger(ledger, POLICIES, TODAY)
    alike = [str(problem.where) for problem in problems if problem.code in {"duplicate-number", "number-shared"}]
    assert alike == ["Suivi!A4"]


@pytest.mark.parametrize(
    ("language", "line", "reference"),
    [
        ("fr", "- Facture du 01/09/2026 (1 100,50 €), échue le", "01/09/2026 (1 100,50 €)"),
        ("en", "- Invoice of 1 September 2026 (€1,100.50), due on", "1 September 2026 (€1,100.50)"),
    ],
)
def test_a_letter_names_an_invoice_without_number(tmp_path: Path, language: str, line: str, reference: str) -> None:
    rows = [[*NAMELESS, "E-mail", "Langue"], ["A", SEPTEMBER, OCTOBER, 1100.5, "a@x.example", language]]
    (invoice,) = read_ledger(make(tmp_path / "s.xlsx", rows)).invoices
    text = letter(reminder(1, invoice, client=invoice.client)).body.replace("\u00a0", " ").replace("\u202f", " ")
    assert line in text
    assert text.count(f"{reference}\n") == 1


# --- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("Statut", "Payée ?", "status-unknown"),
        ("Statut", "relance 2 ?", "status-unknown"),
        ("Payé", "oui ?", "status-unknown"),
        ("Type de client", "particulier ?", "kind-unknown"),
        ("Type de document", "avoir ?", "type-unknown"),
        ("Nb relances", "2 ?", "count-unreadable"),
        ("Dates de relance", "15/06/2026 ?", "date-unreadable"),
    ],
)
def test_a_question_mark_is_a_doubt(tmp_path: Path, header: str, cell: str, code: str) -> None:
    assert aside(one(tmp_path, header, cell)) == [(code, "Suivi!F2")]


@pytest.mark.parametrize("cell", ["non ?", "15/12/2020 ?"])
def test_a_stop_with_a_question_mark_stops(tmp_path: Path, cell: str) -> None:
    (disputed,) = one(tmp_path, "Litige", cell).invoices
    assert disputed.dispute is not None and disputed.dispute.amount is None
    (held,) = one(tmp_path, "Blocage", cell).invoices
    assert held.hold is not None and held.hold.until is None


# --- the clients sheet joins --------------------------------------------------------------------------------------

CODED = ["N° facture", "Code client", "Date facture", "Échéance", "Montant TTC"]


def emails(ledger: Ledger) -> list[tuple[str, str]]:
    """Name and address of the client of each invoice."""
    return [(invoice.client.name, invoice.client.email) for invoice in ledger.invoices]


@pytest.mark.parametrize("header", ["Code", "N°", "Réf.", "ID", "Code client"])
def test_a_code_on_the_clients_sheet_joins(tmp_path: Path, header: str) -> None:
    listed = [[header, "Nom", "E-mail"], ["C1", "Alpha", "a@x.example"], ["C2", "Beta", "b@x.example"]]
    rows = [CODED, ["1", "c2", *ROW[2:]], ["2", "C1 - Alpha SARL", *ROW[2:]], ["3", "C9", *ROW[2:]]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows, Clients=listed))
    assert emails(ledger)[:2] == [("Beta", "b@x.example"), ("Alpha", "a@x.example")]
    assert [found for found in told(ledger.problems) if found[0].startswith("client-code")] == [
        ("client-code-unknown", "Suivi!B4")
    ]


def test_a_code_typed_before_a_name_joins_where_the_clients_sheet_lists_it(tmp_path: Path) -> None:
    listed = [["Code", "Nom", "E-mail"], ["ALPHA", "Alpha", "a@x.example"]]
    rows = [HEADERS, ["1", "ALPHA - Alpha", *ROW[2:]], ["2", "Jean - Paul", *ROW[2:]]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows, Clients=listed))
    assert emails(ledger) == [("Alpha", "a@x.example"), ("Jean - Paul", "")]


def test_a_clients_sheet_without_codes_joins_by_name(tmp_path: Path) -> None:
    listed = [["Client", "E-mail", "Blocage"], ["Alpha", "a@x.example", "oui"]]
    rows = [[*CODED, "Client"], ["1", "C1", *ROW[2:], "Alpha"], ["2", "C1", *ROW[2:], "Alpha"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows, Clients=listed))
    assert [invoice.client.hold for invoice in ledger.invoices] == [Hold(), Hold()]


def test_a_clients_sheet_that_joins_nobody_is_told(tmp_path: Path) -> None:
    listed = [["Code", "Nom", "E-mail"], ["C1", "Alpha", "a@x.example"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [CODED, ["1", "X7", *ROW[2:]]], Clients=listed))
    found = [found for found in told(ledger.problems) if found[0].startswith("client")]
    assert found == [("clients-sheet-unmatched", "Clients")]


def test_a_row_without_its_code_joins_by_name_all_the_same(tmp_path: Path) -> None:
    listed = [["Client", "E-mail"], ["Alpha", "a@x.example"]]
    rows = [[*CODED, "Client"], ["1", "C1", *ROW[2:], "Alpha"], ["2", "", *ROW[2:], "Alpha"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows, Clients=listed))
    assert emails(ledger) == [("Alpha", "a@x.example")] * 2


# --- direct debit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Mode de règlement", "Conditions de paiement"])
@pytest.mark.parametrize(
    ("cell", "collected"),
    [("Prélèvement", True), ("Prélèvement 30 jours", True), ("Direct debit", True), ("Virement SEPA", False),
     ("pas de prélèvement", False), ("", False)],
)  # fmt: skip
def test_nobody_is_asked_to_pay_what_the_bank_collects(
    tmp_path: Path, header: str, cell: str, *, collected: bool
) -> None:
    ledger = one(tmp_path, header, cell)
    (decision,) = decide_all(ledger, POLICIES, CALENDAR, TODAY)
    assert (decision.reason == "direct-debit") == collected
    assert (decision.action is Action.CHASE) != collected


def test_a_client_whom_the_bank_collects_from_is_not_chased(tmp_path: Path) -> None:
    listed = [["Client", "Mode de règlement"], ["Dupont", "Prélèvement SEPA"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [HEADERS, ROW], Clients=listed))
    assert [decision.reason for decision in decide_all(ledger, POLICIES, CALENDAR, TODAY)] == ["direct-debit"]


def test_a_method_that_shows_an_error_may_be_a_direct_debit(tmp_path: Path) -> None:
    assert aside(one(tmp_path, "Mode de règlement", BAD)) == [("cell-error", "Suivi!F2")]


def test_terms_by_direct_debit_give_a_due_date_all_the_same(tmp_path: Path) -> None:
    rows = [["N° facture", "Client", "Date facture", "Délai de paiement", "Montant TTC"]]
    rows += [["1", "A", date(2026, 9, 1), "Prélèvement 30 jours", 10]]
    (invoice,) = read_ledger(make(tmp_path / "s.xlsx", rows)).invoices
    assert invoice.due == date(2026, 10, 1)


# --- counts, balances, totals -------------------------------------------------------------------------------------

COUNTED = [*HEADERS, "Nb relances", "Relance 1", "Relance 2"]
FIRST, SECOND = date(2026, 4, 10), date(2026, 4, 20)


def test_a_count_without_result_is_counted_from_the_dates_where_the_column_does(tmp_path: Path) -> None:
    rows = [COUNTED, [*ROW, 2, FIRST, SECOND], ["F-002", *ROW[1:], 0], ["F-003", *ROW[1:], Formula("=A1"), FIRST]]
    ledger = read_ledger(without_values(make(tmp_path / "s.xlsx", rows)))
    assert [invoice.level for invoice in ledger.invoices] == [2, 0, 1]


@pytest.mark.parametrize("other", [3, ""])
def test_a_count_without_result_is_no_zero_elsewhere(tmp_path: Path, other: Any) -> None:
    rows = [COUNTED, [*ROW, other, FIRST, SECOND], ["F-002", *ROW[1:], Formula("=A1")]]
    ledger = read_ledger(without_values(make(tmp_path / "s.xlsx", rows)))
    assert aside(ledger) == [("formula-without-value", "Suivi!F3")]


def test_an_error_in_a_balance_says_what_really_happens(tmp_path: Path) -> None:
    ledger = one(tmp_path, "Reste dû", BAD, Statut="Émise")
    (problem,) = [problem for problem in ledger.problems if problem.code == "cell-error"]
    assert (str(problem.where), str(problem.hint)) == (
        "Suivi!F2", "Correct its formula; until then the cell counts as blank.",
    )  # fmt: skip
    assert [invoice.open for invoice in ledger.invoices] == [1000]
    alone = one(tmp_path, "Reste dû", BAD)
    assert aside(alone) == [("cell-error", "Suivi!F2")]
    assert "the row is set aside" in str(alone.set_aside[0].problems[0].hint)


@pytest.mark.parametrize("place", range(5))
def test_a_total_is_one_wherever_its_word_stands(tmp_path: Path, place: int) -> None:
    total: list[Any] = ["", "", "", "", 9000, "", ""]
    total[place if place < 4 else 5] = "Total général"
    rows = [[*HEADERS, "Statut", "Dates de relance"], [*ROW, "", ""], total]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    assert (len(ledger.invoices), ledger.set_aside) == (1, ())


# --- terms and dates ----------------------------------------------------------------------------------------------

TERMS = ["N° facture", "Client", "Date facture", "Délai de paiement", "Montant TTC"]


def test_end_of_month_then_days_is_the_second_reading(tmp_path: Path) -> None:
    rows = [TERMS, ["1", "A", date(2026, 2, 15), "fin de mois 45 jours", 10]]
    (invoice,) = read_ledger(make(tmp_path / "s.xlsx", rows)).invoices
    assert invoice.due == date(2026, 4, 14)


def test_blank_terms_are_not_taken_for_the_legal_ones(tmp_path: Path) -> None:
    rows = [TERMS, ["1", "A", date(2026, 2, 15), "", 10], ["2", "A", date(2026, 2, 15), "30 jours", 10]]
    path = make(tmp_path / "s.xlsx", rows)
    ledger = read_ledger(path)
    assert [invoice.due for invoice in ledger.invoices] == [None, date(2026, 3, 17)]
    problems = [problem for problem in check_ledger(ledger, POLICIES, TODAY) if problem.code == "no-due-date"]
    assert told(tuple(problems)) == [("no-due-date", "Suivi!D2")]
    agreed = read_ledger(path, Mapping(terms="60 jours"))
    assert agreed.invoices[0].due == date(2026, 4, 16)


# --- where things are told ----------------------------------------------------------------------------------------


def checked(ledger: Ledger) -> list[tuple[str, str]]:
    """Code and place of all that reading and checks tell."""
    return told((*ledger.problems, *check_ledger(ledger, POLICIES, TODAY)))


def test_without_any_column_of_addresses_that_is_said_once(tmp_path: Path) -> None:
    rows = [HEADERS, ROW, ["F-002", "Martin", *ROW[2:]]]
    found = [place for place in checked(read_ledger(make(tmp_path / "s.xlsx", rows))) if "email" in place[0]]
    assert found == [("no-email-column", "Suivi")]


def test_with_one_each_client_without_address_is_told_at_its_cell(tmp_path: Path) -> None:
    rows = [[*HEADERS, "E-mail"], [*ROW, ""], ["F-002", "Martin", *ROW[2:], BAD]]
    found = [
        place for place in checked(read_ledger(make(tmp_path / "s.xlsx", rows))) if place[0] != "no-payment-column"
    ]
    assert [place for place in found if place[1] != "Suivi"] == [("cell-error", "Suivi!F3"), ("no-email", "Suivi!F2")]
    listed = [["Client", "E-mail"], ["Dupont", ""]]
    found = checked(read_ledger(make(tmp_path / "t.xlsx", [HEADERS, ROW], Clients=listed)))
    assert [place for place in found if "email" in place[0]] == [("no-email", "Suivi!B2")]


def test_the_ledger_tells_where_both_tables_are(tmp_path: Path) -> None:
    listed = [["Code", "Nom", "Courriel"], ["C1", "Dupont", "d@x.example"]]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [["Suivi"], [], HEADERS, ROW], Clients=listed))
    assert (ledger.header_row, ledger.clients_sheet) == (3, "Clients")
    assert [(column.role, column.column, column.header, column.source) for column in ledger.client_columns] == [
        ("client_code", "A", "Code", "header"), ("client", "B", "Nom", "header"), ("email", "C", "Courriel", "header"),
    ]  # fmt: skip


# --- holds and their days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cell", "until"),
    [
        ("Ne pas relancer avant", date(2026, 11, 20), date(2026, 11, 19)),
        ("Ne pas relancer avant le", "20/11/2026", date(2026, 11, 19)),
        ("Blocage", "pas avant le 20/11/2026", date(2026, 11, 19)),
        ("En attente jusqu'au", date(2026, 11, 20), date(2026, 11, 20)),
        ("Blocage", "20/11/2026", date(2026, 11, 20)),
    ],
)
def test_not_before_a_day_allows_that_day(tmp_path: Path, header: str, cell: Any, until: date) -> None:
    (mine,) = one(tmp_path, header, cell).invoices
    listed = [["Client", "E-mail", header], ["Dupont", "", cell]]
    (theirs,) = read_ledger(make(tmp_path / "t.xlsx", [HEADERS, ROW], Clients=listed)).invoices
    assert [hold.until for hold in (mine.hold, theirs.client.hold) if hold] == [until, until]


@pytest.mark.parametrize("cell", ["après les fêtes", "bientôt"])
def test_a_hold_until_nobody_knows_when_stops_and_is_told(tmp_path: Path, cell: str) -> None:
    ledger = one(tmp_path, "Ne pas relancer avant", cell)
    assert [invoice.hold for invoice in ledger.invoices] == [Hold(None, cell)]
    assert ("hold-without-day", "Suivi!F2") in told(ledger.problems)
    listed = [["Client", "E-mail", "En attente jusqu'au"], ["Dupont", "", cell]]
    ledger = read_ledger(make(tmp_path / "t.xlsx", [HEADERS, ROW], Clients=listed))
    assert ("hold-without-day", "Clients!C2") in told(ledger.problems)
    reasons = one(tmp_path, "Blocage", "en congés")
    assert "hold-without-day" not in [problem.code for problem in reasons.problems]


@pytest.mark.parametrize("cell", ["2026-10-15T00:00:00", "2026-10-15 08:30", "2026-10-15T00:00:00.000Z"])
def test_a_day_with_its_time_is_a_day(tmp_path: Path, cell: str) -> None:
    ledger = read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, "Dates de relance"], [*ROW[:3], cell, 10, cell]]))
    assert [(invoice.due, invoice.reminders) for invoice in ledger.invoices] == [
        (date(2026, 10, 15), (date(2026, 10, 15),))
    ]


def test_a_value_is_shown_as_its_cell_shows_it(tmp_path: Path) -> None:
    (row,) = one(tmp_path, "Nb relances", -1).set_aside
    assert [(problem.value, problem.message.args["value"]) for problem in row.problems] == [("-1", "-1")]
    (row,) = read_ledger(make(tmp_path / "t.xlsx", [HEADERS, [*ROW[:3], 45944, 10]])).set_aside
    assert "“45944”" in str(row.problems[0].message)


def test_one_date_that_can_be_read_both_ways_is_told_in_the_singular(tmp_path: Path) -> None:
    ledger = one(tmp_path, "Dates de relance", "06/10/2026 par tél")
    (problem,) = [problem for problem in ledger.problems if problem.code == "date-order-assumed"]
    assert str(problem.message) == (
        "Column F (reminder dates): the date 06/10/2026 was read day first; nothing there decides."
    )
    assert problem.value == "06/10/2026"


def test_a_reminder_typed_on_a_row_set_aside_was_one_to_its_client(tmp_path: Path) -> None:
    rows = [
        [*HEADERS, "Dates de relance"],
        ["F-1", "Dupont", date(2026, 3, 1), date(2026, 3, 31), "bientôt", TODAY],
        ["F-2", "Dupont", date(2026, 3, 1), date(2026, 3, 31), 100, ""],
        ["F-3", "Martin", date(2026, 3, 1), date(2026, 3, 31), 100, ""],
    ]
    ledger = read_ledger(make(tmp_path / "s.xlsx", rows))
    decided = decide_all(ledger, POLICIES, CALENDAR, TODAY)
    assert [row.number for row in ledger.set_aside] == ["F-1"]
    assert [decision.reason for decision in decided] == ["client-gap", "ready"]


@pytest.mark.parametrize(
    ("numbers", "columns", "doubted"),
    [
        (["AV-1", "F-1", "F-2", "F-3"], {}, ["AV-1"]),
        (["CN 12", "2026-1", "2026-2"], {}, ["CN 12"]),
        (["AV-1", "AV-2", "AV-3"], {}, []),
        (["AV-1", "F-1", "F-2"], {"Type": "Facture"}, []),
        (["AV-1", "F-1", "F-2"], {"Statut": "Payée"}, []),
        (["AVIS-1", "F-1", "F-2"], {}, []),
    ],
)
def test_a_number_like_a_credit_note_s_is_not_chased_for_a_positive_amount(
    tmp_path: Path, numbers: list[str], columns: dict[str, Any], doubted: list[str]
) -> None:
    rows = [[number, *ROW[1:], *columns.values()] for number in numbers]
    ledger = read_ledger(make(tmp_path / "s.xlsx", [[*HEADERS, *columns], *rows]))
    assert [row.number for row in ledger.set_aside] == doubted
    assert [row.problems[0].code for row in ledger.set_aside] == ["credit-doubt"] * len(doubted)

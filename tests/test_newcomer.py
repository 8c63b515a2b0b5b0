"""What somebody meets on the first day, on workbooks as they come: each test is something that once misled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from cases import invoice, ledger
from conftest import Run
from relance.domain.measures.figures_outstanding import compute_outstanding
from relance.workbook.reading.rows import read_ledger
from sheets import HEADERS, make

DAY = ("--today", "2026-11-20")
ISSUED, DUE = date(2026, 8, 1), date(2026, 9, 1)
SHORT = ("N°", "Client", "Échéance", "Montant")


def written(tmp_path: Path, *rows: tuple[Any, ...]) -> str:
    return str(make(tmp_path / "suivi.xlsx", rows))


def said(done: Run) -> str:
    """What a command told, on one line."""
    return " ".join((done.out + done.err).replace("\u00a0", " ").split())


# --- two tables on a sheet ----------------------------------------------------------------------------------------


def test_a_table_above_the_one_that_is_read_is_told_instead_of_nothing_owed(
    tmp_path: Path, run: Callable[..., Run]
) -> None:
    open_ones = [("Impayées",), SHORT, ("101", "Alpha", DUE, 1000), ("102", "Beta", DUE, 2000), ()]
    paid = [("Payées",), (*SHORT, "Payée le"), ("90", "Alpha", DUE, 700, DUE), ("91", "Gamma", DUE, 900, DUE)]
    book = written(tmp_path, *open_ones, *paid)
    (problem,) = [p for p in read_ledger(Path(book)).problems if p.code == "other-table-above"]
    assert str(problem.where) == "Suivi!2"
    shown = said(run("status", "-w", book, *DAY))
    assert "occupe les lignes 2 à 4" in shown
    assert "Rien n’est dû : personne à relancer" not in shown


def test_a_table_below_with_its_own_payments_is_not_read_as_unpaid(tmp_path: Path) -> None:
    header = ("N°", "Client", "Date facture", "Échéance", "Montant")
    above = [(*header, "Statut"), ("1", "A", ISSUED, DUE, 100, "En attente")]
    below = [(*header, "", "Payée le"), ("2", "B", ISSUED, DUE, 200, "", DUE)]
    found = read_ledger(make(tmp_path / "s.xlsx", [*above, (), *below]))
    assert [row.number for row in found.invoices] == ["1"]
    assert [str(p.where) for p in found.problems if p.code == "other-table-below"] == ["Suivi!4"]


# --- an empty workbook --------------------------------------------------------------------------------------------


def test_a_workbook_just_made_asks_for_invoices(tmp_path: Path, run: Callable[..., Run]) -> None:
    book = str(tmp_path / "neuf.xlsx")
    run("init", book)
    assert "Aucune facture encore, personne à relancer" in said(run("status", "-w", book, *DAY))
    assert "Aucune facture encore, personne à relancer" in said(run("report", "-w", book, *DAY))


@pytest.mark.parametrize("act", [("why",), ("fees",), ("paid", "--yes"), ("promise", "2026-12-01", "--yes")])
def test_an_invoice_of_an_empty_workbook_is_unknown(
    tmp_path: Path, run: Callable[..., Run], act: tuple[str, ...]
) -> None:
    book = str(tmp_path / "neuf.xlsx")
    run("init", book)
    done = run(act[0], "F-1", *act[1:], "-w", book, *DAY)
    assert (done.code, "[invoice-unknown]" in done.err) == (2, True)


# --- what a status tells ------------------------------------------------------------------------------------------


def test_the_day_in_a_status_is_that_of_the_reminder_or_of_the_payment(tmp_path: Path) -> None:
    rows = [
        ("F-1", "A", ISSUED, DUE, 100, "Relancé le 15/10/2026"),
        ("F-2", "A", ISSUED, DUE, 100, "Relance 2 le 20/10/2026"),
        ("F-3", "A", ISSUED, DUE, 100, "Réglé le 12/09/2026"),
        ("F-4", "A", ISSUED, DUE, 100, "Relancée"),
    ]
    first, second, paid, undated = read_ledger(make(tmp_path / "s.xlsx", [(*HEADERS, "Statut"), *rows])).invoices
    assert (first.level, first.reminders) == (1, (date(2026, 10, 15),))
    assert (second.level, second.reminders) == (2, (date(2026, 10, 20),))
    assert [payment.on for payment in paid.payments] == [date(2026, 9, 12)]
    assert (undated.level, undated.reminders) == (1, ())


def test_a_date_column_is_believed_before_the_status(tmp_path: Path) -> None:
    row = ("F-1", "A", ISSUED, DUE, 100, "Relancé le 15/10/2026", date(2026, 10, 14))
    (found,) = read_ledger(make(tmp_path / "s.xlsx", [(*HEADERS, "Statut", "Dates de relance"), row])).invoices
    assert found.reminders == (date(2026, 10, 14),)


def test_the_days_of_statuses_are_read_in_one_order(tmp_path: Path) -> None:
    rows = [("F-1", "A", ISSUED, DUE, 100, "Reminded on 10/15/2026"), ("F-2", "A", ISSUED, DUE, 9, "Paid 09/12/2026")]
    reminded, paid = read_ledger(make(tmp_path / "s.xlsx", [(*HEADERS, "Status"), *rows])).invoices
    assert reminded.reminders == (date(2026, 10, 15),)
    assert paid.payments[0].on == date(2026, 9, 12)


def test_a_level_without_date_is_told_at_the_status_that_names_it(tmp_path: Path, run: Callable[..., Run]) -> None:
    book = written(tmp_path, (*HEADERS, "Statut"), ("F-1", "A", ISSUED, DUE, 100, "Relance 1"))
    (problem,) = [
        p for p in json.loads(run("check", "-w", book, "--json", *DAY).out)["problems"]
        if p["code"] == "last-reminder-unknown"
    ]  # fmt: skip
    assert (problem["where"]["cell"], problem["value"]) == ("F2", "Relance 1")


def test_several_days_in_one_cell_are_reminder_dates(tmp_path: Path) -> None:
    row = ("F-1", "A", ISSUED, DUE, 100, "05/10/2026, 15/10/2026")
    (found,) = read_ledger(make(tmp_path / "s.xlsx", [(*HEADERS, "Relances"), row])).invoices
    assert found.reminders == (date(2026, 10, 5), date(2026, 10, 15))


# --- what is shown ------------------------------------------------------------------------------------------------


def test_undo_does_not_offer_to_undo_itself(tmp_path: Path, run: Callable[..., Run]) -> None:
    book = written(tmp_path, (*HEADERS, "Montant réglé"), ("F-1", "A", ISSUED, DUE, 100))
    run("paid", "F-1", "10", "--yes", "-w", book, *DAY)
    shown = said(run("undo", "--yes", "-w", book, *DAY))
    assert "1 cellule remise comme avant. Un autre relance undo reprendrait l’acte précédent." in shown
    assert "Pour revenir en arrière" not in shown


def test_check_shows_the_days_it_found_as_the_reader_writes_them(folder: Path, run: Callable[..., Run]) -> None:
    assert folder.is_dir()
    shown = run("check", *DAY)
    assert "16/11/2026" in shown.out
    assert "2026-11-16" not in shown.out
    values = [problem["value"] for problem in json.loads(run("check", "--json", *DAY).out)["problems"]]
    assert "2026-11-16" in values


def test_the_course_of_the_year_is_unknown_without_invoice_dates() -> None:
    dated, undated = invoice("F-1"), [invoice(f"F-{n}", issued=None) for n in (2, 3)]
    (known,) = compute_outstanding(ledger(dated), (date(2026, 10, 31), date(2026, 11, 20)))
    (unknown,) = compute_outstanding(ledger(dated, *undated), (date(2026, 10, 31), date(2026, 11, 20)))
    assert (known.is_known, unknown.is_known, unknown.unissued) == (True, False, 2)
    assert unknown.points[-1].open == Decimal(3000)


# --- late fees ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_the_letter_says_where_each_rate_comes_from_as_fees_does(run: Callable[..., Run]) -> None:
    fees = json.loads(run("fees", "F-2026-021", "--json", *DAY).out)["data"]["fees"][0]
    (source,) = {line["source"] for line in fees["lines"]}
    run("remind", *DAY)
    (draft,) = Path("relance/drafts/2026-11-20").glob("sci-les-trois-ormes*")
    message = message_from_bytes(draft.read_bytes(), policy=default)
    for form in ("plain", "html"):
        part = message.get_body((form,))
        assert part is not None
        shown = " ".join(unescape(part.get_content()).replace("\u00a0", " ").split())
        assert fees["basis"] in shown
        assert f"12,40 % : {source}".replace("\u00a0", " ") in shown


@pytest.mark.usefixtures("folder")
def test_the_source_of_a_rate_that_stands_in_is_not_said_to_be_that_of_its_half_year(run: Callable[..., Run]) -> None:
    shown = said(run("fees", "F-2026-015", "--as-of", "2027-02-01", *DAY))
    assert "2027-S1 (provisoire) : taux" in shown
    assert "2026-S2 : taux" in shown


def test_a_rate_far_from_its_neighbour_is_refused(run: Callable[..., Run]) -> None:
    slip = run("rates", "set", "2027-S1", "--ecb", "26", *DAY)
    assert (slip.code, "est loin des 2,40 % de 2026-S2" in said(slip)) == (2, True)
    assert run("rates", "set", "2027-S1", "--ecb", "2,65", *DAY).code == 0
    assert run("rates", "set", "2027-S2", "--ecb", "12,65", *DAY).code == 2
    assert "noté le 20/11/2026" in said(run("rates", *DAY))


# --- odd situations -----------------------------------------------------------------------------------------------

STATUS = (sys.executable, "-m", "relance", "status", *DAY)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("more", [(), ("--json",)])
@pytest.mark.usefixtures("folder")
def test_a_full_drive_behind_the_output_is_no_fault_of_relance(more: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*STATUS, *more], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, "[output-unwritable]" in done.stderr.decode()) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes streams another way there")
@pytest.mark.usefixtures("folder")
def test_a_closed_output_is_read_by_nobody() -> None:
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *STATUS], capture_output=True, check=False)
    assert (done.returncode, b"autres remarques" in done.stderr) == (0, True)


def test_a_file_of_another_program_is_refused_unless_the_format_is_said(folder: Path, run: Callable[..., Run]) -> None:
    refused = run("report", "--output", "rapport.docx", *DAY)
    assert (refused.code, "[output-ending]" in refused.err) == (2, True)
    assert not (folder / "rapport.docx").exists()
    assert run("report", "--output", "rapport.docx", "--format", "text", *DAY).code == 0


@pytest.mark.usefixtures("folder")
def test_the_line_that_is_not_toml_is_shown_in_the_language_of_the_reader(run: Callable[..., Run]) -> None:
    Path("relance.toml").write_text("[company]\nname = “Dupont”\n", encoding="utf-8")
    done = run("status", *DAY)
    assert "ligne 2 : « name = “Dupont” » n’est pas du TOML bien formé" in said(done)
    assert "Invalid" not in done.err
    Path("relance.toml").write_text("[company]\nlist = [1,\n\n", encoding="utf-8")
    assert "ligne 2 : « list = [1, »" in said(run("status", *DAY))


def test_a_workbook_cut_short_is_damaged(folder: Path, run: Callable[..., Run]) -> None:
    (folder / "coupe.xlsx").write_bytes((folder / "suivi_factures.xlsx").read_bytes()[:20_000])
    done = run("status", "-w", "coupe.xlsx", *DAY)
    assert (done.code, "[workbook-damaged]" in done.err) == (3, True)


def test_headers_all_misspelled_are_named_with_what_they_may_mean(tmp_path: Path, run: Callable[..., Run]) -> None:
    book = written(tmp_path, ("Numméro facture", "Clent", "Mntant TTC", "Ecéanse"), ("F-1", "A", 100, DUE))
    told = said(run("status", "-w", book, *DAY))
    assert "en-tête le plus proche : « Mntant TTC »" in told
    assert "en-tête le plus proche : « Ecéanse »" in told


@pytest.mark.usefixtures("folder")
def test_a_folder_that_is_not_there_is_said_so(run: Callable[..., Run]) -> None:
    assert "son dossier n’existe pas" in said(run("report", "--output", "absent/rapport.html", *DAY))


# --- small things that make one hesitate --------------------------------------------------------------------------


def test_an_invoice_without_client_is_shown_as_one_of_a_client_unknown(tmp_path: Path, run: Callable[..., Run]) -> None:
    book = written(tmp_path, ("Numéro", "Montant", "Date"), (1, 1200, ISSUED), (2, 100, ISSUED))
    for words in (("why", "1"), ("fees", "1"), ("status",), ("remind",), ("paid", "1", "10", "--yes")):
        assert "client inconnu" in said(run(*words, "-w", book, *DAY)), words
    assert json.loads(run("status", "-w", book, "--json", *DAY).out)["data"]["chase"][0]["client"] == ""


@pytest.mark.usefixtures("folder")
def test_an_option_that_is_far_from_any_other_suggests_none(run: Callable[..., Run]) -> None:
    assert "Vouliez-vous" not in said(run("add", "--issued", "2026-11-20"))
    assert "Vouliez-vous dire --today ?" in said(run("status", "--tody", "2026-11-20"))


def test_a_remark_about_insolvency_is_told_once(tmp_path: Path, run: Callable[..., Run]) -> None:
    row = ("F-1", "A", ISSUED, DUE, 100, "procédure collective")
    book = written(tmp_path, (*HEADERS, "Commentaire"), row, ("F-2", "B", ISSUED, DUE, 100, "voir avocat"))
    told = [
        (p["code"], p["where"]["cell"]) for p in json.loads(run("check", "-w", book, "--json", *DAY).out)["problems"]
    ]
    assert [cell for code, cell in told if code == "client-insolvent"] == ["F2"]
    assert [cell for code, cell in told if code == "comment-doubt"] == ["F3"]
    assert json.loads(run("status", "-w", book, "--json", *DAY).out)["data"]["chase"] == []


@pytest.mark.usefixtures("folder")
def test_a_key_of_the_policy_like_no_other_gets_the_list_of_those_there_are(run: Callable[..., Run]) -> None:
    Path("relance.toml").write_text("[policy]\nx = 1\n", encoding="utf-8")
    done = run("status", *DAY)
    assert (done.code, "Choisissez parmi" in said(done), "assume_schedule" in done.err) == (4, True, True)

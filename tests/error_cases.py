"""One case per error: what provokes it. The tests run them all; docs/errors.md is made from them."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path

from error_cases_figures import FIGURES
from error_cases_letters import LETTERS
from error_cases_mail import MAIL
from error_cases_newcomer import NEWCOMER
from error_cases_office import OFFICE
from error_cases_paper import PAPER
from error_cases_writing import WRITING
from error_folders import DAY, NAME, Case, configure, file_for_folder, journal, sheet, template, without_library, write
from relance.office.rates import plan_rates, write_rates
from relance.rulebook import OWN_RATES, load_rates_with_own
from relance.workbook.folder import list_workbooks
from relance.workbook.reading.read import open_sheets

ADD = ("add", "--client", "Ferry", "--amount", "100", "--yes", *DAY)


def _two(folder: Path) -> None:
    shutil.copy(folder / NAME, folder / "suivi_2025.xlsx")
    (folder / "relance.toml").unlink(missing_ok=True)


def _encrypted(folder: Path) -> None:
    """The beginning of an OLE2 container and the name of the stream an encrypted workbook keeps its package in."""
    (folder / NAME).write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )


def _torn_zip(folder: Path) -> None:
    """A spreadsheet whose main sheet is not XML any more."""
    import zipfile

    with zipfile.ZipFile(folder / NAME) as old, zipfile.ZipFile(folder / "abime.xlsx", "w") as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, content[: len(content) // 3] if "worksheets/sheet" in member else content)


def _hold_journal(folder: Path) -> object:
    """Another process holds the journal: here, this one, and no patience is left."""
    from relance.workbook import journal

    patience, journal._WAIT_SECONDS = journal._WAIT_SECONDS, 0
    try:
        with journal.hold_lock(folder, "remind"):
            import threading

            caught: list[BaseException] = []

            def second() -> None:
                try:
                    with journal.hold_lock(folder, "remind"):
                        pass
                except BaseException as error:
                    caught.append(error)

            thread = threading.Thread(target=second)
            thread.start()
            thread.join()
            raise caught[0]
    finally:
        journal._WAIT_SECONDS = patience


def _append_on_old(folder: Path) -> object:
    """Somebody appended after this run read the journal."""
    from datetime import UTC, date, datetime

    from relance.workbook.events import Released
    from relance.workbook.journal import append_events

    event = Released(at=datetime(2026, 11, 20, 8, tzinfo=UTC), day=date(2026, 11, 20), id="x")
    append_events(folder, [event])
    return append_events(folder, [event], after=0)


def _write_over(folder: Path) -> object:
    """A draft of that name appeared after its path was planned."""
    from relance.letters.drafts import write_draft

    (folder / "brouillon.eml").write_text("déjà là", encoding="utf-8")
    return write_draft(folder / "brouillon.eml", b"...")


def _change_after_reading(folder: Path) -> object:
    """Somebody saved the workbook between its reading and the draft."""
    from datetime import date

    from relance.config import Environment, load_config
    from relance.office.book import open_book
    from relance.office.outbox import refuse_changed

    book = open_book(load_config(folder, Environment()), date(2026, 11, 20))
    book.path.write_bytes(book.path.read_bytes() + b"\0")
    return refuse_changed(book)


def _computed(folder: Path) -> None:
    """A sheet whose amounts paid are computed."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(folder / NAME))
    page = book.add_worksheet("Factures")
    page.write_row(0, 0, ("N° facture", "Échéance", "Montant TTC", "Réglé"))
    page.write_row(1, 0, ("F-1", "01/10/2026", 100))
    page.write_formula(1, 3, "=5*2", None, 10)
    book.close()


def _adopted(folder: Path) -> None:
    """Columns were added, and somebody typed in one."""
    from openpyxl import load_workbook

    from relance.cli import main

    sheet(NAME, ("N° facture", "Échéance", "Montant TTC"), ("A1", "01/10/2026", 100))(folder)
    with contextlib.redirect_stdout(io.StringIO()):
        main(["adopt", "--yes", "-w", str(folder / NAME), *DAY])
    book = load_workbook(folder / NAME)
    book.worksheets[0]["D2"] = 2
    book.save(folder / NAME)


def _write_mapping(folder: Path) -> object:
    """The folder of relance.toml does not exist any more."""
    from relance.config import Environment, load_config
    from relance.office.acts.adopt import write_mapping

    return write_mapping(load_config(folder / "absent", Environment()), [])


def _render_unknown(_folder: Path) -> object:
    """A format no renderer knows (the command line refuses it before)."""
    from datetime import date

    from relance.errors import msg
    from relance.language import Language
    from relance.reports.render import render
    from relance.reports.view import View

    view = View(command="x", title=msg("Rates"), data=dict, sections=tuple)
    return render(view, "pdf", Language("fr"), today=date(2026, 11, 20))


def _without_parquet(_folder: Path) -> object:
    """A machine without the library."""
    from relance.reports.typed import typed_content
    from relance.reports.view import Table

    with without_library("pyarrow"):
        return typed_content(Table(columns=(), rows=()), "parquet")


def _read_rates(folder: Path) -> object:
    """A rate typed in words in the user's own rates."""
    (folder / OWN_RATES).write_text('[ecb]\n2027-S1 = "beaucoup"\n', encoding="utf-8")
    return load_rates_with_own(folder)


def _set_rates(folder: Path) -> object:
    """The user's configuration directory is a link to a drive that is not there."""
    (folder / "config").unlink(missing_ok=True)
    (folder / "config").symlink_to(folder / "absent")
    return write_rates(plan_rates(folder / "config", "2027-S1", {"ecb": "2.65"}, "BCE, 2027", ""))


CASES: tuple[Case, ...] = (
    Case("date-not-understood", 2, ("status", "--today", "demain")),
    Case("unknown-choice", 2, ("status", "--format", "pdf", *DAY)),
    Case("unknown-sort-key", 2, ("invoices", "--sort", "couleur", *DAY)),
    Case("invoice-unknown", 2, ("why", "F-2026-999", *DAY)),
    Case(
        "no-table", 2, ("status", "--format", "csv", *DAY),
        sheet(NAME, ("Client", "N° facture", "Échéance", "Montant TTC")),
    ),
    Case("unknown-format", 2, (), act=_render_unknown),
    Case("address-not-understood", 2, ("report", "--mail-to", "marie", *DAY)),
    Case("since-not-before", 2, ("report", "--since", "2026-11-21", *DAY)),
    Case("output-unwritable", 2, ("report", "--output", "absent/rapport.html", *DAY)),
    Case("file-exists", 2, ("init", NAME)),
    Case("file-ending", 2, ("init", "suivi.txt")),
    Case("folder-absent", 3, ("init", "absent/suivi.xlsx")),
    Case("file-unwritable", 3, ("init", "notes/suivi.xlsx"), write("notes", b"")),
    Case("workbook-missing", 3, ("status", "-w", "absent.xlsx", *DAY)),
    Case("workbook-absent", 3, ("status", *DAY), lambda folder: [file.unlink() for file in folder.glob("*.*")]),
    Case("workbook-ambiguous", 3, ("status", *DAY), _two),
    Case("unknown-table", 2, ("export", "--table", "ventes", *DAY)),
    Case("export-format", 2, ("export", "--format", "html", *DAY)),
    Case("needs-a-file", 2, ("export", "--format", "parquet", *DAY)),
    Case("parquet-not-installed", 2, (), act=_without_parquet),
    Case("pattern-finds-nothing", 3, ("status", "-w", "*/suivi*.xlsx", *DAY)),
    Case("one-workbook", 2, ("paid", "F-2026-015", "-w", NAME, "-w", "autre.xlsx", *DAY)),
    Case("folder-absent", 3, (), act=lambda folder: list_workbooks(folder / "absent")),
    Case("workbook-not-spreadsheet", 3, ("status", "-w", "notes.txt", *DAY), write("notes.txt", b"bonjour")),
    Case("workbook-encrypted", 3, ("status", *DAY), _encrypted),
    Case("workbook-is-lock-file", 3, ("status", "-w", f"~${NAME}", *DAY), write(f"~${NAME}", b"\x05Marie")),
    Case(
        "workbook-unreadable", 3, (), file_for_folder("dossier.xlsx/x"),
        lambda folder: open_sheets(folder / "dossier.xlsx"),
    ),
    Case("workbook-damaged", 3, ("status", "-w", "abime.xlsx", *DAY), _torn_zip),
    Case(
        "no-tracking-table", 3, ("status", "-w", "autre.xlsx", *DAY),
        sheet("autre.xlsx", ("Désignation", "Quantité", "Prix"), ("Vis", 12, 3.5), ("Clou", 8, 1.25)),
    ),
    Case("journal-unreadable", 3, ("status", *DAY), file_for_folder("relance/journal.jsonl/x")),
    Case("config-unknown-key", 4, ("status",), configure('[company]\nnmae = "Dupont"\n')),
    Case("config-wrong-value", 4, ("status",), configure('[report]\nfreshness_days = "five"\n')),
    Case("config-syntax", 4, ("status",), configure("[company\n")),
    Case("config-unreadable", 4, ("status",), write("relance.toml", b'name = "\xe9"')),
    Case("config-policy", 4, ("status", *DAY), configure("[policy]\ngap_dyas = 10\n")),
    Case("config-unknown-role", 4, ("status", *DAY), configure('[columns]\necheance = "Échéance"\n')),
    Case("column-not-found", 4, ("status", *DAY), configure('[columns]\ndue = "Date limite"\n')),
    Case("sheet-not-found", 4, ("status", *DAY), configure('[workbook]\nsheet = "Suivi"\n')),
    Case("template-broken", 4, ("remind", "--dry-run", *DAY), template("Objet : {{ total }\n\nBonjour,\n")),
    Case("template-subject", 4, ("remind", "--dry-run", *DAY), template("Bonjour,\n")),
    Case(
        "journal-blocked", 5, ("remind", *DAY),
        journal("illisible", '{"event":"released","at":"2026-11-20T08:00:00","day":"2026-11-20","id":"x"}'),
    ),
    Case("journal-lost", 5, ("remind", *DAY), file_for_folder("relance/drafts/2026-11-19/dupont-1.eml")),
    Case("journal-unwritable", 5, ("remind", *DAY), file_for_folder("relance")),
    Case("draft-unwritable", 5, ("remind", *DAY), file_for_folder("relance/drafts")),
    Case("draft-exists", 5, (), act=_write_over),
    Case("journal-busy", 5, (), act=_hold_journal),
    Case("journal-moved", 5, (), act=_append_on_old),
    Case("workbook-changed", 5, (), act=_change_after_reading),
    Case("not-confirmed", 2, ("paid", "F-2026-026", *DAY)),
    Case("amount-not-understood", 2, ("paid", "F-2026-026", "beaucoup", *DAY)),
    Case("over-payment", 2, ("paid", "F-2026-026", "20000", "--yes", *DAY)),
    Case("nothing-owed", 2, ("paid", "F-2025-041", "--yes", *DAY)),
    Case("date-in-future", 2, ("paid", "F-2026-026", "--on", "2026-11-21", "--yes", *DAY)),
    Case("nothing-to-undo", 2, ("undo", "--yes", *DAY)),
    Case("number-taken", 2, (*ADD, "--number", "F-2026-026", "--due", "2026-12-20")),
    Case("due-before-issued", 2, (*ADD, "--number", "F-1", "--due", "2026-11-01")),
    Case("due-date-missing", 2, (*ADD, "--number", "F-1")),
    Case("deposit-too-large", 2, (*ADD, "--number", "F-1", "--due", "2026-12-20", "--deposit", "200")),
    Case(
        "no-total-column", 2, (*ADD, "--number", "F-1", "--due", "2026-12-20"),
        sheet(NAME, ("N° facture", "Échéance", "Montant HT", "TVA"), ("A1", "01/10/2026", 100, 20)),
    ),
    Case(
        "no-surcharge-column", 2, ("fees", "--write", "--yes", *DAY),
        sheet(NAME, ("N° facture", "Échéance", "Montant TTC"), ("A1", "01/10/2026", 100)),
    ),
    Case(
        "column-not-free", 5, ("adopt", "--yes", *DAY),
        sheet(NAME, ("N° facture", "Échéance", "Montant TTC"), ("A1", "01/10/2026", 100, "note")),
    ),
    Case("column-in-use", 5, ("undo", "--yes", *DAY), _adopted),
    Case("config-unwritable", 4, (), act=_write_mapping),
    Case("nothing-to-confirm", 2, ("sent", "--yes", *DAY)),
    Case("no-draft", 2, ("sent", "F-2026-022", "--yes", *DAY)),
    Case("date-past", 2, ("promise", "F-2026-026", "2026-11-01", "--yes", *DAY)),
    Case("more-than-owed", 2, ("dispute", "F-2026-024", "9999", "--reason", "x", "--yes", *DAY)),
    Case("nothing-to-release", 2, ("release", "F-2026-024", "--yes", *DAY)),
    Case("unknown-outcome", 2, ("call", "F-2026-024", "--outcome", "busy", "--yes", *DAY)),
    Case("reason-missing", 2, ("cancel", "F-2026-024", "--yes", *DAY)),
    Case("client-unknown", 2, ("log", "Dupond", *DAY)),
    Case(
        "invoice-several", 2, ("paid", "F-1", "--yes", *DAY),
        sheet(
            NAME, ("Client", "N° facture", "Échéance", "Montant TTC"),
            ("Ferry", "F-1", "01/10/2026", 100), ("Dumas", "F-1", "02/10/2026", 200),
        ),
    ),
    Case("invoice-set-aside", 5, ("paid", "F-2026-027", "100", "--yes", *DAY)),
    Case("cell-refused", 5, ("paid", "F-1", "--yes", *DAY), _computed),
    Case("costs-not-understood", 2, ("fees", "F-2026-026", "--costs", "125,50", *DAY)),
    Case("costs-one-invoice", 2, ("fees", "--costs", "125,50:Facture Me Roux no 12", *DAY)),
    Case("reason-missing", 2, ("waive", "F-2026-026", "--reason", " ", "--yes", *DAY)),
    Case("no-fees-owed", 2, ("waive", "F-2026-038", "--reason", "geste", "--yes", *DAY)),
    Case("more-than-fees", 2, ("waive", "F-2026-026", "--amount", "9000", "--reason", "geste", "--yes", *DAY)),
    Case("sent-when", 2, ("sent", "--all", "--as-drafted", "--on", "2026-11-19", "--yes", *DAY)),
    Case("rates-words", 2, ("rates", "set", "--ecb", "2.65")),
    Case("rate-refused", 2, ("rates", "set", "2027-S1", "--ecb", "265")),
    Case("rate-shipped", 2, ("rates", "set", "2026-S1", "--ecb", "2.65")),
    Case("rates-unreadable", 4, (), act=_read_rates),
    Case("rates-unwritable", 4, (), act=_set_rates),
    *OFFICE,
    *WRITING,
    *LETTERS,
    *FIGURES,
    *NEWCOMER,
    *PAPER,
    *MAIL,
)  # fmt: skip

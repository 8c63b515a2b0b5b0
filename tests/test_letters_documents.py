"""What travels with a message: the transfer's code, the invoices as PDF, and never a file from elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conftest import Run, posix
from letter_cases import SENDER, SETTING, TEMPLATES, case, client, invoice, letter, reminder
from qr_reader import modules_of, read_code
from relance.domain.model import Invoice
from relance.errors import ConflictError
from relance.letters.compose import Letter, compose_letter
from relance.letters.documents import Documents, Shelf, find_documents, read_document
from relance.letters.eml import message_bytes
from relance.letters.qr import side_shown, transfer_payload, transfer_picture
from relance.letters.sender import Sender
from relance.money import Money

AT = datetime.fromisoformat("2026-11-20T08:30:12+01:00")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def parsed(written: Letter, sender: Sender = SENDER) -> EmailMessage:
    message = message_from_bytes(message_bytes(written, sender, AT), policy=default)
    assert isinstance(message, EmailMessage)
    assert all(part.defects == [] for part in message.walk())
    return message


# --- the transfer's code


def euros(amount: str) -> tuple[Money, ...]:
    return (Money(Decimal(amount), "EUR"),)


def test_the_code_in_the_message_is_the_transfer_asked_for() -> None:
    written = letter(case(4))
    message = parsed(written)
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert read_code(picture.get_content()).split("\n") == [
        "BCD", "002", "1", "SCT", "AGRIFRPP", "Atelier Beaumont", "FR7630006000011234567890189", "EUR2340.50", "", "",
        "F-2026-038, F-2026-041",
    ]  # fmt: skip
    page = message.get_body(("html",))
    assert page is not None
    assert f"cid:{picture['Content-ID'][1:-1]}" in page.get_content()
    assert 'alt="Code QR de virement' in page.get_content()
    assert picture.get_content_disposition() == "inline"
    related = next(part for part in message.walk() if part.get_content_subtype() == "related")
    assert related.get_param("type") == "text/html"


@given(st.text(alphabet="abcXYZ 0123456789/-", min_size=1, max_size=140).filter(lambda text: text.strip()))
@settings(max_examples=40, deadline=None)
def test_a_code_reads_back_whatever_its_size(reference: str) -> None:
    payload = transfer_payload(SENDER, euros("12.30"), reference)
    assert payload
    picture = transfer_picture(payload)
    assert read_code(picture) == payload
    assert side_shown(payload) == (len(modules_of(picture)) + 8) * 3


@pytest.mark.parametrize(
    ("sender", "totals", "reference"),
    [
        (SENDER, (Money(Decimal(5), "USD"),), "F"),
        (SENDER, (*euros("5"), Money(Decimal(5), "USD")), "F"),
        (SENDER, euros("0"), "F"),
        (SENDER, euros("1000000000"), "F"),
        (SENDER, (), "F"),
        (SENDER, euros("5"), "F" * 141),
        (SENDER, euros("5"), "東京"),
        (replace(SENDER, iban=""), euros("5"), "F"),
        (replace(SENDER, iban="FR7630006000011234567890188"), euros("5"), "F"),
        (replace(SENDER, name=""), euros("5"), "F"),
        (replace(SENDER, name="A" * 71), euros("5"), "F"),
    ],
)
def test_a_code_that_would_not_say_exactly_what_is_asked_is_not_made(
    sender: Sender, totals: tuple[Money, ...], reference: str
) -> None:
    assert transfer_payload(sender, totals, reference) is None


def test_without_a_code_the_page_shows_none() -> None:
    written = letter(reminder(2, invoice(currency="USD")))
    assert "cid:" not in written.html
    assert b"image/png" not in message_bytes(written, SENDER, AT)
    assert letter(case(5)).payload == ""


@pytest.mark.parametrize(
    ("bic", "shown"), [("agri frpp", "AGRIFRPP"), ("AGRIFRPPXXX", "AGRIFRPPXXX"), ("AGRI", ""), ("A\nB", "")]
)
def test_a_bic_that_does_not_hold_is_left_out(bic: str, shown: str) -> None:
    payload = transfer_payload(replace(SENDER, bic=bic), euros("5"), "F")
    assert payload and payload.split("\n")[4] == shown


def test_no_cell_adds_a_line_to_the_code() -> None:
    payload = transfer_payload(replace(SENDER, name="A\nFR00", bic="X\nY"), euros("5"), "F-1\nEUR9\r\nx")
    assert payload and len(payload.split("\n")) == 11
    assert payload.split("\n")[6:8] == ["FR7630006000011234567890189", "EUR5.00"]


# --- the invoices


def shelf(folder: Path, pattern: str = "", megabytes: int = 10) -> Shelf:
    return Shelf(folder=folder, pattern=pattern, megabytes=megabytes)


def put(folder: Path, name: str, content: bytes = PDF) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def codes(found: Documents) -> list[str]:
    return [problem.code for problem in found.problems]


def attached(asked: Invoice, where: Shelf) -> Letter:
    documents = find_documents([asked], where)
    written = compose_letter(reminder(2, asked), SENDER, SETTING, TEMPLATES, documents).letter
    assert written
    return written


def test_the_invoice_of_the_file_column_is_attached_whole(tmp_path: Path) -> None:
    put(tmp_path, "factures/F-2026-041.pdf", PDF + bytes(range(256)) * 40)
    written = attached(invoice(file="factures\\F-2026-041.pdf"), shelf(tmp_path))
    message = parsed(written)
    (document,) = message.iter_attachments()
    assert document.get_filename() == "F-2026-041.pdf"
    assert document.get_content_type() == "application/pdf"
    assert document.get_content() == PDF + bytes(range(256)) * 40
    assert "La facture est jointe à ce message." in written.body
    assert "La facture est jointe à ce message." in written.html
    body = message.get_body(("plain",))
    assert body is not None
    assert "Bonjour" in body.get_content()


@pytest.mark.parametrize(
    ("number", "cell", "place"),
    [
        ("F-2026-041", "", "factures/F-2026-041.pdf"),
        ("F/2026\\041", "", "factures/F-2026-041.pdf"),
        ("F-1", "f1.pdf", "f1.pdf"),
        ("F-1", "f1.pdf", "factures/f1.pdf"),
        ("F-1", "f1.pdf", "factures/F-1.pdf"),
        ("F-1", "oui", "factures/F-1.pdf"),
        ("F-1", "https://files.example/f1.pdf", "factures/F-1.pdf"),
    ],
)
def test_an_invoice_is_found_where_the_sheet_or_the_pattern_says(
    tmp_path: Path, number: str, cell: str, place: str
) -> None:
    file = put(tmp_path, place)
    found = find_documents([invoice(number, file=cell)], shelf(tmp_path, "factures/{number}.pdf"))
    assert [one.file for one in found.found] == [file.resolve()]
    assert found.problems == ()


def test_nothing_is_said_where_nothing_says_there_is_a_file(tmp_path: Path) -> None:
    for cell in ("", "oui", "x", "https://files.example/f.pdf"):
        assert find_documents([invoice(file=cell)], shelf(tmp_path)) == Documents()
    assert find_documents([invoice(file="f.pdf")], shelf(tmp_path, "{number}.pdf", 0)) == Documents()


def test_a_missing_invoice_is_said_and_the_message_leaves(tmp_path: Path) -> None:
    put(tmp_path, "F-2.pdf")
    asked = [invoice("F-1"), invoice("F-2")]
    found = find_documents(asked, shelf(tmp_path, "{number}.pdf"))
    assert codes(found) == ["attachment-missing"]
    assert found.problems[0].where == asked[0].where
    composed = compose_letter(reminder(2, *asked), SENDER, SETTING, TEMPLATES, found)
    assert [problem.code for problem in composed.problems] == ["attachment-missing"]
    assert composed.letter
    assert "Est jointe à ce message\u00a0: la facture F-2." in composed.letter.body
    assert "la facture F-2." in composed.letter.html


@posix
def test_what_is_no_pdf_or_no_file_is_said(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", b"PK\x03\x04 a workbook")
    put(tmp_path, "b.pdf", b"x" * 2000 + PDF)
    (tmp_path / "c.pdf").mkdir()
    os.mkfifo(tmp_path / "d.pdf")
    (tmp_path / "e.pdf").symlink_to("e.pdf")
    found = find_documents([invoice(name, file=f"{name}.pdf") for name in "abcde"], shelf(tmp_path))
    assert found.found == ()
    assert codes(found) == ["attachment-not-pdf"] * 2 + ["attachment-missing"] * 3


OUTSIDE = (
    "../secret.pdf", "/etc/secret.pdf", "factures/../../secret.pdf", "..\\secret.pdf", "~/secret.pdf", "C:\\secret.pdf",
    "\\\\server\\share\\secret.pdf", "file:///etc/secret.pdf", "link/secret.pdf", "link.pdf", "a\x00b.pdf",
    "x" * 5000 + ".pdf", "//secret.pdf", "./../secret.pdf", "%2e%2e/secret.pdf",
)  # fmt: skip


@posix
@pytest.mark.parametrize("cell", OUTSIDE)
def test_no_cell_names_a_file_outside_the_folder(tmp_path: Path, cell: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    put(tmp_path, "secret.pdf")
    (home / "link").symlink_to(tmp_path)
    (home / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    found = find_documents([invoice(file=cell)], shelf(home))
    assert found.found == ()
    assert codes(found) in (["attachment-outside"], ["attachment-missing"], [])
    if "link" in cell or cell.startswith(("..", "/")):
        assert codes(found) == ["attachment-outside"]


@pytest.mark.parametrize("pattern", ["{number}.pdf", "{number}/facture.pdf", "a/{number}/../{number}.pdf"])
@given(number=st.text(min_size=1, max_size=12, alphabet="./\\F-1 :*\x00\n~é"))
@settings(max_examples=60, deadline=None)
def test_no_number_names_a_file_outside_the_folder(
    tmp_path_factory: pytest.TempPathFactory, pattern: str, number: str
) -> None:
    base = tmp_path_factory.getbasetemp() / "numbers"
    home = base / "home"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("facture.pdf", ".pdf", "...pdf"):
        (base / name).write_bytes(PDF)
    assert find_documents([invoice(number)], shelf(home, pattern)).found == ()


def test_what_is_too_large_is_said_and_the_rest_is_attached(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", PDF + bytes(700_000))
    put(tmp_path, "b.pdf", PDF + bytes(700_000))
    put(tmp_path, "c.pdf")
    found = find_documents([invoice(name, file=f"{name}.pdf") for name in "abc"], shelf(tmp_path, megabytes=1))
    assert [one.number for one in found.found] == ["a", "c"]
    assert codes(found) == ["attachment-too-large"]
    assert found.problems[0].value == "b.pdf"


def test_one_file_of_two_invoices_is_attached_once(tmp_path: Path) -> None:
    put(tmp_path, "both.pdf")
    found = find_documents([invoice("F-1", file="both.pdf"), invoice("F-2", file="./both.pdf")], shelf(tmp_path))
    assert len(found.found) == 1


def test_a_file_changed_since_it_was_found_stops_the_message(tmp_path: Path) -> None:
    file = put(tmp_path, "a.pdf")
    (one,) = find_documents([invoice(file="a.pdf")], shelf(tmp_path)).found
    assert read_document(one) == PDF
    for content in (PDF + b"more", b"%PDF", b"x" * len(PDF)):
        file.write_bytes(content)
        with pytest.raises(ConflictError) as caught:
            read_document(one)
        assert caught.value.code == "attachment-changed"
    file.unlink()
    with pytest.raises(ConflictError):
        read_document(one)


@pytest.mark.parametrize("name", ['x"y.pdf', "x\r\nBcc: a@b.fr.pdf", "été n° 3.pdf", "東京.pdf", ".pdf", "a;b=c.PDF"])
def test_no_file_name_changes_a_header(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    written = attached(invoice("F-1", file=name), shelf(tmp_path))
    if not written.attachments:  # a name with a line break is read as another one
        assert "\n" in name
        return
    message = parsed(written)
    (document,) = message.iter_attachments()
    filename = document.get_filename()
    assert filename and filename.isascii() and filename.endswith(".pdf") and not set(filename) & set('"\r\n;=')
    assert message["Bcc"] is None


def test_remind_attaches_the_invoices_and_says_which_are_missing(folder: Path, run: Callable[..., Run]) -> None:
    config = folder / "relance.toml"
    config.write_text(config.read_text("utf-8") + '\n[letters]\nattachments = "factures/{number}.pdf"\n', "utf-8")
    put(folder, "factures/F-2026-026.pdf")
    answer = json.loads(run("remind", "--json", "--today", "2026-11-20").out)
    missing = [one for one in answer["problems"] if one["code"] == "attachment-missing"]
    assert missing and all(one["where"]["sheet"] for one in missing)
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.rglob("relance/drafts/*/*.eml")]
    names = [
        part.get_filename() for mail in mails for part in mail.walk() if part.get_content_type() == "application/pdf"
    ]
    assert names == ["F-2026-026.pdf"]


def test_the_payment_link_of_the_sheet_reaches_the_client(folder: Path, run: Callable[..., Run]) -> None:
    from openpyxl import load_workbook

    book = load_workbook(folder / "suivi_factures.xlsx")
    page = book["Factures"]
    head = next(row for row in page.iter_rows() if any(cell.value == "N° facture" for cell in row))
    number = next(cell.column for cell in head if cell.value == "N° facture")
    column = head[-1].column + 1
    page.cell(head[0].row, column).value = "Lien de paiement"
    for row in range(head[0].row + 1, page.max_row + 1):
        if page.cell(row, number).value:
            page.cell(row, column).value = f"https://pay.example/{row}"
    book.save(folder / "suivi_factures.xlsx")
    run("remind", "--today", "2026-11-20")
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.rglob("relance/drafts/*/*.eml")]
    assert mails
    for mail in mails:
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        assert body is not None
        assert "https://pay.example/" in body.get_content()


def test_a_client_whose_address_holds_a_line_break_gets_no_second_header() -> None:
    who = client(email="a@x.fr\r\nBcc: b@y.fr", name="A\r\nBcc: c@z.fr")
    message = parsed(letter(reminder(2, invoice("F\r\nBcc: d@z.fr", client=who))))
    assert message["Bcc"] is None
    assert "b@y.fr" not in str(message["To"])

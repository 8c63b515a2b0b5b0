"""Letters on paper: looked at as pictures, read back as text, fed hostile cells, made with the user's own templates."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from letter_cases import SENDER, STEPS, TODAY, case, client, invoice, letter, owing, reminder
from pdf_pages import pdf_text, pictures
from relance.domain.model import Channel, Invoice, Kind, Payment
from relance.errors import ConfigError, UsageError
from relance.letters.compose import Letter
from relance.letters.drafts import paper_letter
from relance.letters.pdf_letter import letter_data, place_of, print_letter, window_lines
from relance.letters.reminder import Reminder
from relance.letters.sender import Sender
from relance.letters.templates import Templates

WINDOW = (108.0, 51.0, 190.0, 80.0)
LONG = "Société Civile Immobilière des Trois Ormes et de la Grande Prairie Réunies du Val-d’Œuvre & Fils (SCI)"


def printed(folder: Path, asked: Reminder, **given: object) -> Path:
    """The letter of a reminder, on paper, as a file."""
    path = folder / "letter.pdf"
    path.write_bytes(paper_letter(letter(on_paper(asked), **given)))
    return path


def on_paper(asked: Reminder) -> Reminder:
    from msgspec.structs import replace

    return replace(asked, channel=Channel.LETTER)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def plain(path: Path) -> str:
    return words(pdf_text(path))


def pages(made: Letter) -> str:
    """The text of the pages of a letter."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper_letter(made))).pages)


def bare(text: str) -> str:
    """The letters and figures alone: no blanks, no hyphens, no colons."""
    return re.sub(r"[\s:\u2010\u00ad-]", "", text)


def figures(text: str) -> list[str]:
    """Every amount in a text."""
    return re.findall(r"-?\d[\d\u00a0]*,\d\d\u00a0€|€[\d,]+\.\d\d", text)


def many(number: int) -> Reminder:
    """A formal notice for so many invoices, the interest of each on two half-years."""
    due = date(2026, 5, 4)
    return reminder(
        5,
        *(
            invoice(f"F-2026-{at:03}", due=due + timedelta(at), issued=due, total=Decimal("1234.56") + at)
            for at in range(number)
        ),
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", Kind)
def test_every_letter_says_on_paper_what_its_text_says(step: int, language: str, kind: Kind) -> None:
    asked = on_paper(case(step, language, kind))
    made = letter(asked)
    text = bare(
        re.sub(r"Atelier Beaumont, SARL.* \d / \d|^Atelier Beaumont (?:à|to) .*2026$", "", pages(made), flags=re.M)
    )
    assert bare(made.subject) in text
    letterhead, _, body = re.split(r"((?:Objet|Subject).*\n)", made.body, maxsplit=1)
    for line in letterhead.split("\n"):
        bit = bare(line.replace("Claire", "Mme Claire" if language == "fr" else "Ms Claire")).upper()
        assert bit in text.upper() or line.startswith(("SIRET", "Le ", "Objet", "Subject")), line
    for line in body.split("\n"):
        if not re.match(r"[- ]|Détail|How the|SIRET|T[ée]l\.", line):
            assert bare(line) in text, line
    for found in figures(body):
        assert bare(found) in text, found


def test_the_address_is_alone_in_the_window(tmp_path: Path) -> None:
    (first, *_) = pictures(printed(tmp_path, case(5)), tmp_path / "pages")
    assert first.ink(*WINDOW) > 500
    left, top, right, bottom = WINDOW
    assert first.ink(95, 34, 210, 51 - 0.5) == 0, "above the address"
    assert first.ink(95, bottom + 0.5, 210, 91) == 0, "under the address"
    assert first.ink(95, top, left - 0.5, bottom) == 0, "at the left of the address"
    assert first.ink(right + 0.5, top, 210, bottom) == 0, "at the right of the address"


@pytest.mark.parametrize(
    "address",
    ["3 quai de la Fosse\n44100 Nantes", "\n".join(["Bâtiment B, 3e étage", "Zone artisanale", "3 rue x"] * 3)],
)
def test_a_long_name_stays_in_the_window(tmp_path: Path, address: str) -> None:
    who = client(name=LONG, address=address, contact="Mme Marie-Antoinette de Montmorency-Laval d’Argenson")
    (first, *_) = pictures(printed(tmp_path, reminder(5, invoice(client=who))), tmp_path / "pages")
    assert first.ink(*WINDOW) > 1500
    assert first.ink(95, 34, 210, 50.5) == 0
    assert first.ink(95, 80.5, 210, 91) == 0
    assert first.ink(190.5, 51, 210, 80) == 0


def test_sixty_invoices_break_over_pages_with_their_header(tmp_path: Path) -> None:
    path = printed(tmp_path, many(60))
    texts = [words(page.extract_text()) for page in PdfReader(path).pages]
    assert len(texts) > 4
    for at, text in enumerate(texts, start=1):
        assert f"{at} / {len(texts)}" in text
        if re.search(r"F-2026-\d{3} \d\d/", text):
            assert "Échéance" in text or "Taux annuel" in text, at
    for at in range(60):
        assert sum(text.count(f"F-2026-{at:03}") for text in texts) >= 2
    for picture in pictures(path, tmp_path / "pages"):
        assert picture.ink(0, 0, 20, 297) == 0, "the left margin"
        assert picture.ink(192, 0, 210, 297) == 0, "the right margin"
        assert picture.ink(0, 0, 210, 8) == 0
        assert picture.ink(0, 289, 210, 297) == 0
        assert picture.ink(23, 20, 190, 270) > 0


@pytest.mark.parametrize("number", [2, 12, 20, 21, 30])
def test_pages_are_numbered_in_order(tmp_path: Path, number: int) -> None:
    texts = [page.extract_text() for page in PdfReader(printed(tmp_path, many(number))).pages]
    assert [re.findall(r"\d+ / \d+", text)[-1] for text in texts] == [
        f"{at} / {len(texts)}" for at in range(1, len(texts) + 1)
    ]


def test_signs_of_french_are_there(tmp_path: Path) -> None:
    who = client(name="Cœur d’Œuvre & Fils – Éts Naïf", contact="Mme Zoé Le Goff", address="ÿ, rue du Ça\n44000 Nantes")
    text = plain(printed(tmp_path, reminder(5, invoice(client=who, order="N° 12 « à l’œil » – ½ ‰"))))
    for sign in ("Cœur d’Œuvre & Fils – Éts Naïf", "N° 12 « à l’œil » – ½ ‰", "3 600,00 €"):
        assert sign in text


@pytest.mark.parametrize("name", ["東京商事", "שלום בע״מ", "Καφές ΑΕ", "ООО Ромашка", "😀 SARL", "\u0378"])
def test_a_name_in_any_script_makes_a_letter(tmp_path: Path, name: str) -> None:
    assert len(PdfReader(printed(tmp_path, reminder(5, invoice(client=client(name=name))))).pages) == 2


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    assert printed(tmp_path, case(5)).read_bytes() == printed(tmp_path, case(5)).read_bytes()


def test_the_file_says_its_title_language_and_day(tmp_path: Path) -> None:
    for language in ("fr", "en"):
        asked = case(5, language)
        reader = PdfReader(printed(tmp_path, asked))
        root = reader.trailer["/Root"]
        assert reader.metadata
        assert reader.metadata.title == letter(asked).subject
        assert reader.metadata.author == SENDER.name
        assert reader.metadata.creation_date
        assert reader.metadata.creation_date.date() == TODAY
        assert root["/Lang"].startswith(language)
        assert root["/MarkInfo"]["/Marked"]
        assert root["/StructTreeRoot"]


HOSTILE = (
    '#read("/etc/passwd")',
    '#include "/etc/passwd"',
    '#import "@preview/cetz:0.3.0"',
    "*gras* _oblique_ $x^2$ `code` <etiquette> @renvoi // rien",
    '"); #panic("x") //',
    "\\u{23} #set page(width: 1cm)",
    ']#[#eval("1+1")',
    "= Titre\n\n- liste",
    "{{ sender.iban }} {% raw %}",
    "\x02claims\n\x03 \x02signature",
)


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_cell_is_printed_and_nothing_else(tmp_path: Path, attack: str) -> None:
    who = client(name=attack, code=attack, address=f"{attack}\n44000 Nantes", contact=attack)
    one = invoice(attack, client=who, order=attack, payments=(Payment(Decimal(10), date(2026, 10, 20)),))
    path = printed(tmp_path, reminder(5, one), sender=Sender(name=attack, address=attack, signature=attack))
    text = re.sub(r"\s+|-", "", pdf_text(path))
    shown = re.sub(r"\s+|-", "", "".join(mark if mark >= " " else " " for mark in attack))
    assert text.count(shown) >= 4, text
    assert "root:" not in text


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_in_a_cell_makes_a_letter(name: str, order: str) -> None:
    page = letter(on_paper(reminder(5, invoice(client=client(name=name, address=name), order=order)))).page
    assert page
    assert print_letter(page).startswith(b"%PDF")


def test_no_letter_reaches_the_network_or_a_file_outside(tmp_path: Path) -> None:
    """The system calls of a run that prints hostile cells: no socket is opened, no file of the user is."""
    if shutil.which("strace") is None:
        assert os.environ.get("RELANCE_CI") != "1", "strace is not installed"
        pytest.skip("strace is not installed")
    (tmp_path / "secret.txt").write_text("secret")
    script = tmp_path / "run.py"
    script.write_text(
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "from pathlib import Path\n"
        "from test_pdf import HOSTILE, printed, client, invoice, reminder\n"
        "attacks = (*HOSTILE, '#read(\"secret.txt\")', '#image(\"/secret.txt\")')\n"
        "for attack in attacks: printed(Path(sys.argv[3]), reminder(5, invoice(attack, client=client(name=attack))))\n"
    )
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-e", "trace=%network,openat", "-o", str(trace), sys.executable, str(script)]
    subprocess.run([*command, str(Path("src").resolve()), str(Path(__file__).parent), str(tmp_path)], check=True)
    calls = trace.read_text("utf-8", "replace")
    assert "letter.typ" in calls
    assert not re.search(r"\b(?:socket|connect|sendto)\(", calls)
    assert "secret.txt" not in calls
    assert '"/etc/passwd"' not in calls


# --- the user's own templates


def own(folder: Path, name: str, text: str) -> Templates:
    file = folder / "modeles" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return Templates.beside(folder)


def test_a_words_file_or_a_page_of_ones_own_replaces_ours(tmp_path: Path) -> None:
    templates = own(
        tmp_path, "letter.typ", '#import "_words.typ": words\nMa page #words.subject #sys.inputs.data.len()'
    )
    text = plain(printed(tmp_path, case(5), templates=templates))
    assert text.startswith("Ma page Objet")


def test_a_text_of_ones_own_is_set_on_our_page(tmp_path: Path) -> None:
    own(tmp_path, "fr/_signature.txt", "Le service clients\n")
    own(tmp_path, "fr/_invoices.txt", "Voyez notre relevé : {{ amount }}.\n")
    templates = own(tmp_path, "fr/_claims.txt", "Au principal : {{ claimed }}\n")
    text = plain(printed(tmp_path, case(5), templates=templates))
    assert "Le service clients" in text
    assert "Voyez notre relevé : 2 340,50 €." in text
    assert "Au principal 2 453,43 €" in text
    assert "Hélène" not in text


def test_a_logo_beside_the_templates_stands_on_the_letter(tmp_path: Path) -> None:
    logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10"/></svg>'
    before = pictures(printed(tmp_path, case(5)), tmp_path / "a")[0].ink(23, 20, 80, 34)
    templates = own(tmp_path, "logo.svg", logo)
    after = pictures(printed(tmp_path, case(5), templates=templates), tmp_path / "b")[0].ink(23, 20, 80, 34)
    assert after > before + 5000


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("#let x = 1\n#inconnu", 2, "unknown variable"),
        ('\n\n#import "@preview/cetz:0.3.0": *', 3, "packages are not fetched"),
        ('#read("/etc/passwd")', 1, "not found"),
        ('#read("../../etc/passwd")', 1, ""),
    ],
)
def test_a_page_that_cannot_be_used_is_said_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        printed(tmp_path, case(5), templates=own(tmp_path, "letter.typ", text))
    assert caught.value.code == "template-broken"
    assert str(caught.value.message.args["file"]).endswith("letter.typ")
    assert caught.value.message.args["line"] == line
    assert reason in caught.value.message.args["reason"]


def test_without_the_extra_the_command_that_installs_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    page = letter(case(5)).page
    assert page
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError) as caught:
        print_letter(page)
    assert caught.value.code == "pdf-missing"
    assert "pip install" in str(caught.value.remedy)


# --- the values of the page


def test_the_annex_adds_up_to_the_claim() -> None:
    payment = Payment(Decimal(1000), date(2026, 7, 15))
    one = invoice("F-1", due=date(2026, 5, 1), issued=date(2026, 4, 1), payments=(payment,))
    page = letter(on_paper(reminder(5, one))).page
    assert page
    data = letter_data(page)
    (claim,), (entry,) = data["claims"], data["annex"]
    amounts = [line["amount"] for line in entry["lines"]]
    assert len(amounts) > 2
    assert len(entry["moves"]) == 1
    assert sum(map(amount, amounts)) == amount(claim["interest"])
    assert amount(claim["principal"]) + amount(claim["interest"]) + amount(claim["indemnity"]) == amount(claim["total"])


def amount(text: str) -> Decimal:
    return Decimal(text.replace("\u00a0", "").replace("€", "").replace(",", "."))


def test_the_code_asks_for_what_the_letter_asks_for(tmp_path: Path) -> None:
    """A formal notice asks for the fees too; without IBAN there is no code to scan."""
    for step, asked in ((5, "EUR2453.43"), (4, "EUR2340.50")):
        page = letter(on_paper(case(step))).page
        assert page
        assert asked in page.code.split("\n")
    box = pictures(printed(tmp_path, case(5)), tmp_path / "a")[0].ink(160, 180, 190, 260)
    nobody = Sender(name="Atelier Beaumont", address=SENDER.address)
    assert letter(on_paper(case(5)), sender=nobody).page.code == ""  # type: ignore[union-attr]
    assert box > pictures(printed(tmp_path, case(5), sender=nobody), tmp_path / "b")[0].ink(160, 180, 190, 260) + 1500


def test_an_address_on_one_line_is_cut() -> None:
    assert window_lines(("Bât. B, 12 rue des Arts, 44000 Nantes Cedex 2",)) == (
        "Bât. B",
        "12 rue des Arts",
        "44000 NANTES CEDEX 2",
    )
    assert window_lines(("12 rue des Arts", "75008 Paris", "France")) == ("12 rue des Arts", "75008 Paris", "FRANCE")
    assert window_lines(()) == ()
    assert window_lines((",",)) == ()


def test_the_place_of_a_letter_is_the_town_of_the_sender() -> None:
    assert place_of(("12 rue", "44000 Nantes", "France")) == "Nantes"
    assert place_of(()) == ""


def test_a_public_buyer_and_a_disputed_part_keep_their_words(tmp_path: Path) -> None:
    one: Invoice = invoice(client=client(kind=Kind.PUBLIC))
    asked = on_paper(Reminder(client=one.client, step=case(5).step, channel=Channel.LETTER, ready=(owing(one, 5),)))
    text = plain(printed(tmp_path, asked))
    assert "Intérêts moratoires arrêtés au 20 novembre 2026" in text
    assert "loi n° 68-1250" in text

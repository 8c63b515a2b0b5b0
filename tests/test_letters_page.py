"""The page of a message: the same content as its text, nothing of a cell read as markup, nothing fetched."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from letter_cases import CALENDAR, SENDER, TODAY, case, client, invoice, letter, reminder
from relance.domain.model import Client, Dispute, Invoice, Kind
from relance.errors import msg
from relance.letters.compose import Setting
from relance.letters.html import write_page
from relance.letters.links import safe_link
from relance.letters.references import find_references, reference_of
from relance.letters.reminder import Owing
from relance.letters.sender import Sender
from relance.letters.text import clean, typeset

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "div", "p", "br", "strong", "span", "a", "img", "table", "tr",
    "th", "td",
}  # fmt: skip


NAMES = {
    "lang", "charset", "name", "content", "style", "role", "cellpadding", "cellspacing", "border", "scope", "colspan",
    "href", "src", "width", "height", "alt",
}  # fmt: skip


class Page(HTMLParser):
    """The tags, links and words of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "every tag is closed, in its order"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "title"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words).replace("\u00a0", " "))


STEPS = [(step, language, kind) for step in range(5) for language in ("fr", "en") for kind in Kind]


@pytest.mark.parametrize(("step", "language", "kind"), STEPS)
@pytest.mark.parametrize("several", [False, True])
def test_the_page_says_what_the_text_says(step: int, language: str, kind: Kind, several: bool) -> None:
    written = letter(case(step, language, kind, several=several))
    page = Page(written.html)
    assert page.open == []
    words = set(re.findall(r"[^\W\d_]{4,}", written.body.lower()))
    missing = words - set(re.findall(r"[^\W\d_]{4,}", page.text.lower()))
    assert missing <= {"soit", "that", "échue"}, "the words of the list stand in columns"
    plain = written.body.replace("\u00a0", " ")
    for said in re.findall(r"€[\d,]+\.\d\d|\d[\d ]*,\d\d €|\d\d/\d\d/\d{4}|F-2026-\d+|FR76[\d ]+|R-\w{5}-\w{5}", plain):
        assert said.strip() in page.text, said
    assert f'lang="{language}"' in written.html


@pytest.mark.parametrize("step", [1, 4])
def test_the_page_needs_nothing_from_elsewhere_and_no_colour(step: int) -> None:
    written = letter(case(step))
    page = Page(written.html)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert not re.search(r"url\(|@import|expression|position|background", attributes.get("style") or "")
        assert not re.search(r"(?<!-)\bcolor:", attributes.get("style") or ""), "the reader's own colours"
        if tag == "img":
            assert str(attributes["src"]).startswith("cid:")
            assert attributes["alt"]
    assert 'name="color-scheme" content="light dark"' in written.html
    assert len(written.html.encode()) < 102_000, "Gmail cuts longer ones"


def test_a_letter_on_paper_has_no_page() -> None:
    assert letter(case(5)).html == ""


def test_the_page_stresses_the_amount_and_the_date() -> None:
    page = letter(case(2)).html.replace("\u00a0", " ")
    assert re.findall(r"<strong[^>]*>([^<]*(?:€|novembre 2026))</strong>", page) == ["2 340,50 €", "25 novembre 2026"]


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></table><h1>Payez ailleurs</h1>", "&lt;b&gt;",
    "{{ 7*7 }}", "{% raw %}", "\x02<b>\x03", "' onmouseover='x", "<!--", "]]>", "\u202egnp", "a\r\nb",
)  # fmt: skip


def hostile(text: str) -> Invoice:
    who = client(name=text, contact=text, email=f"a@x.fr; {text}")
    return invoice(text or "x", client=who, order=text, dispute=Dispute(Decimal(1), text), file=text, payment_link=text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_is_never_markup(text: str) -> None:
    page = Page(letter(reminder(2, hostile(text))).html)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert [tag for tag, _ in page.tags].count("img") <= 1
    assert page.open == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_cell_is_shown_as_it_stands_and_changes_no_tag(text: str) -> None:
    written = letter(reminder(2, hostile(text)))
    page = Page(written.html)
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert {name for _, attributes in page.tags for name in attributes} <= NAMES
    shown = " ".join(clean(text).replace("\u00a0", " ").split())
    assert shown in page.text or typeset(shown, "fr").strip().replace("\u00a0", " ") in page.text


def test_what_a_sender_types_is_no_markup_either() -> None:
    sender = Sender(name="<b>A</b>", iban=SENDER.iban, bank="<i>", phone="<u>", signature="<h1>\n</body>")
    page = Page(letter(case(2), sender=sender).html)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert "<b>A</b>" in page.text


def test_typesetting_touches_no_tag() -> None:
    page = write_page('Prix : 3 ?\n\x02<p style="margin:0 !important">Total : <b>3 %</b> !</p>\x03', "fr", "x")
    assert 'style="margin:0 !important"' in page
    assert "Total\u00a0: <b>3\u00a0%</b>" in page


# --- what a good line says


def test_each_invoice_names_its_own_step_where_they_differ() -> None:
    first, second = invoice(), invoice("F-2026-042")
    asked = reminder(3, first)
    called = (
        Owing(invoice=first, step=3, called=msg("firm reminder")),
        Owing(invoice=second, step=1, called=msg("reminder")),
    )
    written = letter(replace(asked, ready=called))
    for text in (written.body, Page(written.html).text):
        assert "niveau : relance ferme" in text.replace("\u00a0", " ")
        assert "niveau : rappel" in text.replace("\u00a0", " ")
    assert "niveau" not in letter(asked).body


def test_links_are_shown_where_they_are_safe() -> None:
    good = invoice(payment_link="https://pay.example/i?n=1&k=2", file="https://files.example/F.pdf")
    written = letter(reminder(2, good))
    assert "paiement en ligne\u00a0: https://pay.example/i?n=1&k=2\n" in written.body
    assert "facture en ligne\u00a0: https://files.example/F.pdf\n" in written.body
    hrefs = [attributes["href"] for tag, attributes in Page(written.html).tags if tag == "a"]
    assert hrefs == ["https://pay.example/i?n=1&k=2", "https://files.example/F.pdf"]
    bad = letter(reminder(2, invoice(payment_link="javascript:alert(1)", file="http://files.example/F.pdf")))
    assert "example/F" not in bad.body
    assert "javascript" not in bad.body + bad.html


@pytest.mark.parametrize(
    "cell",
    [
        "http://pay.example/", "javascript:alert(1)", "https://user:pw@pay.example/", "https://pay.example@evil.example/",
        "https://127.0.0.1/", "https://localhost/", "https://раypal.example/", "https://xn--pypal-4ve.example/",
        "https://pay.example/ x", "https://pay.example/\n", "https://pay.example/<b>", "https://pay.example:x/", "https://",
        "data:text/html,x", "//pay.example/", "https:pay.example", "https://[::1]/",
    ],
)  # fmt: skip
def test_a_link_that_may_not_be_what_it_looks_like_is_not_shown(cell: str) -> None:
    assert safe_link(cell) == "" or (cell.endswith("\n") and safe_link(cell) == cell.strip())


# --- the mark that survives


def test_the_mark_of_a_message_is_in_its_text_and_its_page() -> None:
    written = letter(case(2))
    mark = reference_of(written.id)
    assert find_references(written.body) == (mark,)
    assert find_references(Page(written.html).text) == (mark,)
    assert mark != reference_of(letter(case(3)).id)


def test_the_mark_is_not_on_paper() -> None:
    assert find_references(letter(case(5)).body) == ()


@given(st.binary(min_size=10, max_size=10))
def test_any_message_has_a_mark_that_is_found(id_: bytes) -> None:
    mark = reference_of(id_.hex())
    assert find_references(f"x\n  Message\u00a0{mark}.\n") == (mark,)
    assert find_references(f"> Message {mark}\n>> {mark}") == ()


def test_the_reader_sees_the_dates_and_amounts_of_a_familiar_letter_too() -> None:
    setting = Setting(today=TODAY, calendar=CALENDAR, familiar=True)
    page = Page(letter(case(2), setting=setting).html)
    assert "ta référence BC-778" in page.text
    assert not re.search(r"\bvous\b|\bvotre\b|\bvos\b", page.text)
    assert unescape(page.text) == page.text


def test_a_client_with_a_name_in_another_script_is_shown_whole() -> None:
    who: Client = client(name="東京 <商事>", contact="")
    text = Page(letter(reminder(1, invoice("東-1", client=who))).html).text
    assert "東-1" in text

"""The HTML page: well-formed, accessible, closed to what is hostile, legible in both themes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.errors import msg
from relance.language import Language
from relance.reports.render import render
from relance.reports.view import Bar, Column, Lateness, Line, Part, Table, Tone, View
from render_sample import CHASE_COLUMNS, HOSTILE, TODAY, euros, of_table, sample

VOID = {"meta", "rect", "path", "line", "input", "br"}
ALLOWED = set(
    """html head meta title style body header nav main section h1 h2 p time dl div dt dd span svg defs pattern path g
    rect desc line text circle details summary label input ul li table caption thead tbody tfoot tr th td a""".split()  # noqa: SIM905 - a list to read
)


class Page(HTMLParser):
    """A page as its elements and its texts; fails on an element left open or closed twice."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(view: View, code: str = "en") -> Page:
    return Page(render(view, "html", Language(code), today=TODAY))


def test_the_page_says_its_language_and_has_no_script_nor_address() -> None:
    page = page_of(sample(), "fr")
    assert page.all("html") == [{"lang": "fr"}]
    assert {tag for tag, _ in page.elements} <= ALLOWED
    for _, attributes in page.elements:
        assert not {name for name in attributes if name.startswith("on") or name == "src"}
        assert re.match(r"tel:|mailto:|#|$", attributes.get("href") or "")
    assert not re.search(r"https?:|@import|url\((?!#)", render(sample(), "html", Language("fr"), today=TODAY))


def test_tables_have_headers_with_a_scope_and_everything_is_shown() -> None:
    page = page_of(sample())
    assert {header.get("scope") for header in page.all("th")} == {"col", "row"}
    assert len([h for h in page.all("th") if h["scope"] == "col"]) == 7 + 5 + 4 + 3
    seen = " ".join(page.texts)
    for text in ("€12,480.00", "F-2026-038", "Hôtel du Lac", "27/11/2026", "18 invoices", "20 November 2026", "!!"):
        assert text in seen


def test_ids_are_unique_and_labels_exist() -> None:
    page = page_of(sample())
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "number-F-2026-047" in ids
    labels = {name for _, a in page.elements for name in (a.get("aria-labelledby") or "").split()}
    assert labels
    assert labels <= set(ids)


def hostile_view(text: str) -> View:
    columns = (*CHASE_COLUMNS, Column("email", msg("E-mail")), Column("x", msg("Title {text}", text=text)))
    table = Table(
        title=msg("About {text}", text=text), columns=columns,
        rows=((text, text, text, (text, text), euros("1.00"), Lateness(3), msg("why {text}", text=text), text, text),),
        totals=((text, None, None, (), euros("1.00"), None, None, None, text),), tones=(Tone.BAD,),
    )  # fmt: skip
    bar = Bar(currency="EUR", parts=(Part(msg("late {text}", text=text), euros("3").amount),), title=msg("B"))
    return View(
        command="x", title=msg("T {text}", text=text), data=dict,
        sections=lambda: (Line(msg("said {text}", text=text)), table, bar),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", [HOSTILE, "</style><script>x</script>", "javascript:alert(1)", '" onmouseover="x', "a@b.fr?bcc=c@d.fr"]
)
def test_hostile_text_stays_text(text: str) -> None:
    page = page_of(hostile_view(text))
    harmless = page_of(hostile_view("harmless"))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in harmless.elements]
    assert [sorted(a) for _, a in page.elements if "id" not in a] == [
        sorted(a) for _, a in harmless.elements if "id" not in a
    ]


@given(st.text(max_size=30))
def test_any_text_stays_text(text: str) -> None:
    page = page_of(hostile_view(text))
    assert {tag for tag, _ in page.elements} <= ALLOWED


def test_telephones_and_addresses_can_be_pressed() -> None:
    columns = (Column("client", msg("C")), Column("phone", msg("P")), Column("email", msg("E")))
    page = page_of(of_table(Table(columns=columns, rows=(("x", "+33 (0)6 12 34 56 78", "a.b+c@d.example"),))))
    assert [link["href"] for link in page.all("a")] == ["tel:+33612345678", "mailto:a.b%2Bc@d.example"]


def test_a_bar_is_in_proportion_and_takes_no_length_below_zero() -> None:
    parts = (Part(msg("a"), euros("75").amount), Part(msg("b"), euros("-9").amount), Part(msg("c"), euros("25").amount))
    view = View(command="x", title=msg("X"), data=dict, sections=lambda: (Bar(currency="EUR", parts=parts),))
    bar = render(view, "html", Language("en"), today=TODAY).partition('class="bar"')[2].partition("</svg>")[0]
    assert re.findall(r'class="part[^"]*" x="([\d.]+)%" width="([\d.]+)%"', bar) == [
        ("0.00", "75.00"),
        ("75.00", "25.00"),
    ]
    assert "-€9.00" in " ".join(page_of(view).texts)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_colour_reaches_aa_contrast_in_both_themes_and_on_paper() -> None:
    css = (resources.files("relance") / "data" / "report.css").read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    ]
    assert len(themes) == 3
    for theme in themes:
        for name in ("ink", "faint", "good", "notice", "warning", "bad"):
            for ground in ("page", "paper", "sheet"):
                assert contrast(theme[name], theme[ground]) >= 4.5, (name, ground)

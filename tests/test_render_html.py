"""The HTML page: well-formed, accessible, closed to what is hostile, legible in both themes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from relance.errors import msg
from relance.language import Language
from relance.reports.render import render
from relance.reports.view import (
    Bar,
    Chart,
    Column,
    Facts,
    Figure,
    Lateness,
    Line,
    Part,
    Series,
    Shape,
    Table,
    Ticks,
    Tone,
    View,
)  # fmt: skip
from render_sample import CHASE_COLUMNS, HOSTILE, TODAY, euros, of_table, sample

VOID = {"meta", "input", "br"}
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
    assert re.findall(r"<text[^>]*>(.*?)</text>", bar) == ["75 %", "25 %"]
    assert re.findall(r'<g class="(\w+)">', bar) == ["a0", "a4"]
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
        for shade in ("a0", "a1", "a2", "a3", "a4"):  # the shares are written in the bar in the colour of the paper
            assert contrast(theme[shade], theme["paper"]) >= 4.5, shade


CHART = Chart(
    title=msg("C"), currency="EUR", axis=msg("month"), periods=(msg("one"), msg("two"), msg("three")),
    ticks=(msg("1"), msg("2"), msg("3")),
    series=(
        Series(msg("due"), (euros("10").amount, euros("106455.50").amount, euros("0").amount), Tone.GOOD),
        Series(msg("late"), (euros("5").amount, euros("20000").amount, euros("-3").amount), Tone.BAD),
    ),
)  # fmt: skip


def drawn(chart: Chart) -> str:
    view = View(command="x", title=msg("X"), data=dict, sections=lambda: (chart,))
    return render(view, "html", Language("en"), today=TODAY)


@pytest.mark.parametrize("shape", list(Shape))
def test_a_chart_stays_in_its_frame_in_proportion(shape: Shape) -> None:
    source = drawn(replace(CHART, shape=shape)).partition('class="drawn')[2]
    if shape is Shape.COLUMNS:
        found = re.findall(r'<rect class="[^"]*" .*?y="([\d.-]+)" height="([\d.]+)"', source)
        boxes = [(float(y), float(high)) for y, high in found]
        assert len(boxes) == 4
        assert all(y >= 0 and y + high <= 194.1 for y, high in boxes)
        assert boxes[2][1] / boxes[3][1] == pytest.approx(106455.50 / 20000, rel=0.01)
        assert boxes[3][0] + boxes[3][1] == pytest.approx(boxes[2][0])
    else:
        heights = [float(y) for y in re.findall(r'<circle .*?cy="([\d.-]+)"', source)]
        assert len(heights) == 6
        assert min(heights) >= 0
        assert heights[2] == heights[5] == 194.0


@pytest.mark.parametrize("shape", list(Shape))
def test_a_chart_says_its_figures_in_words_and_in_a_table(shape: Shape) -> None:
    view = View(command="x", title=msg("X"), data=dict, sections=lambda: (replace(CHART, shape=shape),))
    page = page_of(view)
    seen = " ".join(page.texts)
    assert "due: one, €10.00; three, €0.00." in seen
    assert len(page.all("caption")) == 1
    table = " ".join(page.texts).partition("The figures of this chart")[2]
    for text in ("two", "€106,455.50", "€20,000.00", "-€3.00"):
        assert text in table


def test_every_invoice_and_client_has_one_home_and_links_lead_there() -> None:
    columns = (Column("number", msg("N")), Column("client", msg("C")))
    first = Table(title=msg("A"), columns=columns, rows=(("F/1", "D"), ("F 1", "E")))
    second = Table(title=msg("B"), columns=columns[::-1], rows=(("D", "F/1"), ("Z", "unknown")))
    page = page_of(View(command="x", title=msg("X"), data=dict, sections=lambda: (first, second)))
    rows = [row["id"] for row in page.all("tr") if row.get("id")]
    assert rows == ["number-F-1", "number-F-1-", "client-D", "client-Z"]
    assert [link["href"] for link in page.all("a")] == ["#client-D", "#number-F-1"]


def test_a_page_of_many_titles_begins_with_their_list() -> None:
    tables = [Table(title=msg("T{n}", n=n), columns=CHASE_COLUMNS[:1], rows=((f"x{n}",),)) for n in range(4)]
    many = page_of(View(command="x", title=msg("X"), data=dict, sections=lambda: tuple(tables)))
    ids = {attributes["id"] for _, attributes in many.elements if "id" in attributes}
    assert [link["href"] for link in many.all("a")] == ["#b0", "#b1", "#b2", "#b3"]
    assert {"b0", "b1", "b2", "b3"} <= ids
    assert not page_of(View(command="x", title=msg("X"), data=dict, sections=lambda: tuple(tables[:3]))).all("nav")


def test_outcomes_can_be_ticked_and_figures_have_their_notes() -> None:
    ticks = Table(columns=(Column("o", msg("O")), Column("x", msg("X"))), rows=(("a", Ticks((msg("p"), msg("q")))),))
    facts = Facts(items=((msg("owed"), Figure(euros("5"), ((msg("+€2"), Tone.PLAIN),)), Tone.BAD),))
    page = page_of(View(command="x", title=msg("X"), data=dict, sections=lambda: (facts, ticks)))
    assert [box["type"] for box in page.all("input")] == ["checkbox", "checkbox"]
    assert "€5.00 +€2" in " ".join(" ".join(page.texts).split())

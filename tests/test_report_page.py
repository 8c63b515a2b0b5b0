"""The report as a page in a real Chromium: nothing leaves the file, nothing complains, everybody can read it."""

from __future__ import annotations

import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from browser import Browser, browser, needs_chromium
from conftest import EXAMPLE
from relance.cli import main
from relance.language import Language
from relance.reports.html_mail import render_mail
from relance.reports.render import render
from render_sample import TODAY, sample
from sheets import make
from test_render_html import hostile_view

AXE = os.environ.get("RELANCE_AXE", "")
"""Where axe.min.js of the npm package axe-core is; .ci/run fetches it."""

THEMES = [(400, False), (400, True), (1400, False), (1400, True)]
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    shutil.copy(EXAMPLE, folder)
    file = folder / "rapport.html"
    assert main(["report", "-w", str(folder / EXAMPLE.name), "--today", "2026-11-20", "--output", str(file)]) == 0
    return file


def pixels(png: bytes) -> set[bytes]:
    """Some bytes of a picture as it is stored, each kind once: a blank one has hardly any."""
    data, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(data)
    return {raw[start : start + 3] for start in range(1, len(raw) - 3, 997)}


@pytest.mark.parametrize(("width", "dark"), THEMES)
def test_nothing_leaves_the_file_and_nothing_complains(tab: Browser, page: Path, width: int, dark: bool) -> None:
    tab.open(page, width=width, dark=dark)
    assert len(pixels(tab.screenshot())) > 60
    assert tab.said() == []
    assert tab.asked() == [page.as_uri()]
    assert tab.run("document.documentElement.scrollWidth") <= width
    ground = tab.run("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", ground))) < 60) is dark


def test_a_page_that_fetches_or_complains_is_noticed(tab: Browser, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text("<img src='other.png'><script>console.error('x')</script>")
    tab.open(file)
    assert tab.said()
    assert len(tab.asked()) == 2
    blank = tmp_path / "blank.html"
    blank.write_text("")
    tab.open(blank)
    assert len(pixels(tab.screenshot())) < 10


@pytest.mark.parametrize("width", [360, 800])
def test_the_page_of_a_message_is_read_without_its_styles_and_holds_no_enemy(
    tab: Browser, tmp_path: Path, width: int
) -> None:
    file, text = (
        tmp_path / "mail.html",
        "</td></title><script>console.log(1)</script><img src=x onerror=console.log(2)>",
    )
    for view in (hostile_view(text), sample()):
        file.write_text(render_mail(view, Language("fr"), TODAY), encoding="utf-8")
        tab.open(file, width=width)
        assert tab.run("document.querySelectorAll('script, img, style, svg, input').length") == 0
        assert tab.asked() == [file.as_uri()]
        assert tab.said() == []
    assert tab.run("document.documentElement.scrollWidth") <= width


def test_what_an_enemy_typed_runs_nothing(tab: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    text = "</style></title><script>console.log(1)</script><img src=x onerror=console.log(2)>"
    file.write_text(render(hostile_view(text), "html", Language("en"), today=TODAY), encoding="utf-8")
    tab.open(file)
    assert tab.said() == []
    assert tab.asked() == [file.as_uri()]
    assert text in tab.run("document.body.innerText")


def violations(tab: Browser) -> list[dict[str, Any]]:
    """What axe finds, WCAG 2.2 AA and its best practices."""
    tab.run(Path(AXE).read_text(encoding="utf-8") + "; 1")
    found = tab.run("axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations))")
    return [{"id": one["id"], "nodes": [node["html"][:200] for node in one["nodes"][:3]]} for one in json.loads(found)]


needs_axe = pytest.mark.skipif(not AXE and not os.environ.get("RELANCE_CI"), reason="RELANCE_AXE names no axe.min.js")


@needs_axe
@pytest.mark.parametrize(("width", "dark"), THEMES)
def test_axe_finds_nothing(tab: Browser, page: Path, width: int, dark: bool) -> None:
    tab.open(page, width=width, dark=dark)
    tab.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(tab) == []


@needs_axe
def test_axe_finds_nothing_where_there_are_several_currencies(tab: Browser, tmp_path: Path) -> None:
    headers = ("N° facture", "Client", "Date facture", "Échéance", "Montant TTC", "Devise", "Payé", "Date paiement")
    rows = [
        (f"F-{n}", f"Client {n % 3}", date(2026, 1 + n % 9, 3), date(2026, 2 + n % 9, 3), 1000 + n, currency, *paid)
        for n, (currency, paid) in enumerate(product(("EUR", "GBP", "CHF"), [(None, None), (None, None)] * 4))
    ]
    rows += [
        (f"P-{n}", "Client 1", date(2026, 5, n), date(2026, 6, n), 500, "EUR", 500, date(2026, 7, n))
        for n in range(1, 5)
    ]
    book, file = make(tmp_path / "suivi.xlsx", (headers, *rows)), tmp_path / "r.html"
    assert main(["report", "-w", str(book), "--today", "2026-11-20", "--lang", "en", "--output", str(file)]) == 0
    assert "in GBP" in file.read_text(encoding="utf-8")
    tab.open(file, width=400)
    assert violations(tab) == []


@needs_axe
def test_axe_finds_what_is_wrong(tab: Browser, page: Path, tmp_path: Path) -> None:
    text = (
        page.read_text(encoding="utf-8")
        .replace('<html lang="fr">', "<html>")
        .replace("--faint: #", "--faint: #fff; --x: #")
    )
    (tmp_path / "wrong.html").write_text(text, encoding="utf-8")
    tab.open(tmp_path / "wrong.html")
    assert {"html-has-lang", "color-contrast"} <= {one["id"] for one in violations(tab)}


def test_it_is_heard_in_order(tab: Browser, page: Path) -> None:
    """The accessibility tree as a screen reader gets it: one title, landmarks, tables with headers, named pictures."""
    tab.open(page, width=400)
    nodes = tab.send("Accessibility.getFullAXTree")["nodes"]
    heard = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]]
    roles = [role for role, _ in heard]
    assert {"banner", "main", "navigation"} <= set(roles)
    levels = [n["properties"] for n in nodes if n["role"]["value"] == "heading" and not n["ignored"]]
    ranks = [next(p["value"]["value"] for p in one if p["name"] == "level") for one in levels]
    assert ranks[0] == 1
    assert set(ranks[1:]) == {2}
    assert roles.count("table") >= 6
    assert roles.count("columnheader") > 30
    assert roles.count("rowheader") > 40
    assert all(name for role, name in heard if role in {"image", "img", "table", "region", "checkbox"})


def test_every_link_of_the_page_leads_somewhere(tab: Browser, page: Path) -> None:
    tab.open(page)
    links = tab.run("[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash)")
    assert len(links) > 30
    ids = set(tab.run("[...document.querySelectorAll('[id]')].map(one => '#' + encodeURIComponent(one.id))"))
    assert set(links) <= ids
    overdue = tab.run("[...document.querySelectorAll('tr[id^=number-]')].length")
    assert overdue >= 18


def test_every_invoice_and_client_can_be_linked_to(tab: Browser, page: Path) -> None:
    tab.open(page)
    ids = set(tab.run("[...document.querySelectorAll('[id]')].map(one => one.id)"))
    assert {"number-F-2026-037", "number-F-2026-038", "number-F-2026-012", "number-F-2026-027"} <= ids
    assert {"client-Garage-Poitevin", "client-Mairie-de-Saint-Aubry-les-Pr-s"} <= ids


OVERFLOWING = """[...document.querySelectorAll('dd span, dd, h1, h2, td, th, .pill, .series li')]
    .filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
    .filter(one => getComputedStyle(one).display !== 'inline')
    .map(one => one.textContent)"""


@pytest.mark.parametrize("width", [360, 400, 700, 1000, 1400])
@pytest.mark.parametrize("words", [("statement", "bellerive"), ("report", "--no-note")])
def test_no_text_stands_over_another(tab: Browser, tmp_path: Path, words: tuple[str, ...], width: int) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    shutil.copy(EXAMPLE.parent / "relance.toml", tmp_path)
    file, book = tmp_path / "page.html", str(tmp_path / EXAMPLE.name)
    assert main([*words, "-w", book, "--today", "2026-11-20", "--output", str(file)]) == 0
    tab.open(file, width=width)
    assert tab.run(OVERFLOWING) == []
    assert tab.run("document.documentElement.scrollWidth") <= width


def test_it_prints_on_a_few_sheets_of_a4(tab: Browser, page: Path) -> None:
    tab.open(page, dark=True)
    pdf = tab.pdf()
    sheets = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    assert 2 <= len(sheets) <= 5
    assert {tuple(round(float(side)) for side in sheet.split()[2:]) for sheet in sheets} == {(595, 842)}
    assert "\n".join(pages_of(pdf)).count("86 538,50") == 2  # among the figures, and once as the total


def pages_of(pdf: bytes) -> list[str]:
    """The texts of the sheets, their no-break spaces plain."""
    return [re.sub(r"\s", " ", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]

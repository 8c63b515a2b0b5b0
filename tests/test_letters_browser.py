"""Messages opened in a real browser, narrow and wide, light and dark: all of the text is there to read, the code can be
scanned, and nothing is fetched from anywhere."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from browser import Browser, browser, needs_chromium
from letter_cases import SENDER, case, client, invoice, letter, reminder
from relance.letters.compose import Letter
from relance.letters.eml import message_bytes

pytestmark = needs_chromium

AT = datetime.fromisoformat("2026-11-20T08:30:12+01:00")
THEMES = [(400, False), (400, True), (700, False), (700, True)]
ASKED = {
    "fr-4": case(4),
    "en-3": case(3, "en"),
    "fr-1": case(1, several=False),
    "hostile": reminder(
        2,
        invoice(
            "<b>F</b>\u202e-1", client=client(name="<script>fetch('http://x.example')</script>", contact="<img src=x>"),
            order="</table><style>*{display:none}</style>", payment_link="https://pay.example/" + "a" * 300,
        ),
    ),
}  # fmt: skip
LOOK = """
(() => {
  const probe = document.createElement("p");
  probe.style.cssText = "background:Canvas";
  document.body.append(probe);
  const canvas = getComputedStyle(probe).backgroundColor;
  probe.remove();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim()) continue;
    const own = getComputedStyle(node.parentElement), range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()];
    let behind = canvas;
    for (let at = node.parentElement; at; at = at.parentElement) {
      const fill = getComputedStyle(at).backgroundColor;
      if (fill !== "rgba(0, 0, 0, 0)") { behind = fill; break; }
    }
    texts.push({text: node.data.trim(), ink: own.color, behind, size: parseFloat(own.fontSize),
                lines: new Set(boxes.map(box => Math.round(box.top))).size,
                right: Math.max(...boxes.map(box => box.right)), height: Math.max(...boxes.map(box => box.height))});
  }
  const pictures = [...document.images].map(one => ({wide: one.naturalWidth, shown: one.width, alt: one.alt}));
  return JSON.stringify({canvas, texts, pictures, wide: document.documentElement.scrollWidth,
                         said: document.body.innerText});
})()
"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def shown(written: Letter, folder: Path) -> Path:
    """The page as a mail program shows it: the pictures of the message in their places."""
    message = message_from_bytes(message_bytes(written, SENDER, AT), policy=default)
    assert isinstance(message, EmailMessage)
    page = message.get_body(("html",))
    assert page is not None
    html = page.get_content()
    for part in message.walk():
        if part["Content-ID"]:
            data = base64.b64encode(part.get_content()).decode("ascii")
            html = html.replace(f"cid:{part['Content-ID'][1:-1]}", f"data:image/png;base64,{data}")
    file = folder / "message.html"
    file.write_text(html, "utf-8")
    return file


def light(colour: str) -> float:
    """The relative luminance of a colour (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(figure) / 255 for figure in re.findall(r"\d+", colour)[:3])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", list(ASKED))
@pytest.mark.parametrize(("width", "dark"), THEMES)
def test_a_message_is_read_whole_in_any_window_and_theme(
    tab: Browser, tmp_path: Path, name: str, width: int, dark: bool
) -> None:
    written = letter(ASKED[name])
    file = shown(written, tmp_path)
    tab.open(file, width=width, dark=dark)
    (tmp_path / f"{name}-{width}-{'dark' if dark else 'light'}.png").write_bytes(tab.screenshot())
    look: dict[str, Any] = json.loads(tab.run(LOOK))
    assert [one for one in tab.asked() if not one.startswith("data:")] == [file.as_uri()]
    assert tab.said() == []
    assert look["wide"] <= width, "nobody scrolls sideways"
    assert (light(look["canvas"]) < 0.05) is dark
    for text in look["texts"]:
        assert contrast(text["ink"], text["behind"]) >= 4.5, text
        assert text["size"] >= 13
        assert text["right"] <= width + 0.5
        assert text["height"] > 5
        if re.fullmatch(r"[€\d\s.,%]+€?", text["text"]):
            assert text["lines"] == 1, "a figure is never cut"
    said = " ".join(look["said"].replace("\u00a0", " ").split())
    for line in written.body.replace("\u00a0", " ").split("\n"):
        if line and not line.startswith(("-", " ", "IBAN", "BIC", "B\u00e9n", "Benef", "R\u00e9f", "Refer", "Total")):
            assert " ".join(line.split()) in said, line
    (code,) = look["pictures"]
    assert code["shown"] % 3 == 0
    assert code["wide"] * 3 == code["shown"] * 8, "a whole number of pixels for each module"
    assert "IBAN FR76" in code["alt"]


def test_a_page_that_cannot_be_read_is_noticed(tab: Browser, tmp_path: Path) -> None:
    file = tmp_path / "grey.html"
    file.write_text('<p style="color:#999">x</p><p style="width:900px">y</p>')
    tab.open(file, width=400)
    look = json.loads(tab.run(LOOK))
    assert contrast(look["texts"][0]["ink"], look["texts"][0]["behind"]) < 4.5
    assert look["wide"] > 400

"""A letter's text, in which some passages are HTML already -> a sober page that every mail program shows the same.

No colour, no background, no picture but those that travel with the message, no script, nothing fetched: dark modes then
need no help, and Outlook, Gmail and Thunderbird have nothing to take away. It must not know what the letter says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from relance.letters.text import typeset

BEGIN, END = "\x02", "\x03"
"""What stands around a passage of HTML in a text; `clean` lets neither through from a cell."""

_PASSAGES = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_BEFORE = re.compile(r" (?=[:;!?»%])(?![^<>]*>)")  # outside tags
_FACE = "font-family:Arial,Helvetica,sans-serif;line-height:1.5"
_FONT = f"{_FACE};font-size:15px"
_SMALL = f"{_FACE};font-size:13px"
_CUT = "overflow-wrap:anywhere"  # a link or a number longer than the window
_PARAGRAPH = f"margin:0 0 14px 0;{_FONT};{_CUT}"
_LINE = "border-bottom:1px solid #808080"
_CELL = f"{_FONT};{_CUT};padding:6px 10px 2px 0;vertical-align:top;text-align:left"

STYLES = {
    "table": "border-collapse:collapse;width:100%;margin:0 0 14px 0",
    "head": f"{_SMALL};font-weight:bold;padding:4px 10px 4px 0;text-align:left;{_LINE}",
    "head_right": f"{_SMALL};font-weight:bold;padding:4px 0;text-align:right;{_LINE}",
    "cell": _CELL,
    "period": f"{_FONT};padding:6px 10px 2px 0;vertical-align:top;text-align:left",
    "figure": f"{_FONT};padding:6px 10px 2px 0;vertical-align:top;text-align:left;white-space:nowrap",
    "amount": f"{_FONT};padding:6px 0 2px 0;vertical-align:top;text-align:right;white-space:nowrap",
    "below": f"{_SMALL};{_CUT};padding:0 0 6px 0;text-align:left;{_LINE}",
    "total": f"{_FONT};font-weight:bold;padding:8px 10px 4px 0;text-align:right",
    "total_amount": f"{_FONT};font-weight:bold;padding:8px 0 4px 0;text-align:right;white-space:nowrap",
    "details": "border-collapse:collapse;margin:0 0 14px 0",
    "small": "font-size:13px",
    "paragraph": _PARAGRAPH,
    "name": f"{_FONT};padding:1px 14px 1px 0;vertical-align:top;text-align:left;white-space:nowrap",
    "value": f"{_FONT};{_CUT};padding:1px 0;vertical-align:top;text-align:left",
}
"""The inline styles of the passages, by what they are for: mail programs drop style sheets."""

_PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>{title}</title>
<style>:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}</style>
</head>
<body style="margin:0;padding:16px">
<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<div style="max-width:640px">
{body}
</div>
<!--[if mso]></td></tr></table><![endif]-->
</body>
</html>
"""


def write_page(text: str, language: str, title: str, strong: Iterable[str] = ()) -> str:
    """The whole page of a text: its paragraphs, lines kept, the passages in HTML as they are; `strong` are the words
    that a hurried reader must see."""
    marks = tuple(escape(mark) for mark in strong if mark)
    pieces = _PASSAGES.split(text)
    body = [
        _typeset_passage(piece, language) if place % 2 else _paragraphs(typeset(piece, language), marks)
        for place, piece in enumerate(pieces)
    ]
    return _PAGE.format(language=escape(language), title=escape(title), body="\n".join(filter(None, body)))


def _paragraphs(text: str, strong: tuple[str, ...]) -> str:
    """
    >>> _paragraphs("Payez 3 < 4 le 5.\\nMerci.\\n\\nA", ("le 5",)).count("<p"), "&lt;" in _paragraphs("<", ())
    (2, True)
    """
    found = (paragraph.strip("\n ") for paragraph in _PARAGRAPHS.split(text))
    return "\n".join(f'<p style="{_PARAGRAPH}">{_inline(one, strong)}</p>' for one in found if one)


def _inline(paragraph: str, strong: tuple[str, ...]) -> str:
    html = escape(paragraph)
    if strong and all(mark in html for mark in strong):
        for mark in strong:
            html = html.replace(mark, f'<strong style="white-space:nowrap">{mark}</strong>', 1)
    return "<br>\n".join(line.strip(" ") for line in html.split("\n"))


def _typeset_passage(html: str, language: str) -> str:
    """The passage with the no-break spaces of its language in its text, its tags untouched.

    >>> _typeset_passage('<p style="margin:0 !important">Prix : 3 ?</p>', "fr")
    '<p style="margin:0 !important">Prix\\xa0: 3\\xa0?</p>'
    """
    if language == "fr":
        html = _BEFORE.sub("\u00a0", html).replace("« ", "«\u00a0")
    return "\n".join(line for line in html.split("\n") if line.strip())

"""A letter's text and values -> the values of its page on paper: the text cut into paragraphs, lists and figures.

The text is that of the step's template; a partial template that lists things (`_invoices.txt`, `_claims.txt` ...) is
rendered between marks, so that the page can set it as a table. It must not know typst.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.letters.pdf import Page, typeset_page
from relance.letters.qr import transfer_picture
from relance.letters.templates import Source, Templates

Values = dict[str, Any]

_OPEN, _CLOSE = "\x02", "\x03"  # no text of a cell holds control characters
_KEPT = ("_claims.txt", "_payment.txt", "_signature.txt")
_REPLACED = {
    "_invoices.txt": '{% if not formal %}\n\n{% include "_waiting.txt" %}\n{% endif %}\n',
    "_waiting_lines.txt": "",
    "_annex.txt": "",
}
_MARKS = re.compile(rf"({_OPEN}\w+\n|{_CLOSE}\n)")
_CODE = "code.png"
TEMPLATE = "letter.typ"
_FEW = 3  # references shown beside the address; more are in the table
_LAST = 2  # paragraphs that stay with the signature
_PAIR = re.compile(r"(?P<label>.+?[ \u00a0]?):[ \u00a0]*(?P<value>.*)")
_TOWN = re.compile(r"(?:[A-Z]{1,2}-)?\d{4,5}\s+(?P<town>\D+?)(?:\s+cedex.*)?", re.IGNORECASE)
_COMMAS = re.compile(r"(?<!\d),\s+")
_POSTCODE = re.compile(r"(?:^|(?<=\s))(?=(?:[A-Z]{1,2}-)?\d{5}\s+\S)")


class OnPaper(Struct, frozen=True, kw_only=True):
    """A letter to print: the template of its text, the values that text was rendered with, its subject, the folders
    of the user's own templates, and what its transfer code says ("" = none)."""

    name: str
    language: str
    day: date
    subject: str
    values: Values
    folders: tuple[Path, ...] = ()
    code: str = ""


def print_letter(letter: OnPaper) -> bytes:
    """The letter as PDF. Errors as `typeset_page`."""
    return typeset_page(letter_page(letter))


def letter_page(letter: OnPaper) -> Page:
    """The letter as a page to typeset."""
    return Page(
        template=TEMPLATE,
        language=letter.language,
        day=letter.day,
        data=letter_data(letter),
        folders=letter.folders,
        pictures={_CODE: transfer_picture(letter.code)} if letter.code else {},
    )


def letter_data(letter: OnPaper) -> Values:
    """The values of `letter.typ`: those of the text templates, with the text in `blocks`, the invoices whose interest
    is shown line by line in `annex`, and what a letterhead needs."""
    values = letter.values | {"sender": _unbroken(letter.values["sender"])}
    body = _marked(letter.folders).render_part(letter.language, letter.name, values)
    blocks = list(_blocks(body))
    shown = values["fees"] and any(block["kind"] == "annex" for block in blocks)
    annex = [one for one in values["invoices"] if one["lines"] or one["earlier"] or one["indemnity"]] if shown else []
    return {
        **values,
        **paper_values(values),
        "subject": letter.subject,
        "blocks": list(_closed(blocks, values["sender"])),
        "strong": [values["claimed" if values["formal"] else "amount"], values["pay_by"]],
        "annex": annex,
        "sources": list(_sources(annex)),
        "code": _CODE if letter.code else "",
        "references": list(_references(values)),
    }


def paper_values(values: Values) -> Values:
    """What every page of ours shows around its text: the sender with its SIRET in groups, the client with the lines of
    the address window, the place of the dateline."""
    sender, client = values["sender"], values["client"]
    return {
        "sender": sender | {"siret": print_siret(sender["siret"])},
        "client": client | {"address": window_lines(client["address"])},
        "place": place_of(sender["address"]),
    }


def _unbroken(sender: Values) -> Values:
    """The sender, its telephone number on one line."""
    return sender | {"phone": sender["phone"].replace(" ", "\u00a0")}


def place_of(address: tuple[str, ...]) -> str:
    """The town a letter is dated from: that of the sender's postal code; "" where there is none.

    >>> place_of(("12 rue des Arts", "44000 Nantes Cedex 1")), place_of(("Nantes",))
    ('Nantes', '')
    """
    found = next(filter(None, (_TOWN.fullmatch(line) for line in reversed(address))), None)
    return found["town"] if found else ""


def window_lines(address: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a postal address as an envelope shows them: an address typed on one line is cut at its commas and
    before its postal code; the last line, town or country, in capitals.

    >>> window_lines(("18 quai Vert, 44000 Nantes",)), window_lines(("12, rue du Port 44100 Nantes",))
    (('18 quai Vert', '44000 NANTES'), ('12, rue du Port', '44100 NANTES'))
    """
    if len(address) == 1:
        pieces = _COMMAS.split(address[0])
        address = tuple(part.strip(" ,") for piece in pieces for part in _POSTCODE.split(piece) if part.strip(" ,"))
    return (*address[:-1], address[-1].upper()) if address else ()


def print_siret(text: str) -> str:
    """A SIRET in its usual groups; anything else as it is.

    >>> print_siret("12345678200010").replace("\\xa0", " "), print_siret("RCS 12")
    ('123 456 782 00010', 'RCS 12')
    """
    digits = "".join(text.split())
    if len(digits) != 14 or not digits.isdecimal():
        return text
    return "\u00a0".join((digits[:3], digits[3:6], digits[6:9], digits[9:]))


@lru_cache(maxsize=4)
def _marked(folders: tuple[Path, ...]) -> _MarkedTemplates:
    return _MarkedTemplates(folders)


class _MarkedTemplates(Templates):
    """The templates in force, with marks around the parts that a page sets as tables."""

    def read(self, language: str, name: str) -> Source | None:
        found = super().read(language, name)
        if found is None:
            return None
        block = name.removeprefix("_").removesuffix(".txt").removesuffix("_lines")
        if name in _KEPT:
            return replace(found, text=f"{_OPEN}{block}\n{found.text}{_CLOSE}\n")
        if name in _REPLACED and not found.own:
            return replace(found, text=f"{_OPEN}{block}\n{_CLOSE}\n{_REPLACED[name]}")
        return found


def _blocks(body: str) -> Iterator[Values]:
    """The paragraphs and marked parts of a text, in order."""
    inside: list[str] = []
    for piece in _MARKS.split(body):
        if piece.startswith(_OPEN):
            inside.append(piece[1:].strip())
            if f"_{inside[-1]}.txt" not in _KEPT:
                yield {"kind": inside[-1]}
        elif piece.startswith(_CLOSE):
            inside.pop()
        else:
            for paragraph in piece.split("\n\n"):
                if lines := [line for line in paragraph.split("\n") if line.strip()]:
                    yield _block(inside[-1] if inside else "text", lines)


def _block(kind: str, lines: list[str]) -> Values:
    if kind in {"claims", "payment"}:
        return {"kind": kind, "rows": [_pair(line) for line in lines]}
    if kind == "text" and all(line.startswith(("- ", "  ")) for line in lines):
        return {"kind": "list", "lines": [line.removeprefix("- ").strip() for line in lines]}
    return {"kind": kind, "lines": [line.strip() for line in lines]}


def _pair(line: str) -> tuple[str, str]:
    """`label : value`; a line without value is a title."""
    found = _PAIR.fullmatch(line.strip())
    return (found["label"].strip(), found["value"]) if found else (line.strip(), "")


def _closed(blocks: list[Values], sender: Values) -> Iterator[Values]:
    """The blocks with the last paragraphs, the signature and what follows it as one, which no page break parts."""
    at = next((place for place, block in enumerate(blocks) if block["kind"] == "signature"), None)
    if at is None:
        yield from blocks
        return
    start = at
    while start > max(0, at - _LAST) and blocks[start - 1]["kind"] == "text":
        start -= 1
    yield from blocks[:start]
    yield from (block for block in blocks[at:] if block["kind"] == "annex")
    elsewhere = [sender[name] for name in ("phone", "register", "siret", "vat") if sender[name]]
    signature = [line for line in blocks[at]["lines"] if not any(known in line for known in elsewhere)]
    yield {
        "kind": "closing",
        "before": [block["lines"] for block in blocks[start:at]],
        "signature": signature,
        "after": [block["lines"] for block in blocks[at + 1 :] if block["kind"] in {"text", "list"}],
    }


def _sources(annex: list[Values]) -> Iterator[tuple[str, str]]:
    """Each rate applied, once, with where it comes from."""
    lines = (line for invoice in annex for line in (*invoice["earlier"], *invoice["lines"]))
    yield from dict.fromkeys((line["rate"], line["source"]) for line in lines if line["source"])


def _references(values: Values) -> Iterator[tuple[str, str]]:
    """What to quote when answering: the word's name in `_words.typ`, its value."""
    if code := values["client"]["code"]:
        yield "code", code
    orders = list(dict.fromkeys(one["order"] for one in values["invoices"] if one["order"]))
    if 0 < len(orders) <= _FEW:
        yield "orders", ", ".join(orders)

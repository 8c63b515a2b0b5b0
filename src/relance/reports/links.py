"""What a press on a cell opens: an address to write to, a number to call, a file. Knows no page and no terminal."""

from __future__ import annotations

import re
from urllib.parse import quote

from msgspec import Struct

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_TELEPHONE = re.compile(r"\+?[\d\s().-]{6,}")
LINKED = frozenset({"email", "phone", "where", "file"})
"""The keys of the columns whose cells may open something."""


class Places(Struct, frozen=True):
    """Where files stand, as addresses (`file:///...`): the workbook, and the folder that names of files start from."""

    workbook: str = ""
    folder: str = ""


def target_of(value: str, key: str, places: Places | None = None) -> str:
    """The address behind a text of a column of that key; "" for a text that is no address, number or file.

    >>> target_of("compta@dupont.example", "email"), target_of("02 61 91 10 24", "phone"), target_of("matin", "phone")
    ('mailto:compta@dupont.example', 'tel:0261911024', '')
    >>> target_of("drafts/a b.eml", "file", Places("", "file:///home/relance/"))
    'file:///home/relance/drafts/a%20b.eml'
    """
    if key == "email" and _EMAIL.fullmatch(value):
        return f"mailto:{quote(value, safe='@')}"
    if key == "phone" and _TELEPHONE.fullmatch(value):
        return "tel:" + re.sub(r"[^\d+]", "", value.replace("(0)", ""))
    if key == "where" and places:
        return places.workbook
    if key == "file" and places and places.folder and value and not value.startswith(("/", "\\")):
        return places.folder + quote(value)
    return ""

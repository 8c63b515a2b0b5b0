"""Where each client and each invoice of a page can be linked to, and from which other rows.

The home of one is the last table of the page that has a row about it, by its first column, else the first place that
names it; everywhere else its name links there. It must not know how a table is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from relance.reports.view import Section, Table

KINDS = {"number": "number", "numbers": "number", "client": "client"}
"""The columns whose texts name an invoice or a client, by key."""

_SOLID = re.compile(r"[0-9A-Za-z_.-]+").fullmatch


class Anchors:
    """The ids of a page. Two texts never share one."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._homes: dict[tuple[str, str], tuple[int, str]] = {}
        self._placed: set[str] = set()
        taken: set[str] = set()
        for place, section in enumerate(sections):
            if isinstance(section, Table) and section.columns[0].key in ("number", "client"):
                kind = section.columns[0].key
                self._settle(place, kind, (row[0] for row in section.rows if isinstance(row[0], str)), taken)
        for place, section in enumerate(sections):
            if isinstance(section, Table) and section.columns[0].key != "workbook":  # two may share a name or a number
                for at, column in enumerate(section.columns):
                    if kind := KINDS.get(column.key, ""):
                        texts = (row[at] for row in section.rows if isinstance(row[at], str))
                        self._settle(place, kind, (text for text in texts if (kind, text) not in self._homes), taken)

    def _settle(self, place: int, kind: str, texts: Iterable[str], taken: set[str]) -> None:
        for text in texts:
            key = (kind, text)
            if key in self._homes:
                self._homes[key] = (place, self._homes[key][1])
                continue
            name = f"{kind}-{text if _SOLID(text) else re.sub(r'[^0-9A-Za-z_.-]+', '-', text).strip('-')}"
            while name in taken:
                name += "-"
            taken.add(name)
            self._homes[key] = (place, name)

    def place(self, section: int, kind: str, text: str) -> str:
        """The id that a row of this section bears, or a cell, once; "" where its home is elsewhere."""
        home = self._homes.get((kind, text))
        if home is None or home[0] != section or home[1] in self._placed:
            return ""
        self._placed.add(home[1])
        return home[1]

    def link(self, section: int, kind: str, text: str) -> str:
        """The id that a text of this section links to; "" where it is at home, or has no row anywhere."""
        home = self._homes.get((kind, text))
        return home[1] if home and home[0] != section else ""

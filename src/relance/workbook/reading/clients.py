"""Clients as all sheets together describe them: the clients sheet first, then what the rows of the tracker add.

Joined by code, else by folded name; the first word wins and a contradiction is told once. It must not know invoices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from relance.domain.model import Client, Dispute, Hold
from relance.domain.names import fold_name
from relance.errors import Problem, Severity, Where, msg
from relance.workbook.reading.agreed import Agreed
from relance.workbook.reading.columns import Column
from relance.workbook.reading.forms import FAMILIAR, FORMAL
from relance.workbook.reading.insolvency import is_insolvent, without_insolvency
from relance.workbook.reading.roles import PEOPLE
from relance.workbook.reading.trouble import trouble
from relance.workbook.reading.words import asks_not_to_chase, parse_kind, parse_language, says_direct_debit

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
_SEPARATORS = re.compile(r"[;,\s]+(?:et |and |ou |or )?")
_CODE_BEFORE_NAME = re.compile(r"(\S.*?)\s+[-–—:]\s+(\S.*)")
_CODE_AND_NAME = re.compile(r"([A-Za-z._/]{0,6}\d[\w./]{0,10}|[A-Za-z]{1,6}-\d{1,8})\s+[-–—]\s+(\S.*)")

Identity = tuple[str, ...]  # the texts of PEOPLE, in that order
Place = Callable[[str], Where]


class Described(Struct):
    """A client as it is being put together."""

    name: str = ""
    code: str = ""
    words: dict[str, Any] = {}
    hold: Hold | None = None
    direct_debit: str = ""
    dispute: Dispute | None = None
    key_is_name: bool = False


class Register:
    """The clients met so far. `meet` adds what one row says of one; `clients` gives the result.

    `doubts` are, by client, the problems that leave open who they are or how to treat them; `agreed` the terms that
    the clients sheet gives. `sheet` and `columns` are
    those of the clients sheet, if any.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.doubts: dict[str, list[Problem]] = {}
        self.agreed: dict[str, Agreed] = {}
        self._found: dict[str, Described] = {}
        self._codes: dict[str, set[str]] = {}
        self._told: set[tuple[str, str, str]] = set()
        self.sheet = ""
        self.columns: tuple[Column, ...] = ()
        self._listed: set[str] = set()

    def close_list(self, sheet: str, columns: Iterable[Column]) -> None:
        """All clients met so far are those of the clients sheet; the rows of the tracker follow."""
        self.sheet, self.columns, self._listed = sheet, tuple(columns), set(self._found)

    def identified(self, identity: Identity) -> Identity:
        """The same, with code and name told apart where one cell holds both and the clients sheet lists that code."""
        if not self._listed:
            return identity
        name, code, *rest = identity
        for text in (code, name):
            found = _CODE_BEFORE_NAME.fullmatch(text)
            if found and fold_name(found[1]) in self._listed:
                return (name if name and text is code else found[2], found[1], *rest)
        return identity

    def compare(self, met: Mapping[str, tuple[Identity, Place]]) -> None:
        """Tell codes that the clients sheet does not list; where it lists none of the clients met, tell that alone."""
        if not self._listed or not met:
            return
        if not self._listed & met.keys():
            self.problems.append(_nobody_listed(self.sheet))
        elif any(self._found[key].code for key in self._listed):
            for key in met.keys() - self._listed:
                (_, code, *_), place = met[key]
                if code:
                    self._tell("client-code-unknown", key, "client_code", code, place)

    def learn_codes(self, identities: Iterable[Identity]) -> None:
        """Remember which code goes with which name, so that rows without the code find their client."""
        for identity in identities:
            if identity[0] and identity[1]:
                self._codes.setdefault(_compared(identity[0]), set()).add(fold_name(identity[1]))

    def key(self, identity: Identity) -> str:
        """The joined identity: the folded code, else the one code of that name, else the folded name; the name even
        so where the clients sheet lists it without code."""
        name, code = identity[0], identity[1]
        by_name = _compared(name)
        if by_name in self._listed and self._found[by_name].key_is_name and fold_name(code) not in self._listed:
            return by_name
        if code:
            return fold_name(code)
        known = self._codes.get(by_name, set())
        return next(iter(known)) if len(known) == 1 else by_name

    def meet(self, identity: Identity, place: Place, hold: Hold | None = None) -> str:
        """Add what a row says of its client; the key of the client."""
        key = self.key(identity)
        entry = self._found.get(key)
        if entry is None:
            entry = self._found[key] = Described()
        name, code, *others = identity
        entry.key_is_name = entry.key_is_name or not (code or self._listed)
        entry.code = entry.code or code
        if not entry.name:
            entry.name = name
        elif name and _compared(name) != _compared(entry.name):
            self._tell("client-contradiction", key, "client", name, place)
        for role, text in zip(PEOPLE[2:], others, strict=True):
            if text:
                self._add(key, entry, role, text, place)
        said = self._said_by(name, key, place)
        if hold or said:
            entry.hold = longest(entry.hold, hold, said)
        return key

    def _said_by(self, name: str, key: str, place: Place) -> Hold | None:
        """The hold that a name carries: an order not to chase, or insolvency proceedings, which are told."""
        insolvent = is_insolvent(name)
        if insolvent:
            self._tell("client-insolvent", key, "client", name, place)
        return Hold(None, name) if insolvent or asks_not_to_chase(name) else None

    def _add(self, key: str, entry: Described, role: str, text: str, place: Place) -> None:
        value: Any = text
        if role == "email":
            value = parse_email(text)
        elif role == "kind":
            value = parse_kind(text)
        elif role == "language":
            value = parse_language(text)
        elif role == "form_of_address":
            value = text if text in (FORMAL, FAMILIAR) else None
        elif role == "policy":
            value = text.strip()
        if value is None and role == "form_of_address":  # formal, whatever relance.toml says of others
            self._tell("form-of-address-unknown", key, role, text, place)
            value = FORMAL
        if value is None and role == "kind":
            self.doubt(key, [trouble("kind-unknown", place(role), text, role=role)])
        elif value is None:
            self._tell(f"{role}-unreadable" if role == "email" else f"{role}-unknown", "", role, text, place)
        elif role not in entry.words:
            entry.words[role] = value
        elif role in {"email", "language", "form_of_address", "kind", "policy"} and not _same(entry.words[role], value):
            self._tell("client-contradiction", key, role, text, place)

    def insolvent(self, key: str, text: str, place: Place, role: str) -> None:
        """Note that a row tells of proceedings against its client: nothing of what it owes is chased."""
        self._tell("client-insolvent", key, role, text, place)
        self._found[key].hold = longest(Hold(None, text), self._found[key].hold)

    def pays_by(self, key: str, method: str) -> None:
        """Note how a client pays, which matters where the bank collects."""
        if says_direct_debit(method):
            self._found[key].direct_debit = method

    def disputes(self, key: str, dispute: Dispute) -> None:
        """Note that a client contests all that it owes; the first word wins."""
        self._found[key].dispute = self._found[key].dispute or dispute

    def doubt(self, key: str, problems: Iterable[Problem]) -> None:
        """Note problems that set aside all that a client still owes."""
        self.doubts.setdefault(key, []).extend(problems)
        self.problems.extend(problems)

    def _tell(self, code: str, key: str, role: str, text: str, place: Place) -> None:
        if (code, key + role, text) not in self._told:
            self._told.add((code, key + role, text))
            self.problems.append(trouble(code, place(role), text, role=role, severity=Severity.WARNING))

    def clients(self) -> dict[str, Client]:
        """The clients by key, in the order they were met."""
        return {
            key: Client(
                key=key,
                name=entry.name or entry.code,
                code=entry.code,
                hold=entry.hold,
                direct_debit=entry.direct_debit,
                dispute=entry.dispute,
                **entry.words,
            )
            for key, entry in self._found.items()
        }


def longest(*holds: Hold | None) -> Hold | None:
    """The hold that lasts longest, the first of those without end.

    >>> longest(Hold(None, "Dupont (LJ)"), None).reason
    'Dupont (LJ)'
    """
    found = [hold for hold in holds if hold]
    if not found:
        return None
    return next((hold for hold in found if hold.until is None), None) or max(
        found, key=lambda hold: hold.until or date.max, default=None
    )


def _compared(name: str) -> str:
    return fold_name(without_insolvency(name) or name)


def _nobody_listed(sheet: str) -> Problem:
    return Problem(
        "clients-sheet-unmatched",
        Severity.ERROR,
        msg("No invoice names a client of sheet “{sheet}”: nothing it says applies.", sheet=sheet),
        msg("Write the same client codes or names on both sheets, with usual headers: Code client, Client."),
        Where(sheet),
    )


def _same(one: Any, other: Any) -> bool:
    return bool(
        one == other or (isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold())
    )


def parse_email(text: str) -> str | None:
    """One address, or several separated by commas, or None when a part is none.

    >>> parse_email("Compta <compta@lefevre.example>"), parse_email("a@b.fr; c@d.fr"), parse_email("voir M. Noël")
    ('compta@lefevre.example', 'a@b.fr, c@d.fr', None)
    """
    text = text.replace("mailto:", "").strip()
    if _ADDRESS.fullmatch(text):
        return text
    bracketed = re.findall(r"<([^<>]*)>", text)
    parts = bracketed or [part for part in _SEPARATORS.split(text) if part]
    if parts and all(_ADDRESS.fullmatch(part.strip()) for part in parts):
        return ", ".join(part.strip() for part in parts)
    return None


def split_codes(names: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Names and codes of a column written `CODE - NOM`, or None when fewer than four in five are written so.

    >>> split_codes(["C012 - Dupont SARL", "C014 - Martin"])
    (['Dupont SARL', 'Martin'], ['C012', 'C014'])
    >>> split_codes(["Dupont - Martin SARL", "Jean - Paul"]) is None
    True
    """
    distinct = {name: _CODE_AND_NAME.fullmatch(name) for name in set(names) if name}
    if not distinct or 5 * sum(1 for found in distinct.values() if found) < 4 * len(distinct):
        return None
    pairs = {name: (found[2], found[1]) if found else (name, "") for name, found in distinct.items()}
    pairs[""] = ("", "")
    return [pairs[name][0] for name in names], [pairs[name][1] for name in names]

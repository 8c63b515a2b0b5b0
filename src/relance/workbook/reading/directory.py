"""The clients sheet: who the clients are, how to reach them, how to speak to them. One row per client."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.model import Hold
from relance.errors import Problem, Severity, Where, msg
from relance.workbook.reading.agreed import read_disputes, read_remarks, read_terms
from relance.workbook.reading.candidates import configured_sheet
from relance.workbook.reading.cells import decide_order, parse_cells
from relance.workbook.reading.clients import Register, longest
from relance.workbook.reading.columns import SAMPLE, Column, find_columns, header_text
from relance.workbook.reading.forms import read_forms
from relance.workbook.reading.headers import fold_header, load_spellings, meaning
from relance.workbook.reading.marks import Marks, Seer
from relance.workbook.reading.read import Row, Sheet, Workbook
from relance.workbook.reading.roles import PEOPLE, Mapping
from relance.workbook.reading.stops import asks_for_a_day, ends_before, parse_hold
from relance.workbook.reading.table import Table
from relance.workbook.reading.trouble import APPLIES_TO_NOBODY, CLIENT_HELD, CLIENT_SET_ASIDE, lightened, trouble
from relance.workbook.reading.twoline import joined_header, may_be_header
from relance.workbook.reading.values import parse_name, parse_phone, parse_text

_DEEPEST = 40
_REACH = frozenset(PEOPLE[2:]) | {"hold", "method", "terms", "dispute"}


class _List(Struct, frozen=True):
    """A clients sheet: its header row, its columns by role, its rows below the header, and what its XML tells."""

    sheet: str
    header: int
    columns: dict[str, Column]
    rows: list[Row]
    marks: Marks
    date_order: str | None

    def where(self, place: int, role: str) -> Where:
        """The cell of a role in a row, the cell of its client where no column plays the role."""
        column = next((self.columns[name] for name in (role, "client", "client_code") if name in self.columns), None)
        return Where(self.sheet, self.header + 1 + place, column.letters if column else "")

    def bad(self, role: str) -> dict[int, tuple[str, str]]:
        """The cells of a role that show no value: code and what they show, by position."""
        index = self.columns[role].index
        found = dict.fromkeys(self.marks.valueless.get(index, ()), ("formula-without-value", ""))
        found |= {row: ("cell-error", shown) for row, shown in self.marks.errors.get(index, {}).items()}
        first = self.header + 1
        return {row - first: told for row, told in sorted(found.items()) if 0 <= row - first < len(self.rows)}


def read_clients(workbook: Workbook, table: Table, mapping: Mapping, look: Seer | None = None) -> Register:
    """The register, opened with the clients sheet when there is one; ConfigError when the one configured is missing.

    `look` tells error cells and formulas without value, where the format can.
    """
    register = Register()
    found = find_directory(workbook, table, mapping)
    if found:
        sheet, row, columns = found
        by_role = {column.role: column for column in reversed(columns)}
        marks = look.marks(sheet.name) if look else Marks()
        _register(register, _List(sheet.name, row, by_role, sheet.rows()[row:], marks, mapping.date_order))
    elif mapping.clients_sheet:
        register.problems.append(_no_header(mapping.clients_sheet))
    return register


def find_directory(workbook: Workbook, table: Table, mapping: Mapping) -> tuple[Sheet, int, tuple[Column, ...]] | None:
    """The clients sheet, the row of its header and its columns; None without one."""
    if mapping.clients_sheet:
        sheets = [configured_sheet(workbook, mapping.clients_sheet, "workbook.clients_sheet")]
    else:
        sheets = [sheet for sheet in workbook.sheets if sheet.name != table.sheet]
    found = [(len(columns), sheet, row, columns) for sheet in sheets for row, columns in _header(sheet)]
    return max(found, key=lambda item: item[0])[1:] if found else None


def _header(sheet: Sheet) -> list[tuple[int, tuple[Column, ...]]]:
    """The first row that reads as the header of a list of clients: a name or code, and a way to reach or treat them.
    Where the next row tells more, alone or together with it, that one is the header."""
    head = sheet.head(_DEEPEST + SAMPLE)
    for number, row in enumerate(head[:_DEEPEST], start=1):
        alone = _listing(row, head[number:])
        for lower in _lower_lines(sheet, head, number):
            if len(lower) > len(alone):
                return [(number + 1, lower)]
        if alone:
            return [(number, alone)]
    return []


def _lower_lines(sheet: Sheet, head: Sequence[Row], number: int) -> list[tuple[Column, ...]]:
    """The columns of the next row alone, then of this row and the next one together; none where the next one holds
    data or this one is a title."""
    if number >= len(head) or not may_be_header(head[number]) or sum(1 for cell in head[number - 1] if cell != "") < 2:
        return []
    below = head[number + 1 :]
    joined = joined_header(head[number - 1], head[number], sheet.merged(), number)
    alone, both = _listing(head[number], below), _listing(joined, below)
    return [both] if len(both) > len(alone) else [alone]


def _listing(row: Row, below: Sequence[Row]) -> tuple[Column, ...]:
    """The columns of a row that reads as the header of a list of clients; () for any other row."""
    if sum(1 for cell in row if isinstance(cell, str) and cell and meaning(header_text(cell))) < 2:
        return ()
    columns = _columns(row, below)
    roles = {column.role for column in columns}
    listing = roles & {"client", "client_code"} and roles & _REACH and not roles & {"total", "number", "due"}
    return columns if listing else ()


def _columns(row: Row, below: Sequence[Row]) -> tuple[Column, ...]:
    """The columns of a header row; a bare "Code" is the client's where nothing else is."""
    folded = {fold_header(text): text for text in map(header_text, row)}
    code = next((folded[word] for word in load_spellings().codes_of_clients if word in folded), None)
    if code is None or any(meaning(text).sure == "client_code" for text in folded.values()):
        return find_columns(row, below, Mapping())
    found = find_columns(row, below, Mapping(columns={"client_code": code}))
    return tuple(replace(column, source="header") for column in found)


def _register(register: Register, listed: _List) -> None:
    rows, by_role = listed.rows, listed.columns
    parsers = {"client": parse_name, "contact": parse_name, "phone": parse_phone}
    parsed = [
        parse_cells([row[by_role[role].index] for row in rows], parsers.get(role, parse_text))[0]
        if role in by_role
        else [""] * len(rows)
        for role in PEOPLE
    ]
    if forms := by_role.get("form_of_address"):
        at = PEOPLE.index("form_of_address")
        parsed[at] = read_forms(forms.header, parsed[at], listed.bad("form_of_address"))
    identities = list(zip(*parsed, strict=True))
    holds = _with_remarks(register, listed, _holds(register, listed) if "hold" in by_role else [None] * len(rows))
    register.learn_codes(identities)
    keys = [
        register.meet(identity, partial(listed.where, place), holds[place]) if identity[0] or identity[1] else ""
        for place, identity in enumerate(identities)
    ]
    register.close_list(listed.sheet, by_role.values())
    for place, key in enumerate(keys):
        if key and "method" in by_role:
            register.pays_by(key, parse_text(rows[place][by_role["method"].index]))
    _agree(register, listed, keys)
    for role in (role for role in (*PEOPLE, "method") if role in by_role):
        for place, (code, shown) in listed.bad(role).items():
            _tell(register, keys[place], trouble(code, listed.where(place, role), shown, role=role), role)


def _agree(register: Register, listed: _List, keys: Sequence[str]) -> None:
    """The terms and the disputes of each client, noted under its key."""

    def cells(role: str) -> tuple[list[Any], list[Where], dict[int, tuple[str, str]]]:
        index = listed.columns[role].index
        wheres = [listed.where(place, role) for place in range(len(keys))]
        return [row[index] for row in listed.rows], wheres, listed.bad(role)

    if "terms" in listed.columns:
        for key, terms in zip(keys, read_terms(*cells("terms")), strict=True):
            if key and terms:
                register.agreed.setdefault(key, terms)
    if "dispute" in listed.columns:
        disputes, problems = read_disputes(*cells("dispute"))
        register.problems.extend(problems)
        for key, dispute in zip(keys, disputes, strict=True):
            if key and dispute:
                register.disputes(key, dispute)


def _tell(register: Register, key: str, problem: Problem, role: str) -> None:
    """A cell that shows no value: what it would say of how to treat the client sets aside what the client owes."""
    light = problem.code == "cell-error"
    if key and role in {"kind", "policy", "method"}:
        register.doubt(key, [replace(problem, hint=CLIENT_SET_ASIDE) if light else problem])
    elif key:
        register.problems.append(lightened(problem))
    else:
        register.problems.append(replace(problem, hint=APPLIES_TO_NOBODY) if light else problem)


def _holds(register: Register, listed: _List) -> list[Hold | None]:
    """The hold of each client; one that cannot be read holds, and is told."""
    column = listed.columns["hold"]
    cells = [row[column.index] for row in listed.rows]
    order = decide_order(cells, listed.date_order)
    holds, bad = parse_cells(cells, partial(parse_hold, order, before=ends_before(column.header)))
    for place, hold in enumerate(holds) if asks_for_a_day(column.header) else ():
        if hold and hold.until is None and hold.reason:
            where = listed.where(place, "hold")
            register.problems.append(trouble("hold-without-day", where, hold.reason, severity=Severity.WARNING))
    for place in bad:
        text = parse_text(cells[place])
        holds[place] = Hold(None, text)
        register.problems.append(_unreadable_hold(listed.where(place, "hold"), text))
    for place, (code, shown) in listed.bad("hold").items():
        holds[place] = Hold(None, shown)
        problem = trouble(code, listed.where(place, "hold"), shown, role="hold")
        register.problems.append(replace(problem, hint=CLIENT_HELD) if code == "cell-error" else problem)
    return holds


def _with_remarks(register: Register, listed: _List, holds: list[Hold | None]) -> list[Hold | None]:
    """The holds, with those that remarks and statuses of clients make prudent."""
    for role in (role for role in ("status", "comment") if role in listed.columns):
        column = listed.columns[role]
        if role == "comment" and meaning(column.header).sure != role:
            continue
        wheres = [listed.where(place, role) for place in range(len(holds))]
        found, problems = read_remarks([row[column.index] for row in listed.rows], wheres)
        register.problems.extend(problems)
        holds = [longest(*pair) for pair in zip(holds, found, strict=True)]
    return holds


def _unreadable_hold(where: Where, text: str) -> Problem:
    return Problem(
        "hold-unreadable",
        Severity.WARNING,
        msg("Hold: “{value}” cannot be read; the client is not chased.", value=text),
        msg("Type yes, no, a date or a reason."),
        where,
        text,
    )


def _no_header(name: str) -> Problem:
    return Problem(
        "clients-sheet-unreadable",
        Severity.WARNING,
        msg("Sheet “{sheet}” has no header row with a client and an e-mail, telephone or kind of debtor.", sheet=name),
        msg("Give its columns usual headers: Client, E-mail, Téléphone, Contact, Langue, Type de client."),
        Where(name),
    )

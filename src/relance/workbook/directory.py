"""The clients sheet: who the clients are, how to reach them, how to speak to them. One row per client."""

from __future__ import annotations

from functools import partial

from relance.domain.model import Hold
from relance.errors import Problem, Severity, Where, msg
from relance.workbook.cells import decide_order, parse_cells, parse_name, parse_phone, parse_text
from relance.workbook.clients import Register
from relance.workbook.columns import SAMPLE, Column, find_columns, header_text
from relance.workbook.headers import meaning
from relance.workbook.read import Row, Sheet, Workbook
from relance.workbook.roles import PEOPLE, Mapping
from relance.workbook.stops import parse_hold
from relance.workbook.table import Table, configured_sheet

_DEEPEST = 40
_REACH = frozenset(PEOPLE[2:]) | {"hold"}


def read_clients(workbook: Workbook, table: Table, mapping: Mapping) -> Register:
    """The register, opened with the clients sheet when there is one; ConfigError when the one configured is missing."""
    register = Register()
    if mapping.clients_sheet:
        sheets = [configured_sheet(workbook, mapping.clients_sheet, "workbook.clients_sheet")]
    else:
        sheets = [sheet for sheet in workbook.sheets if sheet.name != table.sheet]
    found = [(len(columns), sheet, row, columns) for sheet in sheets for row, columns in _header(sheet)]
    if found:
        _, sheet, row, columns = max(found, key=lambda item: item[0])
        _register(register, sheet, row, columns)
    elif mapping.clients_sheet:
        register.problems.append(_no_header(mapping.clients_sheet))
    return register


def _header(sheet: Sheet) -> list[tuple[int, tuple[Column, ...]]]:
    """The first row that reads as the header of a list of clients: a name or code, and a way to reach or treat them."""
    head = sheet.head(_DEEPEST + SAMPLE)
    for number, row in enumerate(head[:_DEEPEST], start=1):
        if sum(1 for cell in row if isinstance(cell, str) and cell and meaning(header_text(cell))) < 2:
            continue
        columns = find_columns(row, head[number:], Mapping())
        roles = {column.role for column in columns}
        if roles & {"client", "client_code"} and roles & _REACH and not roles & {"total", "number", "due"}:
            return [(number, columns)]
    return []


def _register(register: Register, sheet: Sheet, header: int, columns: tuple[Column, ...]) -> None:
    rows = sheet.rows()[header:]
    by_role = {column.role: column for column in reversed(columns)}
    parsers = {"client": parse_name, "contact": parse_name, "phone": parse_phone}
    parsed = [
        parse_cells([row[by_role[role].index] for row in rows], parsers.get(role, parse_text))[0]
        if role in by_role
        else [""] * len(rows)
        for role in PEOPLE
    ]
    identities = list(zip(*parsed, strict=True))
    holds = _holds(register, sheet, header, rows, by_role.get("hold"))
    register.learn_codes(identities)
    for place, identity in enumerate(identities):
        if identity[0] or identity[1]:
            register.meet(identity, partial(_where, sheet.name, header + 1 + place, by_role), holds[place])


def _where(sheet: str, row: int, by_role: dict[str, Column], role: str) -> Where:
    return Where(sheet, row, by_role[role].letters if role in by_role else "")


def _holds(register: Register, sheet: Sheet, header: int, rows: list[Row], column: Column | None) -> list[Hold | None]:
    """The hold of each client; one that cannot be read holds, and is told."""
    if column is None:
        return [None] * len(rows)
    cells = [row[column.index] for row in rows]
    holds, bad = parse_cells(cells, partial(parse_hold, decide_order(cells, None)))
    for place in bad:
        holds[place] = Hold(None, parse_text(cells[place]))
        register.problems.append(
            Problem(
                "hold-unreadable",
                Severity.WARNING,
                msg("Hold: “{value}” cannot be read; the client is not chased.", value=parse_text(cells[place])),
                msg("Type yes, no, a date or a reason."),
                Where(sheet.name, header + 1 + place, column.letters),
                parse_text(cells[place]),
            )
        )
    return holds


def _no_header(name: str) -> Problem:
    return Problem(
        "clients-sheet-unreadable",
        Severity.WARNING,
        msg("Sheet “{sheet}” has no header row with a client and an e-mail, telephone or kind of debtor.", sheet=name),
        msg("Give its columns usual headers: Client, E-mail, Téléphone, Contact, Langue, Type de client."),
        Where(name),
    )

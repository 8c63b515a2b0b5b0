"""An existing workbook adopted: the role found for each column, the missing ones added at the end of the table, and the
mapping written into relance.toml."""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from relance.config import Config
from relance.domain.model import ColumnFound, Ledger
from relance.domain.noted import AdoptedNoted
from relance.domain.owed import owed
from relance.errors import ConfigError, RelanceError, UsageError, msg
from relance.files import write_whole
from relance.office.acts.record import Decided, Desk
from relance.office.book import mapping_of
from relance.settings_file import FILE_NAME
from relance.workbook.reading.roles import ROLES
from relance.workbook.reading.rows import read_ledger
from relance.workbook.xlsx.edits import Edit, NewColumn, Plan
from relance.workbook.xlsx.newcolumn import free_column
from relance.workbook.xlsx.patch import apply_plan
from relance.workbook.xlsx.refs import address, column_letters

ADDED = ("reminder_count", "reminder_dates", "status", "surcharge", "paid", "promise")
ON_REQUEST = ("paid_on", "deposit", "dispute", "hold", "comment")


def decide_adopt(desk: Desk, roles: Sequence[str] = ()) -> Decided:
    """The act of adding the columns relance writes in and the sheet lacks, the usual ones or those named; one that
    would change how the sheet is read is left out, and said.

    UsageError on a role that cannot be added. ConflictError when there is no room at the right of the table.
    """
    for role in roles:
        if role not in (*ADDED, *ON_REQUEST):
            raise UsageError(
                "unknown-choice",
                msg("“{value}” is not a value of {option}.", value=role, option="--add"),
                msg("Choose one of: {choices}.", choices=(*ADDED, *ON_REQUEST)),
            )
    missing = [role for role in (roles or ADDED) if not desk.habits.has(role)]
    chosen = missing
    if not _still_reads(desk, missing):
        chosen = [role for role in missing if _still_reads(desk, [role])]
    plan = _plan(desk, chosen)
    left = [ROLES[role] for role in missing if role not in chosen]
    remarks = [msg("Every column relance writes in is there.")] if not missing else []
    if left:
        remarks.append(
            msg(
                "Not added, for the sheet would be read otherwise with an empty column of that name: {roles}.",
                roles=left,
            )
        )
    headers = tuple(column.header for column in plan.columns)
    added = tuple(
        ColumnFound(role, column_letters(column.column), column.header, "added")
        for role, column in zip(chosen, plan.columns, strict=True)
    )
    facts = (AdoptedNoted(headers=headers),) if headers else ()
    title = msg("Columns of sheet {sheet}", sheet=desk.habits.table.sheet)
    return Decided(
        act="adopt", title=title, plan=plan, facts=facts, remarks=tuple(remarks), found=(*desk.sheet.columns, *added)
    )


def _plan(desk: Desk, roles: Sequence[str]) -> Plan:
    """The headers side by side at the right end of the table, in the format of the last one there."""
    if not roles:
        return Plan()
    habits = desk.habits
    table = habits.table
    headed = max(place for place, text in enumerate(table.headers, start=1) if text)
    first = free_column(habits.book, table.sheet, table.header_row, headed)
    like = address(table.header_row, first - 1)
    columns = tuple(
        NewColumn(sheet=table.sheet, column=first + place, header=habits.usual_header(role), row=table.header_row)
        for place, role in enumerate(roles)
    )
    edits = tuple(
        Edit(
            table.sheet,
            address(column.row, column.column),
            None,
            column.header,
            msg("new column: {role}", role=ROLES[role]),
            like,
        )
        for role, column in zip(roles, columns, strict=True)
    )
    return Plan(edits, (), {table.sheet: table.header_row}, columns=columns)


def _still_reads(desk: Desk, roles: Sequence[str]) -> bool:
    """Whether the sheet says the same of every invoice with these columns, which then play these roles."""
    before = desk.sheet
    mapping = mapping_of(desk.book.config)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / desk.book.path.name
        file.write_bytes(apply_plan(desk.snapshot.data, _plan(desk, roles), opened=desk.habits.book))
        try:
            after = read_ledger(file, mapping)
        except RelanceError:
            return False
    found = {column.role for column in after.columns}
    return found >= {*roles, *(column.role for column in before.columns)} and _sums(before) == _sums(after)


def _sums(ledger: Ledger) -> tuple[object, ...]:
    rows = [(row.number, row.where.row, owed(row), row.level) for row in (*ledger.invoices, *ledger.credits)]
    return rows, [row.where.row for row in ledger.set_aside]


def write_mapping(config: Config, columns: Sequence[ColumnFound]) -> Path | None:
    """Write the column of each role into relance.toml beside the workbook; None, and nothing written, when it says
    something of the columns already."""
    path = config.folder / FILE_NAME
    try:
        held = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        held = ""
    if "columns" in tomllib.loads(held):
        return None
    by_role: dict[str, list[str]] = {}
    for column in columns:
        by_role.setdefault(column.role, []).append(column.header or column.column)
    lines = [f"{role} = {json.dumps(', '.join(headers), ensure_ascii=False)}" for role, headers in by_role.items()]
    start = held if not held or held.endswith("\n") else held + "\n"
    text = "\n".join([*([start] if start else []), "[columns]", *lines, ""])
    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        raise ConfigError(
            "config-unwritable",
            msg("{file} cannot be written: {reason}.", file=str(path), reason=error.strerror or str(error)),
            msg("Get the right to write there, or free some space, then try again."),
        ) from error
    return path

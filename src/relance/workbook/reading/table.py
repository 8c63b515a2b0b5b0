"""Where the tracking table is: the sheet among several, the header row wherever it stands, the rows that belong to it.

Titles above, blank rows inside, a second table or notes below, an Excel table's own range: settled here. It must not
read a row's values beyond what tells where the table ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from relance.errors import ConfigError, Message, Problem, Severity, Where, WorkbookError, msg
from relance.workbook.reading.columns import SAMPLE, Column, find_columns, find_rivals, header_text, nearest_header
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.inside import ExcelTable, Inside
from relance.workbook.reading.read import Row, Sheet, Workbook
from relance.workbook.reading.roles import ROLES, Mapping
from relance.workbook.reading.twoline import joined_header, may_be_header
from relance.workbook.reading.words import sums_up

_NUMBERS = (float, int)
_DEEPEST = 40  # header rows stand on rows 1 to 15 in the tables seen


class Table(Struct, frozen=True, kw_only=True):
    """The tracking table: its sheet, its header row and first and last data rows (as Excel numbers them), its columns.

    `repeated` are rows inside that repeat the header. `rivals` are further columns of the same header as one of
    `columns`, which nobody said which of the two to read. `excel` is the Excel table it is, if any.
    """

    sheet: str
    header_row: int
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    headers: tuple[str, ...] = ()
    repeated: frozenset[int] = frozenset()
    rivals: tuple[Column, ...] = ()
    excel: ExcelTable | None = None
    problems: tuple[Problem, ...] = ()

    def column(self, role: str) -> Column | None:
        """The column that plays a role (the first one, for numbered columns), or None."""
        return next((column for column in self.columns if column.role == role), None)

    def all(self, role: str) -> tuple[Column, ...]:
        """All columns that play a role, numbered ones in their order."""
        return tuple(column for column in self.columns if column.role == role)


class _Candidate(Struct, frozen=True):
    sheet: Sheet
    header_row: int
    columns: tuple[Column, ...]
    excel: ExcelTable | None = None
    header: Row = []  # both lines joined where the header has two, the lower one being the header row

    @property
    def roles(self) -> set[str]:
        return {column.role for column in self.columns}

    @property
    def missing(self) -> tuple[str, ...]:
        """The indispensable roles no column plays: number or client, an amount, a date."""
        wanted = (("number", "client"), ("total", "total_excl_tax"), ("due", "issued"))
        return tuple(roles[0] for roles in wanted if not self.roles & set(roles))

    @property
    def rank(self) -> tuple[int, int, int]:
        """How much it looks like the tracking table; more is better."""
        telling = {"due", "status", "number", "reminder_count", "reminder_dates", "balance", "client"}
        roles = self.roles
        return (
            len(roles) + 2 * len(roles & telling) + 3 * self.sheet.visible,
            self.sheet.height,
            -self.header_row,
        )


def find_table(workbook: Workbook, mapping: Mapping, inside: Inside | None = None) -> Table:
    """The tracking table of a workbook.

    WorkbookError no-tracking-table, with what is missing on each sheet and the nearest header; ConfigError
    sheet-not-found or column-not-found when the configuration names what is not there.
    """
    candidates = [
        candidate for sheet in _sheets(workbook, mapping) for candidate in _candidates(sheet, mapping, inside)
    ]
    complete = [candidate for candidate in candidates if not candidate.missing]
    if not complete:
        raise _no_table(workbook, mapping, candidates)
    best = max(complete, key=lambda candidate: candidate.rank)
    return _extent(best, _others(best, complete))


def _sheets(workbook: Workbook, mapping: Mapping) -> list[Sheet]:
    if mapping.sheet:
        return [configured_sheet(workbook, mapping.sheet, "workbook.sheet")]
    return [sheet for sheet in workbook.sheets if sheet.name != (mapping.clients_sheet or "")]


def configured_sheet(workbook: Workbook, name: str, key: str) -> Sheet:
    """The sheet the configuration names under `key`; ConfigError sheet-not-found."""
    sheet = workbook.sheet(name)
    if sheet is None:
        raise ConfigError(
            "sheet-not-found",
            msg(
                "The configuration names the sheet “{sheet}”, which {file} does not have.",
                sheet=name,
                file=workbook.path.name,
            ),
            msg(
                "Its sheets are: {sheets}. Correct {key} in relance.toml.",
                sheets=tuple(s.name for s in workbook.sheets),
                key=key,
            ),
        )
    return sheet


def _candidates(sheet: Sheet, mapping: Mapping, inside: Inside | None) -> Iterator[_Candidate]:
    """The header rows a sheet may have, best guess per row; rows with fewer than two known headers are not headers."""
    head = sheet.head(max(_DEEPEST, mapping.header_row or 0) + SAMPLE)
    excel = {table.top: table for table in (inside.tables(sheet.name) if inside else ()) if table.has_header}
    if mapping.header_row:
        rows: Sequence[int] = [mapping.header_row] if mapping.header_row <= len(head) else []
        if rows and rows[0] > 1 and (two := _two_lines(sheet, head, rows[0] - 1, mapping)):
            rows = [rows[0] - 1]
    else:
        rows = sorted({*range(1, min(_DEEPEST, len(head)) + 1), *(top for top in excel if top <= len(head))})
    for number in rows:
        row, table = head[number - 1], excel.get(number)
        if table:
            row = [cell if table.left <= index <= table.right else "" for index, cell in enumerate(row, start=1)]
        two = None if table else _two_lines(sheet, head, number, mapping)
        columns: tuple[Column, ...] = ()
        if _known(row) >= 2 or mapping.columns:
            columns = _columns(row, head[number:], mapping, certain=bool(mapping.header_row and not two))
        if columns:
            yield _Candidate(sheet, number, columns, table)
        if two and _told(two.columns) > _told(columns):
            yield two


def _known(row: Row) -> int:
    """How many cells of a row are headers that people use."""
    return sum(1 for cell in row if isinstance(cell, str) and cell and meaning(header_text(cell)))


def _two_lines(sheet: Sheet, head: Sequence[Row], number: int, mapping: Mapping) -> _Candidate | None:
    """The header that a row makes with the next one, where that tells more than the lower line alone."""
    if number + 1 >= len(head) or _known(head[number]) < 2 or not may_be_header(head[number]):
        return None
    header = joined_header(head[number - 1], head[number], sheet.merged(), number)
    if header == list(map(header_text, head[number])) or _known(header) < 2:
        return None
    alone, columns = (_columns(row, head[number + 1 :], mapping) for row in (head[number], header))
    return _Candidate(sheet, number + 1, columns, None, header) if _told(columns) > _told(alone) else None


def _told(columns: Sequence[Column]) -> int:
    return len({column.role for column in columns})


def _columns(row: Row, below: Sequence[Row], mapping: Mapping, *, certain: bool = False) -> tuple[Column, ...]:
    """The columns of a row; where it is certainly the header, a configured column not found is an error, else another
    row has it."""
    try:
        return find_columns(row, below, mapping)
    except ConfigError:
        if certain:
            raise
        return ()


def _others(best: _Candidate, complete: Sequence[_Candidate]) -> tuple[Problem, ...]:
    """Other sheets that look like trackers too: not read, and said so, for an invoice on them would be forgotten."""
    names = {
        candidate.sheet.name: candidate
        for candidate in complete
        if candidate.sheet is not best.sheet
        and {"number", "client"} <= candidate.roles
        and candidate.roles & {"due", "status"}
    }
    return tuple(
        Problem(
            "other-tracking-table",
            Severity.WARNING,
            msg("Sheet “{other}” holds invoices too; only “{sheet}” is read.", other=name, sheet=best.sheet.name),
            msg("Name the sheet to read as workbook.sheet in relance.toml, or keep all invoices on one sheet."),
            Where(name),
        )
        for name in names
    )


def _extent(found: _Candidate, problems: tuple[Problem, ...]) -> Table:
    rows = found.sheet.rows()
    headers = tuple(header_text(cell) for cell in found.header or rows[found.header_row - 1])
    last, repeated = len(rows), frozenset[int]()
    if found.excel:
        last = min(last, found.excel.bottom - found.excel.total_rows)
        problems = (*problems, *_below(rows, found, found.excel))
    else:
        last, repeated = _end(rows, found)
    return Table(
        sheet=found.sheet.name,
        header_row=found.header_row,
        first_row=found.header_row + 1,
        last_row=last,
        columns=found.columns,
        headers=headers,
        repeated=repeated,
        rivals=find_rivals(headers, found.columns, (found.excel.left, found.excel.right) if found.excel else None),
        excel=found.excel,
        problems=problems,
    )


def _below(rows: Sequence[Row], found: _Candidate, excel: ExcelTable) -> Iterator[Problem]:
    """A warning for invoices typed under an Excel table that did not grow to hold them: they are not in it."""
    by_role = {column.role: column for column in reversed(found.columns)}
    number, total = by_role.get("number"), by_role.get("total")
    if number is None or total is None:
        return
    for place in range(excel.bottom, len(rows)):
        label, amount = rows[place][number.index], rows[place][total.index]
        if isinstance(amount, float) and label != "" and not (isinstance(label, str) and sums_up(label)):
            yield Problem(
                "row-below-table",
                Severity.WARNING,
                msg(
                    "Row {row} stands below the Excel table “{table}” and is not read.",
                    row=str(place + 1),
                    table=excel.name,
                ),
                msg("Extend the table to that row (drag its lower right corner) if it is an invoice."),
                Where(found.sheet.name, place + 1),
                str(label),
            )


def _end(rows: Sequence[Row], found: _Candidate) -> tuple[int, frozenset[int]]:
    """The last row before another table begins, and the rows inside that repeat this table's header."""
    amounts = [column.index for column in found.columns if column.role in {"total", "total_excl_tax"}]
    own = {column.index for column in found.columns}
    repeated = set()
    for number, row in enumerate(rows[found.header_row :], start=found.header_row + 1):
        if isinstance(row[amounts[0]], _NUMBERS):
            continue
        roles = [
            (index, cell)
            for index, cell in enumerate(row)
            if isinstance(cell, str) and cell and meaning(header_text(cell))
        ]
        if len(roles) < 2:
            continue
        same = sum(1 for index, cell in roles if header_text(cell) == header_text(rows[found.header_row - 1][index]))
        if same >= 2 and 2 * same >= len(own):
            repeated.add(number)
        elif 2 * len(roles) >= sum(1 for cell in row if cell != ""):
            return number - 1, frozenset(repeated)
    return len(rows), frozenset(repeated)


def _no_table(workbook: Workbook, mapping: Mapping, candidates: Sequence[_Candidate]) -> Exception:
    if mapping.columns:
        _raise_configured(workbook, mapping, candidates)
    details = tuple(_what_is_missing(sheet, candidates) for sheet in _sheets(workbook, mapping))
    return WorkbookError(
        "no-tracking-table",
        msg("{file} holds no tracking table: {details}.", file=workbook.path.name, details=details),
        msg("A tracking table has a header row with at least an invoice number or a client, an amount and a date. "
            "Name its columns under [columns] in relance.toml."),
    )  # fmt: skip


def _raise_configured(workbook: Workbook, mapping: Mapping, candidates: Sequence[_Candidate]) -> None:
    """When a configured column is why no table was found, say that."""
    plain = Mapping(sheet=mapping.sheet, clients_sheet=mapping.clients_sheet)
    if candidates or not mapping.columns:
        return
    found = [item for sheet in _sheets(workbook, plain) for item in _candidates(sheet, plain, None)]
    if found:
        best = max(found, key=lambda candidate: candidate.rank)
        head = best.sheet.head(_DEEPEST + SAMPLE)
        find_columns(head[best.header_row - 1], head[best.header_row :], mapping)


def _what_is_missing(sheet: Sheet, candidates: Sequence[_Candidate]) -> Message:
    own = [candidate for candidate in candidates if candidate.sheet is sheet]
    if not own:
        return msg("sheet “{sheet}” has no header row", sheet=sheet.name)
    best = max(own, key=lambda candidate: (-len(candidate.missing), len(candidate.columns)))
    headers = [header_text(cell) for cell in sheet.head(best.header_row)[best.header_row - 1]]
    near = {role: nearest_header(role, headers) for role in best.missing}
    missing = tuple(
        msg("{role} (nearest header: “{header}”)", role=ROLES[role], header=near[role]) if near[role] else ROLES[role]
        for role in best.missing
    )
    return msg(
        "sheet “{sheet}”, row {row}, lacks {missing}", sheet=sheet.name, row=str(best.header_row), missing=missing
    )

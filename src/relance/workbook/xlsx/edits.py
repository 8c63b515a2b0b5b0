"""What is to be written into a workbook, as a value: shown to a person, then applied as it was shown, or taken back.

Pure: it must not know bytes nor files.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from relance.errors import Message, msg
from relance.workbook.xlsx.values import Value, same_value


class Edit(Struct, frozen=True):
    """One cell to write: its sheet, its name (`D12`), what it must still hold, what it will hold, and why.

    `like` names the cell whose format it takes where it was never written.
    """

    sheet: str
    cell: str
    before: Value
    after: Value
    why: Message
    like: str = ""


class NewRow(Struct, frozen=True, kw_only=True):
    """A row a plan adds under the last invoice: the row, the one above it whose formats and formulas it takes, the
    columns of the table ([left, right], numbers), the header's row, and whether the row's place was that of the
    totals, which move one row down. `taken_back` empties the formulas such a row was given."""

    sheet: str
    row: int
    above: int
    left: int
    right: int
    header: int
    moves_totals: bool = False
    taken_back: bool = False


class NewColumn(Struct, frozen=True, kw_only=True):
    """A column a plan adds at the right end of the table: its number, its header and the header's row. The header's
    cell is one of the edits; `taken_back` takes the column off the Excel table again."""

    sheet: str
    column: int
    header: str
    row: int
    taken_back: bool = False


class Plan(Struct, frozen=True):
    """Everything one act writes: all of it or nothing.

    `headers` gives the header's row of a sheet, above which no format is taken; `notices` are what the person should
    know before saying yes.
    """

    edits: tuple[Edit, ...] = ()
    rows: tuple[NewRow, ...] = ()
    headers: dict[str, int] = {}
    notices: tuple[Message, ...] = ()
    columns: tuple[NewColumn, ...] = ()

    @property
    def effective(self) -> tuple[Edit, ...]:
        """The edits that change something."""
        return tuple(edit for edit in self.edits if not unchanged(edit))


def unchanged(edit: Edit) -> bool:
    """Whether an edit writes what is there, blanks around text included.

    >>> unchanged(Edit("S", "B2", 3, Decimal("3.00"), msg("x"))), unchanged(Edit("S", "B2", " a", "a", msg("x")))
    (True, False)
    """
    if isinstance(edit.before, str) and isinstance(edit.after, str):
        return edit.before == edit.after
    return same_value(edit.before, edit.after)


def reversed_plan(plan: Plan) -> Plan:
    """The plan that takes a plan back: each cell as it was, last first.

    A row that was added is emptied and stays: the next invoice takes it.

    >>> plan = Plan((Edit("Factures", "H5", None, 3, msg("paid")),))
    >>> reversed_plan(plan).edits[0].after is None
    True
    """
    back = tuple(
        Edit(edit.sheet, edit.cell, edit.after, edit.before, msg("taken back: {why}", why=edit.why))
        for edit in reversed(plan.edits)
    )
    rows = tuple(replace(row, taken_back=not row.taken_back, moves_totals=False) for row in reversed(plan.rows))
    columns = tuple(replace(column, taken_back=not column.taken_back) for column in reversed(plan.columns))
    return Plan(back, rows, plan.headers, columns=columns)


def to_record(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values, for the journal; reasons and notices are not kept.

    >>> to_record(Plan((Edit("S", "B2", None, Decimal("12.50"), msg("x")),)))["edits"]
    [{'sheet': 'S', 'cell': 'B2', 'before': None, 'after': {'number': '12.50'}}]
    """
    return {
        "edits": [
            {"sheet": edit.sheet, "cell": edit.cell, "before": _record(edit.before), "after": _record(edit.after)}
            for edit in plan.edits
        ],
        "rows": [{name: getattr(row, name) for name in NewRow.__struct_fields__} for row in plan.rows],
        "headers": dict(plan.headers),
        **({"columns": [asdict(column) for column in plan.columns]} if plan.columns else {}),
    }


def from_record(record: dict[str, Any], why: Message) -> Plan:
    """The plan that `to_record` wrote, each edit for the reason given.

    >>> plan = Plan((Edit("S", "B2", date(2026, 9, 30), "x", msg("y")),))
    >>> from_record(to_record(plan), msg("y")) == plan
    True
    """
    edits = tuple(
        Edit(edit["sheet"], edit["cell"], _value(edit["before"]), _value(edit["after"]), why)
        for edit in record["edits"]
    )
    columns = tuple(NewColumn(**column) for column in record.get("columns", ()))
    return Plan(edits, tuple(NewRow(**row) for row in record["rows"]), dict(record["headers"]), columns=columns)


def _record(value: Value) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    return value


def _value(record: Any) -> Value:
    if not isinstance(record, dict):
        return record  # type: ignore[no-any-return]  # a JSON text, number, yes/no or null is itself
    if "moment" in record:
        return datetime.fromisoformat(record["moment"])
    return date.fromisoformat(record["date"]) if "date" in record else Decimal(record["number"])

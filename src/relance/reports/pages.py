"""What one command answers for several workbooks: a page per workbook in, one view out, each row telling its workbook.

It must not know commands: tables of the same columns are joined, amounts of the same name and currency are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from relance.errors import Message, Problem, Severity, Where, msg, msg_n
from relance.money import ZERO, Money
from relance.reports.view import Align, Bar, Column, Facts, Figure, Line, Part, Section, Table, Tone, View

WORKBOOK = Column("workbook", msg("workbook"), type="text")


class Broken(Struct, frozen=True):
    """Why a workbook has no page: the code, sentence and remedy of the error, and its exit code."""

    code: str
    message: Message
    remedy: Message
    exit_code: int


class Page(Struct, frozen=True, kw_only=True):
    """What the command answers for one workbook, made whole: the parts of a `View` that the format asked for needs.
    `form` is the format the
    command chose; `passed_over`: a spreadsheet of a folder that holds no tracking table."""

    workbook: str
    title: Message = Message("")
    data: dict[str, Any] = {}
    sections: tuple[Section, ...] = ()
    export: Table | None = None
    remarks: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    exit_code: int = 0
    form: str = ""
    width: int | None = None
    broken: Broken | None = None
    passed_over: bool = False
    silent: bool = False


def page_of(workbook: str, view: View, form: str) -> Page:
    """The page of a workbook: its data for JSON, else its sections, and its table for csv."""
    for_programs = form == "json"
    return Page(
        workbook=workbook,
        title=view.title,
        data=view.data() if for_programs else {},
        sections=() if for_programs else view.sections(),
        export=view.export() if view.export and not for_programs else None,
        remarks=() if for_programs else view.remarks(),
        problems=view.problems,
        exit_code=view.exit_code,
        form=form,
        width=view.width,
        silent=view.silent,
    )


def join_pages(command: str, pages: Sequence[Page]) -> View:
    """One view of all: sums first, what each workbook adds to them, then the tables joined; workbooks that could not be
    read are problems of it, and the exit code is the gravest."""
    passed = [page.workbook for page in pages if page.passed_over]
    pages = [page for page in pages if not page.passed_over]
    whole = [page for page in pages if page.broken is None and not page.silent]
    exports = [(page.workbook, page.export) for page in whole if page.export]
    return View(
        command=command,
        title=_title(whole, len(pages)),
        data=lambda: _data(pages),
        sections=lambda: (*broken_lines(pages), *_sections(whole)),
        export=(lambda: _join_tables(exports)) if exports else None,
        remarks=lambda: (
            *_join_lines([(page.workbook, line) for page in whole for line in page.remarks]),
            *([Line(msg("No tracking table, passed over: {files}.", files=passed))] if passed else ()),
        ),
        problems=tuple(problem for page in pages for problem in _problems(page)),
        exit_code=max((page.broken.exit_code if page.broken else page.exit_code for page in pages), default=0),
        width=max((page.width for page in whole if page.width), default=None),
        silent=bool(pages) and all(page.silent for page in pages),
    )


def _title(pages: Sequence[Page], count: int) -> Message:
    """That of the command, with the number of workbooks where it has the name of one."""
    name = msg_n("{n} workbook", "{n} workbooks", count)
    own = pages[0].title if pages else None
    return replace(own, args={**own.args, "name": name}) if own and "name" in own.args else name


def _data(pages: Sequence[Page]) -> dict[str, Any]:
    """Lists are joined, each entry naming its workbook; whatever is no list stands in `workbooks[]`."""
    joined: dict[str, Any] = {"workbooks": []}
    for page in pages:
        error = {"code": page.broken.code, "message": page.broken.message} if page.broken else None
        own: dict[str, Any] = {"workbook": page.workbook, "error": error}
        for key, value in page.data.items():
            if isinstance(value, list):
                joined.setdefault(key, []).extend(_with_workbook(page.workbook, entry) for entry in value)
            else:
                own[key] = value
        joined["workbooks"].append(own)
    return joined


def _with_workbook(workbook: str, entry: Any) -> Any:
    return {"workbook": workbook, **entry} if isinstance(entry, dict) else entry


def _problems(page: Page) -> Iterable[Problem]:
    if page.broken:
        error = page.broken
        yield Problem(error.code, Severity.ERROR, error.message, error.remedy, Where("", workbook=page.workbook))
    for problem in page.problems:
        yield replace(problem, where=replace(problem.where or Where(""), workbook=page.workbook))


def broken_lines(pages: Sequence[Page]) -> Iterable[Line]:
    """The workbooks that could not be read, each with why and what to do."""
    for page in pages:
        if page.broken:
            text = msg(
                "{workbook}: {problem} {hint}",
                workbook=page.workbook, problem=page.broken.message, hint=page.broken.remedy,
            )  # fmt: skip
            yield Line(text, Tone.BAD)


def _sections(pages: Sequence[Page]) -> Iterable[Section]:
    kinds: dict[type, list[tuple[str, Any]]] = {Facts: [], Bar: [], Table: [], Line: []}
    for page in pages:
        for section in page.sections:
            kinds.setdefault(type(section), []).append((page.workbook, section))
    yield from _join_facts(kinds[Facts])
    yield from _join_bars([bar for _, bar in kinds[Bar]])
    yield from _by_workbook(kinds[Facts])
    tables: dict[tuple[str, ...], list[tuple[str, Table]]] = {}
    for workbook, table in kinds[Table]:
        key = (table.title.text if table.title else "", *(column.key for column in table.columns))
        tables.setdefault(key, []).append((workbook, table))
    yield from (_join_tables(several) for several in tables.values())
    yield from _join_lines(kinds[Line])


def _amounts(value: Any) -> tuple[Money, ...]:
    value = value.value if isinstance(value, Figure) else value
    several = value if isinstance(value, tuple) else (value,)
    return several if all(isinstance(item, Money) for item in several) else ()


def _rows_of(facts: Facts) -> dict[str, dict[str, tuple[Money, ...]]]:
    """The amounts of some figures: by currency of the first one, then by label."""
    amounts = {label.text: (label, _amounts(value)) for label, value, _ in facts.items if _amounts(value)}
    first = next(iter(amounts.values()), None)
    return {first[1][0].currency: {text: several for text, (_, several) in amounts.items()}} if first else {}


def _join_facts(several: Sequence[tuple[str, Facts]]) -> Iterable[Facts]:
    """The figures added up, one line per currency; those that are no amounts are left to each workbook."""
    items = [item for _, facts in several for item in facts.items if _amounts(item[1])]
    labels = {label.text: (label, tone) for label, _, tone in items}
    sums: dict[str, dict[str, dict[str, Decimal]]] = {}
    for _, facts in several:
        for currency, amounts in _rows_of(facts).items():
            for text, moneys in amounts.items():
                mine = sums.setdefault(currency, {}).setdefault(text, {})
                for money in moneys:
                    mine[money.currency] = mine.get(money.currency, ZERO) + money.amount
    for by_label in sums.values():
        yield Facts(
            items=tuple(
                (label, _one([Money(amount, other) for other, amount in by_label[text].items()]), tone)
                for text, (label, tone) in labels.items()
                if text in by_label
            )
        )


def _one(amounts: list[Money]) -> Any:
    return amounts[0] if len(amounts) == 1 else tuple(amounts)


def _by_workbook(several: Sequence[tuple[str, Facts]]) -> Iterable[Table]:
    """What each workbook adds to the figures: a row per workbook and currency."""
    labels = {label.text: label for _, facts in several for label, value, _ in facts.items if _amounts(value)}
    rows = [
        (workbook, *(_one(list(amounts[text])) if text in amounts else None for text in labels))
        for workbook, facts in several
        for amounts in _rows_of(facts).values()
    ]
    columns = (WORKBOOK, *(Column(text, label, Align.RIGHT) for text, label in labels.items()))
    if len(rows) > 1:
        yield Table(title=msg("By workbook"), columns=columns, rows=tuple(rows))


def _join_bars(bars: Sequence[Bar]) -> Iterable[Bar]:
    by_currency: dict[str, list[Bar]] = {}
    for bar in bars:
        by_currency.setdefault(bar.currency, []).append(bar)
    for currency, several in by_currency.items():
        parts: dict[str, Part] = {}
        for part in (part for bar in several for part in bar.parts):
            key = str(part.label)
            known = parts.get(key)
            parts[key] = (
                replace(known, amount=known.amount + part.amount, count=known.count + part.count) if known else part
            )
        yield Bar(currency=currency, parts=tuple(parts.values()), title=several[0].title)


def _join_tables(several: Sequence[tuple[str, Table]]) -> Table:
    """The rows of tables of the same columns, each telling its workbook, in the order of their `keys` where all have
    some, else by workbook; the totals are added per currency."""
    first = several[0][1]
    rows = [
        (table.keys[at] if table.keys else at, (workbook, *row), table.tones[at] if table.tones else Tone.PLAIN)
        for workbook, table in several
        for at, row in enumerate(table.rows)
    ]
    if all(table.keys or not table.rows for _, table in several):
        rows.sort(key=lambda row: row[0])
    count = sum(title.args["n"] for _, table in several if (title := table.title) and "n" in title.args)
    title = first.title
    if title and "n" in title.args:
        title = Message(title.text, {**title.args, "n": count}, title.plural)
    return replace(
        first,
        title=title,
        columns=(WORKBOOK, *first.columns),
        rows=tuple(row for _, row, _ in rows),
        tones=tuple(tone for _, _, tone in rows) if any(table.tones for _, table in several) else (),
        totals=tuple(_join_totals([row for _, table in several for row in table.totals])),
        keys=(),
    )


def _join_totals(rows: Sequence[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    sums: dict[str, tuple[Any, ...]] = {}
    for row in rows:
        currency = next((cell.currency for cell in row if isinstance(cell, Money)), "")
        known = sums.get(currency)
        sums[currency] = tuple(map(_added, known, row)) if known else row
    yield from ((row[0], None, *row[1:]) for row in sums.values())


def _added(one: Any, other: Any) -> Any:
    if isinstance(one, Money) and isinstance(other, Money):
        return Money(one.amount + other.amount, one.currency)
    return one if one == other else None  # a mean of each is no mean of all


def _join_lines(lines: Sequence[tuple[str, Line]]) -> tuple[Line, ...]:
    """Each sentence once: with its workbook, or with the number of workbooks that say it."""
    said: dict[tuple[str, str], list[tuple[str, Line]]] = {}
    for workbook, line in lines:
        said.setdefault((str(line.text), line.tone), []).append((workbook, line))
    return tuple(_said_by(several) for several in said.values())


def _said_by(several: Sequence[tuple[str, Line]]) -> Line:
    workbook, line = several[0]
    if len(several) == 1:
        return replace(line, text=msg("{workbook}: {text}", workbook=workbook, text=line.text))
    return replace(
        line, text=msg_n("{n} workbook: {text}", "{n} workbooks, each: {text}", len(several), text=line.text)
    )

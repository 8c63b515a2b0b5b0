"""Published interest rates by half-year: rows of a rate file in, tables that answer "which rate, from where" out.

It must not know where the rows come from, nor who owes what: `config` reads the files, `law` says which table counts.
A rate is never extrapolated in silence: what is not known is answered with the nearest known row, marked provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from relance.dates import HalfYear
from relance.errors import Message, Problem, Severity, msg

_NOT_RATES = frozenset({"half_year", "source"})
_HIGHEST = Decimal(30)  # far above any rate published since 1999: catches 265 typed for 2,65
_LARGEST_LEAP = 5  # points between two half-years; the largest so far is 2.4 (legal rate, 2023-S2)


class RatesError(ValueError):
    """Rates that do not load: a gap, an overlap, a half-year or a figure that cannot be read. `message` says which."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Rate(Struct, frozen=True):
    """One published rate: percent per year in force for a half-year, and where it was published. `own` marks a row the
    user added."""

    half_year: HalfYear
    percent: Decimal
    source: str
    own: bool = False


class OwnRate(Struct, frozen=True):
    """A row as the user typed it, not yet checked: the table's name, the half-year, percent per year, its source."""

    table: str
    half_year: str
    percent: str
    source: str


class Quote(Struct, frozen=True):
    """The answer of a table for a half-year: `provisional` when that half-year has no row, and the nearest known row
    (the last one, for a half-year to come) stands in for it."""

    rate: Rate
    provisional: bool = False


class RateTable(Struct, frozen=True, eq=False):
    """One rate over the years: a row for every half-year, oldest first, without gap."""

    name: str
    rows: tuple[Rate, ...]

    def at(self, half_year: HalfYear) -> Quote:
        """The rate of a half-year.

        >>> table = build_table("ecb", [("2026-S1", "2.15", "ECB"), ("2026-S2", "2.40", "ECB")])
        >>> quote = table.at(HalfYear(2027, 1))
        >>> str(quote.rate.half_year), quote.rate.percent, quote.provisional
        ('2026-S2', Decimal('2.40'), True)
        """
        place = _number(half_year) - _number(self.rows[0].half_year)
        if 0 <= place < len(self.rows):
            return Quote(self.rows[place])
        return Quote(self.rows[0 if place < 0 else -1], provisional=True)

    def in_force(self, today: date) -> Quote:
        """The rate on a day."""
        return self.at(HalfYear.of(today))

    def since(self, half_year: HalfYear) -> RateTable:
        """The same rates, those of earlier half-years taken as not known."""
        return RateTable(self.name, tuple(row for row in self.rows if row.half_year >= half_year))


class Rates(Struct, frozen=True, eq=False):
    """All tables by name: `ecb` (main refinancing rate), `legal-other` and `legal-individual` (French legal rate, by
    creditor). Compared and cached by identity: it is loaded once per run."""

    tables: Mapping[str, RateTable]

    def __getitem__(self, name: str) -> RateTable:
        return self.tables[name]

    def since(self, half_year: HalfYear) -> Rates:
        """The same tables, the rates of earlier half-years taken as not known."""
        return Rates({name: table.since(half_year) for name, table in self.tables.items()})


def next_change(today: date) -> date:
    """The first day of the next half-year, on which the rates can change.

    >>> next_change(date(2026, 11, 20))
    datetime.date(2027, 1, 1)
    """
    return HalfYear.of(today).next.first


def build_table(name: str, rows: Iterable[tuple[str, str, str]], *, own: bool = False) -> RateTable:
    """A table from (half-year, percent, source) texts, oldest first, one row per half-year without gap.

    Raises RatesError otherwise.
    """
    found = tuple(_read_rate(name, half_year, percent, source, own=own) for half_year, percent, source in rows)
    _check_sequence(name, found)
    return RateTable(name, found)


def build_rates(files: Iterable[Iterable[Mapping[str, str]]]) -> Rates:
    """The tables of the rate files: each row has `half_year` and `source`; every other column is a table of that name.

    >>> rates = build_rates([[{"half_year": "2026-S2", "ecb": "2.40", "source": "ECB"}]])
    >>> rates["ecb"].rows[0].percent
    Decimal('2.40')
    """
    tables: dict[str, RateTable] = {}
    for file in files:
        rows = list(file)
        for name in (column for column in rows[0] if column not in _NOT_RATES):
            tables[name] = build_table(name, ((row["half_year"], row[name], row["source"]) for row in rows))
    return Rates(tables)


def add_own_rates(rates: Rates, own: Iterable[OwnRate]) -> tuple[Rates, tuple[Problem, ...]]:
    """The rates with the user's own rows laid over the shipped ones, in whatever order they come.

    A shipped row is never overridden: where both exist and differ the shipped one counts, and a problem
    (`rate-conflict`) says so. Raises RatesError for an unknown table, a bad row, or a gap.
    """
    added: dict[str, list[Rate]] = {}
    problems = []
    for entry in own:
        row = check_own_rate(rates, entry)
        shipped = shipped_rate(rates, entry.table, row.half_year)
        if shipped is None:
            added.setdefault(entry.table, []).append(row)
        elif shipped.percent != row.percent:
            problems.append(_conflict(entry.table, row, shipped))
    tables = dict(rates.tables)
    for name, rows in added.items():
        merged = tuple(sorted((*tables[name].rows, *rows), key=lambda row: row.half_year))
        _check_sequence(name, merged)
        tables[name] = replace(tables[name], rows=merged)
    return Rates(tables), tuple(problems)


def check_own_rate(rates: Rates, entry: OwnRate) -> Rate:
    """The row a user wants to add, read and held against the plausible range (0 to 30 %); RatesError otherwise.

    >>> check_own_rate(Rates({"ecb": RateTable("ecb", ())}), OwnRate("ecb", "2027-S1", "265", "us"))
    Traceback (most recent call last):
    relance.domain.late_fees.rates.RatesError: ecb, 2027-S1: 265 % is not plausible for a published rate (0 to 30 %).
    """
    name = entry.table
    if name not in rates.tables:
        raise RatesError(
            msg("There is no rate table named {name}; known: {known}.", name=name, known=tuple(rates.tables))
        )
    row = _read_rate(name, entry.half_year, entry.percent, entry.source, own=True)
    if not 0 <= row.percent <= _HIGHEST:
        raise RatesError(
            msg(
                "{name}, {half_year}: {percent} % is not plausible for a published rate (0 to {highest} %).",
                name=name, half_year=entry.half_year, percent=row.percent, highest=_HIGHEST,
            )
        )  # fmt: skip
    return row


def check_leap(rates: Rates, entry: OwnRate) -> None:
    """RatesError where a rate that somebody types is far from that of the half-year before: 26 typed for 2.6. From 1999
    on none of these rates moved by three points in half a year.

    >>> rates = build_rates([[{"half_year": "2026-S2", "ecb": "2.40", "source": "ECB"}]])
    >>> check_leap(rates, OwnRate("ecb", "2027-S1", "2.65", "us"))
    >>> check_leap(rates, OwnRate("ecb", "2027-S1", "26", "us"))
    Traceback (most recent call last):
    relance.domain.late_fees.rates.RatesError: ecb, 2027-S1: 26 % is far from the 2.40 % of 2026-S2.
    """
    row = check_own_rate(rates, entry)
    before = next((other for other in rates[entry.table].rows if other.half_year == row.half_year.previous), None)
    if before and abs(row.percent - before.percent) > _LARGEST_LEAP:
        raise RatesError(
            msg(
                "{name}, {half_year}: {percent} % is far from the {before} % of {earlier}.",
                name=entry.table, half_year=entry.half_year, percent=row.percent, before=before.percent,
                earlier=str(before.half_year),
            )
        )  # fmt: skip


def shipped_rate(rates: Rates, name: str, half_year: HalfYear) -> Rate | None:
    """The row the program ships for a half-year, which nobody may override in silence; None when there is none."""
    quote = rates[name].at(half_year)
    return None if quote.provisional or quote.rate.own else quote.rate


def _read_rate(name: str, half_year: str, percent: str, source: str, *, own: bool) -> Rate:
    try:
        when = HalfYear.parse(half_year)
    except ValueError:
        raise RatesError(
            msg("{name}: “{text}” is not a half-year; write 2027-S1 or 2027-S2.", name=name, text=half_year)
        ) from None
    try:
        figure = Decimal(percent.replace(",", "."))
        finite = figure.is_finite()
    except InvalidOperation:
        finite = False
    if not finite:
        raise RatesError(
            msg("{name}, {half_year}: “{text}” is not a rate in percent.", name=name, half_year=half_year, text=percent)
        )
    return Rate(when, figure, source, own)


def _check_sequence(name: str, rows: tuple[Rate, ...]) -> None:
    if not rows:
        raise RatesError(msg("The rate table {name} has no row.", name=name))
    for before, after in pairwise(rows):
        if after.half_year == before.half_year.next:
            continue
        if after.half_year > before.half_year:
            text = msg("{name}: no rate between {before} and {after}; add {missing}.", name=name,
                       before=str(before.half_year), after=str(after.half_year),
                       missing=str(before.half_year.next))  # fmt: skip
        else:
            text = msg("{name}: {after} comes after {before}; each half-year has one row, oldest first.", name=name,
                       before=str(before.half_year), after=str(after.half_year))  # fmt: skip
        raise RatesError(text)


def _conflict(name: str, own: Rate, shipped: Rate) -> Problem:
    return Problem(
        "rate-conflict",
        Severity.WARNING,
        msg(
            "{name}, {half_year}: your own rate is {own} %, the published one {shipped} %. The published one counts.",
            name=name, half_year=str(own.half_year), own=own.percent, shipped=shipped.percent,
        ),
        msg("Remove your own row, or tell us with its source if the published one is wrong."),
        value=str(own.percent),
    )  # fmt: skip


def _number(half_year: HalfYear) -> int:
    return half_year.year * 2 + half_year.half

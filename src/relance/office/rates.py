"""Keep a rate that was published after this version of relance: checked, then written to the user's own rates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from relance.domain.late_fees.rates import (
    OwnRate,
    Rates,
    RatesError,
    add_own_rates,
    check_leap,
    check_own_rate,
    shipped_rate,
)
from relance.errors import ConfigError, UsageError, msg, os_reason
from relance.files import write_whole
from relance.rulebook import OWN_RATES, load_rates, read_own_rates

_HEAD = (
    "# Rates added with relance rates set, in percent per year, by half-year. Rates that relance ships are never\n"
    "# overridden by these lines.\n"
)


class Entering(Struct, frozen=True):
    """Rates about to be kept in `folder`: each as it is entered, with the one of the same half-year that it takes the
    place of (None: there was none), and all `rows` of the file from then on."""

    folder: Path
    entered: tuple[tuple[OwnRate, OwnRate | None], ...]
    rows: tuple[OwnRate, ...]

    @property
    def replaces(self) -> bool:
        """Whether a rate entered earlier changes."""
        return any(earlier not in {None, entry} for entry, earlier in self.entered)


def plan_rates(folder: Path, half_year: str, percents: Mapping[str, str], source: str, unsaid: str) -> Entering:
    """What it takes to keep the rates of a half-year, by table name, in the user's configuration directory; `unsaid` is
    their source where none is given. A rate entered again as it was keeps the source it had.

    UsageError `rate-refused` for what is no half-year, no plausible rate or leaves a gap, `rate-shipped` for a row the
    program ships: a published rate is not overridden. All rates or none.
    """
    shipped, kept = load_rates(), {(row.table, row.half_year): row for row in read_own_rates(folder)}
    typed = [OwnRate(name, half_year, percent, source or unsaid) for name, percent in percents.items()]
    try:
        for entry in typed:
            _refuse_shipped(shipped, entry)
        pairs = [(entry, kept.get((entry.table, entry.half_year))) for entry in typed]
        entered = tuple(
            (earlier if earlier and _repeats(entry, earlier, source) else entry, earlier) for entry, earlier in pairs
        )
        rows = kept | {(entry.table, entry.half_year): entry for entry, _ in entered}
        known, _ = add_own_rates(shipped, rows.values())
        for entry in typed:
            check_leap(known, entry)
    except RatesError as error:
        raise UsageError(
            "rate-refused",
            msg("{problem}", problem=error.message),
            msg("For example: relance rates set 2027-S1 --ecb 2.65; relance rates shows what is known."),
        ) from error
    return Entering(folder, entered, tuple(rows.values()))


def _repeats(entry: OwnRate, earlier: OwnRate, source: str) -> bool:
    return entry.percent == earlier.percent.replace(",", ".") and source in {"", earlier.source}


def write_rates(plan: Entering) -> Path:
    """Write the user's own rates; the file written. ConfigError `rates-unwritable`."""
    return _write(plan.folder, plan.rows)


def _refuse_shipped(rates: Rates, entry: OwnRate) -> None:
    row = check_own_rate(rates, entry)
    if shipped := shipped_rate(rates, entry.table, row.half_year):
        raise UsageError(
            "rate-shipped",
            msg(
                "{name}, {half_year}: relance ships the published rate, {percent} % ({source}).",
                name=entry.table, half_year=entry.half_year, percent=shipped.percent, source=shipped.source,
            ),
            msg("Nothing to enter. If that rate is wrong, tell us with its source."),
        )  # fmt: skip


def _write(folder: Path, rows: Iterable[OwnRate]) -> Path:
    path = folder / OWN_RATES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, _as_toml(rows).encode("utf-8"))
    except OSError as error:
        raise ConfigError(
            "rates-unwritable",
            msg("{file} cannot be written: {reason}.", file=str(path), reason=os_reason(error)),
            msg("Give yourself the right to write in that folder, then run the command again."),
        ) from error
    return path


def _as_toml(rows: Iterable[OwnRate]) -> str:
    """The rows as TOML, tables and half-years in order.

    >>> print(_as_toml([OwnRate("ecb", "2027-S1", "2.65", "BCE")]).splitlines()[-1])
    2027-S1 = { percent = "2.65", source = "BCE" }
    """
    tables: dict[str, list[OwnRate]] = {}
    for row in sorted(rows, key=lambda row: (row.table, row.half_year)):
        tables.setdefault(row.table, []).append(row)
    return _HEAD + "".join(f"\n[{name}]\n" + "".join(map(_line, own)) for name, own in tables.items())


def _line(row: OwnRate) -> str:
    percent, source = (json.dumps(text, ensure_ascii=False) for text in (row.percent, row.source))
    return f"{row.half_year} = {{ percent = {percent}, source = {source} }}\n"

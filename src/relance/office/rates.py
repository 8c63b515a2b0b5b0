"""Keep a rate that was published after this version of relance: checked, then written to the user's own rates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

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


def set_rates(folder: Path, half_year: str, percents: Mapping[str, str], source: str) -> Path:
    """Write rates of a half-year, by table name, to the user's configuration directory; the file written.

    UsageError `rate-refused` for what is no half-year, no plausible rate or leaves a gap, `rate-shipped` for a row the
    program ships: a published rate is not overridden. ConfigError `rates-unwritable`. All rates or none.
    """
    shipped, kept = load_rates(), read_own_rates(folder)
    added = {(name, half_year): OwnRate(name, half_year, percent, source) for name, percent in percents.items()}
    try:
        for entry in added.values():
            _refuse_shipped(shipped, entry)
        rows = {(row.table, row.half_year): row for row in kept} | added
        known, _ = add_own_rates(shipped, rows.values())
        for entry in added.values():
            check_leap(known, entry)
    except RatesError as error:
        raise UsageError(
            "rate-refused",
            msg("{problem}", problem=error.message),
            msg("For example: relance rates set 2027-S1 --ecb 2.65; relance rates shows what is known."),
        ) from error
    return _write(folder, rows.values())


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

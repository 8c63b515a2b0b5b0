"""The shipped facts and the user's wishes over them -> the values the pure domain folds over.

Reads `data/` (policy, holidays, law, rates) and the configuration; a wish that does not hold is a ConfigError with
its file, line and nearest known key. It must not know the workbook.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from relance.config import Config, locate_key, read_data
from relance.dates import SendingCalendar
from relance.domain.late_fees.agreements import Agreements, Said
from relance.domain.late_fees.contracts import Order
from relance.domain.late_fees.law import Law, RateSpec, build_law
from relance.domain.late_fees.rates import OwnRate, Rates, RatesError, add_own_rates, build_rates
from relance.domain.model import Kind
from relance.domain.names import fold, fold_name
from relance.domain.policies.policy import PolicySet
from relance.domain.policies.policy_tables import PolicyError, build_calendar, build_policies
from relance.errors import ConfigError, Message, Problem, Severity, msg
from relance.settings_file import Setting, split_key, wrong_value

RATE_FILES = ("ecb_refinancing_rate.csv", "legal_interest_rate.csv")
OWN_RATES = "rates.toml"
"""The user's own rates, in the user's configuration directory: a table per rate, a line per half-year."""


@lru_cache(maxsize=1)
def load_calendar() -> SendingCalendar:
    """The sending days: week-ends and French public holidays off."""
    return build_calendar(read_data("holidays.toml"))


@lru_cache(maxsize=1)
def load_legal_forms() -> frozenset[str]:
    """The words of a firm's name that say its legal form only."""
    return frozenset(read_data("legal_forms.toml")["words"])


def load_policies(config: Config) -> PolicySet:
    """The shipped policy under the user's changes; ConfigError names the key at fault, its file and line."""
    layer: dict[str, Any] = {"policy": config.get("policy"), "policies": config.get("policies")}
    for root in ("kinds", "clients", "invoices"):
        named = {name: {"policy": table["policy"]} for name, table in config.table(root).items() if "policy" in table}
        layer[root] = named
    try:
        return build_policies(read_data("policy.toml"), layer)
    except PolicyError as error:
        raise _policy_fault(error, config) from error


def _policy_fault(error: PolicyError, config: Config) -> ConfigError:
    file, line = locate_key(config, error.key)
    wanted = str(error.message.args.get("name", error.key.rpartition(".")[2]))
    near = get_close_matches(wanted, error.known, 1)
    remedy = error.remedy or (
        msg("Did you mean {key}? relance config lists every key.", key=near[0])
        if near
        else msg("Choose one of: {choices}.", choices=tuple(map(str, error.known)))
        if error.known
        else msg("relance config lists every key.")
    )
    return ConfigError(
        "config-policy",
        msg("{file}, line {line}: {problem}.", file=file, line=str(line), problem=error.message),
        remedy,
    )


@lru_cache(maxsize=1)
def load_rates() -> Rates:
    """The shipped rate tables, each row with its source."""
    return build_rates([read_rows(name) for name in RATE_FILES])


def read_rows(name: str) -> list[dict[str, str]]:
    """A CSV of `data/rates/` as rows by column name; lines beginning with # are remarks."""
    text = (resources.files("relance") / "data" / "rates" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def load_rates_with_own(folder: Path | None) -> tuple[Rates, tuple[Problem, ...]]:
    """The shipped rates and, laid over them, those of `rates.toml` in the user's configuration directory.

    Problems: `rate-conflict`, a row of the user's that a shipped one contradicts. ConfigError when the file cannot be
    understood: fees would be computed without a rate somebody entered.
    """
    own = read_own_rates(folder)
    return _with_own(own, str(folder / OWN_RATES)) if own and folder else (load_rates(), ())


def read_own_rates(folder: Path | None) -> tuple[OwnRate, ...]:
    """The rows of the user's own rates, in the order of the file; none without a file."""
    if folder is None:
        return ()
    path = folder / OWN_RATES
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)
        return tuple(
            _own_row(name, half_year, row) for name, rows in document.items() for half_year, row in rows.items()
        )
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise _own_rates_fault(path, msg("{reason}", reason=str(error))) from error


def _own_row(name: str, half_year: str, row: Any) -> OwnRate:
    if isinstance(row, dict):
        return OwnRate(name, half_year, str(row.get("percent", "")), str(row.get("source", "")))
    return OwnRate(name, half_year, str(row), OWN_RATES)


@lru_cache(maxsize=8)
def _with_own(own: tuple[OwnRate, ...], file: str) -> tuple[Rates, tuple[Problem, ...]]:
    try:
        return add_own_rates(load_rates(), own)
    except RatesError as error:
        raise _own_rates_fault(Path(file), error.message) from error


def _own_rates_fault(path: Path, reason: Message) -> ConfigError:
    return ConfigError(
        "rates-unreadable",
        msg("Your own rates cannot be used: {file}: {reason}", file=str(path), reason=reason),
        msg("Correct that line, for example: [ecb] then 2027-S1 = 2.65; or delete it and run relance rates set."),
    )


def load_agreements(config: Config, policies: PolicySet | None = None) -> Agreements:
    """The laws named in the configuration, and the contracts: global, per kind, per client, per invoice."""
    chosen = policies or load_policies(config)
    levels = {root: _said_under(config, root) for root in ("kinds", "clients", "invoices")}
    everybody = _said(dict(_keys_under(config, "fees")))
    laws = {country: _law(setting) for country, setting in _countries(config)}
    _check_usages(config, laws)
    return Agreements(
        laws,
        everybody,
        **levels,
        tolerance_of=lambda invoice: chosen.policy_for(invoice).tolerance,
        by_client=not chosen.invoices,
    )


def _keys_under(config: Config, root: str) -> Iterator[tuple[str, Setting]]:
    for key, setting in config.settings.items():
        if key.startswith(f"{root}."):
            yield key.removeprefix(f"{root}."), setting


_FOLDED: dict[str, Callable[[str], str]] = {"kinds": str, "clients": fold_name, "invoices": fold}


def _said_under(config: Config, root: str) -> dict[str, Said]:
    """What the user's tables under a root say, by folded name (kinds by their own word)."""
    tables: dict[str, dict[str, Setting]] = {}
    for setting, (name, key) in config.entries(root):
        if root == "kinds" and name not in tuple(Kind):
            expected = msg("one of: {choices}", choices=tuple(kind.value for kind in Kind))
            raise wrong_value(setting.key, name, expected, Path(setting.file), setting.line)
        tables.setdefault(_FOLDED[root](name), {})[key] = setting
    return {name: _said(table) for name, table in tables.items()}


def _said(table: dict[str, Setting]) -> Said:
    """One level. A sentence without a rate beside it states the rate itself, where it can be read with certainty."""
    values = {key: setting.value for key, setting in table.items() if setting.value not in (None, "")}
    rate = _rate(table["rate"]) if "rate" in values else None
    if rate is None and "clause" in values:
        rate = _parse(values["clause"])
    return Said(
        rate=rate,
        sentence=values.get("clause"),
        order=Order(values["imputation"]) if "imputation" in values else None,
        single_rate=values.get("single_rate"),
        indemnity=values.get("indemnity"),
        formal_notice=values.get("formal_notice"),
        insolvency=values.get("insolvency"),
        performed=values.get("performed"),
        country=values.get("country", "").lower() or None,
        usage=values.get("usage"),
    )


def check_clauses(config: Config) -> tuple[Problem, ...]:
    """Where the sentence kept of a contract does not state the rate that is applied, for a person to compare."""
    tables: dict[str, dict[str, Setting]] = {"fees": dict(_keys_under(config, "fees"))}
    for root in ("kinds", "clients", "invoices"):
        for setting, (name, key) in config.entries(root):
            tables.setdefault(f"{root}.{name}", {})[key] = setting
    return tuple(problem for table in tables.values() if (problem := _clause_problem(table)))


def _clause_problem(table: dict[str, Setting]) -> Problem | None:
    clause, rate = table.get("clause"), table.get("rate")
    if clause is None or not clause.value:
        return None
    stated = _parse(clause.value)
    applied = _rate(rate) if rate and rate.value else stated
    if stated is not None and stated == applied:
        return None
    text = msg("{key}: the sentence kept states another rate than the one applied.", key=clause.key)
    if applied is None:
        text = msg("{key}: no rate can be read in the sentence with certainty; the law’s is applied.", key=clause.key)
    elif stated is None:
        return None
    hint = msg("Letters quote that sentence: state the rate it gives in the key rate beside it, or correct it.")
    return Problem("clause-differs", Severity.WARNING, text, hint, value=clause.value)


def _countries(config: Config) -> Iterator[tuple[str, Setting]]:
    for setting in config.settings.values():
        if split_key(setting.key)[-1] == "country":
            yield str(setting.value).lower(), setting


def _law(setting: Setting) -> Law:
    country = str(setting.value).lower()
    known = sorted(Path(file.name).stem for file in (resources.files("relance") / "data" / "law").iterdir())
    if country not in known:
        expected = msg("one of: {choices}", choices=known)
        raise wrong_value(setting.key, setting.value, expected, Path(setting.file), setting.line)
    return build_law(read_data(f"law/{country}.toml"))


def _check_usages(config: Config, laws: dict[str, Law]) -> None:
    """A usage no law knows would leave the usual limit in force in silence."""
    known = sorted({name for law in laws.values() for rule in law.rules if rule.terms for name in rule.terms.special})
    for setting in config.settings.values():
        if split_key(setting.key)[-1] == "usage" and setting.value and setting.value not in known:
            expected = msg("one of: {choices}", choices=known)
            raise wrong_value(setting.key, setting.value, expected, Path(setting.file), setting.line)


def _parse(text: str) -> RateSpec | None:
    from relance.domain.late_fees.rate_text import parse_rate  # noqa: PLC0415 - only where a contract states a rate

    return parse_rate(text)


def _rate(setting: Setting) -> RateSpec:
    if (rate := _parse(setting.value)) is None:
        expected = msg("a rate such as « 12 % », « 1 % par mois », « 3 fois le taux légal » or « BCE + 10 »")
        raise wrong_value(setting.key, setting.value, expected, Path(setting.file), setting.line)
    return rate

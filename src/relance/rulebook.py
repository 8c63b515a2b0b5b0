"""The shipped facts and the user's wishes over them -> the values the pure domain folds over.

Reads `data/` (policy, holidays, law, rates) and the configuration; a wish that does not hold is a ConfigError with
its file, line and nearest known key. It must not know the workbook.
"""

from __future__ import annotations

import csv
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.config import Config, Setting, locate_key, read_data, wrong_value
from relance.dates import SendingCalendar
from relance.domain.contracts import Contract, Order
from relance.domain.law import FeeRule, Law, RateSpec, build_law
from relance.domain.model import Client, Invoice, Kind
from relance.domain.names import fold
from relance.domain.policy import PolicySet
from relance.domain.policy_tables import PolicyError, build_calendar, build_policies
from relance.domain.rates import Rates, build_rates
from relance.errors import ConfigError, msg

RATE_FILES = ("ecb_refinancing_rate.csv", "legal_interest_rate.csv")


def load_calendar() -> SendingCalendar:
    """The sending days: week-ends and French public holidays off."""
    return build_calendar(read_data("holidays.toml"))


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
    remedy = (
        msg("Did you mean {key}? relance config lists every key.", key=near[0])
        if near
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


class Terms(Struct, frozen=True):
    """Under which law and contract each invoice's late fees are computed."""

    laws: dict[str, Law]
    default: Contract
    kinds: dict[str, dict[str, Any]]
    clients: dict[str, dict[str, Any]]
    invoices: dict[str, dict[str, Any]]

    def rule_for(self, invoice: Invoice) -> FeeRule:
        """The rule of the debtor's kind under the law the contract names (France unless said otherwise)."""
        country = self._of_client(invoice.client).get("country", "fr")
        return self.laws[country].rule(invoice.client.kind or Kind.BUSINESS)

    def contract_for(self, invoice: Invoice) -> Contract:
        """What was agreed for this invoice: default < kind of debtor < client < invoice."""
        if not (self.kinds or self.clients or self.invoices):
            return self.default
        said: dict[str, Any] = {}
        said |= self.kinds.get(invoice.client.kind or Kind.BUSINESS, {})
        said |= self._of_client(invoice.client)
        said |= self.invoices.get(fold(invoice.number), {})
        return _agreed(self.default, said)

    def _of_client(self, client: Client) -> dict[str, Any]:
        if not self.clients:
            return {}
        found = (self.clients.get(fold(name)) for name in (client.code, client.key, client.name) if name)
        return next((table for table in found if table), {})


def _agreed(default: Contract, said: dict[str, Any]) -> Contract:
    from msgspec.structs import replace  # noqa: PLC0415

    names = {"rate": "rate", "formal_notice": "formal_notice", "insolvency": "insolvency"}
    changes: dict[str, RateSpec | date] = {names[key]: value for key, value in said.items() if key in names}
    return replace(default, **changes) if changes else default


def load_terms(config: Config) -> Terms:
    """The laws named in the configuration, and the contracts: global, per kind, per client, per invoice."""
    tables = {root: _read_rates(config, root) for root in ("kinds", "clients", "invoices")}
    countries = {"fr"} | {table["country"] for table in tables["clients"].values() if "country" in table}
    default = Contract(
        rate=_rate(config.settings["fees.rate"]),
        sentence=config.get("fees.clause"),
        single_rate=config.get("fees.single_rate"),
        order=Order(config.get("fees.imputation")),
    )
    return Terms({country: build_law(read_data(f"law/{country}.toml")) for country in countries}, default, **tables)


def _read_rates(config: Config, root: str) -> dict[str, dict[str, Any]]:
    """The user's tables under a root by folded name (kinds by their own word), rates parsed."""
    tables: dict[str, dict[str, Any]] = {}
    for setting, (name, key) in config.entries(root):
        value = _rate(setting) if key == "rate" else setting.value
        tables.setdefault(name if root == "kinds" else fold(name), {})[key] = value
    return tables


def _rate(setting: Setting) -> RateSpec | None:
    from relance.domain.rate_text import parse_rate  # noqa: PLC0415 - only where a contract states a rate

    if not setting.value:
        return None
    if (rate := parse_rate(setting.value)) is None:
        expected = msg("a rate such as « 12 % », « 1 % par mois », « 3 fois le taux légal » or « BCE + 10 »")
        raise wrong_value(setting.key, setting.value, expected, Path(setting.file), setting.line)
    return rate

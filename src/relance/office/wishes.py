"""What relance.toml says of clients and invoices, laid under what the workbook says; and what of it applies to nobody.

The workbook, which everybody sees, wins; where it says nothing the wish applies. A hold is the exception: a stop is
never lifted by the other side. It must not know how the configuration was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from msgspec.structs import replace

from relance.config import Config, locate_key
from relance.domain.model import Client, Hold, Kind, Ledger
from relance.domain.names import fold, fold_name
from relance.domain.policies.policy import Policy, PolicySet
from relance.domain.settled import Invoices
from relance.errors import Message, Problem, Severity, msg
from relance.settings_file import Setting, split_key

_TEXTS = ("email", "phone", "contact", "language", "form_of_address")


def with_wishes(ledger: Ledger, config: Config) -> Ledger:
    """The ledger with what relance.toml says of its clients, where the workbook says nothing."""
    wishes = {fold_name(name): table for name, table in config.table("clients").items()}
    if not wishes:
        return ledger
    changed = {client.key: wished for client in ledger.clients if (wished := _client_with(client, wishes)) != client}
    return replace(
        ledger,
        clients=tuple(changed.get(client.key, client) for client in ledger.clients),
        invoices=Invoices.of(ledger.invoices).with_clients(changed),
        credits=tuple(replace(note, client=changed.get(note.client.key, note.client)) for note in ledger.credits),
    )


def _client_with(client: Client, wishes: dict[str, dict[str, Any]]) -> Client:
    """The client with what is wished of it under its code, else its name."""
    tables = [wishes[name] for name in reversed(_names(client)) if name in wishes]
    if not tables:
        return client
    wished = {key: value for table in tables for key, value in table.items() if value}
    missing = {name: wished[name] for name in _TEXTS if name in wished and not getattr(client, name)}
    if "kind" in wished and client.kind is None:
        missing["kind"] = Kind(wished["kind"])
    if "hold" in wished and (client.hold is None or client.hold.until):
        missing["hold"] = Hold(reason="relance.toml")
    return replace(client, **missing)


def _names(client: Client) -> list[str]:
    return list(dict.fromkeys(fold_name(name) for name in (client.code, client.key, client.name) if name))


def check_wishes(sheet: Ledger, config: Config, policies: PolicySet) -> Iterator[Problem]:
    """Names of relance.toml that the workbook does not have (`named-nobody`), and settings that the workbook overrules
    (`setting-without-effect`), each at its line. Errors where somebody would be chased who should not be.

    `sheet` is the ledger as the workbook alone gives it.
    """
    clients = _tables(config, "clients")
    known = {name: client for client in reversed(sheet.clients) for name in _names(client)} if clients else {}
    names = {key: client.name for key, client in known.items()}
    for name, settings in clients.items():
        if client := known.get(fold_name(name)):
            yield from _overruled(client, settings, policies)
        else:
            place = _place(*locate_key(config, f'clients."{name}"'))
            text = msg("{place}: “{name}” is no client of the workbook.", place=place, name=name)
            yield _nobody(text, _nearest(fold_name(name), names), grave=_any_stop(settings, policies))
    invoices = _tables(config, "invoices")
    numbers = {fold(number): number for number in _numbers(sheet)} if invoices else {}
    for name, settings in invoices.items():
        if fold(name) not in numbers:
            place = _place(*locate_key(config, f'invoices."{name}"'))
            text = msg("{place}: “{name}” is no invoice of the workbook.", place=place, name=name)
            yield _nobody(text, _nearest(fold(name), numbers), grave=_any_stop(settings, policies))


def _tables(config: Config, root: str) -> dict[str, list[Setting]]:
    found: dict[str, list[Setting]] = {}
    for setting, (name, _) in config.entries(root):
        found.setdefault(name, []).append(setting)
    return found


def _numbers(sheet: Ledger) -> Iterator[str]:
    invoices = Invoices.of(sheet.invoices)
    yield from (row.number for row in sheet.set_aside)
    yield from (note.number for note in sheet.credits)
    yield from (credit.number for _, invoice in invoices.unsettled for credit in invoice.credits)
    yield from invoices.columns.numbers


def _nearest(name: str, known: dict[str, str]) -> str:
    near = get_close_matches(name, list(known), 1, 0.6)
    return known[near[0]] if near else ""


def _nobody(text: Message, near: str, *, grave: bool) -> Problem:
    hint = msg("Correct the name, or remove these lines: they apply to nobody.")
    if near:
        hint = msg("Did you mean “{name}”? As it stands, it applies to nobody.", name=near)
    return Problem("named-nobody", Severity.ERROR if grave else Severity.WARNING, text, hint, value=text.args["name"])


def _place(file: str, line: int) -> Message:
    return msg("{file}, line {line}", file=file, line=str(line))


def _any_stop(settings: Iterable[Setting], policies: PolicySet) -> bool:
    return any(_stops(setting, policies) for setting in settings)


def _stops(setting: Setting, policies: PolicySet) -> bool:
    """Whether a setting keeps somebody from being chased."""
    key = split_key(setting.key)[-1]
    return (key == "hold" and setting.value is True) or (key == "policy" and _is_stop(policies.find(setting.value)))


def _is_stop(policy: Policy) -> bool:
    return not policy.steps


def _overruled(client: Client, settings: Iterable[Setting], policies: PolicySet) -> Iterator[Problem]:
    for setting in settings:
        key = split_key(setting.key)[-1]
        said = getattr(client, key, None) if key in {*_TEXTS, "kind", "policy", "hold"} else None
        if not said or _agree(key, said, setting.value, policies):
            continue
        grave = key == "policy" and _stops(setting, policies) and not _is_stop(policies.find(said))
        yield Problem(
            "setting-without-effect",
            Severity.ERROR if grave else Severity.WARNING,
            msg(
                "{place}: {key} of “{name}” has no effect, the workbook says {said}.",
                place=_place(setting.file, setting.line),
                key=key,
                name=client.name,
                said=msg("on hold") if key == "hold" else msg("“{word}”", word=str(said)),
            ),
            msg("The workbook, which everybody sees, wins: correct it there, or remove that line."),
            value=str(setting.value),
        )


def _agree(key: str, said: Any, wished: Any, policies: PolicySet) -> bool:
    if key == "hold":
        return wished is True
    if key == "policy":
        return policies.find(said) == policies.find(wished)
    if key == "phone":
        return [mark for mark in said if mark.isdigit()] == [mark for mark in wished if mark.isdigit()]
    return str(said).casefold() == str(wished).casefold() or not wished

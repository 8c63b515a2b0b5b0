"""Policies as people write them (parsed TOML tables, shipped ones first) -> a `PolicySet`, or the key at fault.

What each key holds is in `policy_keys`. It must not open files; `config` does, and knows the line of a key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from relance.dates import SendingCalendar
from relance.domain.model import Kind
from relance.domain.names import fold, fold_name
from relance.domain.policies.policy import DEFAULT, Assigned, Policy, PolicySet, Step
from relance.domain.policies.policy_keys import NAMED_KEYS, POLICY_KEYS, STEP_KEYS, Key
from relance.errors import Message, msg


class PolicyError(ValueError):
    """A key that is unknown or holds something wrong: its dotted `key`, what is wrong, and the `known` keys or names
    it might have meant, or else the `remedy`."""

    def __init__(self, key: str, message: Message, known: tuple[str, ...] = (), remedy: Message | None = None) -> None:
        super().__init__(str(message))
        self.key = key
        self.message = message
        self.known = known
        self.remedy = remedy


Table = dict[str, Any]


def build_policies(*layers: Mapping[str, Any]) -> PolicySet:
    """The policies that parsed tables describe: the shipped ones first, then each layer over those before it.

    PolicyError names the culprit by its dotted key (`policy.steps.2.after_days`).
    """
    drafts: dict[str, Table] = {DEFAULT: {}}
    for layer in layers:
        _merge(drafts[DEFAULT], _read_policy(layer.get("policy", {}), "policy", POLICY_KEYS))
        for name, raw in _table(layer.get("policies", {}), "policies").items():
            table = _read_policy(raw, f"policies.{name}", POLICY_KEYS + NAMED_KEYS)
            _merge(drafts.setdefault(name, {}), table)
    policies = {name: _build(name, _inherit(name, drafts, ()), own) for name, own in drafts.items()}
    named = {
        fold(alias): policies[name] for name, table in drafts.items() for alias in (name, *table.get("aliases", ()))
    }
    assign = _Assign(layers, named)
    return PolicySet(
        default=policies[DEFAULT],
        named=named,
        kinds={_kind(name): policy for name, policy in assign("kinds")},
        clients={fold_name(name): Assigned(name, policy) for name, policy in assign("clients")},
        invoices={fold(name): Assigned(name, policy) for name, policy in assign("invoices")},
    )


def documented_keys(policies: PolicySet) -> Iterator[tuple[str, Message, object, Message]]:
    """Every key of a policy for the documentation: (dotted key, kind of value, default, what it does)."""
    default = policies.default
    for key in POLICY_KEYS:
        value = bool(default.steps) if key.name == "chase" else getattr(default, key.name) or 0
        yield f"policy.{key.name}", key.kin.wanted, value, key.text
    for key in NAMED_KEYS:
        yield f"policies.NAME.{key.name}", key.kin.wanted, DEFAULT if key.name == "based_on" else None, key.text
    for step in default.steps:
        for key in STEP_KEYS:
            value = True if key.name == "enabled" else getattr(step, key.name)
            yield f"policy.steps.{step.number}.{key.name}", key.kin.wanted, value, key.text


class _Assign:
    """Whom a policy is for, as the tables of a root say it: the last layer that names somebody wins."""

    def __init__(self, layers: tuple[Mapping[str, Any], ...], named: dict[str, Policy]) -> None:
        self.layers = layers
        self.named = named

    def __call__(self, root: str) -> Iterator[tuple[str, Policy]]:
        for layer in self.layers:
            for name, raw in _table(layer.get(root, {}), root).items():
                where = f"{root}.{name}"
                if root == "kinds":
                    _kind(name)
                table = _table(raw, where)
                if "policy" in table:
                    yield name, self._find(table["policy"], f"{where}.policy")

    def _find(self, name: object, key: str) -> Policy:
        known = tuple(self.named)
        if isinstance(name, str) and (policy := self.named.get(fold(name))):
            return policy
        raise PolicyError(key, msg("{key}: there is no policy called {name}", key=key, name=str(name)), known)


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        key = f"kinds.{name}"
        raise PolicyError(key, _unknown(key), tuple(Kind)) from None


def _unknown(key: str) -> Message:
    return msg("{key} is not a known key", key=key)


def _table(raw: object, key: str) -> Mapping[str, Any]:
    if isinstance(raw, Mapping):
        return raw
    raise PolicyError(key, msg("{key} must be a table, not {found}", key=key, found=str(raw)))


def _read(raw: object, where: str, keys: tuple[Key, ...]) -> Table:
    """The table's values, each read as its key says."""
    spec = {key.name: key.kin for key in keys}
    table: Table = {}
    for name, value in _table(raw, where).items():
        key = f"{where}.{name}"
        if name not in spec:
            raise PolicyError(key, _unknown(key), tuple(spec))
        try:
            table[name] = spec[name].read(value)
        except ValueError:
            text = msg("{key} must be {wanted}, not {found}", key=key, wanted=spec[name].wanted, found=str(value))
            raise PolicyError(key, text) from None
    return table


def _read_policy(raw: object, where: str, keys: tuple[Key, ...]) -> Table:
    source = dict(_table(raw, where))
    steps = _table(source.pop("steps", {}), f"{where}.steps")
    table = _read(source, where, keys)
    table["steps"] = {
        _number(name, where): _read(step, f"{where}.steps.{name}", STEP_KEYS) for name, step in steps.items()
    }
    return table


def _number(name: str, where: str) -> int:
    if name.isdecimal():
        return int(name)
    key = f"{where}.steps.{name}"
    raise PolicyError(key, msg("{key}: a step is called by its number, from 0", key=key))


def _merge(base: Table, over: Table) -> None:
    """Puts the values of `over` in `base`, step by step; `base` is ours alone."""
    for name, value in over.items():
        if name != "steps":
            base[name] = value
    steps = base.setdefault("steps", {})
    for number, step in over.get("steps", {}).items():
        steps[number] = steps.get(number, {}) | step


def _inherit(name: str, drafts: dict[str, Table], seen: tuple[str, ...]) -> Table:
    """A policy's own values over those of the policy it is based on."""
    own = drafts[name]
    key = f"policies.{name}.based_on"
    base = own.get("based_on", DEFAULT)
    if name == DEFAULT:
        return own
    if base in seen or base == name:
        raise PolicyError(key, msg("{key}: policies are based on each other in a circle", key=key))
    if base not in drafts:
        raise PolicyError(key, msg("{key}: there is no policy called {name}", key=key, name=base), tuple(drafts))
    table: Table = {}
    _merge(table, _inherit(base, drafts, (*seen, name)))
    _merge(table, own)
    return table


def _build(name: str, table: Table, own: Table) -> Policy:
    where = "policy" if name == DEFAULT else f"policies.{name}"
    chased = table.get("chase", True)
    plain = {key.name: table[key.name] for key in POLICY_KEYS if key.name in table and key.name != "chase"}
    for optional in ("repeat_last_every", "max_reminders"):
        plain[optional] = plain.get(optional) or None
    return Policy(name=name, steps=_steps(table["steps"], where, own) if chased else (), **plain)


def _steps(tables: dict[int, Table], where: str, own: Table) -> tuple[Step, ...]:
    """The enabled steps in order, numbered without a hole, each later than the one before; `own` is what the policy
    says itself."""
    steps: list[Step] = []
    for number in sorted(tables):
        if not tables[number].get("enabled", True):
            continue
        key = f"{where}.steps.{number}"
        step = _step(number, tables[number], key)
        if number != (steps[-1].number + 1 if steps else min(number, 1)):
            raise PolicyError(key, msg("{key}: the step before it is missing or not enabled", key=key))
        if steps and step.after_days <= steps[-1].after_days:
            raise _too_early(f"{key}.after_days", step, steps[-1], own)
        steps.append(step)
    return tuple(steps)


def _too_early(key: str, step: Step, before: Step, own: Table) -> PolicyError:
    """A step that does not come after the one before it, often because only the latter was moved."""
    said = {
        "key": key,
        "step": step.number,
        "days": step.after_days,
        "before": before.number,
        "limit": before.after_days,
    }
    if "after_days" in own.get("steps", {}).get(step.number, {}):
        text = msg("{key}: step {step} ({days} days) does not come after step {before} ({limit} days)", **said)
    else:
        text = msg(
            "{key}: step {step} ({days} days, as in the policy “{base}”) does not come after step {before} "
            "({limit} days)",
            base=own.get("based_on", DEFAULT),
            **said,
        )
    remedy = msg(
        "Set {key} to more than {limit}; then the steps after it, if need be.", key=key, limit=before.after_days
    )
    return PolicyError(key, text, remedy=remedy)


def _step(number: int, table: Table, where: str) -> Step:
    for needed in ("after_days", "channel", "tone"):
        if needed not in table:
            key = f"{where}.{needed}"
            raise PolicyError(key, msg("{key} is missing", key=key))
    name = Message(table["name"]) if "name" in table else msg("step {number}", number=number)
    values = {key: value for key, value in table.items() if key not in {"name", "enabled"}}
    return Step(number=number, name=name, **values)


def build_calendar(data: Mapping[str, Any], region: str = "france") -> SendingCalendar:
    """The sending days of a region from the parsed table of public holidays; KeyError for a region it does not have."""
    table = data[region]
    base = build_calendar(data, table["based_on"]) if "based_on" in table else SendingCalendar(weekend=())
    return SendingCalendar(
        fixed=base.fixed + tuple((day["month"], day["day"]) for day in table.get("fixed", ())),
        easter=base.easter + tuple(day["offset"] for day in table.get("easter", ())),
        weekend=base.weekend + tuple(table.get("weekend", ())),
    )

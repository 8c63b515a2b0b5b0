"""Clients who cannot be written to, are spelled two ways, or whose policy nobody defined -> problems with their cell.

Two spellings are pointed out, never joined: only a person knows whether they are one client.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from relance.domain.checking.checks_rows import Check, Sheet
from relance.domain.model import Invoice
from relance.domain.names import fold_name
from relance.domain.policies.facts import addresses_of
from relance.errors import Problem, Severity, msg

_SHORT = 6  # letters under which one letter more or less is another name


def no_email(sheet: Sheet) -> Iterator[Problem]:
    """A client who owes money and has no e-mail address: told once, on their first open row, unless the sheets have no
    column of addresses or the cell was told already for what it holds."""
    ledger, told = sheet.ledger, set[str]()
    if all(column.role != "email" for column in (*ledger.columns, *ledger.client_columns)):
        return
    known = {problem.where for problem in ledger.problems}
    for invoice, _ in sheet.open_rows:
        client = invoice.client
        if not client.email and client.key not in told:
            told.add(client.key)
            where = sheet.cell(invoice, "email", "client", "client_code")
            if where not in known:
                text = msg("{client} has no e-mail address.", client=client.name)
                hint = msg("Add it; until then this client is called, not written to.")
                yield Problem("no-email", Severity.WARNING, text, hint, where)


def spellings(sheet: Sheet) -> Iterator[Problem]:
    """Two clients who look like one: the same words in another order or with another legal form, or one letter apart.
    Pointed out on the first row of the one with fewer invoices."""
    everybody = sheet.invoices.columns.clients
    names: dict[str, str] = {}
    for client in dict(zip(map(id, everybody), everybody, strict=True)).values():
        names.setdefault(client.key, client.name)
    alike = _alike({key: _bare(name, sheet.legal_forms) for key, name in names.items()})
    if not alike:
        return
    keys = [client.key for client in everybody]
    first = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
    count = Counter(keys)
    pairs = {tuple(sorted((one, other))) for keys in alike for one in keys for other in keys if one != other}
    for one, other in sorted(pairs):
        rare, usual = sheet.invoices.pick(
            first[key] for key in sorted((one, other), key=lambda k: (count[k], first[k]))
        )
        if rare.client.code and usual.client.code:
            continue
        names = {"rare": rare.client.name, "usual": usual.client.name}
        text = msg("“{rare}” and “{usual}” look like the same client.", **names)
        hint = msg("Spell both the same way, or give each a client code.")
        where = sheet.cell(rare, "client")
        yield Problem("client-spelled-twice", Severity.WARNING, text, hint, where, rare.client.name)


def shared_mailboxes(sheet: Sheet) -> Iterator[Problem]:
    """Two clients with the same e-mail address, of whom one owes money: they are written to in turn."""
    first: dict[str, Invoice] = {}
    told: set[tuple[str, str]] = set()
    owing: dict[str, Invoice] = {}
    for invoice, _ in sheet.open_rows:
        owing.setdefault(invoice.client.key, invoice)
    for invoice in owing.values():
        for address in addresses_of(invoice.client):
            other = first.setdefault(address, invoice)
            pair = (other.client.key, invoice.client.key)
            if other.client.key == invoice.client.key or pair in told:
                continue
            told.add(pair)
            names = {"one": other.client.name, "other": invoice.client.name}
            text = msg("“{one}” and “{other}” have the same e-mail address, {address}.", address=address, **names)
            hint = msg(
                "If they are one client, spell the name the same way; else correct the address. "
                "Until then they are not written to on the same day."
            )
            yield Problem("email-shared", Severity.WARNING, text, hint, sheet.cell(invoice, "email"), address)


def policies(sheet: Sheet) -> Iterator[Problem]:
    """A policy in the workbook that nobody defined: its invoices are not chased."""
    for invoice, _ in sheet.open_rows:
        if not (invoice.policy or invoice.client.policy):
            continue
        policy = sheet.policies.policy_for(invoice)
        if not policy.known:
            text = msg("Nobody defined a policy called “{name}”.", name=policy.name)
            hint = msg("Correct the name, or define it under [policies] in relance.toml; until then it is not chased.")
            yield Problem("unknown-policy", Severity.ERROR, text, hint, sheet.cell(invoice, "policy"), policy.name)


def _bare(name: str, legal_forms: frozenset[str]) -> str:
    """The words of a name that are not its legal form, in order of the alphabet, without blanks."""
    words = fold_name(name).split()
    return "".join(sorted([word for word in words if word not in legal_forms] or words))


def _alike(names: Mapping[str, str]) -> list[list[str]]:
    """The keys of the clients whose names, bare, share a sign; those whose figures differ share none."""
    by_figures: dict[str, list[str]] = {}
    for key, name in names.items():
        by_figures.setdefault("".join(filter(str.isdecimal, name)), []).append(key)
    first: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for key in (key for keys in by_figures.values() if len(keys) > 1 for key in keys):
        for sign in _signs(names[key]):
            other = first.setdefault(sign, key)
            if other is not key:
                several.setdefault(sign, [other]).append(key)
    return list(several.values())


def _signs(name: str) -> set[str]:
    """What two likely spellings of one name share: the whole, and, for a long name, all but one of its letters.
    Figures are never left out: "Agence 1" and "Agence 2" are two."""
    if len(name) < _SHORT:
        return {f"={name}"}
    signs = {name[:at] + name[at + 1 :] for at, letter in enumerate(name) if not letter.isdecimal()}
    signs.add(name)
    return signs


CLIENT_CHECKS: tuple[Check, ...] = (no_email, spellings, shared_mailboxes, policies)

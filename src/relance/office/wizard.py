"""The questions that matter for a first configuration, what an answer must be, and the files they become.

Turns answers into the commented relance.toml with those lines awake, and the account into the user's own file. It must
not know how a question is asked, and never writes over a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.domain.late_fees.rate_text import parse_rate
from relance.errors import Message, msg
from relance.letters.addresses import check_email
from relance.letters.sender import print_iban

Answers = Mapping[str, str]
_PATIENT = {1: 7, 2: 15, 3: 25, 4: 38, 5: 50}


class Question(Struct, frozen=True):
    """One question: the key its answer goes to, the words, what is understood of an answer (None = refused, with
    `help`); asked only where `when` holds of the answers before."""

    key: str
    text: Message
    read: Callable[[str], str | None]
    help: Message
    when: Callable[[Answers], bool] = lambda _: True


def _some(text: str) -> str | None:
    return text.strip()


def _iban(text: str) -> str | None:
    return print_iban(text) if text.strip() else ""


def _rate(text: str) -> str | None:
    """A rate as terms of sale write it; a figure alone is per cent a year, unless it may be a fraction.

    >>> _rate("12"), _rate("10,5 %"), _rate("0.12"), _rate("abc")
    ('12 %', '10,5 %', None, None)
    """
    if re.fullmatch(r"\s*[1-9]\d?([.,]\d+)?\s*", text):
        return f"{text.strip()} %"
    return text.strip() if not text.strip() or parse_rate(text) else None


def _email(text: str) -> str | None:
    return check_email(text.strip()) if text.strip() else ""


def _host(text: str) -> str | None:
    name = text.strip().lower()
    return name if not name or re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9-]+)+|localhost", name) else None


def _one_of(*words: str) -> Callable[[str], str | None]:
    """The first word where nothing is typed; a word by its first letters or its rank."""

    def read(text: str) -> str | None:
        typed = text.strip().lower()
        if not typed:
            return words[0]
        ranks = {str(rank): word for rank, word in enumerate(words, start=1)}
        near = [word for word in words if word.startswith(typed)]
        return ranks.get(typed) or (near[0] if len(near) == 1 else None)

    return read


QUESTIONS: tuple[Question, ...] = (
    Question("company.name", msg("Your company, as it signs letters"), _some, msg("Any text will do.")),
    Question(
        "company.iban",
        msg("The IBAN on which your clients pay (Enter: later)"),
        _iban,
        msg("Its check digits do not hold: compare it with your bank’s document."),
    ),
    Question(
        "language",
        msg("Language of what relance shows you, fr or en (Enter: fr)"),
        _one_of("fr", "en"),
        msg("Type fr or en."),
    ),
    Question(
        "patience",
        msg("Reminders 3, 10, 20, 30 and 40 days after the due date: 1; later, 7, 15, 25, 38 and 50: 2 (Enter: 1)"),
        _one_of("usual", "patient"),
        msg("Type 1 or 2."),
    ),
    Question(
        "fees.rate",
        msg("The late-payment rate of your terms of sale, such as 12 % (Enter: the legal rate)"),
        _rate,
        msg("Write a yearly rate such as 12 %, or three times the legal interest rate."),
    ),
    Question(
        "company.email",
        msg("The e-mail address from which reminders leave (Enter: later)"),
        _email,
        msg("That is no e-mail address."),
    ),
    Question(
        "imap.host",
        msg("The IMAP server of that mailbox, to find the drafts in it (Enter: as files on this machine)"),
        _host,
        msg("Write the server’s name, such as imap.example.fr; your mail provider tells it."),
        lambda answers: bool(answers.get("company.email")),
    ),
)


def shared_values(answers: Answers) -> dict[str, Any]:
    """What the answers set in the relance.toml beside the workbook."""
    keys = ("language", "company.name", "company.iban", "fees.rate", "company.email")
    values: dict[str, Any] = {key: answers[key] for key in keys if answers.get(key)}
    if answers.get("patience") == "patient":
        values |= {f"policy.steps.{step}.after_days": days for step, days in _PATIENT.items()}
    return values


def own_values(answers: Answers) -> dict[str, Any]:
    """What the answers set in the user's own configuration: the account, nothing that is shared."""
    host = answers.get("imap.host")
    return {"imap.host": host, "imap.user": answers["company.email"], "letters.to": "imap"} if host else {}


def filled(template: str, values: Mapping[str, Any]) -> str:
    r"""A commented configuration with some of its lines awake and set; their comments stay.

    >>> print(filled('[company]\n#name = ""  # who we are\n', {"company.name": 'Quai "Vert"'}), end="")
    [company]
    name = "Quai \"Vert\""  # who we are
    """
    left, table, lines = dict(values), "", []
    for line in template.splitlines():
        if header := re.fullmatch(r"#?\[([^\]]+)\]\s*", line):
            table = "" if line.startswith("#") else f"{header[1]}."
        found = re.fullmatch(r'#?([\w.]+) = ("(?:[^"\\]|\\.)*"|[^\s#]+)(.*)', line)
        key = f"{table}{found[1]}" if found else ""
        if found and key in left:
            told = f"{found[1]} = {json.dumps(left.pop(key), ensure_ascii=False)}"
            note = found[3].lstrip()
            lines.append(f"{told:<{len(line) - len(note) - 2}}  {note}" if note else told)
        else:
            lines.append(line)
    assert not left, left
    return "\n".join(lines) + "\n"


def spreadsheets_of(folder: Path) -> Iterator[str]:
    """The workbooks a folder holds already, by name."""
    from relance.workbook.folder import list_workbooks  # noqa: PLC0415

    yield from (file.name for file in list_workbooks(folder))

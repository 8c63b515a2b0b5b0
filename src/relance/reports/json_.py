"""A view for scripts: the versioned envelope of docs/json.md. Knows no layout; imports neither rich nor babel.

`relance` is the version of the envelope: within it keys are added, never renamed, removed or given another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from relance.errors import Message, Problem, Where
from relance.language import Language
from relance.money import Money
from relance.reports.view import Lateness, View

VERSION = 1
_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def render_json(view: View, language: Language, today: date) -> str:
    """The envelope {"relance", "command", "today", "data", "problems"}: amounts as text with a point and at least two
    decimals, dates as ISO 8601, sentences in the reader's language; codes and keys are the same in all.
    TypeError on a float: it cannot be an amount."""
    envelope = {
        "relance": VERSION,
        "command": view.command,
        "today": today.isoformat(),
        "data": _plain(view.data(), language),
        "problems": [_problem(problem, language) for problem in view.problems],
    }
    return msgspec.json.format(msgspec.json.encode(envelope), indent=2).decode() + "\n"


def _problem(problem: Problem, language: Language) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "where": _plain(problem.where, language),
        "value": problem.value,
        "message": language.say(problem.message),
        "hint": language.say(problem.hint),
    }


def _plain(value: Any, language: Language) -> Any:
    """The value with only what JSON has: objects, lists, text, whole numbers, true, false and null."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, language) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, language) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _plain_struct(value, language)


def _plain_struct(value: Any, language: Language) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value, language)
    if isinstance(value, Message):
        return language.say(value)
    if isinstance(value, Where):
        place = {"sheet": value.sheet, "cell": value.cell or None}
        return {"workbook": value.workbook, **place} if value.workbook else place
    if isinstance(value, Lateness):
        return value.days
    if isinstance(value, Money):
        return {"amount": _decimal(value.amount), "currency": value.currency}
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _decimal(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    return f"{value:.2f}" if isinstance(exponent, int) and exponent >= -2 else f"{value:f}"

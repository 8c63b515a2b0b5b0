"""The keys of a policy and its steps: what each is called, what it may hold, what it does.

The one specification that reading, errors and documentation come from. It must not know where tables stand.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from relance.domain.model import Channel
from relance.domain.policies.policy import Manner
from relance.errors import Message, msg


def _days(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 3650:
        return value
    raise ValueError(value)


def _delay(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and -365 <= value <= 3650:
        return value
    raise ValueError(value)


def _amount(value: object) -> Decimal:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        amount = Decimal(str(value))
        if amount.is_finite() and amount >= 0:
            return amount
    raise ValueError(value)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(value)


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError(value)


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(item) for item in value)
    raise ValueError(value)


class Kin(Struct, frozen=True):
    """A kind of value: what is `wanted`, in words, and how it is read (ValueError when it is something else)."""

    wanted: Message
    read: Callable[[Any], Any]


DAYS = Kin(msg("a number of days, 0 or more"), _days)
DELAY = Kin(msg("a number of days, negative for days before"), _delay)
COUNT = Kin(msg("a whole number, 0 or more"), _days)
AMOUNT = Kin(msg("an amount, 0 or more"), _amount)
FLAG = Kin(msg("true or false"), _flag)
TEXT = Kin(msg("a text"), _text)
NAMES = Kin(msg("a list of texts"), _names)
CHANNEL = Kin(msg("one of {words}", words=tuple(Channel)), Channel)
TONE = Kin(msg("one of {words}", words=tuple(Manner)), Manner)


class Key(Struct, frozen=True):
    """An accepted key: its name, its kind of value, what it does in one sentence."""

    name: str
    kin: Kin
    text: Message


POLICY_KEYS = (
    Key("chase", FLAG, msg("whether invoices under this policy are chased at all")),
    Key("gap_days", DAYS, msg("the least days between two messages to the same client")),
    Key("promise_grace_days", DAYS, msg("the days granted after a promised date, for the transfer to arrive")),
    Key("tolerance", AMOUNT, msg("what may be left open without a reminder")),
    Key("minimum", AMOUNT, msg("the open amount under which an invoice is not chased")),
    Key("assume_schedule", FLAG, msg("whether a reminder count without dates is taken as sent on schedule")),
    Key("repeat_last_every", DAYS, msg("the days after which the last step is repeated; 0: never")),
    Key("max_reminders", COUNT, msg("the reminders after which an invoice is left to a person; 0: no maximum")),
)
NAMED_KEYS = (
    Key("based_on", TEXT, msg("the policy whose values hold where this one says nothing")),
    Key("aliases", NAMES, msg("other names under which the workbook may call this policy")),
)
STEP_KEYS = (
    Key("name", TEXT, msg("what the step is called")),
    Key("enabled", FLAG, msg("whether the step is taken; only the first and the last ones can be left out")),
    Key("after_days", DELAY, msg("the days after the due date; negative: before it")),
    Key("channel", CHANNEL, msg("how the step reaches the client")),
    Key("tone", TONE, msg("the tone of the letter")),
    Key("deadline_days", DAYS, msg("the days to pay that the letter gives; 0: none")),
    Key("show_fees", FLAG, msg("whether late fees are claimed in the letter")),
)

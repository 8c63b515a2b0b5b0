"""Acts and facts in words, for the journal as people read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from relance.domain.model import State
from relance.domain.noted import (
    OUTCOMES,
    AddedNoted,
    AdoptedNoted,
    CallNoted,
    DisputeNoted,
    EndNoted,
    Fact,
    FailedNoted,
    FeesPaidNoted,
    FeesWaivedNoted,
    HoldNoted,
    PaymentNoted,
    PromiseNoted,
    ReleaseNoted,
    ReminderNoted,
    SkippedNoted,
    SurchargeNoted,
)
from relance.errors import Message, msg
from relance.money import Money

_ACTS: dict[str, Message] = {
    "paid": msg("payment"),
    "sent": msg("reminder sent"),
    "promise": msg("promise"),
    "hold": msg("hold"),
    "dispute": msg("dispute"),
    "release": msg("release"),
    "call": msg("call"),
    "add": msg("new invoice"),
    "fees": msg("late fees"),
    "adopt": msg("new columns"),
    "cancel": msg("cancellation"),
    "writeoff": msg("write-off"),
    "waive": msg("late fees waived"),
    "fees-paid": msg("late fees received"),
    "failed": msg("message that did not leave"),
    "skip": msg("step left out"),
    "undo": msg("taking back"),
}


def name_act(act: str) -> Message:
    """What a command does, as a noun."""
    return _ACTS.get(act, Message(act))


def say_fact(fact: Fact, currency: str) -> Message:
    """One thing learned, in words."""
    return _SAID[type(fact)](fact, currency)


def _payment(fact: PaymentNoted, currency: str) -> Message:
    return _with(msg("{amount} received on {day}", amount=Money(fact.amount, currency), day=fact.on), fact.ref)


def _hold(fact: HoldNoted, _: str) -> Message:
    return _with(msg("on hold until {value}", value=fact.until) if fact.until else msg("on hold"), fact.reason)


def _dispute(fact: DisputeNoted, currency: str) -> Message:
    if fact.amount is None:
        return _with(msg("disputed as a whole"), fact.reason)
    return _with(msg("{amount} disputed", amount=Money(fact.amount, currency)), fact.reason)


def _end(fact: EndNoted, _: str) -> Message:
    return _with(msg("cancelled") if fact.state is State.CANCELLED else msg("written off"), fact.reason)


_SAID: dict[type, Callable[[Any, str], Message]] = {
    PaymentNoted: _payment,
    ReminderNoted: lambda fact, _: _with(msg("step {step} sent on {day}", step=fact.step, day=fact.on), fact.ref),
    PromiseNoted: lambda fact, _: msg("payment promised for {day}", day=fact.until),
    HoldNoted: _hold,
    DisputeNoted: _dispute,
    ReleaseNoted: lambda _fact, _: msg("released: what stopped it stops it no more"),
    CallNoted: lambda fact, _: _with(msg("call: {outcome}", outcome=OUTCOMES[fact.outcome]), fact.note),
    EndNoted: _end,
    AddedNoted: lambda fact, currency: msg("added: {amount}", amount=Money(fact.total, currency)),
    SurchargeNoted: lambda fact, currency: msg("late fees brought to {amount}", amount=Money(fact.amount, currency)),
    FeesWaivedNoted: lambda fact, currency: _with(
        msg("late fees of {amount} waived", amount=Money(fact.amount, currency)), fact.reason
    ),
    FeesPaidNoted: lambda fact, currency: _with(
        msg("late fees of {amount} received", amount=Money(fact.amount, currency)), fact.ref
    ),
    SkippedNoted: lambda fact, _: _with(msg("step {step} left out on purpose", step=fact.step), fact.reason),
    FailedNoted: lambda fact, _: _with(msg("step {step} did not leave", step=fact.step), fact.reason),
    AdoptedNoted: lambda fact, _: msg("columns added: {headers}", headers=fact.headers),
}


def _with(text: Message, more: str) -> Message:
    return msg("{text}: {more}", text=text, more=more) if more else text

"""Acts and facts in words, for the journal as people read it."""

from __future__ import annotations

from relance.domain.history import (
    AddedNoted,
    AdoptedNoted,
    CallNoted,
    DisputeNoted,
    EndNoted,
    Fact,
    FeesPaidNoted,
    FeesWaivedNoted,
    HoldNoted,
    PaymentNoted,
    PromiseNoted,
    ReleaseNoted,
    ReminderNoted,
    SurchargeNoted,
)
from relance.domain.model import State
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
    "undo": msg("taking back"),
}


def name_act(act: str) -> Message:
    """What a command does, as a noun."""
    return _ACTS.get(act, Message(act))


def say_fact(fact: Fact, currency: str) -> Message:
    """One thing learned, in words."""
    match fact:
        case PaymentNoted():
            text = msg("{amount} received on {day}", amount=Money(fact.amount, currency), day=fact.on)
            return _with(text, fact.ref)
        case ReminderNoted():
            return msg("step {step} sent on {day}", step=fact.step, day=fact.on)
        case PromiseNoted():
            return msg("payment promised for {day}", day=fact.until)
        case HoldNoted():
            text = msg("on hold until {value}", value=fact.until) if fact.until else msg("on hold")
            return _with(text, fact.reason)
        case DisputeNoted():
            text = (
                msg("{amount} disputed", amount=Money(fact.amount, currency))
                if fact.amount is not None
                else msg("disputed as a whole")
            )
            return _with(text, fact.reason)
        case ReleaseNoted():
            return msg("released: what stopped it stops it no more")
        case CallNoted():
            return _with(msg("call: {outcome}", outcome=OUTCOMES[fact.outcome]), fact.note)
        case EndNoted():
            text = msg("cancelled") if fact.state is State.CANCELLED else msg("written off")
            return _with(text, fact.reason)
        case AddedNoted():
            return msg("added: {amount}", amount=Money(fact.total, currency))
        case SurchargeNoted():
            return msg("late fees brought to {amount}", amount=Money(fact.amount, currency))
        case FeesWaivedNoted():
            return _with(msg("late fees of {amount} waived", amount=Money(fact.amount, currency)), fact.reason)
        case FeesPaidNoted():
            return _with(msg("late fees of {amount} received", amount=Money(fact.amount, currency)), fact.ref)
        case AdoptedNoted():
            return msg("columns added: {headers}", headers=fact.headers)


OUTCOMES: dict[str, Message] = {
    "reached": msg("reached"),
    "message": msg("a message left"),
    "no-answer": msg("no answer"),
    "promise": msg("a payment promised"),
    "dispute": msg("a dispute"),
}


def _with(text: Message, more: str) -> Message:
    return msg("{text}: {more}", text=text, more=more) if more else text

"""Late fees -> the values of a letter that say them: the lines of its annex, what is claimed and under which law.

The amounts are those of the domain, written out; it must not know how they were computed.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from relance.domain.late_fees.fee_values import FeeLine, Fees
from relance.domain.late_fees.imputation import movements_of
from relance.domain.model import Invoice
from relance.letters.citations import cite_law, cite_source
from relance.letters.reminder import Owing, Reminder
from relance.letters.text import clean
from relance.letters.wording import Values, Wording
from relance.money import ZERO, Money

_UNDATED = frozenset({"payment-undated", "credit-undated"})
"""What makes late fees provisional and stands in the table of a letter as if it had come before the due date."""


def claim_values(ready: list[Owing], totals: tuple[Money, ...], wording: Wording) -> Values:
    """The claims per currency (principal, interest, indemnity, costs, total) and what the law calls them. What `fees`
    sums up has the flat indemnities due in another currency in it."""
    claims, claimed, sums = [], [], []
    for total in totals:
        own = [owing.fees for owing in ready if owing.fees and owing.invoice.currency == total.currency]
        claim = _claim(own, total)
        sums.append((total.currency, claim))
        claimed.append(Money(claim["total"], total.currency))
        claims.append({name: wording.money(amount, total.currency) for name, amount in claim.items()})
    every = [owing.fees for owing in ready if owing.fees]
    less, apart = _joined(claims, "less"), _apart(every)
    return {
        "claims": claims,
        "claimed": wording.sum(tuple(claimed)),
        "fees": {
            "interest": "" if less else _joined(claims, "all_interest"),
            "indemnity": "" if less else wording.sum(_with_apart(sums, "all_indemnity", apart)),
            "total": wording.sum(_with_apart(sums, "more", apart)),
            "provisional": any(fees.provisional for fees in every),
            "undated": any(notice.code in _UNDATED for fees in every for notice in fees.notices),
            "numbers": ", ".join(clean(owing.invoice.number) for owing in ready if owing.fees)
            if len(every) < len(ready)
            else "",
        }
        if _joined(claims, "more")
        else {},
        "indemnity_due": any(fees.indemnity or fees.claimed_indemnity or fees.apart for fees in every),
        "apart": wording.sum(apart),
        "rates": _rates(every, wording),
        "basis": _basis(every, wording),
        "clause": clean(" ".join(dict.fromkeys(owing.clause for owing in ready if owing.fees and owing.clause))),
    }


def _basis(every: list[Fees], wording: Wording) -> str:
    bases = dict.fromkeys(fees.rule.basis for fees in every if fees.rule.basis)
    return clean("; ".join(cite_law(basis, wording.language) for basis in bases))


def _source(line: FeeLine, wording: Wording) -> str:
    return clean(cite_source(wording.language.say(line.source), wording.language))


def _rates(every: list[Fees], wording: Wording) -> list[Values]:
    """Each rate of the lines of interest once, with where it comes from, in the order in which they apply."""
    lines = [line for fees in every for line in (*fees.earlier_lines, *fees.lines)]
    found = dict.fromkeys((line.rate, _source(line, wording)) for line in lines)
    return [{"percent": wording.language.number(rate), "source": source} for rate, source in found if source]


def claimed_of(reminder: Reminder) -> tuple[Money, ...]:
    """What a formal notice claims per currency: principal, interest, indemnity and costs."""
    asked = [(owing.invoice.currency, owing.fees) for owing in reminder.asked if owing.fees]
    return tuple(
        Money(_claim([fees for currency, fees in asked if currency == total.currency], total)["total"], total.currency)
        for total in reminder.totals
    )


def _apart(every: list[Fees]) -> tuple[Money, ...]:
    """The flat indemnities due in another currency than the debts, per currency."""
    sums: dict[str, Decimal] = {}
    for flat in (fees.apart for fees in every if fees.apart):
        sums[flat.currency] = sums.get(flat.currency, ZERO) + flat.amount
    return tuple(Money(amount, currency) for currency, amount in sums.items())


def _with_apart(sums: list[tuple[str, dict[str, Decimal]]], name: str, apart: tuple[Money, ...]) -> tuple[Money, ...]:
    """One figure of the claims per currency, with the flat indemnities due in another currency than their debts."""
    found = {currency: claim[name] for currency, claim in sums}
    for flat in apart:
        found[flat.currency] = found.get(flat.currency, ZERO) + flat.amount
    return tuple(Money(amount, currency) for currency, amount in found.items() if amount)


def _claim(own: list[Fees], total: Money) -> dict[str, Decimal]:
    """What is claimed in one currency; `less` was paid, given up, or is borne by a disputed amount. It adds up:
    principal + interest + indemnity + costs + earlier - less = total."""
    interest, indemnity, earlier, flat, less, more = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for fees in own:
        interest += fees.interest
        indemnity += fees.indemnity
        earlier += fees.claimed
        flat += fees.claimed_indemnity
        contested = fees.disputed + fees.disputed_before
        less += fees.total + fees.claimed - fees.owed + contested
        more += fees.owed - contested
    return {
        "principal": total.amount,
        "interest": interest,
        "indemnity": indemnity,
        "costs": more + less - interest - indemnity - earlier,
        "earlier": earlier,
        "earlier_interest": earlier - flat,
        "earlier_indemnity": flat,
        "all_interest": interest + earlier - flat,
        "all_indemnity": indemnity + flat,
        "less": less,
        "more": more,
        "total": total.amount + more,
    }


def _joined(claims: list[dict[str, str]], name: str) -> str:
    return " + ".join(claim[name] for claim in claims if claim[name])


_NO_FEES: Values = {"interest": "", "all_interest": "", "indemnity": "", "lines": [], "earlier": [], "moves": []}


def annex_values(invoice: Invoice, fees: Fees | None, wording: Wording, today: date) -> Values:
    """The late fees of an invoice, as the annex of a letter tells them; empty where none are claimed."""
    if fees is None:
        return _NO_FEES

    def money(amount: Decimal) -> str:
        return wording.money(amount, invoice.currency)

    return {
        "interest": money(fees.interest),
        "all_interest": money(fees.interest + fees.claimed - fees.claimed_indemnity),
        "indemnity": money(fees.indemnity),
        "lines": [_line_values(line, invoice.currency, wording) for line in fees.lines],
        "earlier": [_line_values(line, invoice.currency, wording) for line in fees.earlier_lines],
        "moves": [
            {
                "day": wording.day(move.on),
                "amount": money(move.amount),
                "on_interest": money(move.on_interest),
                "left": money(move.left),
            }
            for move in movements_of(invoice, fees, today)
            if move.on and move.on_interest
        ],
    }


def _line_values(line: FeeLine, currency: str, wording: Wording) -> Values:
    """A line of the table of late fees, as the annex of a letter writes it."""
    return {
        "first": wording.day(line.start),
        "last": wording.day(line.end),
        "days": line.days,
        "rate": wording.language.number(line.rate),
        "base": wording.language.money(line.base, currency),
        "amount": wording.language.money(line.amount, currency),
        "provisional": line.provisional,
        "source": _source(line, wording),
    }

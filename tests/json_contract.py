"""The JSON contract of scripts, checked to the letter: every key that is promised, its type, its form, its sums.

`check_answer` raises AssertionError with the path of the first value that breaks the contract.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

ENVELOPE = ["relance", "command", "today", "data", "problems"]
AMOUNT = re.compile(r"-?\d+\.\d\d")
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
CELL = re.compile(r"[A-Z]{0,3}\d+")
BUCKETS = ["not_due", "1-30", "31-60", "61-90", "91+"]
MONEY = frozenset({
    "open", "overdue", "not_due", "fees", "total", "deposit", "paid", "credited", "retained", "interest", "indemnity",
    "owed", "amount", "base", "undated", "credits", "claimed", "waived", "disputed", "other_total", "overpaid",
})  # fmt: skip
DAYS = frozenset({"issued", "next_date", "until", "from", "as_of", "true_from", "last_payment", "on"})

Test = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def filled(value: Any) -> bool:
    return isinstance(value, str) and value.strip() == value != ""


def amount(value: Any) -> bool:
    return isinstance(value, str) and AMOUNT.fullmatch(value) is not None


def whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def day(value: Any) -> bool:
    return (
        isinstance(value, str)
        and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
        and bool(date.fromisoformat(value))
    )


def currency(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value) is not None


def code(value: Any) -> bool:
    return isinstance(value, str) and CODE.fullmatch(value) is not None


def cell(value: Any) -> bool:
    return isinstance(value, str) and CELL.fullmatch(value) is not None


def percent(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) is not None


def one_of(*words: Any) -> Test:
    return lambda value: value in words


def maybe(test: Test) -> Test:
    return lambda value: value is None or test(value)


def each(test: Test) -> Test:
    return lambda value: isinstance(value, list) and all(map(test, value))


def numbers(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(map(filled, value))


def keyed(**keys: Test) -> Test:
    """An object that has these keys, each as it should be; others may stand beside them."""

    def holds(value: Any) -> bool:
        assert isinstance(value, dict), value
        for key, test in keys.items():
            name = key.removesuffix("_")
            assert name in value, f"no key {name} in {value}"
            assert test(value[name]), f"{name}: {value[name]!r}"
        return True

    return holds


KIND = one_of("business", "consumer", "public")
CHANNEL = one_of("email", "email+call", "call", "letter", "file")
DECISION = keyed(
    action=one_of("chase", "wait", "stop"), step=maybe(whole), reason=code, next_date=maybe(day), channel=maybe(text)
)
INVOICE = keyed(
    number=text, client=text, issued=maybe(day), due=maybe(day), total=amount, deposit=amount, paid=amount, open=amount,
    currency=currency, status=code, days_late=whole, level=whole, kind=KIND, decision=DECISION,
    fees=keyed(interest=amount, indemnity=amount, total=amount, provisional=flag),
    where=keyed(sheet=filled, row=whole),
)  # fmt: skip
STATUS = keyed(
    totals=each(keyed(currency=currency, open=amount, overdue=amount, not_due=amount, fees=amount)),
    ageing=each(keyed(currency=currency, bucket=one_of(*BUCKETS, "undated"), open=amount, count=whole)),
    chase=each(
        keyed(
            client=text, email=text, phone=text, step=whole, channel=text, open=amount, currency=currency,
            numbers=numbers,
        )
    ),
    waiting=each(keyed(number=text, client=text, reason=code, until=maybe(day))),
    to_fix=each(keyed(number=text, where=keyed(sheet=filled, cell=maybe(text)), open=maybe(amount))),
    freshness=keyed(last_payment=maybe(day), days=maybe(whole)),
)  # fmt: skip
FEES = keyed(
    fees=each(
        keyed(
            number=text, kind=KIND, interest=amount, indemnity=amount, total=amount, provisional=flag,
            lines=each(
                keyed(
                    from_=day, to=day, days=whole, base=amount, rate=percent, amount=amount,
                    half_year=maybe(lambda value: re.fullmatch(r"\d{4}-S[12]", value) is not None),
                )
            ),
        )
    )
)  # fmt: skip
WHY = keyed(
    rules=each(keyed(code=code, ok=flag, value=lambda _: True, limit=lambda _: True, true_from=maybe(day))),
    decision=DECISION,
)
PROBLEM = keyed(
    code=code, severity=one_of("error", "warning", "notice"), where=maybe(keyed(sheet=filled, cell=maybe(cell))),
    value=text, message=filled, hint=filled,
)  # fmt: skip
BY_COMMAND: Mapping[str, Test] = {
    "status": STATUS, "report": STATUS, "invoices": keyed(invoices=each(INVOICE)), "fees": FEES, "why": WHY,
    "check": keyed(errors=whole, warnings=whole),
}  # fmt: skip


def check_answer(answer: Any, command: str, today: str) -> Any:
    """The `data` of an answer that keeps the whole contract."""
    assert list(answer) == ENVELOPE
    assert (answer["relance"], answer["command"], answer["today"]) == (1, command, today)
    check_forms(answer, "")
    assert isinstance(answer["problems"], list)
    for problem in answer["problems"]:
        assert set(problem) == {"code", "severity", "where", "value", "message", "hint"}
        assert PROBLEM(problem)
    data = answer["data"]
    assert isinstance(data, dict)
    if command in BY_COMMAND:
        assert BY_COMMAND[command](data)
    if command in {"status", "report"}:
        check_sums(data)
    for fees in data.get("fees", []) if command == "fees" else []:
        check_lines(fees)
    if command == "check":
        severities = Counter(problem["severity"] for problem in answer["problems"])
        assert (data["errors"], data["warnings"]) == (severities["error"], severities["warning"])
    return data


def check_forms(value: Any, at: str) -> None:
    """No float anywhere; what is called an amount is a string with two decimals, what is called a day is ISO."""
    if isinstance(value, dict):
        for key, item in value.items():
            name = f"{at}.{key}" if at else key
            assert re.fullmatch(r"[a-z][a-z0-9_]*|.*[^a-z_].*", key), name
            if isinstance(item, str) and key in MONEY and "settings" not in at and at != "problems[]":
                assert amount(item), f"{name}: {item!r}"
            if isinstance(item, str) and key in DAYS and item and "settings" not in at:
                assert day(item) or "@" in item, f"{name}: {item!r}"
            check_forms(item, name)
    elif isinstance(value, list):
        for item in value:
            check_forms(item, f"{at}[]")
    else:
        assert value is None or type(value) in {str, int, bool}, f"{at}: {value!r}"


def check_sums(data: Mapping[str, Any]) -> None:
    """The buckets of a currency sum up to its totals, and stand in their order."""
    assert len({total["currency"] for total in data["totals"]}) == len(data["totals"])
    assert {bucket["currency"] for bucket in data["ageing"]} == {total["currency"] for total in data["totals"]}
    for total in data["totals"]:
        own = [bucket for bucket in data["ageing"] if bucket["currency"] == total["currency"]]
        assert [bucket["bucket"] for bucket in own][:5] == BUCKETS
        late = [bucket["open"] for bucket in own if bucket["bucket"] in BUCKETS[1:]]
        assert summed(bucket["open"] for bucket in own) == Decimal(total["open"])
        assert summed(late) == Decimal(total["overdue"])
        assert Decimal(own[0]["open"]) == Decimal(total["not_due"])


def check_lines(fees: Mapping[str, Any]) -> None:
    """Each line can be added again from what it says, and the lines make the interest."""
    for line in fees["lines"]:
        first, last = date.fromisoformat(line["from"]), date.fromisoformat(line["to"])
        assert line["days"] == (last - first).days + 1
        exact = Fraction(line["base"]) * Fraction(line["rate"]) * line["days"] / 36500
        cents = Decimal(exact.numerator * 100) / exact.denominator
        assert Decimal(line["amount"]) * 100 == cents.quantize(Decimal(1), ROUND_HALF_UP), line
    assert summed(line["amount"] for line in fees["lines"]) == Decimal(fees["interest"])
    costs = summed(cost["amount"] for cost in fees["costs"])
    assert Decimal(fees["interest"]) + Decimal(fees["indemnity"]) + costs == Decimal(fees["total"])


def summed(amounts: Iterable[str]) -> Decimal:
    return sum(map(Decimal, amounts), Decimal(0))


def check_agreement(status: Mapping[str, Any], invoices: list[Mapping[str, Any]]) -> None:
    """The list of all invoices says what status says: totals, whom to chase, who waits."""
    for total in status["totals"]:
        own = [row for row in invoices if row["currency"] == total["currency"] and row["status"] != "credit_note"]
        assert summed(row["open"] for row in own if Decimal(row["open"]) > 0) == Decimal(total["open"])
        assert summed(row["open"] for row in own if row["days_late"] and Decimal(row["open"]) > 0) == Decimal(
            total["overdue"]
        )
    told = Counter(number for chase in status["chase"] for number in (*chase["numbers"], *chase["beside"]))
    assert told == Counter(row["number"] for row in invoices if row["decision"]["action"] == "chase")
    waiting = {(row["number"], row["client"]): row["reason"] for row in status["waiting"]}
    for row in invoices:
        if (row["number"], row["client"]) in waiting:
            assert waiting[row["number"], row["client"]] == row["decision"]["reason"]
            assert row["decision"]["action"] != "chase"

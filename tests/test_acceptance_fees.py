"""`relance fees` as a person with a pocket calculator reads it: from what is printed, each line is added again."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from conftest import ROOT, Run
from recording import DAY

WHERE = ("-w", "penalites/penalites.xlsx", "--lang", "en", *DAY)
THREE_PARTS = (("3000", "2026-05-31"), ("4000", "2026-07-10"), ("3000", "2026-09-03"))
LINE = re.compile(
    r"(\d\d/\d\d/\d{4}) +(\d\d/\d\d/\d{4}) +(\d+) +€([\d,.]+) +([\d.]+) +(\d{4}-S[12]|constant)"
    r"(?: \(provisional\))? +€([\d,.]+)"
)
SUM = re.compile(r"^ +(interest|indemnity|total)(?: \(provisional\))? +€([\d,.]+)$", re.MULTILINE)


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def day(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y")  # noqa: DTZ007 - a calendar day


def added_again(printed: str) -> list[tuple[int, str, str]]:
    """The lines of one invoice as (days, rate, half-year), each recomputed from what is printed; its sums too."""
    lines = LINE.findall(printed)
    interest = Decimal(0)
    for first, last, days, base, rate, _, amount in lines:
        assert (day(last) - day(first)).days + 1 == int(days)
        exact = money(base) * Decimal(rate) / 100 * int(days) / 365
        assert exact.quantize(Decimal("0.01"), ROUND_HALF_UP) == money(amount), (first, last)
        interest += money(amount)
    for (_, last, *_), (first, *_) in pairwise(lines):
        assert (day(first) - day(last)).days == 1, "no day is missing and none is counted twice"
    sums = {name: money(amount) for name, amount in SUM.findall(printed)}
    assert sums.get("interest", interest) == interest
    assert sums["total"] == interest + sums.get("indemnity", Decimal(0))
    return [(int(days), rate, half_year) for _, _, days, _, rate, half_year, _ in lines]


@pytest.mark.parametrize(
    ("number", "kind", "lines"),
    [
        ("P-01", "business", [(10, "12.15", "2026-S1"), (143, "12.40", "2026-S2")]),
        ("P-03", "consumer", [(110, "2.75", "2026-S2")]),
        ("P-04", "public buyer", [(189, "10.15", "constant")]),
        ("P-05", "business", [(30, "10.5", "2026-S1"), (143, "10.5", "2026-S2")]),
        ("P-06", "business", [(51, "260", "constant")]),
        ("P-07", "business", [(75, "12", "constant"), (98, "12", "constant")]),
        ("P-08", "business", [(30, "7.86", "2026-S1"), (143, "8.25", "2026-S2")]),
        ("P-09", "business", [(30, "10.15", "2026-S1"), (143, "10.40", "2026-S2")]),
        ("P-10", "business", [(30, "12.15", "2026-S1"), (63, "12.40", "2026-S2")]),
    ],
)
def test_each_invoice_of_the_example_of_fees_can_be_added_again(
    number: str, kind: str, lines: list[tuple[int, str, str]], folder: Path, run: Callable[..., Run]
) -> None:
    printed = run("fees", number, *WHERE).out.replace("\u00a0", " ")
    assert f"· {kind} ·" in printed
    assert added_again(printed) == lines
    assert ("indemnity   " in printed) == (kind != "consumer")


def test_a_debt_paid_in_three_parts_over_a_change_of_rate(folder: Path, run: Callable[..., Run]) -> None:
    for amount, on in THREE_PARTS:
        assert run("paid", "P-02", amount, "--on", on, "--yes", *WHERE).code == 0
    printed = run("fees", "P-02", *WHERE).out.replace("\u00a0", " ")
    lines = [(30, "12.15", "2026-S1"), (30, "12.15", "2026-S1"), (10, "12.40", "2026-S2"), (55, "12.40", "2026-S2")]
    assert added_again(printed) == lines
    moves = re.findall(r"payment +€([\d,.]+) +€([\d,.]+) +€([\d,.]+) +€([\d,.]+)", printed)
    base = Decimal(10_000)
    for paid, on_interest, on_principal, left in moves:
        assert money(on_interest) + money(on_principal) == money(paid)
        base -= money(on_principal)
        assert base == money(left)
    assert len(moves) == 3
    assert base == Decimal("254.58"), "what is left is the interest"


def test_every_invoice_of_the_large_example_can_be_added_again(folder: Path, run: Callable[..., Run]) -> None:
    printed = run("fees", "--lang", "en", *DAY).out.replace("\u00a0", " ")
    parts = re.split(r"\n(?=   F-2026-\d{3} · )", printed.partition("All together")[0])[1:]
    assert len(parts) > 15
    for part in parts:
        added_again(part)


def test_the_example_of_fees_is_made_by_its_script(tmp_path: Path) -> None:
    made = tmp_path / "penalites.xlsx"
    subprocess.run([sys.executable, str(ROOT / "scripts" / "make_late_fees.py"), str(made)], check=True)
    assert made.read_bytes() == (ROOT / "examples" / "penalites" / "penalites.xlsx").read_bytes()

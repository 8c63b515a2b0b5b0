"""Any sequence of acts, then as many undos: the very bytes of before, and a journal that nothing is in force in."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import EXAMPLE
from recording import DAY, NAME
from relance.cli import main
from relance.workbook.events import list_acts
from relance.workbook.journal import read_journal

NUMBERS = st.sampled_from(["F-2026-018", "F-2026-022", "F-2026-024", "F-2026-026", "F-2026-028", "F-2026-016"])
AMOUNTS = st.decimals(Decimal("0.01"), Decimal(1200), places=2).map(str)
DAYS = st.dates(min_value=date(2026, 11, 20), max_value=date(2027, 3, 1))
ACTS = st.one_of(
    st.tuples(st.just("paid"), NUMBERS, AMOUNTS),
    st.tuples(st.just("paid"), NUMBERS),
    st.tuples(st.just("sent"), NUMBERS, st.just("--by"), st.sampled_from(["phone", "letter", "email"])),
    st.tuples(st.just("promise"), NUMBERS, DAYS.map(str)),
    st.tuples(st.just("hold"), NUMBERS, st.just("--reason"), st.text("aé ;<&\"'", min_size=1, max_size=9)),
    st.tuples(st.just("dispute"), NUMBERS, st.just("--reason"), st.just("qualité")),
    st.tuples(st.just("release"), NUMBERS),
    st.tuples(st.just("cancel"), NUMBERS, st.just("--reason"), st.just("doublon")),
    st.tuples(
        *map(st.just, ("add", "--client", "Garage Poitevin", "--due", "2026-12-31", "--amount", "12,50", "--number")),
        st.integers(100, 999).map("F-2026-{}".format),
    ),
    st.just(("fees", "--write")),
)


@contextlib.contextmanager
def entered() -> Iterator[Path]:
    """A folder of its own with the example, entered."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(EXAMPLE, folder / NAME)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def run(*arguments: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    assert code in (0, 2, 5), err.getvalue()
    return code, out.getvalue()


@settings(max_examples=25, deadline=None)
@given(st.lists(ACTS, min_size=1, max_size=5))
def test_any_acts_then_as_many_undos_are_the_identity(acts: list[tuple[str, ...]]) -> None:
    with entered() as folder:
        file = folder / NAME
        states = [file.read_bytes()]
        for act in acts:
            code, out = run(*act, "--yes", "--json", *DAY)
            if code == 0 and json.loads(out)["data"]["applied"]:
                states.append(file.read_bytes())
        while len(states) > 1:
            assert file.read_bytes() == states.pop()
            assert run("undo", "--yes", *DAY)[0] == 0
            assert file.read_bytes() == states[-1]
        assert run("undo", "--yes", *DAY)[0] == 2
        assert not any(act.in_force for act in list_acts(read_journal(folder).events))


@settings(max_examples=15, deadline=None)
@given(number=NUMBERS, amount=AMOUNTS)
def test_the_reader_sees_exactly_what_was_written(number: str, amount: str) -> None:
    with entered():
        before = _open(number)
        received = min(Decimal(amount), before)  # one of them owes 1128
        code, _ = run("paid", number, str(received), "--yes", *DAY)
        assert code == 0
        assert _open(number) == before - received


def _open(number: str) -> Decimal:
    found = json.loads(run("invoices", "--all", "--json", *DAY)[1])["data"]["invoices"]
    return next(Decimal(invoice["open"]) for invoice in found if invoice["number"] == number)

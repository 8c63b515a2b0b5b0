"""Values made on all processors come back whole and in order, errors too."""

from __future__ import annotations

import os
import sys

import pytest

from relance.errors import ConflictError, RelanceError, msg
from relance.office.side_by_side import side_by_side

several_processors = pytest.mark.skipif(
    not sys.platform.startswith("linux") or (os.cpu_count() or 1) < 2, reason="needs fork and two processors"
)


def _refuse_seven(number: int) -> int:
    if number == 7:
        raise ConflictError("draft-exists", msg("The draft {file} is already there.", file="7"), msg("Move it away."))
    return number


def test_the_values_are_in_the_order_of_the_items() -> None:
    assert list(side_by_side(str, range(1000), few=10)) == [str(number) for number in range(1000)]


@several_processors
def test_they_are_made_by_other_processes() -> None:
    made_by = set(side_by_side(lambda _: os.getpid(), range(500), few=10))
    assert made_by
    assert os.getpid() not in made_by
    assert set(side_by_side(lambda _: os.getpid(), range(9), few=10)) == {os.getpid()}


def test_an_error_comes_back_with_its_code_and_remedy() -> None:
    with pytest.raises(RelanceError) as caught:
        list(side_by_side(_refuse_seven, range(100), few=10))
    assert (caught.value.code, str(caught.value.message), str(caught.value.remedy)) == (
        "draft-exists", "The draft 7 is already there.", "Move it away.",
    )  # fmt: skip

"""Many values made on all processors: memory is shared with processes of ours, the values come back in order.

Only where the system can share it (fork: Linux); elsewhere, and for few values, they are made here.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_FEW = 300  # below, starting processes costs more than they save
_CHUNK = 50
_make: list[Callable[[int], Any]] = []


def side_by_side(make: Callable[[T], R], items: Sequence[T], *, few: int = _FEW) -> Iterator[R]:
    """`make` of each item, in the order of the items; what it raises is raised here. `make` must not write anything.

    >>> list(side_by_side(lambda n: n * n, range(5), few=2))
    [0, 1, 4, 9, 16]
    """
    workers = os.cpu_count() or 1
    if len(items) < few or workers < 2 or not sys.platform.startswith("linux"):
        yield from map(make, items)
        return
    _make.append(lambda at: make(items[at]))
    try:
        with multiprocessing.get_context("fork").Pool(workers) as pool:
            yield from pool.imap(_at, range(len(items)), _CHUNK)
    finally:
        _make.pop()


def _at(position: int) -> Any:
    return _make[-1](position)

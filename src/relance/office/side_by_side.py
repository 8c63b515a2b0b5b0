"""Many values made on all processors by processes of ours; they come back in order, errors too.

An interruption is for the process that asked: the others know nothing of it, and end with it. A process that the system
ends (memory ran short) breaks nothing: what it had begun is made again.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Ended = BrokenProcessPool
"""What is raised when the system ended a process of ours: nobody knows what it had done."""

_FEW = 300  # below, starting processes costs more than they save
_CHUNK = 50
_MOST = 61  # processes that Windows can wait for at once
_LOOK_UP = 0.5  # seconds; a wait without end hears no Ctrl-C on Windows
_LINUX = sys.platform.startswith("linux")
_make: list[Callable[[int], Any]] = []


def side_by_side(make: Callable[[T], R], items: Sequence[T], *, few: int = _FEW) -> Iterator[R]:
    """`make` of each item, in the order of the items; what it raises is raised here. `make` must not write anything.

    Memory is shared with the processes, so only where the system can (fork: Linux); elsewhere, and for few values, they
    are made here. So are those that remain when the system ends a process.

    >>> list(side_by_side(lambda n: n * n, range(5), few=2))
    [0, 1, 4, 9, 16]
    """
    done = 0
    if len(items) >= few and (os.cpu_count() or 1) > 1 and _LINUX:
        _make.append(lambda at: make(items[at]))
        try:
            with in_processes(_at, range(len(items)), at_a_time=_CHUNK) as values:
                for value in values:
                    done += 1
                    yield value
        except Ended:
            pass
        finally:
            _make.pop()
    yield from map(make, items[done:])


def _at(position: int) -> Any:
    return _make[-1](position)


@contextmanager
def in_processes(
    work: Callable[[T], R], items: Sequence[T], *, at_a_time: int = 1, method: str | None = "fork" if _LINUX else None
) -> Iterator[Iterator[R]]:
    """`work` of each item, in the order of the items, begun before this returns; `at_a_time` are given to a process at
    once. Leaving early, by an error or an interruption, ends the processes. `method` is how the system starts them.

    `Ended` at the first item whose process the system ended. What `work` raises is raised here.
    """
    chunks = [items[start : start + at_a_time] for start in range(0, len(items), at_a_time)]
    others = multiprocessing.active_children()
    workers = max(1, min(os.cpu_count() or 1, len(chunks), _MOST))
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context(method), _begin)
    try:
        with _undisturbed():
            coming = deque(pool.submit(_several, work, chunk) for chunk in chunks)
        yield _values(coming)
    except BaseException:
        for child in multiprocessing.active_children():
            if child not in others:
                child.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _values(coming: deque[Future[list[R]]]) -> Iterator[R]:
    while coming:
        while not wait((coming[0],), _LOOK_UP).done:
            pass
        yield from coming.popleft().result()


def _several(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    return [work(item) for item in items]


def _begin() -> None:
    """A process begins: it knows no interruption, ends with the one that asked, and looks for garbage among its own
    values only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()
    gc.enable()


def _end_with_parent() -> None:
    """However that one ends: nobody would ever tell this process that there is nothing more to do."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No interruption until the processes that are made here can ignore it; it comes when this ends."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

"""A command line run in a process of its own that dies, as by kill -9, at the n-th thing it does to the disk."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from relance.cli import main

DIED, AT_LAST = 77, 10_000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.chmod", "os.chown", "os.utime", "os.truncate")


def run_until(instant: int, *arguments: str) -> int:
    """The exit code of a command that dies just before the n-th operation that writes; DIED when it did.

    The operations are every file opened for writing, renamed, removed, made or dated, every fsync, and every write to
    a descriptor, which dies halfway through its bytes as well as before.
    """
    return in_child(lambda: _die_at(instant), *arguments)


def run_limited(size: int, *arguments: str) -> int:
    """The exit code of a command that may not make any file larger than `size` bytes: a disk that is full."""
    import resource  # not on Windows

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return in_child(limit, *arguments)


def in_child(prepare: Callable[[], object], *arguments: str) -> int:
    """Run a command line in a forked process."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                prepare()
                code = int(main(arguments))
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _die_at(instant: int) -> None:
    left = instant

    def count() -> bool:
        nonlocal left
        left -= 1
        return left == 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        opens = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES
        if (opens or event in _CHANGES) and count():
            os._exit(DIED)

    write, fsync = os.write, os.fsync

    def dying_write(descriptor: int, data: Any) -> int:
        if count():
            os._exit(DIED)
        if count():
            write(descriptor, bytes(data)[: len(data) // 2])
            os._exit(DIED)
        return write(descriptor, data)

    def dying_fsync(descriptor: int) -> None:
        if count():
            os._exit(DIED)
        fsync(descriptor)

    os.write, os.fsync = dying_write, dying_fsync
    sys.addaudithook(watch)

"""One run of a schedule: never two at once, what happened in a log of bounded size, a failure told by mail.

It is what cron, systemd and Windows call. It must not know what a report is.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from relance.files import write_whole

_LOG_BYTES = 256_000


class Ran(Struct, frozen=True):
    """What became of a run: its exit code, what it printed, what it said; `busy` where another was still running."""

    code: int = 0
    out: str = ""
    err: str = ""
    busy: bool = False


def run_once(log: Path, at: datetime, run: Callable[[], int]) -> Ran:
    """Run something alone of its kind, catching what it prints, and note the outcome in the log.

    The lock stands beside the log and is freed when its process dies. A log that cannot be written is said on
    standard error and stops nothing.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only here

    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(str(log.with_suffix(".lock")), timeout=0):
            ran = _caught(run)
    except Timeout:
        ran = Ran(busy=True)
    except OSError as error:
        _say(error)  # no lock can be kept here: run all the same
        ran = _caught(run)
    try:
        note(log, at, ran)
    except OSError as error:
        _say(error)  # the log is no reason to fail
    return ran


def _say(error: OSError) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{error}\n")


def _caught(run: Callable[[], int]) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run()
    return Ran(code, out.getvalue(), err.getvalue())


def note(log: Path, at: datetime, ran: Ran) -> None:
    """Add an entry to the log: the time, the outcome, what was said on standard error. The oldest half goes when the
    log becomes too large."""
    outcome = "busy" if ran.busy else f"exit {ran.code}"
    lines = [f"{at.isoformat(timespec='seconds')}  {outcome}", *(f"    {line}" for line in ran.err.splitlines())]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace"))
        size = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if size > _LOG_BYTES:
        write_whole(log, log.read_bytes()[-_LOG_BYTES // 2 :].partition(b"\n")[2])
        log.chmod(0o600)

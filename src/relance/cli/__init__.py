"""Options in, one act, output out. `main(argv)` answers the exit code and may be called many times in a process."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any


def main(arguments: Sequence[str], kept: list[Any] | None = None) -> int:
    """Run one command line (without the program's name); the exit code is that of `errors.ExitCode`.

    What was read and computed for the answer is put into `kept`: it is as long to give back as to make.
    """
    from relance.cli.app import run  # noqa: PLC0415 - typer is imported only when a command runs

    return run(list(arguments), kept)


def entry() -> None:
    """The console script. The system takes the memory back at once, where the interpreter would free value by value,
    for a tenth of the time of a large workbook; nor does the collector look at them all once more when the run ends."""
    gc.disable()
    kept: list[Any] = []
    if sys.stdout is None:  # closed by whoever started us: the act is done, and its answer read by nobody
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    try:
        code = main(sys.argv[1:], kept)
    except KeyboardInterrupt:  # while the program was still being loaded
        code = 130
    with suppress(OSError, ValueError):  # a stream that takes no more: the interpreter ends as it does then
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(code)
    sys.exit(code)

"""Options in, one act, output out. `main(argv)` answers the exit code and may be called many times in a process."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run one command line (without the program's name); the exit code is that of `errors.ExitCode`."""
    from relance.cli.app import run  # noqa: PLC0415 - typer is imported only when a command runs

    return run(list(arguments))


def entry() -> None:
    """The console script."""
    code = main(sys.argv[1:])
    gc.freeze()  # the interpreter would look for garbage in all that was read: a tenth of a second
    sys.exit(code)

"""One process that saves one cell, for tests that run many at once or kill it: `writer.py FILE CELL [LEFT]`.

With LEFT, the process kills itself at the file operation of that number on the workbook's folder.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from relance.errors import msg
from relance.workbook.lock import hold_workbook
from relance.workbook.save import read_snapshot, save_plan
from relance.workbook.xlsx.book import open_book
from relance.workbook.xlsx.edits import Edit, Plan

NOW = datetime(2026, 9, 30, 8, 15)  # noqa: DTZ001 - local time, as the command reads it
SEEN = (
    "open",
    "os.rename",
    "os.chown",
    "os.chmod",
    "os.utime",
    "os.remove",
    "os.mkdir",
    "os.listdir",
    "shutil.copystat",
)


def write(path: Path, cell: str) -> None:
    """Write the cell's own name into it, and something else into B2 that every writer changes."""
    with hold_workbook(path):
        snapshot = read_snapshot(path)
        book = open_book(snapshot.data)
        new = {cell: cell, "B2": snapshot.sha256[:8] + cell}
        edits = [
            Edit("Factures", name, book.value("Factures", name), value, msg("test")) for name, value in new.items()
        ]
        save_plan(snapshot, Plan(tuple(edits), headers={"Factures": 1}), NOW)


def die_after(folder: Path, left: int) -> None:
    """Kill this process, as a power cut does, at its operation number `left` on the folder."""
    count = [left]

    def watch(event: str, arguments: tuple) -> None:
        if event in SEEN and str(folder) in str(arguments):
            count[0] -= 1
            if count[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    if len(sys.argv) > 3:
        die_after(target.parent, int(sys.argv[3]))
    write(target, sys.argv[2])

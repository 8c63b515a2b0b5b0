"""The cases of errors met when a letter is put on paper."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

from error_folders import DAY, NAME, Case
from relance.cli import main


def _without_typst(_folder: Path) -> object:
    """The extra is not installed."""
    from relance.letters.pdf import require_pdf

    typst = sys.modules.get("typst")
    sys.modules["typst"] = None  # type: ignore[assignment]
    try:
        return require_pdf()
    finally:
        del sys.modules["typst"]
        if typst:
            sys.modules["typst"] = typst


def _made(folder: Path) -> None:
    """A letter of the day before waits for its confirmation."""
    with contextlib.redirect_stdout(io.StringIO()):
        main(["letter", "quai vert", "-w", str(folder / NAME), "--today", "2026-11-19"])


def _made_then_paid(folder: Path) -> None:
    """A letter was made this morning, and the invoices were paid since."""
    with contextlib.redirect_stdout(io.StringIO()):
        main(["letter", "quai vert", "-w", str(folder / NAME), *DAY])
        for number in ("F-2026-018", "F-2026-028"):
            main(["paid", number, "--yes", "-w", str(folder / NAME), *DAY])


def _in_doubt(folder: Path) -> None:
    """A message was being sent when the run stopped."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(["remind", "-w", str(folder / NAME), *DAY])
    path = folder / "relance" / "journal.jsonl"
    lines = path.read_text("utf-8").splitlines()
    drafted = json.loads(next(line for line in lines if '"drafted"' in line and "trois-ormes" in line))
    doubt = {"event": "unknown", "at": drafted["at"], "day": drafted["day"], "id": drafted["id"], "reason": "crash"}
    path.write_text("\n".join([*lines, json.dumps(doubt)]) + "\n", "utf-8")


PAPER = (
    Case("pdf-missing", 2, (), act=_without_typst),
    Case("needs-a-file", 2, ("statement", "nova", "--format", "pdf", *DAY)),
    Case("letter-none", 2, ("letter", "bellerive", *DAY)),
    Case("letter-none", 2, ("letter", "quai vert", *DAY), _made_then_paid),
    Case("letter-step", 2, ("letter", "bellerive", "--step", "4", *DAY)),
    Case("letter-waiting", 2, ("letter", "quai vert", *DAY), _made),
    Case("letter-doubtful", 2, ("letter", "trois ormes", *DAY), _in_doubt),
    Case("letter-refused", 2, ("letter", "nova", *DAY)),
    Case("letter-refused", 2, ("letter", "quai vert", "--today", "2027-02-02")),
)

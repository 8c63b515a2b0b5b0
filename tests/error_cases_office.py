"""Cases of the errors met around the daily round: schedules, configuration, what is forgotten."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from error_folders import DAY, Case


def _refused(folder: Path) -> object:
    """A crontab that the system does not let this person have."""
    from relance.office.scheduling.schedule import Job, When
    from relance.office.scheduling.schedule_install import install

    program = folder / "crontab"
    program.write_text("#!/bin/sh\necho 'marie is not allowed to use this program.' >&2; exit 1\n", encoding="utf-8")
    program.chmod(0o755)
    job = Job(
        workbook=folder / "x.xlsx", when=When(7, 30, (1,)), command=("/usr/bin/true",), environment={}, log=folder / "x"
    )
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{folder}{os.pathsep}{path}"
    try:
        return install(job, "cron", os.environ)
    finally:
        os.environ["PATH"] = path


def _forget_folder(folder: Path) -> object:
    """A folder stands where a draft was."""
    from datetime import date

    from relance.config import Environment, load_config
    from relance.office.forget import Forgetting, carry_out

    (folder / "relance" / "drafts").mkdir(parents=True, exist_ok=True)
    config = load_config(folder, Environment())
    return carry_out(config, date(2026, 11, 20), Forgetting(before=date(2026, 1, 1), files=("drafts",)))


def _editor(program: str) -> Callable[[Path], object]:
    """The person's editor, for the rest of the test or of the page."""

    def choose(_folder: Path) -> object:
        os.environ.pop("VISUAL", None)
        os.environ["EDITOR"] = program
        return program

    return choose


def _wizard(answers: str) -> Callable[[Path], object]:
    """No configuration yet, and a script that answers so much."""

    def ask(folder: Path) -> object:
        from relance.cli.session import Session
        from relance.cli.wizard import run_wizard
        from relance.config import Environment
        from relance.language import Language

        (folder / "relance.toml").unlink(missing_ok=True)
        before, sys.stdin = sys.stdin, io.StringIO(answers)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                return run_wizard(Session(Environment(), Language("fr")), None)
        finally:
            sys.stdin = before

    return ask


OFFICE: tuple[Case, ...] = (
    Case("time-not-understood", 2, ("schedule", "--at", "matin", *DAY)),
    Case("days-not-understood", 2, ("schedule", "--days", "lundi-dredi", *DAY)),
    Case("schedule-line", 2, ("schedule", "--output", "rapports/" * 120 + "x.html", *DAY)),
    Case("scheduler-absent", 2, ("schedule", "--install", "windows", *DAY)),
    Case("scheduler-refused", 5, (), act=_refused),
    Case("config-words", 2, ("config", "iban")),
    Case("key-unknown", 2, ("config", "explain", "company.ibna")),
    Case("editor-absent", 2, ("config", "edit"), _editor("un-editeur-absent")),
    Case("editor-failed", 4, ("config", "edit"), _editor("false")),
    Case("configured-already", 2, ("init", "--wizard")),
    Case("folder-absent", 3, ("init", "--wizard", "absent/suivi.xlsx")),
    Case("wizard-alone", 2, (), act=_wizard("")),
    Case("wizard-answer", 2, (), act=_wizard("Dupont\nFR76 0000\n")),
    Case("forget-what", 2, ("forget", *DAY)),
    Case("date-in-future", 2, ("forget", "--before", "2027-01-01", *DAY)),
    Case("client-owes", 5, ("forget", "Dubreuil", "--yes", *DAY)),
    Case("forget-unfinished", 5, (), act=_forget_folder),
)

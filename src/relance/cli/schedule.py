"""relance schedule: the daily report made without anybody's help."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from relance.cli.console import write_text
from relance.cli.session import Session, refuse_yours
from relance.errors import Message, RelanceError, UsageError, msg
from relance.office.scheduling.schedule import Job
from relance.reports.view import View

_REPORT_NAMES = {"fr": "rapport", "en": "report"}


def schedule(
    ctx: typer.Context,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="The time of day.")] = "07:30",
    days: Annotated[str, typer.Option("--days", metavar="DAYS", help="mon-fri, or mon,wed, or daily.")] = "mon-fri",
    output: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Where the report is written, its form by the ending; {date} is the day; - to print it.",
        ),
    ] = "",
    mail_to: Annotated[
        list[str] | None, typer.Option(metavar="ADDRESS", help="Send the report to this address.")
    ] = None,
    only_changes: Annotated[
        bool, typer.Option("--only-changes", help="No report on a day when nothing changed.")
    ] = False,
    install: Annotated[
        str, typer.Option(metavar="cron|systemd|windows", help="Put it in place; again, to change it.")
    ] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take it away.")] = False,
    run: Annotated[bool, typer.Option("--run", help="Make the report now, as the scheduler does.")] = False,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="Where each run is noted.")] = None,
) -> View | int:
    """The daily report by cron, systemd or Windows: what to tell them, put in place or taken away."""
    from relance.office.book import locate  # noqa: PLC0415 - each command loads its own act
    from relance.office.scheduling.schedule import environment_of, log_of, parse_when, program  # noqa: PLC0415

    session: Session = ctx.obj
    for file, option in ((Path(output), "--output"), (log, "--log")):
        if file:
            refuse_yours(file, option)
    wanted = Wanted(output, tuple(mail_to or ()), only_changes)
    if run and log and session.workbook:  # what is wrong with the configuration is for the log too
        return _run(session, session.workbook, log, wanted)
    config = session.config()
    workbook = locate(config).absolute()
    log = (log or log_of(workbook)).absolute()
    if run:
        return _run(session, workbook, log, wanted)
    wanted = Wanted(_place_of(wanted, workbook, session), wanted.mail_to, only_changes)
    language = ("--lang", session.language_flag) if session.language_flag else ()
    job = Job(
        workbook=workbook,
        when=parse_when(at, days),
        command=(*program(), "schedule", "--run", "-w", str(workbook), "--log", str(log), *language, *wanted.words),
        environment=environment_of(os.environ, config.user),
        log=log,
        note=session.language.say(msg("relance schedule --remove takes these three lines away")),
    )
    return _answer(job, wanted, install, remove=remove)


class Wanted(Struct, frozen=True):
    """What is asked of the report: where it is written ("-" to print it, "" nowhere), to whom it is sent, whether it
    keeps silent when nothing changed."""

    output: str
    mail_to: tuple[str, ...]
    only_changes: bool

    @property
    def words(self) -> tuple[str, ...]:
        """As options of a command line."""
        output = ("--output", self.output) if self.output else ()
        addresses = (word for address in self.mail_to for word in ("--mail-to", address))
        return (*output, *addresses, *(("--only-changes",) if self.only_changes else ()))


def _place_of(wanted: Wanted, workbook: Path, session: Session) -> str:
    """Where the report is written, in full: beside the workbook where nobody said, unless it is sent."""
    if wanted.output in ("", "-"):
        name = workbook.with_name(f"{workbook.stem}-{_REPORT_NAMES[session.language.code]}.html")
        return wanted.output or ("" if wanted.mail_to else str(name))
    return str(Path(wanted.output).absolute())


def _answer(job: Job, wanted: Wanted, system: str, *, remove: bool) -> View:
    from relance.office.scheduling.schedule import cron_line, service_unit, timer_unit, windows_task  # noqa: PLC0415
    from relance.office.scheduling.schedule_install import find_installed, find_time  # noqa: PLC0415
    from relance.reports.views.schedule import Scheduled, schedule_view  # noqa: PLC0415

    done = _act(job, system, remove=remove)
    placed = find_time(job, os.environ)
    return schedule_view(
        Scheduled(
            workbook=str(job.workbook), key=job.key, at=job.when.clock, days=job.when.days, output=wanted.output,
            mail_to=wanted.mail_to, log=str(job.log), command=job.command, unit=job.unit,
            cron=cron_line(job), service=service_unit(job),
            timer=timer_unit(job), task=windows_task(job),
            in_place=find_installed(job, os.environ), done=done, removed=remove,
            placed_at=placed.clock if placed else "", placed_days=placed.days if placed else (),
        )
    )  # fmt: skip


def _act(job: Job, system: str, *, remove: bool) -> tuple[Message, ...]:
    """Install or remove, and say what was done; nothing where neither was asked."""
    from relance.office.scheduling.schedule_install import SYSTEMS, install  # noqa: PLC0415
    from relance.office.scheduling.schedule_install import remove as take_away  # noqa: PLC0415
    from relance.reports.views.schedule import SYSTEM_NAMES  # noqa: PLC0415

    if remove:
        gone = take_away(job, os.environ)
        names = tuple(SYSTEM_NAMES[name] for name in gone)
        return (msg("Taken away from {places}.", places=names) if gone else msg("Nothing was in place."),)
    if not system:
        return ()
    if system not in SYSTEMS:
        raise UsageError(
            "unknown-choice",
            msg("“{value}” is not a value of {option}.", value=system, option="--install"),
            msg("Choose one of: {choices}.", choices=SYSTEMS),
        )
    others = install(job, system, os.environ)
    said = [msg("In place: {places}. To take it away: relance schedule --remove.", places=SYSTEM_NAMES[system])]
    said += [msg("Taken away from {places}.", places=SYSTEM_NAMES[name]) for name in others]
    if system == "systemd":
        said.append(msg("It runs while you are logged in; for a machine nobody logs in to: loginctl enable-linger."))
    return tuple(said)


def _run(session: Session, workbook: Path, log: Path, wanted: Wanted) -> int:
    """Make the report alone of its kind; silent when all went well, so that cron mails failures and nothing else."""
    from relance.cli.app import run as run_line  # noqa: PLC0415 - this module is loaded by it
    from relance.office.scheduling.schedule_run import run_once  # noqa: PLC0415

    day = session.today.isoformat()
    output = "" if wanted.output == "-" else wanted.output.replace("{date}", day)
    words = ["report", "--today", day, "-w", str(workbook), *Wanted(output, wanted.mail_to, wanted.only_changes).words]
    words += ["--lang", session.language_flag] if session.language_flag else []
    ran = run_once(log, datetime.now().astimezone(), lambda: run_line(words))
    if sys.stdout is not None:
        write_text(sys.stdout, ran.out)
    if ran.code:
        said = ran.err + _mailed(session, workbook, ran.err, wanted.mail_to)
        if sys.stderr is not None:
            write_text(sys.stderr, said)
    return ran.code


def _mailed(session: Session, workbook: Path, said: str, to: tuple[str, ...]) -> str:
    """Mail a failure where an account is configured; what went wrong with that, "" for nothing."""
    from relance.office.scheduling.schedule_mail import account_configuration, mail_failure  # noqa: PLC0415
    from relance.settings_file import user_folder  # noqa: PLC0415 - only after a failure

    user = user_folder(session.environment.config_dir)
    config, language = account_configuration(session.folder(), session.environment, user)
    try:
        if config:
            at = datetime.now().astimezone()
            mail_failure(config, session.environment.passwords, said, at, to=to, workbook=workbook)
    except RelanceError as error:
        return language.say(msg("This failure could not be mailed: {reason}", reason=error.message)) + "\n"
    return ""

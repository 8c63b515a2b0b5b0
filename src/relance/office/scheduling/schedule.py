"""When the daily report is made, and by which words each system is told: a crontab line, systemd units, a Windows task.

Turns a workbook, a time and the options of the report into texts that hold nothing but absolute paths, so that they
mean the same wherever and by whomever they are run. It must not know how they are put in place.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from subprocess import list2cmdline
from xml.sax.saxutils import escape

from msgspec import Struct

from relance.errors import UsageError, msg

_LONGEST_LINE = 990  # cron refuses a line of 1000 bytes
_WEEK = ("monday lundi", "tuesday mardi", "wednesday mercredi", "thursday jeudi", "friday vendredi",
         "saturday samedi", "sunday dimanche")  # fmt: skip
_SYSTEMD_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WINDOWS_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY = {"daily", "every", "tous", "all", "*"}


class When(Struct, frozen=True):
    """A local time of day, and the days of the week (1 = Monday ... 7 = Sunday, rising)."""

    hour: int
    minute: int
    days: tuple[int, ...]

    @property
    def clock(self) -> str:
        """The time as digits.

        >>> When(7, 5, (1,)).clock
        '07:05'
        """
        return f"{self.hour:02}:{self.minute:02}"


class Job(Struct, frozen=True, kw_only=True):
    """One report to make again and again: the workbook, when, the command (absolute program first) and the variables it
    runs with. `key` is the same for a workbook on every run, and names everything put in place for it; `note` tells
    whoever reads the crontab how it is taken away."""

    workbook: Path
    when: When
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    note: str = "relance schedule --remove takes these three lines away"

    @property
    def key(self) -> str:
        """Eight hexadecimal figures that stand for the workbook's place."""
        return key_of(self.workbook)

    @property
    def unit(self) -> str:
        """A name fit for a file and a unit: `relance-suivi-factures-0a1b2c3d`."""
        stem = re.sub(r"[^a-z0-9]+", "-", self.workbook.stem.lower()).strip("-")[:40]
        return "-".join(part for part in ("relance", stem.strip("-"), self.key) if part)


def key_of(workbook: Path) -> str:
    """What stands for a workbook's place in the names of its schedule."""
    return sha256(os.fsencode(workbook.absolute())).hexdigest()[:8]


def log_of(workbook: Path) -> Path:
    """Where the runs for a workbook are noted: on this machine, since each machine has its own schedule."""
    from platformdirs import user_log_path  # noqa: PLC0415 - only here

    return user_log_path("relance", appauthor=False) / f"{key_of(workbook)}.log"


def parse_when(at: str, days: str) -> When:
    """A time such as `07:30`, `7h30` or `7h`, and days such as `mon-fri`, `lun,mer`, `daily`; UsageError otherwise.

    >>> parse_when("7h30", "mon-fri")
    When(hour=7, minute=30, days=(1, 2, 3, 4, 5))
    >>> parse_when("18:05", "sam-lun").days
    (1, 6, 7)
    """
    found = re.fullmatch(r"\s*(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?\s*", at)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 99)
    if hour > 23 or minute > 59:
        raise UsageError(
            "time-not-understood",
            msg("“{text}” is not a time of day.", text=at),
            msg("Write it as 07:30 or 7h30."),
        )
    return When(hour, minute, _parse_days(days))


def _parse_days(text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for word in re.split(r"[,;\s]+", text.strip().lower()):
        first, _, last = word.partition("-")
        ends = (_weekday(first), _weekday(last or first))
        if word in _EVERY:
            found |= set(range(1, 8))
        elif 0 in ends:
            raise UsageError(
                "days-not-understood",
                msg("“{text}” is not a list of days.", text=text),
                msg("Write mon-fri, or mon,wed,fri, or daily."),
            )
        else:
            start, length = ends[0], (ends[1] - ends[0]) % 7
            found |= {(start + step - 1) % 7 + 1 for step in range(length + 1)}
    return tuple(sorted(found))


def _weekday(word: str) -> int:
    """1 for Monday ... 7 for Sunday, by three letters or more in either language; 0 for anything else."""
    for number, names in enumerate(_WEEK, start=1):
        if len(word) >= 3 and any(name.startswith(word) for name in names.split()):
            return number
    return 0


def program() -> tuple[str, ...]:
    """The words that start this very installation from anywhere, whatever the folder and the path: the single file, or
    this Python with the module, which a folder named `relance` beside a workbook cannot stand in for (`-P`)."""
    python = Path(sys.executable)
    quiet = python.with_name("pythonw.exe")
    python = quiet if sys.platform == "win32" and quiet.exists() else python
    if zipfile.is_zipfile(sys.argv[0]):
        return (str(python), "-X", "utf8", str(Path(sys.argv[0]).absolute()))
    return (str(python), "-X", "utf8", "-P", "-m", "relance")


def environment_of(variables: Mapping[str, str], user: Path | None) -> dict[str, str]:
    """What a scheduler must be told, for it has none of a person's own settings: where programs are (those that hand
    over a password), our configuration directory, and the language where a variable chose it."""
    kept = {"PATH": _path(variables.get("PATH", ""))}
    if user is not None:
        kept["RELANCE_CONFIG_DIR"] = str(user.absolute())
    if language := variables.get("RELANCE_LANG"):
        kept["RELANCE_LANG"] = language
    return {name: value for name, value in kept.items() if value}


def _path(path: str) -> str:
    """The folders of a search path that are there, each once."""
    folders = (folder for folder in path.split(os.pathsep) if folder.startswith("/") and Path(folder).is_dir())
    return os.pathsep.join(dict.fromkeys(folders))


def cron_line(job: Job) -> str:
    """The line of a crontab; UsageError where a path has a line break, or the line is longer than cron takes.

    A percent sign is a line break for cron: it is escaped. The variables are set by `env`, for any shell.
    """
    days = "*" if len(job.when.days) == 7 else ",".join(_runs(job.when.days))
    head = f"{job.when.minute} {job.when.hour} * * {days} "
    lines = (head + _for_cron(job, variables) for variables in (job.environment, _without(job.environment, "PATH")))
    line = next((line for line in lines if len(os.fsencode(line)) <= _LONGEST_LINE), None)
    if line is None or "\n" in line:
        raise UsageError(
            "schedule-line",
            msg("The crontab line for {file} would be too long, or broken in two.", file=job.workbook.name),
            msg("Give its folder a shorter name without line break, or use --install systemd."),
        )
    return line


def _without(variables: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in variables.items() if key != name}


def _for_cron(job: Job, variables: dict[str, str]) -> str:
    words = ["env", *(f"{name}={value}" for name, value in variables.items()), *job.command]
    return shlex.join(words).replace("%", r"\%")


def _runs(days: Iterable[int]) -> list[str]:
    """Days of the week as cron likes them: `1-5` rather than `1,2,3,4,5`.

    >>> _runs((1, 2, 3, 5, 6, 7))
    ['1-3', '5-7']
    """
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs]


def days_of_cron(field: str) -> str:
    """The days of a crontab line in the words that `parse_when` reads.

    >>> days_of_cron("1-3,7")
    'mon-wed,sun'
    """
    return re.sub(r"[1-7]", lambda day: _SYSTEMD_DAYS[int(day[0]) - 1].lower(), field)


def service_unit(job: Job) -> str:
    """The systemd service: one report, in the environment it needs."""
    variables = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in job.environment.items())
    program_, *words = job.command
    line = " ".join([_quoted(program_), *(_quoted(word.replace("$", "$$")) for word in words)])
    return (
        f"[Unit]\nDescription=relance: {_plain(job)}\n\n[Service]\nType=oneshot\n{variables}ExecStart={line}\n"
    )  # fmt: skip


def timer_unit(job: Job) -> str:
    """The systemd timer: a day missed because the machine was off is made up for when it is on again."""
    days = "" if len(job.when.days) == 7 else ",".join(_SYSTEMD_DAYS[day - 1] for day in job.when.days) + " "
    return (
        f"[Unit]\nDescription=relance: {_plain(job)}\n\n[Timer]\nOnCalendar={days}*-*-* {job.when.clock}:00\n"
        "Persistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )


def _plain(job: Job) -> str:
    return re.sub(r"\s", " ", job.workbook.name).replace("%", "%%")


def _quoted(word: str) -> str:
    r"""A word as systemd reads it: quotes, backslashes and line breaks escaped, no specifier.

    >>> print(_quoted('a "b" 5 %'))
    "a \"b\" 5 %%"
    """
    for sign, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("%", "%%")):
        word = word.replace(sign, escaped)
    return f'"{word}"'


def windows_task(job: Job) -> str:
    """The task of the Windows scheduler as XML: made up for when the machine was off, never two at once."""
    days = "".join(f"<{_WINDOWS_DAYS[day - 1]} />" for day in job.when.days)
    command, *words = job.command
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>relance: {escape(job.workbook.name)}</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T{job.when.clock}:00</StartBoundary>
      <ScheduleByWeek><DaysOfWeek>{days}</DaysOfWeek><WeeksInterval>1</WeeksInterval></ScheduleByWeek>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(command)}</Command>
      <Arguments>{escape(list2cmdline(words))}</Arguments>
    </Exec>
  </Actions>
</Task>
"""

"""A schedule put in place, found there, taken away: in the user's crontab, among the user's systemd units, in the task
scheduler of Windows. Everything of others is left byte for byte; what cannot be read is never written over."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from relance.errors import ConflictError, UsageError, msg
from relance.files import write_whole
from relance.office.scheduling.schedule import (
    Job,
    When,
    cron_line,
    days_of_cron,
    parse_when,
    service_unit,
    timer_unit,
    windows_task,
)

SYSTEMS = ("cron", "systemd", "windows")
_PROGRAMS = {"cron": "crontab", "systemd": "systemctl", "windows": "schtasks"}


def with_block(crontab: bytes, job: Job) -> bytes:
    """A crontab with the job's own block: in the place of the one that is there, else at the end."""
    block = os.fsencode(f"{_first(job)}\n{cron_line(job)}\n{_last(job)}\n")
    found = _block(job).search(crontab)
    if found:
        return crontab[: found.start()] + block + crontab[found.end() :]
    return crontab + (b"" if not crontab or crontab.endswith(b"\n") else b"\n") + block


def without_block(crontab: bytes, job: Job) -> bytes:
    """A crontab without the job's block, everything else as it was."""
    return _block(job).sub(b"", crontab)


def _first(job: Job) -> str:
    return f"# relance {job.key}: {job.note}"


def _last(job: Job) -> str:
    return f"# relance {job.key} end"


def _block(job: Job) -> re.Pattern[bytes]:
    key = job.key.encode()
    return re.compile(
        rb"^# relance " + key + rb":[^\n]*\n(?:(?!# relance )[^\n]*\n)*?# relance " + key + rb" end\n", re.M
    )


def find_installed(job: Job, variables: Mapping[str, str]) -> tuple[str, ...]:
    """The systems in which this workbook's report is scheduled."""
    found = []
    if shutil.which("crontab") and _block(job).search(_read_crontab()):
        found.append("cron")
    if (_units(variables) / f"{job.unit}.timer").exists():
        found.append("systemd")
    if shutil.which("schtasks") and _call(["schtasks", "/Query", "/TN", job.unit]).returncode == 0:
        found.append("windows")
    return tuple(found)


def find_time(job: Job, variables: Mapping[str, str]) -> When | None:
    """When the schedule in place makes its report; None where nothing is, or where only Windows knows."""
    block = _block(job).search(_read_crontab()) if shutil.which("crontab") else None
    if block and (found := re.search(rb"^(\d+) (\d+) \* \* (\S+) ", block[0], re.M)):
        minute, hour, days = (part.decode() for part in found.groups())
        return parse_when(f"{hour}:{minute:0>2}", days_of_cron(days))
    timer = _units(variables) / f"{job.unit}.timer"
    text = timer.read_text("utf-8", "surrogateescape") if timer.exists() else ""
    if calendar := re.search(r"^OnCalendar=(?:(\S+) )?\*-\*-\* (\d\d:\d\d)", text, re.M):
        return parse_when(calendar[2], calendar[1] or "daily")
    return None


def install(job: Job, system: str, variables: Mapping[str, str]) -> tuple[str, ...]:
    """Put the schedule in place in one system, and take it from the others: a report is made once. Answers where it was
    taken from. UsageError where the system is not there, ConflictError where it refuses."""
    _require(system)
    {"cron": _install_cron, "systemd": _install_systemd, "windows": _install_windows}[system](job, variables)
    others = tuple(other for other in find_installed(job, variables) if other != system)
    for other in others:
        _REMOVERS[other](job, variables)
    return others


def remove(job: Job, variables: Mapping[str, str]) -> tuple[str, ...]:
    """Take the schedule away wherever it is; answers where it was."""
    found = find_installed(job, variables)
    for system in found:
        _REMOVERS[system](job, variables)
    return found


def _require(system: str) -> None:
    if shutil.which(_PROGRAMS[system]) is None:
        raise UsageError(
            "scheduler-absent",
            msg("There is no {program} on this system.", program=_PROGRAMS[system]),
            msg("relance schedule shows what to give to another scheduler."),
        )


def _call(words: list[str], given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(words, input=given, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})


def _refused(program: str, done: subprocess.CompletedProcess[bytes]) -> ConflictError:
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines() or [str(done.returncode)]
    return ConflictError(
        "scheduler-refused",
        msg("{program} refused: {reason}.", program=program, reason=said[-1].rstrip(".")),
        msg("Nothing was put in place. relance schedule shows what to give it by hand."),
    )  # fmt: skip


def _read_crontab() -> bytes:
    """The user's crontab, empty where there is none. ConflictError when it is there and cannot be read."""
    done = _call(["crontab", "-l"])
    if done.returncode == 0:
        return done.stdout
    if b"no crontab" in done.stderr.lower():
        return b""
    raise _refused("crontab", done)


def _write_crontab(old: bytes, new: bytes) -> None:
    if new == old:
        return
    done = _call(["crontab", "-"], new) if new else _call(["crontab", "-r"])
    if done.returncode:
        raise _refused("crontab", done)


def _install_cron(job: Job, _: Mapping[str, str]) -> None:
    old = _read_crontab()
    _write_crontab(old, with_block(old, job))


def _remove_cron(job: Job, _: Mapping[str, str]) -> None:
    old = _read_crontab()
    _write_crontab(old, without_block(old, job))


def _units(variables: Mapping[str, str]) -> Path:
    """Where a user's own units are."""
    base = variables.get("XDG_CONFIG_HOME") or Path(variables.get("HOME", "~")).expanduser() / ".config"
    return Path(base) / "systemd" / "user"


def _install_systemd(job: Job, variables: Mapping[str, str]) -> None:
    folder = _units(variables)
    folder.mkdir(parents=True, exist_ok=True)
    for ending, text in (("service", service_unit(job)), ("timer", timer_unit(job))):
        write_whole(folder / f"{job.unit}.{ending}", text.encode("utf-8", "surrogateescape"))
    for words in (["daemon-reload"], ["enable", "--now", f"{job.unit}.timer"]):
        done = _call(["systemctl", "--user", *words])
        if done.returncode:
            _delete_units(job, variables)
            raise _refused("systemctl", done)


def _remove_systemd(job: Job, variables: Mapping[str, str]) -> None:
    _call(["systemctl", "--user", "disable", "--now", f"{job.unit}.timer"])
    _delete_units(job, variables)
    _call(["systemctl", "--user", "daemon-reload"])


def _delete_units(job: Job, variables: Mapping[str, str]) -> None:
    for ending in ("timer", "service"):
        (_units(variables) / f"{job.unit}.{ending}").unlink(missing_ok=True)


def _install_windows(job: Job, _: Mapping[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "task.xml"
        file.write_text(windows_task(job), encoding="utf-16")
        done = _call(["schtasks", "/Create", "/F", "/TN", job.unit, "/XML", str(file)])
    if done.returncode:
        raise _refused("schtasks", done)


def _remove_windows(job: Job, _: Mapping[str, str]) -> None:
    _call(["schtasks", "/Delete", "/F", "/TN", job.unit])


_REMOVERS = {"cron": _remove_cron, "systemd": _remove_systemd, "windows": _remove_windows}

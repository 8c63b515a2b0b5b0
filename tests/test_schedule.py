"""The daily report without anybody: what each scheduler is told means what was asked, and is put in place once."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import EXAMPLE, ROOT, Run
from mail_servers import Received, own_configuration, smtp_configuration, smtp_server
from relance.errors import UsageError
from relance.office.scheduling.schedule import (
    Job,
    When,
    cron_line,
    key_of,
    parse_when,
    service_unit,
    timer_unit,
    windows_task,
)
from relance.office.scheduling.schedule_install import with_block, without_block
from relance.office.scheduling.schedule_run import run_once

DAY = ("--today", "2026-11-20")
HOSTILE = 'l\'été à 50 % "net" $HOME `id` \\n ; & #1'


def job(workbook: Path = Path("/compta/suivi.xlsx"), *command: str, days: tuple[int, ...] = (1, 2, 3, 4, 5)) -> Job:
    return Job(
        workbook=workbook, when=When(7, 5, days), command=command or ("/usr/bin/true",),
        environment={"PATH": "/usr/bin:/bin", "RELANCE_CONFIG_DIR": f"/home/marie/{HOSTILE}"}, log=Path("/var/log/x"),
    )  # fmt: skip


def dumper(folder: Path) -> Path:
    """A program that writes its arguments and variables as JSON beside itself."""
    file = folder / "dump.py"
    file.write_text(
        "#!" + sys.executable + "\nimport json, os, sys, pathlib\n"
        "pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps([sys.argv[1:], dict(os.environ)]))\n",
        encoding="utf-8",
    )
    file.chmod(0o755)
    return file


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_a_shell_started_by_cron_runs_the_very_command_whatever_the_names(tmp_path: Path, shell: str) -> None:
    words = ("schedule", "--run", "-w", f"/compta/{HOSTILE}/suivi.xlsx", "--output", "", HOSTILE)
    line = cron_line(job(tmp_path / "x.xlsx", str(dumper(tmp_path)), *words))
    fields = line.split(" ", 5)
    assert fields[:5] == ["5", "7", "*", "*", "1-5"]
    assert not re.search(r"(?<!\\)%", line)
    said = fields[5].replace(r"\%", "%")  # what cron does to the command (crontab(5))
    subprocess.run([shell, "-c", said], env={"HOME": "/", "LOGNAME": "x"}, cwd="/", check=True)
    given_words, variables = json.loads((tmp_path / "dump.json").read_text(encoding="utf-8"))
    assert tuple(given_words) == words
    assert variables["PATH"] == "/usr/bin:/bin"
    assert variables["RELANCE_CONFIG_DIR"] == f"/home/marie/{HOSTILE}"


def test_a_line_cron_would_refuse_is_refused_before() -> None:
    deep = Path("/" + "/".join(["dossier-partagé"] * 60)) / "suivi.xlsx"
    with pytest.raises(UsageError) as caught:
        cron_line(job(deep, "/usr/bin/true", str(deep)))
    assert caught.value.code == "schedule-line"
    with pytest.raises(UsageError):
        cron_line(job(Path("/a\nb.xlsx"), "/usr/bin/true", "/a\nb.xlsx"))
    long_path = Job(
        workbook=Path("/a.xlsx"), when=When(7, 0, (1,)), command=("/usr/bin/true",),
        environment={"PATH": "/usr/bin:" * 200, "RELANCE_LANG": "en"}, log=Path("/x"),
    )  # fmt: skip
    assert "PATH" not in cron_line(long_path)
    assert "RELANCE_LANG=en" in cron_line(long_path)


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        ("07:30", "mon-fri", When(7, 30, (1, 2, 3, 4, 5))),
        ("7h", "lun,mer, ven", When(7, 0, (1, 3, 5))),
        ("18.15", "daily", When(18, 15, (1, 2, 3, 4, 5, 6, 7))),
        ("0:00", "samedi-lundi", When(0, 0, (1, 6, 7))),
    ],
)
def test_times_and_days_as_people_type_them(at: str, days: str, expected: When) -> None:
    assert parse_when(at, days) == expected


@pytest.mark.parametrize(("at", "days"), [("24:00", "mon"), ("7:60", "mon"), ("matin", "mon"), ("7", "mo"), ("7", "")])
def test_a_time_or_day_that_is_none_is_refused(at: str, days: str) -> None:
    with pytest.raises(UsageError):
        parse_when(at, days)


LINES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])),
        st.sampled_from(["0 3 * * * backup", "MAILTO=marie", "# relance 00000000: x", "# relance 00000000 end", ""]),
    )
)


@given(LINES, st.sampled_from(["/a.xlsx", "/b/é %.xlsx"]), st.sampled_from(["/a.xlsx", "/c.xlsx"]))
def test_what_is_put_in_a_crontab_goes_out_again_byte_for_byte(lines: list[str], one: str, other: str) -> None:
    crontab = "".join(f"{line}\n" for line in lines).encode()
    first, second = job(Path(one)), job(Path(other))
    once = with_block(crontab, first)
    assert cron_line(first).encode() in once
    assert with_block(once, first) == once
    assert without_block(once, first) == crontab
    both = with_block(once, second)
    assert without_block(without_block(both, first), second) == crontab
    later = Job(
        workbook=first.workbook, when=When(9, 0, (6,)), command=first.command, environment={}, log=first.log
    )  # fmt: skip
    changed = with_block(both, later)
    assert changed.count(first.key.encode()) == both.count(first.key.encode())
    assert without_block(without_block(changed, second), later) == crontab


def test_bytes_of_another_encoding_stay() -> None:
    crontab = "0 3 * * * sauvegarder /été\n".encode("latin-1")
    assert without_block(with_block(crontab, job()), job()) == crontab


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units_and_reads_the_same_words(tmp_path: Path) -> None:
    made = job(tmp_path / "suivi.xlsx", "/usr/bin/true", "-w", f"/compta/{HOSTILE}/suivi.xlsx")
    for ending, text in (("service", service_unit(made)), ("timer", timer_unit(made))):
        (tmp_path / f"{made.unit}.{ending}").write_text(text, encoding="utf-8")
    for ending in ("service", "timer"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(tmp_path / f"{made.unit}.{ending}")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    asked = re.search(r"OnCalendar=(.*)", timer_unit(made))
    assert asked
    calendar = subprocess.run(["systemd-analyze", "calendar", asked[1]], capture_output=True, text=True, check=True)
    assert "Mon..Fri *-*-* 07:05:00" in calendar.stdout
    assert "Persistent=true" in timer_unit(made)


def test_the_units_escape_what_systemd_would_expand() -> None:
    text = service_unit(job(Path("/50 %/a.xlsx"), "/usr/bin/true", '$HOME "x" \\ %h'))
    assert r'"$$HOME \"x\" \\ %%h"' in text
    assert "50 %" not in text.replace("%%", "")


def test_the_windows_task_runs_the_very_command() -> None:
    words = ("schedule", "-w", 'C:\\Été & Cie\\"suivi" 50 %\\', "", "a b\\")
    root = ET.fromstring(windows_task(job(Path("C:/a & b.xlsx"), "C:\\Python\\pythonw.exe", *words)).split("\n", 1)[1])
    name = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}

    def text(path: str) -> str:
        found = root.find(path, name)
        assert found is not None
        return found.text or ""

    assert text(".//t:Command") == "C:\\Python\\pythonw.exe"
    assert tuple(split_windows(text(".//t:Arguments"))) == words
    assert text(".//t:StartWhenAvailable") == "true"
    assert text(".//t:StartBoundary").endswith("T07:05:00")
    days = root.find(".//t:DaysOfWeek", name)
    assert days is not None
    assert [day.tag.rpartition("}")[2] for day in days] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


def split_windows(line: str) -> list[str]:
    """Words as CommandLineToArgvW reads them (Microsoft's rules of backslashes before quotes)."""
    words, word, quoted, some = [], "", False, False
    position = 0
    while position < len(line):
        slashes = len(line[position:]) - len(line[position:].lstrip("\\"))
        after = position + slashes
        if after < len(line) and line[after] == '"':
            word += "\\" * (slashes // 2)
            some = True
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
            position = after + 1
        elif slashes:
            word, some, position = word + "\\" * slashes, True, after
        elif line[position] in " \t" and not quoted:
            words, word, some, position = ([*words, word] if some else words), "", False, position + 1
        else:
            word, some, position = word + line[position], True, position + 1
    return [*words, word] if some else words


@pytest.fixture
def schedulers(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs in front of the path: a crontab that keeps its text in a file, as cron's own does."""
    folder = tmp_path_factory.mktemp("programmes")
    program(
        folder / "crontab",
        f"f='{folder}/tab'; case $1 in -l) [ -f $f ] && cat $f || {{ echo no crontab for x >&2; exit 1; }};; "
        "-r) rm $f;; -) cat > $f;; esac",
    )
    program(folder / "systemctl", f'echo "$@" >> {folder}/systemctl.said; [ ! -f {folder}/refuse ]')
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def program(file: Path, text: str) -> None:
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


needs_shell = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")


@needs_shell
@pytest.mark.usefixtures("folder")
def test_install_again_changes_and_remove_leaves_what_was_there(schedulers: Path, run: Callable[..., Run]) -> None:
    tab = schedulers / "tab"
    tab.write_bytes(b"MAILTO=marie@quai.example\n0 3 * * *  /usr/bin/backup # 100 \\% s\xfbr\n")
    before = tab.read_bytes()
    assert run("schedule", "--install", "cron", "--at", "7h").code == 0
    once = tab.read_bytes()
    assert once.startswith(before)
    assert b"\n0 7 * * 1-5 env " in once
    assert run("schedule", "--install", "cron", "--at", "7h").code == 0
    assert tab.read_bytes() == once
    changed = run("schedule", "--install", "cron", "--at", "18:00", "--days", "daily", "--json")
    assert json.loads(changed.out)["data"]["in_place"] == ["cron"]
    assert tab.read_bytes().count(b"schedule --run") == 1
    assert b"\n0 18 * * * env " in tab.read_bytes()
    assert run("schedule", "--remove").code == 0
    assert tab.read_bytes() == before
    assert "Rien n’était en place." in run("schedule", "--remove").out


@needs_shell
@pytest.mark.usefixtures("folder")
def test_the_crontab_speaks_the_language_of_its_reader(schedulers: Path, run: Callable[..., Run]) -> None:
    tab = schedulers / "tab"
    for first, second in (("en", "fr"), ("fr", "en")):
        told = {"en": "takes these three lines away", "fr": "enlève ces trois lignes"}
        run("schedule", "--install", "cron", "--lang", first)
        assert told[first] in tab.read_text("utf-8")
        run("schedule", "--install", "cron", "--lang", second)
        text = tab.read_text("utf-8")
        assert (told[first] in text, told[second] in text, len(text.splitlines())) == (False, True, 3)
        run("schedule", "--remove", "--lang", first)
        assert not tab.exists()


@needs_shell
@pytest.mark.usefixtures("folder", "schedulers")
@pytest.mark.parametrize("system", ["cron", "systemd"])
def test_the_time_in_place_is_told_where_it_is_another(run: Callable[..., Run], system: str) -> None:
    run("schedule", "--install", system, "--at", "6h05", "--days", "lun,jeu-dim")
    told = run("schedule").out
    assert "Ce qui est en place le produit à 06:05, lundi, jeudi, vendredi, samedi, dimanche" in told.replace(
        " et ", ", "
    )
    assert "Ce qui est en place" not in run("schedule", "--at", "6h05", "--days", "lun,jeu-dim").out
    assert "07:30" not in run("schedule", "--remove").out


@needs_shell
@pytest.mark.usefixtures("folder")
def test_the_only_block_of_a_crontab_leaves_no_crontab(schedulers: Path, run: Callable[..., Run]) -> None:
    run("schedule", "--install", "cron")
    assert (schedulers / "tab").exists()
    run("schedule", "--remove")
    assert not (schedulers / "tab").exists()


@needs_shell
@pytest.mark.usefixtures("folder")
def test_a_crontab_that_cannot_be_read_is_not_written(schedulers: Path, run: Callable[..., Run]) -> None:
    program(schedulers / "crontab", f"echo \"$1\" >> {schedulers}/said; echo 'You are not allowed.' >&2; exit 1")
    done = run("schedule", "--install", "cron")
    assert done.code == 5
    assert "scheduler-refused" in done.err
    assert (schedulers / "said").read_text(encoding="utf-8").split() == ["-l"]


@needs_shell
def test_two_workbooks_stand_side_by_side(folder: Path, schedulers: Path, run: Callable[..., Run]) -> None:
    shutil.copy(folder / "suivi_factures.xlsx", folder / "autre.xlsx")
    for name in ("suivi_factures.xlsx", "autre.xlsx"):
        assert run("schedule", "--install", "cron", "-w", name).code == 0
    assert (schedulers / "tab").read_bytes().count(b"schedule --run") == 2
    run("schedule", "--remove", "-w", "autre.xlsx")
    left = (schedulers / "tab").read_text(encoding="utf-8")
    assert "suivi_factures.xlsx" in left
    assert "autre.xlsx" not in left


@needs_shell
@pytest.mark.usefixtures("folder")
def test_one_scheduler_at_a_time_has_the_workbook(schedulers: Path, run: Callable[..., Run]) -> None:
    home = Path(os.environ["XDG_CONFIG_HOME"]) / "systemd" / "user"
    run("schedule", "--install", "cron")
    done = run("schedule", "--install", "systemd", "--json")
    assert json.loads(done.out)["data"]["in_place"] == ["systemd"]
    assert not (schedulers / "tab").exists()
    assert sorted(file.suffix for file in home.iterdir()) == [".service", ".timer"]
    said = (schedulers / "systemctl.said").read_text(encoding="utf-8")
    assert re.search(r"--user daemon-reload\n--user enable --now relance-suivi-factures-[0-9a-f]{8}\.timer\n", said)
    run("schedule", "--remove")
    assert not list(home.iterdir())


@needs_shell
@pytest.mark.usefixtures("folder")
def test_a_refusal_of_systemd_leaves_nothing(schedulers: Path, run: Callable[..., Run]) -> None:
    (schedulers / "refuse").write_text("", encoding="utf-8")
    assert run("schedule", "--install", "systemd").code == 5
    assert not list((Path(os.environ["XDG_CONFIG_HOME"]) / "systemd" / "user").iterdir())


def test_a_run_writes_the_report_and_says_nothing(folder: Path, run: Callable[..., Run]) -> None:
    log = folder / "journal des passages.log"
    done = run("schedule", "--run", "-w", "suivi_factures.xlsx", "--log", str(log), "--output", "r-{date}.html", *DAY)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert "F-2026-022" in (folder / "r-2026-11-20.html").read_text(encoding="utf-8")
    assert log.read_text(encoding="utf-8").strip().endswith("exit 0")


def test_a_failure_is_said_noted_and_is_the_exit_code(folder: Path, run: Callable[..., Run]) -> None:
    log = folder / "passages.log"
    (folder / "relance.toml").write_text("[company\n", encoding="utf-8")
    done = run("schedule", "--run", "-w", "suivi_factures.xlsx", "--log", str(log), "--output", "r.html", *DAY)
    assert done.code == 4
    assert "[config-syntax]" in done.err
    assert not (folder / "r.html").exists()
    assert "exit 4" in log.read_text(encoding="utf-8")
    assert "[config-syntax]" in log.read_text(encoding="utf-8")


def test_a_second_run_leaves_the_first_alone(tmp_path: Path) -> None:
    log, started, go = tmp_path / "x.log", threading.Event(), threading.Event()
    at = datetime(2026, 11, 20, 7, 30).astimezone()

    def slow() -> int:
        started.set()
        go.wait(20)
        return 0

    first = threading.Thread(target=lambda: run_once(log, at, slow))
    first.start()
    started.wait(20)
    second = run_once(log, at, lambda: pytest.fail("ran beside the first"))
    go.set()
    first.join()
    assert second.busy
    assert second.code == 0
    assert [line.split()[1] for line in log.read_text(encoding="utf-8").splitlines()] == ["busy", "exit"]


def test_the_log_stays_small_and_keeps_the_last_runs(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    for number in range(40):
        at = datetime(2026, 1, 1 + number % 28, 7, 30).astimezone()

        def fail(number: int = number) -> int:
            sys.stderr.write("x" * 9_000 + f"{number}\n")
            return 3

        run_once(log, at, fail)
    text = log.read_text(encoding="utf-8")
    assert len(text) < 270_000
    assert "x39\n" in text
    assert "x0\n" not in text
    assert text.startswith("2026-")
    if os.name != "nt":
        assert stat.S_IMODE(log.stat().st_mode) & 0o077 == 0


@needs_shell
def test_the_command_runs_from_anywhere_with_nothing_in_the_environment(folder: Path, run: Callable[..., Run]) -> None:
    """A folder named relance, which every workbook has beside it, does not stand in for the program."""
    (folder / "relance").mkdir()
    (folder / "relance" / "__init__.py").write_text("raise SystemExit(99)", encoding="utf-8")
    command = json.loads(run("schedule", "--output", "r.html", "--json").out)["data"]["command"]
    where = {"PYTHONPATH": str(ROOT / "src")} if "PYTHONPATH" in os.environ else {}
    done = subprocess.run(
        [*command, *DAY], cwd=folder, env={"HOME": str(folder), **where}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "Brasserie" in (folder / "r.html").read_text(encoding="utf-8")


def test_a_workbook_keeps_its_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_of(Path("suivi_factures.xlsx")) == key_of(folder / "suivi_factures.xlsx")
    monkeypatch.chdir(ROOT)
    assert key_of(EXAMPLE) != key_of(folder / "suivi_factures.xlsx")


def test_nothing_is_put_in_place_where_there_is_no_scheduler(
    folder: Path, run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    for system in ("cron", "systemd", "windows"):
        assert "scheduler-absent" in run("schedule", "--install", system).err
    shown = run("schedule")
    assert shown.code == 0
    assert "* * 1-5 env" in shown.out


def test_a_failure_is_mailed_by_the_account_where_there_is_one(folder: Path, run: Callable[..., Run]) -> None:
    received = Received()
    broken = (
        "schedule",
        "--run",
        "-w",
        "absent.xlsx",
        "--log",
        str(folder / "x.log"),
        "--mail-to",
        "chef@quai.example",
    )
    with smtp_server(None, received) as port:
        own_configuration(f'[company]\nemail = "marie@quai.example"\n{smtp_configuration(port, "none", user="")}')
        done = run(*broken, *DAY)
    assert done.code != 0
    ((recipients, content),) = received.messages
    message = message_from_bytes(content, policy=policy.default)
    assert recipients == ("chef@quai.example",)
    assert message["From"] == "compta@ateliers-roussel.example"
    assert "absent.xlsx" in message["Subject"]
    assert done.err.strip() in str(message.get_content()).replace("\r", "")
    again = run(*broken, *DAY)  # the server is gone: said, and the first failure is not hidden by it
    assert again.err.startswith(done.err.rstrip("\n"))
    assert "n’a pas pu être envoyé" in again.err


def test_a_broken_configuration_of_the_folder_is_mailed_too(folder: Path, run: Callable[..., Run]) -> None:
    received = Received()
    (folder / "relance.toml").write_text("[company\n", encoding="utf-8")
    with smtp_server(None, received) as port:
        own_configuration(f'[company]\nemail = "marie@quai.example"\n{smtp_configuration(port, "none", user="")}')
        assert run("schedule", "--run", "-w", "suivi_factures.xlsx", "--log", "x.log", *DAY).code == 4
    assert received.messages[0][0] == ("marie@quai.example",)
    said = message_from_bytes(received.messages[0][1], policy=policy.default).get_content()
    assert "[config-syntax]" in said


def test_a_scheduled_report_is_mailed_once_a_day(folder: Path, run: Callable[..., Run]) -> None:
    received = Received()
    words = ("schedule", "--run", "-w", "suivi_factures.xlsx", "--log", str(folder / "x.log"))
    with smtp_server(None, received) as port:
        own_configuration(smtp_configuration(port, "none", user=""))
        for _ in range(2):
            done = run(*words, "--mail-to", "chef@quai.example", *DAY)
            assert (done.code, done.out, done.err) == (0, "", "")
    ((recipients, content),) = received.messages
    assert recipients == ("chef@quai.example",)
    assert b"F-2026-022" in content
    assert (folder / "x.log").read_text(encoding="utf-8").count("exit 0") == 2
    assert not list(folder.glob("*.html"))


@pytest.mark.parametrize("option", ["--output", "--log"])
@pytest.mark.parametrize("name", ["suivi_factures.xlsx", "relance.toml"])
def test_no_run_is_told_to_write_into_what_only_the_user_has(
    run: Callable[..., Run], folder: Path, option: str, name: str
) -> None:
    before = (folder / name).read_bytes()
    for words in ((), ("--run", "-w", "suivi_factures.xlsx")):
        done = run("schedule", *words, option, name, *DAY)
        assert (done.code, "[output-is-yours]" in done.err) == (2, True)
    assert (folder / name).read_bytes() == before

"""Acts killed by strace at every system call that changes the disk, and on a disk that is really full: the workbook is
whole, old or new, every time. These need strace, and a small file system of our own, so they run on the integration
machine; `test_record_faults` tries the same by other means everywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from conftest import Run
from corpus.shared import absent
from recording import DAY, NAME
from test_record_faults import CALL, PAID, UNDO, in_force, still_open

CHANGES = (
    "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    "mkdir", "mkdirat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "utimensat", "ftruncate",
    "truncate", "link", "linkat", "symlink", "sendfile", "copy_file_range", "flock",
)  # fmt: skip
CREATES = re.compile(r"openat\(.*O_(?:WRONLY|RDWR|CREAT)")
KILLED = -9

pytestmark = pytest.mark.skipif(os.environ.get("RELANCE_CI") != "1", reason="for the integration machine: a minute")


def strace(folder: Path, *options: str) -> int:
    """The exit code of the act under strace."""
    tool = shutil.which("strace")
    if not tool:
        absent("strace")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(tool), "-f", "-qq", *options, sys.executable, "-m", "relance", *PAID],
        cwd=folder, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode


def instants(folder: Path) -> list[tuple[str, int]]:
    """Every system call of one act that changes the disk: its name, and which of its calls it is."""
    log = folder.parent / "calls.txt"
    assert strace(folder, "-o", str(log), "-e", f"trace=openat,{','.join(CHANGES)}") == 0
    seen: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        call = line.split(None, 1)[1]
        name = call.partition("(")[0]
        seen[name] += 1
        if name in CHANGES or CREATES.match(call):
            found.append((name, seen[name]))
    return found


def test_killed_by_strace_at_every_call_that_changes_the_disk(folder: Path, run: Callable[..., Run]) -> None:
    file = folder / NAME
    old = file.read_bytes()
    assert strace(folder, "-o", "/dev/null", "-e", "trace=none") == 0  # compiled, and once without harm
    assert run(*UNDO).code == 0
    (folder / "relance" / "journal.jsonl").unlink()
    shutil.rmtree(folder / "relance")
    places, done = instants(folder), Counter[str]()
    for name, when in places:
        shutil.rmtree(folder / "relance")  # as on the first day, so that the calls are the same
        file.write_bytes(old)
        code = strace(folder, "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={when}")
        new = file.read_bytes()
        is_new, is_dead = new != old, code in (KILLED, 137)
        load_workbook(file).close()
        assert run(*CALL).code == 0, (name, when)  # settles what was announced
        assert still_open(folder) == 0, (name, when)
        assert in_force(folder) == Counter({"call": 1, **({"paid": 1} if is_new else {})}), (name, when)
        assert file.read_bytes() == new
        assert not [*folder.glob(".relance-*"), *folder.glob("relance/backups/.*")] or is_dead
        for _ in range(1 + is_new):
            assert run(*UNDO).code == 0, (name, when)
        assert file.read_bytes() == old, (name, when)
        done[("killed, " if is_dead else "alive, ") + ("new" if is_new else "old")] += 1
    print(f"strace: {len(places)} calls {dict(Counter(name for name, _ in places))}, {dict(done)}: nothing lost")  # noqa: T201 - counted and printed
    assert len(places) > 25
    assert done["killed, old"] > 10
    assert done["killed, new"] > 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB of our own, where that is allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("no file system may be mounted here; test_record_faults limits the size of files instead")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_really_full(folder: Path, small_disk: Path, run: Callable[..., Run]) -> None:
    for name in (NAME, "relance.toml"):
        shutil.copy(folder / name, small_disk / name)
    file, where = small_disk / NAME, ("-w", str(small_disk / NAME))
    old = file.read_bytes()
    free = os.statvfs(small_disk).f_bavail * 4096
    answers = Counter[int]()
    for left in (0, 4096, 12288, len(old), len(old) + 8192, 2 * len(old), 2 * len(old) + 8192, 2 * len(old) + 40_000):
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * max(0, free - left))
        code = run("paid", "F-2026-026", "500", "--yes", *where, *DAY).code
        assert code in (0, 3, 5), left
        answers[code] += 1
        assert (file.read_bytes() == old) == (code != 0), left
        assert not [*small_disk.glob(".relance-*"), *small_disk.glob("relance/backups/.*")], left
        ballast.unlink()
        assert run("call", "F-2026-024", "--outcome", "reached", "--yes", *where, *DAY).code == 0
        for _ in range(1 + (code == 0)):
            assert run("undo", "--yes", *where, *DAY).code == 0
        assert file.read_bytes() == old
        shutil.rmtree(small_disk / "relance")
    print(f"full disk: exit codes {dict(answers)}, the workbook whole every time")  # noqa: T201 - counted and printed
    assert answers[0] >= 1
    assert answers[3] + answers[5] >= 4

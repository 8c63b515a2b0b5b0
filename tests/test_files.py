"""Files of ours are put in place whole, readable by whom the user lets, and nothing that is no file is replaced."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conftest import Run
from relance.files import make_folder, patiently, write_beside, write_new, write_whole
from relance.workbook.backup import digest, keep_backup

posix = pytest.mark.skipif(os.name == "nt", reason="rights and links of POSIX")


def rights(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


@pytest.fixture
def private() -> Iterator[None]:
    """A person who lets nobody else read new files."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@posix
@pytest.mark.usefixtures("private")
def test_a_new_file_is_read_by_nobody_whom_the_user_does_not_let(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.html", b"owed")
    write_new(tmp_path / "draft.eml", b"owed")
    assert (rights(tmp_path / "report.html"), rights(tmp_path / "draft.eml")) == ("0o600", "0o600")


@posix
def test_a_file_replaced_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "relance.toml"
    path.write_bytes(b"old")
    for mode in (0o600, 0o664):
        path.chmod(mode)
        write_whole(path, b"new")
        assert (path.read_bytes(), rights(path)) == (b"new", oct(mode))


@posix
def test_a_backup_is_read_by_those_who_may_read_the_workbook(tmp_path: Path) -> None:
    book = tmp_path / "suivi.xlsx"
    book.write_bytes(b"amounts")
    book.chmod(0o640)
    backup = keep_backup(book, b"amounts", digest(b"amounts"), datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    assert rights(tmp_path / "relance" / backup) == "0o640"


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "relance.toml").write_bytes(b"old")
    (tmp_path / "relance.toml").symlink_to(tmp_path / "shared" / "relance.toml")
    write_whole(tmp_path / "relance.toml", b"new")
    assert (tmp_path / "relance.toml").is_symlink()
    assert (tmp_path / "shared" / "relance.toml").read_bytes() == b"new"


@posix
def test_what_is_no_file_is_written_to_and_never_replaced(folder: Path, run: Callable[..., Run]) -> None:
    """`--output /dev/null` by the administrator would make a file of it."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    done = run("report", "--format", "json", "--today", "2026-11-20", "--output", str(pipe))
    assert (done.code, stat.S_ISFIFO(pipe.stat().st_mode)) == (0, True), done.err
    assert os.read(reader, 1) == b"{"
    os.close(reader)


def test_a_name_taken_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "draft.eml").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "draft.eml", b"other")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("draft.eml", b"mine")]


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        write_beside(tmp_path / "suivi.xlsx", b"amounts", refuse)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"amounts")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_folder_that_is_gone_is_not_made_again_unless_meant(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make_folder(tmp_path / "gone" / "relance")
    make_folder(tmp_path / "drafts" / "2026-11-20", parents=True)
    assert (tmp_path / "drafts" / "2026-11-20").is_dir()


def test_a_file_that_a_scanner_looks_at_is_asked_for_again(tmp_path: Path) -> None:
    asked: list[Path] = []

    def refused_once(path: Path) -> None:
        asked.append(path)
        if len(asked) == 1:
            raise PermissionError(path)

    patiently(refused_once, tmp_path, patience=1)
    assert asked == [tmp_path] * 2
    with pytest.raises(FileExistsError):
        patiently(Path.mkdir, tmp_path, patience=1)
    asked.clear()
    with pytest.raises(PermissionError):
        patiently(refused_once, tmp_path, patience=0)

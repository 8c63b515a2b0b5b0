"""A real terminal: the pager, what can be pressed, the sign that work goes on; and none of it in a pipe."""

from __future__ import annotations

import os
import re
import shutil
import stat
import struct
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import EXAMPLE, posix
from relance.cli.console import shows_links
from relance.errors import msg
from relance.language import Language
from relance.reports.cells import width
from relance.reports.links import Places
from relance.reports.render import render
from relance.reports.spark import draw_columns
from relance.reports.terminal import without_links
from relance.reports.view import Chart, Column, Series, Shape, Table, View
from render_sample import TODAY

EN = Language("en")
STATUS = ("status", "-w", str(EXAMPLE), "--today", "2026-11-20", "--lang", "en")
on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")


_OURS = ("COLUMNS", "LINES", "PAGER", "LESS", "LESSCHARSET")


def in_terminal(
    *words: str, rows: int = 24, columns: int = 80, code: str = "", keys: bytes = b"", **variables: str
) -> str:
    """What a terminal of that size is sent by a run of relance, or of some code, its errors among it; `keys` are typed
    before anybody asks."""
    import fcntl
    import pty
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    environment = {**kept, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **variables}
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "relance", *words]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        os.write(master, keys)
        shown = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            shown += piece
        process.wait(60)
    os.close(master)
    return shown.decode("utf-8").replace("\r\n", "\n")


def in_pipe(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "relance", *words], capture_output=True, text=True, encoding="utf-8", check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
    )  # fmt: skip


@pytest.fixture
def pager(tmp_path: Path) -> tuple[str, Path]:
    """A pager that keeps what it is given, and the file in which it keeps it."""
    kept = tmp_path / "kept"
    program = tmp_path / "a pager"
    program.write_text(f'#!/bin/sh\ncat > "{kept}"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f'"{program}"', kept


@on_a_terminal
def test_a_long_answer_goes_whole_through_the_readers_pager(pager: tuple[str, Path]) -> None:
    program, kept = pager
    shown = in_terminal(*STATUS, PAGER=program, FORCE_HYPERLINK="1")
    text = kept.read_text(encoding="utf-8")
    assert "Receivables" in text and "F-2026-030" in text
    assert "\x1b[1m" in text
    assert "\x1b]8" not in text
    assert "Receivables" not in shown


@on_a_terminal
def test_less_is_told_the_signs_of_the_text_unless_somebody_did(tmp_path: Path) -> None:
    program, kept = tmp_path / "pager", tmp_path / "kept"
    program.write_text(f'#!/bin/sh\ncat > /dev/null; echo "$LESS $LESSCHARSET" > "{kept}"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for variables, told in (
        ({}, "FRX utf-8"),
        ({"LESS": "-S", "LESSCHARSET": "latin1"}, "-S latin1"),
        ({"PYTHONIOENCODING": "cp1252"}, "FRX"),
    ):
        in_terminal(*STATUS, PAGER=str(program), **variables)
        assert kept.read_text().strip() == told


@on_a_terminal
@pytest.mark.skipif(not shutil.which("less"), reason="no less")
def test_less_shows_accents_and_bars_outside_a_utf8_locale() -> None:
    shown = in_terminal(*STATUS[:-2], "--lang", "fr", rows=12, keys=b"q", PAGER="less", LC_ALL="C")
    assert "Encours clients" in shown
    assert "échu" in shown
    assert "<C3>" not in shown


@on_a_terminal
@pytest.mark.parametrize(
    ("words", "rows", "variables"),
    [
        (("--no-pager",), 24, {}),
        ((), 60, {}),
        ((), 24, {"TERM": "dumb"}),
        ((), 24, {"RELANCE_PAGER": ""}),
        ((), 24, {"PAGER": "cat"}),
        ((), 24, {"PAGER": "/nowhere/pager"}),
    ],
)
def test_it_does_not_where_it_is_short_or_not_wanted(
    pager: tuple[str, Path], words: tuple[str, ...], rows: int, variables: dict[str, str]
) -> None:
    program, kept = pager
    shown = in_terminal(*STATUS, *words, rows=rows, **{"PAGER": program, **variables})
    assert "Receivables" in shown
    assert not kept.exists()


@posix
def test_a_pipe_has_no_pager_no_link_and_no_sign(pager: tuple[str, Path]) -> None:
    program, kept = pager
    done = in_pipe(*STATUS, PAGER=program, FORCE_HYPERLINK="1")
    assert "\x1b" not in done.stdout + done.stderr
    assert not kept.exists()


@on_a_terminal
def test_addresses_numbers_and_the_workbook_can_be_pressed() -> None:
    shown = in_terminal("client", "quai", *STATUS[1:], columns=160, rows=60, FORCE_HYPERLINK="1")
    assert f"\x1b]8;;{EXAMPLE.absolute().as_uri()}\x1b\\" in shown
    assert "\x1b]8;;mailto:contact@quai-vert.example\x1b\\contact@quai-vert.example\x1b]8;;\x1b\\" in shown
    assert "\x1b]8;;tel:0261912207\x1b\\02 61 91 22 07\x1b]8;;\x1b\\" in shown
    narrow = in_terminal(*STATUS, rows=60, FORCE_HYPERLINK="1")
    assert "\x1b]8;;tel:0261912207\x1b\\" in narrow  # folded under its row
    assert "\x1b]8" not in in_terminal(*STATUS, rows=60)


@pytest.mark.parametrize(
    ("variables", "known"),
    [
        ({}, False), ({"TERM": "xterm-256color"}, False), ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "foot"}, True),
        ({"WT_SESSION": "x"}, True), ({"VTE_VERSION": "4999"}, False), ({"VTE_VERSION": "6800"}, True),
        ({"VTE_VERSION": "6800", "TERM": "tmux-256color"}, False), ({"TERM": "dumb", "TERM_PROGRAM": "vscode"}, False),
        ({"FORCE_HYPERLINK": "0", "WT_SESSION": "x"}, False), ({"FORCE_HYPERLINK": "1"}, True),
    ],
)  # fmt: skip
def test_only_terminals_known_to_get_links(variables: dict[str, str], known: bool) -> None:
    assert shows_links(variables) is known


def page_of(*cells: tuple[str, str], **options: Any) -> str:
    columns = tuple(Column(key, msg("x")) for key, _ in cells)
    view = View(
        command="x",
        title=msg("x"),
        data=dict,
        sections=lambda: (Table(columns=columns, rows=(tuple(value for _, value in cells),)),),
    )
    return render(view, "terminal", EN, today=TODAY, width=100, **options)


@pytest.mark.parametrize(
    "value", ["a@b.example\x1b]8;;http://evil\x1b\\", "\x1b\\", "javascript:x", "../../etc/passwd"]
)
@pytest.mark.parametrize("key", ["email", "phone", "file"])
def test_no_cell_makes_a_link_of_its_own(key: str, value: str) -> None:
    shown = page_of((key, value), places=Places("", "file:///home/relance/"))
    targets = {piece.partition("\x1b\\")[0] for piece in shown.split("\x1b]8;;")[1:]}
    assert targets <= {""} or (
        key == "file" and all(target == "" or target.startswith("file:///home/relance/") for target in targets)
    )
    assert "evil\x1b" not in without_links(shown)


def test_links_change_nothing_but_the_links() -> None:
    cells = (("email", "compta@dupont.example"), ("phone", "02 61 91 10 24"), ("where", "Factures!F37"))
    linked = page_of(*cells, places=Places("file:///suivi.xlsx", "file:///relance/"))
    assert linked.count("\x1b]8;;") == 2 * 4
    assert without_links(linked) == page_of(*cells)


def test_columns_rise_with_the_amounts() -> None:
    upper, lower = draw_columns(tuple(Decimal(value) for value in (-5, 0, 1, 25, 26, 50, 51, 75, 76, 100)))
    assert lower.split() == ["──", "──", "▄▄", "▄▄", "██", "██", "██", "██", "██", "██"]
    assert upper[18:].split() == ["▄▄", "▄▄", "██", "██"]
    assert draw_columns((Decimal(0),)) == ("  ", "──")


@pytest.mark.parametrize("wide", [40, 50, 60, 80, 100, 160, None])
@pytest.mark.parametrize("code", ["fr", "en"])
def test_a_spark_fits_the_screen_and_tells_its_extremes(wide: int | None, code: str) -> None:
    values = tuple(Decimal(1000 * (place * 7 % 13)) for place in range(13))
    chart = Chart(
        title=msg("x"),
        currency="EUR",
        axis=msg("x"),
        periods=tuple(msg("{day}", day=TODAY) for _ in values),
        ticks=(msg("x"),) * 13,
        series=(Series(msg("x"), values),),
        shape=Shape.SPARK,
    )
    view = View(command="x", title=msg("x"), data=dict, sections=lambda: (chart,))
    language = Language(code)
    shown = render(view, "text", language, today=TODAY, width=wide)
    assert wide is None or max(map(width, shown.splitlines())) <= max(wide, 43)
    assert "".join(language.money(Decimal(12000), "EUR").split()) in "".join(shown.split())
    assert "▄▄" in shown and "██" in shown
    plain = render(view, "text", language, today=TODAY, width=wide, ascii_only=True)
    assert "##" in plain and not set("▄█─") & set(plain)
    for form in ("html", "markdown"):
        assert render(view, form, language, today=TODAY)


SLEEP = """
import sys, time
from relance.cli.console import write_text
from relance.cli.waiting import wait_with_a_sign
wait_with_a_sign(lambda n: f"reading {n}", shown=True)
time.sleep(float(sys.argv[-1]) if sys.argv[1:] else 1.6)
write_text(sys.stdout, "done")
"""


@on_a_terminal
def test_a_sign_says_that_work_goes_on_and_is_cleared_away() -> None:
    shown = in_terminal(code=SLEEP)
    assert "| reading 1" in shown
    assert shown.endswith("\rdone")
    before = shown.removesuffix("\rdone").rpartition("\r")[2]
    assert before.isspace()
    assert "reading" not in in_terminal(code=SLEEP.replace("1.6", "0.1"))


@on_a_terminal
def test_no_sign_stands_beside_the_pager() -> None:
    code = SLEEP.replace(
        'write_text(sys.stdout, "done")',
        """
from relance.cli.pager import show_text
show_text("row\\n" * 100, {"PAGER": "sh -c 'cat; sleep 2'"}, "", paged=True)
""",
    )
    shown = in_terminal(code=code)
    assert shown.count("row") == 100
    assert "reading 1" in shown
    assert "reading" not in shown.partition("row")[2]


def test_no_sign_where_standard_error_is_no_terminal() -> None:
    done = subprocess.run([sys.executable, "-c", SLEEP], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("done", "")


@on_a_terminal
def test_no_colour_keeps_the_words() -> None:
    shown = in_terminal(*STATUS, rows=60, NO_COLOR="1", FORCE_HYPERLINK="1")
    assert "\x1b" not in shown
    assert "Receivables" in shown


@on_a_terminal
def test_several_workbooks_are_counted_as_they_are_done(tmp_path: Path) -> None:
    code = """
import time
from relance.cli.waiting import bar_of, wait_with_a_sign
done = []
wait_with_a_sign(lambda n: f"{bar_of(len(done), 4)} {len(done)} of 4", shown=True)
for _ in range(4):
    time.sleep(0.5)
    done.append(1)
"""
    shown = in_terminal(code=code)
    assert "[##########..........] 2 of 4" in shown


@on_a_terminal
def test_a_run_over_several_workbooks_shows_each_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(EXAMPLE, tmp_path / name / "suivi.xlsx")
    words = ("status", "-w", str(tmp_path / "a" / "suivi.xlsx"), "-w", str(tmp_path / "b" / "suivi.xlsx"))
    shown = in_terminal(*words, "--today", "2026-11-20", "--no-pager", "--lang", "en", columns=200)
    assert "Traceback" not in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert plain.count("To chase today") >= 1

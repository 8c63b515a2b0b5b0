"""What a command may load: start-up is a feature, and JSON needs no terminal."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from conftest import EXAMPLE

HEAVY = {
    "rich", "openpyxl", "jinja2", "pandas", "numpy", "lxml", "xlsxwriter", "smtplib", "imaplib", "pydantic", "asyncio",
}  # fmt: skip
PROBE = """
import json, sys
from relance.cli import main
code = main(sys.argv[1:])
print("\\n" + json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.mark.parametrize("extra", [(), ("--json",), ("--format", "text"), ("--lang", "en")])
def test_status_loads_nothing_heavy(extra: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "status", "-w", str(EXAMPLE), "--today", "2026-11-20", *extra],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    code, modules = json.loads(done.stderr.strip().splitlines()[-1])
    assert code == 0
    assert not HEAVY & set(modules)
    assert "relance.office.book" in modules
    assert not {m for m in modules if m.startswith(("relance.letters", "relance.reports.html"))}


def test_json_loads_no_locale_patterns() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "invoices", "--all", "-w", str(EXAMPLE), "--today", "2026-11-20", "--json"],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    code, modules = json.loads(done.stderr.strip().splitlines()[-1])
    assert code == 0
    assert json.loads(done.stdout)["data"]["invoices"]
    assert "rich" not in modules


@pytest.mark.parametrize(("words", "code", "said"), [(["--version"], 0, "relance "), (["nosuch"], 2, "nosuch")])
def test_the_end_is_left_to_the_system_and_nothing_said_is_lost(words: list[str], code: int, said: str) -> None:
    program = "import atexit, sys; atexit.register(print, 'freed'); from relance.cli import entry; entry()"
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "freed" not in done.stdout

"""The generated pages of docs/: errors (from the cases that provoke them), commands (from their help), configuration
(from its specification).

    python scripts/make_docs.py            write them
    python scripts/make_docs.py --check    exit 1 when one is not what would be written
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from relance.cli import main as run_relance  # noqa: E402 - after the path
from relance.cli.app import command_line  # noqa: E402
from relance.domain.policies.policy_tables import documented_keys  # noqa: E402
from relance.errors import ExitCode, RelanceError, msg  # noqa: E402
from relance.language import Language  # noqa: E402
from relance.options import OPTIONS  # noqa: E402


def _run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_relance(arguments)
    return code, out.getvalue(), err.getvalue()


@contextlib.contextmanager
def _example() -> Iterator[Path]:
    """A folder with the example, entered; the temporary names do not reach the page."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "compta"
        folder.mkdir()
        for file in (ROOT / "examples").iterdir():
            if file.is_file():
                shutil.copy(file, folder)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


_STAMPED = re.compile(r"\.[0-9a-f]{12}(?=\.xls[xm])")
_PORT = re.compile(r"on port \d+")
_LONG = 100
_MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FOUND: "`relance check` found errors (any command with `--strict`)",
    ExitCode.USAGE: "the command line does not fit",
    ExitCode.WORKBOOK: "the workbook is absent, or cannot be read or written",
    ExitCode.CONFIG: "the configuration is wrong",
    ExitCode.CONFLICT: "conflict: somebody else holds or changed the file; nothing was written",
    ExitCode.DELIVERY: "some letters did not leave",
    ExitCode.BUG: "a fault of relance",
    ExitCode.INTERRUPTED: "interrupted",
}


def _provoke(case: Any, folder: Path) -> tuple[int, str]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        case.prepare(folder)
    if case.act is None:
        code, _, err = _run(*case.command, "--lang", "en")
        words = (word if len(word) < _LONG else word[:20] + "..." for word in case.command)
        return code, f"$ relance {shlex.join(words)}\n{err}"
    try:
        case.act(folder)
    except RelanceError as error:
        say = Language("en").say
        return error.exit_code, f"{say(msg('Error: {text}', text=error.message))} [{error.code}]\n{say(error.remedy)}\n"
    raise AssertionError(case.code)


def _shown(case: Any) -> str:
    """What a case prints, without a name that this machine or this day gave."""
    with _example() as folder:
        code, text = _provoke(case, folder)
        assert code == case.exit_code, (case.code, text)
        assert f"[{case.code}]" in text, (case.code, text)
        for place, name in ((str(folder), "/compta"), (os.environ["XDG_CONFIG_HOME"], "/home/marie/.config")):
            text = text.replace(place, name)
        return _PORT.sub("on port 587", _STAMPED.sub(".0123456789ab", text)).rstrip()


def errors_page() -> str:
    """docs/errors.md: every error, by exit code: the command line that meets it where one can, and what is said."""
    from error_cases import CASES  # noqa: PLC0415 - the tests' own list

    lines = [
        "# Errors",
        "",
        "Every situation in which a command cannot go on. The first line printed says what is wrong and where, and the "
        "error's code, which never changes; the next one says what to do. A command that stops so has written nothing, "
        "unless it says otherwise. Each error is provoked by a test; this page is what the tests print "
        "(`python scripts/make_docs.py`).",
        "",
        "| exit code | meaning |",
        "|---|---|",
        *(f"| {code.value} | {meaning} |" for code, meaning in _MEANINGS.items()),
        "",
    ]
    cases = sorted(CASES, key=lambda case: (case.exit_code, case.code))
    for exit_code, alike in groupby(cases, key=lambda case: case.exit_code):
        lines += [f"## Exit code {exit_code}: {_MEANINGS[ExitCode(exit_code)].partition(':')[0]}", ""]
        for code, same in groupby(alike, key=lambda case: case.code):
            shown: dict[str, str] = {}
            for text in map(_shown, same):
                shown.setdefault(text.partition("Error: ")[2], text)
            lines += [f"### {code}", "", "```text", "\n\n".join(shown.values()), "```", ""]
    return "\n".join(lines)


def commands_page() -> str:
    """docs/commands.md: the help of every command, in English."""
    lines = ["# Commands", "", "What `relance --help` and `relance COMMAND --help` print.", ""]
    os.environ["COLUMNS"] = "100"
    for name in ["", *command_line().commands]:
        words = [name] if name else []
        _, out, _ = _run(*words, "--help", "--lang", "en")
        lines += [f"## relance {name}".rstrip(), "", "```text", out.rstrip(), "```", ""]
    return "\n".join(lines)


def configuration_page() -> str:
    """docs/configuration.md: every key of relance.toml."""
    from relance.config import Environment, load_config  # noqa: PLC0415
    from relance.rulebook import load_policies  # noqa: PLC0415

    english = Language("en")
    lines = [
        "# Configuration",
        "",
        "`relance.toml` stands beside the workbook and is optional; so is one in your own configuration directory. A "
        "value is looked for in the flags, the environment (`RELANCE_WORKBOOK`, `RELANCE_LANG`, `NO_COLOR`, "
        "on a terminal `RELANCE_PAGER` or `PAGER`, and `FORCE_HYPERLINK` = 1 or 0), the "
        "folder's file, the user's file, then the defaults below. `relance config` shows what holds and where it comes "
        "from, `relance config explain KEY` one key in full, `relance config edit` opens the file and checks it, "
        "`relance config path` says where both files are (`RELANCE_CONFIG_DIR` names another directory of your own).",
        "",
        "| key | value | default | what it is |",
        "|---|---|---|---|",
    ]
    for option in OPTIONS:
        kind = ", ".join(option.choices) or option.kind
        default = "" if option.default in ("", None, {}) else f"`{option.default}`"
        lines.append(f"| `{option.key}` | {kind} | {default} | {english.say(option.description)} |")
    lines += ["", "## Reminder policies", "", "| key | value | default | what it is |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as empty:
        policies = load_policies(load_config(Path(empty), Environment()))
    for key, kind, default, text in documented_keys(policies):
        plain = str(default).lower() if isinstance(default, bool) else english.show(default)
        shown = "" if default is None else f"`{plain}`"
        lines.append(f"| `{key}` | {english.say(kind)} | {shown} | {english.say(text)} |")
    return "\n".join([*lines, ""])


def picture(command: str, language: str) -> str:
    """docs/*.svg: what a command shows of the example, as a terminal of 100 columns shows it."""
    from datetime import date  # noqa: PLC0415

    from relance.config import Environment, load_config  # noqa: PLC0415
    from relance.office.book import open_book  # noqa: PLC0415
    from relance.reports.terminal import record_svg  # noqa: PLC0415
    from relance.reports.views.check import check_view  # noqa: PLC0415
    from relance.reports.views.status import status_view  # noqa: PLC0415
    from relance.reports.views.why import why_view  # noqa: PLC0415

    with _example() as folder:
        day = open_book(load_config(folder, Environment()), date(2026, 11, 20)).day
        invoice = next(row for row in day.ledger.invoices if row.number == "F-2026-022")
        view = {
            "status": lambda: status_view(day),
            "why": lambda: why_view(day, invoice, day.explain(invoice), ()),
            "check": lambda: check_view(day.name, day.problems, day.today),
        }[command]()
        return record_svg(view, Language(language), 100, day.today)


def letter_picture() -> None:
    """docs/letter.png: the formal notice of the example, as it is printed. Needs pdftoppm, and the extra `pdf`."""
    with _example() as folder:
        _run("letter", "quai vert", "--today", "2026-11-20", "--output", "letter.pdf", "--quiet")
        command = ["pdftoppm", "-gray", "-singlefile", "-r", "80", "letter.pdf", "letter"]
        subprocess.run(command, check=True, cwd=folder)
        (ROOT / "docs" / "letter.png").write_bytes(_png((folder / "letter.pgm").read_bytes()))


def _png(picture: bytes) -> bytes:
    """A grey picture (PGM) in sixteen shades, a third of what pdftoppm's own PNG weighs (ISO/IEC 15948)."""
    _, size, _, dots = picture.split(b"\n", 3)
    width, height = map(int, size.split())
    rows = (dots[at * width : (at + 1) * width] + b"\xff" * (width % 2) for at in range(height))
    lines = (bytes(a & 0xF0 | b >> 4 for a, b in zip(row[::2], row[1::2], strict=True)) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def refreshed(name: str) -> str:
    """A page whose ```console blocks show what the commands print; output written as `[...]` stays so."""
    with _example():
        text = (ROOT / name).read_text(encoding="utf-8")
        return re.sub(r"^(```console\n)(.*?)^(```$)", _block, text, flags=re.DOTALL | re.MULTILINE)


def _block(found: re.Match[str]) -> str:
    lines = []
    for step in re.split(r"^\$ ", found[2], flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        _, out, err = _run(*shlex.split(command, comments=True)[1:])
        printed = (out + err).replace("\u00a0", " ").rstrip() if "[...]" not in shown else shown.rstrip()
        lines.append(f"$ {command}\n{printed}\n")
    return found[1] + "".join(lines) + found[3]


PAGES: dict[str, Callable[[], str]] = {
    "docs/errors.md": errors_page,
    "docs/commands.md": commands_page,
    "docs/configuration.md": configuration_page,
    **{
        f"docs/{command}{ending}.svg": partial(picture, command, language)
        for command in ("status", "why", "check")
        for language, ending in (("en", ""), ("fr", ".fr"))
    },
    "README.md": partial(refreshed, "README.md"),
    "README.fr.md": partial(refreshed, "README.fr.md"),
}


def main(arguments: list[str]) -> int:
    """Write the pages, or say which differ."""
    stale = 0
    os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp()
    for name in ("RELANCE_WORKBOOK", "RELANCE_LANG"):
        os.environ.pop(name, None)
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{name} is not up to date: run python scripts/make_docs.py")
            stale = 1
    if "--check" not in arguments and shutil.which("chromium"):  # fonts differ: a picture is made, never compared
        picture = [sys.executable, str(ROOT / "scripts" / "make_report_picture.py")]
        subprocess.run(picture, check=True, stdout=subprocess.DEVNULL)
    if "--check" not in arguments and shutil.which("pdftoppm"):
        letter_picture()
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

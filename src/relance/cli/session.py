"""One run of the program: who reads, in which language, on which day, where the output goes.

The clock and the standard streams are read here, once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from relance.cli.console import clear_away, encoding_of, shows_colour, signs_of, width_of_terminal, write_text
from relance.config import Config, Environment, load_config
from relance.errors import Message, RelanceError, UsageError, msg, os_reason
from relance.language import Language
from relance.reports.links import Places
from relance.reports.view import View
from relance.settings_file import Setting, user_folder

PDF = "pdf"  # of the commands that make a page to send
_BY_ENDING = {
    ".html": "html", ".htm": "html", ".md": "markdown", ".csv": "csv", ".json": "json", ".jsonl": "jsonl",
    ".parquet": "parquet", ".pdf": PDF, ".xlsx": "xlsx",
}  # fmt: skip
_OF_OTHERS = frozenset(
    {".doc", ".docx", ".odt", ".ods", ".xls", ".xlsb", ".xlsm", ".rtf", ".xml", ".eml", ".ppt", ".pptx"}
)
FORMATS = ("terminal", "text", "markdown", "html", "csv", "json", "jsonl", "parquet", "xlsx")
_TYPED = ("csv", "jsonl", "parquet")


class Session(Struct):
    """What the common options say; filled while the command line is read, read by the commands.

    `workbooks` are the files, folders and patterns named, `workbook` the one this run is about; `alone` holds it fixed
    whatever the line names: the line is run once for each of several workbooks. `book` is the file that was opened,
    `kept` what was read and computed: the system takes it back at the end, faster than the interpreter.
    """

    environment: Environment
    language: Language
    workbook: Path | None = None
    workbooks: tuple[Path, ...] = ()
    alone: bool = False
    sheet: str = ""
    arguments: tuple[str, ...] = ()
    day: date | None = None
    format: str = ""
    output: Path | None = None
    quiet: bool = False
    debug: bool = False
    strict: bool = False
    language_flag: str = ""
    no_pager: bool = False
    book: Path | None = None
    kept: Any = None

    @property
    def today(self) -> date:
        """`--today`, else the local date of this machine."""
        if self.day is None:
            self.day = date.today()  # noqa: DTZ011 - the local calendar date is what a due date is compared with
        return self.day

    def folder(self) -> Path:
        """Where relance.toml is looked for: beside the workbook named by the flag or environment, else here."""
        named = self.workbook or Path(self.environment.workbook or ".")
        return named if named.is_dir() else named.parent

    def config(self) -> Config:
        """The effective configuration; from here on the reader's language is the configured one."""
        config = load_config(self.folder(), self.environment, user_folder(self.environment.config_dir))
        if self.workbook:
            config = config.with_setting(Setting("workbook.file", str(self.workbook.absolute()), "flag", "--workbook"))
        if self.sheet:
            config = config.with_setting(Setting("workbook.sheet", self.sheet, "flag", "--sheet"))
        if self.language_flag:
            config = config.with_setting(Setting("language", self.language_flag, "flag", "--lang"))
        self.language = Language(config.get("language"))
        return config

    def begin(self, say: Callable[[int], str] | None = None) -> None:
        """Something begins that may take long and asks nothing: from its second second on, a terminal shows a sign.
        `say` tells how far it is after so many seconds, where anybody knows."""
        from relance.cli.waiting import wait_with_a_sign  # noqa: PLC0415 - only where something is read

        said = say or (lambda n: self.language.say(msg("Reading and computing, {n} s", n=n)))
        wait_with_a_sign(said, shown=not self.quiet and not self.alone)

    def tell(self, message: Message) -> None:
        """Talk, on stderr, unless quiet."""
        if not self.quiet:
            write_text(sys.stderr, self.language.say(message) + "\n")

    def chosen_format(self) -> str:
        """The format asked for, else that of the file's ending, else `terminal` on a terminal and `text` in a pipe."""
        if self.format:
            return self.format
        if self.output is not None:
            return _form_of(self.output)
        return "terminal" if sys.stdout.isatty() else "text"


def _form_of(output: Path) -> str:
    """The format that a file's ending names, text for one that names none; UsageError `output-ending` for that of a
    program which could not open what relance writes."""
    ending = output.suffix.lower()
    if ending in _OF_OTHERS:
        raise UsageError(
            "output-ending",
            msg("relance does not write {ending} files.", ending=ending),
            msg("Choose one of: {choices}.", choices=(*_BY_ENDING, ".txt")),
        )
    return _BY_ENDING.get(ending, "text")


def emit(view: View, session: Session) -> int:
    """Render a view in the format asked for, to stdout or the output file; answer the exit code."""
    from relance.reports.paper import fits  # noqa: PLC0415 - a renderer is imported only when something is shown
    from relance.reports.render import render  # noqa: PLC0415

    if view.silent:
        return view.exit_code
    form = session.chosen_format()
    if content := _for_programs(view, form, session):
        _write_content(content, session.output)
        return view.exit_code
    on_terminal = form == "terminal"
    page = encoding_of(sys.stdout) if session.output is None else "utf-8"
    typeset = form in ("terminal", "text")
    text = render(
        view,
        form,
        Language(session.language.code, signs_of(page)) if typeset else session.language,
        width=width_of_terminal() if on_terminal else view.width,
        colour=on_terminal and not session.environment.no_color and shows_colour(),
        ascii_only=not fits(page),
        places=_places(session) if on_terminal else None,
        today=session.today,
    )
    if session.output is None:
        _show(text, session, paged=on_terminal)
    else:
        write_file(session.output, text.encode("utf-8"))
    if form in ("terminal", "text"):
        for line in view.remarks():
            session.tell(line.text)
    if session.strict and any(problem.severity == "error" for problem in view.problems):
        return max(view.exit_code, 1)
    return view.exit_code


def _places(session: Session) -> Places | None:
    """What files are called on a terminal that opens them; nothing where it cannot, or where it is no terminal."""
    from relance.cli.console import shows_links  # noqa: PLC0415 - only on a terminal

    if not sys.stdout.isatty() or not shows_links(session.environment.terminal):
        return None
    book = session.book
    if book is None:
        return Places()
    return Places(book.absolute().as_uri(), (book.absolute().parent / "relance").as_uri() + "/")


def _show(text: str, session: Session, *, paged: bool) -> None:
    from relance.cli.pager import show_text  # noqa: PLC0415 - only when something is shown

    prompt = session.language.say(msg("space for the next page, q to come back"))
    wanted = paged and sys.stdout.isatty() and not session.no_pager
    show_text(text, session.environment.terminal, prompt, paged=wanted)


def _for_programs(view: View, form: str, session: Session) -> bytes:
    """The view as a PDF, a workbook or a typed table, where it has such a thing and the format is one of theirs; else
    nothing."""
    if form == PDF and view.page is not None:
        return view.page()
    if form == "xlsx":
        from relance.office.sheets import workbook_of  # noqa: PLC0415

        return workbook_of(view, session.language, session.today)
    if form not in _TYPED or view.export is None:
        return b""
    from relance.reports.typed import typed_content, typed_table  # noqa: PLC0415

    table = typed_table(view)
    return typed_content(table, form) if table else b""


def _write_content(content: bytes, output: Path | None) -> None:
    """To the file, else to standard output as it is: no code page, no line ends of a system."""
    if output is not None:
        write_file(output, content)
        return
    if content.startswith((b"PAR1", b"%PDF", b"PK")):
        form = {b"PA": "Parquet", b"%P": "PDF", b"PK": "XLSX"}[content[:2]]
        raise UsageError(
            "needs-a-file",
            msg("{format} is not for reading on a screen.", format=form),
            msg("Name a file: --output FILE."),
        )
    clear_away()
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(content.decode())
    else:
        binary.write(content)
        binary.flush()


def write_file(path: Path, content: bytes) -> None:
    """Put a file in place whole; UsageError `output-is-yours` instead of a workbook, a configuration or a journal, and
    `output-unwritable`."""
    from relance.files import write_whole  # noqa: PLC0415 - only with --output

    refuse_yours(path, "--output")
    try:
        write_whole(path, content)
    except OSError as error:
        reason = os_reason(error) if path.parent.is_dir() else msg("its folder does not exist")
        raise UsageError(
            "output-unwritable",
            msg("{file} cannot be written: {reason}.", file=str(path), reason=reason),
            msg("Check that its folder exists, that you may write there, and that there is space left."),
        ) from error


def refuse_yours(path: Path, option: str) -> None:
    """UsageError `output-is-yours` where an option that is written to names what only the user has."""
    from relance.workbook.folder import is_of_the_user  # noqa: PLC0415 - only with such an option

    if is_of_the_user(path):
        raise UsageError(
            "output-is-yours",
            msg("{file} is there and was not made by this command: it is left as it is.", file=str(path)),
            msg("Give {option} another name.", option=option),
        )


def tell_error(error: RelanceError, session: Session) -> None:
    """What and where with the error's code (docs/errors.md), then the remedy, on stderr."""
    say = session.language.say
    first = say(msg("Error: {text}", text=error.message))
    write_text(sys.stderr, f"{first} [{error.code}]\n{say(error.remedy)}\n")


def parse_day(text: str) -> date:
    """`--today` and every date option: ISO, else day first as people type it; UsageError on anything else."""
    from relance.dates import parse_date  # noqa: PLC0415

    day = parse_date(text)
    if day is None:
        raise UsageError(
            "date-not-understood",
            msg("“{text}” is not a date.", text=text),
            msg("Write it as 2026-11-22 or 22/11/2026."),
        )
    return day

"""A path becomes sheets of values: .xlsx and .xlsm to work on, .xls, .xlsb and .ods to read only.

calamine gives the values; it must not be asked about error cells and formulas without value, which it shows as
blanks (module `marks` looks for those). This module knows nothing of columns, roles or invoices.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from relance.errors import WorkbookError, msg, os_reason

Cell = str | int | float | bool | date | datetime | clock_time | timedelta
Row = list[Cell]
Inflated = Callable[[str], IO[bytes] | None]

FORMATS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".xlsb": "xlsb", ".ods": "ods"}
_OLE2 = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_PATIENCE = 2.0  # seconds: Excel deletes the file and renames its copy when it saves (KB 814068)


class Fingerprint(Struct, frozen=True):
    """What a file was when it was read: to refuse to write into one that changed since."""

    data: bytes
    mtime_ns: int

    def still_holds(self, path: Path) -> bool:
        """Whether the file still has the bytes that were read; its content decides where its date moved."""
        try:
            now = path.stat()
            if (now.st_size, now.st_mtime_ns) == (len(self.data), self.mtime_ns):
                return True
            return now.st_size == len(self.data) and path.read_bytes() == self.data
        except OSError:
            return False


class Sheet:
    """One worksheet: its name, whether people see it, and its values row by row from A1 ("" = blank).

    `rows` reads all of it, `head` only the first rows; both ask calamine once.
    """

    def __init__(self, name: str, load: Callable[[], Any], *, visible: bool) -> None:
        self.name = name
        self.visible = visible
        self._load = load
        self._sheet: Any = None
        self._rows: list[Row] | None = None

    def _calamine(self) -> Any:
        if self._sheet is None:
            self._sheet = self._load()
        return self._sheet

    def read_by(self, other: Callable[[], Any | None]) -> None:
        """Take the values from another reader, who answers as calamine's sheet does, or has none (None)."""
        load = self._load
        self._load = lambda: other() or load()

    def head(self, count: int) -> list[Row]:
        """The first rows, at most `count`."""
        if self._rows is not None:
            return self._rows[:count]
        rows: list[Row] = self._calamine().to_python(skip_empty_area=False, nrows=count)
        return rows

    def rows(self) -> list[Row]:
        """All rows, each as wide as the widest."""
        if self._rows is None:
            self._rows = self._calamine().to_python(skip_empty_area=False)
        return self._rows

    @property
    def height(self) -> int:
        """The number of rows from the first to the last that holds a value."""
        end = self._calamine().end
        return end[0] + 1 if end else 0

    def merged(self) -> list[tuple[int, int, int, int]]:
        """Merged ranges as (top, left, bottom, right), counted from 0; none where the format cannot tell."""
        found = getattr(self._calamine(), "merged_cell_ranges", None) or []
        return [(top, left, bottom, right) for (top, left), (bottom, right) in found]


class Workbook(Struct, frozen=True):
    """A workbook read once: where it is, what it was then, its format, its worksheets in the order of the tabs.

    `inflated` gives, once, the content of a part that somebody inflates meanwhile; None for the others.
    """

    path: Path
    format: str
    fingerprint: Fingerprint
    data: bytes
    sheets: tuple[Sheet, ...]
    inflated: Inflated | None = None

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name (capitals and outer blanks do not matter), or None."""
        wanted = name.strip().casefold()
        return next((sheet for sheet in self.sheets if sheet.name.strip().casefold() == wanted), None)


def open_sheets(path: Path | str) -> Workbook:
    """Read a workbook's bytes once and give its sheets, values not yet converted.

    WorkbookError: workbook-missing, workbook-is-lock-file, workbook-not-spreadsheet, workbook-encrypted,
    workbook-damaged, workbook-unreadable.
    """
    path = Path(path)
    if path.name.startswith("~$"):
        raise WorkbookError(
            "workbook-is-lock-file",
            msg("{file} is not a workbook but the mark Excel leaves beside one that is open.", file=path.name),
            msg("Name the workbook itself: {file}.", file=path.name[2:]),
        )
    kind = FORMATS.get(path.suffix.lower())
    data, fingerprint = _read_bytes(path)
    if kind is None or not data:
        raise _not_a_spreadsheet(path)
    _refuse_encrypted(path, data, kind)
    return Workbook(path, kind, fingerprint, data, _open(path, data))


def _read_bytes(path: Path) -> tuple[bytes, Fingerprint]:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            stat = path.stat()
            data = path.read_bytes()
        except FileNotFoundError as error:
            if not path.parent.is_dir() or not _being_saved(path) or time.monotonic() > deadline:
                raise WorkbookError(
                    "workbook-missing",
                    msg("There is no file {file}.", file=str(path)),
                    msg("Check the name, or give another one with --workbook."),
                ) from error
            time.sleep(0.1)
            continue
        except OSError as error:
            raise WorkbookError(
                "workbook-unreadable",
                msg("{file} cannot be opened: {reason}.", file=str(path), reason=os_reason(error)),
                msg("Check that it is a file and that you may read it."),
            ) from error
        return data, Fingerprint(data, stat.st_mtime_ns)


def _being_saved(path: Path) -> bool:
    """Whether Excel may be between deleting the file and renaming its copy: an owner file, or a nameless copy of
    eight hexadecimal figures, stands in the folder."""
    return (path.parent / f"~${path.name}").exists() or any(
        len(other.name) == 8 and not set(other.name.lower()) - set("0123456789abcdef")
        for other in path.parent.iterdir()
    )


def _not_a_spreadsheet(path: Path) -> WorkbookError:
    return WorkbookError(
        "workbook-not-spreadsheet",
        msg("{file} is not a spreadsheet that relance can read.", file=path.name),
        msg("relance works on .xlsx and .xlsm, and reads .xls, .xlsb and .ods."),
    )


def _is_cut_short(data: bytes) -> bool:
    """Whether bytes begin as a zip file, which all modern workbooks are, and do not end as one."""
    return data.startswith(b"PK\x03\x04") and not zipfile.is_zipfile(io.BytesIO(data))


def _torn(path: Path) -> WorkbookError:
    return WorkbookError(
        "workbook-damaged",
        msg("{file} is damaged, or was not copied to its end.", file=path.name),
        msg("Open it in Excel or LibreOffice, let it repair the file, and save it again; or take a copy from "
            "relance/backups beside it."),
    )  # fmt: skip


def _refuse_encrypted(path: Path, data: bytes, kind: str) -> None:
    if kind != "xls" and data.startswith(_OLE2) and _ENCRYPTED_STREAM in data:
        raise _encrypted(path)


def _encrypted(path: Path) -> WorkbookError:
    return WorkbookError(
        "workbook-encrypted",
        msg("{file} is protected by a password: its content is encrypted.", file=path.name),
        msg("Remove the password in Excel (File > Info > Protect Workbook), or keep the tracking sheet elsewhere."),
    )


def _open(path: Path, data: bytes) -> tuple[Sheet, ...]:
    import python_calamine as calamine  # noqa: PLC0415 - only commands that read a workbook pay for it

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise _encrypted(path) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise (_torn(path) if _is_cut_short(data) else _not_a_spreadsheet(path)) from error

    def loader(name: str) -> Callable[[], Any]:
        def load() -> Any:
            try:
                return book.get_sheet_by_name(name)
            except (calamine.CalamineError, OSError, ValueError) as error:
                raise WorkbookError(
                    "workbook-damaged",
                    msg(
                        "Sheet {sheet} of {file} cannot be read: {reason}.",
                        sheet=name,
                        file=path.name,
                        reason=str(error),
                    ),
                    msg("Open it in Excel or LibreOffice, let it repair the file, and save it again."),
                ) from error

        return load

    return tuple(
        Sheet(sheet.name, loader(sheet.name), visible=sheet.visible == calamine.SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    )

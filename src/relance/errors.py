"""The two families of trouble, and the words in which they are told.

Wrong DATA is a `Problem`: a value, collected and shown at the end; the row is set aside. A SITUATION in
which the command cannot go on is a `RelanceError`: raised, caught once in `cli.main`, printed once on
stderr with its exit code. Both carry `Message` values: English text with named arguments, put into the
reader's language by `language.Language.say` at the very edge.
"""

from __future__ import annotations

import errno
from enum import IntEnum, StrEnum
from typing import Any

from msgspec import Struct


class Message(Struct, frozen=True):
    """A sentence not yet in the reader's language: an English template and its arguments.

    Arguments may be dates, `money.Money`, numbers, text or other messages. With `plural`, the argument `n`
    chooses between the two templates.
    """

    text: str
    args: dict[str, Any] = {}
    plural: str = ""

    def __str__(self) -> str:
        """The English sentence, for developers; people read `Language.say`."""
        text = self.plural if self.plural and self.args.get("n") != 1 else self.text
        return text.format(**self.args) if self.args else text


def msg(text: str, /, **args: Any) -> Message:
    """A translatable sentence; `text` is the English template and the key of the catalogue.

    >>> str(msg("due {days} days ago", days=3))
    'due 3 days ago'
    """
    return Message(text, args)


def msg_n(one: str, many: str, n: int, /, **args: Any) -> Message:
    """A sentence that depends on a count, given to both templates as `n`.

    >>> str(msg_n("{n} invoice", "{n} invoices", 2))
    '2 invoices'
    """
    return Message(one, {"n": n, **args}, many)


_SYSTEM = {
    errno.EACCES: msg("the system does not allow it"),
    errno.EPERM: msg("the system does not allow it"),
    errno.EROFS: msg("the drive is read-only"),
    errno.ENOSPC: msg("the drive is full"),
    errno.EEXIST: msg("a file stands where a folder is needed"),
    errno.ENOTDIR: msg("a file stands where a folder is needed"),
    errno.EISDIR: msg("a folder stands there"),
    errno.ENOENT: msg("it is not there any more"),
    errno.ENAMETOOLONG: msg("its name is too long"),
    errno.EFBIG: msg("it is too large for the drive"),
    errno.EIO: msg("the drive does not answer"),
    errno.ETIMEDOUT: msg("the drive does not answer"),
}


def os_reason(error: OSError) -> Message:
    """Why the system refused, in the reader's words, the same on every system; what it said itself when it is rare.

    >>> str(os_reason(OSError(28, "No space left on device")))
    'the drive is full'
    """
    known = _SYSTEM.get(error.errno or 0)
    return known or msg("{reason}", reason=error.strerror or str(error))


class Severity(StrEnum):
    """How bad a problem is: an `error` sets the row aside or fails `check`; a `notice` is for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Where(Struct, frozen=True):
    """A place in the workbook: sheet name, row number as shown by Excel, column letters ("" = the whole row); the
    workbook's name where several are shown together."""

    sheet: str
    row: int = 0
    column: str = ""
    workbook: str = ""

    @property
    def cell(self) -> str:
        """The address a person types in the name box: `D12`, or `12` for a row, or "" for the sheet.

        >>> Where("Factures", 12, "D").cell
        'D12'
        """
        return f"{self.column}{self.row}" if self.row else ""

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.row else self.sheet
        return " · ".join(part for part in (self.workbook, place) if part)


class Problem(Struct, frozen=True):
    """Something wrong in the data, told with its place, the value found, and what to do about it."""

    code: str
    severity: Severity
    message: Message
    hint: Message
    where: Where | None = None
    value: str = ""


class ExitCode(IntEnum):
    """What the process answers to scripts. 2 is the usage convention of getopt; 70 is EX_SOFTWARE of sysexits(3);
    130 is 128 + SIGINT of the shells; the others are ours and never change meaning."""

    DONE = 0
    FOUND = 1
    USAGE = 2
    WORKBOOK = 3
    CONFIG = 4
    CONFLICT = 5
    DELIVERY = 6
    BUG = 70
    INTERRUPTED = 130


class RelanceError(Exception):
    """A situation in which the command cannot go on. `code` is stable and catalogued in docs/errors.md;
    `message` says what and where, `remedy` what to do."""

    exit_code = ExitCode.BUG

    def __init__(self, code: str, message: Message, remedy: Message) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it comes whole out of another process."""
        return type(self), (self.code, self.message, self.remedy)


class UsageError(RelanceError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = ExitCode.USAGE


class WorkbookError(RelanceError):
    """The workbook is absent, unreadable, or holds no tracking table."""

    exit_code = ExitCode.WORKBOOK


class ConfigError(RelanceError):
    """relance.toml, the user's configuration or the environment holds something wrong."""

    exit_code = ExitCode.CONFIG


class ConflictError(RelanceError):
    """Somebody else holds or changed the file; nothing was written."""

    exit_code = ExitCode.CONFLICT


class DeliveryError(RelanceError):
    """Some letters did not leave."""

    exit_code = ExitCode.DELIVERY


class NotTakenError(DeliveryError):
    """The server did not take the message, that is certain: nobody received it."""


class DoubtfulError(DeliveryError):
    """The connection broke while the server may have been taking the message: nobody can tell here."""

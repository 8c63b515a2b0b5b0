"""The user's own mailbox (IMAP4rev1, RFC 3501): where drafts are put, and where sent messages are found again.

The folders of drafts and of sent messages are those the server says (SPECIAL-USE, RFC 6154), else those with a usual
name. It must not know the journal.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import tomllib
from base64 import b64decode
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property, lru_cache
from importlib import resources
from types import TracebackType
from typing import Any

from msgspec import Struct

from relance.errors import DeliveryError, NotTakenError, msg
from relance.letters.accounts import (
    TIMEOUT,
    Account,
    as_sentence,
    check_account,
    dropped,
    login_refused,
    no_greeting,
    no_starttls,
    not_reached,
    verified,
)

_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:NIL|"(?P<mark>\\?.)") (?P<name>.*)', re.DOTALL)
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_UIDS = re.compile(rb"\d+")


class Folder(Struct, frozen=True):
    """A folder of a mailbox: its name as the server writes it (modified UTF-7) and as people read it, the server's
    marks in small letters."""

    name: str
    shown: str
    flags: frozenset[str] = frozenset()
    separator: str = "/"


def decode_name(name: str) -> str:
    """A folder's name as people read it (RFC 3501, 5.1.3); one badly encoded stays as it is.

    >>> decode_name("INBOX.&AMk-l&AOk-ments envoy&AOk-s"), decode_name("R&-D")
    ('INBOX.Éléments envoyés', 'R&D')
    """

    def plain(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        coded = found[1].replace(",", "/")
        return b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")

    try:
        return _SHIFTED.sub(plain, name)
    except ValueError:
        return name


@lru_cache(maxsize=1)
def _usual_names() -> dict[str, list[str]]:
    return tomllib.loads((resources.files("relance") / "data" / "mailboxes.toml").read_text("utf-8"))


class Mailbox:
    """A conversation with an IMAP server, logged in; to use in a `with`. `named` gives the folders the user named
    ("drafts", "sent"). DeliveryError in words when it cannot be had."""

    def __init__(self, account: Account, password: str, named: dict[str, str] | None = None) -> None:
        self.account = check_account(account)
        self._named = named or {}
        self._server = _connect(self.account, password)
        self._chosen = ""

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._server.logout()

    @cached_property
    def folders(self) -> tuple[Folder, ...]:
        """Every folder of the mailbox that holds messages."""
        if "SPECIAL-USE" in self._server.capabilities:
            with suppress(DeliveryError):
                self._ask("xatom", "LIST", '""', '"*"', "RETURN", "(SPECIAL-USE)")
                if found := _folders(self._server.response("LIST")[1]):
                    return found
        return _folders(self._ask("list"))

    @cached_property
    def drafts(self) -> Folder:
        """The folder of drafts. DeliveryError `mail-no-drafts` where none can be told."""
        if (found := self._folder("drafts")) is None:
            raise DeliveryError(
                "mail-no-drafts",
                msg("No Drafts folder was found in the mailbox of {user}.", user=self.account.user),
                msg(
                    "Name it in your own configuration: [imap] drafts_folder. It has these folders: {folders}.",
                    folders=[folder.shown for folder in self.folders][:20],
                ),
            )
        return found

    @cached_property
    def sent(self) -> Folder:
        """The folder of sent messages. DeliveryError `mail-no-sent` where none can be told."""
        if (found := self._folder("sent")) is None:
            raise DeliveryError(
                "mail-no-sent",
                msg("No folder of sent messages was found in the mailbox of {user}.", user=self.account.user),
                msg(
                    "Name it in your own configuration: [imap] sent_folder. It has these folders: {folders}.",
                    folders=[folder.shown for folder in self.folders][:20],
                ),
            )
        return found

    def _folder(self, use: str) -> Folder | None:
        """The folder the user named, the one the server marks, or the first with a usual name."""
        if named := self._named.get(use):
            return next((f for f in self.folders if named in {f.shown, f.name}), None)
        for folder in self.folders:
            if f"\\{use}" in folder.flags:
                return folder
        last = {folder.shown.rpartition(folder.separator)[2].lower(): folder for folder in reversed(self.folders)}
        return next((last[name] for name in _usual_names()[use] if name in last), None)

    def append(self, folder: Folder, message: bytes) -> None:
        """Put a message into a folder as a draft. NotTakenError when the server refuses it; another DeliveryError when
        the connection broke, and nobody knows whether it is there."""
        flags = r"(\Draft \Seen)"
        try:
            kind, data = self._server.append(_quoted(folder), flags, "", message)
        except (OSError, imaplib.IMAP4.error) as error:
            raise dropped(self.account, _words(error)) from error
        if kind != "OK":
            raise NotTakenError(
                "mail-draft-refused",
                msg("{host} does not take the draft: {answer}", host=self.account.host, answer=_words(data)),
                msg("Check that the mailbox is not full; the next relance remind tries again."),
            )

    def with_id(self, folder: Folder, message_id: str) -> list[str]:
        """The messages of a folder with that Message-ID, as UIDs."""
        self._select(folder)
        return self._search("HEADER", "Message-ID", f'"{message_id}"') if message_id else []

    def with_text(self, folder: Folder, text: str) -> list[str]:
        """The messages of a folder whose text holds these words, as UIDs."""
        self._select(folder)
        return self._search("BODY", f'"{text}"')

    def fetch(self, folder: Folder, uid: str) -> bytes:
        """The bytes of a message, which stays as it is, read or not."""
        self._select(folder)
        for part in self._ask("uid", "FETCH", uid, "(BODY.PEEK[])"):
            if isinstance(part, tuple):
                return bytes(part[1])
        return b""

    def _select(self, folder: Folder) -> None:
        if self._chosen != folder.name:
            self._ask("select", _quoted(folder), readonly=True)
            self._chosen = folder.name

    def _search(self, *words: str) -> list[str]:
        return [uid.decode() for part in self._ask("uid", "SEARCH", *words) if part for uid in _UIDS.findall(part)]

    def _ask(self, command: str, *words: str, **more: bool) -> list[Any]:
        try:
            kind, data = getattr(self._server, command)(*words, **more)
        except (OSError, imaplib.IMAP4.error) as error:
            raise dropped(self.account, _words(error)) from error
        if kind != "OK":
            raise dropped(self.account, _words(data))
        return list(data)


def parse_message(content: bytes) -> EmailMessage:
    """The bytes of a message as headers and parts."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


def _connect(account: Account, password: str) -> imaplib.IMAP4:
    """A server reached, encrypted and logged in."""
    host, port = account.address
    try:
        if account.security == "tls":
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, port, ssl_context=verified(), timeout=TIMEOUT)
        else:
            server = _greeted(account)
            if account.security == "starttls":
                _encrypt(server, account)
    except ssl.SSLError as error:
        raise not_reached(error, account) from error
    except OSError as error:
        raise not_reached(error, account) from error
    except imaplib.IMAP4.error as error:
        raise dropped(account, _words(error)) from error
    _log_in(server, account, password)
    return server


def _greeted(account: Account) -> imaplib.IMAP4:
    """A server reached in clear that said its first word."""
    try:
        return imaplib.IMAP4(*account.address, timeout=TIMEOUT)
    except (imaplib.IMAP4.abort, ConnectionResetError) as error:
        raise no_greeting(account) from error


def _encrypt(server: imaplib.IMAP4, account: Account) -> None:
    if "STARTTLS" not in server.capabilities:
        server.shutdown()
        raise no_starttls(account)
    server.starttls(verified())


def _log_in(server: imaplib.IMAP4, account: Account, password: str) -> None:
    """PLAIN in UTF-8 (RFC 4616), XOAUTH2 for a token, else LOGIN."""
    token = f"user={account.user}\1auth=Bearer {password}\1\1".encode()
    try:
        if account.login == "token":
            server.authenticate("XOAUTH2", lambda asked: token if not asked else b"")
        elif "AUTH=PLAIN" in server.capabilities:
            server.authenticate("PLAIN", lambda _asked: f"\0{account.user}\0{password}".encode())
        else:
            server.login(account.user, password)
        offered = server.capability()[1]  # it changes with the login
        server.capabilities = tuple(bytes(offered[-1] or b"").decode("ascii", "replace").upper().split())
    except imaplib.IMAP4.abort as error:
        raise dropped(account, _words(error)) from error
    except imaplib.IMAP4.error as error:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
        raise login_refused(account, _words(error)) from error
    except OSError as error:
        raise not_reached(error, account) from error


def _folders(answers: list[Any] | None) -> tuple[Folder, ...]:
    return tuple(folder for answer in answers or () if answer and (folder := _listed(answer)))


def _listed(answer: bytes | tuple[bytes, bytes]) -> Folder | None:
    """A line of the server's list; a name it gives apart (a literal) stands alone."""
    line = answer[0] if isinstance(answer, tuple) else answer
    found = _LISTED.match(line)
    if found is None:
        return None
    name = answer[1] if isinstance(answer, tuple) else found["name"]
    if not isinstance(answer, tuple) and name.startswith(b'"'):
        name = re.sub(rb"\\(.)", rb"\1", name.strip()[1:-1])
    flags = frozenset(found["flags"].decode("ascii", "replace").lower().split())
    if {r"\noselect", r"\nonexistent"} & flags:
        return None
    raw = name.decode("utf-8", "replace").strip()
    mark = (found["mark"] or b"/").decode("ascii", "replace")[-1]
    return Folder(raw, decode_name(raw), flags, mark)


def _quoted(folder: Folder) -> str:
    return '"' + folder.name.replace("\\", r"\\").replace('"', r"\"") + '"'


def _words(said: Any) -> str:
    """What a server said, on one line."""
    if isinstance(said, BaseException):
        said = said.args[0] if said.args else ""
    while isinstance(said, list | tuple):
        said = said[0] if said else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return as_sentence(text)

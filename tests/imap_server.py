"""A real IMAP server for the tests: dovecot, started by the test with a configuration and mailboxes of its own."""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mail_servers import PASSWORD, USER, Authority, free_port

pwd = pytest.importorskip("pwd", reason="a mail server of POSIX")
ME = getpass.getuser()
_COMMON = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
default_internal_user = {inner}
default_internal_group = {inner_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 0
auth_mechanisms = plain login
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  {folders}
}}
"""
_BEFORE_2_4 = """
ssl_cert = <{chain}
ssl_key = <{key}
disable_plaintext_auth = {wary}
mail_location = maildir:{root}/mail/%n
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%n
}}
"""
_SINCE_2_4 = """
ssl_server_cert_file = {chain}
ssl_server_key_file = {key}
auth_allow_cleartext = {trusting}
mail_driver = maildir
mail_path = {root}/mail/%{{user | username}}
passdb passwd-file {{
  passwd_file_path = {root}/users
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {root}/mail/%{{user | username}}
  }}
}}
"""
_FIRST = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"  # must stand before anything else


def configuration_for(version: str) -> str:
    """The template of a configuration for that version of dovecot, as it tells it: `2.3.19.1 (9b53102964)`. The words
    changed with 2.4 (doc.dovecot.org, "Upgrading Dovecot CE from 2.3 to 2.4")."""
    figures = re.findall(r"\d+", version)
    if tuple(map(int, figures[:2])) < (2, 4):
        return _COMMON + _BEFORE_2_4
    return _FIRST + _COMMON + _SINCE_2_4


def need_dovecot() -> str:
    """The program, else the test is skipped, or fails where every program must be there."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        if os.environ.get("RELANCE_CI"):
            pytest.fail("dovecot is missing")
        pytest.skip("dovecot is missing")
    return program


@contextmanager
def imap_server(
    authority: Authority, folders: dict[str, str], *, separator: str = "/", security: str = "tls"
) -> Iterator[int]:
    """A server whose mailbox has these folders (name: special use or ""), on localhost: its port. `security` is tls,
    starttls, or none for a server that cannot encrypt. Its folder is none of pytest's, which nobody else may enter."""
    program = need_dovecot()
    root = Path(tempfile.mkdtemp(prefix="relance-dovecot-"))
    root.chmod(0o755)
    port = free_port()
    uid, gid = _owner()
    (root / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n", encoding="utf-8")
    (root / "mail").mkdir(exist_ok=True)
    if os.getuid() == 0:
        for path in (root, *root.parents):
            if str(path).startswith("/tmp/") and path != Path("/tmp"):
                path.chmod(path.stat().st_mode | 0o755)
        os.chown(root / "mail", uid, gid)
    boxes = "".join(
        f'mailbox "{name}" {{\n auto = subscribe\n {f"special_use = {use}" if use else ""}\n}}\n'
        for name, use in folders.items()
    )
    inner, login = ("dovecot", "dovenull") if os.getuid() == 0 else (ME, ME)
    group = "dovecot" if os.getuid() == 0 else _group(gid)
    (root / "dovecot.conf").write_text(
        configuration_for(_version(program)).format(
            root=root, chain=authority.chain, key=authority.key, inner=inner, inner_group=group, login=login,
            uid=uid, gid=gid, separator=separator, folders=boxes,
            plain_port=0 if security == "tls" else port, tls_port=port if security == "tls" else 0,
            ssl="no" if security == "none" else "required",
            wary="no" if security == "none" else "yes", trusting="yes" if security == "none" else "no",
        ),
        encoding="utf-8",
    )  # fmt: skip
    process = subprocess.Popen([program, "-F", "-c", str(root / "dovecot.conf")], stderr=subprocess.PIPE)
    try:
        _wait_for(port, process, root)
        yield port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        shutil.rmtree(root, ignore_errors=True)


def _version(program: str) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def _owner() -> tuple[int, int]:
    """Who owns the mail: never root, whom dovecot refuses."""
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid
    return os.getuid(), os.getgid()


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


def _wait_for(port: int, process: subprocess.Popen[bytes], root: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    log = (root / "dovecot.log").read_text() if (root / "dovecot.log").exists() else ""
    said = process.stderr.read().decode() if process.poll() is not None and process.stderr else ""
    pytest.fail(f"dovecot did not start: {said}{log}")


@contextmanager
def person(port: int, authority: Authority) -> Iterator[imaplib.IMAP4_SSL]:
    """The person at their own mail program."""
    context = ssl.create_default_context(cafile=str(authority.file))
    server = imaplib.IMAP4_SSL("localhost", port, ssl_context=context)
    server.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
    try:
        yield server
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def messages_in(server: imaplib.IMAP4_SSL, folder: str) -> dict[str, tuple[str, bytes]]:
    """The messages of a folder: flags and bytes by UID."""
    server.select(f'"{folder}"')
    uids = server.uid("SEARCH", "ALL")[1][0].decode().split()
    found = {}
    for uid in uids:
        parts = server.uid("FETCH", uid, "(FLAGS BODY.PEEK[])")[1]
        part = next(part for part in parts if isinstance(part, tuple))
        flags = b" ".join(piece if isinstance(piece, bytes) else piece[0] for piece in parts).decode("latin-1")
        found[uid] = (flags, part[1])
    return found

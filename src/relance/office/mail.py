"""The user's mail accounts: configuration and password in, a conversation with the server out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from relance.config import Config
from relance.errors import ConfigError, DeliveryError, Problem, Severity
from relance.letters.accounts import Account, check_account, password_of
from relance.letters.imap import Mailbox
from relance.letters.smtp import Relay
from relance.office.ways import Files, MailboxDrafts, Post, Way
from relance.reports.views.mail import Checked


def account_of(config: Config, protocol: str) -> Account:
    """The account of a protocol (smtp or imap); ConfigError `mail-no-account` or `mail-clear`."""
    fields = {name: setting.value for name in Account.__struct_fields__
              if (setting := config.settings.get(f"{protocol}.{name}"))}  # fmt: skip
    return check_account(Account(protocol=protocol, **fields))


def open_relay(config: Config, passwords: Mapping[str, str]) -> Relay:
    """The conversation with the SMTP server that the user configured, to use in a `with`; it connects at the first
    message. `passwords` are those of the environment, by protocol."""
    account = account_of(config, "smtp")
    return Relay(account, password_of(account, passwords.get("smtp", "")))


def open_mailbox(config: Config, passwords: Mapping[str, str]) -> Mailbox:
    """The user's mailbox, logged in, to use in a `with`. DeliveryError in words when it cannot be had."""
    account = account_of(config, "imap")
    named = {"drafts": config.get("imap.drafts_folder"), "sent": config.get("imap.sent_folder")}
    return Mailbox(account, password_of(account, passwords.get("imap", "")), named)


@contextmanager
def open_way(config: Config, passwords: Mapping[str, str], name: str) -> Iterator[Way]:
    """The way out of that name (eml, imap, smtp), reached and logged in before anything is announced. DeliveryError in
    words when it cannot be had, the Drafts folder included."""
    if name == "imap":
        with open_mailbox(config, passwords) as mailbox:
            mailbox.drafts  # noqa: B018 - looked for now: without it nothing is announced
            yield MailboxDrafts(mailbox)
    elif name == "smtp":
        with open_relay(config, passwords) as relay:
            relay.open()
            yield Post(relay)
    else:
        yield Files()


def check_accounts(config: Config, passwords: Mapping[str, str], wanted: tuple[str, ...]) -> Iterator[Checked]:
    """Each account wanted, reached and logged in, its folders found; one that is not configured is passed over where
    another is. ConfigError `mail-no-account` when none is."""
    configured = [protocol for protocol in wanted if config.get(f"{protocol}.host")]
    if not configured:
        account_of(config, wanted[0])
    for protocol in configured:
        server, user = config.get(f"{protocol}.host"), config.get(f"{protocol}.user")
        try:
            yield _checked(config, passwords, protocol)
        except (ConfigError, DeliveryError) as error:
            problem = Problem(error.code, Severity.ERROR, error.message, error.remedy)
            yield Checked(protocol=protocol, server=server, user=user, problem=problem)


def _checked(config: Config, passwords: Mapping[str, str], protocol: str) -> Checked:
    host, port = account_of(config, protocol).address
    about = {"protocol": protocol, "server": f"{host}:{port}", "user": config.get(f"{protocol}.user")}
    if protocol == "smtp":
        with open_relay(config, passwords) as relay:
            relay.open()
        return Checked(**about)
    with open_mailbox(config, passwords) as mailbox:
        return Checked(**about, drafts=mailbox.drafts.shown, sent=mailbox.sent.shown)
